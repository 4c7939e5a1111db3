#include "aclnnop/conv.h"
#include "npu/ops/cube.h"
#include "npu/ops/fused.h"

#include <ATen/ops/conv_tbc.h>
#include <ATen/ops/conv_tbc_backward.h>
#include <ATen/ops/convolution_backward_ops.h>
#include <ATen/ops/convolution_ops.h>

namespace npu {

// One number stands for all spatial dimensions.
static int64_t at_dim(const IntArray& a, int i, int64_t otherwise) {
  return a.empty() ? otherwise : a.size() == 1 ? a[0] : a.at(i);
}

static Status conv_fits(const Tensor& input, const Tensor& weight, const Tensor& bias, const IntArray& stride,
                        const IntArray& padding, const IntArray& dilation, bool transposed,
                        const IntArray& output_padding, int64_t groups, const Tensor& out) {
  OP_GIVEN(input.defined() && weight.defined() && out.defined());
  const int dims = weight.dims;
  OP_CHECK(dims >= 3 && dims <= 5 && input.dims == dims, "input and weight must both have 3, 4 or 5 dimensions");
  OP_CHECK(out.dims == input.dims, "out must have as many dimensions as input");
  OP_CHECK(groups > 0, "groups must be positive");
  const int64_t in_channels = input.sizes[1];
  const int64_t expected_in = transposed ? weight.sizes[0] : weight.sizes[1] * groups;
  const int64_t out_channels = transposed ? weight.sizes[1] * groups : weight.sizes[0];
  OP_CHECK(in_channels == expected_in && in_channels % groups == 0 && out_channels % groups == 0,
           "the channels of input, weight and groups do not match");
  OP_CHECK(!bias.defined() || (bias.dims == 1 && bias.sizes[0] == out_channels),
           "bias must have one element for each output channel");
  OP_CHECK(out.sizes[0] == input.sizes[0] && out.sizes[1] == out_channels,
           "out must have input's batch and weight's output channels");
  for (int i = 0; i < dims - 2; ++i) {
    const int64_t in = input.sizes[2 + i], kernel = weight.sizes[2 + i], s = at_dim(stride, i, 1),
                  p = at_dim(padding, i, 0), d = at_dim(dilation, i, 1), extra = at_dim(output_padding, i, 0);
    OP_CHECK(s > 0 && d > 0 && p >= 0 && extra >= 0, "stride and dilation must be positive, padding not negative");
    const int64_t reach = d * (kernel - 1) + 1;
    OP_CHECK(transposed || in + 2 * p >= reach, "the kernel is larger than the padded input");
    const int64_t expected = transposed ? (in - 1) * s - 2 * p + reach + extra : (in + 2 * p - reach) / s + 1;
    OP_CHECK(out.sizes[2 + i] == expected,
             "out's spatial size " + std::to_string(i) + " must be " + std::to_string(expected));
  }
  return {};
}

ACLNN_OP(aclnnConvolution, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, out,
         cube_math_type) {
  NPU_TRY(conv_fits(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, out));
  return copied<cube<at::_ops::convolution>>({out}, input, weight, bias, stride, padding, dilation, transposed,
                                             output_padding, groups);
}

ACLNN_OP(aclnnConvolutionBackward, grad_output, input, weight, bias_sizes, stride, padding, dilation, transposed,
         output_padding, groups, output_mask, cube_math_type, grad_input, grad_weight, grad_bias) {
  NPU_TRY(conv_fits(input, weight, {}, stride, padding, dilation, transposed, output_padding, groups, grad_output));
  OP_CHECK(output_mask.size() == 3, "output_mask says which of three gradients are wanted");
  if (output_mask[0]) NPU_TRY(holds("grad_input", grad_input, sizes(input), input.dtype));
  if (output_mask[1]) NPU_TRY(holds("grad_weight", grad_weight, sizes(weight), input.dtype));
  if (output_mask[2]) NPU_TRY(holds("grad_bias", grad_bias, {grad_output.sizes[1]}, input.dtype));
  return copied<cube<at::_ops::convolution_backward>>(
      {output_mask[0] ? grad_input : Tensor(), output_mask[1] ? grad_weight : Tensor(),
       output_mask[2] ? grad_bias : Tensor()},
      grad_output, input, weight, bias_sizes, stride, padding, dilation, transposed, output_padding, groups,
      output_mask);
}

// A filter of its own for each channel, or several.
static Status within(const char* name, const IntArray& a, int64_t low, int64_t high) {
  OP_CHECK(a.size() == 2, std::string(name) + " must have 2 numbers");
  for (int64_t x : a)
    OP_CHECK(x >= low && x <= high,
             std::string(name) + " must be between " + std::to_string(low) + " and " + std::to_string(high));
  return {};
}
ACLNN_OP(aclnnConvDepthwise2d, self, weight, kernel_size, bias, stride, padding, dilation, out, cube_math_type) {
  OP_GIVEN(self.defined() && weight.defined());
  OP_CHECK(self.dims == 4 && weight.dims == 4 && weight.sizes[1] == 1,
           "self must be [n, c, h, w] and weight [c * filters, 1, h, w]");
  OP_CHECK(self.sizes[1] > 0, "self must have a channel");
  OP_CHECK(kernel_size.size() == 2 && kernel_size[0] == weight.sizes[2] && kernel_size[1] == weight.sizes[3],
           "kernel_size must be that of weight");
  OP_CHECK(self.dtype == weight.dtype && out.dtype == self.dtype && (!bias.defined() || bias.dtype == self.dtype),
           "self, weight, bias and out must have one dtype");
  NPU_TRY(within("stride", stride, 1, 63));
  NPU_TRY(within("padding", padding, 0, 255));
  NPU_TRY(within("dilation", dilation, 1, 255));
  const IntArray none{0, 0};
  NPU_TRY(conv_fits(self, weight, bias, stride, padding, dilation, false, none, self.sizes[1], out));
  return copied<cube<at::_ops::convolution>>({out}, self, weight, bias, stride, padding, dilation, false, none,
                                             self.sizes[1]);
}

// `output`: what the convolution gives, or its gradient.
static Status tbc_fits(const Tensor& input, const Tensor& weight, const Tensor& bias, int64_t pad, const char* name,
                       const Tensor& output) {
  OP_GIVEN(input.defined() && weight.defined() && bias.defined());
  OP_CHECK(input.dims == 3 && weight.dims == 3 && bias.dims == 1,
           "the input is [steps, batch, channels], weight [kernel, channels, out_channels], bias [out_channels]");
  OP_CHECK(input.sizes[2] == weight.sizes[1] && bias.sizes[0] == weight.sizes[2],
           "the channels of input, weight and bias do not match");
  OP_CHECK(input.dtype == weight.dtype && input.dtype == bias.dtype && input.dtype == output.dtype,
           "the tensors must have one dtype");
  const int64_t steps = input.sizes[0] + 2 * pad - weight.sizes[0] + 1;
  OP_CHECK(steps >= 0, "the kernel is larger than the padded input");
  return holds(name, output, {steps, input.sizes[1], weight.sizes[2]}, input.dtype);
}
static at::Tensor dense(const Tensor& t) { return wide(t).contiguous(); }  // as ATen's kernels want it
ACLNN_OP(aclnnConvTbc, self, weight, bias, pad, out, cube_math_type) {
  OP_CHECK(pad >= 0 && pad <= 255, "pad must be between 0 and 255");
  NPU_TRY(tbc_fits(self, weight, bias, pad, "out", out));
  return [=](void*) { copy_result(at::conv_tbc(dense(self), dense(weight), dense(bias), pad), out); };
}
ACLNN_OP(aclnnConvTbcBackward, self, input, weight, bias, pad, cube_math_type, grad_input, grad_weight, grad_bias) {
  OP_CHECK(pad >= 0 && pad <= INT32_MAX, "pad must not be negative");
  NPU_TRY(tbc_fits(input, weight, bias, pad, "self", self));
  NPU_TRY(holds("grad_input", grad_input, sizes(input), input.dtype));
  NPU_TRY(holds("grad_weight", grad_weight, sizes(weight), input.dtype));
  NPU_TRY(holds("grad_bias", grad_bias, sizes(bias), input.dtype));
  return [=](void*) {
    const auto [of_input, of_weight, of_bias] =
        at::conv_tbc_backward(dense(self), dense(input), dense(weight), dense(bias), pad);
    copy_result(of_input, grad_input);
    copy_result(of_weight, grad_weight);
    copy_result(of_bias, grad_bias);
  };
}

}  // namespace npu
