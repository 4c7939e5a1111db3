#include "runtime/NPUBlockCache.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "runtime/NPUBlockStats.h"
#include "runtime/NPUException.h"
#include "runtime/NPUGuard.h"
#include "runtime/NPUStream.h"

namespace c10_npu {
namespace {

using Config = c10::CachingAllocator::AcceleratorAllocatorConfig;
using c10::CachingAllocator::kSmallSize;

}  // namespace

Block* BlockCache::allocate(size_t bytes, aclrtStream stream) {
  auto context = memory_history().context(RecordContext::STATE);
  const std::lock_guard lock(mutex_);
  if (bytes > size_t{1} << 60) out_of_memory(bytes);  // The rounding below would wrap around.
  const size_t size = block_size(bytes);
  ++allocations_;
  process_events();
  MemoryPool& memory = pool_for(stream);
  BlockPool& pool = size <= kSmallSize ? memory.small : memory.large;
  Block* block = find_free(pool, size, stream);
  if (!block) block = grow(pool, size, bytes, stream, context);
  return hand_out(block, size, bytes, std::move(context));
}

MemoryPool& BlockCache::pool_for(aclrtStream stream) {
  // The newest first, so that contexts nest.
  for (auto route = routes_.rbegin(); route != routes_.rend(); ++route)
    if (route->second(stream)) return *private_pools_.at(route->first);
  return default_pool_;
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

// `block` is out of the pool. Cuts `size` from its front where that is worth it; the rest goes back.
Block* BlockCache::hand_out(Block* block, size_t size, size_t requested, Context context) {
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
    block->segment_context = std::move(rest->segment_context);
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
  block->context = std::move(context);
  record(TraceEntry::ALLOC, block->ptr, requested, block->stream, pool.owner->id, block->context);
  add(stats_.allocation, pool.small, 1);
  add(stats_.allocated_bytes, pool.small, block->size);
  add(stats_.active, pool.small, 1);
  add(stats_.active_bytes, pool.small, block->size);
  add(stats_.requested_bytes, pool.small, requested);
  if (block->size >= Config::max_split_size()) stats_.oversize_allocations.increase(1);
  return block;
}

void BlockCache::free(Block* block) {
  auto context = memory_history().context(RecordContext::ALL);
  const std::lock_guard lock(mutex_);
  const bool small = block->pool->small;
  block->allocated = false;
  sub(stats_.allocation, small, 1);
  sub(stats_.allocated_bytes, small, block->size);
  if (block->size >= Config::max_split_size()) stats_.oversize_allocations.decrease(1);
  record(TraceEntry::FREE_REQUESTED, block->ptr, block->requested, block->stream, block->pool->owner->id,
         context ? std::move(context) : block->context);
  if (C10_UNLIKELY(!block->users.empty())) record_events(block);
  else take_back(block);
}

// The block is free for its own stream: back to the pool, together with free neighbours.
void BlockCache::take_back(Block* block) {
  BlockPool& pool = *block->pool;
  record(TraceEntry::FREE_COMPLETED, block->ptr, block->requested, block->stream, pool.owner->id, block->context);
  block->context.reset();
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
    next->segment_context = std::move(block->segment_context);
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
  block->requested = 0;
  block->freed_at = allocations_;
  insert(block);
}

void BlockCache::extract(Block* block) { block->node = block->pool->free.extract(block->place); }

void BlockCache::insert(Block* block) {
  auto& free = block->pool->free;
  if (block->node) block->place = free.insert(std::move(block->node)).position;
  else block->place = free.insert(block).first;
}

Block* BlockCache::new_block() {
  Block* block = spare_blocks_.empty() ? new Block : spare_blocks_.back().release();
  if (!spare_blocks_.empty()) spare_blocks_.pop_back();
  block->older = newest_;
  if (newest_) newest_->newer = block;
  newest_ = block;
  return block;
}

void BlockCache::retire(Block* block) {
  (block->newer ? block->newer->older : newest_) = block->older;
  if (block->older) block->older->newer = block->newer;
  *block = Block{};
  spare_blocks_.emplace_back(block);
}

// --- Other streams

void BlockCache::record_stream(Block* block, c10::Stream stream) {
  if (stream_of(stream) == block->stream) return;
  const std::lock_guard lock(mutex_);
  if (std::find(block->users.begin(), block->users.end(), stream) == block->users.end()) block->users.push_back(stream);
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
    while (!queue.empty()) {
      auto [event, block] = queue.front();
      NPU_CHECK(aclrtSynchronizeEvent(event));
      queue.pop_front();
      finish_event(event, block);
    }
  }
  events_.clear();
}

// --- Pools of their own

void BlockCache::retain_pool(MempoolId_t id) {
  const std::lock_guard lock(mutex_);
  auto& pool = private_pools_[id];
  if (pool) ++pool->uses;
  else pool = std::make_unique<MemoryPool>(id);
}

void BlockCache::release_pool(MempoolId_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = private_pools_.find(id);
  TORCH_CHECK(found != private_pools_.end() && found->second->uses > 0, "The memory pool is not in use.");
  if (--found->second->uses == 0 && found->second->segments == 0) private_pools_.erase(found);
}

int BlockCache::pool_uses(MempoolId_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = private_pools_.find(id);
  return found == private_pools_.end() ? 0 : found->second->uses;
}

void BlockCache::begin_allocate_to_pool(MempoolId_t id, StreamFilter filter) {
  retain_pool(id);
  const std::lock_guard lock(mutex_);
  routes_.emplace_back(id, std::move(filter));
}

void BlockCache::end_allocate_to_pool(MempoolId_t id) {
  const std::lock_guard lock(mutex_);
  const auto newest = std::find_if(routes_.rbegin(), routes_.rend(), [&](auto& route) { return route.first == id; });
  TORCH_CHECK(newest != routes_.rend(), "Allocations do not go to this memory pool.");
  routes_.erase(std::next(newest).base());
}

void BlockCache::record(TraceEntry::Action action, const void* ptr, size_t size, aclrtStream stream, MempoolId_t pool,
                        Context context) {
  if (C10_LIKELY(!memory_history().is_on())) return;
  memory_history().record(TraceEntry(action, device_, reinterpret_cast<size_t>(ptr), size, stream, pool,
                                     c10::getApproximateTime(), std::move(context)));
}

}  // namespace c10_npu
