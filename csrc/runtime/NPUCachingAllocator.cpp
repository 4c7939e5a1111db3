#include "runtime/NPUCachingAllocator.h"

#include <c10/core/AllocatorConfig.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "runtime/NPUBlockCache.h"
#include "runtime/NPUException.h"
#include "runtime/NPUGuard.h"
#include "runtime/NPUStream.h"

namespace c10_npu {
namespace {

struct Caches {
  std::mutex making;
  std::array<std::atomic<BlockCache*>, kMaxDevices> of_device{};
};
Caches& caches() {
  static auto* all = new Caches;
  return *all;
}

struct Addresses {
  std::mutex mutex;
  std::unordered_map<void*, Block*> blocks;
};
Addresses& addresses() {
  static auto* all = new Addresses;
  return *all;
}

void read_options() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (const char* text = std::getenv("PYTORCH_NPU_ALLOC_CONF")) c10::CachingAllocator::setAllocatorSettings(text);
    if (c10::CachingAllocator::AcceleratorAllocatorConfig::use_expandable_segments())
      TORCH_WARN("UNIMPLEMENTED: expandable_segments. Memory is taken in segments of fixed size.");
  });
}

void report(void* ptr, int64_t change, DeviceIndex device) {
  c10::reportMemoryUsageToProfiler(ptr, change, 0, 0, {c10::kPrivateUse1, device});
}

// The deleter of every tensor's memory. A forked child has no device: what it drops, the parent still owns.
void release(void* context) {
  if (!context || in_bad_fork()) return;
  auto* block = static_cast<Block*>(context);
  try {
    report(block->ptr, -static_cast<int64_t>(block->size), block->device);
    caches().of_device[block->device].load(std::memory_order_relaxed)->free(block);
  } catch (const std::exception& error) {  // A lost device: the block is lost with it.
    TORCH_WARN("Freeing NPU memory failed: ", error.what());
  }
}

}  // namespace

BlockCache& NPUCachingAllocator::cache(DeviceIndex device) {
  device = checked_device(device);
  auto& place = caches().of_device[device];
  if (auto* known = place.load(std::memory_order_acquire)) return *known;
  read_options();
  const std::lock_guard lock(caches().making);
  if (!place.load(std::memory_order_relaxed)) place.store(new BlockCache(device), std::memory_order_release);
  return *place.load(std::memory_order_relaxed);
}

c10::DataPtr NPUCachingAllocator::allocate(size_t bytes) {
  const DeviceIndex index = current_device();
  const c10::Device device(c10::kPrivateUse1, index);
  const aclrtStream stream = current_stream();
  if (!bytes) return {nullptr, nullptr, &release, device};
  Block* block = cache(index).allocate(bytes, stream);
  report(block->ptr, static_cast<int64_t>(block->size), index);
  return {block->ptr, block, &release, device};
}

void NPUCachingAllocator::copy_data(void* dst, const void* src, std::size_t bytes) const {
  NPU_CHECK(aclrtMemcpyAsync(dst, bytes, src, bytes, ACL_MEMCPY_DEVICE_TO_DEVICE, current_stream()));
}

void* NPUCachingAllocator::allocate_address(size_t bytes, DeviceIndex device, aclrtStream stream) {
  const NPUGuard guard(checked_device(device));
  const aclrtStream on = stream ? stream : current_stream();
  if (!bytes) return nullptr;
  Block* block = cache(guard.current_device().index()).allocate(bytes, on);
  const std::lock_guard lock(addresses().mutex);
  addresses().blocks[block->ptr] = block;
  return block->ptr;
}

void NPUCachingAllocator::free_address(void* ptr) {
  if (!ptr) return;
  Block* block = nullptr;
  {
    const std::lock_guard lock(addresses().mutex);
    const auto it = addresses().blocks.find(ptr);
    TORCH_CHECK(it != addresses().blocks.end(), "No memory was allocated at address ", ptr,
                " with caching_allocator_alloc, or it has been freed.");
    block = it->second;
    addresses().blocks.erase(it);
  }
  cache(block->device).free(block);
}

void NPUCachingAllocator::emptyCache(c10::MempoolId_t pool) {
  for (auto& place : caches().of_device)
    if (auto* made = place.load(std::memory_order_acquire)) made->empty(pool);
}

std::vector<c10::CachingDeviceAllocator::SegmentInfo> NPUCachingAllocator::snapshot(
    std::optional<c10::MempoolId_t> pool) {
  std::vector<c10::CachingDeviceAllocator::SegmentInfo> all;
  for (auto& place : caches().of_device) {
    auto* made = place.load(std::memory_order_acquire);
    if (!made) continue;
    auto segments = made->snapshot(pool);
    all.insert(all.end(), std::make_move_iterator(segments.begin()), std::make_move_iterator(segments.end()));
  }
  return all;
}

void NPUCachingAllocator::recordStream(const c10::DataPtr& data, c10::Stream stream) {
  // Memory that is not ours (a view of a caller's buffer, an empty tensor) has no block to keep.
  if (!data.get() || data.get_deleter() != &release) return;
  auto* block = static_cast<Block*>(data.get_context());
  cache(block->device).record_stream(block, stream);
}

c10::CachingDeviceAllocator::DeviceStats NPUCachingAllocator::getDeviceStats(DeviceIndex device) {
  return cache(device).stats();
}
void NPUCachingAllocator::resetAccumulatedStats(DeviceIndex device) { cache(device).reset_accumulated_stats(); }
void NPUCachingAllocator::resetPeakStats(DeviceIndex device) { cache(device).reset_peak_stats(); }
std::pair<size_t, size_t> NPUCachingAllocator::getMemoryInfo(DeviceIndex device) { return memory_info(device); }

NPUCachingAllocator* allocator() {
  static auto* all = new NPUCachingAllocator;
  return all;
}

namespace {
const bool registered = [] {
  c10::SetAllocator(c10::kPrivateUse1, allocator());
  return true;
}();
}  // namespace

}  // namespace c10_npu
