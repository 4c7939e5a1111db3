// The devices of this process. They live as long as the process.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "npu/base/status.h"
#include "npu/runtime/context.h"
#include "npu/runtime/stream.h"

namespace npu {

inline constexpr uint32_t kMaxStreams = 1984;  // of one device
inline constexpr uint32_t kMaxEvents = 65536;

class Device {
 public:
  Device(int id, int logic_id, uint64_t hbm_bytes) : id(id), logic_id(logic_id), hbm_bytes(hbm_bytes) {}

  // HBM bookkeeping. False: it does not fit.
  bool take(uint64_t bytes);
  void give(uint64_t bytes) { used_ -= bytes; }
  uint64_t used() const { return used_; }
  uint64_t peak() const { return peak_; }

  // The primary context, made by the first retain and closed by the last release.
  std::shared_ptr<Context> retain();
  Status release(bool force);
  std::shared_ptr<Context> primary();

  // Streams alive on this device, whatever their context.
  Status add_stream(const std::shared_ptr<Stream>& stream);
  std::vector<std::shared_ptr<Stream>> live_streams();
  // Waits for all of them; the first failure, with the texts of the others.
  Status synchronize(int timeout_ms);
  Status abort();

  const int id;        // as the user counts, after ASCEND_RT_VISIBLE_DEVICES
  const int logic_id;  // as the machine counts
  const uint64_t hbm_bytes;
  std::atomic<int> overflow_mode;
  std::atomic<bool> overflowed = false;  // by a task since the last reset
  std::atomic<uint64_t> peers = 0;       // bit n: access to device n is enabled
  std::atomic<uint32_t> core_limits[2];  // cube, vector

 private:
  std::atomic<uint64_t> used_ = 0, peak_ = 0;
  std::mutex mutex_;
  int retained_ = 0;
  std::shared_ptr<Context> primary_;
  std::mutex streams_mutex_;
  std::vector<std::weak_ptr<Stream>> streams_;
};

// Null: no such device.
Device* find_device(int id);
Status device_of(int64_t id, Device*& device);
int device_count();

// Waits until every stream of every device has finished, and lets them take no more.
void drain_for_exit();

}  // namespace npu
