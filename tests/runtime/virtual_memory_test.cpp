// Reserved ranges and physical blocks: expandable segments, and sharing between processes.
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "acl_test.h"

namespace acl_test {
namespace {

using VirtualMemoryTest = OnDevice;

aclrtPhysicalMemProp on_device(uint32_t device = 0) {
  aclrtPhysicalMemProp properties{};
  properties.memAttr = ACL_HBM_MEM_HUGE;
  properties.location = {device, ACL_MEM_LOCATION_TYPE_DEVICE};
  return properties;
}

size_t granularity() {
  auto properties = on_device();
  size_t size = 0;
  EXPECT_EQ(aclrtMemGetAllocationGranularity(&properties, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, &size), 0);
  return size;
}

aclrtDrvMemHandle physical(size_t size) {
  const auto properties = on_device();
  aclrtDrvMemHandle handle = nullptr;
  EXPECT_TRUE(is(ACL_SUCCESS, aclrtMallocPhysical(&handle, size, &properties, 0), "aclrtMallocPhysical"));
  return handle;
}

TEST_F(VirtualMemoryTest, ASegmentGrowsAndShrinks) {
  const size_t block = granularity();
  ASSERT_EQ(block, 2u << 20);
  void* range;
  ACL_OK(aclrtReserveMemAddress(&range, 8 * block, 0, nullptr, 0));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(range) % block, 0u);
  auto* base = static_cast<char*>(range);
  const auto first = physical(block), second = physical(block);
  ACL_OK(aclrtMapMem(base, block, 0, first, 0));
  ACL_OK(aclrtMapMem(base + block, block, 0, second, 0));
  base[0] = 1;
  base[2 * block - 1] = 2;
  // A copy may run over both blocks.
  HostMemory host(2 * block);
  ACL_OK(aclrtMemcpy(host, 2 * block, base, 2 * block, ACL_MEMCPY_DEVICE_TO_HOST));
  EXPECT_EQ(host.bytes()[0], 1);
  EXPECT_EQ(host.bytes()[2 * block - 1], 2);
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtMemcpy(base, 3 * block, host, 2 * block + 1, ACL_MEMCPY_HOST_TO_DEVICE));
  // Remapped elsewhere, a block keeps its bytes.
  ACL_OK(aclrtUnmapMem(base + block));
  ACL_OK(aclrtMapMem(base + 4 * block, block, 0, second, 0));
  EXPECT_EQ(base[5 * block - 1], 2);
  aclrtPtrAttributes attributes;
  ACL_OK(aclrtPointerGetAttributes(base + 4 * block, &attributes));
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_DEVICE);
  ACL_OK(aclrtPointerGetAttributes(base + block, &attributes));
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_UNREGISTERED);
  aclrtMemAccessDesc access{ACL_RT_MEM_ACCESS_FLAGS_READWRITE, {0, ACL_MEM_LOCATION_TYPE_DEVICE}, {}};
  ACL_OK(aclrtMemSetAccess(base, block, &access, 1));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtReleaseMemAddress(range));  // still mapped
  ACL_OK(aclrtUnmapMem(base));
  ACL_OK(aclrtUnmapMem(base + 4 * block));
  ACL_OK(aclrtFreePhysical(first));
  ACL_OK(aclrtFreePhysical(second));
  ACL_OK(aclrtReleaseMemAddress(range));
}

TEST_F(VirtualMemoryTest, PhysicalMemoryIsCountedUntilItIsUnmapped) {
  const size_t block = granularity();
  size_t before, now, total;
  ACL_OK(aclrtGetMemInfo(ACL_HBM_MEM, &before, &total));
  void* range;
  ACL_OK(aclrtReserveMemAddress(&range, block, 0, nullptr, 0));
  const auto handle = physical(block);
  ACL_OK(aclrtMapMem(range, block, 0, handle, 0));
  ACL_OK(aclrtFreePhysical(handle));
  static_cast<char*>(range)[block - 1] = 1;
  ACL_OK(aclrtGetMemInfo(ACL_HBM_MEM, &now, &total));
  EXPECT_EQ(now, before - block);
  ACL_OK(aclrtUnmapMem(range));
  ACL_OK(aclrtGetMemInfo(ACL_HBM_MEM, &now, &total));
  EXPECT_EQ(now, before);
  ACL_OK(aclrtReleaseMemAddress(range));
  const auto properties = on_device();
  aclrtDrvMemHandle too_much;
  ACL_FAILS(ACL_ERROR_RT_MEMORY_ALLOCATION, aclrtMallocPhysical(&too_much, total + block, &properties, 0));
}

TEST_F(VirtualMemoryTest, MapsOnlyWhereItMay) {
  const size_t block = granularity();
  void* range;
  ACL_OK(aclrtReserveMemAddress(&range, 2 * block, 0, nullptr, 0));
  auto* base = static_cast<char*>(range);
  const auto handle = physical(block);
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtMapMem(base, 2 * block, 0, handle, 0));  // not the block's size
  ACL_FAILS(ACL_ERROR_RT_ADDR_UNALIGNED, aclrtMapMem(base + 512, block, 0, handle, 0));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtMapMem(base + 2 * block, block, 0, handle, 0));  // past the range
  ACL_OK(aclrtMapMem(base, block, 0, handle, 0));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtMapMem(base, block, 0, handle, 0));  // mapped already
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFree(base));
  ACL_OK(aclrtUnmapMem(base));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtUnmapMem(base));
  ACL_OK(aclrtFreePhysical(handle));
  ACL_FAILS(ACL_ERROR_RT_INVALID_HANDLE, aclrtFreePhysical(handle));
  ACL_OK(aclrtReleaseMemAddress(range));
}

TEST_F(VirtualMemoryTest, HostBlocksAreHostMemory) {
  const size_t block = granularity();
  aclrtPhysicalMemProp properties{};
  properties.memAttr = ACL_MEM_NORMAL;
  properties.location = {0, ACL_MEM_LOCATION_TYPE_HOST};
  aclrtDrvMemHandle handle;
  ACL_OK(aclrtMallocPhysical(&handle, block, &properties, 0));
  void* range;
  ACL_OK(aclrtReserveMemAddress(&range, block, 0, nullptr, 0));
  ACL_OK(aclrtMapMem(range, block, 0, handle, 0));
  aclrtPtrAttributes attributes;
  ACL_OK(aclrtPointerGetAttributes(range, &attributes));
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_HOST);
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFreeHost(range));
  ACL_OK(aclrtUnmapMem(range));
  ACL_OK(aclrtFreePhysical(handle));
  ACL_OK(aclrtReleaseMemAddress(range));
}

TEST_F(VirtualMemoryTest, AnExpectedAddressIsKept) {
  const size_t block = granularity();
  void *free_range, *range;
  ACL_OK(aclrtReserveMemAddress(&free_range, block, 0, nullptr, 0));
  ACL_OK(aclrtReleaseMemAddress(free_range));
  ACL_OK(aclrtReserveMemAddress(&range, block, 0, free_range, 0));
  EXPECT_EQ(range, free_range);
  void* other;
  ACL_FAILS(ACL_ERROR_RT_MEMORY_ALLOCATION, aclrtReserveMemAddress(&other, block, 0, range, 0));
  ACL_OK(aclrtReleaseMemAddress(range));
}

// Another process: waits until it may import, doubles the first byte, and leaves.
PROCESS(doubles_a_shared_byte) {
  const uint64_t shareable = std::strtoull(std::getenv("SHAREABLE"), nullptr, 10);
  aclrtDrvMemHandle handle;
  void* range;
  if (aclrtSetDevice(0)) return 1;
  int32_t pid;
  if (aclrtDeviceGetBareTgid(&pid) || pid != getpid()) return 2;
  if (std::getenv("REFUSED"))
    return aclrtMemImportFromShareableHandle(shareable, 0, &handle) == ACL_ERROR_RT_NO_PERMISSION ? 0 : 3;
  if (aclrtMemImportFromShareableHandle(shareable, 0, &handle)) return 4;
  const size_t block = granularity();
  if (aclrtReserveMemAddress(&range, block, 0, nullptr, 0) || aclrtMapMem(range, block, 0, handle, 0)) return 5;
  static_cast<char*>(range)[0] *= 2;
  return 0;
}

TEST_F(VirtualMemoryTest, IsSharedBetweenProcesses) {
  const size_t block = granularity();
  const auto handle = physical(block);
  void* range;
  ACL_OK(aclrtReserveMemAddress(&range, block, 0, nullptr, 0));
  ACL_OK(aclrtMapMem(range, block, 0, handle, 0));
  static_cast<char*>(range)[0] = 21;
  uint64_t shareable = 0;
  ACL_OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &shareable));
  int32_t nobody = 1;
  ACL_OK(aclrtMemSetPidToShareableHandle(shareable, &nobody, 1));
  const auto number = "SHAREABLE=" + std::to_string(shareable);
  auto refused = run_process("doubles_a_shared_byte", {number, "REFUSED=1"});
  EXPECT_EQ(refused.exit_code, 0) << refused.output;
  EXPECT_EQ(static_cast<char*>(range)[0], 21);
  ACL_OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE,
                                         ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, &shareable));
  auto allowed = run_process("doubles_a_shared_byte", {number});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.output;
  EXPECT_EQ(static_cast<char*>(range)[0], 42);
  aclrtDrvMemHandle own;
  ACL_OK(aclrtMemImportFromShareableHandle(shareable, 0, &own));
  ACL_OK(aclrtFreePhysical(own));
  ACL_OK(aclrtUnmapMem(range));
  ACL_OK(aclrtFreePhysical(handle));
  ACL_OK(aclrtReleaseMemAddress(range));
  aclrtDrvMemHandle gone;
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtMemImportFromShareableHandle(shareable, 0, &gone));
}

}  // namespace
}  // namespace acl_test
