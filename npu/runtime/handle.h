// Handles of the ABI: a kind, a generation and an index, never an address. So a null, freed, foreign or wrong-kind
// handle is known for what it is, in a few nanoseconds and without a lock.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace npu {

// The top byte makes the value no canonical address, so no pointer looks like a handle.
enum class HandleKind : uint64_t { kStream = 0x51, kEvent = 0x52, kContext = 0x53, kPhysical = 0x54 };

inline bool is_handle(const void* value, HandleKind kind) {
  return reinterpret_cast<uint64_t>(value) >> 56 == static_cast<uint64_t>(kind);
}

// Threads: any, at once. Lifetime: slots are never freed, objects live while a caller holds what find() gave.
template <class T, HandleKind kKind> class HandleTable {
 public:
  // Null when the table is full.
  void* add(std::shared_ptr<T> object) {
    std::lock_guard lock(mutex_);
    uint32_t index;
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    } else {
      if (used_ == kMax) return nullptr;
      index = used_;
      if (auto& chunk = chunks_[index / kChunk]; !chunk.load(std::memory_order_relaxed))
        chunk.store(new Slot[kChunk], std::memory_order_release);
      ++used_;
    }
    Slot& slot = slot_at(index);
    slot.object = std::move(object);
    const uint64_t word = slot.word.fetch_add(kGeneration, std::memory_order_release) + kGeneration;
    return encode(index, static_cast<uint32_t>(word >> 32));
  }

  // Null when the handle is not alive.
  std::shared_ptr<T> find(const void* handle) const {
    Slot* slot = slot_of(handle);
    if (!slot) return nullptr;
    std::shared_ptr<T> object;
    if (slot->word.fetch_add(1, std::memory_order_acquire) >> 32 == generation_of(handle)) object = slot->object;
    slot->word.fetch_sub(1, std::memory_order_release);
    return object;
  }

  // Ends the handle and gives the object back; null when it was not alive (then somebody else was first).
  std::shared_ptr<T> remove(const void* handle) {
    Slot* slot = slot_of(handle);
    if (!slot) return nullptr;
    uint64_t word = slot->word.load(std::memory_order_relaxed);
    do {
      if (word >> 32 != generation_of(handle)) return nullptr;
    } while (!slot->word.compare_exchange_weak(word, word + kGeneration, std::memory_order_acq_rel));
    while (slot->word.load(std::memory_order_acquire) & kPins) std::this_thread::yield();  // find() is copying.
    std::shared_ptr<T> object = std::move(slot->object);
    std::lock_guard lock(mutex_);
    free_.push_back(index_of(handle));
    return object;
  }

 private:
  static constexpr uint64_t kGeneration = uint64_t{1} << 32, kPins = kGeneration - 1;
  static constexpr uint32_t kChunk = 1024, kMax = 1 << 24;

  struct Slot {
    // generation << 32 | callers that copy right now. An odd generation is alive.
    std::atomic<uint64_t> word = 0;
    std::shared_ptr<T> object;
  };

  static void* encode(uint32_t index, uint32_t generation) {
    return reinterpret_cast<void*>(static_cast<uint64_t>(kKind) << 56 | (uint64_t{generation} & 0xFFFFFFFF) << 24 |
                                   index);
  }
  static uint32_t index_of(const void* handle) { return reinterpret_cast<uint64_t>(handle) & (kMax - 1); }
  static uint32_t generation_of(const void* handle) {
    return static_cast<uint32_t>(reinterpret_cast<uint64_t>(handle) >> 24);
  }
  Slot& slot_at(uint32_t index) const {
    return chunks_[index / kChunk].load(std::memory_order_acquire)[index % kChunk];
  }
  Slot* slot_of(const void* handle) const {
    if (!is_handle(handle, kKind) || !(generation_of(handle) & 1)) return nullptr;
    Slot* chunk = chunks_[index_of(handle) / kChunk].load(std::memory_order_acquire);
    return chunk ? &chunk[index_of(handle) % kChunk] : nullptr;
  }

  std::mutex mutex_;
  uint32_t used_ = 0;
  std::vector<uint32_t> free_;
  std::array<std::atomic<Slot*>, kMax / kChunk> chunks_{};
};

}  // namespace npu
