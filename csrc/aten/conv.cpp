// What a row cannot say: convolution makes its own outputs.
#include <ATen/native/ConvUtils.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include "aten/row.h"
#include "aclnnop/conv.h"

namespace at_npu {
namespace {

using OptTensor = std::optional<at::Tensor>;

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const OptTensor& bias, at::IntArrayRef stride,
                       at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef output_padding, int64_t groups) {
  const auto sizes = transposed ? at::native::conv_input_size(input.sizes(), weight.sizes(), padding, output_padding,
                                                              stride, dilation, groups)
                                : at::native::conv_output_size(input.sizes(), weight.sizes(), padding, stride, dilation);
  auto out = at::empty(sizes, input.options());
  NPU_LAUNCH(aclnnConvolution, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, out,
             kCubeMathType);
  return out;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward(
    const at::Tensor& grad, const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, at::IntArrayRef output_padding, int64_t groups,
    std::array<bool, 3> mask) {
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
  m.impl("convolution_overrideable", TORCH_FN(convolution));
  m.impl("convolution_backward_overrideable", TORCH_FN(convolution_backward));
}

}  // namespace at_npu
