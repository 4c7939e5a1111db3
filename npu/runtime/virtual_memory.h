// Virtual ranges and physical blocks: a block is a file in memory, mapped where the program wants it, here or in
// another process.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "acl/acl_rt_memory.h"
#include "npu/base/status.h"
#include "npu/runtime/handle.h"

namespace npu {

class Device;

inline constexpr size_t kGranularity = 2 << 20;

// Lives while a handle or a mapping holds it. The file has a page behind the block that says who may import it.
class Physical {
 public:
  Physical(int fd, size_t size, Device* device, bool counted) : fd(fd), size(size), device(device), counted_(counted) {}
  ~Physical();
  const int fd;
  const size_t size;
  Device* const device;  // null: host memory

 private:
  const bool counted_;  // in the device's HBM; an imported block is counted where it was made
};

using PhysicalTable = HandleTable<Physical, HandleKind::kPhysical>;
PhysicalTable& physicals();

Status reserve(size_t size, void* expected, void** pointer);
Status release(void* pointer);
Status make_physical(size_t size, Device* device, void** handle);
Status free_physical(void* handle);
Status map_physical(void* pointer, size_t size, void* handle);
Status unmap_physical(void* pointer);

Status export_physical(void* handle, bool any_process, uint64_t* shareable);
Status allow_import(uint64_t shareable, std::span<const int32_t> pids);
Status import_physical(uint64_t shareable, Device& device, void** handle);

}  // namespace npu
