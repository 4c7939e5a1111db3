#include "aclnnop/loss.h"
#include "npu/ops/check.h"

#include <ATen/OpMathType.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/_ctc_loss_backward_ops.h>
#include <ATen/ops/_ctc_loss_ops.h>
#include <ATen/ops/binary_cross_entropy_backward_ops.h>
#include <ATen/ops/binary_cross_entropy_ops.h>
#include <ATen/ops/binary_cross_entropy_with_logits_ops.h>
#include <ATen/ops/kl_div_ops.h>
#include <ATen/ops/l1_loss_ops.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mse_loss_backward_ops.h>
#include <ATen/ops/mse_loss_meta_dispatch.h>
#include <ATen/ops/mse_loss_ops.h>
#include <ATen/ops/multilabel_margin_loss_forward_ops.h>
#include <ATen/ops/nll_loss2d_backward_ops.h>
#include <ATen/ops/nll_loss2d_forward_ops.h>
#include <ATen/ops/nll_loss_backward_meta_dispatch.h>
#include <ATen/ops/nll_loss_backward_ops.h>
#include <ATen/ops/nll_loss_forward_meta_dispatch.h>
#include <ATen/ops/nll_loss_forward_ops.h>
#include <ATen/ops/smooth_l1_loss_backward_ops.h>
#include <ATen/ops/smooth_l1_loss_meta_dispatch.h>
#include <ATen/ops/smooth_l1_loss_ops.h>
#include <ATen/ops/soft_margin_loss_backward_ops.h>
#include <ATen/ops/soft_margin_loss_ops.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

namespace npu {
namespace {

// The reduction's code, as PyTorch has it.
constexpr int64_t kNone = 0, kMean = 1, kSum = 2;

// A loss between two tensors: element by element, or one number.
Status loss_fits(const Tensor& self, const Tensor& target, int64_t reduction, const Tensor& out) {
  OP_GIVEN(self.defined() && target.defined() && out.defined());
  OP_CHECK(reduction >= kNone && reduction <= kSum, "reduction must be 0 (none), 1 (mean) or 2 (sum)");
  OP_CHECK(reduction != kNone || broadcasts(self, target, out),
           "out must have the shape that self and target broadcast to");
  OP_CHECK(reduction == kNone || (out.numel() == 1 && out.dims <= 1), "a reduced loss is one number");
  return kind_fits(promoted(self, target), out);
}
Status grad_fits(const Tensor& grad_output, const Tensor& self, const Tensor& target, const Tensor& grad_input) {
  OP_GIVEN(grad_output.defined() && self.defined() && target.defined() && grad_input.defined());
  OP_CHECK(
      broadcasts_to(self, grad_input) && broadcasts_to(target, grad_input) && broadcasts_to(grad_output, grad_input),
      "grad_input must have the shape that self and target broadcast to");
  return kind_fits(promoted(self, target), grad_input);
}
// ATen's reduced losses are 0-dim.
Tensor as_number(Tensor t, int64_t reduction) {
  if (reduction != kNone) t.dims = 0;
  return t;
}

}  // namespace

ACLNN_OP(aclnnNLLLoss, self, target, weight, reduction, ignore_index, out, total_weight) {
  return checked<at::_ops::nll_loss_forward_output, at::meta::nll_loss_forward_symint_outf>(
      self, target, weight, reduction, ignore_index, out, total_weight);
}
ACLNN_OP(aclnnNLLLossBackward, grad_output, self, target, weight, reduction, ignore_index, total_weight, grad_input) {
  return checked<at::_ops::nll_loss_backward_grad_input, at::meta::nll_loss_backward_symint_outf>(
      grad_output, self, target, weight, reduction, ignore_index, total_weight, grad_input);
}
ACLNN_OP(aclnnNLLLoss2d, self, target, weight, reduction, ignore_index, out, total_weight) {
  OP_GIVEN(self.defined() && target.defined() && out.defined() && total_weight.defined());
  OP_CHECK(self.dims == 4 && target.dims == 3 && self.sizes[0] == target.sizes[0] && self.sizes[2] == target.sizes[1] &&
               self.sizes[3] == target.sizes[2],
           "self [n, c, h, w] goes with target [n, h, w]");
  OP_CHECK(reduction == kNone ? out.same_sizes(target) : out.dims == 0,
           "out must have target's shape, or be one number");
  OP_CHECK(total_weight.dims == 0, "total_weight is one number");
  return aten<at::_ops::nll_loss2d_forward_output>(self, target, weight, reduction, ignore_index, out, total_weight);
}
ACLNN_OP(aclnnNLLLoss2dBackward, grad_output, self, target, weight, reduction, ignore_index, total_weight, grad_input) {
  OP_GIVEN(self.defined() && grad_input.defined());
  OP_CHECK(self.same_sizes(grad_input), "grad_input must have the shape of self");
  return aten<at::_ops::nll_loss2d_backward_grad_input>(grad_output, self, target, weight, reduction, ignore_index,
                                                        total_weight, grad_input);
}

// ATen's kernels shape their output like the inputs before they reduce into it: a reduced loss is made apart.
ACLNN_OP(aclnnMseLoss, self, target, reduction, out) {
  OP_GIVEN(self.defined() && target.defined() && out.defined());
  OP_CHECK(reduction == 0 || out.dims == 0, "a reduced loss is one number");
  if (reduction != 0) return copied<at::_ops::mse_loss>({out}, self, target, reduction);
  return checked<at::_ops::mse_loss_out, at::meta::mse_loss_outf>(self, target, reduction, out);
}
ACLNN_OP(aclnnMseLossBackward, grad_output, self, target, reduction, grad_input) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_input));
  return aten<at::_ops::mse_loss_backward_grad_input>(grad_output, self, target, reduction, grad_input);
}
ACLNN_OP(aclnnSmoothL1Loss, self, target, reduction, beta, out) {
  OP_GIVEN(self.defined() && target.defined() && out.defined());
  OP_CHECK(reduction == 0 || out.dims == 0, "a reduced loss is one number");
  if (reduction != 0)
    return copied<at::_ops::smooth_l1_loss>({out}, self, target, reduction, static_cast<double>(beta));
  return checked<at::_ops::smooth_l1_loss_out, at::meta::smooth_l1_loss_outf>(self, target, reduction,
                                                                              static_cast<double>(beta), out);
}
ACLNN_OP(aclnnSmoothL1LossBackward, grad_output, self, target, reduction, beta, grad_input) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_input));
  return aten<at::_ops::smooth_l1_loss_backward_grad_input>(grad_output, self, target, reduction,
                                                            static_cast<double>(beta), grad_input);
}
ACLNN_OP(aclnnSoftMarginLoss, self, target, reduction, out) {
  NPU_TRY(loss_fits(self, target, reduction, out));
  return copied<at::_ops::soft_margin_loss>({as_number(out, reduction)}, self, target, reduction);
}
ACLNN_OP(aclnnSoftMarginLossBackward, grad_output, self, target, reduction, grad_input) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_input));
  return aten<at::_ops::soft_margin_loss_backward_grad_input>(grad_output, self, target, reduction, grad_input);
}
ACLNN_OP(aclnnL1Loss, self, target, reduction, out) {
  NPU_TRY(loss_fits(self, target, reduction, out));
  return copied<at::_ops::l1_loss>({as_number(out, reduction)}, self, target, reduction);
}
ACLNN_OP(aclnnL1LossBackward, grad_output, self, target, reduction, grad_input) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_input));
  return [=](void*) {
    const auto a = aten_view(self), b = aten_view(target);
    auto grad = (a - b).sgn_() * aten_view(grad_output);
    if (reduction == kMean) grad.div_(static_cast<double>(grad.numel()));
    copy_result(grad, grad_input);
  };
}

ACLNN_OP(aclnnBinaryCrossEntropy, self, target, weight, reduction, out) {
  NPU_TRY(loss_fits(self, target, reduction, out));
  return copied<at::_ops::binary_cross_entropy>({as_number(out, reduction)}, self, target, weight, reduction);
}
ACLNN_OP(aclnnBinaryCrossEntropyBackward, grad_output, self, target, weight, reduction, grad_input) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_input));
  return aten<at::_ops::binary_cross_entropy_backward_grad_input>(grad_output, self, target, weight, reduction,
                                                                  grad_input);
}
ACLNN_OP(aclnnBinaryCrossEntropyWithLogits, self, target, weight, pos_weight, reduction, out) {
  NPU_TRY(loss_fits(self, target, reduction, out));
  return copied<at::_ops::binary_cross_entropy_with_logits>({as_number(out, reduction)}, self, target, weight,
                                                            pos_weight, reduction);
}
ACLNN_OP(aclnnBinaryCrossEntropyWithLogitsBackward, grad_output, self, target, weight, pos_weight, reduction,
         grad_input) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_input));
  return [=](void*) {
    const auto x = aten_view(self), y = aten_view(target);
    auto grad = pos_weight.defined() ? [&] {  // d/dx of -(p y log s(x) + (1 - y) log(1 - s(x)))
      const auto t = aten_view(pos_weight) * y;
      return (t + 1 - y) * x.sigmoid() - t;
    }()
                                     : x.sigmoid() - y;
    grad.mul_(aten_view(grad_output));
    if (weight.defined()) grad.mul_(aten_view(weight));
    if (reduction == kMean) grad.div_(static_cast<double>(x.numel()));
    copy_result(grad, grad_input);
  };
}

ACLNN_OP(aclnnKlDiv, self, target, reduction, log_target, out) {
  NPU_TRY(loss_fits(self, target, reduction, out));
  return copied<at::_ops::kl_div>({as_number(out, reduction)}, self, target, reduction, log_target);
}
ACLNN_OP(aclnnKlDivBackward, grad_output, self, target, reduction, log_target, grad_input) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_input));
  return [=](void*) {
    const auto y = aten_view(target);
    auto grad = log_target ? y.exp().neg_() * aten_view(grad_output)
                           : at::where(y > 0, -(y * aten_view(grad_output)), at::zeros({}, y.options()));
    if (reduction == kMean) grad.div_(static_cast<double>(y.numel()));
    copy_result(grad.expand(c10::IntArrayRef(grad_input.sizes, grad_input.dims)), grad_input);
  };
}

// The gradient of the target.
ACLNN_OP(aclnnKlDivTargetBackward, grad_output, self, target, reduction, log_target, grad_target) {
  NPU_TRY(grad_fits(grad_output, self, target, grad_target));
  return [=](void*) {
    const auto y = aten_view(target), x = aten_view(self);
    auto grad = log_target ? y.exp() * (y + 1 - x) : at::where(y > 0, y.log() + 1 - x, at::zeros({}, y.options()));
    grad = grad * aten_view(grad_output);
    if (reduction == kMean) grad.div_(static_cast<double>(grad.numel()));
    copy_result(grad, grad_target);
  };
}

ACLNN_OP(aclnnMultilabelMarginLoss, self, target, reduction, out, is_target) {
  OP_GIVEN(self.defined() && target.defined() && out.defined() && is_target.defined());
  OP_CHECK(self.same_sizes(target) && self.dims <= 2, "self and target must have one shape, of at most 2 dimensions");
  NPU_TRY(holds("is_target", is_target, sizes(target), self.dtype));
  const bool rows = reduction == kNone && self.dims == 2;
  NPU_TRY(holds("out", out, rows ? at::IntArrayRef(self.sizes, 1) : at::IntArrayRef(), self.dtype));
  return aten<at::_ops::multilabel_margin_loss_forward_output>(self, target, reduction, out, is_target);
}

ACLNN_OP(aclnnCtcLoss, log_probs, targets, input_lengths, target_lengths, blank, zero_infinity, neg_log_likelihood,
         log_alpha) {
  OP_GIVEN(log_probs.defined() && targets.defined() && neg_log_likelihood.defined() && log_alpha.defined());
  OP_CHECK(log_probs.dims == 3, "log_probs is [t, n, c]");
  const int64_t* tnc = log_probs.sizes;
  OP_CHECK(static_cast<int64_t>(target_lengths.size()) == tnc[1] && input_lengths.size() == target_lengths.size(),
           "there must be an input length and a target length for each of the batch");
  const int64_t longest = tnc[1] ? *std::max_element(target_lengths.begin(), target_lengths.end()) : 0;
  NPU_TRY(holds("neg_log_likelihood", neg_log_likelihood, {tnc[1]}, log_probs.dtype));
  NPU_TRY(holds("log_alpha", log_alpha, {tnc[1], tnc[0], 2 * longest + 1}, log_probs.dtype));
  return copied<at::_ops::_ctc_loss>({neg_log_likelihood, log_alpha}, log_probs, targets, input_lengths, target_lengths,
                                     blank, zero_infinity);
}
ACLNN_OP(aclnnCtcLossBackward, grad, log_probs, targets, input_lengths, target_lengths, neg_log_likelihood, log_alpha,
         blank, zero_infinity, out) {
  OP_GIVEN(log_probs.defined() && out.defined());
  OP_CHECK(log_probs.same_sizes(out), "out must have the shape of log_probs");
  return copied<at::_ops::_ctc_loss_backward>({out}, grad, log_probs, targets, input_lengths, target_lengths,
                                              neg_log_likelihood, log_alpha, blank, zero_infinity);
}

// Each row's loss against a distribution, and its gradient.
ACLNN_OP(aclnnSoftmaxCrossEntropyWithLogits, features, labels, loss, backprop) {
  OP_GIVEN(features.defined() && labels.defined() && loss.defined() && backprop.defined());
  OP_CHECK(features.dims == 2 && features.same_sizes(labels) && features.dtype == labels.dtype,
           "features and labels must have one shape of 2 dimensions, and one dtype");
  OP_CHECK(info(features.dtype).kind == Kind::kFloat, "features must be floating");
  NPU_TRY(holds("loss", loss, {features.sizes[0]}, features.dtype));
  NPU_TRY(holds("backprop", backprop, sizes(features), features.dtype));
  return [=](void*) {
    const auto x = aten_view(features), y = aten_view(labels);
    const auto wide = at::toOpMathType(x.scalar_type());
    const auto log_share = at::log_softmax(x.to(wide), 1), target = y.to(wide);
    copy_result(-(target * log_share).sum(1), loss);
    copy_result(log_share.exp() - target, backprop);
  };
}

}  // namespace npu
