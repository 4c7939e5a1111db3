#include "aclnnop/norm.h"
#include "npu/ops/check.h"

#include <ATen/ops/native_batch_norm_backward_ops.h>
#include <ATen/ops/native_batch_norm_ops.h>
#include <ATen/ops/native_group_norm_backward_ops.h>
#include <ATen/ops/native_group_norm_ops.h>
#include <ATen/ops/native_layer_norm_backward_ops.h>
#include <ATen/ops/native_layer_norm_ops.h>

namespace npu {

static bool per_channel(const Tensor& t, int64_t channels) {
  return !t.defined() || (t.dims == 1 && t.sizes[0] == channels);
}
static Tensor wanted(const BoolArray& mask, size_t i, const Tensor& t) { return mask.at(i) ? t : Tensor(); }
// The gradients that are wanted, of the input and of a weight and a bias of one shape.
static Status grads_fit(const BoolArray& mask, const Tensor& input, const Tensor& grad_input, at::IntArrayRef shape,
                        const Tensor& grad_weight, const Tensor& grad_bias) {
  OP_CHECK(mask.size() == 3, "output_mask says which of three gradients are wanted");
  if (mask[0]) NPU_TRY(holds("the input's gradient", grad_input, sizes(input), input.dtype));
  if (mask[1]) NPU_TRY(holds("the weight's gradient", grad_weight, shape, input.dtype));
  if (mask[2]) NPU_TRY(holds("the bias's gradient", grad_bias, shape, input.dtype));
  return {};
}

// The statistics of a batch in evaluation are empty: the outputs for them stay as they are.
ACLNN_OP(aclnnBatchNorm, input, weight, bias, running_mean, running_var, training, momentum, eps, out, save_mean,
         save_invstd) {
  OP_GIVEN(input.defined() && out.defined());
  OP_CHECK(input.dims >= 2, "input needs 2 dimensions or more");
  NPU_TRY(holds("out", out, sizes(input), input.dtype));
  const int64_t channels = input.sizes[1];
  OP_CHECK(per_channel(weight, channels) && per_channel(bias, channels) && per_channel(running_mean, channels) &&
               per_channel(running_var, channels),
           "weight, bias and the running statistics must have one element for each channel");
  OP_CHECK(training || (running_mean.defined() && running_var.defined()),
           "without training the running statistics are needed");
  if (training) {
    NPU_TRY(holds_if_given("save_mean", save_mean, {channels}, statistic(input.dtype)));
    NPU_TRY(holds_if_given("save_invstd", save_invstd, {channels}, statistic(input.dtype)));
  }
  return [=](void*) {
    const auto result =
        at::_ops::native_batch_norm::call(aten_view(input), aten_view(weight), aten_view(bias), aten_view(running_mean),
                                          aten_view(running_var), training, momentum, eps);
    copy_result(std::get<0>(result), out);
    if (!training) return;
    copy_result(std::get<1>(result), save_mean);
    copy_result(std::get<2>(result), save_invstd);
  };
}

// Statistics are float32; ATen's kernels for 16 bits want the weight to be, too.
static bool mixed(const Tensor& input, const Tensor& weight, const Tensor& mean) {
  return mean.defined() && mean.dtype != input.dtype && (!weight.defined() || weight.dtype == input.dtype);
}
ACLNN_OP(aclnnBatchNormBackward, grad_output, self, weight, running_mean, running_var, save_mean, save_invstd, train,
         eps, output_mask, grad_input, grad_weight, grad_bias) {
  OP_GIVEN(grad_output.defined() && self.defined());
  OP_CHECK(self.dims >= 2 && grad_output.same_sizes(self),
           "self needs 2 dimensions or more, and grad_output its shape");
  NPU_TRY(grads_fit(output_mask, self, grad_input, {self.sizes[1]}, grad_weight, grad_bias));
  const int64_t channels = self.sizes[1];
  OP_CHECK(train ? save_mean.defined() && save_invstd.defined() : running_mean.defined() && running_var.defined(),
           "training needs save_mean and save_invstd, evaluation the running statistics");
  for (const Tensor* t :
       {&weight, &running_mean, &running_var, train ? &save_mean : &weight, train ? &save_invstd : &weight})
    OP_CHECK(per_channel(*t, channels), "weight and the statistics must have one element for each channel");
  const bool wide = mixed(self, weight, save_mean);
  return copied<at::_ops::native_batch_norm_backward>(
      {wanted(output_mask, 0, grad_input), wanted(output_mask, 1, grad_weight), wanted(output_mask, 2, grad_bias)},
      Dense{grad_output, wide}, Dense{self, wide}, Dense{weight, wide}, Dense{running_mean, wide},
      Dense{running_var, wide}, Dense{save_mean, wide}, Dense{save_invstd, wide}, train, eps, output_mask);
}

static Status layer_norm_fits(const Tensor& input, const IntArray& shape, const Tensor& weight, const Tensor& bias) {
  OP_GIVEN(input.defined());
  const int lead = input.dims - static_cast<int>(shape.size());
  OP_CHECK(!shape.empty() && lead >= 0 && std::equal(shape.begin(), shape.end(), input.sizes + lead),
           "input's last dimensions must be normalized_shape");
  for (const Tensor* t : {&weight, &bias})
    OP_CHECK(!t->defined() ||
                 (t->dims == static_cast<int>(shape.size()) && std::equal(shape.begin(), shape.end(), t->sizes)),
             "weight and bias must have the shape normalized_shape");
  return {};
}
static Plan layer_norm(const Tensor& input, IntArray shape, const Tensor& weight, const Tensor& bias, double eps,
                       const Tensor& out, const Tensor& mean, const Tensor& rstd) {
  NPU_TRY(layer_norm_fits(input, shape, weight, bias));
  NPU_TRY(holds("out", out, sizes(input), input.dtype));
  Tensor rows = input;
  std::fill_n(rows.sizes + rows.dims - static_cast<int>(shape.size()), shape.size(), 1);
  NPU_TRY(holds_if_given("mean", mean, sizes(rows), statistic(input.dtype)));
  NPU_TRY(holds_if_given("rstd", rstd, sizes(rows), statistic(input.dtype)));
  return copied<at::_ops::native_layer_norm>({out, mean, rstd}, input, shape, weight, bias, eps);
}
ACLNN_OP(aclnnLayerNorm, input, normalized_shape, weight, bias, eps, out, mean, rstd) {
  return layer_norm(input, normalized_shape, weight, bias, eps, out, mean, rstd);
}
ACLNN_OP(aclnnFastLayerNorm, input, normalized_shape, weight, bias, eps, out, mean, rstd) {
  return layer_norm(input, normalized_shape, weight, bias, eps, out, mean, rstd);
}
ACLNN_OP(aclnnLayerNormBackward, grad_output, input, normalized_shape, mean, rstd, weight, bias, output_mask,
         grad_input, grad_weight, grad_bias) {
  NPU_TRY(layer_norm_fits(input, normalized_shape, weight, bias));
  OP_CHECK(grad_output.same_sizes(input), "grad_output must have the shape of input");
  NPU_TRY(grads_fit(output_mask, input, grad_input, normalized_shape, grad_weight, grad_bias));
  OP_CHECK((!output_mask[1] || weight.defined()) && (!output_mask[2] || bias.defined()),
           "a weight or bias that is not given has no gradient");
  const bool wide = mean.defined() && mean.dtype != input.dtype;  // Float32 statistics: ATen wants all to be, or none.
  return copied<at::_ops::native_layer_norm_backward>(
      {wanted(output_mask, 0, grad_input), wanted(output_mask, 1, grad_weight), wanted(output_mask, 2, grad_bias)},
      Dense{grad_output, wide}, Dense{input, wide}, normalized_shape, Dense{mean, wide}, Dense{rstd, wide},
      Dense{weight, wide}, Dense{bias, wide}, output_mask);
}

ACLNN_OP(aclnnGroupNorm, input, weight, bias, n, c, hxw, group, eps, out, mean, rstd) {
  OP_GIVEN(input.defined() && out.defined());
  NPU_TRY(holds("out", out, sizes(input), input.dtype));
  NPU_TRY(holds_if_given("mean", mean, {n, group}, statistic(input.dtype)));
  NPU_TRY(holds_if_given("rstd", rstd, {n, group}, statistic(input.dtype)));
  OP_CHECK(group > 0 && c % group == 0 && n * c * hxw == input.numel(), "n, c, hxw and group must match input");
  OP_CHECK(per_channel(weight, c) && per_channel(bias, c), "weight and bias must have one element for each channel");
  return copied<at::_ops::native_group_norm>({out, mean, rstd}, input, weight, bias, n, c, hxw, group, eps);
}
ACLNN_OP(aclnnGroupNormBackward, grad_output, input, mean, rstd, gamma, n, c, hxw, group, output_mask, grad_x,
         grad_gamma, grad_beta) {
  OP_GIVEN(grad_output.defined() && input.defined());
  OP_CHECK(grad_output.same_sizes(input), "grad_output must have the shape of input");
  NPU_TRY(grads_fit(output_mask, input, grad_x, {c}, grad_gamma, grad_beta));
  const bool wide = mixed(input, gamma, mean);
  return copied<at::_ops::native_group_norm_backward>(
      {wanted(output_mask, 0, grad_x), wanted(output_mask, 1, grad_gamma), wanted(output_mask, 2, grad_beta)},
      Dense{grad_output, wide}, Dense{input, wide}, Dense{mean, wide}, Dense{rstd, wide}, Dense{gamma, wide}, n, c, hxw,
      group, output_mask);
}

}  // namespace npu
