// The caching allocator under many threads, streams and devices: a block is nobody else's while a stream still needs
// it, and the figures add up. Run under ThreadSanitizer too (preset tsan-torch).
#include <gtest/gtest.h>

#include <ATen/core/CachingHostAllocator.h>
#include <c10/core/Event.h>

#include <atomic>
#include <random>
#include <thread>

#include "acl/acl_rt.h"
#include "runtime/NPUBlockCache.h"
#include "runtime/NPUCachingAllocator.h"
#include "runtime/NPUCopy.h"
#include "runtime/NPUGuard.h"
#include "runtime/NPUHostAllocator.h"
#include "runtime/NPUStream.h"

namespace c10_npu {
namespace {

constexpr int kThreads = 4;
constexpr int kStepsPerThread = 2500;
constexpr int kStreams = 4;

int64_t current(const c10::CachingAllocator::StatArray& stat) { return stat[0].current; }

struct Held {
  c10::DataPtr data;
  size_t bytes;
  uint8_t value;
  c10::Stream stream;
};
struct Read {
  c10::DataPtr host;
  size_t bytes;
  uint8_t value;
  c10::Stream stream;
};

class Client {
 public:
  Client(int seed, int devices) : random_(seed) {
    for (int i = 0; i < kStreams; ++i)
      streams_.push_back(stream_from_pool(static_cast<DeviceIndex>(i % devices), -(i % 3 == 2)));
  }
  void run() {
    for (int step = 0; step < kStepsPerThread; ++step) {
      write(static_cast<uint8_t>(random_()));
      while (held_.size() > below(24)) read();
      if (reads_.size() > 32) verify();
      if (step % 500 == 250) allocator()->emptyCache({0, 0});
    }
    while (!held_.empty()) read();
    verify();
  }
  int wrong = 0;

 private:
  size_t below(size_t n) { return random_() % n; }
  c10::Stream any_stream() { return streams_[below(streams_.size())]; }
  size_t any_size() {
    const size_t largest[] = {600, 5000, 100'000, 3'000'000};
    return 1 + below(largest[below(4)]);
  }

  void write(uint8_t value) {
    const auto stream = any_stream();
    const NPUGuard guard(stream.device_index());
    const auto before = exchange_stream(stream);
    const size_t bytes = any_size();
    auto data = allocator()->allocate(bytes);
    NPU_CHECK(aclrtMemsetAsync(data.get(), bytes, value, bytes, current_stream()));
    held_.push_back({std::move(data), bytes, value, stream});
    exchange_stream(before);
  }

  // Copied out by another stream of its device, and freed before that copy has run.
  void read() {
    const size_t i = below(held_.size());
    Held taken = std::move(held_[i]);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
    auto reader = any_stream();
    while (reader.device_index() != taken.stream.device_index()) reader = any_stream();
    const NPUGuard guard(reader.device_index());
    c10::Event written(c10::kPrivateUse1);
    written.record(taken.stream);
    written.block(reader);
    const auto before = exchange_stream(reader);
    auto host = host_allocator()->allocate(taken.bytes);
    copy_to_host(host.get(), taken.data.get(), taken.bytes, true, host.get_context());
    exchange_stream(before);
    allocator()->recordStream(taken.data, reader);
    reads_.push_back({std::move(host), taken.bytes, taken.value, reader});
  }

  void verify() {
    for (auto& read : reads_) {
      synchronize_stream(read.stream);
      const auto* bytes = static_cast<const uint8_t*>(read.host.get());
      wrong += std::any_of(bytes, bytes + read.bytes, [&](uint8_t b) { return b != read.value; });
    }
    reads_.clear();
  }

  std::mt19937 random_;
  std::vector<c10::Stream> streams_;
  std::vector<Held> held_;
  std::vector<Read> reads_;
};

TEST(Allocator, ManyThreadsStreamsAndDevices) {
  const int devices = std::min<int>(device_count(), 2);
  ASSERT_GT(devices, 0);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] {
      Client client(i, devices);
      client.run();
      wrong += client.wrong;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  for (DeviceIndex d = 0; d < devices; ++d) synchronize(d);
  allocator()->emptyCache({0, 0});
  for (DeviceIndex d = 0; d < devices; ++d) {
    const auto stats = allocator()->getDeviceStats(d);
    EXPECT_EQ(current(stats.allocated_bytes), 0);
    EXPECT_EQ(current(stats.active_bytes), 0);
    EXPECT_EQ(current(stats.requested_bytes), 0);
    EXPECT_EQ(current(stats.inactive_split_bytes), 0);
    EXPECT_EQ(current(stats.reserved_bytes), 0);
    EXPECT_EQ(current(stats.segment), 0);
    EXPECT_EQ(stats.num_ooms, 0);
    EXPECT_GT(stats.allocation[0].allocated, 0);
  }
}

TEST(Allocator, ABlockFreedByAnotherThread) {
  for (int i = 0; i < 100; ++i) {
    auto data = allocator()->allocate(10'000);
    std::thread([data = std::move(data)]() mutable { data.clear(); }).join();
  }
  EXPECT_EQ(current(allocator()->getDeviceStats(0).allocated_bytes), 0);
}

TEST(Allocator, OutOfMemoryLosesNothing) {
  const auto [free, total] = memory_info(0);
  auto held = allocator()->allocate(1 << 20);
  for (int i = 0; i < 1000; ++i)
    EXPECT_THROW((void)allocator()->allocate(total + (size_t{1} << 30)), c10::OutOfMemoryError);
  EXPECT_EQ(allocator()->getDeviceStats(0).num_ooms, 1000);
  auto more = allocator()->allocate(free / 4);
  EXPECT_NE(more.get(), nullptr);
}

}  // namespace
}  // namespace c10_npu
