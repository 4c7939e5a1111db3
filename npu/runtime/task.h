// A task: what a stream runs. Knows what it is and what it touches; never tensors, never torch.
#pragma once
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "npu/base/status.h"

namespace npu {

// What a task is: static storage, one for each operator.
struct Description { const char* name; };

// A piece of device memory that a task reads or writes.
struct Range {
  const void* data;
  size_t bytes;
  bool written;
};

class NPU_EXPORT Task {
 public:
  virtual ~Task() = default;
  // Its place in the queue is sure, and nothing is behind it yet. Called under the stream's lock: be quick, take no
  // lock under which a stream is called.
  virtual void accepted() noexcept {}
  // Runs on the stream's thread, in order, without a lock held. May throw: TaskError keeps its code.
  virtual void run() = 0;
  // Instead of run(), when the stream failed or was aborted before; also when it refuses the task.
  virtual void drop(const Status&) noexcept {}

  // Asked by who watches (profiler, race detector, time model); costs nothing while nobody does.
  virtual const Description* description() const { return nullptr; }
  virtual std::vector<Range> ranges() const { return {}; }

  // Memory that another thread gave back is used again; see task.cpp.
  static void* operator new(size_t bytes);
  static void operator delete(void* memory, size_t bytes);

 private:
  friend class Stream;
  Task* next_ = nullptr;  // The queue is intrusive: issuing a task allocates nothing of its own.
};

// A task out of a closure. The description must be static.
template <class F> std::unique_ptr<Task> make_task(const Description& description, F f) {
  struct FunctionTask final : Task {
    FunctionTask(const Description& description, F f) : description_(description), f_(std::move(f)) {}
    void run() override { f_(); }
    const Description* description() const override { return &description_; }
    const Description& description_;
    F f_;
  };
  return std::make_unique<FunctionTask>(description, std::move(f));
}

}  // namespace npu
