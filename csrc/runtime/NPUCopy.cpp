#include "runtime/NPUCopy.h"

#include <ATen/core/CachingHostAllocator.h>
#include <c10/core/Event.h>

#include <cstring>
#include <mutex>
#include <set>
#include <utility>

#include "runtime/NPUGuard.h"
#include "runtime/NPUHostAllocator.h"
#include "runtime/NPUStream.h"
#include "runtime/NPUSyncDebug.h"

namespace c10_npu {
namespace {

// Above this, waiting for the stream costs less than a second copy of the bytes in pinned memory.
constexpr size_t kLargestStaged = size_t{64} << 20;

void enqueue(void* dst, const void* src, size_t bytes, aclrtMemcpyKind kind) {
  NPU_CHECK(aclrtMemcpyAsync(dst, bytes, src, bytes, kind, current_stream()));
}

// The same, and waits. A failure of the stream's earlier work refuses the copy; the synchronize then hands it over, so
// that who catches the exception can go on.
void enqueue_and_wait(void* dst, const void* src, size_t bytes, aclrtMemcpyKind kind) {
  about_to_wait();
  const aclError queued = aclrtMemcpyAsync(dst, bytes, src, bytes, kind, current_stream());
  NPU_CHECK(aclrtSynchronizeStream(current_stream()));
  if (queued != ACL_SUCCESS) fail("aclrtMemcpyAsync", queued);
}

// Keeps the pinned block of `ptr` until the current stream is past this point; false where it is not pinned by us.
bool keep_until_done(const void* ptr, void* context) {
  return host_allocator()->record_event(const_cast<void*>(ptr), context, current_c10_stream());
}

// Lets two devices reach each other's memory, both ways, once.
void enable_peers(DeviceIndex a, DeviceIndex b) {
  static std::mutex mutex;
  static std::set<std::pair<DeviceIndex, DeviceIndex>> enabled;
  std::lock_guard lock(mutex);
  for (const auto& [here, peer] : {std::pair(a, b), std::pair(b, a)}) {
    if (enabled.contains({here, peer})) continue;
    const OnDevice on(here);
    NPU_CHECK(aclrtDeviceEnablePeerAccess(peer, 0));
    enabled.emplace(here, peer);
  }
}

}  // namespace

void copy_from_host(void* dst, const void* src, size_t bytes, bool non_blocking, void* src_context) {
  if (!bytes) return;
  ensure_context();
  if (non_blocking && keep_until_done(src, src_context)) {
    enqueue(dst, src, bytes, ACL_MEMCPY_HOST_TO_DEVICE);
  } else if (bytes <= kLargestStaged) {
    const auto staged = host_allocator()->allocate(bytes);
    std::memcpy(staged.get(), src, bytes);
    keep_until_done(staged.get(), staged.get_context());
    enqueue(dst, staged.get(), bytes, ACL_MEMCPY_HOST_TO_DEVICE);
  } else {
    enqueue_and_wait(dst, src, bytes, ACL_MEMCPY_HOST_TO_DEVICE);
  }
}

void copy_to_host(void* dst, const void* src, size_t bytes, bool non_blocking, void* dst_context) {
  if (!bytes) return;
  ensure_context();
  if (non_blocking && keep_until_done(dst, dst_context)) enqueue(dst, src, bytes, ACL_MEMCPY_DEVICE_TO_HOST);
  else enqueue_and_wait(dst, src, bytes, ACL_MEMCPY_DEVICE_TO_HOST);
}

void copy_on_device(void* dst, DeviceIndex dst_device, const void* src, DeviceIndex src_device, size_t bytes) {
  if (!bytes) return;
  const NPUGuard guard(src_device);
  if (dst_device == src_device) return enqueue(dst, src, bytes, ACL_MEMCPY_DEVICE_TO_DEVICE);
  enable_peers(src_device, dst_device);
  // The copy runs on the source's stream; the destination's stream is joined before and after.
  const auto from = current_c10_stream(src_device), to = current_c10_stream(dst_device);
  c10::Event ready(c10::kPrivateUse1), copied(c10::kPrivateUse1);
  ready.record(to);
  ready.block(from);
  enqueue(dst, src, bytes, ACL_MEMCPY_DEVICE_TO_DEVICE);
  copied.record(from);
  copied.block(to);
}

}  // namespace c10_npu
