// An executor: what phase one hands to phase two. A task of the stream, and what the protocol must know about it.
#pragma once
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "npu/base/status.h"
#include "npu/runtime/stream.h"
#include "npu/tensor/tensor.h"

namespace npu {

struct Arguments;

// The static description of an operator.
struct Operator : Description {
  const char* arguments;  // their names, comma separated
  void (*body)();         // phase one, of whatever type
  // Copies the values of an executor's arguments while the caller's descriptors still live.
  std::unique_ptr<Arguments> (*keep)(const aclOpExecutor&);
};

}  // namespace npu

struct NPU_EXPORT aclOpExecutor : npu::Task {
  static constexpr size_t kMaxArguments = 48;

  aclOpExecutor();
  ~aclOpExecutor() override;

  const npu::Description* description() const override { return op; }

  const npu::Operator* op = nullptr;
  void* workspace = nullptr;
  uint64_t workspace_size = 0;
  bool launched = false;                 // The stream owns it now.
  std::function<void()> settle;          // runs on the caller's thread, after the task, before phase two returns
  std::unique_ptr<npu::Arguments> kept;  // repeatable: phase two plans again from these
  npu::Tag<0x65786563> tag;
  // The C arguments of phase one as they came; valid as long as the caller's descriptors. Left unset until made.
  alignas(8) std::byte arguments[kMaxArguments * 8];
};

namespace npu {

void enter_device();  // Makes the calling thread a device's, for the engine; cheap when it is one already.
[[noreturn]] void fail_in_task(const Operator& op, const std::exception& e);

// What phase one returns: a closure (and the scratch bytes it wants), or the reason it refuses.
class Plan {
 public:
  template <std::invocable<void*> F>
  Plan(F closure, uint64_t workspace = 0) : executor(new Closure<F>(std::move(closure))), workspace(workspace) {}
  Plan(Status e) : error(std::move(e)) {}
  // For an operator whose data decides the shape of its output: phase two waits for the stream, then runs `settle`.
  Plan then(std::function<void()> settle) && {
    executor->settle = std::move(settle);
    return std::move(*this);
  }

  std::unique_ptr<aclOpExecutor> executor;
  uint64_t workspace = 0;
  Status error;

 private:
  template <class F>
  struct Closure final : aclOpExecutor {
    explicit Closure(F f) : closure(std::move(f)) {}
    void run() override {
      enter_device();
      try {
        closure(workspace);
      } catch (const std::exception& e) { fail_in_task(*op, e); }
    }
    F closure;
  };
};

// A tensor or tensor list among the kept arguments: its addresses may change between runs.
struct Slot {
  bool output;
  Tensor* first;
  size_t count;
};

struct Arguments {
  virtual ~Arguments() = default;
  virtual Plan plan() = 0;
  std::vector<Slot> slots;
};

}  // namespace npu
