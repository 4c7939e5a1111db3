// Gradient scaling and fused optimizers.
#include "aclnnop/optimizer.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale_ops.h>
#include <ATen/ops/_amp_update_scale_ops.h>
#include <ATen/ops/maximum.h>

namespace npu {

ACLNN_OP(aclnnForeachNonFiniteCheckAndUnscale, scaled_grads, found_inf, inv_scale) {
  OP_GIVEN(found_inf.defined() && inv_scale.defined());
  OP_CHECK(
      found_inf.dtype == ACL_FLOAT && inv_scale.dtype == ACL_FLOAT && found_inf.numel() == 1 && inv_scale.numel() == 1,
      "found_inf and inv_scale must be one float32 each");
  for (const Tensor& grad : scaled_grads)
    OP_CHECK(grad.defined() && info(grad.dtype).kind == Kind::kFloat, "the gradients must be floating point");
  return aten<at::_ops::_amp_foreach_non_finite_check_and_unscale_>(scaled_grads, found_inf, inv_scale);
}

ACLNN_OP(aclnnAmpUpdateScale, current_scale, growth_tracker, found_inf, growth_factor, backoff_factor, growth_interval,
         new_scale, new_tracker) {
  OP_GIVEN(current_scale.defined() && growth_tracker.defined() && found_inf.defined());
  OP_CHECK(current_scale.dtype == ACL_FLOAT && found_inf.dtype == ACL_FLOAT && growth_tracker.dtype == ACL_INT32,
           "the scale and found_inf are float32, the tracker int32");
  OP_CHECK(current_scale.numel() == 1 && growth_tracker.numel() == 1 && found_inf.numel() == 1,
           "the scale, the tracker and found_inf have one element");
  OP_CHECK(new_scale.dtype == current_scale.dtype && new_tracker.dtype == growth_tracker.dtype,
           "the new scale and tracker must have the dtypes of the old ones");
  NPU_TRY(holds("new_scale", new_scale, sizes(current_scale), ACL_FLOAT));
  NPU_TRY(holds("new_tracker", new_tracker, sizes(growth_tracker), ACL_INT32));
  return [=](void*) {
    auto scale = aten_view(new_scale), tracker = aten_view(new_tracker);
    if (new_scale.data != current_scale.data) scale.copy_(aten_view(current_scale));
    if (new_tracker.data != growth_tracker.data) tracker.copy_(aten_view(growth_tracker));
    at::_ops::_amp_update_scale_::call(scale, tracker, aten_view(found_inf), growth_factor, backoff_factor,
                                       growth_interval);
  };
}

static Status like(const Tensor& var, std::initializer_list<const Tensor*> others) {
  OP_GIVEN(var.defined());
  for (const Tensor* t : others) {
    OP_GIVEN(t->defined());
    OP_CHECK(t->same_sizes(var), "the gradient and the moments must have the shape of var");
  }
  return {};
}
static double number(const Tensor& t) { return aten_view(t).item().toDouble(); }
static Status numbers(std::initializer_list<const Tensor*> tensors) {
  for (const Tensor* t : tensors) {
    OP_GIVEN(t->defined());
    OP_CHECK(t->numel() == 1, "a hyperparameter has one element");
  }
  return {};
}

// The powers are beta1 and beta2 to the number of this step.
ACLNN_OP(aclnnApplyAdam, var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad, use_locking,
         use_nesterov) {
  NPU_TRY(like(var, {&m, &v, &grad}));
  NPU_TRY(numbers({&beta1_power, &beta2_power, &lr, &beta1, &beta2, &epsilon}));
  return [=](void*) {
    const double b1 = number(beta1), b2 = number(beta2);
    const double rate = number(lr) * std::sqrt(1 - number(beta2_power)) / (1 - number(beta1_power));
    auto x = aten_view(var), first = aten_view(m), second = aten_view(v);
    const auto g = aten_view(grad);
    first.mul_(b1).add_(g, 1 - b1);
    second.mul_(b2).addcmul_(g, g, 1 - b2);
    const auto step = use_nesterov ? first * b1 + g * (1 - b1) : first;
    x.addcdiv_(step, second.sqrt().add_(number(epsilon)), -rate);
  };
}

// The powers are beta1 and beta2 to the number of the steps before this one. With amsgrad the step divides by the
// greatest second moment so far, which the caller keeps.
ACLNN_OP(aclnnApplyAdamW, var, m, v, beta1_power, beta2_power, lr, weight_decay, beta1, beta2, eps, grad, max_grad_norm,
         amsgrad, maximize) {
  NPU_TRY(like(var, {&m, &v, &grad}));
  NPU_TRY(numbers({&beta1_power, &beta2_power, &lr, &weight_decay, &beta1, &beta2, &eps}));
  if (amsgrad) NPU_TRY(like(var, {&max_grad_norm}));
  OP_CHECK(info(var.dtype).kind == Kind::kFloat && var.dtype != ACL_DOUBLE, "var must be float32, float16 or bfloat16");
  for (const Tensor* t : {&m, &v, &grad, &beta1_power, &beta2_power, &lr, &weight_decay, &beta1, &beta2, &eps})
    OP_CHECK(t->dtype == var.dtype, "the tensors must all have the dtype of var");
  OP_CHECK(!amsgrad || max_grad_norm.dtype == var.dtype, "the tensors must all have the dtype of var");
  return [=](void*) {
    const double b1 = number(beta1), b2 = number(beta2), rate = number(lr);
    const auto x = wide(var), g = maximize ? -wide(grad) : wide(grad);
    const auto first = wide(m) * b1 + g * (1 - b1), second = wide(v) * b2 + g * g * (1 - b2);
    const auto most = amsgrad ? at::maximum(second, wide(max_grad_norm)) : second;
    const auto denominator = (most / (1 - number(beta2_power) * b2)).sqrt() + number(eps);
    copy_result(x * (1 - rate * number(weight_decay)) - first / denominator * (rate / (1 - number(beta1_power) * b1)),
                var);
    copy_result(first, m);
    copy_result(second, v);
  };
}

// step counts the steps before this one.
ACLNN_OP(aclnnApplyAdamWV2, var, m, v, max_grad_norm, grad, step, lr, beta1, beta2, weight_decay, eps, amsgrad,
         maximize) {
  NPU_TRY(like(var, {&m, &v, &grad}));
  NPU_TRY(numbers({&step}));
  OP_CHECK(!amsgrad || max_grad_norm.same_sizes(var), "max_grad_norm must have the shape of var");
  return [=](void*) {
    const double t = number(step) + 1;
    const double correction1 = 1 - std::pow(static_cast<double>(beta1), t),
                 correction2 = 1 - std::pow(static_cast<double>(beta2), t);
    auto x = aten_view(var), first = aten_view(m), second = aten_view(v);
    const auto g = maximize ? aten_view(grad).neg() : aten_view(grad);
    x.mul_(1 - static_cast<double>(lr) * weight_decay);
    first.mul_(beta1).add_(g, 1 - static_cast<double>(beta1));
    second.mul_(beta2).addcmul_(g, g, 1 - static_cast<double>(beta2));
    auto denominator = second;
    if (amsgrad) {
      auto most = aten_view(max_grad_norm);
      most.copy_(at::maximum(most, second));
      denominator = most;
    }
    x.addcdiv_(first, (denominator / correction2).sqrt_().add_(eps), -static_cast<double>(lr) / correction1);
  };
}

// As torch.optim.SGD; on the first step the momentum is the gradient itself.
ACLNN_OP(aclnnFusedSgd, params, grads, momentum_buffer_list, grad_scale, weight_decay, momentum, lr, dampening,
         nesterov, maximize, is_first_step) {
  OP_CHECK(
      params.size() == grads.size() && (momentum_buffer_list.empty() || momentum_buffer_list.size() == params.size()),
      "the lists differ in length");
  for (size_t i = 0; i < params.size(); ++i) {
    NPU_TRY(like(params[i], {&grads[i]}));
    if (!momentum_buffer_list.empty()) NPU_TRY(like(params[i], {&momentum_buffer_list[i]}));
  }
  return [=](void*) {
    const double scale = grad_scale.defined() ? number(grad_scale) : 1;
    for (size_t i = 0; i < params.size(); ++i) {
      auto x = aten_view(params[i]), raw = aten_view(grads[i]);
      if (grad_scale.defined()) raw.div_(scale);
      auto g = maximize ? raw.neg() : raw;
      if (weight_decay != 0) g = g.add(x, weight_decay);
      if (!momentum_buffer_list.empty()) {
        auto buffer = aten_view(momentum_buffer_list[i]);
        if (is_first_step) buffer.copy_(g);
        else buffer.mul_(momentum).add_(g, 1 - dampening);
        g = nesterov ? g.add(buffer, momentum) : buffer;
      }
      x.add_(g, -static_cast<double>(lr));
    }
  };
}

}  // namespace npu
