#include "runtime/NPUFunctions.h"

#include <c10/util/Exception.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>

#include "acl/acl.h"
#include "runtime/NPUException.h"
#include "runtime/NPUGuard.h"

namespace c10_npu {
namespace {

constexpr DeviceIndex kNone = -1;

struct Thread {
  DeviceIndex device = 0;       // what this thread means by "current"
  DeviceIndex context = kNone;  // what it last told CANN
};
thread_local Thread t_thread;

std::array<std::atomic<bool>, kMaxDevices> g_has_context{};
std::atomic<bool> g_initialized{false};
std::atomic<bool> g_forked{false};

// Work that is still queued reads memory and code that the process is about to take down.
void drain() {
  if (g_forked) return;
  for (DeviceIndex d = 0; d < kMaxDevices; ++d) {
    if (!g_has_context[d]) continue;
    if (aclrtSetDevice(d) == ACL_SUCCESS) (void)aclrtSynchronizeDevice();
  }
}

void in_child() {
  if (!g_initialized) return;
  g_forked = true;
  t_thread.context = kNone;  // The one thread a child has must pass by the check again.
}

void initialize() {
  static std::once_flag once;
  std::call_once(once, [] {
    const int code = aclInit(nullptr);
    if (code && code != ACL_ERROR_REPEAT_INITIALIZE) fail("aclInit(nullptr)", code);
    pthread_atfork(nullptr, nullptr, in_child);
    std::atexit(drain);
    g_initialized = true;
  });
}

C10_NOINLINE void make_context(Thread& thread) {
  TORCH_CHECK(!g_forked,
              "Cannot re-initialize NPU in forked subprocess. To use NPU with multiprocessing, you must use the "
              "'spawn' start method");
  initialize();
  const DeviceIndex count = device_count();
  TORCH_CHECK(count > 0,
              "No NPU is available: CANN counts no device. See ASCEND_RT_VISIBLE_DEVICES and "
              "SOFTNPU_DEVICES, or call aclrtGetDeviceCount for the reason.");
  NPU_CHECK(aclrtSetDevice(thread.device));
  thread.context = thread.device;
  g_has_context[thread.device] = true;
}

}  // namespace

DeviceIndex device_count() noexcept {
  // A failure is not kept: a device may be there at the next question.
  static std::atomic<int> known{kNone};
  int count = known.load(std::memory_order_relaxed);
  if (count >= 0) return static_cast<DeviceIndex>(count);
  uint32_t found = 0;
  if (aclrtGetDeviceCount(&found) != ACL_SUCCESS) return 0;
  count = std::min<int>(static_cast<int>(found), kMaxDevices);
  known = count;
  return static_cast<DeviceIndex>(count);
}

DeviceIndex checked_device(DeviceIndex device) {
  if (device == kNone) return current_device();
  const DeviceIndex count = device_count();
  TORCH_CHECK(device >= 0 && device < count, "Invalid NPU device ordinal ", static_cast<int>(device),
              ": this process sees ", static_cast<int>(count), count == 1 ? " device" : " devices",
              ", numbered from 0. See torch.npu.device_count() and ASCEND_RT_VISIBLE_DEVICES.");
  return device;
}

DeviceIndex current_device() { return t_thread.device; }

void ensure_context() {
  Thread& thread = t_thread;
  if (C10_UNLIKELY(thread.context != thread.device)) make_context(thread);
}

void set_device(DeviceIndex device) {
  Thread& thread = t_thread;
  thread.device = checked_device(device);
  ensure_context();
}

DeviceIndex exchange_device(DeviceIndex device) {
  const DeviceIndex old = t_thread.device;
  if (device >= 0 && device != old) set_device(device);
  return old;
}

DeviceIndex maybe_exchange_device(DeviceIndex device) {
  Thread& thread = t_thread;
  const DeviceIndex old = thread.device;
  if (device >= 0 && device != old) thread.device = checked_device(device);  // CANN is told at the first use.
  return old;
}

bool has_context(DeviceIndex device) {
  return device >= 0 && device < kMaxDevices && !g_forked && g_has_context[device].load(std::memory_order_relaxed);
}
bool is_initialized() { return g_initialized && !g_forked; }
bool in_bad_fork() noexcept { return g_forked.load(std::memory_order_relaxed); }

void synchronize(DeviceIndex device) {
  const OnDevice here(checked_device(device));
  NPU_CHECK(aclrtSynchronizeDevice());
}

}  // namespace c10_npu
