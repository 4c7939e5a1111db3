// Functions of torch_npu: normalizations that are one operator each, and their gradients.
#include "aten/row.h"

#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/norm.h"

namespace at_npu {
namespace {

using Pair = std::tuple<at::Tensor, at::Tensor>;
using Triple = std::tuple<at::Tensor, at::Tensor, at::Tensor>;
using Four = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

// One number for each row: x's sizes, with ones for the dimensions that gamma has.
at::Tensor row_statistic(const at::Tensor& x, const at::Tensor& gamma) {
  TORCH_CHECK(gamma.dim() <= x.dim(), "gamma has more dimensions, ", gamma.sizes(), ", than its input, ", x.sizes());
  at::DimVector sizes(x.sizes());
  std::fill(sizes.end() - gamma.dim(), sizes.end(), 1);
  return make(sizes, at::kFloat);
}

Pair rms_norm(const at::Tensor& x, const at::Tensor& gamma, double epsilon) {
  const c10_npu::NPUGuard guard(x.device());
  auto y = make(x.sizes(), x.scalar_type()), rstd = row_statistic(x, gamma);
  NPU_LAUNCH(aclnnRmsNorm, x, gamma, epsilon, y, rstd);
  return {y, rstd};
}
Pair rms_norm_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& rstd) {
  const c10_npu::NPUGuard guard(x.device());
  auto dx = make(x.sizes(), x.scalar_type()), dgamma = make(gamma.sizes(), at::kFloat);
  NPU_LAUNCH(aclnnRmsNormGrad, dy, x, rstd, gamma, dx, dgamma);
  return {dx, dgamma};
}
struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static Variables forward(Context* context, const at::Tensor& x, const at::Tensor& gamma, double epsilon) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [y, rstd] = rms_norm(x, gamma, epsilon);
    context->save_for_backward({x, gamma, rstd});
    context->mark_non_differentiable({rstd});
    return {y, rstd};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    const auto [dx, dgamma] = rms_norm_backward(grads[0], saved[0], saved[1], saved[2]);
    return {dx, dgamma, {}};
  }
};
Pair rms_norm_autograd(const at::Tensor& x, const at::Tensor& gamma, double epsilon) {
  const auto out = RmsNorm::apply(x, gamma, epsilon);
  return {out[0], out[1]};
}

Triple add_rms_norm(const at::Tensor& x1, const at::Tensor& x2, const at::Tensor& gamma, double epsilon) {
  const c10_npu::NPUGuard guard(x1.device());
  auto y = make(x1.sizes(), x1.scalar_type()), x = make(x1.sizes(), x1.scalar_type()), rstd = row_statistic(x1, gamma);
  NPU_LAUNCH(aclnnAddRmsNorm, x1, x2, gamma, epsilon, y, rstd, x);
  return {y, rstd, x};
}

Four add_layer_norm(const at::Tensor& x1, const at::Tensor& x2, const at::Tensor& gamma, const at::Tensor& beta,
                    double epsilon, bool additional_output) {
  const c10_npu::NPUGuard guard(x1.device());
  auto y = like(x1), x = like(x1), mean = row_statistic(x1, gamma), rstd = row_statistic(x1, gamma);
  NPU_LAUNCH(aclnnAddLayerNorm, x1, x2, gamma, beta, none, epsilon, additional_output, y, mean, rstd, x);
  return {y, mean, rstd, x};
}
Four add_layer_norm_backward(const OptTensor& dy, const at::Tensor& x1, const at::Tensor& x2, const at::Tensor& rstd,
                             const at::Tensor& mean, const at::Tensor& gamma, const OptTensor& dsum) {
  const c10_npu::NPUGuard guard(x1.device());
  auto dx = like(x1), dgamma = make(gamma.sizes(), at::kFloat), dbeta = make(gamma.sizes(), at::kFloat);
  const auto grad = dy && dy->defined() ? *dy : at::zeros_like(x1);
  NPU_LAUNCH(aclnnAddLayerNormGrad, grad, x1, x2, rstd, mean, gamma, dsum, dx, dgamma, dbeta);
  return {dx, dx, dgamma, dbeta};
}
struct AddLayerNorm : torch::autograd::Function<AddLayerNorm> {
  static Variables forward(Context* context, const at::Tensor& x1, const at::Tensor& x2, const at::Tensor& gamma,
                           const at::Tensor& beta, double epsilon, bool additional_output) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [y, mean, rstd, x] = add_layer_norm(x1, x2, gamma, beta, epsilon, additional_output);
    context->save_for_backward({x1, x2, rstd, mean, gamma});
    context->mark_non_differentiable({mean, rstd});
    return {y, mean, rstd, x};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto t = context->get_saved_variables();
    const auto [dx1, dx2, dgamma, dbeta] = add_layer_norm_backward(grads[0], t[0], t[1], t[2], t[3], t[4], grads[3]);
    return {dx1, dx2, dgamma, dbeta, {}, {}};
  }
};
Four add_layer_norm_autograd(const at::Tensor& x1, const at::Tensor& x2, const at::Tensor& gamma,
                             const at::Tensor& beta, double epsilon, bool additional_output) {
  const auto out = AddLayerNorm::apply(x1, x2, gamma, beta, epsilon, additional_output);
  return {out[0], out[1], out[2], out[3]};
}

Triple deep_norm(const at::Tensor& x, const at::Tensor& gx, const at::Tensor& beta, const at::Tensor& gamma,
                 double alpha, double epsilon) {
  const c10_npu::NPUGuard guard(x.device());
  auto y = like(x), mean = row_statistic(x, gamma), rstd = row_statistic(x, gamma);
  NPU_LAUNCH(aclnnDeepNorm, x, gx, beta, gamma, alpha, epsilon, mean, rstd, y);
  return {mean, rstd, y};
}
Four deep_norm_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& gx, const at::Tensor& gamma,
                        const at::Tensor& mean, const at::Tensor& rstd, double alpha) {
  const c10_npu::NPUGuard guard(x.device());
  auto dx = like(x), dgx = like(x), dbeta = make(gamma.sizes(), at::kFloat), dgamma = make(gamma.sizes(), at::kFloat);
  NPU_LAUNCH(aclnnDeepNormGrad, dy, x, gx, gamma, mean, rstd, alpha, dx, dgx, dbeta, dgamma);
  return {dx, dgx, dbeta, dgamma};
}
struct DeepNorm : torch::autograd::Function<DeepNorm> {
  static Variables forward(Context* context, const at::Tensor& x, const at::Tensor& gx, const at::Tensor& beta,
                           const at::Tensor& gamma, double alpha, double epsilon) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [mean, rstd, y] = deep_norm(x, gx, beta, gamma, alpha, epsilon);
    context->save_for_backward({x, gx, gamma, mean, rstd});
    context->mark_non_differentiable({mean, rstd});
    context->saved_data["alpha"] = alpha;
    return {mean, rstd, y};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto t = context->get_saved_variables();
    const auto [dx, dgx, dbeta, dgamma] =
        deep_norm_backward(grads[2], t[0], t[1], t[2], t[3], t[4], context->saved_data["alpha"].toDouble());
    return {dx, dgx, dbeta, dgamma, {}, {}};
  }
};
Triple deep_norm_autograd(const at::Tensor& x, const at::Tensor& gx, const at::Tensor& beta, const at::Tensor& gamma,
                          double alpha, double epsilon) {
  const auto out = DeepNorm::apply(x, gx, beta, gamma, alpha, epsilon);
  return {out[0], out[1], out[2]};
}

constexpr std::string_view kChannelsFirst = "NCHW";
Triple group_norm_swish(const at::Tensor& x, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                        std::optional<double> eps, std::optional<double> scale) {
  const c10_npu::NPUGuard guard(x.device());
  TORCH_CHECK(x.dim() >= 2 && groups > 0, "npu_group_norm_swish: the input has 2 dimensions or more, and groups");
  auto y = like(x), mean = make({x.size(0), groups}, weight.scalar_type()),
       rstd = make({x.size(0), groups}, weight.scalar_type());
  NPU_LAUNCH(aclnnGroupNormSwish, x, weight, bias, groups, kChannelsFirst, eps.value_or(1e-5), true, scale.value_or(1),
             y, mean, rstd);
  return {y, mean, rstd};
}
Triple group_norm_swish_grad(const at::Tensor& grad, const at::Tensor& x, int64_t groups, const at::Tensor& weight,
                             const at::Tensor& bias, const at::Tensor& mean, const at::Tensor& rstd,
                             std::array<bool, 3> mask, std::optional<double> scale) {
  const c10_npu::NPUGuard guard(x.device());
  auto dx = like(x), dweight = like(weight), dbias = like(bias);
  NPU_LAUNCH(aclnnGroupNormSwishGrad, grad, mean, rstd, x, weight, bias, groups, kChannelsFirst, scale.value_or(1),
             mask[1], mask[2], dx, dweight, dbias);
  return {dx, mask[1] ? dweight : at::Tensor(), mask[2] ? dbias : at::Tensor()};
}
struct GroupNormSwish : torch::autograd::Function<GroupNormSwish> {
  static Variables forward(Context* context, const at::Tensor& x, int64_t groups, const at::Tensor& weight,
                           const at::Tensor& bias, std::optional<double> eps, std::optional<double> scale) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [y, mean, rstd] = group_norm_swish(x, groups, weight, bias, eps, scale);
    context->save_for_backward({x, weight, bias, mean, rstd});
    context->mark_non_differentiable({mean, rstd});
    context->saved_data["arguments"] = std::tuple(groups, scale.value_or(1));
    return {y, mean, rstd};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto t = context->get_saved_variables();
    const auto [groups, scale] = context->saved_data["arguments"].to<std::tuple<int64_t, double>>();
    const std::array<bool, 3> mask{true, context->needs_input_grad(1), context->needs_input_grad(2)};
    const auto [dx, dweight, dbias] =
        group_norm_swish_grad(grads[0], t[0], groups, t[1], t[2], t[3], t[4], mask, scale);
    return {dx, {}, dweight, dbias, {}, {}};
  }
};
Triple group_norm_swish_autograd(const at::Tensor& x, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                                 std::optional<double> eps, std::optional<double> scale) {
  const auto out = GroupNormSwish::apply(x, groups, weight, bias, eps, scale);
  return {out[0], out[1], out[2]};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def("npu_rms_norm(Tensor self, Tensor gamma, float epsilon=1e-06) -> (Tensor, Tensor)");
  m.def("npu_rms_norm_backward(Tensor dy, Tensor self, Tensor gamma, Tensor rstd) -> (Tensor, Tensor)");
  m.def("npu_add_rms_norm(Tensor x1, Tensor x2, Tensor gamma, float epsilon=1e-06) -> (Tensor, Tensor, Tensor)");
  m.def(
      "npu_add_layer_norm(Tensor x1, Tensor x2, Tensor gamma, Tensor beta, float epsilon=1e-05, "
      "bool additional_output=False) -> (Tensor, Tensor, Tensor, Tensor)");
  m.def(
      "npu_add_layer_norm_backward(Tensor? dy_opt, Tensor x1, Tensor x2, Tensor rstd, Tensor mean, Tensor gamma, "
      "Tensor? dsum_opt) -> (Tensor, Tensor, Tensor, Tensor)");
  m.def(
      "npu_deep_norm(Tensor x, Tensor gx, Tensor beta, Tensor gamma, float alpha=0.3, float epsilon=1e-06) "
      "-> (Tensor, Tensor, Tensor)");
  m.def(
      "npu_deep_norm_backward(Tensor dy, Tensor x, Tensor gx, Tensor gamma, Tensor mean, Tensor rstd, "
      "float alpha=0.3) -> (Tensor, Tensor, Tensor, Tensor)");
  m.def(
      "npu_group_norm_swish(Tensor input, int num_groups, Tensor weight, Tensor bias, float? eps=1e-5, "
      "float? swish_scale=1.0) -> (Tensor, Tensor, Tensor)");
  m.def(
      "npu_group_norm_swish_grad(Tensor grad, Tensor input, int num_groups, Tensor weight, Tensor bias, Tensor mean, "
      "Tensor rstd, bool[3] grad_input_mask, float? swish_scale=1.0) -> (Tensor, Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_rms_norm", &rms_norm);
  m.impl("npu_rms_norm_backward", &rms_norm_backward);
  m.impl("npu_add_rms_norm", &add_rms_norm);
  m.impl("npu_add_layer_norm", &add_layer_norm);
  m.impl("npu_add_layer_norm_backward", &add_layer_norm_backward);
  m.impl("npu_deep_norm", &deep_norm);
  m.impl("npu_deep_norm_backward", &deep_norm_backward);
  m.impl("npu_group_norm_swish", &group_norm_swish);
  m.impl("npu_group_norm_swish_grad", &group_norm_swish_grad);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) {
  m.impl("npu_rms_norm", &rms_norm_autograd);
  m.impl("npu_add_layer_norm", &add_layer_norm_autograd);
  m.impl("npu_deep_norm", &deep_norm_autograd);
  m.impl("npu_group_norm_swish", &group_norm_swish_autograd);
}

}  // namespace at_npu
