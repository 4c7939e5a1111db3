// Numbers to quantized ones and back.
#include "aclnnop/quant.h"
#include "case.h"

using namespace ops_test;
using Values = std::vector<at::IValue>;
static at::Tensor t(const Values& in, size_t i) { return in[i].toTensor().to(at::kFloat); }
static bool none(const Values& in, size_t i) { return in[i].isNone(); }
static at::Tensor int8(const at::Tensor& x) { return x.round().clamp(-128, 127).to(at::kChar); }
using Text = NotReferenced<const char*>;
static const Text kRound{"round"};
constexpr NotReferenced<int> kInt8{2}, kInt32{3}, kE5M2{35}, kE4M3{36};

// Eight whole numbers of 4 bits in each int32, the first lowest.
static at::Tensor packed(const at::Tensor& x) {
  const auto nibbles = x.to(at::kLong).bitwise_and(15).reshape({-1, 8});
  auto words = at::zeros({nibbles.size(0)}, at::kLong);
  for (int i = 7; i >= 0; --i) words = words * 16 + nibbles.select(1, i);
  auto sizes = x.sizes().vec();
  sizes.back() /= 8;
  return words.to(at::kInt).reshape(sizes);
}

// A scale of one dimension lies along the last.
static at::Tensor ascend(const Values& in, int64_t axis = -1) {
  const auto place = [&](size_t i) {
    const auto s = t(in, i);
    return s.dim() == 1 && axis == -2 ? s.unsqueeze(-1) : s;
  };
  auto x = t(in, 0) * place(1);
  if (in[3].toBool()) x = x * place(1);
  return none(in, 2) ? x : x + place(2);
}
static Results ascend_quant(const Values& in) { return {int8(ascend(in))}; }
static Results ascend_floor(const Values& in) { return {ascend(in).floor().clamp(-128, 127).to(at::kChar)}; }
static Results ascend_nibbles(const Values& in) { return {packed(ascend(in).round().clamp(-8, 7))}; }
static Results ascend_rows(const Values& in) { return {int8(ascend(in, -2))}; }
static Results ascend_float8(const Values& in) { return {ascend(in).clamp(-448, 448).to(at::kFloat8_e4m3fn)}; }
static at::Tensor spread(at::IntArrayRef sizes, at::ScalarType dtype = at::kFloat) { return real(sizes, dtype) * 40; }
OP(aclnnAscendQuant, Reference(ascend_quant), spread({3, 8}), positive({8}), real({8}), false, kRound, kInt8, OUT)
OP(aclnnAscendQuant, Reference(ascend_quant), spread({2, 3, 8}, at::kHalf), positive({1}, at::kHalf), NONE, true,
   kRound, kInt8, OUT)
OP(aclnnAscendQuant, Reference(ascend_floor), spread({3, 8}), positive({1, 8}), NONE, false, Text{"floor"}, kInt8, OUT)
OP(aclnnAscendQuant, Reference(ascend_nibbles), real({3, 16}) * 4, positive({16}), NONE, false, kRound, kInt32, OUT)
OP(aclnnAscendQuantV3, Reference(ascend_quant), spread({3, 8}), positive({8}), real({8}), false, kRound, kInt8,
   NotReferenced<int>{-1}, OUT)
OP(aclnnAscendQuantV3, Reference(ascend_rows), spread({2, 3, 8}), positive({3}), real({3}), true, kRound, kInt8,
   NotReferenced<int>{-2}, OUT)
OP(aclnnAscendQuantV3, Reference(ascend_float8), spread({3, 8}), positive({8}) * 20, NONE, false, kRound, kE4M3,
   NotReferenced<int>{1}, OUT)

static Results anti_quant(const Values& in) {
  auto x = t(in, 0);
  if (!none(in, 2)) x = x + t(in, 2);
  x = x * t(in, 1);
  if (in[3].toBool()) x = x * t(in, 1);
  return {x.to(at::kHalf)};
}
OP(aclnnAscendAntiQuant, Reference(anti_quant), whole({3, 8}, -128, 128, at::kChar), positive({8}), real({8}),
   NotReferenced<int>{1}, false, OUT)
OP(aclnnAscendAntiQuant, Reference(anti_quant), whole({3, 8}, -128, 128, at::kChar), positive({1}), NONE,
   NotReferenced<int>{1}, true, OUT)
static const at::Tensor kNibbles = whole({3, 16}, -8, 8);
static Results anti_nibbles(const Values& in) { return {(kNibbles * t(in, 1)).to(at::kBFloat16)}; }
OP(aclnnAscendAntiQuant, Reference(anti_nibbles), packed(kNibbles), positive({16}), NONE, NotReferenced<int>{27}, false,
   OUT)

static at::Tensor divided(const Values& in, int64_t axis) {
  const auto place = [&](size_t i) { return axis == 0 ? t(in, i).unsqueeze(-1) : t(in, i); };
  const auto x = t(in, 0) / place(1);
  return none(in, 2) ? x : x + place(2);
}
static Results quantize(const Values& in) {
  const auto dtype = in[3].toScalarType();
  const auto whole = divided(in, in[4].toInt()).round();
  return {dtype == at::kByte   ? whole.clamp(0, 255).to(dtype)
          : dtype == at::kChar ? whole.clamp(-128, 127).to(dtype)
                               : whole.to(dtype)};
}
OP(aclnnQuantize, Reference(quantize), spread({3, 4}), positive({4}), whole({4}, -9, 9, at::kInt), at::kChar, 1, OUT)
OP(aclnnQuantize, Reference(quantize), spread({3, 4}), positive({3}), whole({3}, 0, 99, at::kByte), at::kByte, 0, OUT)
OP(aclnnQuantize, Reference(quantize), spread({3, 4}, at::kHalf), positive({1}, at::kHalf), NONE, at::kInt, 1, OUT)

static Results by_rows(const at::Tensor& x) {
  const auto scale = x.abs().amax(-1, true) / 127;
  return {int8(x / scale), scale.squeeze(-1)};
}
static Results dynamic(const Values& in) { return by_rows(none(in, 1) ? t(in, 0) : t(in, 0) * t(in, 1)); }
static const at::Tensor kEnds = at::tensor({1, 1, 4}).to(at::kInt);
static at::Tensor of_groups(const at::Tensor& scales) {  // four rows: the first, none, the rest
  return at::cat({scales.narrow(0, 0, 1), scales.narrow(0, 2, 1).expand({3, -1})});
}
static Results dynamic_groups(const Values& in) { return by_rows(t(in, 0) * of_groups(t(in, 1))); }
static Results dynamic_shifted(const Values& in) {
  const auto x = t(in, 0), top = x.amax(-1, true), scale = (top - x.amin(-1, true)) / 255, shift = 127 - top / scale;
  return {int8(x / scale + shift), scale.squeeze(-1), shift.squeeze(-1)};
}
static Results dynamic_nibbles(const Values& in) {
  const auto scale = t(in, 0).abs().amax(-1, true) / 7;
  return {packed((t(in, 0) / scale).round()), scale.squeeze(-1)};
}
static Results dynamic_zero(const Values& in) { return {at::zeros_like(t(in, 0), at::kChar), at::zeros({2})}; }
OP(aclnnDynamicQuant, Reference(dynamic), real({2, 3, 8}, at::kHalf), NONE, OUT, OUT)
OP(aclnnDynamicQuant, Reference(dynamic), real({3, 8}, at::kBFloat16), real({8}, at::kBFloat16), OUT, OUT)
OP(aclnnDynamicQuant, Reference(dynamic_zero), at::zeros({2, 4}, at::kHalf), NONE, OUT, OUT)
OP(aclnnDynamicQuantV2, Reference(dynamic), real({3, 8}, at::kHalf), real({8}, at::kHalf), NONE, kInt8, OUT, OUT, NONE)
OP(aclnnDynamicQuantV2, Reference(dynamic_groups), real({4, 8}, at::kHalf), real({3, 8}, at::kHalf), kEnds, kInt8, OUT,
   OUT, NONE)
OP(aclnnDynamicQuantV2, Reference(dynamic_shifted), real({4, 8}, at::kHalf), NONE, NONE, kInt8, OUT, OUT, OUT)
OP(aclnnDynamicQuantV2, Reference(dynamic_nibbles), real({4, 16}, at::kHalf), NONE, NONE, kInt32, OUT, OUT, NONE)

static Results by_columns(const Values& in) {
  const auto x = none(in, 1) ? t(in, 0) : t(in, 0) * t(in, 1).unsqueeze(-1);
  const auto scale = x.abs().amax(-2, true) / 127;
  return {int8(x / scale), scale.squeeze(-2)};
}
static Results by_all_shifted(const Values& in) {
  const auto x = t(in, 0), scale = (x.max() - x.min()) / 255, shift = 127 - x.max() / scale;
  return {int8(x / scale + shift), scale.reshape({1}), shift.reshape({1})};
}
static const Text kPerToken{"pertoken"}, kPerTensor{"pertensor"}, kPerChannel{"perchannel"};
OP(aclnnDynamicQuantV3, Reference(by_columns), real({2, 3, 8}, at::kHalf), real({3}, at::kHalf), NONE, kInt8, true,
   kPerChannel, OUT, OUT, NONE)
OP(aclnnDynamicQuantV3, Reference(by_all_shifted), real({4, 8}, at::kBFloat16), NONE, NONE, kInt8, false, kPerTensor,
   OUT, OUT, OUT)
OP(aclnnDynamicQuantV3, Reference(dynamic_groups), real({4, 8}, at::kHalf), real({3, 8}, at::kHalf), kEnds, kInt8, true,
   kPerToken, OUT, OUT, NONE)
OP(aclnnDynamicQuantV4, Reference(by_columns), real({3, 8}, at::kHalf), NONE, NONE, kInt8, true, kPerChannel, 0.0f, OUT,
   OUT, NONE)
OP(aclnnDynamicQuantV4, Reference(dynamic_shifted), real({3, 8}, at::kHalf), NONE, NONE, kInt8, false, kPerToken, 0.0f,
   OUT, OUT, OUT)

static Results group_quant(const Values& in) {
  const auto x = t(in, 0) * of_groups(t(in, 1));
  return {int8(none(in, 3) ? x : x + t(in, 3))};
}
OP(aclnnGroupQuant, Reference(group_quant), spread({4, 8}), positive({3, 8}), kEnds, real({1}), kInt8, OUT)
OP(aclnnGroupQuant, Reference(group_quant), spread({4, 8}, at::kHalf), positive({3, 8}, at::kHalf), kEnds.to(at::kLong),
   NONE, kInt8, OUT)

static Results quant_max_e4m3(const Values& in) {
  return {(t(in, 0) * t(in, 1)).clamp(-448, 448).to(at::kFloat8_e4m3fn), in[0].toTensor().abs().max().reshape({1})};
}
static Results quant_max_e5m2(const Values& in) {
  return {(t(in, 0) * t(in, 1)).to(at::kFloat8_e5m2), in[0].toTensor().abs().max().reshape({1})};
}
OP(aclnnQuantMax, Reference(quant_max_e4m3), spread({3, 4}), positive({1}) * 9, Text{"rint"}, kE4M3, OUT, OUT)
OP(aclnnQuantMax, Reference(quant_max_e5m2), spread({3, 4}, at::kHalf), positive({1}), Text{"rint"}, kE5M2, OUT, OUT)

static const at::Tensor kGroupEnds = at::tensor({1, 4}).to(at::kLong);
static Results grouped_max(const Values& in) {
  const auto x = in[0].toTensor(), first = x.narrow(0, 0, 1), rest = x.narrow(0, 1, 3);
  const auto y = at::cat({first.to(at::kFloat) * t(in, 1)[0], rest.to(at::kFloat) * t(in, 1)[1]});
  return {y.clamp(-448, 448).to(at::kFloat8_e4m3fn), at::stack({first.abs().max(), rest.abs().max()})};
}
OP(aclnnGroupedQuantMax, Reference(grouped_max), spread({4, 2, 3}), positive({2}) * 9, kGroupEnds, Text{"rint"}, kE4M3,
   OUT, OUT)
OP(aclnnGroupedQuantMax, Reference(grouped_max), spread({4, 8}, at::kHalf), positive({2}), kGroupEnds, Text{"rint"},
   kE4M3, OUT, OUT)

static Results fake(const at::Tensor& x, const at::Tensor& s, const at::Tensor& zero, int64_t low, int64_t high) {
  const auto whole = (x / s).round() + zero;
  return {(whole.clamp(low, high) - zero) * s, (whole >= low).logical_and(whole <= high)};
}
static Results fake_channels(const Values& in) {
  const auto s = t(in, 1).unsqueeze(-1), zero = t(in, 2).unsqueeze(-1);
  return fake(t(in, 0), s, zero, in[4].toInt(), in[5].toInt());
}
static Results fake_tensor(const Values& in) {
  if (in[3].toDouble() < 1) return {in[0].toTensor(), at::ones_like(t(in, 0), at::kBool)};
  return fake(t(in, 0), t(in, 1), t(in, 2), in[4].toInt(), in[5].toInt());
}
OP(aclnnFakeQuantPerChannelAffineCachemask, Reference(fake_channels), real({2, 3, 4}), positive({3}) / 9,
   whole({3}, -2, 2, at::kInt), int64_t{-2}, int64_t{-8}, int64_t{7}, OUT, OUT)
OP(aclnnFakeQuantPerTensorAffineCachemask, Reference(fake_tensor), real({3, 4}), positive({1}) / 9,
   whole({1}, -2, 2, at::kInt), 1.0f, int64_t{-8}, int64_t{7}, OUT, OUT)
OP(aclnnFakeQuantPerTensorAffineCachemask, Reference(fake_tensor), real({3, 4}), positive({1}),
   whole({1}, -2, 2, at::kInt), 0.0f, int64_t{-8}, int64_t{7}, OUT, OUT)

static Results dequant_bias(const Values& in) {
  const bool whole = !none(in, 3) && in[3].toTensor().scalar_type() == at::kInt;
  auto y = (whole ? in[0].toTensor() + in[3].toTensor() : in[0].toTensor()).to(at::kFloat) * t(in, 1);
  if (!none(in, 2)) y = y * t(in, 2).unsqueeze(1);
  if (!none(in, 3) && !whole) y = y + t(in, 3);
  return {y.to(at::kHalf)};
}
static const at::Tensor kProduct = whole({3, 4}, -999, 999, at::kInt);
constexpr NotReferenced<int64_t> kHalf{1};
OP(aclnnDequantBias, Reference(dequant_bias), kProduct, positive({4}) / 99, positive({3}), real({4}), kHalf, OUT)
OP(aclnnDequantBias, Reference(dequant_bias), kProduct, positive({4}) / 99, NONE, whole({4}, -99, 99, at::kInt), kHalf,
   OUT)

static Results scatter(const Values& in) {
  auto self = in[0].toTensor().clone();
  auto x = t(in, 2) / t(in, 3).reshape({-1});
  if (!none(in, 4)) x = x + t(in, 4).reshape({-1});
  for (int64_t i = 0; i < x.size(0); ++i)
    self.select(0, i).narrow(0, in[1].toTensor()[i].item().toLong(), x.size(1)).copy_(int8(x.select(0, i)));
  return {self};
}
OP(aclnnInplaceQuantScatter, Reference(scatter), InOut{whole({3, 5, 32}, -9, 9, at::kChar)},
   at::tensor({1, 3}).to(at::kInt), spread({2, 2, 32}, at::kHalf), positive({1, 1, 32}),
   whole({1, 1, 32}, -9, 9, at::kInt), int64_t{-2}, int64_t{-1}, int64_t{1})
OP(aclnnInplaceQuantScatter, Reference(scatter), InOut{whole({3, 5, 32}, -9, 9, at::kChar)}, at::tensor({1, 3}),
   spread({2, 2, 32}, at::kBFloat16), positive({1, 1, 32}, at::kBFloat16), NONE, int64_t{1}, int64_t{2}, int64_t{1})

static Results scatter_pairs(const Values& in) {  // a batch and a place for each
  auto self = in[0].toTensor().clone();
  const auto x = (t(in, 2) / t(in, 3)).clamp(-448, 448).to(self.scalar_type());
  for (int64_t i = 0; i < x.size(0); ++i) {
    const auto place = in[1].toTensor()[i];
    self.select(0, place[0].item().toLong()).narrow(0, place[1].item().toLong(), x.size(1)).copy_(x.select(0, i));
  }
  return {self};
}
static const Text kToNearest{"rint"};
OP(aclnnInplaceQuantScatterV2, Reference(scatter), InOut{whole({3, 5, 2, 32}, -9, 9, at::kChar)},
   at::tensor({1, 3}).to(at::kInt), spread({2, 2, 2, 32}, at::kHalf), positive({32}), whole({32}, -9, 9, at::kInt),
   int64_t{1}, int64_t{-1}, int64_t{1}, kToNearest)
OP(aclnnInplaceQuantScatterV2, Reference(scatter_pairs), InOut{real({3, 5, 32}).to(at::kFloat8_e4m3fn)},
   at::tensor({2, 0, 0, 3}).to(at::kLong).reshape({2, 2}), spread({2, 2, 32}, at::kHalf), positive({32}), NONE,
   int64_t{-2}, int64_t{-1}, int64_t{1}, kToNearest)

// Bit by bit, one at a time.
static Results words(const Values& in, bool nearest) {
  const auto scale = in[0].toTensor().contiguous();
  const auto offset = none(in, 1) ? at::zeros({1}) : t(in, 1).contiguous();
  const int64_t n = std::max(scale.numel(), offset.numel());
  auto out = at::empty(scale.dim() == 1 ? at::IntArrayRef{n} : scale.sizes(), at::kLong);
  for (int64_t i = 0; i < n; ++i) {
    const float s = scale.const_data_ptr<float>()[scale.numel() == 1 ? 0 : i];
    uint32_t bits;
    std::memcpy(&bits, &s, sizeof bits);
    if (nearest) {
      const uint32_t rest = bits & 0x1fff, low = bits - rest;
      bits = low + (rest > 0x1000 || (rest == 0x1000 && (low & 0x2000)) ? 0x2000 : 0);
    }
    const double o = offset.const_data_ptr<float>()[offset.numel() == 1 ? 0 : i];
    const auto nine = static_cast<int64_t>(std::clamp(std::nearbyint(o), -256.0, 255.0)) & 0x1ff;
    out.mutable_data_ptr<int64_t>()[i] = static_cast<int64_t>(bits & 0xffffe000) | int64_t{1} << 46 | nine << 37;
  }
  return {out};
}
static Results words_cut(const Values& in) { return words(in, false); }
static Results words_nearest(const Values& in) { return words(in, in[2].toInt() == 1); }
OP(aclnnTransQuantParamV2, Reference(words_cut), real({6}), NONE, OUT)
OP(aclnnTransQuantParamV2, Reference(words_cut), real({1}), real({6}) * 300, OUT)
OP(aclnnTransQuantParamV2, Reference(words_cut), real({1, 6}), real({6}) * 9, OUT)
OP(aclnnTransQuantParamV3, Reference(words_nearest), real({6}), NONE, int64_t{1}, OUT)
OP(aclnnTransQuantParamV3, Reference(words_nearest), real({6}), real({1}), int64_t{0}, OUT)
