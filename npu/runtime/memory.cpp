#include "npu/runtime/memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "npu/base/check.h"
#include "npu/runtime/device.h"
#include "npu/runtime/process.h"

namespace npu {
namespace {

constexpr size_t kAlignment = 512;
// From here on a block is pages of its own: committed at first touch, given back when freed.
constexpr size_t kPagesFrom = 1 << 20;

struct Map {
  mutable std::shared_mutex mutex;
  std::map<const char*, Block> blocks;    // disjoint
  std::map<const char*, Block> reserved;  // disjoint; blocks lie in them
};
Map& map() {
  static auto* one = new Map;  // Memory may outlive every static.
  return *one;
}

bool find_in(const std::map<const char*, Block>& blocks, const char* address, Block& block) {
  auto after = blocks.upper_bound(address);
  if (after == blocks.begin()) return false;
  const Block& candidate = std::prev(after)->second;
  if (address >= candidate.base + candidate.size) return false;
  block = candidate;
  return true;
}

std::map<const char*, Block>& blocks_of(BlockKind kind) {
  return kind == BlockKind::kReserved ? map().reserved : map().blocks;
}

size_t rounded(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

void* take_pages(size_t size) {
  if (size < kPagesFrom) return std::aligned_alloc(kAlignment, size);
  void* pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  madvise(pages, size, MADV_HUGEPAGE);
  return pages;
}

void give_pages(void* pages, size_t size) {
  if (size < kPagesFrom) std::free(pages);
  else munmap(pages, size);
}

const char* name_of(BlockKind kind) {
  switch (kind) {
    case BlockKind::kDevice: return "device memory of aclrtMalloc";
    case BlockKind::kMapped:
    case BlockKind::kMappedHost: return "a physical block mapped by aclrtMapMem";
    case BlockKind::kReserved: return "a range of aclrtReserveMemAddress";
    case BlockKind::kHost: return "host memory of aclrtMallocHost";
    case BlockKind::kRegistered: return "host memory of aclrtHostRegister";
  }
  return "";
}

// Why this pointer cannot be freed as what the caller takes it for.
Status not_freed(const void* pointer, const char* wanted) {
  Block block;
  if (!find_block(pointer, block))
    return {ACL_ERROR_RT_PARAM_INVALID, text(pointer, " is not ", wanted, ", or was freed before")};
  if (pointer != block.base)
    return {ACL_ERROR_RT_PARAM_INVALID, text(pointer, " lies ", static_cast<const char*>(pointer) - block.base,
                                             " bytes into a block; free its start")};
  return {ACL_ERROR_RT_PARAM_INVALID, text(pointer, " is ", name_of(block.kind), ", not ", wanted)};
}

}  // namespace

bool find_block(const void* address, Block& block) {
  const auto* at = static_cast<const char*>(address);
  std::shared_lock lock(map().mutex);
  return find_in(map().blocks, at, block) || find_in(map().reserved, at, block);
}

void add_block(const Block& block) {
  std::unique_lock lock(map().mutex);
  blocks_of(block.kind).emplace(block.base, block);
}

bool remove_block(const void* base, BlockKind kind, Block& block) {
  std::unique_lock lock(map().mutex);
  auto& blocks = blocks_of(kind);
  const auto found = blocks.find(static_cast<const char*>(base));
  if (found == blocks.end() || found->second.kind != kind) return false;
  block = found->second;
  blocks.erase(found);
  return true;
}

Status malloc_device(Device& device, size_t size, void** pointer) {
  NPU_NOT_NULL(pointer);
  NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0, it must be positive");
  NPU_REQUIRE(size <= device.hbm_bytes && device.take(rounded(size)), ACL_ERROR_RT_MEMORY_ALLOCATION, "device ",
              device.id, " is out of memory: ", size, " bytes wanted, ", device.used(), " of ", device.hbm_bytes,
              " bytes in use (SOFTNPU_HBM_GB sets the capacity)");
  void* pages = take_pages(rounded(size));
  if (!pages) {
    device.give(rounded(size));
    return {ACL_ERROR_RT_MEMORY_ALLOCATION, text("this machine has no ", size, " bytes left for device ", device.id)};
  }
  add_block({BlockKind::kDevice, static_cast<char*>(pages), size, device.id});
  *pointer = pages;
  return {};
}

Status free_device(void* pointer) {
  NPU_NOT_NULL(pointer);
  Block block;
  if (!remove_block(pointer, BlockKind::kDevice, block)) return not_freed(pointer, "device memory of aclrtMalloc");
  give_pages(block.base, rounded(block.size));
  find_device(block.device)->give(rounded(block.size));
  return {};
}

Status malloc_host(size_t size, void** pointer) {
  NPU_NOT_NULL(pointer);
  NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0, it must be positive");
  mark_in_use();
  void* pages = size > SIZE_MAX / 2 ? nullptr : take_pages(rounded(size));
  NPU_REQUIRE(pages, ACL_ERROR_RT_MEMORY_ALLOCATION, "the host has no ", size, " bytes left");
  add_block({BlockKind::kHost, static_cast<char*>(pages), size});
  *pointer = pages;
  return {};
}

Status free_host(void* pointer) {
  NPU_NOT_NULL(pointer);
  Block block;
  if (!remove_block(pointer, BlockKind::kHost, block)) return not_freed(pointer, "host memory of aclrtMallocHost");
  give_pages(block.base, rounded(block.size));
  return {};
}

Status register_host(void* pointer, size_t size) {
  NPU_NOT_NULL(pointer);
  NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0, it must be positive");
  auto* base = static_cast<char*>(pointer);
  NPU_REQUIRE(reinterpret_cast<uintptr_t>(base) + size > reinterpret_cast<uintptr_t>(base), ACL_ERROR_INVALID_PARAM,
              "size ", size, " is more than the address space holds");
  mark_in_use();
  std::unique_lock lock(map().mutex);
  const auto next = map().blocks.lower_bound(base);
  Block before;
  const bool overlaps = (next != map().blocks.end() && next->first < base + size) ||
                        find_in(map().blocks, base, before) || find_in(map().reserved, base, before);
  NPU_REQUIRE(!overlaps, ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED, "part of ", size, " bytes at ", pointer,
              " is registered or belongs to the runtime already");
  map().blocks.emplace(base, Block{BlockKind::kRegistered, base, size});
  return {};
}

Status unregister_host(void* pointer) {
  NPU_NOT_NULL(pointer);
  Block block;
  if (remove_block(pointer, BlockKind::kRegistered, block)) return {};
  return {ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, text("no registered host memory starts at ", pointer)};
}

}  // namespace npu
