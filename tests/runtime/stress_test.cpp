// Many threads, many calls, any order: no crash, no hang, no lost work.
#include <cstring>
#include <memory>
#include <random>

#include "acl_test.h"

namespace acl_test {
namespace {

constexpr int kThreads = 8, kCalls = 10000;

// What all threads share.
struct Shared {
  std::array<aclrtStream, 3> streams;
  std::array<aclrtEvent, 4> events;
  std::atomic<uint64_t> issued = 0, ran = 0;
};

void count_one(void* counter) { ++*static_cast<std::atomic<uint64_t>*>(counter); }

// Each call may be any of these. Only the last three may fail, and only as they should.
void mixed_calls(Shared& shared, unsigned seed) {
  std::minstd_rand random(seed);
  const auto pick = [&](size_t below) { return random() % below; };
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  constexpr size_t kBytes = 4096;
  HostMemory host(kBytes);
  DeviceMemory memory(kBytes * shared.streams.size());
  for (int i = 0; i < kCalls; ++i) {
    const size_t which = pick(shared.streams.size());
    const auto stream = shared.streams[which];
    void* device = memory.bytes() + kBytes * which;  // Streams do not wait for each other: each has its own.
    const auto event = shared.events[pick(shared.events.size())];
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        ASSERT_EQ(aclrtLaunchHostFunc(stream, count_one, &shared.ran), ACL_SUCCESS);
        ++shared.issued;
        break;
      case 4: ASSERT_EQ(aclrtRecordEvent(event, stream), ACL_SUCCESS); break;
      case 5: ASSERT_EQ(aclrtStreamWaitEvent(stream, event), ACL_SUCCESS); break;
      case 6:
        ASSERT_EQ(aclrtMemcpyAsync(device, kBytes, host, kBytes, ACL_MEMCPY_HOST_TO_DEVICE, stream), ACL_SUCCESS);
        break;
      case 7: ASSERT_EQ(aclrtMemsetAsync(device, kBytes, i, kBytes, stream), ACL_SUCCESS); break;
      case 8: {
        void* pointer;
        ASSERT_EQ(aclrtMalloc(&pointer, 1 + pick(5000), ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
        ASSERT_EQ(aclrtFree(pointer), ACL_SUCCESS);
        break;
      }
      case 9: {
        aclrtEventRecordedStatus status;
        ASSERT_EQ(aclrtQueryEventStatus(event, &status), ACL_SUCCESS);
        break;
      }
      case 10: {
        aclrtStreamStatus status;
        ASSERT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
        break;
      }
      case 11:
        if (i % 8 == 0) {
          Stream own;
          ASSERT_EQ(aclrtLaunchHostFunc(own, count_one, &shared.ran), ACL_SUCCESS);
          ++shared.issued;
          Event mine;
          ASSERT_EQ(aclrtRecordEvent(mine, own), ACL_SUCCESS);
          ASSERT_EQ(aclrtStreamWaitEvent(stream, mine), ACL_SUCCESS);
          ASSERT_EQ(aclrtDestroyStream(own.release()), ACL_SUCCESS);
        }
        break;
      case 12:
        if (i % 8 == 0) { ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS); }
        break;
      case 13: ASSERT_EQ(aclrtFree(&shared), ACL_ERROR_RT_PARAM_INVALID); break;
      case 14: {
        const aclError code = aclrtSynchronizeStreamWithTimeout(stream, 1);
        ASSERT_TRUE(code == ACL_SUCCESS || code == ACL_ERROR_RT_STREAM_SYNC_TIMEOUT) << code;
        break;
      }
      case 15: {
        Event gone;
        const aclrtEvent handle = gone.release();
        ASSERT_EQ(aclrtDestroyEvent(handle), ACL_SUCCESS);
        ASSERT_EQ(aclrtRecordEvent(handle, stream), ACL_ERROR_RT_INVALID_HANDLE);
        break;
      }
    }
  }
  ASSERT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
}

TEST(StressTest, MixedCallsOfManyThreads) {
  ACL_OK(aclrtSetDevice(0));
  {
    Stream a, b;
    Event e0, e1, e2, e3;
    Shared shared{{a, b, nullptr}, {e0, e1, e2, e3}};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&shared, i] { mixed_calls(shared, 1234 + i); });
    for (auto& thread : threads) thread.join();
    ACL_OK(aclrtSynchronizeDevice());
    EXPECT_EQ(shared.ran, shared.issued);
    EXPECT_GT(shared.ran, uint64_t{kThreads} * kCalls / 8);
  }
  size_t free, total;
  ACL_OK(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total));
  EXPECT_EQ(free, total);
  ACL_OK(aclrtResetDevice(0));
}

// Handles that die while others use them: an error code, never a crash.
TEST(StressTest, HandlesThatDieInUse) {
  ACL_OK(aclrtSetDevice(0));
  std::atomic<aclrtStream> stream = nullptr;
  std::atomic<aclrtEvent> event = nullptr;
  std::atomic<bool> stop = false;
  std::vector<std::thread> users;
  for (int i = 0; i < 3; ++i)
    users.emplace_back([&] {
      ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
      while (!stop) {
        const aclrtStream s = stream;
        const aclrtEvent e = event;
        if (!s || !e) continue;
        for (const aclError code : {aclrtRecordEvent(e, s), aclrtStreamWaitEvent(s, e), aclrtSynchronizeStream(s)})
          ASSERT_TRUE(code == ACL_SUCCESS || code == ACL_ERROR_RT_INVALID_HANDLE || code == ACL_ERROR_RT_STREAM_ABORT)
              << code;
      }
      ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
    });
  for (int i = 0; i < 300; ++i) {
    aclrtStream s;
    aclrtEvent e;
    EXPECT_EQ(aclrtCreateStream(&s), ACL_SUCCESS);
    EXPECT_EQ(aclrtCreateEventExWithFlag(&e, ACL_EVENT_SYNC), ACL_SUCCESS);
    stream = s;
    event = e;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    EXPECT_EQ(aclrtDestroyEvent(e), ACL_SUCCESS);
    EXPECT_EQ(i % 2 ? aclrtDestroyStream(s) : aclrtDestroyStreamForce(s), ACL_SUCCESS);
  }
  stop = true;
  for (auto& user : users) user.join();
  ACL_OK(aclrtResetDevice(0));
}

}  // namespace
}  // namespace acl_test
