// What the operators with random numbers share.
#pragma once
#include "npu/kernels/philox.h"
#include "npu/ops/check.h"

#include <ATen/Dispatch.h>
#include <ATen/ops/empty.h>

namespace npu {

constexpr int64_t kGrain = 4096;  // blocks of random numbers that are worth a thread

// Where the numbers come from: a seed and an offset. In a captured graph both lie in device memory, to be other ones at
// each replay; `offset` is then added.
struct Source {
  uint64_t seed = 0, offset = 0;
  Tensor seed_tensor, offset_tensor;

  Source(uint64_t seed, uint64_t offset) : seed(seed), offset(offset) {}
  Source(Tensor seed, Tensor offset, uint64_t more) : offset(more), seed_tensor(seed), offset_tensor(offset) {}
  kernels::Philox philox() const {  // in phase two
    if (!seed_tensor.defined()) return {seed, offset};
    return {*static_cast<const uint64_t*>(seed_tensor.data),
            *static_cast<const uint64_t*>(offset_tensor.data) + offset};
  }
};
Status source_fits(const Tensor& seed, const Tensor& offset);

Status floating(const Tensor& t);

// Runs `fill` on out's elements in order, also where out is strided.
template <class F> void into(const Tensor& out, F fill) {
  auto to = aten_view(out);
  const bool direct = to.is_contiguous();
  auto dense = direct ? to : at::empty(to.sizes(), to.options());
  fill(dense);
  if (!direct) to.copy_(dense);
}

}  // namespace npu

#define DISPATCH_FLOATING(tensor, what, ...) \
  AT_DISPATCH_FLOATING_TYPES_AND2(at::kHalf, at::kBFloat16, (tensor).scalar_type(), what, __VA_ARGS__)
