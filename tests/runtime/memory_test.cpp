// Device and host memory: capacity, alignment, ownership.
#include <cstring>

#include "acl_test.h"

namespace acl_test {
namespace {

using MemoryTest = OnDevice;

size_t free_bytes() {
  size_t free = 0, total = 0;
  EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total), ACL_SUCCESS);
  return free;
}

TEST_F(MemoryTest, IsAlignedAndWritable) {
  for (const size_t size : {1ul, 511ul, 512ul, 4096ul, 1ul << 20, (1ul << 20) + 1, 64ul << 20}) {
    DeviceMemory memory(size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.bytes()) % 512, 0u) << size;
    memory.bytes()[0] = 1;
    memory.bytes()[size - 1] = 2;
  }
}

TEST_F(MemoryTest, EveryVariantAllocates) {
  void* pointer;
  ACL_OK(aclrtMallocAlign32(&pointer, 100, ACL_MEM_MALLOC_NORMAL_ONLY));
  ACL_OK(aclrtFree(pointer));
  ACL_OK(aclrtMallocCached(&pointer, 100, ACL_MEM_MALLOC_HUGE_FIRST));
  ACL_OK(aclrtFree(pointer));
  aclrtMallocAttribute attribute{ACL_RT_MEM_ATTR_MODULE_ID, {}};
  aclrtMallocConfig config{&attribute, 1};
  ACL_OK(aclrtMallocWithCfg(&pointer, 100, ACL_MEM_MALLOC_HUGE_FIRST, &config));
  ACL_OK(aclrtFreeWithDevSync(pointer));
  ACL_OK(aclrtMallocHostWithCfg(&pointer, 100, &config));
  ACL_OK(aclrtFreeHostWithDevSync(pointer));
}

TEST_F(MemoryTest, IsCountedAndGivenBack) {
  const size_t before = free_bytes();
  {
    DeviceMemory memory(100 << 20);
    EXPECT_LE(free_bytes(), before - (100 << 20));
  }
  EXPECT_EQ(free_bytes(), before);
}

TEST_F(MemoryTest, ExhaustionFailsAndRecovers) {
  const size_t before = free_bytes();
  void* pointer = nullptr;
  ACL_FAILS_WITH(ACL_ERROR_RT_MEMORY_ALLOCATION, "out of memory",
                 aclrtMalloc(&pointer, before + 1, ACL_MEM_MALLOC_HUGE_FIRST));
  EXPECT_EQ(free_bytes(), before);
  // Never touched, so never committed: all of it fits, whatever this machine has.
  std::vector<void*> blocks;
  constexpr size_t kBlock = size_t{1} << 30;
  while (aclrtMalloc(&pointer, kBlock, ACL_MEM_MALLOC_HUGE_FIRST) == ACL_SUCCESS) blocks.push_back(pointer);
  EXPECT_EQ(blocks.size(), before / kBlock);
  ACL_FAILS(ACL_ERROR_RT_MEMORY_ALLOCATION, aclrtMalloc(&pointer, kBlock, ACL_MEM_MALLOC_HUGE_FIRST));
  ACL_OK(aclrtFree(blocks.back()));
  blocks.pop_back();
  ACL_OK(aclrtMalloc(&pointer, kBlock, ACL_MEM_MALLOC_HUGE_FIRST));
  blocks.push_back(pointer);
  for (void* block : blocks) ACL_OK(aclrtFree(block));
  EXPECT_EQ(free_bytes(), before);
}

TEST_F(MemoryTest, DevicesHaveMemoryOfTheirOwn) {
  const size_t before = free_bytes();
  ACL_OK(aclrtSetDevice(1));
  DeviceMemory memory(1 << 20);
  ACL_OK(aclrtSetDevice(0));
  EXPECT_EQ(free_bytes(), before);
  ACL_OK(aclrtResetDevice(0));
  ACL_OK(aclrtResetDevice(1));
  ACL_OK(aclrtSetDevice(0));
}

TEST_F(MemoryTest, WhatCannotBeFreedIsNamed) {
  DeviceMemory device(4096);
  HostMemory host(4096);
  int mine = 0;
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "aclrtMallocHost", aclrtFree(host));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "aclrtMalloc", aclrtFreeHost(device));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "free its start", aclrtFree(device.bytes() + 512));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "not device memory", aclrtFree(&mine));
  void* pointer = device.release();
  ACL_OK(aclrtFree(pointer));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "freed before", aclrtFree(pointer));
}

TEST_F(MemoryTest, PointersTellWhereTheyAre) {
  DeviceMemory device(4096);
  HostMemory host(4096);
  int mine = 0;
  aclrtPtrAttributes attributes;
  ACL_OK(aclrtPointerGetAttributes(device.bytes() + 100, &attributes));
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_DEVICE);
  EXPECT_EQ(attributes.location.id, 0u);
  ACL_OK(aclrtPointerGetAttributes(host, &attributes));
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_HOST);
  ACL_OK(aclrtPointerGetAttributes(&mine, &attributes));
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_UNREGISTERED);
  void* base;
  size_t size;
  ACL_OK(aclrtMemGetAddressRange(device.bytes() + 100, &base, &size));
  EXPECT_EQ(base, device);
  EXPECT_EQ(size, 4096u);
}

TEST_F(MemoryTest, HostMemoryOfTheProgramCanBeRegistered) {
  alignas(4096) static char mine[8192];
  void* on_device = nullptr;
  aclrtPtrAttributes attributes;
  ACL_OK(aclrtHostRegister(mine, sizeof mine, ACL_HOST_REGISTER_MAPPED, &on_device));
  EXPECT_EQ(on_device, mine);
  ACL_OK(aclrtPointerGetAttributes(mine + 5000, &attributes));
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_HOST);
  ACL_OK(aclrtHostGetDevicePointer(mine, &on_device, 0));
  EXPECT_EQ(on_device, mine);
  ACL_FAILS(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED, aclrtHostRegisterV2(mine + 4096, 100, ACL_HOST_REG_PINNED));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtFreeHost(mine));
  ACL_OK(aclrtHostUnregister(mine));
  ACL_FAILS(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostUnregister(mine));
}

TEST_F(MemoryTest, UsageIsReported) {
  DeviceMemory memory(8 << 20);
  aclrtMemUsageInfo usage;
  size_t count = 0;
  ACL_OK(aclrtGetMemUsageInfo(0, &usage, 1, &count));
  ASSERT_EQ(count, 1u);
  EXPECT_GE(usage.curMemSize, 8u << 20);
  EXPECT_GE(usage.memPeakSize, usage.curMemSize);
  aclrtUtilizationInfo rate;
  ACL_OK(aclrtGetDeviceUtilizationRate(0, &rate));
  EXPECT_GE(rate.memoryUtilization, 0);
}

}  // namespace
}  // namespace acl_test
