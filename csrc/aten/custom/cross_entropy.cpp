// torch_npu.npu_cross_entropy_loss and its gradient.
#include "aten/row.h"

#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/loss.h"

namespace at_npu {
namespace {

using Four = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

// The two of zloss stay empty: the device does not compute it.
Four cross_entropy_loss(const at::Tensor& input, const at::Tensor& target, const OptTensor& weight,
                        std::string_view reduction, int64_t ignore_index, double smoothing, double scale,
                        bool return_zloss) {
  const c10_npu::NPUGuard guard(input.device());
  auto loss = make({reduction == "none" ? input.size(0) : 1}, input.scalar_type()), log_prob = like(input);
  auto zloss = make({0}, input.scalar_type()), lse = make({0}, input.scalar_type());
  NPU_LAUNCH(aclnnCrossEntropyLoss, input, target, weight, reduction, ignore_index, smoothing, scale, return_zloss,
             loss, log_prob, zloss, lse);
  return {loss, log_prob, zloss, lse};
}
at::Tensor cross_entropy_loss_backward(const at::Tensor& grad, const at::Tensor& log_prob, const at::Tensor& target,
                                       const OptTensor& weight, const OptTensor& grad_zloss, const OptTensor& lse,
                                       std::string_view reduction, int64_t ignore_index, double smoothing,
                                       double scale) {
  const c10_npu::NPUGuard guard(log_prob.device());
  auto out = make(log_prob.sizes(), grad.scalar_type());
  NPU_LAUNCH(aclnnCrossEntropyLossGrad, grad, log_prob, target, weight, grad_zloss, lse, reduction, ignore_index,
             smoothing, scale, out);
  return out;
}
struct CrossEntropyLoss : torch::autograd::Function<CrossEntropyLoss> {
  static Variables forward(Context* context, const at::Tensor& input, const at::Tensor& target, const OptTensor& weight,
                           const std::string& reduction, int64_t ignore_index, double smoothing, double scale,
                           bool return_zloss) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [loss, log_prob, zloss, lse] =
        cross_entropy_loss(input, target, weight, reduction, ignore_index, smoothing, scale, return_zloss);
    context->save_for_backward({log_prob, target, weight.value_or(at::Tensor())});
    context->mark_non_differentiable({log_prob, zloss, lse});
    context->saved_data["arguments"] = std::tuple(reduction, ignore_index, smoothing);
    return {loss, log_prob, zloss, lse};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto t = context->get_saved_variables();
    const auto [reduction, ignore_index, smoothing] =
        context->saved_data["arguments"].to<std::tuple<std::string, int64_t, double>>();
    const auto dx = cross_entropy_loss_backward(grads[0], t[0], t[1], t[2], std::nullopt, std::nullopt, reduction,
                                                ignore_index, smoothing, 0);
    return {dx, {}, {}, {}, {}, {}, {}, {}};
  }
};
Four cross_entropy_loss_autograd(const at::Tensor& input, const at::Tensor& target, const OptTensor& weight,
                                 std::string_view reduction, int64_t ignore_index, double smoothing, double scale,
                                 bool return_zloss) {
  const auto out = CrossEntropyLoss::apply(input, target, weight, std::string(reduction), ignore_index, smoothing,
                                           scale, return_zloss);
  return {out[0], out[1], out[2], out[3]};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def(
      "npu_cross_entropy_loss(Tensor input, Tensor target, Tensor? weight=None, str reduction='mean', "
      "int ignore_index=-100, float label_smoothing=0.0, float lse_square_scale_for_zloss=0.0, "
      "bool return_zloss=False) -> (Tensor, Tensor, Tensor, Tensor)");
  m.def(
      "npu_cross_entropy_loss_backward(Tensor grad_loss, Tensor log_prob, Tensor target, Tensor? weight=None, "
      "Tensor? grad_zloss=None, Tensor? lse_for_zloss=None, str reduction='mean', int ignore_index=-100, "
      "float label_smoothing=0.0, float lse_square_scale_for_zloss=0.0) -> Tensor");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_cross_entropy_loss", &cross_entropy_loss);
  m.impl("npu_cross_entropy_loss_backward", &cross_entropy_loss_backward);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) { m.impl("npu_cross_entropy_loss", &cross_entropy_loss_autograd); }

}  // namespace at_npu
