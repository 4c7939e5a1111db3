// Functions of torch_npu for rotary position embedding, and the gradient of npu_rotary_mul.
#include "aten/row.h"

#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/rotary.h"

namespace at_npu {
namespace {

using Pair = std::tuple<at::Tensor, at::Tensor>;
using Triple = std::tuple<at::Tensor, at::Tensor, at::Tensor>;
using OptText = std::optional<std::string_view>;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

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

// In place: query and key are what comes out.
Pair apply_rotary_pos_emb(const at::Tensor& query, const at::Tensor& key, const at::Tensor& cos, const at::Tensor& sin,
                          std::string_view layout, std::string_view rotary_mode) {
  static constexpr std::string_view kLayouts[] = {"BSND", "SBND", "BNSD", "TND"};
  const auto* found = layout == "BSH" ? kLayouts : std::find(std::begin(kLayouts), std::end(kLayouts), layout);
  TORCH_CHECK(found != std::end(kLayouts), "npu_apply_rotary_pos_emb: layout is BSND, SBND, BNSD or TND, not '", layout,
              "'");
  const c10_npu::NPUGuard guard(query.device());
  at::Tensor to_query = query, to_key = key;
  NPU_LAUNCH(aclnnApplyRotaryPosEmbV2, to_query, to_key, cos, sin, int64_t{found - kLayouts + 1}, rotary_mode);
  return {query, key};
}

at::Tensor interleave_rope(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  const c10_npu::NPUGuard guard(x.device());
  auto out = make(x.sizes(), x.scalar_type());
  NPU_LAUNCH(aclnnInterleaveRope, x, cos, sin, out);
  return out;
}

Pair mrope(const at::Tensor& positions, const at::Tensor& query, const at::Tensor& key, const at::Tensor& table,
           int64_t head_size, at::OptionalIntArrayRef sections, OptText rotary_mode, OptText cache_mode) {
  const auto mode = rotary_mode.value_or("half");
  TORCH_CHECK(mode == "half" || mode == "interleave", "npu_mrope: rotary_mode is half or interleave, not '", mode, "'");
  TORCH_CHECK_NOT_IMPLEMENTED(cache_mode.value_or("default") == "default",
                              "UNIMPLEMENTED: npu_mrope with the cache_mode '", *cache_mode, "'");
  const c10_npu::NPUGuard guard(query.device());
  auto to_query = make(query.sizes(), query.scalar_type()), to_key = make(key.sizes(), key.scalar_type());
  NPU_LAUNCH(aclnnRopeWithSinCosCache, positions, query, key, table, sections, head_size, mode == "half", to_query,
             to_key);
  return {to_query, to_key};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def("npu_rotary_mul(Tensor self, Tensor r1, Tensor r2, str rotary_mode='half', Tensor? rotate=None) -> Tensor");
  m.def(
      "npu_rotary_mul_backward(Tensor grad, Tensor self, Tensor r1, Tensor r2, str rotary_mode='half') "
      "-> (Tensor, Tensor, Tensor)");
  m.def(
      "npu_apply_rotary_pos_emb(Tensor query, Tensor key, Tensor cos, Tensor sin, str layout='BSND', "
      "str rotary_mode='half') -> (Tensor, Tensor)");
  m.def("npu_interleave_rope(Tensor x, Tensor cos, Tensor sin) -> Tensor");
  m.def(
      "npu_mrope(Tensor positions, Tensor query, Tensor key, Tensor cos_sin_cache, int head_size, *, "
      "int[]? mrope_section=None, str? rotary_mode='half', str? cache_mode='default') -> (Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_rotary_mul", &rotary_mul);
  m.impl("npu_rotary_mul_backward", &rotary_mul_backward);
  m.impl("npu_apply_rotary_pos_emb", &apply_rotary_pos_emb);
  m.impl("npu_interleave_rope", &interleave_rope);
  m.impl("npu_mrope", &mrope);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) { m.impl("npu_rotary_mul", &rotary_mul_autograd); }

}  // namespace at_npu
