#include "aclnnop/loss.h"
#include "npu/ops/aten.h"

#include <ATen/ops/nll_loss_backward_ops.h>
#include <ATen/ops/nll_loss_forward_ops.h>

namespace npu {

ACLNN_OP(aclnnNLLLoss, self, target, weight, reduction, ignore_index, out, total_weight) {
  return aten<at::_ops::nll_loss_forward_output>(self, target, weight, reduction, ignore_index, out, total_weight);
}

ACLNN_OP(aclnnNLLLossBackward, grad, self, target, weight, reduction, ignore_index, total_weight, out) {
  return aten<at::_ops::nll_loss_backward_grad_input>(grad, self, target, weight, reduction, ignore_index,
                                                      total_weight, out);
}

}  // namespace npu
