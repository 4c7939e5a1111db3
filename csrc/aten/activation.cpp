#include "aten/alike.h"

#include <ATen/ops/_log_softmax_backward_data_ops.h>
#include <ATen/ops/_log_softmax_ops.h>
#include <ATen/ops/_prelu_kernel_backward_ops.h>
#include <ATen/ops/_prelu_kernel_ops.h>
#include <ATen/ops/_softmax_backward_data_ops.h>
#include <ATen/ops/_softmax_ops.h>
#include <ATen/ops/celu_ops.h>
#include <ATen/ops/elu_backward_ops.h>
#include <ATen/ops/elu_ops.h>
#include <ATen/ops/gelu_backward_ops.h>
#include <ATen/ops/gelu_ops.h>
#include <ATen/ops/glu_backward_ops.h>
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
#include <ATen/ops/mish_ops.h>
#include <ATen/ops/relu_ops.h>
#include <ATen/ops/silu_backward_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/silu_backward_ops.h>
#include <ATen/ops/silu_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/silu_ops.h>
#include <ATen/ops/softplus_backward_ops.h>
#include <ATen/ops/softplus_ops.h>
#include <ATen/ops/softshrink_backward_ops.h>
#include <ATen/ops/softshrink_ops.h>
#include <ATen/ops/threshold_backward_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/threshold_backward_ops.h>
#include <ATen/ops/threshold_ops.h>

#include "aclnnop/activation.h"

namespace at_npu {
namespace {

int64_t gelu_mode(std::string_view approximate) { return approximate == "tanh"; }
at::Tensor no_buffer(const at::Tensor& t) { return at::empty({0}, t.options()); }

}  // namespace

NPU_OPS {
  NPU_OP(relu, aclnnRelu);
  NPU_OP(relu_, aclnnRelu, arg<0>, arg<0>);
  NPU_OP(threshold_out, aclnnThreshold);
  NPU_OP(threshold_backward_grad_input, aclnnThresholdBackward);
  NPU_ALIKE(threshold_backward, threshold_backward, threshold_backward_grad_input, aclnnThresholdBackward);
  NPU_OP(leaky_relu_out, aclnnLeakyRelu);
  NPU_OP(leaky_relu_backward_grad_input, aclnnLeakyReluBackward);
  NPU_OP(elu_out, aclnnElu);
  NPU_OP(elu_backward_grad_input, aclnnEluBackward);
  NPU_OP(celu, aclnnCelu);
  NPU_OP(celu_, aclnnCelu, arg<0>, arg<1>, arg<0>);
  NPU_OP(_prelu_kernel, aclnnPrelu);
  NPU_OP(_prelu_kernel_backward, aclnnPreluBackward, arg<0>, arg<1>, arg<2>, fresh<like, 1>, fresh<like, 2>);

  NPU_OP(gelu_out, aclnnGeluV2, arg<0>, call<gelu_mode, 1>, arg<2>);
  NPU_OP(gelu_backward_grad_input, aclnnGeluBackwardV2);
  NPU_OP(silu_out, aclnnSilu);
  NPU_ALIKE(silu, silu, silu_out, aclnnSilu);
  NPU_OP(silu_backward_grad_input, aclnnSiluBackward);
  NPU_ALIKE(silu_backward, silu_backward, silu_backward_grad_input, aclnnSiluBackward);
  NPU_OP(mish_out, aclnnMish);
  NPU_OP(glu_out, aclnnGlu);
  NPU_OP(glu_backward, aclnnGluBackward, arg<0>, arg<1>, arg<2>, fresh<like, 1>);
  NPU_OP(glu_backward_grad_input, aclnnGluBackward, arg<0>, arg<1>, arg<2>, grown<3, sizes, 1>);
  NPU_OP(softplus_out, aclnnSoftplus);
  NPU_OP(softplus_backward_grad_input, aclnnSoftplusBackward);
  NPU_OP(log_sigmoid_forward, aclnnLogSigmoidForward, arg<0>, fresh<like, 0>, fresh<no_buffer, 0>);
  NPU_OP(log_sigmoid_forward_output, aclnnLogSigmoidForward, arg<0>, grown<1, sizes, 0>, arg<2>);
  NPU_OP(log_sigmoid_backward, aclnnLogSigmoidBackward, arg<0>, arg<1>, arg<2>, fresh<like, 1>);
  NPU_OP(log_sigmoid_backward_grad_input, aclnnLogSigmoidBackward, arg<0>, arg<1>, arg<2>, grown<3, sizes, 1>);

  NPU_OP(hardtanh, aclnnHardtanh);
  NPU_OP(hardtanh_, aclnnHardtanh, arg<0>, arg<1>, arg<2>, arg<0>);
  NPU_OP(hardtanh_out, aclnnHardtanh, arg<0>, arg<1>, arg<2>, grown<3, sizes, 0>);
  NPU_OP(hardtanh_backward, aclnnHardtanhBackward, arg<0>, arg<1>, arg<2>, arg<3>, fresh<like, 1>);
  NPU_OP(hardtanh_backward_grad_input, aclnnHardtanhBackward, arg<0>, arg<1>, arg<2>, arg<3>, grown<4, sizes, 1>);
  NPU_OP(hardswish, aclnnHardswish);
  NPU_OP(hardswish_, aclnnHardswish, arg<0>, arg<0>);
  NPU_OP(hardswish_out, aclnnHardswish, arg<0>, grown<1, sizes, 0>);
  NPU_OP(hardswish_backward, aclnnHardswishBackward, arg<0>, arg<1>, fresh<like, 1>);
  NPU_OP(hardsigmoid_out, aclnnHardsigmoid);
  NPU_OP(hardsigmoid_backward_grad_input, aclnnHardsigmoidBackward);
  NPU_OP(hardshrink_out, aclnnHardshrink);
  NPU_OP(hardshrink_backward_grad_input, aclnnHardshrinkBackward);
  NPU_OP(softshrink_out, aclnnSoftshrink);
  NPU_OP(softshrink_backward_grad_input, aclnnSoftshrinkBackward);

  NPU_OP(_softmax_out, aclnnSoftmax, arg<0>, arg<1>, arg<3>);
  NPU_OP(_softmax_backward_data_out, aclnnSoftmaxBackward, arg<0>, arg<1>, arg<2>, arg<4>);
  NPU_OP(_log_softmax_out, aclnnLogSoftmax, arg<0>, arg<1>, arg<3>);
  NPU_OP(_log_softmax_backward_data_out, aclnnLogSoftmaxBackward, arg<0>, arg<1>, arg<2>, arg<4>);
}

}  // namespace at_npu
