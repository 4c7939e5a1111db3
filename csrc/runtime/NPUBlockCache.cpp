#include "runtime/NPUBlockCache.h"

#include <c10/util/Exception.h>
#include <c10/util/llvmMathExtras.h>

#include <algorithm>
#include <cstdio>

#include "runtime/NPUException.h"
#include "runtime/NPUGuard.h"
#include "runtime/NPUStream.h"

namespace c10_npu {
namespace {

using Config = c10::CachingAllocator::AcceleratorAllocatorConfig;
using c10::CachingAllocator::kMinBlockSize;
using c10::CachingAllocator::kMinLargeAlloc;
using c10::CachingAllocator::kRoundLarge;
using c10::CachingAllocator::kSmallBuffer;
using c10::CachingAllocator::kSmallSize;
using c10::CachingAllocator::StatArray;
using c10::CachingAllocator::StatType;

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

size_t block_size(size_t bytes) {
  const size_t size = bytes + kPadding;
  const size_t divisions = Config::roundup_power2_divisions(size);
  if (divisions > 1 && size > kMinBlockSize * divisions) return round_to_division(size, divisions);
  return round_up(size, kMinBlockSize);
}

size_t segment_size(size_t size) {
  if (size <= kSmallSize) return kSmallBuffer;
  if (size < kMinLargeAlloc) return Config::large_segment_size();
  return round_up(size, kRoundLarge);
}

bool worth_splitting(const Block& block, size_t size) {
  const size_t rest = block.size - size;
  if (block.pool->small) return rest >= kMinBlockSize;
  return size < Config::max_split_size() && rest > kSmallSize;
}

template <class F> void each_kind(StatArray& stat, bool small, F f) {
  f(stat[static_cast<size_t>(StatType::AGGREGATE)]);
  f(stat[static_cast<size_t>(small ? StatType::SMALL_POOL : StatType::LARGE_POOL)]);
}
void add(StatArray& stat, bool small, size_t amount) {
  each_kind(stat, small, [=](auto& s) { s.increase(amount); });
}
void sub(StatArray& stat, bool small, size_t amount) {
  each_kind(stat, small, [=](auto& s) { s.decrease(amount); });
}
int64_t total(const StatArray& stat) { return stat[static_cast<size_t>(StatType::AGGREGATE)].current; }

std::string human(double bytes) {
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

bool BySize::operator()(const Block* a, const BlockKey& b) const {
  if (a->stream != b.stream) return a->stream < b.stream;
  if (a->size != b.size) return a->size < b.size;
  return a->ptr < b.ptr;
}
bool BySize::operator()(const Block* a, const Block* b) const { return (*this)(a, b->key()); }

std::pair<size_t, size_t> memory_info(DeviceIndex device) {
  const OnDevice here(checked_device(device));
  size_t free = 0, total = 0;
  NPU_CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
  return {free, total};
}

Block* BlockCache::allocate(size_t bytes, aclrtStream stream) {
  const std::lock_guard lock(mutex_);
  if (bytes > size_t{1} << 60) out_of_memory(bytes);  // The rounding below would wrap around.
  const size_t size = block_size(bytes);
  ++allocations_;
  process_events();
  BlockPool& pool = pool_for(size);
  Block* block = find_free(pool, size, stream);
  if (!block) block = grow(pool, size, bytes, stream);
  return hand_out(block, size, bytes);
}

// Best fit among the stream's free blocks; takes it out of the pool.
Block* BlockCache::find_free(BlockPool& pool, size_t size, aclrtStream stream) {
  const auto it = pool.free.lower_bound(BlockKey{stream, size, nullptr});
  if (it == pool.free.end() || (*it)->stream != stream) return nullptr;
  Block* block = *it;
  if (!pool.small) {  // Oversized blocks are never split, so a small request must not take one, nor waste much of one.
    const size_t oversized = Config::max_split_size();
    if (size < oversized && block->size >= oversized) return nullptr;
    if (size >= oversized && block->size >= size + Config::max_non_split_rounding_size()) return nullptr;
  }
  extract(block);
  return block;
}

void BlockCache::extract(Block* block) { block->node = block->pool->free.extract(block->place); }

void BlockCache::insert(Block* block) {
  auto& free = block->pool->free;
  if (block->node) block->place = free.insert(std::move(block->node)).position;
  else block->place = free.insert(block).first;
}

Block* BlockCache::new_block() {
  if (spare_blocks_.empty()) return new Block;
  Block* block = spare_blocks_.back().release();
  spare_blocks_.pop_back();
  return block;
}
void BlockCache::retire(Block* block) {
  *block = Block{};
  spare_blocks_.emplace_back(block);
}

// `block` is out of the pool. Cuts `size` from its front where that is worth it; the rest goes back.
Block* BlockCache::hand_out(Block* block, size_t size, size_t requested) {
  BlockPool& pool = *block->pool;
  const bool was_split = block->is_split();
  if (worth_splitting(*block, size)) {
    Block* rest = block;
    block = new_block();
    block->ptr = rest->ptr;
    block->size = size;
    block->stream = rest->stream;
    block->pool = &pool;
    block->device = device_;
    block->prev = rest->prev;
    block->next = rest;
    if (block->prev) block->prev->next = block;
    rest->prev = block;
    rest->ptr = static_cast<char*>(rest->ptr) + size;
    rest->size -= size;
    insert(rest);
    if (was_split) {
      sub(stats_.inactive_split_bytes, pool.small, size);
    } else {
      add(stats_.inactive_split_bytes, pool.small, rest->size);
      add(stats_.inactive_split, pool.small, 1);
    }
  } else if (was_split) {
    sub(stats_.inactive_split_bytes, pool.small, block->size);
    sub(stats_.inactive_split, pool.small, 1);
  }
  block->allocated = true;
  block->requested = requested;
  add(stats_.allocation, pool.small, 1);
  add(stats_.allocated_bytes, pool.small, block->size);
  add(stats_.active, pool.small, 1);
  add(stats_.active_bytes, pool.small, block->size);
  add(stats_.requested_bytes, pool.small, requested);
  if (block->size >= Config::max_split_size()) stats_.oversize_allocations.increase(1);
  return block;
}

void BlockCache::free(Block* block) {
  const std::lock_guard lock(mutex_);
  const bool small = block->pool->small;
  block->allocated = false;
  sub(stats_.allocation, small, 1);
  sub(stats_.allocated_bytes, small, block->size);
  if (block->size >= Config::max_split_size()) stats_.oversize_allocations.decrease(1);
  if (C10_UNLIKELY(!block->users.empty())) record_events(block);
  else take_back(block);
}

// The block is free for its own stream: back to the pool, together with free neighbours.
void BlockCache::take_back(Block* block) {
  BlockPool& pool = *block->pool;
  sub(stats_.active, pool.small, 1);
  sub(stats_.active_bytes, pool.small, block->size);
  sub(stats_.requested_bytes, pool.small, block->requested);
  int64_t splits = 0, split_bytes = 0;  // changes of the free blocks that are part of a segment
  // A free neighbour takes the block in: it has its place in the set already.
  if (Block* next = block->next; next && next->is_free()) {
    --splits;
    split_bytes -= static_cast<int64_t>(next->size);
    extract(next);
    next->ptr = block->ptr;
    next->size += block->size;
    next->prev = block->prev;
    if (next->prev) next->prev->next = next;
    retire(block);
    block = next;
  }
  if (Block* prev = block->prev; prev && prev->is_free()) {
    --splits;
    split_bytes -= static_cast<int64_t>(prev->size);
    extract(prev);
    prev->size += block->size;
    prev->next = block->next;
    if (prev->next) prev->next->prev = prev;
    retire(block);
    block = prev;
  }
  if (block->is_split()) {
    ++splits;
    split_bytes += static_cast<int64_t>(block->size);
  }
  const auto apply = [&](StatArray& stat, int64_t change) {
    if (change > 0) add(stat, pool.small, static_cast<size_t>(change));
    else if (change < 0) sub(stat, pool.small, static_cast<size_t>(-change));
  };
  apply(stats_.inactive_split, splits);
  apply(stats_.inactive_split_bytes, split_bytes);
  block->freed_at = allocations_;
  insert(block);
}

// --- Segments

Block* BlockCache::grow(BlockPool& pool, size_t size, size_t requested, aclrtStream stream) {
  if (C10_UNLIKELY(Config::garbage_collection_threshold() > 0)) collect_garbage();
  const size_t bytes = segment_size(size);
  if (Block* block = new_segment(pool, bytes, stream)) return block;
  ++stats_.num_alloc_retries;
  if (release_oversized(pool, bytes, stream))
    if (Block* block = new_segment(pool, bytes, stream)) return block;
  release_unused();
  if (Block* block = new_segment(pool, bytes, stream)) return block;
  // Freeing merged blocks may have made one of the stream's own large enough.
  if (Block* block = find_free(pool, size, stream)) return block;
  ++stats_.num_ooms;
  out_of_memory(requested);
}

// Null: out of memory. Any other failure throws.
Block* BlockCache::new_segment(BlockPool& pool, size_t bytes, aclrtStream stream) {
  if (fraction_ < 1.0 && static_cast<size_t>(total(stats_.reserved_bytes)) + bytes > limit()) return nullptr;
  const OnDevice here(device_);
  void* ptr = nullptr;
  const int code = aclrtMalloc(&ptr, bytes, ACL_MEM_MALLOC_HUGE_FIRST);
  if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) return nullptr;
  if (code) fail("aclrtMalloc(&ptr, bytes, ACL_MEM_MALLOC_HUGE_FIRST)", code);
  add(stats_.segment, pool.small, 1);
  add(stats_.reserved_bytes, pool.small, bytes);
  ++stats_.num_device_alloc;
  if (bytes >= Config::max_split_size()) stats_.oversize_segments.increase(1);
  Block* block = new_block();
  block->ptr = ptr;
  block->size = bytes;
  block->stream = stream;
  block->pool = &pool;
  block->device = device_;
  return block;
}

// The block is a whole free segment, out of the pool, and the device has been synchronized.
void BlockCache::release_segment(Block* block) {
  NPU_CHECK(aclrtFree(block->ptr));
  const bool small = block->pool->small;
  sub(stats_.segment, small, 1);
  sub(stats_.reserved_bytes, small, block->size);
  ++stats_.num_device_free;
  if (block->size >= Config::max_split_size()) stats_.oversize_segments.decrease(1);
  retire(block);
}

// With max_split_size_mb: gives back the stream's oversized blocks, largest last, until `bytes` are free.
bool BlockCache::release_oversized(BlockPool& pool, size_t bytes, aclrtStream stream) {
  if (Config::max_split_size() == std::numeric_limits<size_t>::max() || pool.small) return false;
  const OnDevice here(device_);
  synchronize(device_);
  size_t released = 0;
  auto it = pool.free.lower_bound(BlockKey{stream, std::min(bytes, Config::max_split_size()), nullptr});
  while (it != pool.free.end() && (*it)->stream == stream && released < bytes) {
    Block* block = *it;
    if (block->is_split()) {
      ++it;
      continue;
    }
    it = pool.free.erase(it);
    released += block->size;
    release_segment(block);
  }
  return released >= bytes;
}

void BlockCache::release_unused() {
  const OnDevice here(device_);
  synchronize(device_);  // Own-stream frees have no event: queued work may still read the blocks.
  synchronize_events();
  for (BlockPool* pool : {&small_, &large_}) {
    for (auto it = pool->free.begin(); it != pool->free.end();) {
      Block* block = *it;
      if (block->is_split()) {
        ++it;
        continue;
      }
      it = pool->free.erase(it);
      release_segment(block);
    }
  }
}

void BlockCache::empty() {
  if (!has_context(device_)) return;
  const std::lock_guard lock(mutex_);
  release_unused();
}

// Oldest first, until the reserved memory is below the threshold.
void BlockCache::collect_garbage() {
  const auto threshold = static_cast<size_t>(Config::garbage_collection_threshold() * static_cast<double>(limit()));
  if (static_cast<size_t>(total(stats_.reserved_bytes)) <= threshold) return;
  std::vector<Block*> whole;
  for (Block* block : large_.free)
    if (!block->is_split()) whole.push_back(block);
  if (whole.empty()) return;
  std::sort(whole.begin(), whole.end(), [](Block* a, Block* b) { return a->freed_at < b->freed_at; });
  const OnDevice here(device_);
  synchronize(device_);
  for (Block* block : whole) {
    if (static_cast<size_t>(total(stats_.reserved_bytes)) <= threshold) break;
    extract(block);
    release_segment(block);
  }
}

// --- Other streams

void BlockCache::record_stream(Block* block, c10::Stream stream) {
  if (stream_of(stream) == block->stream) return;
  const std::lock_guard lock(mutex_);
  if (std::find(block->users.begin(), block->users.end(), stream) == block->users.end())
    block->users.push_back(stream);
}

void BlockCache::record_events(Block* block) {
  for (const c10::Stream& user : block->users) {
    const OnDevice here(user.device_index());
    aclrtEvent event = nullptr;
    if (spare_events_.empty()) {
      NPU_CHECK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
    } else {
      event = spare_events_.back();
      spare_events_.pop_back();
    }
    const aclrtStream handle = stream_of(user);
    NPU_CHECK(aclrtRecordEvent(event, handle));
    ++block->pending_events;
    events_[handle].emplace_back(event, block);
  }
  block->users.clear();
}

void BlockCache::finish_event(aclrtEvent event, Block* block) {
  spare_events_.push_back(event);
  if (--block->pending_events == 0) take_back(block);
}

// Events of a stream complete in order: stop at the first that has not.
void BlockCache::process_events() {
  for (auto stream = events_.begin(); stream != events_.end();) {
    auto& queue = stream->second;
    while (!queue.empty()) {
      auto [event, block] = queue.front();
      aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_NOT_READY;
      NPU_CHECK(aclrtQueryEventStatus(event, &status));
      if (status != ACL_EVENT_RECORDED_STATUS_COMPLETE) break;
      queue.pop_front();
      finish_event(event, block);
    }
    stream = queue.empty() ? events_.erase(stream) : std::next(stream);
  }
}

void BlockCache::synchronize_events() {
  ++stats_.num_sync_all_streams;
  for (auto& [stream, queue] : events_) {
    for (auto [event, block] : queue) {
      NPU_CHECK(aclrtSynchronizeEvent(event));
      finish_event(event, block);
    }
  }
  events_.clear();
}

// --- Limits and figures

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
  const auto allocated = static_cast<double>(total(stats_.allocated_bytes));
  const auto idle = static_cast<double>(total(stats_.reserved_bytes)) - allocated;
  std::string allowed;
  if (fraction_ < 1.0)
    allowed = c10::str(" This process may use ", human(static_cast<double>(limit())),
                       " of it (set_per_process_memory_fraction).");
  TORCH_CHECK_WITH(OutOfMemoryError, false, "NPU out of memory. Tried to allocate ", human(static_cast<double>(requested)),
                   ". NPU ", static_cast<int>(device_), " has ", human(static_cast<double>(all)), " in all, of which ",
                   human(static_cast<double>(free)), " is free.", allowed, " PyTorch holds ", human(allocated),
                   " in tensors and keeps ", human(idle),
                   " cached but unused. To fit: use a smaller batch, mixed precision or activation checkpointing, and "
                   "drop references to tensors no longer needed. If the unused part is large, it is fragmented: try "
                   "PYTORCH_NPU_ALLOC_CONF=max_split_size_mb:<n>.");
}

c10::CachingDeviceAllocator::DeviceStats BlockCache::stats() {
  const std::lock_guard lock(mutex_);
  stats_.max_split_size = static_cast<int64_t>(Config::max_split_size());
  return stats_;
}

namespace {
template <class F> void each_stat(c10::CachingDeviceAllocator::DeviceStats& s, F f) {
  for (auto* stat : {&s.allocation, &s.segment, &s.active, &s.inactive_split, &s.allocated_bytes, &s.reserved_bytes,
                     &s.active_bytes, &s.inactive_split_bytes, &s.requested_bytes})
    for (auto& kind : *stat) f(kind);
  f(s.oversize_allocations);
  f(s.oversize_segments);
}
}  // namespace

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

}  // namespace c10_npu
