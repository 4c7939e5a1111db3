// Callbacks that run on a thread of the program: it subscribes to a stream, and calls process() again and again.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "npu/base/status.h"

namespace npu {

class Stream;

class Reports {
 public:
  struct Call {
    std::function<void()> run;
    bool done = false;
  };
  std::shared_ptr<Call> post(std::function<void()> run);
  bool done_within(const Call& call, int timeout_ms);
  // Runs the next callback, waiting for it. False: none came in time. Negative: for ever.
  bool process(int timeout_ms);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Call>> calls_;
};

Status subscribe(uint64_t thread, Stream& stream);
Status unsubscribe(uint64_t thread, Stream& stream);
// The reports of this thread; null when it subscribed to no stream.
std::shared_ptr<Reports> reports_of(uint64_t thread);
Status launch_callback(Stream& stream, std::function<void()> callback, bool block);

}  // namespace npu
