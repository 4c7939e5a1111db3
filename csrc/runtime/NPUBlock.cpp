#include "runtime/NPUBlock.h"

#include <c10/core/AllocatorConfig.h>
#include <c10/util/llvmMathExtras.h>

namespace c10_npu {
namespace {

using Config = c10::CachingAllocator::AcceleratorAllocatorConfig;
using c10::CachingAllocator::kMinBlockSize;
using c10::CachingAllocator::kMinLargeAlloc;
using c10::CachingAllocator::kRoundLarge;
using c10::CachingAllocator::kSmallBuffer;
using c10::CachingAllocator::kSmallSize;

// The device's vector units read up to 32 bytes past the end of a tensor; the vendor's allocator reserves them, and
// torch.npu.memory_allocated shows it.
constexpr size_t kPadding = 32;

constexpr size_t round_up(size_t size, size_t step) { return (size + step - 1) / step * step; }

// With roundup_power2_divisions: to the next of `divisions` equal steps between powers of two.
size_t round_to_division(size_t size, size_t divisions) {
  if (c10::llvm::isPowerOf2_64(size)) return size;
  const size_t floor = c10::llvm::PowerOf2Floor(size);
  const size_t step = floor >> (63 - c10::llvm::countLeadingZeros(static_cast<uint64_t>(divisions)));
  return step ? round_up(size, step) : floor << 1;
}

}  // namespace

size_t block_size(size_t bytes) {
  const size_t size = bytes + kPadding;
  const size_t divisions = Config::roundup_power2_divisions(size);
  if (divisions > 1 && size > kMinBlockSize * divisions) return round_to_division(size, divisions);
  return round_up(size, kMinBlockSize);
}

size_t segment_size(size_t block) {
  if (block <= kSmallSize) return kSmallBuffer;
  if (block < kMinLargeAlloc) return Config::large_segment_size();
  return round_up(block, kRoundLarge);
}

bool worth_splitting(const Block& block, size_t size) {
  const size_t rest = block.size - size;
  if (block.pool->small) return rest >= kMinBlockSize;
  return size < Config::max_split_size() && rest > kSmallSize;
}

}  // namespace c10_npu
