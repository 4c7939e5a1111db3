#include "npu/runtime/reports.h"

#include <map>

#include "npu/base/check.h"
#include "npu/runtime/stream.h"

namespace npu {
namespace {

constexpr Description kCallback{"a callback"};

struct Subscriber {
  std::shared_ptr<Reports> reports;
  int streams = 0;
};
struct Subscribers {
  std::mutex mutex;
  std::map<uint64_t, Subscriber> by_thread;
};
Subscribers& subscribers() {
  static auto* all = new Subscribers;  // Outlives every thread that may still ask.
  return *all;
}

}  // namespace

std::shared_ptr<Reports::Call> Reports::post(std::function<void()> run) {
  auto call = std::make_shared<Call>(Call{std::move(run)});
  {
    std::lock_guard lock(mutex_);
    calls_.push_back(call);
  }
  changed_.notify_all();
  return call;
}

bool Reports::done_within(const Call& call, int timeout_ms) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] { return call.done; });
}

bool Reports::process(int timeout_ms) {
  std::shared_ptr<Call> call;
  {
    std::unique_lock lock(mutex_);
    const auto some = [this] { return !calls_.empty(); };
    if (timeout_ms < 0) changed_.wait(lock, some);
    else if (!changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), some)) return false;
    call = std::move(calls_.front());
    calls_.pop_front();
  }
  call->run();
  {
    std::lock_guard lock(mutex_);
    call->done = true;
  }
  changed_.notify_all();
  return true;
}

Status subscribe(uint64_t thread, Stream& stream) {
  std::lock_guard lock(subscribers().mutex);
  auto& subscriber = subscribers().by_thread[thread];
  if (!subscriber.reports) subscriber.reports = std::make_shared<Reports>();
  const bool first = stream.subscribe(subscriber.reports);
  if (first) ++subscriber.streams;
  if (!subscriber.streams) subscribers().by_thread.erase(thread);
  NPU_REQUIRE(first, ACL_ERROR_RT_STREAM_SUBSCRIBE, "stream ", stream.id, " has a thread for its callbacks already");
  return {};
}

Status unsubscribe(uint64_t thread, Stream& stream) {
  std::lock_guard lock(subscribers().mutex);
  const auto found = subscribers().by_thread.find(thread);
  NPU_REQUIRE(found != subscribers().by_thread.end(), ACL_ERROR_RT_THREAD_SUBSCRIBE, "thread ", thread,
              " subscribed to no stream");
  NPU_REQUIRE(stream.reports() == found->second.reports, ACL_ERROR_RT_STREAM_SUBSCRIBE, "thread ", thread,
              " did not subscribe to stream ", stream.id);
  stream.unsubscribe();
  if (!--found->second.streams) subscribers().by_thread.erase(found);
  return {};
}

std::shared_ptr<Reports> reports_of(uint64_t thread) {
  std::lock_guard lock(subscribers().mutex);
  const auto found = subscribers().by_thread.find(thread);
  return found == subscribers().by_thread.end() ? nullptr : found->second.reports;
}

Status launch_callback(Stream& stream, std::function<void()> callback, bool block) {
  auto reports = stream.reports();
  NPU_REQUIRE(reports, ACL_ERROR_RT_STREAM_NO_CB_REG, "no thread subscribed to the callbacks of stream ", stream.id);
  return stream.enqueue(make_task(kCallback, [reports, callback = std::move(callback), block] {
    const auto call = reports->post(callback);
    if (block)
      Stream::running()->wait_in_task(0, "a callback",
                                      [&](int timeout_ms) { return reports->done_within(*call, timeout_ms); });
  }));
}

}  // namespace npu
