// Copies and fills in every direction, at once and in stream order.
#include <cstring>
#include <numeric>

#include "acl_test.h"

namespace acl_test {
namespace {

using CopyTest = OnDevice;
constexpr size_t kSize = 100000;

void count_up(void* memory, size_t size, int from) {
  auto* bytes = static_cast<char*>(memory);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(from + i);
}

bool counts_up(const void* memory, size_t size, int from) {
  const auto* bytes = static_cast<const char*>(memory);
  for (size_t i = 0; i < size; ++i)
    if (bytes[i] != static_cast<char>(from + i)) return false;
  return true;
}

TEST_F(CopyTest, EveryDirectionAtOnce) {
  std::vector<char> from(kSize), to(kSize);
  DeviceMemory one(kSize), other(kSize);
  count_up(from.data(), kSize, 3);
  ACL_OK(aclrtMemcpy(one, kSize, from.data(), kSize, ACL_MEMCPY_HOST_TO_DEVICE));
  ACL_OK(aclrtMemcpy(other, kSize, one, kSize, ACL_MEMCPY_DEVICE_TO_DEVICE));
  ACL_OK(aclrtMemcpy(to.data(), kSize, other, kSize, ACL_MEMCPY_DEVICE_TO_HOST));
  EXPECT_TRUE(counts_up(to.data(), kSize, 3));
  std::vector<char> again(kSize);
  ACL_OK(aclrtMemcpy(again.data(), kSize, to.data(), kSize, ACL_MEMCPY_HOST_TO_HOST));
  EXPECT_TRUE(counts_up(again.data(), kSize, 3));
  ACL_OK(aclrtMemcpy(one, kSize, again.data(), 0, ACL_MEMCPY_DEFAULT));  // Nothing to do.
  ACL_OK(aclrtMemcpy(one, kSize, again.data(), kSize, ACL_MEMCPY_DEFAULT));
}

TEST_F(CopyTest, EveryDirectionInStreamOrder) {
  Stream stream;
  HostMemory from(kSize), to(kSize), last(kSize);
  DeviceMemory one(kSize), other(kSize);
  count_up(from, kSize, 5);
  ACL_OK(aclrtMemcpyAsync(one, kSize, from, kSize, ACL_MEMCPY_HOST_TO_DEVICE, stream));
  ACL_OK(aclrtMemcpyAsync(other, kSize, one, kSize, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
  ACL_OK(aclrtMemcpyAsync(to, kSize, other, kSize, ACL_MEMCPY_DEVICE_TO_HOST, stream));
  ACL_OK(aclrtMemcpyAsyncWithCondition(last, kSize, to, kSize, ACL_MEMCPY_HOST_TO_HOST, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_TRUE(counts_up(last, kSize, 5));
}

TEST_F(CopyTest, PageLockedHostMemoryDoesNotWaitPageableDoes) {
  Stream stream;
  HostMemory locked(kSize);
  std::vector<char> pageable(kSize);
  DeviceMemory device(kSize);
  auto gate = std::make_unique<Gate>();
  ACL_OK(gate->close(stream));
  ACL_OK(aclrtMemcpyAsync(device, kSize, locked, kSize, ACL_MEMCPY_HOST_TO_DEVICE, stream));  // returns at once
  std::thread opener([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    gate->open();
  });
  count_up(pageable.data(), kSize, 9);
  ACL_OK(aclrtMemcpyAsync(device, kSize, pageable.data(), kSize, ACL_MEMCPY_HOST_TO_DEVICE, stream));
  EXPECT_TRUE(counts_up(device, kSize, 9));  // Done: the caller may reuse its memory.
  opener.join();
}

TEST_F(CopyTest, Boxes) {
  constexpr size_t kWidth = 10, kHeight = 7, kFrom = 32, kTo = 16;
  HostMemory from(kFrom * kHeight);
  DeviceMemory to(kTo * kHeight);
  Stream stream;
  count_up(from, from.size(), 0);
  ACL_OK(aclrtMemset(to, to.size(), 0x55, to.size()));
  ACL_OK(aclrtMemcpy2d(to, kTo, from, kFrom, kWidth, kHeight, ACL_MEMCPY_HOST_TO_DEVICE));
  const auto check = [&] {
    for (size_t row = 0; row < kHeight; ++row)
      for (size_t i = 0; i < kTo; ++i)
        ASSERT_EQ(to.bytes()[row * kTo + i], i < kWidth ? static_cast<char>(row * kFrom + i) : 0x55);
  };
  check();
  ACL_OK(aclrtMemset(to, to.size(), 0x55, to.size()));
  ACL_OK(aclrtMemcpy2dAsync(to, kTo, from, kFrom, kWidth, kHeight, ACL_MEMCPY_HOST_TO_DEVICE, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  check();
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID,
            aclrtMemcpy2d(to, kTo, from, kFrom, kTo + 1, kHeight, ACL_MEMCPY_HOST_TO_DEVICE));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID,  // one row past the end
            aclrtMemcpy2d(to, kTo, from, kFrom, kWidth, kHeight + 1, ACL_MEMCPY_HOST_TO_DEVICE));
}

TEST_F(CopyTest, Batches) {
  constexpr size_t kCount = 3;
  HostMemory host(300);
  DeviceMemory device(300);
  Stream stream;
  count_up(host, 300, 1);
  void* on_device[kCount] = {device, device.bytes() + 100, device.bytes() + 200};
  void* on_host[kCount] = {host, host.bytes() + 100, host.bytes() + 200};
  size_t sizes[kCount] = {100, 50, 100}, maxs[kCount] = {100, 100, 100}, starts[1] = {0}, failed = 0;
  aclrtMemcpyBatchAttr to_device{{0, ACL_MEM_LOCATION_TYPE_DEVICE}, {0, ACL_MEM_LOCATION_TYPE_HOST}, {}};
  ACL_OK(aclrtMemcpyBatch(on_device, maxs, on_host, sizes, kCount, &to_device, starts, 1, &failed));
  EXPECT_EQ(failed, SIZE_MAX);
  EXPECT_TRUE(counts_up(device, 150, 1));
  aclrtMemcpyBatchAttr to_host{{0, ACL_MEM_LOCATION_TYPE_HOST}, {0, ACL_MEM_LOCATION_TYPE_DEVICE}, {}};
  std::memset(host, 0, 300);
  ACL_OK(aclrtMemcpyBatchAsync(on_host, maxs, on_device, sizes, kCount, &to_host, starts, 1, &failed, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_TRUE(counts_up(host, 150, 1));
  sizes[1] = 101;
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID,
            aclrtMemcpyBatch(on_device, maxs, on_host, sizes, kCount, &to_device, starts, 1, &failed));
  EXPECT_EQ(failed, 1u);
}

TEST_F(CopyTest, Fills) {
  Stream stream;
  DeviceMemory device(kSize);
  HostMemory host(16);
  ACL_OK(aclrtMemset(device, kSize, 0x11, kSize));
  EXPECT_EQ(device.bytes()[kSize - 1], 0x11);
  ACL_OK(aclrtMemsetAsync(device, kSize, 0x22, kSize / 2, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(device.bytes()[kSize / 2 - 1], 0x22);
  EXPECT_EQ(device.bytes()[kSize / 2], 0x11);
  ACL_OK(aclrtMemset(host, 16, 0x33, 16));
}

TEST_F(CopyTest, WhatDoesNotFitIsRefused) {
  DeviceMemory device(1000);
  HostMemory host(1000);
  char mine[8];
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "dst_max", aclrtMemcpy(device, 10, host, 11, ACL_MEMCPY_HOST_TO_DEVICE));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "dst",  // past the end of the block, whatever the caller says it has
                 aclrtMemcpy(device.bytes() + 500, 1000, host, 600, ACL_MEMCPY_HOST_TO_DEVICE));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "src",
                 aclrtMemcpy(host, 1000, device.bytes() + 500, 600, ACL_MEMCPY_DEVICE_TO_HOST));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "host memory", aclrtMemcpy(mine, 8, host, 8, ACL_MEMCPY_HOST_TO_DEVICE));
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "device memory", aclrtMemcpy(mine, 8, device, 8, ACL_MEMCPY_HOST_TO_HOST));
}

TEST_F(CopyTest, DevicesNeedPeerAccess) {
  DeviceMemory here(1000);
  ACL_OK(aclrtSetDevice(1));
  DeviceMemory there(1000);
  int32_t can = 0, status = 1;
  ACL_OK(aclrtDeviceCanAccessPeer(&can, 0, 1));
  EXPECT_EQ(can, 1);
  ACL_OK(aclrtDevicePeerAccessStatus(1, 0, &status));
  EXPECT_EQ(status, 0);
  ACL_FAILS_WITH(ACL_ERROR_RT_PARAM_INVALID, "aclrtDeviceEnablePeerAccess",
                 aclrtMemcpy(there, 1000, here, 1000, ACL_MEMCPY_DEVICE_TO_DEVICE));
  ACL_OK(aclrtDeviceEnablePeerAccess(0, 0));
  ACL_OK(aclrtDevicePeerAccessStatus(1, 0, &status));
  EXPECT_EQ(status, 1);
  ACL_OK(aclrtMemcpy(there, 1000, here, 1000, ACL_MEMCPY_DEVICE_TO_DEVICE));
  ACL_OK(aclrtDeviceDisablePeerAccess(0));
  ACL_OK(aclrtResetDevice(1));
  ACL_OK(aclrtSetDevice(0));
  ACL_OK(aclrtResetDevice(0));
}

TEST_F(CopyTest, ValuesAreWrittenAndWaitedFor) {
  Stream writer, waiter;
  DeviceMemory word(8);
  ACL_OK(aclrtMemset(word, 8, 0, 8));
  bool seen = false;
  std::function<void()> work = [&] { seen = true; };
  ACL_OK(aclrtValueWait(word, 7, ACL_STREAM_WAIT_VALUE_EQ, waiter));
  ACL_OK(run_on(waiter, work));
  ACL_FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(waiter, 20));
  ACL_OK(aclrtValueWrite(word, 7, 0, writer));
  ACL_OK(aclrtSynchronizeStream(waiter));
  EXPECT_TRUE(seen);
  for (const auto& [value, condition] :
       {std::pair{5u, ACL_STREAM_WAIT_VALUE_GEQ}, {2u, ACL_STREAM_WAIT_VALUE_AND}, {8u, ACL_STREAM_WAIT_VALUE_NOR}}) {
    ACL_OK(aclrtValueWait(word, value, condition, waiter));
    ACL_OK(aclrtSynchronizeStreamWithTimeout(waiter, 20000));
  }
}

TEST_F(CopyTest, CacheOperationsCheckTheirRange) {
  Stream stream;
  DeviceMemory device(4096);
  ACL_OK(aclrtMemFlush(device, 4096));
  ACL_OK(aclrtMemInvalidate(device, 4096));
  ACL_OK(aclrtCmoAsync(device, 4096, ACL_RT_CMO_TYPE_PREFETCH, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtMemFlush(device, 4097));
}

TEST_F(CopyTest, OverflowStatusIsReadAndReset) {
  Stream stream;
  DeviceMemory status(64);
  ACL_OK(aclrtMemset(status, 64, 0xFF, 64));
  ACL_OK(aclrtGetOverflowStatus(status, 64, stream));
  ACL_OK(aclrtResetOverflowStatus(stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  for (int i = 0; i < 64; ++i) EXPECT_EQ(status.bytes()[i], 0);
}

}  // namespace
}  // namespace acl_test
