#include "aten/row.h"

#include <ATen/ops/_log_softmax_backward_data_ops.h>
#include <ATen/ops/_log_softmax_ops.h>
#include <ATen/ops/relu_ops.h>
#include <ATen/ops/threshold_backward_ops.h>

#include "aclnnop/activation.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(threshold_backward_grad_input, aclnnThresholdBackward);
  NPU_OP(relu, aclnnRelu);
  NPU_OP(relu_, aclnnRelu, arg<0>, arg<0>);
  NPU_OP(_log_softmax_out, aclnnLogSoftmax, arg<0>, arg<1>, arg<3>);
  NPU_OP(_log_softmax_backward_data_out, aclnnLogSoftmaxBackward, arg<0>, arg<1>, arg<2>, arg<4>);
}

}  // namespace at_npu
