// Reductions the device has no operator for.
#include "aten/composed/composed.h"

#include <ATen/WrapDimUtils.h>
#include <ATen/ops/_pdist_backward_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/hash_tensor_ops.h>
#include <ATen/ops/max_ops.h>
#include <ATen/ops/min_ops.h>
#include <ATen/ops/mvlgamma_ops.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/zeros_like.h>

namespace at_npu {
namespace {

// One dimension, by folding its upper half onto the lower one.
at::Tensor fold_xor(at::Tensor bits, int64_t dim) {
  for (int64_t length = bits.size(dim); length > 1; length = bits.size(dim)) {
    const int64_t kept = (length + 1) / 2, folded = length - kept;
    auto lower = bits.narrow(dim, 0, kept).clone();
    lower.narrow(dim, 0, folded).bitwise_xor_(bits.narrow(dim, kept, folded));
    bits = std::move(lower);
  }
  return bits;
}

// The exclusive or of the elements' bits as float64 or int64.
at::Tensor hash_tensor(const at::Tensor& self, at::IntArrayRef dims, bool keepdim, int64_t mode) {
  TORCH_CHECK(mode == 0, "hash_tensor: Unknown mode ", mode);
  auto bits = self.is_floating_point() ? wide(self).contiguous().view(at::kLong) : self.to(at::kLong);
  const auto sizes = reduced_sizes(self, dims, keepdim);
  for (const int64_t dim : dims.empty() ? at::IntArrayRef(every_dim(self)) : dims)
    if (self.dim()) bits = fold_xor(bits, dim);
  return bits.reshape(sizes).view(at::kUInt64);
}

at::Tensor max_of_all(const at::Tensor& self) { return self.max(); }
at::Tensor min_of_all(const at::Tensor& self) { return self.min(); }
at::Tensor mvlgamma(const at::Tensor& self, int64_t p) { return self.mvlgamma(p); }

// Of the pairs i < j, in the order of the distances.
at::Tensor pdist_backward(const at::Tensor& grad, const at::Tensor& self, double p, const at::Tensor& distances) {
  const int64_t n = self.size(0), pairs = distances.numel();
  if (pairs == 0 || self.numel() == 0 || p == 0) return at::zeros_like(self);
  const auto row = at::arange(n, self.options().dtype(at::kLong));
  const auto before = (row * (2 * n - 1 - row)).__rshift__(1);  // the pairs of the rows before
  const auto pair = at::arange(pairs, row.options());
  const auto i = at::searchsorted(before, pair, false, true) - 1;
  const auto j = pair - before.index_select(0, i) + i + 1;
  const auto difference = self.index_select(0, i) - self.index_select(0, j), size = difference.abs();
  const auto distance = distances.reshape({-1, 1});
  auto slope = difference.sign();
  if (p == std::numeric_limits<double>::infinity()) slope = slope * (size == distance);
  else if (p != 1) slope = slope * at::where((distance == 0).logical_or(size == 0), 0.0, (size / distance).pow(p - 1));
  const auto each = slope * grad.reshape({-1, 1});
  return at::zeros_like(self).index_add(0, i, each).index_add(0, j, -each);
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(hash_tensor_out, hash_tensor);
  NPU_COMPOSED(max_unary_out, max_of_all);
  NPU_COMPOSED(min_unary_out, min_of_all);
  NPU_COMPOSED(mvlgamma_out, mvlgamma);
  NPU_COMPOSED(_pdist_backward, pdist_backward);
}

}  // namespace at_npu
