// Functions of torch_npu: activations, gates and softmaxes that are one operator each, and their gradients.
#include "aten/row.h"

#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/activation.h"

namespace at_npu {
namespace {

using Pair = std::tuple<at::Tensor, at::Tensor>;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

at::Tensor half_of(const at::Tensor& x, int64_t dim) {
  at::DimVector sizes(x.sizes());
  sizes[c10::maybe_wrap_dim(dim, x.dim())] /= 2;
  return make(sizes, x.scalar_type());
}

// A function of one tensor with `kForward(x, a...)` and `kBackward(grad, x, a...)`, the a being what it is told beside.
template <auto kForward, auto kBackward, class... A> struct Unary
    : torch::autograd::Function<Unary<kForward, kBackward, A...>> {
  static at::Tensor forward(Context* context, const at::Tensor& x, A... a) {
    const at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({x});
    context->saved_data["arguments"] = std::tuple<A...>(a...);
    return kForward(x, a...);
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto x = context->get_saved_variables()[0];
    const auto arguments = context->saved_data["arguments"].template to<std::tuple<A...>>();
    Variables out(1 + sizeof...(A));
    out[0] = std::apply([&](const A&... a) { return kBackward(grads[0], x, a...); }, arguments);
    return out;
  }
};

at::Tensor fast_gelu(const at::Tensor& x) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = like(x);
  NPU_LAUNCH(aclnnFastGelu, x, out);
  return out;
}
at::Tensor fast_gelu_backward(const at::Tensor& grad, const at::Tensor& x) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = like(x);
  NPU_LAUNCH(aclnnFastGeluBackward, grad, x, out);
  return out;
}

void check_form(const std::string& approximate) {
  TORCH_CHECK(approximate == "none" || approximate == "tanh", "npu_gelu: approximate is none or tanh, not '",
              approximate, "'");
}
at::Tensor gelu(const at::Tensor& x, const std::string& approximate) {
  check_form(approximate);
  const c10_npu::NPUGuard guard(x.device());
  auto out = like(x);
  NPU_LAUNCH(aclnnGeluV2, x, int64_t{approximate == "tanh"}, out);
  return out;
}
at::Tensor gelu_backward(const at::Tensor& grad, const at::Tensor& x, const std::string& approximate) {
  check_form(approximate);
  const c10_npu::NPUGuard guard(x.device());
  auto out = like(x);
  NPU_LAUNCH(aclnnGeluBackwardV2, grad, x, std::string_view(approximate), out);
  return out;
}

at::Tensor swiglu(const at::Tensor& x, int64_t dim) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = half_of(x, dim);
  NPU_LAUNCH(aclnnSwiGlu, x, dim, out);
  return out;
}
at::Tensor swiglu_backward(const at::Tensor& grad, const at::Tensor& x, int64_t dim) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = make(x.sizes(), x.scalar_type());
  NPU_LAUNCH(aclnnSwiGluGrad, grad, x, dim, out);
  return out;
}
Pair geglu(const at::Tensor& x, int64_t dim, int64_t approximate, bool activate_left) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = half_of(x, dim), active = half_of(x, dim);
  NPU_LAUNCH(aclnnGeGluV3, x, dim, approximate, activate_left, out, active);
  return {out, active};
}
at::Tensor geglu_grad(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& active, int64_t dim,
                      int64_t approximate, bool activate_left) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = like(x);
  NPU_LAUNCH(aclnnGeGluV3Backward, grad, x, active, dim, approximate, activate_left, out);
  return out;
}
struct GeGlu : torch::autograd::Function<GeGlu> {
  static Variables forward(Context* context, const at::Tensor& x, int64_t dim, int64_t approximate,
                           bool activate_left) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [out, active] = geglu(x, dim, approximate, activate_left);
    context->save_for_backward({x, active});
    context->mark_non_differentiable({active});
    context->saved_data["arguments"] = std::tuple(dim, approximate, activate_left);
    return {out, active};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    const auto [dim, approximate, left] = context->saved_data["arguments"].to<std::tuple<int64_t, int64_t, bool>>();
    return {geglu_grad(grads[0], saved[0], saved[1], dim, approximate, left), {}, {}, {}};
  }
};
Pair geglu_autograd(const at::Tensor& x, int64_t dim, int64_t approximate, bool activate_left) {
  const auto out = GeGlu::apply(x, dim, approximate, activate_left);
  return {out[0], out[1]};
}

at::Tensor clipped_swiglu(const at::Tensor& x, const OptTensor& group_index, int64_t dim, double alpha, double limit,
                          double bias, bool interleaved) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = half_of(x, dim);
  NPU_LAUNCH(aclnnClippedSwiglu, x, group_index, dim, alpha, limit, bias, interleaved, out);
  return out;
}

at::Tensor scaled_masked_softmax(const at::Tensor& x, const at::Tensor& mask, const at::Scalar& scale, bool triangle) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = like(x);
  NPU_LAUNCH(aclnnScaledMaskedSoftmax, x, mask, scale.toDouble(), triangle, out);
  return out;
}
at::Tensor scaled_masked_softmax_backward(const at::Tensor& grad, const at::Tensor& y, const at::Tensor& mask,
                                          const at::Scalar& scale, bool triangle) {
  const c10_npu::NPUGuard guard(y.device());
  auto out = like(y);
  NPU_LAUNCH(aclnnScaledMaskedSoftmaxBackward, grad, y, mask, scale.toDouble(), triangle, out);
  return out;
}
struct ScaledMaskedSoftmax : torch::autograd::Function<ScaledMaskedSoftmax> {
  static at::Tensor forward(Context* context, const at::Tensor& x, const at::Tensor& mask, double scale,
                            bool triangle) {
    const at::AutoDispatchBelowADInplaceOrView below;
    auto y = scaled_masked_softmax(x, mask, scale, triangle);
    context->save_for_backward({y, mask});
    context->saved_data["arguments"] = std::tuple(scale, triangle);
    return y;
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    const auto [scale, triangle] = context->saved_data["arguments"].to<std::tuple<double, bool>>();
    return {scaled_masked_softmax_backward(grads[0], saved[0], saved[1], scale, triangle), {}, {}, {}};
  }
};
at::Tensor scaled_masked_softmax_autograd(const at::Tensor& x, const at::Tensor& mask, const at::Scalar& scale,
                                          bool triangle) {
  return ScaledMaskedSoftmax::apply(x, mask, scale.toDouble(), triangle);
}

at::Tensor masked_softmax_with_rel_pos_bias(const at::Tensor& x, const OptTensor& mask, const at::Tensor& bias,
                                            double scale, int64_t precision) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = like(x);
  NPU_LAUNCH(aclnnMaskedSoftmaxWithRelPosBias, x, mask, bias, scale, precision, out);
  return out;
}

// As the dispatcher calls them.
at::Tensor fast_gelu_autograd(const at::Tensor& x) { return Unary<fast_gelu, fast_gelu_backward>::apply(x); }
at::Tensor swiglu_autograd(const at::Tensor& x, int64_t dim) {
  return Unary<swiglu, swiglu_backward, int64_t>::apply(x, dim);
}
at::Tensor gelu_plain(const at::Tensor& x, std::string_view form) { return gelu(x, std::string(form)); }
at::Tensor gelu_autograd(const at::Tensor& x, std::string_view form) {
  return Unary<gelu, gelu_backward, std::string>::apply(x, std::string(form));
}
at::Tensor gelu_backward_plain(const at::Tensor& grad, const at::Tensor& x, std::string_view form) {
  return gelu_backward(grad, x, std::string(form));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def("npu_swiglu(Tensor self, int dim=-1) -> Tensor");
  m.def("npu_swiglu_backward(Tensor grad_output, Tensor self, int dim=-1) -> Tensor");
  m.def("npu_fast_gelu(Tensor self) -> Tensor");
  m.def("npu_fast_gelu_backward(Tensor grad, Tensor self) -> Tensor");
  m.def("npu_gelu(Tensor self, *, str approximate='none') -> Tensor");
  m.def("npu_gelu_backward(Tensor grad_output, Tensor self, *, str approximate='none') -> Tensor");
  m.def("npu_geglu(Tensor self, int dim=-1, int approximate=1, bool activate_left=False) -> (Tensor, Tensor)");
  m.def(
      "npu_geglu_grad(Tensor grad_output, Tensor self, Tensor gelu, int dim=-1, int approximate=1, "
      "bool activate_left=False) -> Tensor");
  m.def(
      "npu_clipped_swiglu(Tensor x, *, Tensor? group_index=None, int dim=-1, float alpha=1.702, float limit=7.0, "
      "float bias=1.0, bool interleaved=True) -> Tensor");
  m.def("npu_scaled_masked_softmax(Tensor x, Tensor mask, Scalar scale=1, bool fixed_triu_mask=False) -> Tensor");
  m.def(
      "npu_scaled_masked_softmax_backward(Tensor y_grad, Tensor y, Tensor mask, Scalar scale, bool fixed_triu_mask) "
      "-> Tensor");
  m.def(
      "npu_masked_softmax_with_rel_pos_bias(Tensor x, Tensor? atten_mask, Tensor relative_pos_bias, "
      "float scale_value=1.0, int inner_precision_mode=0) -> Tensor");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_swiglu", &swiglu);
  m.impl("npu_swiglu_backward", &swiglu_backward);
  m.impl("npu_fast_gelu", &fast_gelu);
  m.impl("npu_fast_gelu_backward", &fast_gelu_backward);
  m.impl("npu_gelu", &gelu_plain);
  m.impl("npu_gelu_backward", &gelu_backward_plain);
  m.impl("npu_geglu", &geglu);
  m.impl("npu_geglu_grad", &geglu_grad);
  m.impl("npu_clipped_swiglu", &clipped_swiglu);
  m.impl("npu_scaled_masked_softmax", &scaled_masked_softmax);
  m.impl("npu_scaled_masked_softmax_backward", &scaled_masked_softmax_backward);
  m.impl("npu_masked_softmax_with_rel_pos_bias", &masked_softmax_with_rel_pos_bias);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) {
  m.impl("npu_swiglu", &swiglu_autograd);
  m.impl("npu_fast_gelu", &fast_gelu_autograd);
  m.impl("npu_gelu", &gelu_autograd);
  m.impl("npu_geglu", &geglu_autograd);
  m.impl("npu_scaled_masked_softmax", &scaled_masked_softmax_autograd);
}

}  // namespace at_npu
