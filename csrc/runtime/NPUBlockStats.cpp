// What a BlockCache tells of itself.
#include "runtime/NPUBlockStats.h"

#include <algorithm>

#include "runtime/NPUBlockCache.h"

namespace c10_npu {
namespace {

using c10::CachingDeviceAllocator::SegmentInfo;

template <class F> void each_stat(BlockCache::Stats& s, F f) {
  for (auto* stat : {&s.allocation, &s.segment, &s.active, &s.inactive_split, &s.allocated_bytes, &s.reserved_bytes,
                     &s.active_bytes, &s.inactive_split_bytes, &s.requested_bytes})
    for (auto& kind : *stat) f(kind);
  f(s.oversize_allocations);
  f(s.oversize_segments);
}

SegmentInfo describe(const Block* first) {
  SegmentInfo segment;
  segment.device = first->device;
  segment.address = reinterpret_cast<size_t>(first->ptr);
  segment.stream = first->stream;
  segment.is_large = !first->pool->small;
  segment.owner_private_pool_id = first->pool->owner->id;
  segment.context_when_allocated = first->segment_context;
  for (const Block* block = first; block; block = block->next) {
    const bool active = !block->is_free();
    segment.total_size += block->size;
    if (block->allocated) segment.allocated_size += block->size;
    if (active) {
      segment.active_size += block->size;
      segment.requested_size += block->requested;
    }
    auto& info = segment.blocks.emplace_back();
    info.size = block->size;
    info.requested_size = block->requested;
    info.allocated = block->allocated;
    info.active = active;
    info.context_when_allocated = block->context;
  }
  return segment;
}

}  // namespace

BlockCache::Stats BlockCache::stats() {
  const std::lock_guard lock(mutex_);
  stats_.max_split_size = static_cast<int64_t>(c10::CachingAllocator::AcceleratorAllocatorConfig::max_split_size());
  return stats_;
}

void BlockCache::reset_accumulated_stats() {
  const std::lock_guard lock(mutex_);
  each_stat(stats_, [](auto& stat) { stat.reset_accumulated(); });
  for (auto* count : {&stats_.num_alloc_retries, &stats_.num_ooms, &stats_.num_sync_all_streams,
                      &stats_.num_device_alloc, &stats_.num_device_free})
    *count = 0;
}

void BlockCache::reset_peak_stats() {
  const std::lock_guard lock(mutex_);
  each_stat(stats_, [](auto& stat) { stat.reset_peak(); });
}

std::vector<SegmentInfo> BlockCache::snapshot(std::optional<MempoolId_t> pool) {
  const std::lock_guard lock(mutex_);
  std::vector<SegmentInfo> segments;
  for (const Block* block = newest_; block; block = block->older)
    if (!block->prev && (!pool || block->pool->owner->id == *pool)) segments.push_back(describe(block));
  std::ranges::sort(segments, {}, &SegmentInfo::address);
  record(TraceEntry::SNAPSHOT, nullptr, total(stats_.reserved_bytes), nullptr, kDefaultPool, nullptr);
  return segments;
}

}  // namespace c10_npu
