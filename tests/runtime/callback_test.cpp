// Callbacks on a thread of the program.
#include <pthread.h>

#include "acl_test.h"

namespace acl_test {
namespace {

using CallbackTest = OnDevice;

// A thread that processes reports until it is told to stop.
class Processor {
 public:
  Processor() : thread_([this] { run(); }) {
    while (!id) std::this_thread::yield();
  }
  ~Processor() {
    stop_ = true;
    thread_.join();
  }
  std::atomic<uint64_t> id = 0;

 private:
  void run() {
    id = static_cast<uint64_t>(pthread_self());
    while (!stop_) {
      if (aclrtProcessReport(20) == ACL_ERROR_RT_THREAD_SUBSCRIBE)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

struct Note {
  std::atomic<uint64_t> thread = 0;
  std::atomic<int> count = 0;
};

void take_note(void* data) {
  auto* note = static_cast<Note*>(data);
  note->thread = static_cast<uint64_t>(pthread_self());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ++note->count;
}

TEST_F(CallbackTest, RunsOnTheThreadThatSubscribed) {
  Processor processor;
  Stream stream;
  Note note;
  ACL_OK(aclrtSubscribeReport(processor.id, stream));
  ACL_OK(aclrtLaunchCallback(take_note, &note, ACL_CALLBACK_BLOCK, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(note.count, 1);  // The stream waited for it.
  EXPECT_EQ(note.thread, processor.id);
  ACL_OK(aclrtUnSubscribeReport(processor.id, stream));
}

TEST_F(CallbackTest, DoesNotBlockUnlessAsked) {
  Processor processor;
  Stream stream;
  Note note;
  ACL_OK(aclrtSubscribeReport(processor.id, stream));
  for (int i = 0; i < 5; ++i) ACL_OK(aclrtLaunchCallback(take_note, &note, ACL_CALLBACK_NO_BLOCK, stream));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_LT(note.count, 5);
  EXPECT_TRUE(soon([&] { return note.count == 5; }));
  ACL_OK(aclrtUnSubscribeReport(processor.id, stream));
}

TEST_F(CallbackTest, NeedsASubscriber) {
  Stream stream;
  Note note;
  ACL_FAILS(ACL_ERROR_RT_STREAM_NO_CB_REG, aclrtLaunchCallback(take_note, &note, ACL_CALLBACK_BLOCK, stream));
  ACL_FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtProcessReport(10));
  ACL_FAILS(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtUnSubscribeReport(12345, stream));
  ACL_OK(aclrtSubscribeReport(12345, stream));
  ACL_FAILS(ACL_ERROR_RT_STREAM_SUBSCRIBE, aclrtSubscribeReport(54321, stream));
  ACL_OK(aclrtUnSubscribeReport(12345, stream));
}

TEST_F(CallbackTest, ProcessingTimesOut) {
  Stream stream;
  const auto self = static_cast<uint64_t>(pthread_self());
  ACL_OK(aclrtSubscribeReport(self, stream));
  ACL_FAILS(ACL_ERROR_RT_REPORT_TIMEOUT, aclrtProcessReport(20));
  Note note;
  ACL_OK(aclrtLaunchCallback(take_note, &note, ACL_CALLBACK_BLOCK, stream));
  ACL_OK(aclrtProcessReport(20000));
  ACL_OK(aclrtSynchronizeStream(stream));
  EXPECT_EQ(note.count, 1);
  ACL_OK(aclrtUnSubscribeReport(self, stream));
}

TEST_F(CallbackTest, AbortEndsABlockingCallbackNobodyProcesses) {
  Stream stream;
  Note note;
  ACL_OK(aclrtSubscribeReport(777, stream));
  ACL_OK(aclrtLaunchCallback(take_note, &note, ACL_CALLBACK_BLOCK, stream));
  ACL_FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(stream, 20));
  ACL_OK(aclrtStreamAbort(stream));
  ACL_OK(aclrtUnSubscribeReport(777, stream));
  EXPECT_EQ(note.count, 0);
}

}  // namespace
}  // namespace acl_test
