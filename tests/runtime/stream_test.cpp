// Order within a stream, independence between streams, waiting, ending.
#include "acl_test.h"

namespace acl_test {
namespace {

using StreamTest = OnDevice;

TEST_F(StreamTest, RunsInOrder) {
  Stream stream;
  constexpr int kCount = 5000;
  std::vector<int> seen;
  std::vector<std::function<void()>> work;
  for (int i = 0; i < kCount; ++i) work.emplace_back([&seen, i] { seen.push_back(i); });
  for (auto& w : work) ACL_OK(run_on(stream, w));
  ACL_OK(aclrtSynchronizeStream(stream));
  ASSERT_EQ(seen.size(), size_t{kCount});
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(seen[i], i);
}

TEST_F(StreamTest, SynchronizeWaits) {
  Stream stream;
  Gate gate;
  std::atomic<bool> ran = false;
  std::function<void()> work = [&] { ran = true; };
  ACL_OK(gate.close(stream));
  ACL_OK(run_on(stream, work));
  Caller waiter([&] { return aclrtSynchronizeStream(stream); });
  EXPECT_TRUE(waiter.sleeps());
  EXPECT_FALSE(ran);
  gate.open();
  EXPECT_EQ(waiter.result(), ACL_SUCCESS);
  EXPECT_TRUE(ran);
}

TEST_F(StreamTest, StreamsAreIndependent) {
  Stream held, free;
  Gate gate;
  ACL_OK(gate.close(held));
  std::atomic<bool> ran = false;
  std::function<void()> work = [&] { ran = true; };
  ACL_OK(run_on(free, work));
  ACL_OK(aclrtSynchronizeStream(free));
  EXPECT_TRUE(ran);
  aclrtStreamStatus status;
  ACL_OK(aclrtStreamQuery(held, &status));
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
  ACL_OK(aclrtStreamQuery(free, &status));
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
  gate.open();
  ACL_OK(aclrtSynchronizeStream(held));
}

TEST_F(StreamTest, QueryOfARunningTaskSaysNotReady) {
  Stream stream;
  Gate gate;
  ACL_OK(gate.close(stream));
  ASSERT_TRUE(soon([&] { return gate.reached(); }));  // The queue is empty now, the task is not over.
  aclrtStreamStatus status;
  ACL_OK(aclrtStreamQuery(stream, &status));
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
}

TEST_F(StreamTest, SynchronizeTimesOutAndMayBeRepeated) {
  Stream stream;
  Gate gate;
  ACL_OK(gate.close(stream));
  ACL_FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(stream, 20));
  ACL_FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeDeviceWithTimeout(20));
  gate.open();
  ACL_OK(aclrtSynchronizeStreamWithTimeout(stream, 20000));
  ACL_OK(aclrtSynchronizeDeviceWithTimeout(-1));
}

TEST_F(StreamTest, SynchronizeWaitsOnlyForWhatWasSubmittedBefore) {
  Stream stream;
  std::atomic<bool> stop = false;
  std::function<void()> nothing = [] {};
  std::thread feeder([&] {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    while (!stop) ASSERT_EQ(run_on(stream, nothing), ACL_SUCCESS);
    ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, 20000), ACL_SUCCESS);
  stop = true;
  feeder.join();
}

TEST_F(StreamTest, NullIsTheDefaultStream) {
  Gate gate;
  ACL_OK(gate.close(nullptr));
  aclrtStream own;
  ACL_OK(aclrtCtxGetCurrentDefaultStream(&own));
  aclrtStreamStatus status;
  ACL_OK(aclrtStreamQuery(own, &status));
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
  gate.open();
  ACL_OK(aclrtSynchronizeStream(nullptr));
  ACL_FAILS(ACL_ERROR_RT_PARAM_INVALID, aclrtDestroyStream(own));
}

TEST_F(StreamTest, AHostThatRunsAheadWaitsForSpace) {
  Stream stream;
  Gate gate;
  ACL_OK(gate.close(stream));
  std::atomic<int> submitted = 0, ran = 0;
  std::function<void()> work = [&] { ++ran; };
  constexpr int kMany = 20000;
  std::thread host([&] {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    for (int i = 0; i < kMany; ++i, ++submitted) ASSERT_EQ(run_on(stream, work), ACL_SUCCESS);
    ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  });
  ASSERT_TRUE(soon([&] {
    const int before = submitted;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return before > 0 && submitted == before;
  }));
  EXPECT_LT(submitted, kMany);  // Bounded: the queue does not hold all of it.
  gate.open();
  host.join();
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(ran, kMany);
}

TEST_F(StreamTest, DestroyFinishesTheWork) {
  int ran = 0;
  std::function<void()> work = [&] { ++ran; };
  Stream stream;
  for (int i = 0; i < 100; ++i) ACL_OK(run_on(stream, work));
  ACL_OK(aclrtDestroyStream(stream.release()));
  EXPECT_EQ(ran, 100);
}

TEST_F(StreamTest, DestroyForceDropsWhatHasNotStarted) {
  std::atomic<int> ran = 0;
  std::function<void()> work = [&] { ++ran; };
  Stream stream;
  Gate gate;
  ACL_OK(gate.close(stream));
  ASSERT_TRUE(soon([&] { return gate.reached(); }));
  for (int i = 0; i < 100; ++i) ACL_OK(run_on(stream, work));
  Caller destroyer([&] { return aclrtDestroyStreamForce(stream.release()); });
  EXPECT_TRUE(destroyer.sleeps());
  gate.open();
  EXPECT_EQ(destroyer.result(), ACL_SUCCESS);
  EXPECT_EQ(ran, 0);
}

TEST_F(StreamTest, AbortDropsTheQueueAndTellsWhoWaits) {
  Stream stream;
  Event event;
  Gate gate;
  std::atomic<int> ran = 0;
  std::function<void()> work = [&] { ++ran; };
  ACL_OK(gate.close(stream));
  ASSERT_TRUE(soon([&] { return gate.reached(); }));
  ACL_OK(run_on(stream, work));
  ACL_OK(aclrtRecordEvent(event, stream));
  Caller waiter([&] { return aclrtSynchronizeStream(stream); });
  EXPECT_TRUE(waiter.sleeps());
  Caller aborter([&] { return aclrtStreamAbort(stream); });
  EXPECT_TRUE(aborter.sleeps());
  gate.open();
  EXPECT_EQ(aborter.result(), ACL_SUCCESS);
  EXPECT_EQ(waiter.result(), ACL_ERROR_RT_STREAM_ABORT);
  EXPECT_EQ(ran, 0);
  ACL_FAILS(ACL_ERROR_RT_STREAM_ABORT, aclrtSynchronizeEvent(event));
  ACL_OK(run_on(stream, work));  // The stream works again.
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(ran, 1);
}

TEST_F(StreamTest, AForcedDestroyTellsWhoWaits) {
  aclrtStream stream;
  ACL_OK(aclrtCreateStream(&stream));
  Gate gate;
  std::atomic<bool> ran = false;
  std::function<void()> work = [&] { ran = true; };
  ACL_OK(gate.close(stream));
  ASSERT_TRUE(soon([&] { return gate.reached(); }));
  ACL_OK(run_on(stream, work));
  Caller waiter([&] { return aclrtSynchronizeStream(stream); });
  EXPECT_TRUE(waiter.sleeps());
  Caller destroyer([&] { return aclrtDestroyStreamForce(stream); });
  EXPECT_TRUE(destroyer.sleeps());
  gate.open();
  EXPECT_EQ(destroyer.result(), ACL_SUCCESS);
  EXPECT_EQ(waiter.result(), ACL_ERROR_RT_STREAM_ABORT);
  EXPECT_FALSE(ran);
}

TEST_F(StreamTest, AHostFunctionMayNotWaitForItsOwnStream) {
  Stream stream;
  aclError waited = ACL_SUCCESS, destroyed = ACL_SUCCESS, aborted = ACL_SUCCESS;
  std::function<void()> work = [&] {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    waited = aclrtSynchronizeStream(stream);
    destroyed = aclrtDestroyStream(stream);
    aborted = aclrtStreamAbort(stream);
    ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  };
  ACL_OK(run_on(stream, work));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(waited, ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(destroyed, ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aborted, ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(StreamTest, KeepsItsProperties) {
  aclrtStream stream;
  ACL_OK(aclrtCreateStreamWithConfig(&stream, 3, ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC));
  uint32_t value;
  ACL_OK(aclrtStreamGetPriority(stream, &value));
  EXPECT_EQ(value, 3u);
  ACL_OK(aclrtStreamGetFlags(stream, &value));
  EXPECT_EQ(value, ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC);
  Stream other;
  int32_t id, other_id;
  ACL_OK(aclrtStreamGetId(stream, &id));
  ACL_OK(aclrtStreamGetId(other, &other_id));
  EXPECT_NE(id, other_id);
  aclrtStreamAttrValue attribute{};
  attribute.userCustomTag = 7;
  ACL_OK(aclrtSetStreamAttribute(stream, ACL_STREAM_ATTR_USER_CUSTOM_TAG, &attribute));
  attribute = {};
  ACL_OK(aclrtGetStreamAttribute(stream, ACL_STREAM_ATTR_USER_CUSTOM_TAG, &attribute));
  EXPECT_EQ(attribute.userCustomTag, 7u);
  ACL_OK(aclrtSetStreamOverflowSwitch(stream, 1));
  ACL_OK(aclrtGetStreamOverflowSwitch(stream, &value));
  EXPECT_EQ(value, 1u);
  ACL_OK(aclrtDestroyStream(stream));
}

TEST_F(StreamTest, CoreLimitsOfStreamsAndThreads) {
  Stream stream;
  uint32_t whole, value;
  ACL_OK(aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_VECTOR_CORE, &whole));
  ACL_OK(aclrtSetStreamResLimit(stream, ACL_RT_DEV_RES_VECTOR_CORE, 5));
  ACL_OK(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_VECTOR_CORE, &value));
  EXPECT_EQ(value, 5u);
  ACL_OK(aclrtUseStreamResInCurrentThread(stream));
  ACL_OK(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_VECTOR_CORE, &value));
  EXPECT_EQ(value, 5u);
  ACL_OK(aclrtUnuseStreamResInCurrentThread(stream));
  ACL_OK(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_VECTOR_CORE, &value));
  EXPECT_EQ(value, whole);
  ACL_OK(aclrtResetStreamResLimit(stream));
  ACL_OK(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_VECTOR_CORE, &value));
  EXPECT_EQ(value, whole);
}

TEST_F(StreamTest, ADeviceHasOnlySoManyStreams) {
  uint32_t available;
  ACL_OK(aclrtGetStreamAvailableNum(&available));
  std::vector<aclrtStream> streams(available);
  for (auto& stream : streams) ACL_OK(aclrtCreateStream(&stream));
  aclrtStream more;
  ACL_FAILS(ACL_ERROR_RT_NO_STREAM_RESOURCE, aclrtCreateStream(&more));
  ACL_OK(aclrtDestroyStream(streams.back()));
  streams.pop_back();
  ACL_OK(aclrtCreateStream(&more));
  streams.push_back(more);
  for (auto& stream : streams) ACL_OK(aclrtDestroyStream(stream));
}

TEST_F(StreamTest, AFreedHandleStaysDeadWhenItsPlaceIsUsedAgain) {
  Stream first;
  const aclrtStream dead = first.release();
  ACL_OK(aclrtDestroyStream(dead));
  Stream second;
  ACL_FAILS_WITH(ACL_ERROR_RT_INVALID_HANDLE, "destroyed", aclrtSynchronizeStream(dead));
  ACL_FAILS(ACL_ERROR_RT_INVALID_HANDLE, aclrtDestroyStream(dead));
  ACL_OK(aclrtSynchronizeStream(second));
}

}  // namespace
}  // namespace acl_test
