#include "npu/runtime/stream.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <exception>
#include <utility>

#include "npu/base/check.h"
#include "npu/runtime/context.h"
#include "npu/runtime/device.h"
#include "npu/runtime/exception_info.h"
#include "npu/runtime/poll.h"
#include "npu/runtime/process.h"

namespace npu {
namespace {

using Clock = std::chrono::steady_clock;

thread_local Stream* running_stream = nullptr;
std::atomic<int> next_id = 0;

// How long exit waits for a task that makes no progress: one that waits itself, and one that computes.
constexpr int kExitWaitSeconds = 1, kExitComputeSeconds = 10;

}  // namespace

Stream* Stream::running() { return running_stream; }

Stream::Stream(Owner owner, uint32_t priority, uint32_t flags)
    : owner(owner), id(next_id++), priority(priority), flags(flags) {}

Stream::~Stream() {
  if (!worker_.joinable()) return;
  if (forked()) worker_.detach();  // There is no such thread here.
  else (void)close(true);
}

Status Stream::refusal() const {
  if (closed_) return {ACL_ERROR_RT_INVALID_HANDLE, text("stream ", id, " is being destroyed")};
  if (exiting()) return {ACL_ERROR_RT_CONTEXT_NULL, "the process is exiting, streams take no more work"};
  if (interrupted_) return interruption();
  return failed_ && mode_ != OnFailure::kContinue ? error_ : Status();
}

Status Stream::interruption() const { return {ACL_ERROR_RT_STREAM_ABORT, text("stream ", id, " was aborted")}; }

aclError Stream::submit(std::unique_ptr<Task> task) { return remember(enqueue(std::move(task))); }

Status Stream::enqueue(std::unique_ptr<Task> task) {
  bool wake;
  {
    Lock lock(mutex_, std::defer_lock);
    lock_soon(lock);
    // A host function that submits to its own stream would wait for itself.
    if (queued_ >= kDepth && running_stream != this)
      space_.wait(lock, [this] { return queued_ < kDepth || !refusal().ok(); });
    if (Status status = refusal(); !status.ok()) [[unlikely]] {
      lock.unlock();
      task->drop(status);
      return status;
    }
    if (!worker_.joinable()) start();
    task->accepted();
    Task* raw = task.release();
    *last_ = raw;
    last_ = &raw->next_;
    ++queued_;
    ++submitted_;
    wake = sleeping_;
  }
  if (wake) wake_.notify_one();
  return {};
}

Status Stream::synchronize(int timeout_ms) {
  NPU_REQUIRE(running_stream != this, ACL_ERROR_RT_PARAM_INVALID,
              "a host function must not wait for the stream it runs on");
  const uint64_t hand_overs = hand_overs_, done_before = completed_, target = submitted_;
  if (!poll([this, target] { return completed_ >= target; })) {
    Lock lock(mutex_);
    NPU_REQUIRE(wait_for(lock, target, timeout_ms), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, "stream ", id,
                " did not finish within ", timeout_ms, " ms");
  }
  // All three are written before the tasks they speak of count as completed.
  if (!failed_ && hand_overs == hand_overs_ && aborted_ <= done_before) return {};
  Lock lock(mutex_);
  if (aborted_ > done_before) return interruption();
  if (hand_overs != hand_overs_) return handed_over_;  // Another thread that waited, too, was faster.
  if (mode_ == OnFailure::kStop) return error_;
  return hand_over();
}

bool Stream::wait_for(Lock& lock, uint64_t target, int timeout_ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (bool late = false; completed_ < target;) {
    if (late) return false;
    wanted_ = std::min(wanted_.load(), target);
    if (completed_ >= target) break;  // The worker may have looked at wanted_ just before.
    if (timeout_ms < 0) done_.wait(lock);
    else late = done_.wait_until(lock, deadline) == std::cv_status::timeout;
  }
  return true;
}

// Under the mutex: the failure goes to all who wait now; later work may come.
Status Stream::hand_over() {
  if (error_.ok()) return {};
  handed_over_ = std::exchange(error_, {});
  failed_ = false;
  ++hand_overs_;
  return handed_over_;
}

Status Stream::abort() {
  NPU_REQUIRE(running_stream != this, ACL_ERROR_RT_PARAM_INVALID,
              "a host function must not abort the stream it runs on");
  Lock lock(mutex_);
  interrupted_ = true;  // Refuses more work, so what is submitted now is all there is.
  space_.notify_all();
  wait_for(lock, submitted_, -1);
  if (!interrupted_) return {};  // Another thread's abort did the rest.
  (void)hand_over();
  if (!closed_) interrupted_ = false;
  return {};
}

Status Stream::close(bool drop) {
  NPU_REQUIRE(running_stream != this, ACL_ERROR_RT_PARAM_INVALID,
              "a host function must not destroy the stream it runs on");
  std::thread worker;
  {
    Lock lock(mutex_);
    closed_ = true;
    if (drop) interrupted_ = true;
    stop_ = true;
    space_.notify_all();
    worker = std::move(worker_);
  }
  wake_.notify_one();
  if (worker.joinable()) worker.join();  // The worker ends with an empty queue.
  Lock lock(mutex_);
  return hand_over();
}

void Stream::drain_for_exit() {
  Lock lock(mutex_);
  space_.notify_all();
  uint64_t seen = completed_;
  int quiet_seconds = 0;
  while (completed_ < submitted_) {
    wanted_ = std::min(wanted_.load(), seen + 1);
    if (completed_ == seen) done_.wait_for(lock, std::chrono::seconds(1));
    quiet_seconds = completed_ == seen ? quiet_seconds + 1 : 0;
    seen = completed_;
    if (quiet_seconds >= (waiting_ ? kExitWaitSeconds : kExitComputeSeconds)) interrupted_ = true;
    if (quiet_seconds >= 2 * kExitComputeSeconds) return;  // It neither ends nor asks: the process goes without it.
  }
}

void Stream::wait_in_task(int timeout_ms, const char* what, const std::function<bool(int)>& done_within) {
  constexpr int kSliceMs = 10;  // How soon it notices an abort; the end itself is noticed at once.
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  struct Mark {
    explicit Mark(std::atomic<bool>& flag) : flag(flag) { flag = true; }
    ~Mark() { flag = false; }
    std::atomic<bool>& flag;
  } mark(waiting_);
  while (!done_within(kSliceMs)) {
    if (interrupted_) throw TaskError(ACL_ERROR_RT_STREAM_ABORT, interruption().text());
    if (timeout_ms > 0 && Clock::now() >= deadline)
      throw TaskError(ACL_ERROR_RT_WAIT_TIMEOUT, text("waited more than ", timeout_ms, " ms for ", what));
  }
}

void Stream::set_on_failure(OnFailure mode) { mode_ = mode; }

std::shared_ptr<Reports> Stream::reports() {
  Lock lock(mutex_);
  return reports_;
}
bool Stream::subscribe(std::shared_ptr<Reports> reports) {
  Lock lock(mutex_);
  if (reports_) return false;
  reports_ = std::move(reports);
  return true;
}
void Stream::unsubscribe() {
  Lock lock(mutex_);
  reports_ = nullptr;
}

// Signals are for the program's own threads.
void Stream::start() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    worker_ = std::thread([this] { work(); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(worker_.native_handle(), text("npu", owner.device, ":", id).substr(0, 15).c_str());
}

Task* Stream::take_all(Lock& lock) {
  const auto ready = [this] { return queued_ || stop_; };
  if (!ready()) {
    lock.unlock();
    poll(ready);
    lock_soon(lock);
  }
  sleeping_ = true;
  wake_.wait(lock, ready);
  sleeping_ = false;
  if (queued_.exchange(0) >= kDepth) space_.notify_all();
  last_ = &first_;
  return std::exchange(first_, nullptr);
}

void Stream::completed_one() {
  // Sequentially consistent with wanted_, so that a sleeper and the worker cannot both miss each other.
  const uint64_t done = completed_.fetch_add(1) + 1;
  if (done < wanted_) return;
  {
    Lock lock(mutex_);
    wanted_ = UINT64_MAX;
  }
  done_.notify_all();
}

void Stream::fail(const Task& task, aclError code, const char* what) {
  const Description* description = task.description();
  Status status{code, text(description ? description->name : "a task", " failed on device ", owner.device, ", stream ",
                           id, ": ", what)};
  report_exception({static_cast<uint32_t>(completed_), static_cast<uint32_t>(id), owner.device, code});
  Lock lock(mutex_);
  if (error_.ok()) error_ = std::move(status);
  failed_ = true;
  space_.notify_all();
}

void Stream::run(Task& task, bool& failed) {
  try {
    if (failed || interrupted_) {
      Lock lock(mutex_);
      const bool aborted = interrupted_;
      if (aborted) aborted_ = completed_ + 1;
      // Whoever took the failure does not speak for the threads whose tasks are dropped after that.
      if (!aborted && error_.ok()) error_ = handed_over_, failed_ = true;
      const Status why = aborted ? interruption() : error_;
      lock.unlock();
      return task.drop(why);
    }
    task.run();
    return;
  } catch (const TaskError& e) { fail(task, e.code, e.what()); } catch (const std::exception& e) {
    fail(task, ACL_ERROR_RT_AICORE_EXCEPTION, e.what());
  } catch (...) { fail(task, ACL_ERROR_RT_AICORE_EXCEPTION, "it threw what is no std::exception"); }
  failed = mode_ != OnFailure::kContinue;
}

void Stream::work() {
  running_stream = this;
  Lock lock(mutex_);
  for (;;) {
    Task* batch = take_all(lock);
    if (!batch) return;  // stopped
    bool failed = !error_.ok() && mode_ != OnFailure::kContinue;
    lock.unlock();
    while (batch) {
      {
        std::unique_ptr<Task> task(std::exchange(batch, batch->next_));
        run(*task, failed);
      }  // Destroyed before it counts as done: what it holds is free when a synchronize returns.
      completed_one();
    }
    lock_soon(lock);
  }
}

StreamTable& streams() {
  static auto* table = new StreamTable;  // Outlives every thread that may still ask.
  return *table;
}

Status stream_of(aclrtStream handle, std::shared_ptr<Stream>& stream) {
  if (forked()) [[unlikely]]
    return forked_status();
  Context* context;
  NPU_TRY(current_context(context));
  if (!handle) {
    stream = context->default_stream;
    return {};
  }
  stream = streams().find(handle);
  NPU_REQUIRE(stream, ACL_ERROR_RT_INVALID_HANDLE,
              is_handle(handle, HandleKind::kStream) ? "the stream was destroyed" : "this is no stream");
  NPU_REQUIRE(stream->owner.context == context->id, ACL_ERROR_RT_STREAM_CONTEXT, "stream ", stream->id,
              " belongs to another context (device ", stream->owner.device, ") than this thread's (device ",
              context->device.id, "); set its device or context first");
  return {};
}

aclError submit(aclrtStream handle, std::unique_ptr<Task> task) {
  std::shared_ptr<Stream> stream;
  Status status = stream_of(handle, stream);
  if (status.ok()) status = stream->enqueue(std::move(task));
  return remember(status);
}

}  // namespace npu
