#include "npu/runtime/stream.h"

#include <pthread.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <utility>

namespace npu {
namespace {

// How long a thread polls before it sleeps: waking a sleeper costs a system call on both sides.
std::chrono::microseconds spin_time() {
  static const char* text = std::getenv("SOFTNPU_SPIN_US");
  return std::chrono::microseconds(text ? std::atoi(text) : 20);
}

// Without the lock: a poller that takes it makes every submit wait for it.
template <class Condition> void poll(Condition done) {
  const auto end = std::chrono::steady_clock::now() + spin_time();
  while (!done() && std::chrono::steady_clock::now() < end)
    for (int i = 0; i < 8 && !done(); ++i) __builtin_ia32_pause();
}

// A forked child has no worker threads: its tasks would wait for ever.
bool forked = false;
const int watch_fork = pthread_atfork(nullptr, nullptr, [] { forked = true; });
const Status kForked{ACL_ERROR_RT_CONTEXT_NULL, "a forked process cannot use the device: start it with spawn"};

}  // namespace

Stream::~Stream() {
  if (!worker_.joinable()) return;
  if (forked) {  // There is no such thread here.
    worker_.detach();
    return;
  }
  synchronize();
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  worker_.join();
}

int Stream::submit(std::unique_ptr<Task> task) {
  if (forked) return remember(kForked);
  bool wake;
  {
    Lock lock(mutex_);
    space_.wait(lock, [this] { return queued_ < kDepth || !error_.ok(); });
    if (!error_.ok()) return remember(error_);
    if (!worker_.joinable()) worker_ = std::thread([this] { work(); });
    Task* raw = task.release();
    *last_ = raw;
    last_ = &raw->next_;
    ++queued_;
    wake = sleeping_;
  }
  if (wake) wake_.notify_one();
  return ACL_SUCCESS;
}

Status Stream::synchronize() {
  if (forked) return kForked;
  const auto drained = [this] { return !queued_ && !busy_; };
  poll(drained);
  Lock lock(mutex_);
  idle_.wait(lock, drained);
  return std::exchange(error_, {});
}

Task* Stream::take_all(Lock& lock) {
  const auto ready = [this] { return queued_ || stop_; };
  if (!ready()) {
    lock.unlock();
    poll(ready);
    lock.lock();
  }
  sleeping_ = true;
  wake_.wait(lock, ready);
  sleeping_ = false;
  busy_ = true;  // Before the count falls: a poller must not see an empty, idle stream in between.
  if (queued_.exchange(0) >= kDepth) space_.notify_all();
  last_ = &first_;
  return std::exchange(first_, nullptr);
}

void Stream::work() {
  Lock lock(mutex_);
  for (;;) {
    Task* batch = take_all(lock);
    if (!batch) return;  // stopped
    bool failed = !error_.ok();
    lock.unlock();
    while (batch) {
      std::unique_ptr<Task> task(std::exchange(batch, batch->next_));
      if (failed) continue;  // What follows a failure is dropped, not run on garbage.
      try {
        task->run();
      } catch (const std::exception& e) {
        failed = true;
        std::lock_guard relock(mutex_);
        error_ = Status{ACL_ERROR_RT_AICORE_EXCEPTION, e.what()};
        space_.notify_all();
      }
    }
    lock.lock();
    busy_ = false;
    if (!queued_) idle_.notify_all();
  }
}

}  // namespace npu
