#include "runtime/NPUMemPool.h"

#include <c10/util/Exception.h>

#include <atomic>
#include <thread>

#include "runtime/NPUBlockCache.h"
#include "runtime/NPUCachingAllocator.h"

namespace c10_npu {

MempoolId_t NPUMemPool::new_id(bool for_graph) {
  static std::atomic<c10::CaptureId_t> next{1};
  const auto number = next.fetch_add(1);
  return for_graph ? MempoolId_t{number, 0} : MempoolId_t{0, number};
}

NPUMemPool::NPUMemPool() : device_(current_device()), id_(new_id(false)) {
  ensure_context();
  allocator()->cache(device_).retain_pool(id_);
}

NPUMemPool::~NPUMemPool() {
  if (in_bad_fork()) return;
  try {
    auto& cache = allocator()->cache(device_);
    cache.empty(id_);
    cache.release_pool(id_);
  } catch (const std::exception& error) {  // A lost device: the memory is lost with it.
    TORCH_WARN("Releasing a memory pool failed: ", error.what());
  }
}

int NPUMemPool::use_count() const { return allocator()->cache(device_).pool_uses(id_); }

void begin_allocate_to_pool(DeviceIndex device, MempoolId_t pool) {
  const auto caller = std::this_thread::get_id();
  allocator()->cache(device).begin_allocate_to_pool(
      pool, [caller](aclrtStream) { return std::this_thread::get_id() == caller; });
}

void end_allocate_to_pool(DeviceIndex device, MempoolId_t pool) {
  auto& cache = allocator()->cache(device);
  cache.end_allocate_to_pool(pool);
  cache.release_pool(pool);
}

}  // namespace c10_npu
