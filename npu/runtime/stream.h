// A stream: one worker thread, one ordered queue. Knows tasks; never tensors, never torch.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "npu/base/status.h"
#include "npu/runtime/handle.h"
#include "npu/runtime/task.h"

namespace npu {

class Reports;

// What a stream does with the tasks behind one that failed.
enum class OnFailure {
  kRefuse,    // Drops and refuses them until a synchronize has handed the failure over. The default.
  kContinue,  // Runs them; the next synchronize hands the first failure over.
  kStop,      // Drops and refuses them until the stream is aborted or destroyed.
};

// Threads: any, at once. Order: tasks run one after the other, in the order of their submits.
class NPU_EXPORT Stream {
 public:
  struct Owner {
    int device = 0;
    uint64_t context = 0;
    bool is_default = false;
  };
  explicit Stream(Owner owner, uint32_t priority = 0, uint32_t flags = 0);
  ~Stream();
  Stream(const Stream&) = delete;

  // Takes the task; waits while the queue is full, so a host that runs ahead does not hold all its memory. Refuses it
  // with the stream's error while one is pending: later work is never silently wrong. The code is remembered.
  aclError submit(std::unique_ptr<Task> task);
  Status enqueue(std::unique_ptr<Task> task);

  // Waits for the tasks submitted before, then hands over the first failure: all who wait get it, and then it is taken,
  // the stream works again. ACL_ERROR_RT_STREAM_ABORT when some of these tasks were dropped. Negative: for ever.
  Status synchronize(int timeout_ms = -1);
  bool idle() const { return completed_ == submitted_; }
  bool closed() const { return closed_; }
  // Drops what has not started, waits for what has, and forgets the failure. Who waits for a dropped task gets
  // ACL_ERROR_RT_STREAM_ABORT.
  Status abort();
  // Ends the stream: refuses new tasks, finishes (or drops) the others, joins the worker. Gives the failure that no
  // synchronize has handed over.
  Status close(bool drop);
  // As close(false), but gives up on a task that makes no progress. For exit only.
  void drain_for_exit();

  void set_on_failure(OnFailure mode);
  OnFailure on_failure() const { return mode_; }

  // The stream whose task this thread is running; null outside a task.
  static Stream* running();
  // For a task that waits: calls done_within(some milliseconds) until it says true. Throws TaskError when the timeout
  // (0: none) is over, naming what it waited for, or when the stream is aborted.
  void wait_in_task(int timeout_ms, const char* what, const std::function<bool(int)>& done_within);

  const Owner owner;
  const int id;
  void* handle = nullptr;
  std::atomic<uint32_t> priority;
  const uint32_t flags;
  std::atomic<uint32_t> overflow_switch = 0, tag = 0, cache_op_info = 0;
  std::atomic<uint32_t> core_limits[2] = {0, 0};     // cube, vector; 0: the device's
  std::shared_ptr<Reports> reports();                // who runs this stream's callbacks; null: nobody
  bool subscribe(std::shared_ptr<Reports> reports);  // False: somebody else did.
  void unsubscribe();

 private:
  static constexpr size_t kDepth = 1024;
  using Lock = std::unique_lock<std::mutex>;
  Status refusal() const;
  Status interruption() const;
  void start();
  bool wait_for(Lock& lock, uint64_t target, int timeout_ms);
  void work();
  Task* take_all(Lock& lock);
  void run(Task& task, bool& failed);
  void fail(const Task& task, aclError code, const char* what);
  void completed_one();
  Status hand_over();

  mutable std::mutex mutex_;
  std::condition_variable wake_, done_, space_;
  Task* first_ = nullptr;
  Task** last_ = &first_;
  bool sleeping_ = false;
  std::atomic<OnFailure> mode_ = OnFailure::kRefuse;
  Status error_;        // the first failure that no synchronize has handed over
  Status handed_over_;  // the last one that was
  std::shared_ptr<Reports> reports_;
  // Written under the mutex; read without it by a thread that polls.
  std::atomic<bool> failed_ = false;  // error_ is set
  std::atomic<uint64_t> hand_overs_ = 0;
  std::atomic<size_t> queued_ = 0;
  std::atomic<uint64_t> submitted_ = 0;
  std::atomic<bool> stop_ = false, interrupted_ = false, waiting_ = false, closed_ = false;
  // Written by the worker alone, after each task.
  std::atomic<uint64_t> completed_ = 0;
  // The number of the last task that was dropped for an abort, from 1; written before it counts as completed.
  std::atomic<uint64_t> aborted_ = 0;
  // The smallest count a sleeper waits for.
  std::atomic<uint64_t> wanted_ = UINT64_MAX;
  std::thread worker_;  // Starts at the first task.
};

using StreamTable = HandleTable<Stream, HandleKind::kStream>;
StreamTable& streams();

// The stream behind a handle of the ABI. Null means the current context's default stream. Refused: a freed or foreign
// handle, a stream of another context than this thread's, a thread without a context.
NPU_EXPORT Status stream_of(aclrtStream handle, std::shared_ptr<Stream>& stream);

// stream_of and submit in one, the way of every operator.
NPU_EXPORT aclError submit(aclrtStream handle, std::unique_ptr<Task> task);

}  // namespace npu
