// Memory: device memory is host memory with an owner and a capacity. One map knows every block, so that a foreign
// pointer, a second free and a copy past an end are refused before they do harm.
#pragma once
#include <cstddef>
#include <cstdint>

#include "npu/base/status.h"

namespace npu {

class Device;

enum class BlockKind {
  kDevice,      // aclrtMalloc
  kMapped,      // a physical block of a device mapped into a reserved range
  kMappedHost,  // ... of the host
  kReserved,    // a reserved range: what is not mapped in it is not memory
  kHost,        // aclrtMallocHost
  kRegistered,  // host memory of the program, page-locked by aclrtHostRegister
};

struct Block {
  BlockKind kind;
  char* base = nullptr;
  size_t size = 0;  // what the caller may use
  int device = -1;  // -1: host memory
  bool on_device() const { return kind == BlockKind::kDevice || kind == BlockKind::kMapped; }
  bool host_locked() const { return !on_device() && kind != BlockKind::kReserved; }
};

// The block an address lies in; the innermost, so kMapped before kReserved. False: memory nobody told us of.
// A few dozen nanoseconds; threads: any.
bool find_block(const void* address, Block& block);

Status malloc_device(Device& device, size_t size, void** pointer);
Status free_device(void* pointer);
Status malloc_host(size_t size, void** pointer);
Status free_host(void* pointer);
Status register_host(void* pointer, size_t size);
Status unregister_host(void* pointer);

// For virtual_memory.cpp: tells the map of a block, or that it is gone.
void add_block(const Block& block);
// Takes the block of this kind that starts here. False: there is none.
bool remove_block(const void* base, BlockKind kind, Block& block);

}  // namespace npu
