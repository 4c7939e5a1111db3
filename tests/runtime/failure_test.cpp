// A task that fails: what its stream, later work and waiters get.
#include <cstring>
#include <deque>

#include "acl_test.h"

namespace acl_test {
namespace {

using FailureTest = OnDevice;

TEST_F(FailureTest, SurfacesAtTheNextSynchronizeOnce) {
  Stream stream;
  ACL_OK(fail_on(stream));
  ACL_FAILS_WITH(ACL_ERROR_RT_AICORE_EXCEPTION, "as the test wants", aclrtSynchronizeStream(stream));
  ACL_OK(aclrtSynchronizeStream(stream));
}

TEST_F(FailureTest, LaterWorkIsRefusedUntilItWasSeen) {
  Stream stream;
  std::atomic<int> ran = 0;
  std::function<void()> work = [&] { ++ran; };
  Gate gate;
  ACL_OK(gate.close(stream));
  ACL_OK(fail_on(stream));
  ACL_OK(run_on(stream, work));  // queued behind the failure: dropped
  gate.open();
  ASSERT_TRUE(soon([&] { return run_on(stream, work) == ACL_ERROR_RT_AICORE_EXCEPTION; }));
  ACL_FAILS_WITH(ACL_ERROR_RT_AICORE_EXCEPTION, "as the test wants", run_on(stream, work));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(stream));
  EXPECT_EQ(ran, 0);
  ACL_OK(run_on(stream, work));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(ran, 1);
}

TEST_F(FailureTest, EveryThreadThatWaitsHearsOfIt) {
  Stream stream;
  Gate gate;
  ACL_OK(gate.close(stream));
  ACL_OK(fail_on(stream));
  std::deque<Caller> waiters;
  for (int i = 0; i < 4; ++i) waiters.emplace_back([&] { return aclrtSynchronizeStream(stream); });
  for (auto& waiter : waiters) EXPECT_TRUE(waiter.sleeps());
  gate.open();
  for (auto& waiter : waiters) EXPECT_EQ(waiter.result(), ACL_ERROR_RT_AICORE_EXCEPTION);
}

TEST_F(FailureTest, OtherStreamsGoOn) {
  Stream failing, other;
  int ran = 0;
  std::function<void()> work = [&] { ++ran; };
  ACL_OK(fail_on(failing));
  ACL_OK(run_on(other, work));
  ACL_OK(aclrtSynchronizeStream(other));
  EXPECT_EQ(ran, 1);
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeDevice());
  ACL_OK(aclrtSynchronizeDevice());
}

TEST_F(FailureTest, StopModeRefusesUntilAborted) {
  Stream stream;
  int ran = 0;
  std::function<void()> work = [&] { ++ran; };
  ACL_OK(aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE));
  ACL_OK(fail_on(stream));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(stream));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(stream));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, run_on(stream, work));
  ACL_OK(aclrtStreamAbort(stream));
  ACL_OK(run_on(stream, work));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(ran, 1);
  ACL_OK(fail_on(stream));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(stream));
  ACL_OK(aclrtDeviceTaskAbort(0, 1000));
  ACL_OK(aclrtSynchronizeDevice());
}

TEST_F(FailureTest, ContinueModeRunsOnAndStillTells) {
  Stream stream;
  Gate gate;
  int ran = 0;
  std::function<void()> work = [&] { ++ran; };
  ACL_OK(aclrtSetStreamFailureMode(stream, ACL_CONTINUE_ON_FAILURE));
  ACL_OK(gate.close(stream));
  ACL_OK(fail_on(stream));
  ACL_OK(run_on(stream, work));
  gate.open();
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(stream));
  EXPECT_EQ(ran, 1);
  ACL_OK(aclrtSynchronizeStream(stream));
}

TEST_F(FailureTest, ACopyOfMemoryFreedWhileItWaitedFails) {
  Stream stream;
  Gate gate;
  HostMemory host(4096);
  DeviceMemory device(4096);
  ACL_OK(gate.close(stream));
  ACL_OK(aclrtMemcpyAsync(device, 4096, host, 4096, ACL_MEMCPY_HOST_TO_DEVICE, stream));
  ACL_OK(aclrtFree(device.release()));
  gate.open();
  ACL_FAILS_WITH(ACL_ERROR_RT_SYS_DMA, "freed", aclrtSynchronizeStream(stream));
}

// A copy from pageable memory waits, so it is a synchronize: also when the failure is why it is refused.
TEST_F(FailureTest, ACopyThatWaitsHandsTheFailureOver) {
  Stream stream;
  DeviceMemory device(64);
  char mine[64] = {1};
  std::function<void()> nothing = [] {};
  const auto copy = [&] { return aclrtMemcpyAsync(device, 64, mine, 64, ACL_MEMCPY_HOST_TO_DEVICE, stream); };
  ACL_OK(aclrtMemset(device, 64, 0, 64));
  ACL_OK(fail_on(stream));
  ASSERT_TRUE(soon([&] { return run_on(stream, nothing) == ACL_ERROR_RT_AICORE_EXCEPTION; }));
  ACL_FAILS_WITH(ACL_ERROR_RT_AICORE_EXCEPTION, "as the test wants", copy());
  EXPECT_EQ(device.bytes()[0], 0);
  ACL_OK(copy());
  EXPECT_EQ(device.bytes()[0], 1);
  ACL_OK(aclrtSynchronizeStream(stream));
}

// Who waits for a stream, and who destroys it: both hear of its failure.
TEST_F(FailureTest, ADestroyHidesItFromNobody) {
  aclrtStream stream;
  ACL_OK(aclrtCreateStream(&stream));
  Gate gate;
  ACL_OK(gate.close(stream));
  ACL_OK(fail_on(stream));
  Caller waiter([&] { return aclrtSynchronizeStream(stream); });
  EXPECT_TRUE(waiter.sleeps());
  Caller destroyer([&] { return aclrtDestroyStream(stream); });
  EXPECT_TRUE(destroyer.sleeps());
  gate.open();
  EXPECT_EQ(waiter.result(), ACL_ERROR_RT_AICORE_EXCEPTION);
  const aclError destroyed = destroyer.result();  // The waiter may have taken it first.
  EXPECT_TRUE(destroyed == ACL_ERROR_RT_AICORE_EXCEPTION || destroyed == ACL_SUCCESS) << destroyed;
}

TEST_F(FailureTest, TheExceptionCallbackIsTold) {
  struct Seen { std::atomic<uint32_t> stream = 0, code = 0, device = 99; };
  static Seen seen;
  Stream stream;
  int32_t id;
  ACL_OK(aclrtStreamGetId(stream, &id));
  ACL_OK(aclrtSetExceptionInfoCallback([](aclrtExceptionInfo* info) {
    seen.stream = aclrtGetStreamIdFromExceptionInfo(info);
    seen.code = aclrtGetErrorCodeFromExceptionInfo(info);
    seen.device = aclrtGetDeviceIdFromExceptionInfo(info);
  }));
  ACL_OK(fail_on(stream));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(stream));
  ACL_OK(aclrtSetExceptionInfoCallback(nullptr));
  EXPECT_EQ(seen.stream, static_cast<uint32_t>(id));
  EXPECT_EQ(seen.code, uint32_t{ACL_ERROR_RT_AICORE_EXCEPTION});
  EXPECT_EQ(seen.device, 0u);
}

TEST_F(FailureTest, LastErrorIsKeptForTheThread) {
  (void)aclrtGetLastError(ACL_RT_THREAD_LEVEL);
  EXPECT_EQ(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL), ACL_SUCCESS);
  ACL_FAILS(ACL_ERROR_INVALID_PARAM, aclrtFree(nullptr));
  EXPECT_EQ(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL), ACL_ERROR_INVALID_PARAM);
  ACL_OK(aclrtSynchronizeDevice());  // Success does not hide it.
  std::thread([] { EXPECT_EQ(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL), ACL_SUCCESS); }).join();
  EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), ACL_SUCCESS);
}

TEST_F(FailureTest, TheTextIsTakenOnce) {
  EXPECT_EQ(aclrtFree(nullptr), ACL_ERROR_INVALID_PARAM);
  const char* text = aclGetRecentErrMsg();
  ASSERT_NE(text, nullptr);
  EXPECT_NE(std::strstr(text, "aclrtFree"), nullptr) << text;
  EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
}

}  // namespace
}  // namespace acl_test
