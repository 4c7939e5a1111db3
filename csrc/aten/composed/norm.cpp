// Batch normalization under its newer names.
#include "aten/composed/composed.h"

#include <ATen/ops/_batch_norm_with_update_ops.h>
#include <ATen/ops/_native_batch_norm_legit_ops.h>
#include <ATen/ops/batch_norm_backward_ops.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/native_batch_norm.h>
#include <ATen/ops/native_batch_norm_backward.h>

namespace at_npu {
namespace {

using Four = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>;

// The statistics are of the running ones' dtype; the reserve is what cuDNN would need.
Four batch_norm(const at::Tensor& input, const OptTensor& weight, const OptTensor& bias, at::Tensor& running_mean,
                at::Tensor& running_var, double momentum, double eps) {
  const auto [out, mean, invstd] =
      at::native_batch_norm(input, weight, bias, running_mean, running_var, true, momentum, eps);
  const auto dtype = running_mean.scalar_type();
  return {out, mean.to(dtype), invstd.to(dtype), at::empty({0}, input.options().dtype(at::kByte))};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> without_stats(const at::Tensor& input, const OptTensor& weight,
                                                             const OptTensor& bias, bool training, double momentum,
                                                             double eps) {
  return at::native_batch_norm(input, weight, bias, {}, {}, training, momentum, eps);
}

at::Tensor widened(const OptTensor& t, at::ScalarType dtype) { return t && t->defined() ? t->to(dtype) : at::Tensor(); }

std::tuple<at::Tensor, at::Tensor, at::Tensor> batch_norm_backward(const at::Tensor& grad, const at::Tensor& input,
                                                                   const at::Tensor& weight,
                                                                   const OptTensor& running_mean,
                                                                   const OptTensor& running_var, const OptTensor& mean,
                                                                   const OptTensor& invstd, bool update, double eps,
                                                                   std::array<bool, 3> mask, const at::Tensor&) {
  const auto dtype = compute_dtype(input.scalar_type());
  auto [dx, dw, db] = at::native_batch_norm_backward(grad.to(dtype), input.to(dtype), widened(weight, dtype),
                                                     widened(running_mean, dtype), widened(running_var, dtype),
                                                     widened(mean, dtype), widened(invstd, dtype), update, eps, mask);
  const auto parameters = weight.defined() ? weight.scalar_type() : input.scalar_type();
  return {widened(dx, input.scalar_type()), widened(dw, parameters), widened(db, parameters)};
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(_batch_norm_with_update, batch_norm);
  NPU_COMPOSED(_native_batch_norm_legit_no_stats, without_stats);
  NPU_COMPOSED(batch_norm_backward, batch_norm_backward);
}

}  // namespace at_npu
