// Products of quantized matrices.
#include "aclnnop/quant_matmul.h"
#include "case.h"

using namespace ops_test;
using Values = std::vector<at::IValue>;
static at::Tensor t(const Values& in, size_t i) { return in[i].toTensor().to(at::kFloat); }
static at::Tensor whole_number(const Values& in, size_t i) { return in[i].toTensor().to(at::kInt); }
static bool none(const Values& in, size_t i) { return in[i].isNone(); }
static at::Tensor int8(const at::Tensor& x) { return x.round().clamp(-128, 127).to(at::kChar); }
static at::Tensor bytes(at::IntArrayRef sizes) { return whole(sizes, -128, 128, at::kChar); }
static at::Tensor float8(at::IntArrayRef sizes) { return real(sizes).to(at::kFloat8_e4m3fn); }
// Powers of two, as an exponent alone can hold.
static at::Tensor exponents(at::IntArrayRef sizes) { return whole(sizes, -3, 3).exp2().to(at::kFloat8_e8m0fnu); }

static at::Tensor packed(const at::Tensor& x) {
  const auto nibbles = x.to(at::kLong).bitwise_and(15).reshape({-1, 8});
  auto words = at::zeros({nibbles.size(0)}, at::kLong);
  for (int i = 7; i >= 0; --i) words = words * 16 + nibbles.select(1, i);
  auto sizes = x.sizes().vec();
  sizes.back() /= 8;
  return words.to(at::kInt).reshape(sizes);
}
// A scale for the matrix unit and, given a scale without the bits it cuts off, what it stands for.
static at::Tensor round_scale(at::IntArrayRef sizes) {
  return (positive(sizes) * 64).round() / 4096;  // few bits: none is cut off
}
static at::Tensor unit(const at::Tensor& scale, const at::Tensor& offset = {}) {
  auto words = scale.contiguous().view(at::kInt).to(at::kLong).bitwise_and(0xffffffff);
  if (offset.defined()) words = words.bitwise_or(offset.to(at::kLong).bitwise_and(0x1ff) * (int64_t{1} << 37));
  return words.bitwise_or(int64_t{1} << 46);
}

// x1, x2, x1_scale, x2_scale, y_scale, x1_offset, x2_offset, y_offset, bias, transpose_x1, transpose_x2, group, out
static at::Tensor multiplied(const Values& in, bool whole_bias = false) {
  auto a = whole_number(in, 0), b = whole_number(in, 1);
  if (in[9].toBool()) a = a.transpose(-1, -2);
  if (in[10].toBool()) b = b.transpose(-1, -2);
  auto y = at::matmul(a, b);
  return (whole_bias ? y + in[8].toTensor() : y).to(at::kFloat);
}
static const at::Tensor kA = bytes({3, 16}), kB = bytes({16, 8}), kScale = round_scale({8});
static Results per_token(const Values& in) {
  const auto y = multiplied(in) * t(in, 3) * t(in, 2).unsqueeze(1);
  return {(none(in, 8) ? y : y + t(in, 8)).to(at::kBFloat16)};
}
static Results per_channel(const Values& in) { return {(multiplied(in, !none(in, 8)) * kScale).to(at::kHalf)}; }
OP(aclnnQuantMatmulWeightNz, Reference(per_token), kA, kB, positive({3}), positive({8}) / 99, NONE, NONE, NONE, NONE,
   real({8}), false, false, int64_t{0}, OUT)
OP(aclnnQuantMatmulWeightNz, Reference(per_channel), bytes({3, 16}), bytes({8, 16}), NONE, unit(kScale), NONE, NONE,
   NONE, NONE, NONE, false, true, int64_t{0}, OUT)
static const at::Tensor kShift = at::tensor(std::vector<float>{-3, 5, 100, -100, 0, 1, 2, -256});
static Results to_int8(const Values& in) { return {int8(multiplied(in) * kScale / 8 + kShift)}; }
static Results to_int32(const Values& in) { return {multiplied(in, true).to(at::kInt)}; }
OP(aclnnQuantMatmulV5, Reference(per_token), kA, kB, positive({3}), positive({8}) / 99, NONE, NONE, NONE, NONE,
   real({8}), false, false, int64_t{0}, OUT)
OP(aclnnQuantMatmulV5, Reference(per_token), bytes({16, 3}), bytes({8, 16}), positive({3}), positive({1}), NONE, NONE,
   NONE, NONE, NONE, true, true, int64_t{0}, OUT)
OP(aclnnQuantMatmulV5, Reference(per_channel), bytes({2, 3, 16}), bytes({2, 16, 8}), NONE, unit(kScale), NONE, NONE,
   NONE, NONE, NONE, false, false, int64_t{0}, OUT)
OP(aclnnQuantMatmulV5, Reference(per_channel), kA, kB, NONE, unit(kScale), NONE, NONE, NONE, NONE,
   whole({8}, -99, 99, at::kInt), false, false, int64_t{0}, OUT)
OP(aclnnQuantMatmulV5, Reference(to_int8), kA, kB, NONE, unit(kScale / 8, kShift), NONE, NONE, NONE, NONE, NONE, false,
   false, int64_t{0}, OUT)
OP(aclnnQuantMatmulV5, Reference(to_int8), kA, kB, NONE, unit(kScale / 8), NONE, NONE, kShift, NONE, NONE, false, false,
   int64_t{0}, OUT)
OP(aclnnQuantMatmulV5, Reference(to_int32), kA, kB, NONE, positive({1}), NONE, NONE, NONE, NONE,
   whole({8}, -99, 99, at::kInt), false, false, int64_t{0}, OUT)

// Four bits: eight numbers in an int32.
static const at::Tensor kA4 = whole({3, 16}, -8, 8), kB4 = whole({16, 8}, -8, 8);
static at::Tensor nibbles(const Values& in) {
  return at::matmul(kA4, kB4).to(at::kFloat) * t(in, 3) * t(in, 2).unsqueeze(1);
}
static Results four_bits(const Values& in) { return {nibbles(in).to(at::kHalf)}; }
OP(aclnnQuantMatmulV5, Reference(four_bits), packed(kA4), packed(kB4), positive({3}), positive({8}), NONE, NONE, NONE,
   NONE, NONE, false, false, int64_t{0}, OUT)
OP(aclnnQuantMatmulV5, Reference(four_bits), packed(kA4), packed(kB4.t().contiguous()), positive({3}), positive({8}),
   NONE, NONE, NONE, NONE, NONE, false, true, int64_t{0}, OUT)
static const at::Tensor kGroupScale = round_scale({2, 8});
static Results eight_by_four(const Values& in) {  // y_offset brings back what is taken from x1: the plain product
  const auto w = kB4.to(at::kFloat) * kGroupScale.repeat_interleave(8, 0);
  return {(at::matmul(t(in, 0), w) * t(in, 2).unsqueeze(1)).to(at::kBFloat16)};
}
OP(aclnnQuantMatmulV5, Reference(eight_by_four), kA, packed(kB4), positive({3}), unit(kGroupScale), NONE, NONE, NONE,
   8 * (kB4.to(at::kFloat) * kGroupScale.repeat_interleave(8, 0)).sum(0), NONE, false, false, int64_t{0}, OUT)

// Scales of blocks: here of 8 along k, 4 along n, 1 along m.
constexpr int64_t blocks(int64_t m, int64_t n, int64_t k) { return m << 32 | n << 16 | k; }
static at::Tensor by_blocks(const at::Tensor& a, const at::Tensor& b, const at::Tensor& s1, const at::Tensor& s2,
                            int64_t m, int64_t n, int64_t k) {
  return at::matmul(a * s1.repeat_interleave(m, 0).repeat_interleave(k, 1).narrow(1, 0, a.size(1)),
                    b * s2.repeat_interleave(k, 0).repeat_interleave(n, 1).narrow(0, 0, b.size(0)));
}
static Results block_scales(const Values& in) {
  const auto y = by_blocks(t(in, 0), t(in, 1).t(), t(in, 2), t(in, 3).t(), 1, 4, 8);
  return {(y + t(in, 8)).to(at::kBFloat16)};
}
OP(aclnnQuantMatmulV5, Reference(block_scales), kA, bytes({8, 16}), positive({3, 2}), positive({2, 2}), NONE, NONE,
   NONE, NONE, real({8}), false, true, blocks(1, 4, 8), OUT)
static Results block_offsets(const Values& in) {
  const auto w = kB4.to(at::kFloat) - t(in, 6).repeat_interleave(8, 0);
  return {(at::matmul(kA4.to(at::kFloat), w * t(in, 3).repeat_interleave(8, 0)) * t(in, 2)).to(at::kBFloat16)};
}
OP(aclnnQuantMatmulV5, Reference(block_offsets), packed(kA4), packed(kB4), positive({3, 1}), positive({2, 8}), NONE,
   NONE, whole({2, 8}, -7, 7, at::kHalf), NONE, NONE, false, false, blocks(0, 0, 8), OUT)
static at::Tensor pairs(const Values& in, size_t i) { return t(in, i).flatten(-2); }
static Results pair_scales(const Values& in) {
  return {by_blocks(t(in, 0), t(in, 1).t(), pairs(in, 2), pairs(in, 3).t(), 1, 1, 32)};
}
OP(aclnnQuantMatmulV5, Reference(pair_scales), float8({3, 80}), float8({8, 80}), exponents({3, 2, 2}),
   exponents({8, 2, 2}), NONE, NONE, NONE, NONE, NONE, false, true, blocks(1, 1, 32), OUT)

static Results pairs_added(const Values& in) {
  const auto s = [&](size_t i) { return t(in, i).transpose(0, 1).flatten(1); };
  return {in[4].toTensor() + by_blocks(t(in, 0).t(), t(in, 1), s(2), s(3).t(), 1, 1, 32)};
}
OP(aclnnQuantBatchMatmulInplaceAdd, Reference(pairs_added), float8({80, 3}), float8({80, 8}), exponents({2, 3, 2}),
   exponents({2, 8, 2}), InOut{real({3, 8})}, true, false, blocks(1, 1, 32))
OP(aclnnQuantBatchMatmulInplaceAdd, Reference(pairs_added), float8({32, 3}), float8({32, 8}), exponents({1, 3, 2}),
   exponents({1, 8, 2}), InOut{real({3, 8})}, true, false, int64_t{0})

// x, weight, weight_scale, bias, x_scale, x_offset, smooth_scale
using Text = NotReferenced<const char*>;
static at::Tensor on_the_way(const Values& in, const at::Tensor& weight, bool told) {
  auto x = t(in, 0);
  if (!none(in, 6)) x = x * t(in, 6);
  const auto s = told ? t(in, 4).reshape({-1, 1}) : x.abs().amax(-1, true) / 127;
  return at::matmul(int8(x / s).to(at::kFloat), weight.to(at::kFloat).t()) * (none(in, 4) || told ? s : at::ones({1}));
}
static Results quant_dequant(const Values& in) {
  return {(on_the_way(in, in[1].toTensor(), !none(in, 4)) * t(in, 2)).to(at::kHalf)};
}
static const at::Tensor kWeight = bytes({16, 32}), kWords = round_scale({16});
static Results quant_dequant_blocks(const Values& in) {
  return {(on_the_way(in, kWeight, !none(in, 4)) * t(in, 2)).to(at::kHalf)};
}
static Results quant_dequant_words(const Values& in) {
  const auto x = int8(t(in, 0) / t(in, 4)).to(at::kFloat);
  return {(at::matmul(x, t(in, 1).t()) * kWords).to(at::kHalf)};
}
OP(aclnnQuantMatmulDequant, Reference(quant_dequant), real({3, 32}, at::kHalf), kWeight, positive({16}) / 99, NONE,
   NONE, NONE, positive({32}, at::kHalf), Text{"pertoken"}, NotReferenced<bool>{true}, OUT)
OP(aclnnQuantMatmulDequant, Reference(quant_dequant), real({3, 32}, at::kHalf), kWeight, positive({16}) / 99, NONE,
   positive({3}) / 40, NONE, NONE, Text{"pertoken"}, NotReferenced<bool>{true}, OUT)
OP(aclnnQuantMatmulDequant, Reference(quant_dequant_blocks), real({3, 32}, at::kHalf),
   kWeight.reshape({1, 16, 1, 32}).permute({2, 0, 1, 3}).contiguous(), positive({16}) / 99, NONE, positive({1}) / 40,
   NONE, NONE, Text{"pertensor"}, NotReferenced<bool>{true}, OUT)
OP(aclnnQuantMatmulDequant, Reference(quant_dequant_words), real({3, 32}, at::kHalf), kWeight,
   kWords.view(at::kInt).to(at::kLong), NONE, positive({1}, at::kHalf) / 40, NONE, NONE, Text{"pertensor"},
   NotReferenced<bool>{true}, OUT)

// x, weight, scale, offset, quant_scale, quant_offset, bias
static at::Tensor undone(const Values& in, const at::Tensor& weight, int64_t group) {
  const auto each = [&](size_t i) {
    return group ? t(in, i).repeat_interleave(group, 0).narrow(0, 0, weight.size(0)) : t(in, i);
  };
  auto w = weight.to(at::kFloat);
  if (!none(in, 3)) w = w + each(3);
  const auto y = at::matmul(t(in, 0), (w * each(2)).to(at::kHalf).to(at::kFloat));
  return none(in, 6) ? y : y + t(in, 6);
}
static Results weight_quant(const Values& in) { return {undone(in, in[1].toTensor(), in[7].toInt()).to(at::kHalf)}; }
static const at::Tensor kWide = real({3, 80}, at::kHalf), kColumns = bytes({80, 8}), kColumns4 = whole({80, 8}, -8, 8);
static at::Tensor small(at::IntArrayRef sizes) { return positive(sizes, at::kHalf) / 64; }
static Results weight_quant_nibbles(const Values& in) { return {undone(in, kColumns4, in[7].toInt()).to(at::kHalf)}; }
static Results weight_quant_int8(const Values& in) {
  return {int8(undone(in, in[1].toTensor(), 0) * kScale * 8 + kShift)};
}
OP(aclnnWeightQuantBatchMatmulV2, Reference(weight_quant), kWide, kColumns, small({8}), real({8}, at::kHalf), NONE,
   NONE, real({8}, at::kHalf), 0, OUT)
OP(aclnnWeightQuantBatchMatmulV2, Reference(weight_quant), kWide, kColumns, small({3, 8}), NONE, NONE, NONE, NONE, 32,
   OUT)
OP(aclnnWeightQuantBatchMatmulV2, Reference(weight_quant_nibbles), kWide, packed(kColumns4), small({1}), NONE, NONE,
   NONE, NONE, 0, OUT)
OP(aclnnWeightQuantBatchMatmulV2, Reference(weight_quant_int8), kWide, kColumns, small({1, 8}), NONE, unit(kScale * 8),
   kShift, NONE, 0, OUT)
OP(aclnnWeightQuantBatchMatmulV3, Reference(weight_quant), kWide, kColumns, small({8}), real({8}, at::kHalf), NONE,
   NONE, real({8}), 0, NotReferenced<int>{1}, OUT)
OP(aclnnWeightQuantBatchMatmulV3, Reference(weight_quant), kWide, kColumns, small({3, 8}), real({3, 8}, at::kHalf),
   NONE, NONE, NONE, 32, NotReferenced<int>{0}, OUT)
OP(aclnnWeightQuantBatchMatmulNz, Reference(weight_quant), kWide, kColumns, small({1, 8}), real({1, 8}, at::kHalf),
   NONE, NONE, NONE, 0, OUT)
OP(aclnnWeightQuantBatchMatmulNz, Reference(weight_quant_nibbles), kWide, packed(kColumns4), small({3, 8}), NONE, NONE,
   NONE, real({8}, at::kHalf), 32, OUT)
