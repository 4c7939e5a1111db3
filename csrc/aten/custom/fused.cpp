// Functions of torch_npu that are one fused operator each, and their gradients: norms, gates, rotary embedding.
#include "aten/row.h"

#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/activation.h"
#include "aclnnop/norm.h"
#include "aclnnop/rotary.h"

namespace at_npu {
namespace {

using Pair = std::tuple<at::Tensor, at::Tensor>;
using Triple = std::tuple<at::Tensor, at::Tensor, at::Tensor>;
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

at::Tensor swiglu(const at::Tensor& x, int64_t dim) {
  const c10_npu::NPUGuard guard(x.device());
  at::DimVector sizes(x.sizes());
  sizes[c10::maybe_wrap_dim(dim, x.dim())] /= 2;
  auto out = make(sizes, x.scalar_type());
  NPU_LAUNCH(aclnnSwiGlu, x, dim, out);
  return out;
}
at::Tensor swiglu_backward(const at::Tensor& grad, const at::Tensor& x, int64_t dim) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = make(x.sizes(), x.scalar_type());
  NPU_LAUNCH(aclnnSwiGluGrad, grad, x, dim, out);
  return out;
}
struct SwiGlu : torch::autograd::Function<SwiGlu> {
  static at::Tensor forward(Context* context, const at::Tensor& x, int64_t dim) {
    const at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({x});
    context->saved_data["dim"] = dim;
    return swiglu(x, dim);
  }
  static Variables backward(Context* context, const Variables& grads) {
    return {swiglu_backward(grads[0], context->get_saved_variables()[0], context->saved_data["dim"].toInt()), {}};
  }
};
at::Tensor swiglu_autograd(const at::Tensor& x, int64_t dim) { return SwiGlu::apply(x, dim); }

int64_t rotary_code(std::string_view mode) {
  static constexpr std::string_view kModes[] = {"half", "interleave", "quarter", "interleave-half"};
  const auto* found = std::find(std::begin(kModes), std::end(kModes), mode);
  TORCH_CHECK(found != std::end(kModes), "npu_rotary_mul: rotary_mode is half or interleave, not '", mode, "'");
  return found - kModes;
}
at::Tensor rotary_mul(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, std::string_view mode,
                      const OptTensor& rotate) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = make(x.sizes(), x.scalar_type());
  const auto dtype = x.scalar_type();
  NPU_LAUNCH(aclnnRotaryPositionEmbeddingV2, x, cos.to(dtype), sin.to(dtype), rotary_code(mode), rotate, out);
  return out;
}
// Without x there are no gradients of cos and sin.
Triple rotary_mul_grads(const at::Tensor& grad, const OptTensor& x, const at::Tensor& cos, const at::Tensor& sin,
                        std::string_view mode) {
  const c10_npu::NPUGuard guard(grad.device());
  const auto dtype = grad.scalar_type();
  auto dx = make(grad.sizes(), dtype);
  at::Tensor dcos, dsin;
  if (x) dcos = make(cos.sizes(), dtype), dsin = make(sin.sizes(), dtype);
  NPU_LAUNCH(aclnnRotaryPositionEmbeddingGrad, grad, cos.to(dtype), sin.to(dtype), x, rotary_code(mode), dx, dcos,
             dsin);
  return {dx, dcos, dsin};
}
Triple rotary_mul_backward(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin,
                           std::string_view mode) {
  return rotary_mul_grads(grad.to(x.scalar_type()), x, cos, sin, mode);
}
struct RotaryMul : torch::autograd::Function<RotaryMul> {
  static at::Tensor forward(Context* context, const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin,
                            const std::string& mode, const OptTensor& rotate) {
    const at::AutoDispatchBelowADInplaceOrView below;
    TORCH_CHECK(!rotate || !rotate->requires_grad(), "npu_rotary_mul: rotate has no gradient");
    context->save_for_backward({x, cos, sin});
    context->saved_data["mode"] = mode;
    return rotary_mul(x, cos, sin, mode, rotate);
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    const bool angles = context->needs_input_grad(1) || context->needs_input_grad(2);
    const auto [dx, dcos, dsin] = rotary_mul_grads(grads[0], angles ? OptTensor(saved[0]) : std::nullopt, saved[1],
                                                   saved[2], context->saved_data["mode"].toStringRef());
    return {dx, dcos, dsin, {}, {}};
  }
};
at::Tensor rotary_mul_autograd(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, std::string_view mode,
                               const OptTensor& rotate) {
  return RotaryMul::apply(x, cos, sin, std::string(mode), rotate);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def("npu_rms_norm(Tensor self, Tensor gamma, float epsilon=1e-06) -> (Tensor, Tensor)");
  m.def("npu_rms_norm_backward(Tensor dy, Tensor self, Tensor gamma, Tensor rstd) -> (Tensor, Tensor)");
  m.def("npu_add_rms_norm(Tensor x1, Tensor x2, Tensor gamma, float epsilon=1e-06) -> (Tensor, Tensor, Tensor)");
  m.def("npu_swiglu(Tensor self, int dim=-1) -> Tensor");
  m.def("npu_swiglu_backward(Tensor grad_output, Tensor self, int dim=-1) -> Tensor");
  m.def("npu_rotary_mul(Tensor self, Tensor r1, Tensor r2, str rotary_mode='half', Tensor? rotate=None) -> Tensor");
  m.def(
      "npu_rotary_mul_backward(Tensor grad, Tensor self, Tensor r1, Tensor r2, str rotary_mode='half') "
      "-> (Tensor, Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_rms_norm", &rms_norm);
  m.impl("npu_rms_norm_backward", &rms_norm_backward);
  m.impl("npu_add_rms_norm", &add_rms_norm);
  m.impl("npu_swiglu", &swiglu);
  m.impl("npu_swiglu_backward", &swiglu_backward);
  m.impl("npu_rotary_mul", &rotary_mul);
  m.impl("npu_rotary_mul_backward", &rotary_mul_backward);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) {
  m.impl("npu_rms_norm", &rms_norm_autograd);
  m.impl("npu_swiglu", &swiglu_autograd);
  m.impl("npu_rotary_mul", &rotary_mul_autograd);
}

}  // namespace at_npu
