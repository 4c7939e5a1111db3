// The memory of tasks. One thread makes them, another destroys them, and an allocator would pay for that with a lock
// each: here a thread takes all that came back at once.
#include "npu/runtime/task.h"

#include <atomic>
#include <new>

namespace npu {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kSizes = 0;  // Memory that is used again would hide a use after the end.
#else
constexpr size_t kSizes = 8;
#endif
constexpr size_t kStep = 256;

struct Piece { Piece* next; };
constinit std::atomic<Piece*> returned[8] = {};
constinit thread_local Piece* taken[8] = {};  // No destructor: a task may be made while its thread ends.

void give_back(Piece* first, Piece* last, size_t size) {
  last->next = returned[size].load(std::memory_order_relaxed);
  while (
      !returned[size].compare_exchange_weak(last->next, first, std::memory_order_release, std::memory_order_relaxed));
}

// What a thread took and did not use is there for others.
struct ThreadEnd {
  ~ThreadEnd() {
    for (size_t size = 0; size < kSizes; ++size)
      while (Piece* piece = taken[size]) {
        taken[size] = piece->next;
        give_back(piece, piece, size);
      }
  }
};

}  // namespace

void* Task::operator new(size_t bytes) {
  const size_t size = (bytes - 1) / kStep;
  if (size >= kSizes) return ::operator new(bytes);
  Piece*& top = taken[size];
  if (!top) {
    top = returned[size].exchange(nullptr, std::memory_order_acquire);
    if (!top) return ::operator new((size + 1) * kStep);
    static thread_local const ThreadEnd end;
  }
  return std::exchange(top, top->next);
}

void Task::operator delete(void* memory, size_t bytes) {
  const size_t size = (bytes - 1) / kStep;
  if (size >= kSizes) return ::operator delete(memory);
  auto* piece = new (memory) Piece{};
  give_back(piece, piece, size);
}

}  // namespace npu
