#include "aten/row.h"

#include <ATen/ops/nll_loss_backward_ops.h>
#include <ATen/ops/nll_loss_forward_ops.h>

#include "aclnnop/loss.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(nll_loss_forward_output, aclnnNLLLoss);
  NPU_OP(nll_loss_backward_grad_input, aclnnNLLLossBackward);
}

}  // namespace at_npu
