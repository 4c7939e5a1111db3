// An activation or a normalization whose result is stored quantized.
#include "aclnnop/quant.h"
#include "case.h"

using namespace ops_test;
using Values = std::vector<at::IValue>;
static at::Tensor t(const Values& in, size_t i) { return in[i].toTensor().to(at::kFloat); }
static bool none(const Values& in, size_t i) { return in[i].isNone(); }
static at::Tensor int8(const at::Tensor& x) { return x.round().clamp(-128, 127).to(at::kChar); }
static Results by_rows(const at::Tensor& x) {
  const auto scale = x.abs().amax(-1, true) / 127;
  return {int8(x / scale), scale.squeeze(-1)};
}
using Text = NotReferenced<const char*>;
static const Text kStatic{"static"}, kDynamic{"dynamic"}, kRint{"rint"};
constexpr NotReferenced<int64_t> kInt8{2};

static Results gelu_static(const Values& in) {
  const auto x = at::gelu(t(in, 0), "tanh") * t(in, 1);
  return {int8(none(in, 2) ? x : x + t(in, 2))};
}
static Results gelu_dynamic(const Values& in) {
  const auto x = at::gelu(t(in, 0));
  return by_rows(none(in, 1) ? x : x * t(in, 1));
}
OP(aclnnGeluQuant, Reference(gelu_static), real({3, 8}) * 20, positive({8}), real({8}), Text{"tanh"}, kStatic, kRint,
   kInt8, OUT, NONE)
OP(aclnnGeluQuant, Reference(gelu_dynamic), real({2, 3, 8}, at::kHalf), positive({8}), NONE, Text{"none"}, kDynamic,
   kRint, kInt8, OUT, OUT)
OP(aclnnGeluQuant, Reference(gelu_dynamic), real({3, 8}, at::kBFloat16), NONE, NONE, Text{"none"}, kDynamic, kRint,
   kInt8, OUT, OUT)

static at::Tensor swiglu(const at::Tensor& x, bool left) {
  const auto h = x.chunk(2, -1);
  return left ? at::silu(h[0]) * h[1] : h[0] * at::silu(h[1]);
}
static const at::Tensor kEnds = at::tensor({1, 1, 4}).to(at::kInt), kCounts = at::tensor({1, 0, 3}).to(at::kInt);
static at::Tensor of_groups(const at::Tensor& scales) {  // four rows: the first, none, the rest
  const auto rows = scales.reshape({3, -1});
  return at::cat({rows.narrow(0, 0, 1), rows.narrow(0, 2, 1).expand({3, -1})});
}
static Results factors(const at::Tensor& x, double top) {
  const auto factor = top / x.abs().amax(-1, true);
  return {(x * factor).round(), factor.squeeze(-1)};
}
static Results swiglu_dynamic(const Values& in) {
  auto x = swiglu(t(in, 0), in[4].toBool());
  if (!none(in, 1)) x = x * (none(in, 3) ? t(in, 1) : of_groups(t(in, 1)));
  auto out = factors(x, 127);
  return {out[0].to(at::kChar), out[1]};
}
static Results swiglu_nibbles(const Values& in) {
  auto out = factors(swiglu(t(in, 0), in[4].toBool()), 7);
  const auto nibbles = out[0].to(at::kInt).bitwise_and(15).unflatten(-1, {-1, 2});
  return {(nibbles.select(-1, 0) + nibbles.select(-1, 1) * 16).to(at::kChar), out[1]};
}
static Results swiglu_static(const Values& in) {
  return {int8(swiglu(t(in, 0), in[4].toBool()) * of_groups(t(in, 1)) + of_groups(t(in, 2)))};
}
static const NotReferenced<at::Tensor> kUnused{at::zeros({4})};
OP(aclnnSwiGluQuantV2, Reference(swiglu_dynamic), real({4, 16}, at::kHalf), positive({3, 8}), NONE, kEnds, false,
   kDynamic, int64_t{0}, kInt8, OUT, OUT)
OP(aclnnSwiGluQuantV2, Reference(swiglu_dynamic), real({4, 16}), positive({3}), NONE, kCounts, true, kDynamic,
   int64_t{1}, kInt8, OUT, OUT)
OP(aclnnSwiGluQuantV2, Reference(swiglu_dynamic), real({2, 3, 16}), positive({1, 8}), NONE, NONE, true, kDynamic,
   int64_t{0}, kInt8, OUT, OUT)
OP(aclnnSwiGluQuantV2, Reference(swiglu_nibbles), real({4, 16}), NONE, NONE, NONE, true, kDynamic, int64_t{0},
   NotReferenced<int64_t>{29}, OUT, OUT)
OP(aclnnSwiGluQuantV2, Reference(swiglu_static), real({4, 16}) * 9, positive({3}), real({3}), kEnds, true, kStatic,
   int64_t{0}, kInt8, OUT, kUnused)

// The text is between the inputs and the outputs: no input of the reference.
static at::Tensor dequantized(const Values& in, bool groups) {
  const auto per = [&](size_t i) { return groups ? of_groups(t(in, i)) : t(in, i); };
  const auto bias = none(in, 3) ? at::zeros({1}) : per(3);
  const bool whole = !none(in, 3) && in[3].toTensor().scalar_type() == at::kInt;
  auto x = (whole ? t(in, 0) + bias : t(in, 0)) * per(1);
  if (!none(in, 2)) x = x * t(in, 2).reshape({-1, 1});
  return swiglu(whole ? x : x + bias, in[7].toBool());
}
static Results dequant_swiglu(const Values& in) {
  const auto x = dequantized(in, false);
  return by_rows(none(in, 4) ? x : x * t(in, 4));
}
static Results dequant_swiglu_groups(const Values& in) { return by_rows(dequantized(in, true) * of_groups(t(in, 4))); }
static Results dequant_swiglu_static(const Values& in) {
  return {int8(swiglu(t(in, 0), in[7].toBool()) / t(in, 4) + t(in, 5)), at::zeros({4})};
}
static const at::Tensor kProduct = whole({4, 16}, -99, 99, at::kInt);
OP(aclnnDequantSwigluQuant, Reference(dequant_swiglu), kProduct, positive({16}) / 9, positive({4, 1}), real({16}),
   positive({8}), NONE, NONE, true, kDynamic, OUT, OUT)
OP(aclnnDequantSwigluQuant, Reference(dequant_swiglu_groups), kProduct, positive({3, 16}) / 9, positive({4}),
   whole({3, 16}, -9, 9, at::kInt), positive({3, 8}), NONE, kCounts.to(at::kLong), false, kDynamic, OUT, OUT)
OP(aclnnDequantSwigluQuant, Reference(dequant_swiglu_static), real({4, 16}, at::kBFloat16), NONE, NONE, NONE,
   positive({1}), real({1}), NONE, false, kStatic, OUT, OUT)

// The limit, the factor and the bias stand behind the texts: numbers 8 to 13 of the inputs that the reference sees.
static at::Tensor limited(const Values& in, const at::Tensor& x) {
  const int64_t mode = in[10].toInt();
  const double limit = in[11].toDouble(), alpha = in[12].toDouble(), bias = in[13].toDouble();
  const auto h = x.chunk(2, in[9].toInt());
  if (mode == 0) return at::silu(h[0]) * h[1];
  if (mode == 3) return at::silu(h[0]).clamp_max(limit) * h[1].clamp(-limit, limit);
  const auto glu = (mode == 1 ? x.slice(-1, 0, c10::nullopt, 2) : h[0]).clamp_max(limit);
  const auto linear = (mode == 1 ? x.slice(-1, 1, c10::nullopt, 2) : h[1]).clamp(-limit, limit);
  return glu * (alpha * glu).sigmoid() * (linear + bias);
}
static Results limited_dynamic(const Values& in) {
  return by_rows(limited(in, t(in, 0) * of_groups(t(in, 1)) * t(in, 2).reshape({-1, 1})) * of_groups(t(in, 4)));
}
static Results limited_static(const Values& in) {
  const auto y = limited(in, t(in, 0));
  return {int8(y / t(in, 4) + t(in, 5)), at::zeros(y.sizes().slice(0, y.dim() - 1))};
}
#define LIMITED(mode, dim) kInt8_, Text{"rint"}, int64_t{dim}, int64_t{mode}, 0.7, 1.702, 1.0, OUT, OUT
constexpr int64_t kInt8_ = 2;
OP(aclnnDequantSwigluQuantV2, Reference(limited_dynamic), kProduct, positive({3, 16}) / 64, positive({4}), NONE,
   positive({3, 8}), NONE, kCounts.to(at::kLong), true, kDynamic, LIMITED(0, -1))
OP(aclnnDequantSwigluQuantV2, Reference(limited_dynamic), kProduct, positive({3, 16}) / 64, positive({4}), NONE,
   positive({3, 8}), NONE, kCounts.to(at::kLong), true, kDynamic, LIMITED(1, -1))
OP(aclnnDequantSwigluQuantV2, Reference(limited_static), real({4, 16}, at::kBFloat16), NONE, NONE, NONE,
   positive({1}) / 50, real({1}), NONE, true, kStatic, LIMITED(2, -1))
OP(aclnnDequantSwigluQuantV2, Reference(limited_static), real({2, 6, 8}, at::kHalf), NONE, NONE, NONE,
   positive({1}) / 50, real({1}), NONE, true, kStatic, LIMITED(3, 1))

static at::Tensor rms(const at::Tensor& x, const at::Tensor& gamma, double eps) {
  return x * (x.square().mean(-1, true) + eps).rsqrt() * gamma;
}
static Results rms_norm_quant(const Values& in) {
  const auto x = rms(t(in, 0), t(in, 1).reshape({-1}), in[5].toDouble()) + t(in, 2).reshape({-1});
  return {int8(x / t(in, 3) + t(in, 4))};
}
OP(aclnnRmsNormQuant, Reference(rms_norm_quant), real({3, 8}, at::kHalf), real({8}, at::kHalf), real({8}, at::kHalf),
   positive({1}, at::kHalf) / 20, whole({1}, -9, 9, at::kChar), 1e-5, OUT)
OP(aclnnRmsNormQuant, Reference(rms_norm_quant), real({2, 3, 8}), real({1, 8}), real({1, 8}), positive({1}) / 20,
   real({1}), 1e-5, OUT)

static at::Tensor half_sum(const Values& in) { return in[0].toTensor() + in[1].toTensor(); }
static Results add_rms_norm_quant(const Values& in) {  // scales and zero points of two results: 3, 4 and 5, 6
  const auto x = half_sum(in), y = rms(x.to(at::kFloat), t(in, 2), in[8].toDouble());
  const auto q = [&](size_t scale, size_t zero) {
    const auto z = in[9].toBool() ? y / t(in, scale) : y * t(in, scale);
    return int8(none(in, zero) ? z : z + t(in, zero));
  };
  if (none(in, 4)) return {q(3, 5), x};
  return {q(3, 5), q(4, 6), x};
}
static const NotReferenced<at::Tensor> kNoSecond{at::zeros({3, 8}, at::kChar)};
static at::Tensor half(at::IntArrayRef sizes) { return real(sizes, at::kHalf); }
OP(aclnnAddRmsNormQuant, Reference(add_rms_norm_quant), half({3, 8}), half({3, 8}), half({8}), positive({8}) / 20,
   positive({8}) / 20, whole({8}, -9, 9, at::kInt), whole({8}, -9, 9, at::kInt), int64_t{-1}, 1e-5, true, OUT, OUT, OUT)
OP(aclnnAddRmsNormQuant, Reference(add_rms_norm_quant), half({3, 8}), half({3, 8}), half({8}), positive({8}) * 20, NONE,
   NONE, NONE, int64_t{-1}, 1e-5, false, OUT, kNoSecond, OUT)
static Results add_rms_norm_quant_beta(const Values& in) {
  const auto x = half_sum(in), y = rms(x.to(at::kFloat), t(in, 2), in[9].toDouble());
  return {int8((y + t(in, 7)) / t(in, 3)), int8((y + t(in, 7)) / t(in, 4)), x, y.to(at::kHalf)};
}
OP(aclnnAddRmsNormQuantV2, Reference(add_rms_norm_quant_beta), half({3, 8}), half({3, 8}), half({8}),
   positive({8}) / 20, positive({8}) / 20, NONE, NONE, half({8}), int64_t{-1}, 1e-5, true, OUT, OUT, OUT, OUT)
static Results add_rms_norm_quant_plain(const Values& in) {
  const auto x = half_sum(in);
  return {int8(rms(x.to(at::kFloat), t(in, 2), in[9].toDouble()) / t(in, 3) + t(in, 5)), x};
}
OP(aclnnAddRmsNormQuantV2, Reference(add_rms_norm_quant_plain), half({3, 8}), half({3, 8}), half({8}),
   positive({8}) / 20, NONE, whole({8}, -9, 9, at::kInt), NONE, NONE, int64_t{-1}, 1e-5, true, OUT, kNoSecond, OUT,
   NONE)

static at::Tensor add_rms_norm(const Values& in) {
  const auto y = rms(half_sum(in).to(at::kFloat), t(in, 2), in[6].toDouble());
  return none(in, 5) ? y : y + t(in, 5);
}
static Results dynamic_both(const Values& in) {
  const auto y = add_rms_norm(in);
  const auto first = by_rows(y * t(in, 3)), second = by_rows(y * t(in, 4));
  return {first[0], second[0], half_sum(in), first[1], second[1]};
}
static Results dynamic_second(const Values& in) {
  const auto second = by_rows(add_rms_norm(in));
  return {second[0], half_sum(in), second[1]};
}
static Results dynamic_first(const Values& in) {
  const auto first = by_rows(add_rms_norm(in));
  return {first[0], half_sum(in), first[1].flatten()};
}
static const NotReferenced<at::Tensor> kNotWanted{at::zeros({1}, at::kChar)}, kNoScale{at::zeros({1})};
using Bools = std::vector<bool>;
OP(aclnnAddRmsNormDynamicQuantV2, Reference(dynamic_both), half({2, 3, 8}), half({2, 3, 8}), half({8}), half({8}),
   half({8}), half({8}), 1e-5, Bools{}, OUT, OUT, OUT, OUT, OUT)
OP(aclnnAddRmsNormDynamicQuantV2, Reference(dynamic_second), half({3, 8}), half({3, 8}), half({8}), NONE, NONE, NONE,
   1e-5, (Bools{false, true}), kNotWanted, OUT, OUT, kNoScale, OUT)
OP(aclnnAddRmsNormDynamicQuantV2, Reference(dynamic_first), half({2, 3, 8}), half({2, 3, 8}), half({8}), NONE, NONE,
   half({8}), 1e-5, Bools{}, OUT, kNotWanted, OUT, OUT, kNoScale)
