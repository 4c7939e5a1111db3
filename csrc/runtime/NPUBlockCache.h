// The memory of one device, cut into blocks and kept.
// A freed block belongs to its stream: the stream's next task may have it at once, because it runs after the tasks
// that still read it. Another stream that used it (record_stream) is waited for by an event. Segments go back to
// CANN only in empty() and when memory runs out, after the device is synchronized.
#pragma once
#include <c10/core/AllocatorConfig.h>
#include <c10/core/CachingDeviceAllocator.h>

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

#include "acl/acl_rt.h"
#include "runtime/NPUFunctions.h"

namespace c10_npu {

struct Block;

struct BlockKey {
  aclrtStream stream;
  size_t size;
  const void* ptr;
};
struct BySize {
  using is_transparent = void;
  bool operator()(const Block* a, const Block* b) const;
  bool operator()(const Block* a, const BlockKey& b) const;
};
using FreeBlocks = std::set<Block*, BySize>;

// Free blocks of one class of sizes, of every stream.
struct BlockPool {
  explicit BlockPool(bool small) : small(small) {}
  const bool small;
  FreeBlocks free;
};

struct Block {
  void* ptr = nullptr;
  size_t size = 0;
  aclrtStream stream = nullptr;
  BlockPool* pool = nullptr;
  DeviceIndex device = -1;
  bool allocated = false;
  int pending_events = 0;   // of other streams, since it was freed
  size_t requested = 0;     // what the caller asked for
  uint64_t freed_at = 0;    // in allocations of this device: its age for garbage collection
  Block* prev = nullptr;    // its neighbours in the segment
  Block* next = nullptr;
  std::vector<c10::Stream> users;  // other streams that read or write it
  FreeBlocks::iterator place;      // while it is free
  FreeBlocks::node_type node;      // while it is not, to go back without a malloc; may be empty

  bool is_split() const { return prev || next; }
  bool is_free() const { return !allocated && !pending_events && users.empty(); }
  BlockKey key() const { return {stream, size, ptr}; }
};

// Thread-safe: one lock a device. Calls that reach CANN set the device's context on the calling thread.
class BlockCache {
 public:
  explicit BlockCache(DeviceIndex device) : device_(device) {}
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  // Throws c10::OutOfMemoryError when neither the cache nor CANN has it; nothing is lost then.
  Block* allocate(size_t bytes, aclrtStream stream);
  void free(Block* block);
  // The block's memory is not handed out again before what is queued on `stream` when it is freed has run.
  void record_stream(Block* block, c10::Stream stream);
  // Gives every segment that is wholly free back to CANN. Waits for the device.
  void empty();

  // Of the device's memory, in (0, 1]: asking for more is out of memory.
  void set_fraction(double fraction);
  double fraction();

  c10::CachingDeviceAllocator::DeviceStats stats();
  void reset_accumulated_stats();
  void reset_peak_stats();

 private:
  using Stats = c10::CachingDeviceAllocator::DeviceStats;

  BlockPool& pool_for(size_t size) { return size <= c10::CachingAllocator::kSmallSize ? small_ : large_; }
  Block* find_free(BlockPool& pool, size_t size, aclrtStream stream);
  Block* grow(BlockPool& pool, size_t size, size_t requested, aclrtStream stream);
  Block* new_segment(BlockPool& pool, size_t bytes, aclrtStream stream);
  Block* hand_out(Block* block, size_t size, size_t requested);
  void take_back(Block* block);
  void insert(Block* block);
  void extract(Block* block);
  Block* new_block();
  void retire(Block* block);
  void release_segment(Block* block);
  bool release_oversized(BlockPool& pool, size_t bytes, aclrtStream stream);
  void release_unused();
  void collect_garbage();
  void record_events(Block* block);
  void process_events();
  void synchronize_events();
  void finish_event(aclrtEvent event, Block* block);
  size_t limit();
  [[noreturn]] void out_of_memory(size_t requested);

  const DeviceIndex device_;
  std::mutex mutex_;
  BlockPool small_{true}, large_{false};
  std::unordered_map<aclrtStream, std::deque<std::pair<aclrtEvent, Block*>>> events_;
  std::vector<aclrtEvent> spare_events_;
  std::vector<std::unique_ptr<Block>> spare_blocks_;
  uint64_t allocations_ = 0;
  double fraction_ = 1.0;
  size_t limit_ = 0;  // bytes; 0 until it is asked for
  Stats stats_;
};

// Free and total bytes of the device.
std::pair<size_t, size_t> memory_info(DeviceIndex device);

}  // namespace c10_npu
