// The half of a BlockCache that talks to CANN: segments come and go, memory runs out.
#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>

#include "runtime/NPUBlockCache.h"
#include "runtime/NPUBlockStats.h"
#include "runtime/NPUException.h"
#include "runtime/NPUGuard.h"

namespace c10_npu {
namespace {

using Config = c10::CachingAllocator::AcceleratorAllocatorConfig;

std::string human(size_t size) {
  auto bytes = static_cast<double>(size);
  const char* unit = "bytes";
  for (const char* larger : {"KiB", "MiB", "GiB"}) {
    if (bytes < 1024) break;
    bytes /= 1024;
    unit = larger;
  }
  char text[32];
  std::snprintf(text, sizeof text, *unit == 'b' ? "%.0f %s" : "%.2f %s", bytes, unit);
  return text;
}

}  // namespace

std::pair<size_t, size_t> memory_info(DeviceIndex device) {
  const OnDevice here(checked_device(device));
  size_t free = 0, total = 0;
  NPU_CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
  return {free, total};
}

Block* BlockCache::grow(BlockPool& pool, size_t size, size_t requested, aclrtStream stream, const Context& context) {
  if (C10_UNLIKELY(Config::garbage_collection_threshold() > 0)) collect_garbage();
  const size_t bytes = segment_size(size);
  if (Block* block = new_segment(pool, bytes, stream, context)) return block;
  ++stats_.num_alloc_retries;
  if (release_oversized(pool, bytes, stream))
    if (Block* block = new_segment(pool, bytes, stream, context)) return block;
  release_unused(kDefaultPool);
  if (pool.owner->id != kDefaultPool) release_unused(pool.owner->id);
  if (Block* block = new_segment(pool, bytes, stream, context)) return block;
  // Waiting for other streams may have made one of the stream's own blocks large enough.
  if (Block* block = find_free(pool, size, stream)) return block;
  ++stats_.num_ooms;
  out_of_memory(requested);
}

// Null: out of memory. Any other failure throws.
Block* BlockCache::new_segment(BlockPool& pool, size_t bytes, aclrtStream stream, const Context& context) {
  if (fraction_ < 1.0 && total(stats_.reserved_bytes) + bytes > limit()) return nullptr;
  const OnDevice here(device_);
  void* ptr = nullptr;
  const int code = aclrtMalloc(&ptr, bytes, ACL_MEM_MALLOC_HUGE_FIRST);
  if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) return nullptr;
  if (code) fail("aclrtMalloc(&ptr, bytes, ACL_MEM_MALLOC_HUGE_FIRST)", code);
  add(stats_.segment, pool.small, 1);
  add(stats_.reserved_bytes, pool.small, bytes);
  ++stats_.num_device_alloc;
  if (bytes >= Config::max_split_size()) stats_.oversize_segments.increase(1);
  ++pool.owner->segments;
  Block* block = new_block();
  block->ptr = ptr;
  block->size = bytes;
  block->stream = stream;
  block->pool = &pool;
  block->device = device_;
  block->segment_context = context;
  record(TraceEntry::SEGMENT_ALLOC, ptr, bytes, stream, pool.owner->id, context);
  return block;
}

// The block is a whole free segment, out of the pool, and the device has been synchronized.
void BlockCache::release_segment(Block* block) {
  NPU_CHECK(aclrtFree(block->ptr));
  BlockPool& pool = *block->pool;
  record(TraceEntry::SEGMENT_FREE, block->ptr, block->size, block->stream, pool.owner->id, block->segment_context);
  sub(stats_.segment, pool.small, 1);
  sub(stats_.reserved_bytes, pool.small, block->size);
  ++stats_.num_device_free;
  if (block->size >= Config::max_split_size()) stats_.oversize_segments.decrease(1);
  --pool.owner->segments;
  retire(block);
}

// With max_split_size_mb: gives back the stream's oversized blocks, smallest first, until `bytes` are free.
bool BlockCache::release_oversized(BlockPool& pool, size_t bytes, aclrtStream stream) {
  if (Config::max_split_size() == std::numeric_limits<size_t>::max() || pool.small) return false;
  const OnDevice here(device_);
  synchronize(device_);
  size_t released = 0;
  auto it = pool.free.lower_bound(BlockKey{stream, std::min(bytes, Config::max_split_size()), nullptr});
  while (it != pool.free.end() && (*it)->stream == stream && released < bytes) {
    Block* block = *it++;
    if (block->is_split()) continue;
    extract(block);
    released += block->size;
    release_segment(block);
  }
  return released >= bytes;
}

void BlockCache::release_unused(BlockPool& pool) {
  for (auto it = pool.free.begin(); it != pool.free.end();) {
    Block* block = *it++;
    if (block->is_split()) continue;
    extract(block);
    release_segment(block);
  }
}

void BlockCache::release_unused(MempoolId_t only) {
  const OnDevice here(device_);
  synchronize(device_);  // Own-stream frees have no event: queued work may still read the blocks.
  synchronize_events();
  const bool every = only == kDefaultPool;
  if (every) {
    release_unused(default_pool_.small);
    release_unused(default_pool_.large);
  }
  for (auto it = private_pools_.begin(); it != private_pools_.end();) {
    MemoryPool& pool = *it->second;
    if (every ? pool.uses == 0 : pool.id == only) {
      release_unused(pool.small);
      release_unused(pool.large);
    }
    it = pool.uses == 0 && pool.segments == 0 ? private_pools_.erase(it) : std::next(it);
  }
}

void BlockCache::empty(MempoolId_t pool) {
  if (!has_context(device_)) return;
  const std::lock_guard lock(mutex_);
  release_unused(pool);
}

// With garbage_collection_threshold: oldest first, until the reserved memory is below it.
void BlockCache::collect_garbage() {
  const auto threshold = static_cast<size_t>(Config::garbage_collection_threshold() * static_cast<double>(limit()));
  if (total(stats_.reserved_bytes) <= threshold) return;
  std::vector<Block*> whole;
  for (Block* block : default_pool_.large.free)
    if (!block->is_split()) whole.push_back(block);
  if (whole.empty()) return;
  std::ranges::sort(whole, {}, &Block::freed_at);
  const OnDevice here(device_);
  synchronize(device_);
  for (Block* block : whole) {
    if (total(stats_.reserved_bytes) <= threshold) break;
    extract(block);
    release_segment(block);
  }
}

size_t BlockCache::limit() {
  if (!limit_) limit_ = static_cast<size_t>(fraction_ * static_cast<double>(memory_info(device_).second));
  return limit_;
}

void BlockCache::set_fraction(double fraction) {
  TORCH_CHECK_VALUE(fraction >= 0 && fraction <= 1, "A memory fraction is between 0 and 1, but got ", fraction);
  const std::lock_guard lock(mutex_);
  fraction_ = fraction;
  limit_ = 0;
}
double BlockCache::fraction() {
  const std::lock_guard lock(mutex_);
  return fraction_;
}

void BlockCache::out_of_memory(size_t requested) {
  const auto [free, all] = memory_info(device_);
  const size_t allocated = total(stats_.allocated_bytes), reserved = total(stats_.reserved_bytes);
  record(TraceEntry::OOM, reinterpret_cast<const void*>(free), requested, nullptr, kDefaultPool, nullptr);
  c10::reportOutOfMemoryToProfiler(static_cast<int64_t>(requested), allocated, reserved, {c10::kPrivateUse1, device_});
  std::string allowed;
  if (fraction_ < 1.0)
    allowed = c10::str(" This process may use ", human(limit()), " of it (set_per_process_memory_fraction).");
  TORCH_CHECK_WITH(OutOfMemoryError, false, "NPU out of memory. Tried to allocate ", human(requested), ". NPU ",
                   static_cast<int>(device_), " has ", human(all), " in all, of which ", human(free), " is free.",
                   allowed, " PyTorch holds ", human(allocated), " in tensors and keeps ", human(reserved - allocated),
                   " cached but unused. To fit: use a smaller batch, mixed precision or activation checkpointing, and "
                   "drop references to tensors no longer needed. If the unused part is large, it is fragmented: try "
                   "PYTORCH_NPU_ALLOC_CONF=max_split_size_mb:<n>.");
}

}  // namespace c10_npu
