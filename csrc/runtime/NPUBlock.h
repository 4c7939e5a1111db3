// A block: a part of a segment of device memory. And the pools that hold free ones.
#pragma once
#include <c10/core/Allocator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/Stream.h>

#include <set>
#include <vector>

#include "acl/acl_rt.h"
#include "runtime/NPUFunctions.h"

namespace c10_npu {

using c10::MempoolId_t;
constexpr MempoolId_t kDefaultPool{0, 0};

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

// The blocks that serve one kind of request: the default one, or what runs under torch.npu.use_mem_pool.
struct MemoryPool;

// Free blocks of one class of sizes, of every stream.
struct BlockPool {
  BlockPool(MemoryPool* owner, bool small) : owner(owner), small(small) {}
  MemoryPool* const owner;
  const bool small;
  FreeBlocks free;
};

struct MemoryPool {
  explicit MemoryPool(MempoolId_t id) : id(id) {}
  MemoryPool(const MemoryPool&) = delete;
  const MempoolId_t id;
  int uses = 1;  // by MemPool objects and contexts; at 0 its segments may go
  int segments = 0;
  BlockPool small{this, true}, large{this, false};
};

struct Block {
  void* ptr = nullptr;
  size_t size = 0;
  aclrtStream stream = nullptr;
  BlockPool* pool = nullptr;
  DeviceIndex device = -1;
  bool allocated = false;
  int pending_events = 0;  // of other streams, since it was freed
  size_t requested = 0;    // what the caller asked for
  uint64_t freed_at = 0;   // in allocations of this device: its age for garbage collection
  Block* prev = nullptr;   // its neighbours in the segment
  Block* next = nullptr;
  Block* newer = nullptr;  // in the list of all blocks of the device
  Block* older = nullptr;
  std::vector<c10::Stream> users;                         // other streams that read or write it
  FreeBlocks::iterator place;                             // while it is free
  FreeBlocks::node_type node;                             // while it is not, to go back without a malloc; may be empty
  std::shared_ptr<c10::GatheredContext> context;          // where it was allocated, while history is on
  std::shared_ptr<c10::GatheredContext> segment_context;  // where its segment was, on a segment's first block

  bool is_split() const { return prev || next; }
  bool is_free() const { return !allocated && !pending_events && users.empty(); }
  BlockKey key() const { return {stream, size, ptr}; }
};

inline bool BySize::operator()(const Block* a, const BlockKey& b) const {
  if (a->stream != b.stream) return a->stream < b.stream;
  if (a->size != b.size) return a->size < b.size;
  return a->ptr < b.ptr;
}
inline bool BySize::operator()(const Block* a, const Block* b) const { return (*this)(a, b->key()); }

// What a request of `bytes` takes of a segment, and what a segment for it takes of the device.
size_t block_size(size_t bytes);
size_t segment_size(size_t block);
bool worth_splitting(const Block& block, size_t size);

}  // namespace c10_npu
