// A stream: one worker thread, one ordered queue. Knows tasks; never tensors, never torch.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "npu/base/status.h"

namespace npu {

class Task {
 public:
  virtual ~Task() = default;
  virtual void run() = 0;  // Runs on the stream's thread, without a lock held; may throw.

 private:
  friend class Stream;
  Task* next_ = nullptr;  // The queue is intrusive: issuing a task allocates nothing of its own.
};

class __attribute__((visibility("default"))) Stream {
 public:
  ~Stream();
  // Takes the task; waits while the queue is full, so a host that runs ahead does not hold all its memory.
  // Refuses it with the stream's error while one is pending: later work is never silently wrong.
  int submit(std::unique_ptr<Task> task);
  // Waits until the queue is empty, then hands over the first error (and forgets it).
  Status synchronize();

 private:
  static constexpr size_t kDepth = 1024;
  using Lock = std::unique_lock<std::mutex>;
  void work();
  Task* take_all(Lock& lock);

  std::mutex mutex_;
  std::condition_variable wake_, idle_, space_;
  Task* first_ = nullptr;
  Task** last_ = &first_;
  bool sleeping_ = false;
  // Written under the mutex; read without it by a thread that polls.
  std::atomic<size_t> queued_ = 0;
  std::atomic<bool> busy_ = false, stop_ = false;
  Status error_;
  std::thread worker_;  // Starts at the first task.
};

}  // namespace npu
