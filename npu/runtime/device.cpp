#include "npu/runtime/device.h"

#include <algorithm>
#include <system_error>
#include <thread>

#include "acl/acl_rt_device.h"
#include "npu/base/check.h"
#include "npu/base/options.h"

namespace npu {
namespace {

const std::vector<Device*>& devices() {
  // Not destroyed: streams and memory may outlive every static.
  static const auto* all = [] {
    auto* made = new std::vector<Device*>;
    const Options& o = options();
    for (size_t i = 0; i < o.visible.size(); ++i) {
      auto* device = new Device(static_cast<int>(i), o.visible[i], o.hbm_bytes);
      device->overflow_mode = o.soc->inf_nan ? ACL_RT_OVERFLOW_MODE_INFNAN : ACL_RT_OVERFLOW_MODE_SATURATION;
      device->core_limits[0] = o.soc->cube_cores;
      device->core_limits[1] = o.soc->vector_cores;
      made->push_back(device);
    }
    return made;
  }();
  return *all;
}

template <class F> void for_each_at_once(const std::vector<std::shared_ptr<Stream>>& streams, F f) {
  std::vector<std::thread> threads;
  for (const auto& stream : streams) {
    try {
      threads.emplace_back([&f, stream] { f(*stream); });
    } catch (const std::system_error&) {  // No thread left: one after the other, then.
      f(*stream);
    }
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace

bool Device::take(uint64_t bytes) {
  uint64_t used = used_;
  do {
    if (bytes > hbm_bytes || used > hbm_bytes - bytes) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes));
  uint64_t peak = peak_;
  while (peak < used + bytes && !peak_.compare_exchange_weak(peak, used + bytes)) {}
  return true;
}

std::shared_ptr<Context> Device::retain() {
  std::lock_guard lock(mutex_);
  if (!primary_) {
    std::shared_ptr<Context> made;
    // The first stream of a device always fits; a failure here is a fault of ours.
    if (Status status = make_context(*this, true, made); !status.ok()) throw std::runtime_error(status.text());
    primary_ = std::move(made);
  }
  ++retained_;
  return primary_;
}

Status Device::release(bool force) {
  std::shared_ptr<Context> last;
  {
    std::lock_guard lock(mutex_);
    NPU_REQUIRE(retained_ > 0, ACL_ERROR_RT_CONTEXT_NULL, "device ", id, " was not set, or was reset before");
    if (!force && --retained_ > 0) return {};
    retained_ = 0;
    last = std::exchange(primary_, nullptr);
  }
  contexts().remove(last->handle);
  return last->close(false);
}

std::shared_ptr<Context> Device::primary() {
  std::lock_guard lock(mutex_);
  return primary_;
}

Status Device::add_stream(const std::shared_ptr<Stream>& stream) {
  std::lock_guard lock(streams_mutex_);
  std::erase_if(streams_, [](const auto& weak) {
    const auto other = weak.lock();
    return !other || other->closed();
  });
  NPU_REQUIRE(streams_.size() < kMaxStreams, ACL_ERROR_RT_NO_STREAM_RESOURCE, "device ", id, " has ", kMaxStreams,
              " streams, and can have no more");
  streams_.push_back(stream);
  return {};
}

std::vector<std::shared_ptr<Stream>> Device::live_streams() {
  std::vector<std::shared_ptr<Stream>> live;
  std::lock_guard lock(streams_mutex_);
  for (const auto& weak : streams_)
    if (auto stream = weak.lock(); stream && !stream->closed()) live.push_back(std::move(stream));
  return live;
}

Status Device::synchronize(int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  aclError code = ACL_SUCCESS;
  std::string texts;
  for (const auto& stream : live_streams()) {
    int left = -1;
    if (timeout_ms >= 0)
      left = std::max<int>(0, std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count());
    const Status status = stream->synchronize(left);
    if (status.ok()) continue;
    if (code == ACL_SUCCESS) code = status.code();
    texts += (texts.empty() ? "" : "; ") + status.text();
  }
  return code == ACL_SUCCESS ? Status() : Status{code, std::move(texts)};
}

// All at once: a stream that waits for another's event ends when either is aborted.
Status Device::abort() {
  for_each_at_once(live_streams(), [](Stream& stream) { (void)stream.abort(); });
  return {};
}

Device* find_device(int id) { return id >= 0 && static_cast<size_t>(id) < devices().size() ? devices()[id] : nullptr; }

Status device_of(int64_t id, Device*& device) {
  NPU_TRY(options().status);
  NPU_REQUIRE(id >= 0 && id < device_count(), ACL_ERROR_RT_INVALID_DEVICEID, "there is no device ", id, "; there are ",
              device_count(), " (SOFTNPU_DEVICES and ASCEND_RT_VISIBLE_DEVICES choose)");
  device = devices()[id];
  return {};
}

int device_count() { return static_cast<int>(devices().size()); }

void drain_for_exit() {
  std::vector<std::shared_ptr<Stream>> busy;
  for (Device* device : devices())
    for (auto& stream : device->live_streams())
      // A host function that calls exit() is not waited for.
      if (!stream->idle() && stream.get() != Stream::running()) busy.push_back(std::move(stream));
  for_each_at_once(busy, [](Stream& stream) { stream.drain_for_exit(); });
}

}  // namespace npu
