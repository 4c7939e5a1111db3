// What a row cannot say: convolution makes its own outputs. And the forms of PyTorch whose names say how another device
// computes them: here they are convolutions as any other.
#include "aten/row.h"

#include <ATen/native/ConvUtils.h>
#include <ATen/ops/_conv_depthwise2d_ops.h>
#include <ATen/ops/_slow_conv2d_backward_ops.h>
#include <ATen/ops/_slow_conv2d_forward_ops.h>
#include <ATen/ops/convolution_backward_overrideable_ops.h>
#include <ATen/ops/convolution_overrideable_ops.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/slow_conv3d_forward_ops.h>
#include <ATen/ops/slow_conv_dilated2d_ops.h>
#include <ATen/ops/slow_conv_dilated3d_ops.h>
#include <ATen/ops/slow_conv_transpose2d_ops.h>
#include <ATen/ops/slow_conv_transpose3d_ops.h>
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

// A number for each of the spatial dimensions.
at::DimVector all(size_t dims, int64_t x) { return at::DimVector(dims, x); }
at::DimVector each_dim(size_t dims, at::IntArrayRef x) { return x.size() == 1 ? all(dims, x[0]) : at::DimVector(x); }

// `kernel` says how many spatial dimensions there are: an input without a batch has one dimension more.
at::Tensor convolve(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel, const OptTensor& bias,
                    at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                    at::IntArrayRef output_padding) {
  const size_t dims = kernel.size();
  const int64_t batched = static_cast<int64_t>(dims) + 2;
  TORCH_CHECK(input.dim() == batched || input.dim() == batched - 1, "Expected a ", batched - 1, "D or ", batched,
              "D input, but got an input of size ", input.sizes());
  TORCH_CHECK(weight.dim() == batched && weight.sizes().slice(2) == kernel, "Expected a weight with a kernel of ",
              kernel, ", but got a weight of size ", weight.sizes());
  const bool single = input.dim() < batched;
  const auto out =
      convolution(single ? input.unsqueeze(0) : input, weight, bias, each_dim(dims, stride), each_dim(dims, padding),
                  each_dim(dims, dilation), transposed, each_dim(dims, output_padding), 1);
  return single ? out.squeeze(0) : out;
}

at::Tensor slow_conv(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel, const OptTensor& bias,
                     at::IntArrayRef stride, at::IntArrayRef padding) {
  // Older programs keep a kernel's taps in one dimension.
  const auto taps = [&] {
    at::DimVector sizes{weight.size(0), input.size(-static_cast<int64_t>(kernel.size()) - 1)};
    sizes.append(kernel.begin(), kernel.end());
    return weight.reshape(sizes);
  };
  return convolve(input, weight.dim() == 2 ? taps() : weight, kernel, bias, stride, padding, {1}, false, {0});
}
at::Tensor& slow_conv_out(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel,
                          const OptTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding, at::Tensor& out) {
  return copy_out(slow_conv(input, weight, kernel, bias, stride, padding), out);
}
using Three = std::tuple<at::Tensor, at::Tensor, at::Tensor>;
Three slow_conv_backward(const at::Tensor& grad, const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef,
                         at::IntArrayRef stride, at::IntArrayRef padding, std::array<bool, 3> mask) {
  return convolution_backward(grad, input, weight, each_dim(2, stride), each_dim(2, padding), all(2, 1), false,
                              all(2, 0), 1, mask);
}
std::tuple<at::Tensor&, at::Tensor&, at::Tensor&> slow_conv_backward_out(
    const at::Tensor& grad, const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel,
    at::IntArrayRef stride, at::IntArrayRef padding, at::Tensor& grad_input, at::Tensor& grad_weight,
    at::Tensor& grad_bias) {
  const auto [of_input, of_weight, of_bias] =
      slow_conv_backward(grad, input, weight, kernel, stride, padding, {true, true, true});
  return {copy_out(of_input, grad_input), copy_out(of_weight, grad_weight), copy_out(of_bias, grad_bias)};
}
at::Tensor dilated_conv(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel,
                        const OptTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                        at::IntArrayRef dilation) {
  return convolve(input, weight, kernel, bias, stride, padding, dilation, false, {0});
}
at::Tensor transposed_conv(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel,
                           const OptTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                           at::IntArrayRef output_padding, at::IntArrayRef dilation) {
  return convolve(input, weight, kernel, bias, stride, padding, dilation, true, output_padding);
}
at::Tensor& transposed_conv_out(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel,
                                const OptTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                                at::IntArrayRef output_padding, at::IntArrayRef dilation, at::Tensor& out) {
  return copy_out(transposed_conv(input, weight, kernel, bias, stride, padding, output_padding, dilation), out);
}

at::Tensor depthwise(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel, const OptTensor& bias,
                     at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation) {
  TORCH_CHECK(input.dim() == 4 && weight.dim() == 4, "Expected a 4D input and weight, but got sizes ", input.sizes(),
              " and ", weight.sizes());
  const auto s = each_dim(2, stride), p = each_dim(2, padding), d = each_dim(2, dilation);
  const c10_npu::NPUGuard guard(input.device());
  auto out = at::empty(at::native::conv_output_size(input.sizes(), weight.sizes(), p, s, d), input.options());
  NPU_LAUNCH(aclnnConvDepthwise2d, input, weight, kernel, bias, at::IntArrayRef(s), at::IntArrayRef(p),
             at::IntArrayRef(d), out, kCubeMathType);
  return out;
}
at::Tensor& depthwise_out(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef kernel,
                          const OptTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                          at::IntArrayRef dilation, at::Tensor& out) {
  return copy_out(depthwise(input, weight, kernel, bias, stride, padding, dilation), out);
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(convolution_overrideable, aclnnConvolution, convolution);
  NPU_CUSTOM(convolution_backward_overrideable, aclnnConvolutionBackward, convolution_backward);
  NPU_CUSTOM(_conv_depthwise2d, aclnnConvDepthwise2d, depthwise);
  NPU_CUSTOM(_conv_depthwise2d_out, aclnnConvDepthwise2d, depthwise_out);
  NPU_CUSTOM(_slow_conv2d_forward, aclnnConvolution, slow_conv);
  NPU_CUSTOM(_slow_conv2d_forward_output, aclnnConvolution, slow_conv_out);
  NPU_CUSTOM(_slow_conv2d_backward_output_mask, aclnnConvolutionBackward, slow_conv_backward);
  NPU_CUSTOM(_slow_conv2d_backward_grad_input, aclnnConvolutionBackward, slow_conv_backward_out);
  NPU_CUSTOM(slow_conv3d_forward, aclnnConvolution, slow_conv);
  NPU_CUSTOM(slow_conv3d_forward_output, aclnnConvolution, slow_conv_out);
  NPU_CUSTOM(slow_conv_dilated2d, aclnnConvolution, dilated_conv);
  NPU_CUSTOM(slow_conv_dilated3d, aclnnConvolution, dilated_conv);
  NPU_CUSTOM(slow_conv_transpose2d_out, aclnnConvolution, transposed_conv_out);
  NPU_CUSTOM(slow_conv_transpose3d, aclnnConvolution, transposed_conv);
  NPU_CUSTOM(slow_conv_transpose3d_out, aclnnConvolution, transposed_conv_out);
}

}  // namespace at_npu
