#include "aclnnop/activation.h"
#include "npu/ops/check.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_log_softmax_backward_data_meta_dispatch.h>
#include <ATen/ops/_log_softmax_backward_data_ops.h>
#include <ATen/ops/_log_softmax_meta_dispatch.h>
#include <ATen/ops/_log_softmax_ops.h>
#include <ATen/ops/_prelu_kernel_backward_ops.h>
#include <ATen/ops/_prelu_kernel_ops.h>
#include <ATen/ops/_softmax_backward_data_meta_dispatch.h>
#include <ATen/ops/_softmax_backward_data_ops.h>
#include <ATen/ops/_softmax_meta_dispatch.h>
#include <ATen/ops/_softmax_ops.h>
#include <ATen/ops/celu_ops.h>
#include <ATen/ops/clamp_min_ops.h>
#include <ATen/ops/elu_backward_ops.h>
#include <ATen/ops/elu_ops.h>
#include <ATen/ops/gelu_backward_ops.h>
#include <ATen/ops/gelu_ops.h>
#include <ATen/ops/glu_backward_ops.h>
#include <ATen/ops/glu_meta_dispatch.h>
#include <ATen/ops/glu_ops.h>
#include <ATen/ops/hardshrink_backward_ops.h>
#include <ATen/ops/hardshrink_ops.h>
#include <ATen/ops/hardsigmoid_backward_ops.h>
#include <ATen/ops/hardsigmoid_ops.h>
#include <ATen/ops/hardswish_backward_ops.h>
#include <ATen/ops/hardswish_ops.h>
#include <ATen/ops/hardtanh_backward_ops.h>
#include <ATen/ops/hardtanh_ops.h>
#include <ATen/ops/leaky_relu_backward_ops.h>
#include <ATen/ops/leaky_relu_ops.h>
#include <ATen/ops/log_sigmoid_backward_ops.h>
#include <ATen/ops/log_sigmoid_forward_ops.h>
#include <ATen/ops/mish_backward_ops.h>
#include <ATen/ops/mish_ops.h>
#include <ATen/ops/silu_backward_ops.h>
#include <ATen/ops/silu_ops.h>
#include <ATen/ops/softplus_backward_ops.h>
#include <ATen/ops/softplus_ops.h>
#include <ATen/ops/softshrink_backward_ops.h>
#include <ATen/ops/softshrink_ops.h>
#include <ATen/ops/threshold_backward_ops.h>
#include <ATen/ops/threshold_ops.h>

namespace npu {

// relu.out is PyTorch's generated copy-back form; clamp_min writes where it is told.
static const Scalar kZero{int64_t{0}};
ACLNN_OP(aclnnRelu, self, out) { return elementwise<at::_ops::clamp_min_out>(self, out, kZero); }
ACLNN_OP(aclnnInplaceRelu, self) { return elementwise<at::_ops::clamp_min_out>(self, self, kZero); }
ACLNN_OP(aclnnThresholdBackward, grad_output, self, threshold, out) {
  NPU_TRY(binary_fits(grad_output, self, out, Gives::kSame));
  return aten<at::_ops::threshold_backward_grad_input>(grad_output, self, threshold, out);
}
ACLNN_OP(aclnnThreshold, self, threshold, value, out) {
  return elementwise<at::_ops::threshold_out>(self, out, threshold, value);
}
ACLNN_OP(aclnnInplaceThreshold, self, threshold, value) {
  return elementwise<at::_ops::threshold_out>(self, self, threshold, value);
}

#define PLAIN(name, kernel) \
  ACLNN_OP(aclnn##name, self, out) { return elementwise<at::_ops::kernel>(self, out); }
#define PLAIN_BOTH(name, kernel) \
  PLAIN(name, kernel)            \
  ACLNN_OP(aclnnInplace##name, self) { return elementwise<at::_ops::kernel>(self, self); }
#define WITH_NUMBER(name, kernel) \
  ACLNN_OP(aclnn##name, self, number, out) { return elementwise<at::_ops::kernel>(self, out, number); }
#define BACKWARD(name, kernel) \
  ACLNN_OP(aclnn##name, grad_output, self, out) { return broadcast<at::_ops::kernel>(grad_output, self, out); }
#define BACKWARD_WITH_NUMBER(name, kernel)                              \
  ACLNN_OP(aclnn##name, grad_output, self, number, out) {               \
    return broadcast<at::_ops::kernel>(grad_output, self, out, number); \
  }
// For backward operators that have no form that writes where it is told.
#define BACKWARD_COPIED(name, kernel)                           \
  ACLNN_OP(aclnn##name, grad_output, self, out) {               \
    NPU_TRY(binary_fits(grad_output, self, out, Gives::kSame)); \
    return copied<at::_ops::kernel>({out}, grad_output, self);  \
  }

PLAIN(Silu, silu_out)
PLAIN_BOTH(Hardsigmoid, hardsigmoid_out)
PLAIN_BOTH(Hardswish, hardswish_out)
PLAIN_BOTH(Mish, mish_out)
WITH_NUMBER(Hardshrink, hardshrink_out)
WITH_NUMBER(LeakyRelu, leaky_relu_out)
WITH_NUMBER(Softshrink, softshrink_out)
BACKWARD(HardsigmoidBackward, hardsigmoid_backward_grad_input)
BACKWARD(SiluBackward, silu_backward_grad_input)
BACKWARD_COPIED(HardswishBackward, hardswish_backward)
BACKWARD_COPIED(HardswishBackwardV2, hardswish_backward)
BACKWARD_COPIED(MishBackward, mish_backward)
BACKWARD_WITH_NUMBER(HardshrinkBackward, hardshrink_backward_grad_input)
BACKWARD_WITH_NUMBER(SoftshrinkBackward, softshrink_backward_grad_input)

ACLNN_OP(aclnnInplaceLeakyRelu, self, slope) { return elementwise<at::_ops::leaky_relu_out>(self, self, slope); }
ACLNN_OP(aclnnLeakyReluBackward, grad_output, self, slope, self_is_result, out) {
  return broadcast<at::_ops::leaky_relu_backward_grad_input>(grad_output, self, out, slope, self_is_result);
}

ACLNN_OP(aclnnCelu, self, alpha, out) {
  NPU_TRY(elementwise_fits(self, out, Gives::kSame));
  return copied<at::_ops::celu>({out}, self, alpha);
}
ACLNN_OP(aclnnInplaceCelu, self, alpha) { return aten<at::_ops::celu_>(self, alpha); }
ACLNN_OP(aclnnElu, self, alpha, scale, input_scale, out) {
  return elementwise<at::_ops::elu_out>(self, out, alpha, scale, input_scale);
}
ACLNN_OP(aclnnInplaceElu, self, alpha, scale, input_scale) {
  return elementwise<at::_ops::elu_out>(self, self, alpha, scale, input_scale);
}
ACLNN_OP(aclnnEluBackward, grad_output, alpha, scale, input_scale, is_result, self_or_result, out) {
  NPU_TRY(binary_fits(grad_output, self_or_result, out, Gives::kSame));
  return aten<at::_ops::elu_backward_grad_input>(grad_output, alpha, scale, input_scale, is_result, self_or_result,
                                                 out);
}

ACLNN_OP(aclnnHardtanh, self, min, max, out) { return elementwise<at::_ops::hardtanh_out>(self, out, min, max); }
ACLNN_OP(aclnnInplaceHardtanh, self, min, max) { return elementwise<at::_ops::hardtanh_out>(self, self, min, max); }
ACLNN_OP(aclnnHardtanhBackward, grad_output, self, min, max, out) {
  return broadcast<at::_ops::hardtanh_backward_grad_input>(grad_output, self, out, min, max);
}
ACLNN_OP(aclnnSoftplus, self, beta, threshold, out) {
  return elementwise<at::_ops::softplus_out>(self, out, beta, threshold);
}
ACLNN_OP(aclnnSoftplusBackward, grad_output, self, beta, threshold, out) {
  return broadcast<at::_ops::softplus_backward_grad_input>(grad_output, self, out, beta, threshold);
}

static const std::string kExact = "none", kTanh = "tanh";
ACLNN_OP(aclnnGelu, self, out) { return elementwise<at::_ops::gelu_out>(self, out, kExact); }
ACLNN_OP(aclnnGeluV2, self, approximate, out) {  // 0: exact, 1: tanh
  return elementwise<at::_ops::gelu_out>(self, out, approximate ? kTanh : kExact);
}
ACLNN_OP(aclnnGeluBackward, grad_output, self, out) {
  return broadcast<at::_ops::gelu_backward_grad_input>(grad_output, self, out, kExact);
}
ACLNN_OP(aclnnGeluBackwardV2, grad_output, self, approximate, out) {
  OP_CHECK(approximate == kExact || approximate == kTanh, "approximate must be none or tanh");
  return broadcast<at::_ops::gelu_backward_grad_input>(grad_output, self, out, approximate);
}

ACLNN_OP(aclnnGlu, self, dim, out) { return checked<at::_ops::glu_out, at::meta::glu_outf>(self, dim, out); }
ACLNN_OP(aclnnGluBackward, grad_output, self, dim, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  return aten<at::_ops::glu_backward_grad_input>(grad_output, self, dim, out);
}

// The buffer is ATen's own; the wheel passes one of its choice, and backward does not need it.
ACLNN_OP(aclnnLogSigmoidForward, self, out, buffer) {
  NPU_TRY(elementwise_fits(self, out, Gives::kSame));
  return copied<at::_ops::log_sigmoid_forward>({out, Tensor()}, self);
}
ACLNN_OP(aclnnLogSigmoidBackward, grad_output, self, buffer, grad_input) {
  NPU_TRY(binary_fits(grad_output, self, grad_input, Gives::kSame));
  return [=](void*) {
    const auto x = aten_view(self);
    copy_result(aten_view(grad_output) * (-x).sigmoid_(), grad_input);
  };
}

// weight has one element, or one for each channel.
static Tensor as_channels(Tensor weight, const Tensor& self) {
  const int64_t size = weight.numel(), stride = weight.dims ? weight.strides[weight.dims - 1] : 0;
  const int64_t step = weight.dims == 1 ? weight.strides[0] : stride;
  weight.dims = self.dims;
  for (int i = 0; i < self.dims; ++i) weight.sizes[i] = 1, weight.strides[i] = 0;
  if (self.dims > 1 && size > 1) weight.sizes[1] = size, weight.strides[1] = step;
  return weight;
}
ACLNN_OP(aclnnPrelu, self, weight, out) {
  NPU_TRY(elementwise_fits(self, out, Gives::kSame));
  OP_GIVEN(weight.defined());
  OP_CHECK(weight.numel() == 1 || (self.dims > 1 && weight.numel() == self.sizes[1]),
           "weight must have one element, or one a channel");
  return [=](void*) {
    copy_result(at::_ops::_prelu_kernel::call(aten_view(self), aten_view(as_channels(weight, self))), out);
  };
}
ACLNN_OP(aclnnPreluBackward, grad_output, self, weight, grad_input, grad_weight) {
  NPU_TRY(binary_fits(grad_output, self, grad_input, Gives::kSame));
  OP_GIVEN(weight.defined() && grad_weight.defined());
  OP_CHECK(weight.numel() == 1 || (self.dims > 1 && weight.numel() == self.sizes[1]),
           "weight must have one element, or one a channel");
  OP_CHECK(weight.numel() == grad_weight.numel(), "grad_weight must have the shape of weight");
  NPU_TRY(kind_fits(weight.dtype, grad_weight));
  return [=](void*) {
    const auto channels = aten_view(as_channels(weight, self));
    const auto [dx, dw] = at::_ops::_prelu_kernel_backward::call(aten_view(grad_output), aten_view(self), channels);
    copy_result(dx, grad_input);
    copy_result(dw.sum_to_size(channels.sizes()).reshape(aten_view(grad_weight).sizes()), grad_weight);
  };
}

ACLNN_OP(aclnnSoftmax, self, dim, out) {
  if (self.dtype != out.dtype) {
    NPU_TRY(elementwise_fits(self, out, Gives::kFloat));
    OP_CHECK(self.has_dim(dim), "there is no such dimension");
    return [=](void*) { copy_result(aten_view(self).softmax(dim, aten_dtype(out.dtype)), out); };
  }
  return checked<at::_ops::_softmax_out, at::meta::_softmax_outf>(self, dim, false, out);
}
ACLNN_OP(aclnnLogSoftmax, self, dim, out) {
  if (self.dtype != out.dtype) {
    NPU_TRY(elementwise_fits(self, out, Gives::kFloat));
    OP_CHECK(self.has_dim(dim), "there is no such dimension");
    return [=](void*) { copy_result(aten_view(self).log_softmax(dim, aten_dtype(out.dtype)), out); };
  }
  return checked<at::_ops::_log_softmax_out, at::meta::_log_softmax_outf>(self, dim, false, out);
}
ACLNN_OP(aclnnSoftmaxBackward, grad_output, output, dim, grad_input) {
  return checked<at::_ops::_softmax_backward_data_out, at::meta::_softmax_backward_data_outf>(grad_output, output, dim,
                                                                                              output.dtype, grad_input);
}
ACLNN_OP(aclnnLogSoftmaxBackward, grad_output, output, dim, grad_input) {
  return checked<at::_ops::_log_softmax_backward_data_out, at::meta::_log_softmax_backward_data_outf>(
      grad_output, output, dim, output.dtype, grad_input);
}

}  // namespace npu
