#include "aclnnop/pool.h"
#include "npu/ops/check.h"
#include "npu/ops/max_pool.h"

#include <ATen/ops/_adaptive_avg_pool2d_backward_ops.h>
#include <ATen/ops/_adaptive_avg_pool2d_ops.h>
#include <ATen/ops/_adaptive_avg_pool3d_backward_ops.h>
#include <ATen/ops/_adaptive_avg_pool3d_ops.h>
#include <ATen/ops/adaptive_max_pool2d_backward_meta_dispatch.h>
#include <ATen/ops/adaptive_max_pool2d_backward_ops.h>
#include <ATen/ops/adaptive_max_pool2d_ops.h>
#include <ATen/ops/adaptive_max_pool3d_backward_meta_dispatch.h>
#include <ATen/ops/adaptive_max_pool3d_backward_ops.h>
#include <ATen/ops/adaptive_max_pool3d_ops.h>
#include <ATen/ops/avg_pool2d_backward_meta_dispatch.h>
#include <ATen/ops/avg_pool2d_backward_ops.h>
#include <ATen/ops/avg_pool2d_meta_dispatch.h>
#include <ATen/ops/avg_pool2d_ops.h>
#include <ATen/ops/avg_pool3d_backward_meta_dispatch.h>
#include <ATen/ops/avg_pool3d_backward_ops.h>
#include <ATen/ops/avg_pool3d_meta_dispatch.h>
#include <ATen/ops/avg_pool3d_ops.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward_meta_dispatch.h>
#include <ATen/ops/max_pool2d_with_indices_meta_dispatch.h>
#include <ATen/ops/max_pool3d_with_indices_backward_ops.h>
#include <ATen/ops/max_pool3d_with_indices_ops.h>
#include <ATen/ops/max_unpool2d_ops.h>
#include <ATen/ops/max_unpool3d_ops.h>

namespace npu {

ACLNN_OP(aclnnMaxPool2dWithIndices, self, kernel, stride, padding, dilation, ceil_mode, out, indices) {
  if (indices.dtype == ACL_INT64)
    return checked<max_pool2d_with_indices_out, at::meta::max_pool2d_with_indices_outf>(
        self, kernel, stride, padding, dilation, ceil_mode, out, indices);
  Tensor as_long = indices;  // ATen's indices are int64; int32 ones are converted.
  as_long.dtype = ACL_INT64;
  NPU_TRY(checked<max_pool2d_with_indices_out, at::meta::max_pool2d_with_indices_outf>(
              self, kernel, stride, padding, dilation, ceil_mode, out, as_long)
              .error);
  NPU_TRY(indices_fit(indices));
  return copied<at::_ops::max_pool2d_with_indices>({out, Own{indices}}, self, kernel, stride, padding, dilation,
                                                   ceil_mode);
}

ACLNN_OP(aclnnMaxPool2dWithIndicesBackward, grad, self, indices, kernel, stride, padding, dilation, ceil_mode,
         grad_input) {
  return checked<max_pool2d_with_indices_backward_grad_input, at::meta::max_pool2d_with_indices_backward_outf>(
      grad, self, kernel, stride, padding, dilation, ceil_mode, Long{indices}, grad_input);
}

ACLNN_OP(aclnnMaxPool3dWithArgmax, self, kernel, stride, padding, dilation, ceil_mode, out, indices) {
  OP_GIVEN(self.defined() && out.defined() && indices.defined());
  OP_CHECK((self.dims == 4 || self.dims == 5) && out.same_sizes(indices) && out.dims == self.dims,
           "self must have 4 or 5 dimensions, out and indices as many");
  NPU_TRY(indices_fit(indices));
  return copied<at::_ops::max_pool3d_with_indices>({out, Own{indices}}, self, kernel, stride, padding, dilation,
                                                   ceil_mode);
}
ACLNN_OP(aclnnMaxPool3dWithArgmaxBackward, grad_output, self, indices, kernel, stride, padding, dilation, ceil_mode,
         grad_input) {
  OP_GIVEN(self.defined() && grad_input.defined());
  OP_CHECK(self.same_sizes(grad_input), "grad_input must have the shape of self");
  return aten<at::_ops::max_pool3d_with_indices_backward_grad_input>(grad_output, self, kernel, stride, padding,
                                                                     dilation, ceil_mode, Long{indices}, grad_input);
}
// out has the leading dimensions of self and, last, the sizes that are asked for.
static Status sized_fits(const Tensor& self, const IntArray& output_size, const Tensor& out, aclDataType computed) {
  OP_GIVEN(self.defined() && out.defined());
  const int spatial = static_cast<int>(output_size.size()), lead = self.dims - spatial;
  OP_CHECK(lead == 1 || lead == 2, "self must have one or two dimensions more than output_size has numbers");
  std::vector<int64_t> expected(self.sizes, self.sizes + lead);
  expected.insert(expected.end(), output_size.begin(), output_size.end());
  return holds("out", out, expected, computed);
}
static Status unpool_fits(const Tensor& self, const Tensor& indices, const IntArray& output_size, const Tensor& out) {
  OP_GIVEN(self.defined() && indices.defined() && out.defined());
  OP_CHECK(self.same_sizes(indices), "indices must have the shape of self");
  return sized_fits(self, output_size, out, self.dtype);
}
ACLNN_OP(aclnnMaxUnpool2d, self, indices, output_size, out) {
  NPU_TRY(unpool_fits(self, indices, output_size, out));
  return aten<at::_ops::max_unpool2d_out>(self, Long{indices}, output_size, out);
}
ACLNN_OP(aclnnMaxUnpool3d, self, indices, output_size, stride, padding, out) {
  NPU_TRY(unpool_fits(self, indices, output_size, out));
  return aten<at::_ops::max_unpool3d_out>(self, Long{indices}, output_size, stride, padding, out);
}

// A divisor of zero stands for none: the number of elements.
static std::optional<int64_t> optional_divisor(int64_t divisor) {
  return divisor ? std::optional(divisor) : std::nullopt;
}
ACLNN_OP(aclnnAvgPool2d, self, kernel, stride, padding, ceil_mode, count_include_pad, divisor, cube_math_type, out) {
  return checked<at::_ops::avg_pool2d_out, at::meta::avg_pool2d_outf>(
      self, kernel, stride, padding, ceil_mode, count_include_pad, optional_divisor(divisor), out);
}
ACLNN_OP(aclnnAvgPool2dBackward, grad_output, self, kernel, stride, padding, ceil_mode, count_include_pad, divisor,
         cube_math_type, grad_input) {
  return checked<at::_ops::avg_pool2d_backward_grad_input, at::meta::avg_pool2d_backward_outf>(
      grad_output, self, kernel, stride, padding, ceil_mode, count_include_pad, optional_divisor(divisor), grad_input);
}
ACLNN_OP(aclnnAvgPool3d, self, kernel, stride, padding, ceil_mode, count_include_pad, divisor, out) {
  return checked<at::_ops::avg_pool3d_out, at::meta::avg_pool3d_outf>(
      self, kernel, stride, padding, ceil_mode, count_include_pad, optional_divisor(divisor), out);
}
ACLNN_OP(aclnnAvgPool3dBackward, grad_output, self, kernel, stride, padding, ceil_mode, count_include_pad, divisor,
         grad_input) {
  return checked<at::_ops::avg_pool3d_backward_grad_input, at::meta::avg_pool3d_backward_outf>(
      grad_output, self, kernel, stride, padding, ceil_mode, count_include_pad, optional_divisor(divisor), grad_input);
}

static Status like_self(const Tensor& self, const Tensor& grad_input) {
  OP_GIVEN(self.defined() && grad_input.defined());
  OP_CHECK(self.same_sizes(grad_input), "the gradient must have the shape of self");
  return {};
}
#define ADAPTIVE(dims)                                                                                               \
  ACLNN_OP(aclnnAdaptiveAvgPool##dims, self, output_size, out) {                                                     \
    NPU_TRY(sized_fits(self, output_size, out, self.dtype));                                                         \
    return copied<at::_ops::_adaptive_avg_pool##dims>({out}, self, output_size);                                     \
  }                                                                                                                  \
  ACLNN_OP(aclnnAdaptiveAvgPool##dims##Backward, grad_output, self, grad_input) {                                    \
    NPU_TRY(like_self(self, grad_input));                                                                            \
    return copied<at::_ops::_adaptive_avg_pool##dims##_backward>({grad_input}, grad_output, self);                   \
  }                                                                                                                  \
  ACLNN_OP(aclnnAdaptiveMaxPool##dims, self, output_size, out, indices) {                                            \
    NPU_TRY(sized_fits(self, output_size, out, self.dtype));                                                         \
    NPU_TRY(sized_fits(self, output_size, indices, ACL_INT64));                                                      \
    NPU_TRY(indices_fit(indices));                                                                                   \
    return copied<at::_ops::adaptive_max_pool##dims>({out, Own{indices}}, self, output_size);                        \
  }                                                                                                                  \
  ACLNN_OP(aclnnAdaptiveMaxPool##dims##Backward, grad_output, self, indices, grad_input) {                           \
    NPU_TRY(like_self(self, grad_input));                                                                            \
    return checked<at::_ops::adaptive_max_pool##dims##_backward_grad_input,                                          \
                   at::meta::adaptive_max_pool##dims##_backward_outf>(grad_output, self, Long{indices}, grad_input); \
  }
ADAPTIVE(2d)
ADAPTIVE(3d)

// The device's plain max pooling: no indices, one padding for each side.
ACLNN_OP(aclnnMaxPool, self, kernel_shape, strides, auto_pad, pads, dilations, ceil_mode, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(info(self.dtype).kind == Kind::kFloat, "UNIMPLEMENTED: pooling of integers");
  OP_CHECK(self.dims == 3 || self.dims == 4, "self must be CHW or NCHW");
  OP_CHECK(auto_pad == 0, "auto_pad must be 0: pads says it");
  const auto pair = [](const IntArray& a, int64_t none) {
    return std::array<int64_t, 2>{a.empty() ? none : a[0], a.empty() ? none : a.back()};
  };
  OP_CHECK(kernel_shape.size() >= 1 && kernel_shape.size() <= 2 && strides.size() <= 2 && pads.size() <= 4 &&
               pads.size() != 3,
           "kernel_shape has 1 or 2 numbers, strides at most 2, pads 0, 1, 2 or 4");
  const auto kernel = pair(kernel_shape, 1), stride = pair(strides, 1);
  OP_CHECK(kernel[0] > 0 && kernel[1] > 0 && stride[0] > 0 && stride[1] > 0, "windows and steps must be positive");
  for (const int64_t d : dilations) OP_CHECK(d == 1, "UNSUPPORTED: the device has no dilation here");
  std::array<int64_t, 4> pad{};  // top, left, bottom, right
  for (size_t i = 0; i < 4 && !pads.empty(); ++i) pad[i] = pads[i % pads.size()];
  std::vector<int64_t> expected(self.sizes, self.sizes + self.dims);
  std::array<int64_t, 2> missing;  // what the last window lacks
  for (int i = 0; i < 2; ++i) {
    OP_CHECK(pad[i] >= 0 && pad[i + 2] >= 0, "pads must not be negative");
    int64_t& size = expected[self.dims - 2 + i];
    const int64_t length = size, room = length + pad[i] + pad[i + 2] - kernel[i];
    OP_CHECK(room >= 0, "the window is larger than the padded input");
    size = (room + (ceil_mode ? stride[i] - 1 : 0)) / stride[i] + 1;
    if (ceil_mode && (size - 1) * stride[i] >= length + pad[i]) --size;
    missing[i] = std::max<int64_t>((size - 1) * stride[i] - room, 0);
  }
  NPU_TRY(holds("out", out, expected, self.dtype));
  return [=](void*) {
    const auto padded =
        at::constant_pad_nd(aten_view(self), {pad[1], pad[3] + missing[1], pad[0], pad[2] + missing[0]}, -INFINITY);
    copy_result(std::get<0>(at::max_pool2d_with_indices(padded, kernel, stride))
                    .narrow(-1, 0, expected.back())
                    .narrow(-2, 0, expected[expected.size() - 2]),
                out);
  };
}

}  // namespace npu
