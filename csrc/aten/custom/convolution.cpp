// What a row cannot say: convolution makes its own outputs.
#include "aten/row.h"

#include <ATen/native/ConvUtils.h>
#include <ATen/ops/convolution_backward_overrideable_ops.h>
#include <ATen/ops/convolution_overrideable_ops.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include "aclnnop/conv.h"

namespace at_npu {
namespace {

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const OptTensor& bias, at::IntArrayRef stride,
                       at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef output_padding, int64_t groups) {
  const auto sizes = transposed
                         ? at::native::conv_input_size(input.sizes(), weight.sizes(), padding, output_padding, stride,
                                                       dilation, groups)
                         : at::native::conv_output_size(input.sizes(), weight.sizes(), padding, stride, dilation);
  const c10_npu::NPUGuard guard(input.device());
  auto out = at::empty(sizes, input.options());
  NPU_LAUNCH(aclnnConvolution, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, out,
             kCubeMathType);
  return out;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward(const at::Tensor& grad, const at::Tensor& input,
                                                                    const at::Tensor& weight, at::IntArrayRef stride,
                                                                    at::IntArrayRef padding, at::IntArrayRef dilation,
                                                                    bool transposed, at::IntArrayRef output_padding,
                                                                    int64_t groups, std::array<bool, 3> mask) {
  const c10_npu::NPUGuard guard(grad.device());
  const int64_t channels = grad.size(1);
  at::Tensor grad_input, grad_weight, grad_bias;
  if (mask[0]) grad_input = at::empty_like(input);
  if (mask[1]) grad_weight = at::empty_like(weight);
  if (mask[2]) grad_bias = at::empty({channels}, weight.options());
  NPU_LAUNCH(aclnnConvolutionBackward, grad, input, weight, at::IntArrayRef(channels), stride, padding, dilation,
             transposed, output_padding, groups, mask, kCubeMathType, grad_input, grad_weight, grad_bias);
  return {grad_input, grad_weight, grad_bias};
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(convolution_overrideable, aclnnConvolution, convolution);
  NPU_CUSTOM(convolution_backward_overrideable, aclnnConvolutionBackward, convolution_backward);
}

}  // namespace at_npu
