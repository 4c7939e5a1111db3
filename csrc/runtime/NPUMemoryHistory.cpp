#include "runtime/NPUMemoryHistory.h"

#include <c10/util/ApproximateClock.h>

#include <array>

#include "runtime/NPUFunctions.h"

namespace c10_npu {

MemoryHistory& memory_history() {
  static auto* history = new MemoryHistory;  // Never destroyed, as the allocators.
  return *history;
}

c10::RingBuffer<TraceEntry>& MemoryHistory::of(c10::DeviceIndex device) {
  static auto* rings = new std::array<c10::RingBuffer<TraceEntry>, kMaxDevices>;
  return (*rings)[device];
}

// Measures the speed of the counter between its making and makeConverter: made when recording starts.
static c10::ApproximateClockToUnixTimeConverter& clock() {
  static auto* converter = new c10::ApproximateClockToUnixTimeConverter;
  return *converter;
}

void MemoryHistory::start(c10::CachingDeviceAllocator::CreateContextFn gather, size_t max_entries, RecordContext when,
                          bool clear) {
  clock();
  for (DeviceIndex d = 0; d < kMaxDevices; ++d) {
    of(d).setMaxEntries(max_entries);
    if (clear) of(d).clear();
  }
  gather_ = gather;
  when_.store(when, std::memory_order_release);
  on_ = true;
}

void MemoryHistory::stop(bool clear) {
  on_ = false;
  when_ = RecordContext::NEVER;
  if (clear)
    for (DeviceIndex d = 0; d < kMaxDevices; ++d) of(d).clear();
}

std::shared_ptr<c10::GatheredContext> MemoryHistory::context(RecordContext kind) const {
  if (when_.load(std::memory_order_acquire) < kind) return nullptr;
  return gather_.load()();
}

void MemoryHistory::record(const TraceEntry& entry) { of(entry.device_).insertEntries(entry); }

std::vector<TraceEntry> MemoryHistory::entries(c10::DeviceIndex device) {
  const auto to_nanoseconds = clock().makeConverter();
  std::vector<TraceEntry> found;
  of(device).getEntries(found);
  for (auto& entry : found) entry.time_.t_ = to_nanoseconds(entry.time_.approx_t_) / 1000;
  return found;
}

}  // namespace c10_npu
