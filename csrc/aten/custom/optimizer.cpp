// Optimizers that PyTorch calls `fused`: the whole step of a tensor, or of a list, is one operator.
#include "aten/row.h"

#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_fused_adamw_ops.h>
#include <ATen/ops/_fused_sgd_ops.h>
#include <ATen/ops/sub.h>

#include "aclnnop/optimizer.h"

namespace at_npu {
namespace {

// GradScaler leaves to a fused optimizer what it would do itself: skip a step with an inf, unscale the gradients.
bool skips(const OptTensor& found_inf) { return found_inf && found_inf->item().toDouble() != 0; }
void unscale(at::TensorList grads, const OptTensor& scale) {
  if (scale) at::_foreach_div_(grads, scale->to(grads[0].device()));
}

void fused_adamw(at::TensorList params, at::TensorList grads, at::TensorList averages, at::TensorList squares,
                 at::TensorList maxima, at::TensorList steps, double lr, double beta1, double beta2,
                 double weight_decay, double eps, bool amsgrad, bool maximize, const OptTensor& scale,
                 const OptTensor& found_inf) {
  if (params.empty() || skips(found_inf)) return;
  const c10_npu::NPUGuard guard(params[0].device());
  unscale(grads, scale);
  const auto number = [](double x) { return static_cast<float>(x); };
  for (size_t i = 0; i < params.size(); ++i) {
    auto param = params[i], average = averages[i], square = squares[i], maximum = amsgrad ? maxima[i] : at::Tensor();
    const auto before = at::sub(steps[i], 1);  // the device counts from the steps that were done
    NPU_LAUNCH(aclnnApplyAdamWV2, param, average, square, maximum, grads[i], before, number(lr), number(beta1),
               number(beta2), number(weight_decay), number(eps), amsgrad, maximize);
  }
}

void fused_sgd(at::TensorList params, at::TensorList grads, at::TensorList buffers, double weight_decay,
               double momentum, double lr, double dampening, bool nesterov, bool maximize, bool first,
               const OptTensor& scale, const OptTensor& found_inf) {
  if (params.empty() || skips(found_inf)) return;
  const c10_npu::NPUGuard guard(params[0].device());
  const auto number = [](double x) { return static_cast<float>(x); };
  NPU_LAUNCH(aclnnFusedSgd, params, grads, buffers, scale, number(weight_decay), number(momentum), number(lr),
             number(dampening), nesterov, maximize, first);
}
void fused_sgd_tensor(at::TensorList params, at::TensorList grads, at::TensorList buffers, double weight_decay,
                      double momentum, const at::Tensor& lr, double dampening, bool nesterov, bool maximize, bool first,
                      const OptTensor& scale, const OptTensor& found_inf) {
  fused_sgd(params, grads, buffers, weight_decay, momentum, lr.item().toDouble(), dampening, nesterov, maximize, first,
            scale, found_inf);
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(_fused_adamw_, aclnnApplyAdamWV2, fused_adamw);
  NPU_CUSTOM(_fused_sgd_, aclnnFusedSgd, fused_sgd);
  NPU_CUSTOM(_fused_sgd__tensor_lr, aclnnFusedSgd, fused_sgd_tensor);
}

}  // namespace at_npu
