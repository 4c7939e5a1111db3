// Cross entropy with log-softmax in one, as language models train with it.
#include "aclnnop/loss.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones.h>

namespace npu {
namespace {

constexpr const char* kNoZloss = "UNSUPPORTED: the device does not compute zloss";

Status cross_entropy_fits(const Tensor& input, const Tensor& target, const Tensor& weight,
                          const std::string& reduction) {
  NPU_TRY(is_real("input", input));
  OP_CHECK(input.dims == 2 && input.sizes[1] > 0, "input must be [n, classes]");
  OP_GIVEN(target.defined());
  NPU_TRY(indices_fit(target));
  OP_CHECK(target.dims == 1 && target.sizes[0] == input.sizes[0], "target must be [n]");
  NPU_TRY(is_if_given("weight", weight, {input.sizes[1]}, ACL_FLOAT));
  OP_CHECK(reduction == "mean" || reduction == "sum" || reduction == "none", "reduction must be mean, sum or none");
  return {};
}

// The classes of the targets, and their weights: 0 where a target is ignored.
struct Targets {
  Targets(const Tensor& target, const Tensor& weight, int64_t classes, int64_t ignore_index) {
    const auto all = aten_long(target), ignored = all.eq(ignore_index);
    index = all.masked_fill(ignored, 0);
    if (index.numel() && (index.min().item<int64_t>() < 0 || index.max().item<int64_t>() >= classes))
      throw std::invalid_argument("a target is none of the classes, and not ignore_index");
    by_class = weight.defined() ? aten_view(weight) : at::ones({classes});
    kept = ignored.logical_not();
    weights = by_class.index_select(0, index) * kept;
  }
  at::Tensor index, by_class, kept, weights;
};

}  // namespace

// With smoothing, each class has a share of the loss of an even distribution.
ACLNN_OP(aclnnCrossEntropyLoss, input, target, weight, reduction, ignore_index, label_smoothing,
         lse_square_scale_for_zloss, return_zloss, loss, log_prob, zloss, lse_for_zloss) {
  NPU_TRY(cross_entropy_fits(input, target, weight, reduction));
  OP_CHECK(label_smoothing >= 0 && label_smoothing <= 1, "label_smoothing must be between 0 and 1");
  OP_CHECK(!return_zloss && lse_square_scale_for_zloss == 0, kNoZloss);
  const int64_t classes = input.sizes[1];
  NPU_TRY(is("loss", loss, {reduction == "none" ? input.sizes[0] : 1}, input.dtype));
  NPU_TRY(is("log_prob", log_prob, sizes(input), input.dtype));
  return [=](void*) {
    const auto log_p = at::log_softmax(wide(input), -1);
    const Targets targets(target, weight, classes, ignore_index);
    auto losses = -log_p.gather(1, targets.index.unsqueeze(1)).squeeze(1) * targets.weights * (1 - label_smoothing);
    if (label_smoothing > 0) {
      const auto even = -log_p.mul(targets.by_class).sum(1) * targets.kept;
      losses = losses + even * (label_smoothing / static_cast<double>(classes));
    }
    copy_result(log_p, log_prob);
    if (reduction == "none") copy_result(losses, loss);
    else if (reduction == "sum") copy_result(losses.sum().view({1}), loss);
    else copy_result((losses.sum() / targets.weights.sum()).view({1}), loss);
  };
}
ACLNN_OP(aclnnCrossEntropyLossGrad, grad_loss, log_prob, target, weight, grad_zloss, lse_for_zloss, reduction,
         ignore_index, label_smoothing, lse_square_scale_for_zloss, x_grad) {
  NPU_TRY(cross_entropy_fits(log_prob, target, weight, reduction));
  OP_CHECK(label_smoothing == 0, "UNSUPPORTED: the device has no gradient with label_smoothing");
  OP_CHECK(lse_square_scale_for_zloss == 0, kNoZloss);
  OP_GIVEN(grad_loss.defined());
  const bool each = reduction == "none";
  OP_CHECK(grad_loss.dtype == log_prob.dtype, "grad_loss must have the dtype of log_prob");
  OP_CHECK(each ? grad_loss.dims == 1 && grad_loss.sizes[0] == log_prob.sizes[0]
                : grad_loss.dims <= 1 && grad_loss.numel() == 1,
           "grad_loss must be one number, [n] without a reduction");
  NPU_TRY(is("x_grad", x_grad, sizes(log_prob), grad_loss.dtype));
  return [=](void*) {
    const auto log_p = wide(log_prob);
    const Targets targets(target, weight, log_prob.sizes[1], ignore_index);
    auto shares = targets.weights * wide(grad_loss).reshape({-1});
    if (reduction == "mean") shares = shares / targets.weights.sum();
    auto grad = log_p.exp() * shares.unsqueeze(1);
    grad.scatter_add_(1, targets.index.unsqueeze(1), -shares.unsqueeze(1));
    copy_result(grad, x_grad);
  };
}

}  // namespace npu
