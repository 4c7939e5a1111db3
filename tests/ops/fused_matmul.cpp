// Products with what comes before or after them, and matrices in blocks.
#include "aclnnop/fused_matmul.h"
#include <gtest/gtest.h>

#include "aclnnop/format.h"
#include "case.h"

using namespace ops_test;
using Values = std::vector<at::IValue>;
using Ints = std::vector<int64_t>;
static at::Tensor t(const Values& in, size_t i) { return in[i].toTensor().to(at::kFloat); }
static bool none(const Values& in, size_t i) { return in[i].isNone(); }
static at::Tensor half(at::IntArrayRef sizes) { return real(sizes, at::kHalf); }
constexpr NotReferenced<int8_t> kCube{0}, kHf32{3};

// x1, x2, bias, scale, permutations
static at::Tensor permuted(const Values& in) {
  return at::bmm(t(in, 0).permute(in[4].toIntVector()), t(in, 1).permute(in[5].toIntVector()));
}
static Results batch_second(const Values& in) { return {permuted(in).transpose(0, 1).to(at::kHalf)}; }
static Results batch_split(const Values& in) {
  const auto y = permuted(in);
  return {at::stack({at::cat({y[0], y[1]}, 1), at::cat({y[2], y[3]}, 1)})};
}
static const at::Tensor kScale = (positive({20}) * 64).round();  // few bits: the matrix unit cuts none off
static Results batch_int8(const Values& in) {
  const auto y = permuted(in).transpose(0, 1).flatten(1).unsqueeze(1).transpose(0, 1) * kScale;
  return {y.round().clamp(-128, 127).to(at::kChar)};
}
OP(aclnnTransposeBatchMatMul, Reference(batch_second), half({4, 3, 6}), half({4, 6, 5}), NONE, NONE, (Ints{0, 1, 2}),
   (Ints{0, 1, 2}), (Ints{1, 0, 2}), kCube, NotReferenced<int>{1}, OUT)
OP(aclnnTransposeBatchMatMul, Reference(batch_split), real({3, 4, 6}), real({4, 5, 6}), NONE, NONE, (Ints{1, 0, 2}),
   (Ints{0, 2, 1}), (Ints{1, 0, 2}), kCube, NotReferenced<int>{2}, OUT)
OP(aclnnTransposeBatchMatMul, Reference(batch_int8), half({4, 3, 6}), half({4, 6, 5}), NONE,
   kScale.view(at::kInt).to(at::kLong), (Ints{0, 1, 2}), (Ints{0, 1, 2}), (Ints{1, 0, 2}), kCube, NotReferenced<int>{1},
   OUT)

OP(aclnnTransposeBatchMatMulWeightNz, Reference(batch_second), half({3, 4, 6}), half({4, 5, 6}), NONE, NONE,
   (Ints{1, 0, 2}), (Ints{0, 2, 1}), (Ints{1, 0, 2}), kCube, NotReferenced<int>{1}, OUT)
OP(aclnnTransposeBatchMatMulWeightNz, Reference(batch_split), real({4, 3, 6}), real({4, 6, 5}), NONE, NONE,
   (Ints{0, 1, 2}), (Ints{0, 1, 2}), (Ints{1, 0, 2}), kCube, NotReferenced<int>{2}, OUT)

static at::Tensor with_bias(const Values& in) {
  const auto y = at::matmul(t(in, 0), t(in, 1));
  return none(in, 2) ? y : y + t(in, 2);
}
using Text = NotReferenced<const char*>;
static Results fused_add(const Values& in) { return {(with_bias(in) + t(in, 3)).to(at::kHalf)}; }
static Results fused_mul(const Values& in) { return {with_bias(in) * t(in, 3)}; }
static Results fused_relu(const Values& in) { return {with_bias(in).relu().to(at::kHalf)}; }
static Results fused_gelu(const Values& in) { return {at::gelu(with_bias(in), "tanh").to(at::kBFloat16)}; }
static Results fused_erf(const Values& in) { return {at::gelu(with_bias(in)).to(at::kHalf)}; }
static Results fused_cast(const Values& in) { return {with_bias(in)}; }
static Results fused_none(const Values& in) { return {with_bias(in).to(at::kHalf)}; }
OP(aclnnFusedMatmul, Reference(fused_add), half({2, 3, 4}), half({2, 4, 5}), half({5}), half({3, 5}), Text{"add"},
   kCube, OUT)
OP(aclnnFusedMatmul, Reference(fused_mul), real({3, 4}), real({4, 5}), NONE, real({3, 5}), Text{"mul"}, kHf32, OUT)
OP(aclnnFusedMatmul, Reference(fused_relu), half({2, 1, 3, 4}), half({2, 1, 4, 5}), half({1, 5}), NONE, Text{"relu"},
   kCube, OUT)
OP(aclnnFusedMatmul, Reference(fused_gelu), real({3, 4}, at::kBFloat16), real({4, 5}, at::kBFloat16), NONE, NONE,
   Text{"gelu_tanh"}, kCube, OUT)
OP(aclnnFusedMatmul, Reference(fused_erf), half({3, 4}), half({4, 5}), NONE, NONE, Text{"gelu_erf"}, kCube, OUT)
OP(aclnnFusedMatmul, Reference(fused_cast), half({3, 4}), half({4, 5}), half({5}), NONE, Text{"16cast32"}, kCube, OUT)
OP(aclnnFusedMatmul, Reference(fused_none), half({3, 4}), half({4, 5}), NONE, NONE, Text{""}, kCube, OUT)

// y, x, weight_b, indices, weight_a, layer, scale, offset and size of the slice
static Results lora(const Values& in) {
  auto y = t(in, 0).clone();
  for (int64_t i = 0; i < y.size(0); ++i) {
    const auto w = in[3].toTensor()[i].item().toLong();
    if (w < 0 || w >= t(in, 2).size(0)) continue;
    auto z = t(in, 1)[i];
    if (!none(in, 4)) z = at::mv(t(in, 4)[w][in[5].toInt()], z);
    y[i].narrow(0, in[7].toInt(), in[8].toInt()).add_(at::mv(t(in, 2)[w][in[5].toInt()], z) * in[6].toDouble());
  }
  return {y.to(at::kHalf)};
}
static const at::Tensor kWhich = at::tensor({1, 0, -1, 2});
static at::Tensor few(at::IntArrayRef sizes) { return whole(sizes, -3, 4, at::kHalf); }  // no sum is rounded
OP(aclnnAddLora, Reference(lora), few({4, 48}), few({4, 32}), few({2, 3, 32, 16}), kWhich, few({2, 3, 16, 32}),
   int64_t{1}, 2.0, int64_t{16}, int64_t{32}, OUT)
OP(aclnnAddLora, Reference(lora), few({4, 32}), few({4, 16}), few({2, 1, 32, 16}), kWhich, NONE, int64_t{0}, 0.5,
   int64_t{0}, int64_t{32}, OUT)

// Blocks, one element at a time.
static at::Tensor in_blocks(const at::Tensor& m, int64_t c0) {
  const int64_t k = m.size(0), n = m.size(1);
  auto out = at::zeros({(n + c0 - 1) / c0, (k + 15) / 16, 16, c0}, m.options());
  for (int64_t i = 0; i < k; ++i)
    for (int64_t j = 0; j < n; ++j) out[j / c0][i / 16][i % 16][j % c0] = m[i][j];
  return out;
}
static const at::Tensor kWeight = half({20, 48});
static Results plain(const Values& in) { return {at::matmul(t(in, 0), t(in, 1)).to(at::kHalf)}; }
static Results by_weight(const Values& in) { return {at::matmul(t(in, 0), kWeight.to(at::kFloat)).to(at::kHalf)}; }
static Results added(const Values& in) {
  return {
      (t(in, 0) * in[3].toDouble() + at::matmul(t(in, 1), kWeight.to(at::kFloat)) * in[4].toDouble()).to(at::kHalf)};
}
OP(aclnnMatmulWeightNz, Reference(plain), half({3, 20}), half({20, 48}), OUT, kCube)
OP(aclnnMatmulWeightNz, Reference(by_weight), half({3, 20}), in_blocks(kWeight, 16), OUT, kCube)
OP(aclnnMatmulWeightNz, Reference(by_weight), half({3, 20}), in_blocks(kWeight.t(), 16), OUT, kCube)
OP(aclnnAddmmWeightNz, Reference(added), half({48}), half({3, 20}), in_blocks(kWeight, 16), 0.5, 2.0, OUT, kCube)
OP(aclnnAddmmWeightNz, Reference(added), half({3, 1}), half({3, 20}), kWeight, 1.0, 1.0, OUT, kCube)
OP(aclnnBatchMatMulWeightNz, Reference(plain), half({2, 3, 20}), half({1, 20, 48}), OUT, kCube)
static Results by_weights(const Values& in) {
  return {at::matmul(t(in, 0), at::stack({kWeight, kWeight * 2}).to(at::kFloat)).to(at::kHalf)};
}
OP(aclnnBatchMatMulWeightNz, Reference(by_weights), half({2, 3, 20}),
   at::stack({in_blocks(kWeight, 16), in_blocks(kWeight * 2, 16)}), OUT, kCube)

static Results as_is(const Values& in) { return {in[0].toTensor()}; }
static Results to_blocks(const Values& in) { return {in_blocks(in[0].toTensor(), 16)}; }
static Results to_byte_blocks(const Values& in) {
  return {at::stack({in_blocks(in[0].toTensor()[0], 32), in_blocks(in[0].toTensor()[1], 32)})};
}
static Results from_blocks(const Values&) { return {kWeight}; }
OP(aclnnNpuFormatCast, Reference(as_is), real({2, 3, 4}), OUT)
OP(aclnnNpuFormatCast, Reference(to_blocks), half({20, 48}), OUT)
OP(aclnnNpuFormatCast, Reference(to_byte_blocks), whole({2, 20, 64}, -128, 128, at::kChar), OUT)
OP(aclnnNpuFormatCast, Reference(from_blocks), in_blocks(kWeight, 16), OUT)
static at::Tensor channel_blocks(const at::Tensor& x) {
  auto out = at::zeros({x.size(0), x.size(2), (x.size(1) + 15) / 16, x.size(3), x.size(4), 16}, x.options());
  for (int64_t c = 0; c < x.size(1); ++c) out.select(2, c / 16).select(-1, c % 16).copy_(x.select(1, c));
  return out;
}
static const at::Tensor kVolume = half({2, 20, 3, 4, 5});
static Results to_channels(const Values& in) { return {channel_blocks(in[0].toTensor())}; }
static Results from_channels(const Values&) { return {kVolume}; }
OP(aclnnNpuFormatCast, Reference(to_channels), kVolume, OUT)
OP(aclnnNpuFormatCast, Reference(from_channels), channel_blocks(kVolume), OUT)

TEST(FormatCast, TellsTheShapeOfBlocks) {
  const auto shape = [](at::IntArrayRef sizes, aclDataType dtype, int format, int additional) {
    const int64_t storage = 1;
    aclTensor* src =
        aclCreateTensor(sizes.data(), sizes.size(), dtype, nullptr, 0, ACL_FORMAT_ND, &storage, 1, nullptr);
    int64_t* found = nullptr;
    uint64_t count = 0;
    int actual = -1;
    Ints out;
    if (aclnnNpuFormatCastCalculateSizeAndFormat(src, format, additional, &found, &count, &actual) == ACL_SUCCESS) {
      out.assign(found, found + count);
      EXPECT_EQ(actual, format);
    }
    delete[] found;
    EXPECT_EQ(aclDestroyTensor(src), ACL_SUCCESS);
    return out;
  };
  EXPECT_EQ(shape({20, 40}, ACL_FLOAT16, ACL_FORMAT_FRACTAL_NZ, -1), Ints({3, 2, 16, 16}));
  EXPECT_EQ(shape({7, 20, 40}, ACL_INT8, ACL_FORMAT_FRACTAL_NZ, -1), Ints({7, 2, 2, 16, 32}));
  EXPECT_EQ(shape({20, 40}, ACL_FLOAT, ACL_FORMAT_FRACTAL_NZ, ACL_FLOAT16), Ints({3, 2, 16, 16}));
  EXPECT_EQ(shape({20, 40}, ACL_FLOAT, ACL_FORMAT_ND, -1), Ints({20, 40}));
  EXPECT_EQ(shape({2, 20, 3, 4, 5}, ACL_FLOAT16, ACL_FORMAT_NDC1HWC0, -1), Ints({2, 3, 2, 4, 5, 16}));
  EXPECT_EQ(shape({20}, ACL_FLOAT16, ACL_FORMAT_FRACTAL_NZ, -1), Ints());
  EXPECT_EQ(shape({20, 40}, ACL_FLOAT16, ACL_FORMAT_FRACTAL_Z, -1), Ints());
  EXPECT_NE(aclnnNpuFormatCastCalculateSizeAndFormat(nullptr, ACL_FORMAT_ND, -1, nullptr, nullptr, nullptr),
            ACL_SUCCESS);
}
