// PyTorch's device allocator for `npu`: a BlockCache a device. See NPUBlockCache.h for what a free block means.
#pragma once
#include <c10/core/CachingDeviceAllocator.h>

#include "acl/acl_rt.h"
#include "runtime/NPUFunctions.h"

namespace c10_npu {

class BlockCache;

class NPUCachingAllocator final : public c10::DeviceAllocator {
 public:
  // On the current device, for its current stream.
  c10::DataPtr allocate(size_t bytes) override;
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }  // The context is a Block, not the pointer.
  void copy_data(void* dst, const void* src, std::size_t bytes) const override;

  // By address, for callers that keep no DataPtr (torch.npu.caching_allocator_alloc). -1 and null: the current ones.
  void* allocate_address(size_t bytes, DeviceIndex device, aclrtStream stream);
  void free_address(void* ptr);

  bool initialized() override { return is_initialized(); }
  void emptyCache(c10::MempoolId_t pool) override;
  void recordStream(const c10::DataPtr& data, c10::Stream stream) override;
  c10::CachingDeviceAllocator::DeviceStats getDeviceStats(DeviceIndex device) override;
  void resetAccumulatedStats(DeviceIndex device) override;
  void resetPeakStats(DeviceIndex device) override;
  std::pair<size_t, size_t> getMemoryInfo(DeviceIndex device) override;

  // Of every device; of all pools or of one.
  std::vector<c10::CachingDeviceAllocator::SegmentInfo> snapshot(std::optional<c10::MempoolId_t> pool);

  BlockCache& cache(DeviceIndex device);  // -1 is the current device
};

// Never destroyed: tensors may outlive every static.
NPUCachingAllocator* allocator();

}  // namespace c10_npu
