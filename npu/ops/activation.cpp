#include "aclnnop/activation.h"
#include "npu/ops/aten.h"

#include <ATen/ops/_log_softmax_ops.h>
#include <ATen/ops/_log_softmax_backward_data_ops.h>
#include <ATen/ops/clamp_min_ops.h>
#include <ATen/ops/threshold_backward_ops.h>

namespace npu {

// relu.out is PyTorch's generated copy-back form; clamp_min writes where it is told.
ACLNN_OP(aclnnRelu, self, out) { return elementwise<at::_ops::clamp_min_out>(self, out, Scalar{ACL_INT64, {}}); }

ACLNN_OP(aclnnThresholdBackward, grad, self, threshold, out) {
  return aten<at::_ops::threshold_backward_grad_input>(grad, self, threshold, out);
}

ACLNN_OP(aclnnLogSoftmax, self, dim, out) { return aten<at::_ops::_log_softmax_out>(self, dim, false, out); }

ACLNN_OP(aclnnLogSoftmaxBackward, grad, output, dim, out) {
  return aten<at::_ops::_log_softmax_backward_data_out>(grad, output, dim, out.dtype, out);
}

}  // namespace npu
