// Events: what a record captures, what a wait means, and what becomes of both.
#include "acl_test.h"

namespace acl_test {
namespace {

using EventTest = OnDevice;

bool complete(aclrtEvent event) {
  aclrtEventRecordedStatus status;
  EXPECT_EQ(aclrtQueryEventStatus(event, &status), ACL_SUCCESS);
  return status == ACL_EVENT_RECORDED_STATUS_COMPLETE;
}

TEST_F(EventTest, CapturesTheWorkBeforeIt) {
  Stream stream;
  Event event;
  Gate before, behind;
  ACL_OK(before.close(stream));
  ACL_OK(aclrtRecordEvent(event, stream));
  ACL_OK(behind.close(stream));
  EXPECT_FALSE(complete(event));
  before.open();
  ACL_OK(aclrtSynchronizeEvent(event));
  EXPECT_TRUE(complete(event));  // although the stream still works
  aclrtStreamStatus status;
  ACL_OK(aclrtStreamQuery(stream, &status));
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
}

TEST_F(EventTest, IsCompleteWithoutARecord) {
  Event event;
  Stream stream;
  EXPECT_TRUE(complete(event));
  ACL_OK(aclrtSynchronizeEvent(event));
  ACL_OK(aclrtStreamWaitEvent(stream, event));
  ACL_OK(aclrtSynchronizeStream(stream));
}

TEST_F(EventTest, MakesAnotherStreamWait) {
  Stream producer, consumer;
  Event event;
  Gate gate;
  int value = 0, seen = -1;
  std::function<void()> produce = [&] { value = 42; }, consume = [&] { seen = value; };
  ACL_OK(gate.close(producer));
  ACL_OK(run_on(producer, produce));
  ACL_OK(aclrtRecordEvent(event, producer));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  ACL_OK(run_on(consumer, consume));
  ACL_FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(consumer, 20));
  gate.open();
  ACL_OK(aclrtSynchronizeStream(consumer));
  EXPECT_EQ(seen, 42);
}

TEST_F(EventTest, AWaitMeansTheRecordThatWasLastWhenItWasIssued) {
  Stream producer, consumer;
  Event event;
  Gate later;
  ACL_OK(aclrtRecordEvent(event, producer));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  ACL_OK(later.close(producer));
  ACL_OK(aclrtRecordEvent(event, producer));  // moves the event, not the wait
  ACL_OK(aclrtSynchronizeStreamWithTimeout(consumer, 20000));
  EXPECT_FALSE(complete(event));
  later.open();
  ACL_OK(aclrtSynchronizeEvent(event));
}

TEST_F(EventTest, ARecordElsewhereDoesNotReleaseAnEarlierWait) {
  Stream slow, fast, consumer;
  Event event;
  Gate gate;
  ACL_OK(gate.close(slow));
  ACL_OK(aclrtRecordEvent(event, slow));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  ACL_OK(aclrtRecordEvent(event, fast));  // complete at once
  ACL_OK(aclrtSynchronizeEvent(event));
  ACL_FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(consumer, 50));
  gate.open();
  ACL_OK(aclrtSynchronizeStream(consumer));
}

TEST_F(EventTest, MayBeDestroyedWhileWorkNeedsIt) {
  Stream producer, consumer;
  Gate gate;
  std::atomic<bool> ran = false;
  std::function<void()> work = [&] { ran = true; };
  Event event;
  ACL_OK(gate.close(producer));
  ACL_OK(aclrtRecordEvent(event, producer));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  ACL_OK(run_on(consumer, work));
  ACL_OK(aclrtDestroyEvent(event.release()));
  EXPECT_FALSE(ran);
  gate.open();
  ACL_OK(aclrtSynchronizeStream(consumer));
  EXPECT_TRUE(ran);
}

TEST_F(EventTest, CarriesTheFailureOfItsStream) {
  Stream failing, waiting;
  Event event;
  std::atomic<bool> ran = false;
  std::function<void()> work = [&] { ran = true; };
  Gate gate;
  ACL_OK(gate.close(failing));
  ACL_OK(fail_on(failing));
  ACL_OK(aclrtRecordEvent(event, failing));
  ACL_OK(aclrtStreamWaitEvent(waiting, event));
  ACL_OK(run_on(waiting, work));
  gate.open();
  ACL_FAILS_WITH(ACL_ERROR_RT_AICORE_EXCEPTION, "as the test wants", aclrtSynchronizeStream(waiting));
  EXPECT_FALSE(ran);  // It would have run on garbage.
  ACL_FAILS_WITH(ACL_ERROR_RT_AICORE_EXCEPTION, "as the test wants", aclrtSynchronizeEvent(event));
  aclrtEventRecordedStatus status;
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtQueryEventStatus(event, &status));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(failing));
}

TEST_F(EventTest, ARefusedRecordFailsWhoWaits) {
  Stream failing, waiting;
  Event event;
  ACL_OK(fail_on(failing));
  ASSERT_TRUE(soon([&] { return aclrtRecordEvent(event, failing) != ACL_SUCCESS; }));
  ACL_OK(aclrtStreamWaitEvent(waiting, event));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStreamWithTimeout(waiting, 20000));
  ACL_FAILS(ACL_ERROR_RT_AICORE_EXCEPTION, aclrtSynchronizeStream(failing));
}

TEST_F(EventTest, ADestroyedStreamReleasesWhoWaits) {
  Stream consumer;
  auto producer = std::make_unique<Stream>();
  Event event;
  Gate gate;
  ACL_OK(gate.close(*producer));
  ASSERT_TRUE(soon([&] { return gate.reached(); }));
  ACL_OK(aclrtRecordEvent(event, *producer));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  Caller destroyer([&] { return aclrtDestroyStreamForce(producer->release()); });
  EXPECT_TRUE(destroyer.sleeps());
  gate.open();
  EXPECT_EQ(destroyer.result(), ACL_SUCCESS);
  ACL_FAILS(ACL_ERROR_RT_STREAM_ABORT, aclrtSynchronizeStreamWithTimeout(consumer, 20000));
}

// A wait that got in front of the record it waits for would hold its stream for ever.
TEST_F(EventTest, ManyThreadsRecordAndWaitForOneEvent) {
  Stream streams[2];
  Event event;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      ACL_OK(aclrtSetDevice(0));
      for (int n = 0; n < 3000; ++n) {
        ACL_OK(aclrtRecordEvent(event, streams[(i + n) % 2]));
        ACL_OK(aclrtStreamWaitEvent(streams[(i + n / 2) % 2], event));
      }
      ACL_OK(aclrtResetDevice(0));
    });
  for (auto& thread : threads) thread.join();
  for (auto& stream : streams) ACL_OK(aclrtSynchronizeStreamWithTimeout(stream, 20000));
}

TEST_F(EventTest, SynchronizeTimesOut) {
  Stream stream;
  Event event;
  Gate gate;
  ACL_OK(gate.close(stream));
  ACL_OK(aclrtRecordEvent(event, stream));
  ACL_FAILS(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(event, 20));
  gate.open();
  ACL_OK(aclrtSynchronizeEventWithTimeout(event, 20000));
}

TEST_F(EventTest, AStreamsWaitMayTimeOut) {
  Stream producer, consumer;
  Event event;
  Gate gate;
  ACL_OK(gate.close(producer));
  ACL_OK(aclrtRecordEvent(event, producer));
  ACL_OK(aclrtStreamWaitEventWithTimeout(consumer, event, 20));
  ACL_FAILS(ACL_ERROR_RT_WAIT_TIMEOUT, aclrtSynchronizeStream(consumer));
  ACL_OK(aclrtSetOpWaitTimeout(1));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  ACL_OK(aclrtSetOpWaitTimeout(0));
  ACL_FAILS(ACL_ERROR_RT_WAIT_TIMEOUT, aclrtSynchronizeStream(consumer));
}

TEST_F(EventTest, AbortEndsAWait) {
  Stream producer, consumer;
  Event event;
  Gate gate;
  ACL_OK(gate.close(producer));
  ACL_OK(aclrtRecordEvent(event, producer));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  ACL_OK(aclrtStreamAbort(consumer));
  aclrtStreamStatus status;
  ACL_OK(aclrtStreamQuery(consumer, &status));
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
}

TEST_F(EventTest, MeasuresTime) {
  Stream stream;
  Event start, end;
  std::function<void()> slow = [] { std::this_thread::sleep_for(std::chrono::milliseconds(30)); };
  ACL_OK(aclrtRecordEvent(start, stream));
  ACL_OK(run_on(stream, slow));
  ACL_OK(aclrtRecordEvent(end, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  float milliseconds = 0;
  ACL_OK(aclrtEventElapsedTime(&milliseconds, start, end));
  EXPECT_GE(milliseconds, 29.0f);
  EXPECT_LT(milliseconds, 20000.0f);
  ACL_FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL, aclrtEventElapsedTime(&milliseconds, end, start));
  uint64_t from, to;
  ACL_OK(aclrtEventGetTimestamp(start, &from));
  ACL_OK(aclrtEventGetTimestamp(end, &to));
  EXPECT_GE(to - from, 29000u);
}

TEST_F(EventTest, KnowsNoTimeBeforeItIsComplete) {
  Stream stream;
  Event never, pending, untimed(ACL_EVENT_SYNC);
  Gate gate;
  ACL_OK(gate.close(stream));
  ACL_OK(aclrtRecordEvent(pending, stream));
  ACL_OK(aclrtRecordEvent(untimed, stream));
  uint64_t when;
  ACL_FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventGetTimestamp(never, &when));
  ACL_FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventGetTimestamp(pending, &when));
  gate.open();
  ACL_OK(aclrtSynchronizeStream(stream));
  ACL_OK(aclrtEventGetTimestamp(pending, &when));
  ACL_FAILS(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventGetTimestamp(untimed, &when));
}

TEST_F(EventTest, ResetForgetsTheRecord) {
  Stream stream;
  aclrtEvent event;
  ACL_OK(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
  ACL_OK(aclrtRecordEvent(event, stream));
  ACL_OK(aclrtResetEvent(event, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_TRUE(complete(event));
  ACL_OK(aclrtRecordEvent(event, stream));
  ACL_OK(aclrtResetEvent(event, stream));
  ACL_OK(aclrtDestroyEvent(event));  // before the reset has run, perhaps
  ACL_OK(aclrtSynchronizeStream(stream));
}

TEST_F(EventTest, CountsItsWaits) {
  Stream producer, consumer;
  aclrtEvent event;
  ACL_OK(aclrtCreateEvent(&event));
  Gate gate;
  ACL_OK(gate.close(producer));
  ACL_OK(aclrtRecordEvent(event, producer));
  ACL_OK(aclrtStreamWaitEvent(consumer, event));
  aclrtEventWaitStatus status;
  ACL_OK(aclrtQueryEventWaitStatus(event, &status));
  EXPECT_EQ(status, ACL_EVENT_WAIT_STATUS_NOT_READY);
  aclrtEventStatus old;
  ACL_OK(aclrtQueryEvent(event, &old));
  EXPECT_EQ(old, ACL_EVENT_STATUS_NOT_READY);
  gate.open();
  ACL_OK(aclrtSynchronizeStream(consumer));
  ACL_OK(aclrtQueryEventWaitStatus(event, &status));
  EXPECT_EQ(status, ACL_EVENT_WAIT_STATUS_COMPLETE);
  ACL_OK(aclrtDestroyEvent(event));
}

TEST_F(EventTest, HardwareEventsAreLimitedReusableOnesAreNot) {
  uint32_t before, after;
  ACL_OK(aclrtGetEventAvailNum(&before));
  aclrtEvent event;
  ACL_OK(aclrtCreateEvent(&event));
  ACL_OK(aclrtGetEventAvailNum(&after));
  EXPECT_EQ(after, before - 1);
  Event reusable;
  ACL_OK(aclrtGetEventAvailNum(&after));
  EXPECT_EQ(after, before - 1);
  uint32_t id, other;
  ACL_OK(aclrtGetEventId(event, &id));
  ACL_OK(aclrtGetEventId(reusable, &other));
  EXPECT_NE(id, other);
  ACL_OK(aclrtDestroyEvent(event));
}

}  // namespace
}  // namespace acl_test
