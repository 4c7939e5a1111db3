// The memory of one device, cut into blocks and kept.
// A freed block belongs to its stream: the stream's next task may have it at once, because it runs after the tasks
// that still read it. Another stream that used it (record_stream) is waited for by an event. Segments go back to
// CANN only in empty() and when memory runs out, after the device is synchronized.
#pragma once
#include <c10/core/AllocatorConfig.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "runtime/NPUBlock.h"
#include "runtime/NPUMemoryHistory.h"

namespace c10_npu {

// Thread-safe: one lock a device. Calls that reach CANN set the device's context on the calling thread.
class BlockCache {
 public:
  using Stats = c10::CachingDeviceAllocator::DeviceStats;
  using StreamFilter = std::function<bool(aclrtStream)>;

  explicit BlockCache(DeviceIndex device) : device_(device) {}
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  // Throws c10::OutOfMemoryError when neither the cache nor CANN has it; nothing is lost then.
  Block* allocate(size_t bytes, aclrtStream stream);
  void free(Block* block);
  // The block's memory is not handed out again before what is queued on `stream` when it is freed has run.
  void record_stream(Block* block, c10::Stream stream);
  // Gives every segment that is wholly free back to CANN, of the default pool and of pools nobody uses, or of the one
  // pool named. Waits for the device.
  void empty(MempoolId_t pool = kDefaultPool);

  // Pools of their own. retain makes the pool when it is not there; at the last release its memory may go.
  void retain_pool(MempoolId_t pool);
  void release_pool(MempoolId_t pool);
  int pool_uses(MempoolId_t pool);
  // Between the two, requests whose stream passes the filter are served from the pool. Retains, not releases.
  void begin_allocate_to_pool(MempoolId_t pool, StreamFilter filter);
  void end_allocate_to_pool(MempoolId_t pool);

  // Of the device's memory, in [0, 1]: asking for more is out of memory.
  void set_fraction(double fraction);
  double fraction();

  Stats stats();
  void reset_accumulated_stats();
  void reset_peak_stats();
  // Every segment, or those of one pool, by address. The entry is in the history too.
  std::vector<c10::CachingDeviceAllocator::SegmentInfo> snapshot(std::optional<MempoolId_t> pool);

 private:
  using Context = std::shared_ptr<c10::GatheredContext>;

  // NPUBlockCache.cpp
  MemoryPool& pool_for(aclrtStream stream);
  Block* find_free(BlockPool& pool, size_t size, aclrtStream stream);
  Block* hand_out(Block* block, size_t size, size_t requested, Context context);
  void take_back(Block* block);
  void insert(Block* block);
  void extract(Block* block);
  Block* new_block();
  void retire(Block* block);
  void record_events(Block* block);
  void process_events();
  void synchronize_events();
  void finish_event(aclrtEvent event, Block* block);
  void record(TraceEntry::Action action, const void* ptr, size_t size, aclrtStream stream, MempoolId_t pool,
              Context context);

  // NPUBlockSegments.cpp
  Block* grow(BlockPool& pool, size_t size, size_t requested, aclrtStream stream, const Context& context);
  Block* new_segment(BlockPool& pool, size_t bytes, aclrtStream stream, const Context& context);
  void release_segment(Block* block);
  bool release_oversized(BlockPool& pool, size_t bytes, aclrtStream stream);
  void release_unused(MempoolId_t only);
  void release_unused(BlockPool& pool);
  void collect_garbage();
  size_t limit();
  [[noreturn]] void out_of_memory(size_t requested);

  const DeviceIndex device_;
  std::mutex mutex_;
  MemoryPool default_pool_{kDefaultPool};
  std::map<MempoolId_t, std::unique_ptr<MemoryPool>> private_pools_;
  std::vector<std::pair<MempoolId_t, StreamFilter>> routes_;
  std::unordered_map<aclrtStream, std::deque<std::pair<aclrtEvent, Block*>>> events_;
  std::vector<aclrtEvent> spare_events_;
  std::vector<std::unique_ptr<Block>> spare_blocks_;
  Block* newest_ = nullptr;  // of all blocks
  uint64_t allocations_ = 0;
  double fraction_ = 1.0;
  size_t limit_ = 0;  // bytes; 0 until it is asked for
  Stats stats_;
};

// Free and total bytes of the device.
std::pair<size_t, size_t> memory_info(DeviceIndex device);

}  // namespace c10_npu
