#include "aten/row.h"

#include <ATen/ops/_ctc_loss_backward_ops.h>
#include <ATen/ops/_ctc_loss_ops.h>
#include <ATen/ops/binary_cross_entropy_backward_ops.h>
#include <ATen/ops/binary_cross_entropy_ops.h>
#include <ATen/ops/binary_cross_entropy_with_logits_ops.h>
#include <ATen/ops/mse_loss_backward_ops.h>
#include <ATen/ops/mse_loss_ops.h>
#include <ATen/ops/multilabel_margin_loss_forward_ops.h>
#include <ATen/ops/nll_loss2d_backward_ops.h>
#include <ATen/ops/nll_loss2d_forward_ops.h>
#include <ATen/ops/nll_loss_backward_ops.h>
#include <ATen/ops/nll_loss_forward_ops.h>
#include <ATen/ops/smooth_l1_loss_backward_ops.h>
#include <ATen/ops/smooth_l1_loss_ops.h>
#include <ATen/ops/soft_margin_loss_backward_ops.h>
#include <ATen/ops/soft_margin_loss_ops.h>

#include "aclnnop/loss.h"

namespace at_npu {
namespace {

// One loss a pixel without reduction; PyTorch's total weight is one number.
at::DimVector pixel_sizes(const at::Tensor& input, int64_t reduction) {
  if (reduction) return {};
  return {input.size(0), input.size(2), input.size(3)};
}
at::Tensor pixel_loss(const at::Tensor& input, int64_t reduction) {
  return make(pixel_sizes(input, reduction), input.scalar_type());
}
at::DimVector one_number(const at::Tensor&) { return {}; }

at::DimVector sample_sizes(const at::Tensor& input, int64_t reduction) {
  if (reduction || input.dim() == 1) return {};
  return {input.size(0)};
}
at::Tensor sample_loss(const at::Tensor& input, int64_t reduction) {
  return make(sample_sizes(input, reduction), input.scalar_type());
}
at::Tensor target_flags(const at::Tensor& input, const at::Tensor& target) {
  return make(target.sizes(), input.scalar_type());
}

}  // namespace

NPU_OPS {
  NPU_OP(nll_loss_forward_output, aclnnNLLLoss);
  NPU_OP(nll_loss_backward_grad_input, aclnnNLLLossBackward);
  NPU_OP(nll_loss2d_forward, aclnnNLLLoss2d, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, fresh<pixel_loss, 0, 3>,
         fresh<scalar_like, 0>);
  NPU_OP(nll_loss2d_forward_output, aclnnNLLLoss2d, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, grown<5, pixel_sizes, 0, 3>,
         grown<6, one_number, 0>);
  NPU_OP(nll_loss2d_backward, aclnnNLLLoss2dBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         fresh<like, 1>);
  NPU_OP(nll_loss2d_backward_grad_input, aclnnNLLLoss2dBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         grown<7, sizes, 1>);

  NPU_OP(mse_loss_out, aclnnMseLoss);
  NPU_OP(mse_loss_backward, aclnnMseLossBackward, arg<0>, arg<1>, arg<2>, arg<3>, fresh<promoted, 1, 2>);
  NPU_OP(mse_loss_backward_grad_input, aclnnMseLossBackward, arg<0>, arg<1>, arg<2>, arg<3>,
         grown<4, broadcast_sizes, 1, 2>);
  NPU_OP(smooth_l1_loss_out, aclnnSmoothL1Loss, arg<0>, arg<1>, arg<2>, as<float, 3>, arg<4>);
  NPU_OP(smooth_l1_loss_backward_grad_input, aclnnSmoothL1LossBackward, arg<0>, arg<1>, arg<2>, arg<3>, as<float, 4>,
         grown<5, broadcast_sizes, 1, 2>);
  NPU_OP(soft_margin_loss, aclnnSoftMarginLoss, arg<0>, arg<1>, arg<2>, fresh<loss, 0, 2>);
  NPU_OP(soft_margin_loss_out, aclnnSoftMarginLoss, arg<0>, arg<1>, arg<2>, grown<3, loss_sizes, 0, 2>);
  NPU_OP(soft_margin_loss_backward, aclnnSoftMarginLossBackward, arg<0>, arg<1>, arg<2>, arg<3>, fresh<like, 1>);
  NPU_OP(soft_margin_loss_backward_grad_input, aclnnSoftMarginLossBackward, arg<0>, arg<1>, arg<2>, arg<3>,
         grown<4, sizes, 1>);

  NPU_OP(binary_cross_entropy, aclnnBinaryCrossEntropy, arg<0>, arg<1>, arg<2>, arg<3>, fresh<loss, 0, 3>);
  NPU_OP(binary_cross_entropy_out, aclnnBinaryCrossEntropy, arg<0>, arg<1>, arg<2>, arg<3>, grown<4, loss_sizes, 0, 3>);
  NPU_OP(binary_cross_entropy_backward, aclnnBinaryCrossEntropyBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>,
         fresh<like, 1>);
  NPU_OP(binary_cross_entropy_backward_grad_input, aclnnBinaryCrossEntropyBackward, arg<0>, arg<1>, arg<2>, arg<3>,
         arg<4>, grown<5, sizes, 1>);
  NPU_OP(binary_cross_entropy_with_logits, aclnnBinaryCrossEntropyWithLogits, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>,
         fresh<loss, 0, 4>);

  NPU_OP(_ctc_loss, aclnnCtcLoss, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, inferred<0>, inferred<1>);
  NPU_OP(_ctc_loss_backward, aclnnCtcLossBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<7>,
         arg<8>, fresh<like, 1>);

  NPU_OP(multilabel_margin_loss_forward, aclnnMultilabelMarginLoss, arg<0>, arg<1>, arg<2>, fresh<sample_loss, 0, 2>,
         fresh<target_flags, 0, 1>);
  NPU_OP(multilabel_margin_loss_forward_output, aclnnMultilabelMarginLoss, arg<0>, arg<1>, arg<2>,
         grown<3, sample_sizes, 0, 2>, grown<4, sizes, 1>);
}

}  // namespace at_npu
