// Contexts and devices belong to threads.
#include "acl_test.h"

namespace acl_test {
namespace {

TEST(ContextTest, AThreadWithoutADeviceHasNoContext) {
  std::thread([] {
    int32_t device;
    aclrtContext context;
    aclrtStream stream;
    void* pointer;
    ACL_FAILS_WITH(ACL_ERROR_RT_CONTEXT_NULL, "aclrtSetDevice", aclrtGetDevice(&device));
    ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtGetCurrentContext(&context));
    ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtCreateStream(&stream));
    ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtMalloc(&pointer, 8, ACL_MEM_MALLOC_HUGE_FIRST));
    ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtSynchronizeStream(nullptr));
    ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtSynchronizeDevice());
  }).join();
}

TEST(ContextTest, ADeviceIsSetForOneThread) {
  ACL_OK(aclrtSetDevice(2));
  std::thread([] {
    int32_t device;
    ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtGetDevice(&device));
    ACL_OK(aclrtSetDevice(1));
    ACL_OK(aclrtGetDevice(&device));
    EXPECT_EQ(device, 1);
    ACL_OK(aclrtResetDevice(1));
  }).join();
  int32_t device;
  ACL_OK(aclrtGetDevice(&device));
  EXPECT_EQ(device, 2);
  ACL_OK(aclrtResetDevice(2));
}

TEST(ContextTest, ThreadsShareThePrimaryContext) {
  ACL_OK(aclrtSetDevice(0));
  aclrtContext mine, theirs = nullptr;
  ACL_OK(aclrtGetCurrentContext(&mine));
  std::thread([&] {
    ACL_OK(aclrtSetDevice(0));
    ACL_OK(aclrtGetCurrentContext(&theirs));
    ACL_OK(aclrtResetDevice(0));
  }).join();
  EXPECT_EQ(mine, theirs);
  ACL_OK(aclrtResetDevice(0));
}

TEST(ContextTest, ResetCountsDown) {
  int32_t active, device;
  ACL_OK(aclrtGetPrimaryCtxState(3, nullptr, &active));
  EXPECT_EQ(active, 0);
  ACL_OK(aclrtSetDevice(3));
  ACL_OK(aclrtSetDevice(3));
  aclrtStream stream;
  ACL_OK(aclrtCreateStream(&stream));
  ACL_OK(aclrtResetDevice(3));
  ACL_OK(aclrtGetPrimaryCtxState(3, nullptr, &active));
  EXPECT_EQ(active, 1);
  ACL_OK(aclrtSynchronizeStream(stream));
  ACL_OK(aclrtResetDevice(3));
  ACL_OK(aclrtGetPrimaryCtxState(3, nullptr, &active));
  EXPECT_EQ(active, 0);
  ACL_FAILS_WITH(ACL_ERROR_RT_CONTEXT_NULL, "reset", aclrtGetDevice(&device));
  ACL_OK(aclrtSetDevice(3));
  ACL_FAILS(ACL_ERROR_RT_INVALID_HANDLE, aclrtSynchronizeStream(stream));  // It ended with its context.
  ACL_OK(aclrtSetDevice(3));
  ACL_OK(aclrtResetDeviceForce(3));
  ACL_OK(aclrtGetPrimaryCtxState(3, nullptr, &active));
  EXPECT_EQ(active, 0);
  ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtResetDevice(3));
}

TEST(ContextTest, ResetFinishesTheWork) {
  ACL_OK(aclrtSetDevice(0));
  aclrtStream stream;
  ACL_OK(aclrtCreateStream(&stream));
  std::atomic<int> ran = 0;
  std::function<void()> work = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ++ran;
  };
  for (int i = 0; i < 20; ++i) ACL_OK(run_on(stream, work));
  for (int i = 0; i < 20; ++i) ACL_OK(run_on(nullptr, work));
  ACL_OK(aclrtResetDevice(0));
  EXPECT_EQ(ran, 40);
}

TEST(ContextTest, ContextsHaveStreamsOfTheirOwn) {
  ACL_OK(aclrtSetDevice(0));
  aclrtContext primary, other;
  ACL_OK(aclrtGetCurrentContext(&primary));
  aclrtStream stream;
  ACL_OK(aclrtCreateStream(&stream));
  ACL_OK(aclrtCreateContext(&other, 0));
  aclrtContext current;
  ACL_OK(aclrtGetCurrentContext(&current));
  EXPECT_EQ(current, other);
  ACL_FAILS_WITH(ACL_ERROR_RT_STREAM_CONTEXT, "another context", aclrtSynchronizeStream(stream));
  ACL_OK(aclrtSynchronizeStream(nullptr));
  aclrtStream inner;
  ACL_OK(aclrtCreateStream(&inner));
  ACL_OK(aclrtSetCurrentContext(primary));
  ACL_OK(aclrtSynchronizeStream(stream));
  ACL_OK(aclrtDestroyContext(other));
  ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtSetCurrentContext(other));
  ACL_FAILS(ACL_ERROR_RT_CONTEXT_NULL, aclrtDestroyContext(other));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtDestroyContext(primary));
  ACL_FAILS(ACL_ERROR_RT_INVALID_HANDLE, aclrtSynchronizeStream(inner));
  ACL_OK(aclrtDestroyStream(stream));
  ACL_OK(aclrtResetDevice(0));
}

TEST(ContextTest, ADestroyedContextIsNobodysAnyMore) {
  ACL_OK(aclrtSetDevice(0));
  aclrtContext context;
  ACL_OK(aclrtCreateContext(&context, 0));
  ACL_OK(aclrtDestroyContext(context));  // while it is this thread's
  int32_t device;
  ACL_FAILS_WITH(ACL_ERROR_RT_CONTEXT_NULL, "destroyed", aclrtGetDevice(&device));
  ACL_OK(aclrtSetDevice(0));
  ACL_OK(aclrtResetDeviceForce(0));
}

TEST(ContextTest, ParametersOfProcessAndContext) {
  ACL_OK(aclrtSetDevice(0));
  int64_t value = 0;
  ACL_FAILS(ACL_ERROR_RT_SYSPARAMOPT_NOT_SET, aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value));
  ACL_OK(aclrtCtxSetSysParamOpt(ACL_OPT_DETERMINISTIC, 1));
  ACL_OK(aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value));
  EXPECT_EQ(value, 1);
  ACL_OK(aclrtGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value));
  EXPECT_EQ(value, 0);  // the process has defaults, a context only what was set on it
  ACL_OK(aclrtSetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, 1));
  ACL_OK(aclrtGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value));
  EXPECT_EQ(value, 1);
  ACL_OK(aclrtResetDevice(0));
}

}  // namespace
}  // namespace acl_test
