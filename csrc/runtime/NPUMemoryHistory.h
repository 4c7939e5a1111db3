// What the allocators did, for torch.npu.memory._record_memory_history and its viewer. Off, it costs one read of a
// flag.
#pragma once
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/RingBuffer.h>

#include <atomic>

namespace c10_npu {

using c10::CachingDeviceAllocator::RecordContext;
using c10::CachingDeviceAllocator::TraceEntry;

// One for the process; thread-safe. `gather` may take Python's lock, so `context` is called before any lock of ours.
class MemoryHistory {
 public:
  // `max_entries` of each device are kept, the newest.
  void start(c10::CachingDeviceAllocator::CreateContextFn gather, size_t max_entries, RecordContext when, bool clear);
  void stop(bool clear);
  bool is_on() const { return on_.load(std::memory_order_relaxed); }

  // Where the caller is, when contexts of this kind are wanted; null otherwise.
  std::shared_ptr<c10::GatheredContext> context(RecordContext kind) const;
  void record(const TraceEntry& entry);
  // Oldest first, with times in microseconds since 1970.
  std::vector<TraceEntry> entries(c10::DeviceIndex device);

 private:
  c10::RingBuffer<TraceEntry>& of(c10::DeviceIndex device);

  std::atomic<bool> on_{false};
  std::atomic<RecordContext> when_{RecordContext::NEVER};
  std::atomic<c10::CachingDeviceAllocator::CreateContextFn> gather_{nullptr};
};

MemoryHistory& memory_history();

}  // namespace c10_npu
