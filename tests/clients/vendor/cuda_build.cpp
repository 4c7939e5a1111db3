// A CUDA build of PyTorch and the vendor's library both register these allocator settings, and the second registration
// is refused: the wheel expects a CPU build. No GPU is in use here, so CUDA's registration may go.
#include <c10/core/AllocatorConfig.h>

extern "C" __attribute__((visibility("default"))) void forget_cuda_settings() {
  auto& keys = c10::CachingAllocator::AcceleratorAllocatorConfig::getMutableKeys();
  keys.erase("pinned_reserve_segment_size_mb");
  keys.erase("per_process_memory_fraction");
}
