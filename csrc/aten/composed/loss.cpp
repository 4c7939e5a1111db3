// Losses and their gradients.
#include "aten/composed/composed.h"

#include <ATen/ops/full.h>
#include <ATen/ops/huber_loss_backward_ops.h>
#include <ATen/ops/huber_loss_ops.h>
#include <ATen/ops/multi_margin_loss_backward_ops.h>
#include <ATen/ops/multi_margin_loss_ops.h>
#include <ATen/ops/multilabel_margin_loss_backward_ops.h>
#include <ATen/ops/zeros_like.h>

namespace at_npu {
namespace {

// PyTorch's codes: 0 none, 1 mean, 2 sum.
constexpr int64_t kMean = 1, kSum = 2;

at::Tensor with_reduction(const at::Tensor& t, int64_t reduction) {
  return reduction == kMean ? t.mean() : reduction == kSum ? t.sum() : t;
}
double share(int64_t count, int64_t reduction) { return reduction == kMean ? 1.0 / static_cast<double>(count) : 1.0; }

at::Tensor huber_loss(const at::Tensor& self, const at::Tensor& target, int64_t reduction, double delta) {
  TORCH_CHECK(delta > 0, "huber_loss does not support non-positive values for delta.");
  const auto dtype = common_dtype(self, target), wider = compute_dtype(dtype);
  const auto z = (to_device(self, wider) - to_device(target, wider)).abs();
  return with_reduction(at::where(z <= delta, z * z * 0.5, (z - 0.5 * delta) * delta).to(dtype), reduction);
}

at::Tensor huber_loss_backward(const at::Tensor& grad, const at::Tensor& self, const at::Tensor& target,
                               int64_t reduction, double delta) {
  const auto dtype = common_dtype(self, target), wider = compute_dtype(dtype);
  const auto z = (self.to(wider) - target.to(wider)).clamp(-delta, delta);
  return (z * grad.to(wider) * share(z.numel(), reduction)).to(dtype);
}

// The margins of a sample's classes over its own, which has none.
struct Margins {
  at::Tensor target;  // [samples, 1]
  at::Tensor z;       // [samples, classes], zero where there is no loss
  at::Tensor weight;  // of the target, over the number of classes
};
Margins margins_of(const at::Tensor& self, const at::Tensor& target, const at::Scalar& p, const at::Scalar& margin,
                   const OptTensor& weight) {
  TORCH_CHECK(p.toLong() == 1 || p.toLong() == 2, "only p == 1 and p == 2 supported");
  const auto x = self.dim() == 2 ? self : self.reshape({1, -1});
  TORCH_CHECK(target.dim() <= 1 && target.numel() == x.size(0),
              "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
              "size). Expected target size [",
              x.size(0), "], but got ", target.sizes(), ". Input has shape ", self.sizes(), ".");
  const auto index = target.reshape({-1, 1});
  auto z = (x - x.gather(1, index) + margin).clamp_min(0).scatter(1, index, 0);
  auto scale = at::full({1, 1}, 1.0 / static_cast<double>(x.size(1)), x.options());
  if (weight && weight->defined()) scale = weight->gather(0, index.flatten()).unsqueeze(1) * scale;
  return {index, z, scale};
}

at::Tensor multi_margin_loss(const at::Tensor& self, const at::Tensor& target, const at::Scalar& p,
                             const at::Scalar& margin, const OptTensor& weight, int64_t reduction) {
  const auto m = margins_of(self, target, p, margin, weight);
  const auto loss = ((p.toLong() == 1 ? m.z : m.z * m.z) * m.weight).sum(1);
  return with_reduction(loss.reshape(target.sizes()), reduction);
}

at::Tensor multi_margin_loss_backward(const at::Tensor& grad, const at::Tensor& self, const at::Tensor& target,
                                      const at::Scalar& p, const at::Scalar& margin, const OptTensor& weight,
                                      int64_t reduction) {
  const auto m = margins_of(self, target, p, margin, weight);
  const auto each = (p.toLong() == 1 ? (m.z > 0).to(m.z.scalar_type()) : m.z * 2) * m.weight;
  const auto result = each.scatter(1, m.target, -each.sum(1, true));
  const auto of_sample = grad.dim() ? grad.reshape({-1, 1}) : grad;
  return (result * of_sample * share(m.z.size(0), reduction)).reshape(self.sizes());
}

// The labels of a sample end before the first negative one. Each pushes away each class that is no label.
at::Tensor multilabel_margin_loss_backward(const at::Tensor& grad, const at::Tensor& self, const at::Tensor& target,
                                           int64_t reduction, const at::Tensor& is_target) {
  const int64_t classes = self.dim() ? self.size(-1) : 1;
  const auto x = self.reshape({-1, classes}), labels = target.reshape({-1, classes});
  const auto valid = (labels < 0).to(at::kInt).cumsum(1) == 0, others = is_target.reshape({-1, 1, classes}) == 0;
  const auto index = labels.clamp_min(0);
  const auto z = x.unsqueeze(1) - x.gather(1, index).unsqueeze(2) + 1;  // [samples, labels, classes]
  const auto pushed = (z > 0).logical_and(valid.unsqueeze(2)).logical_and(others).to(x.scalar_type());
  const auto result = pushed.sum(1).scatter_add(1, index, -pushed.sum(2));
  const auto of_sample = grad.dim() ? grad.reshape({-1, 1}) : grad;
  const double scale = share(x.size(0), reduction) / static_cast<double>(classes);
  return (result * of_sample * scale).reshape(self.sizes());
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(huber_loss, huber_loss);
  NPU_COMPOSED(huber_loss_out, huber_loss);
  NPU_COMPOSED(huber_loss_backward_out, huber_loss_backward);
  NPU_COMPOSED(multi_margin_loss, multi_margin_loss);
  NPU_COMPOSED(multi_margin_loss_out, multi_margin_loss);
  NPU_COMPOSED(multi_margin_loss_backward, multi_margin_loss_backward);
  NPU_COMPOSED(multi_margin_loss_backward_grad_input, multi_margin_loss_backward);
  NPU_COMPOSED(multilabel_margin_loss_backward, multilabel_margin_loss_backward);
  NPU_COMPOSED(multilabel_margin_loss_backward_grad_input, multilabel_margin_loss_backward);
}

}  // namespace at_npu
