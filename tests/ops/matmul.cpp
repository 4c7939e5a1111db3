// Products, decompositions, convolutions.
#include "aclnnop/matmul.h"
#include "aclnnop/conv.h"
#include "aclnnop/linalg.h"
#include "case.h"

#include <gtest/gtest.h>

using namespace ops_test;
using Ints = std::vector<int64_t>;
constexpr int8_t kCube = 0;

OP(aclnnMm, "mm", real({3, 4}), real({4, 5}), OUT, kCube)
OP(aclnnMm, "mm", real({3, 0}), real({0, 5}), OUT, kCube)
OP(aclnnMm, "mm", real({3, 4}, at::kDouble), real({4, 5}, at::kDouble), OUT, kCube)
OP(aclnnBatchMatMul, "bmm", real({2, 3, 4}), real({2, 4, 5}), OUT, kCube)
OP(aclnnAddmm, "addmm", real({5}), real({3, 4}), real({4, 5}), 0.5, 2.0, OUT, kCube)
OP(aclnnInplaceAddmm, "addmm", InOut{real({3, 5})}, real({3, 4}), real({4, 5}), 0.5, 2.0, kCube)
OP(aclnnBaddbmm, "baddbmm", real({2, 3, 5}), real({2, 3, 4}), real({2, 4, 5}), 0.5, 2.0, OUT, kCube)
OP(aclnnAddbmm, "addbmm", real({3, 5}), real({2, 3, 4}), real({2, 4, 5}), 0.5, 2.0, OUT, kCube)
// Not rounded to 16 bits.
static at::Tensor wide(const std::vector<at::IValue>& in, size_t i) { return in[i].toTensor().to(at::kFloat); }
static Results wide_product(const std::vector<at::IValue>& in) { return {at::matmul(wide(in, 0), wide(in, 1))}; }
static Results wide_sum(const std::vector<at::IValue>& in) {
  return {wide(in, 0) * in[3].toDouble() + at::matmul(wide(in, 1), wide(in, 2)) * in[4].toDouble()};
}
OP(aclnnMm, Reference(wide_product), real({3, 4}, at::kHalf), real({4, 5}, at::kHalf), OUT, kCube)
OP(aclnnBatchMatMul, Reference(wide_product), real({2, 3, 4}, at::kBFloat16), real({2, 4, 5}, at::kBFloat16), OUT,
   kCube)
OP(aclnnMm, Reference(wide_product), real({3, 4}), real({4, 5}, at::kBFloat16), OUT, kCube)
OP(aclnnBatchMatMul, Reference(wide_product), real({2, 3, 4}, at::kHalf), real({2, 4, 5}), OUT, kCube)
OP(aclnnMatmul, Reference(wide_product), real({2, 1, 3, 4}), real({5, 4, 2}, at::kBFloat16), OUT, kCube)
// One batch for all of the other's.
OP(aclnnBatchMatMul, "matmul", real({1, 3, 4}), real({2, 4, 5}), OUT, kCube)
OP(aclnnBatchMatMul, "matmul", real({2, 3, 4}), real({1, 4, 5}), OUT, kCube)
OP(aclnnAddmm, Reference(wide_sum), real({5}, at::kHalf), real({3, 4}, at::kHalf), real({4, 5}, at::kHalf), 0.5, 2.0,
   OUT, kCube)
OP(aclnnBaddbmm, Reference(wide_sum), real({2, 3, 5}), real({2, 3, 4}, at::kBFloat16), real({2, 4, 5}, at::kBFloat16),
   0.5, 2.0, OUT, kCube)
static Results addmv(const std::vector<at::IValue>& in) {  // alpha comes before beta
  return {at::addmv(in[0].toTensor(), in[1].toTensor(), in[2].toTensor(), in[4].toScalar(), in[3].toScalar())};
}
OP(aclnnAddmv, Reference(addmv), real({3}), real({3, 4}), real({4}), 2.0, 0.5, OUT, kCube)
OP(aclnnMv, "mv", real({3, 4}), real({4}), OUT, kCube)
OP(aclnnDot, "dot", real({4}), real({4}), OUT)
OP(aclnnMatmul, "matmul", real({2, 1, 3, 4}), real({5, 4, 2}), OUT, kCube)
OP(aclnnMatmul, "matmul", real({4}), real({2, 4, 3}), OUT, kCube)
OP(aclnnMatmul, "matmul", real({4}), real({4}), OUT, kCube)
OP(aclnnAddr, "addr", real({3, 4}), real({3}), real({4}), 0.5, 2.0, OUT)
OP(aclnnInplaceAddr, "addr", InOut{real({3, 4})}, real({3}), real({4}), 0.5, 2.0)

static at::Tensor definite(int64_t n) {
  const auto a = real({2, n, n});
  return a.matmul(a.transpose(1, 2)) + at::eye(n) * n;
}
OP(aclnnInverse, "inverse", definite(3), OUT)
OP(aclnnLinalgCholesky, "linalg_cholesky", definite(3), true, OUT)
OP(aclnnSlogdet, "slogdet", definite(3), OUT, OUT)
static Results qr(const std::vector<at::IValue>& in) {
  const auto [q, r] = at::linalg_qr(in[0].toTensor(), in[1].toInt() == 1 ? "complete" : "reduced");
  return {q, r};
}
OP(aclnnLinalgQr, Reference(qr), real({4, 3}), int64_t{0}, OUT, OUT)
OP(aclnnLinalgQr, Reference(qr), real({4, 3}), int64_t{1}, OUT, OUT)
static Results svd(const std::vector<at::IValue>& in) {
  const auto [u, s, vh] = at::linalg_svd(in[0].toTensor(), in[1].toBool());
  return {s, u, vh.mH()};
}
OP(aclnnSvd, Reference(svd), real({4, 3}), false, true, OUT, OUT, OUT)
OP(aclnnTriangularSolve, "triangular_solve", real({2, 3, 2}), definite(3), true, false, false, OUT, OUT)
OP(aclnnLinalgCross, "linalg_cross", real({4, 3}), real({4, 3}), int64_t{-1}, OUT)
static Results cdist(const std::vector<at::IValue>& in) {
  return {at::cdist(in[0].toTensor(), in[1].toTensor(), in[2].toDouble())};
}
OP(aclnnCdist, Reference(cdist), real({3, 4}), real({5, 4}), 2.0f, 0, OUT)
static Results cdist_backward(const std::vector<at::IValue>& in) {
  return {
      at::_cdist_backward(in[0].toTensor(), in[1].toTensor(), in[2].toTensor(), in[4].toDouble(), in[3].toTensor())};
}
static const at::Tensor kX1 = real({3, 4}), kX2 = real({5, 4});
OP(aclnnCdistBackward, Reference(cdist_backward), real({3, 5}), kX1, kX2, at::cdist(kX1, kX2), 2.0f, OUT)
OP(aclnnPdist, "pdist", real({4, 3}), 2.0, OUT)

OP(aclnnConvolution, "convolution", real({2, 4, 8, 8}), real({6, 2, 3, 3}), real({6}), Ints{2, 2}, Ints{1, 1},
   Ints{1, 1}, false, Ints{0, 0}, int64_t{2}, OUT, kCube)
OP(aclnnConvolution, "convolution", real({2, 4, 8}), real({4, 3, 3}), NONE, Ints{2}, Ints{1}, Ints{1}, true, Ints{1},
   int64_t{1}, OUT, kCube)
OP(aclnnConvolution, "convolution", real({1, 2, 5, 5, 5}), real({3, 2, 2, 2, 2}), NONE, Ints{1, 1, 1}, Ints{0, 0, 0},
   Ints{2, 2, 2}, false, Ints{0, 0, 0}, int64_t{1}, OUT, kCube)
static Results conv_backward(const std::vector<at::IValue>& in) {
  const auto [a, b, c] = at::convolution_backward(
      in[0].toTensor(), in[1].toTensor(), in[2].toTensor(), in[3].toIntVector(), in[4].toIntVector(),
      in[5].toIntVector(), in[6].toIntVector(), in[7].toBool(), in[8].toIntVector(), in[9].toInt(), {true, true, true});
  return {a, b, c};
}
OP(aclnnConvolutionBackward, Reference(conv_backward), real({2, 6, 4, 4}), real({2, 4, 8, 8}), real({6, 2, 3, 3}),
   Ints{6}, Ints{2, 2}, Ints{1, 1}, Ints{1, 1}, false, Ints{0, 0}, int64_t{2}, (std::vector<bool>{true, true, true}),
   kCube, OUT, OUT, OUT)

OP(aclnnGer, "outer", real({3}), real({4}), OUT)
static Results as_it_is(const std::vector<at::IValue>& in) { return {in[0].toTensor()}; }
OP(aclnnTransMatmulWeight, Reference(as_it_is), InOut{real({3, 4}, at::kHalf)})

TEST(MatmulWeight, HasWholeBlocks) {
  const int64_t sizes[] = {2, 17, 40};
  aclIntArray* shape = aclCreateIntArray(sizes, 3);
  uint64_t elements = 0;
  ASSERT_EQ(aclnnCalculateMatmulWeightSize(shape, &elements), ACL_SUCCESS);
  EXPECT_EQ(elements, 2u * 32 * 48);
  ASSERT_EQ(aclnnCalculateMatmulWeightSizeV2(shape, ACL_INT8, &elements), ACL_SUCCESS);
  EXPECT_EQ(elements, 2u * 32 * 64);
  EXPECT_NE(aclnnCalculateMatmulWeightSizeV2(nullptr, ACL_INT8, &elements), ACL_SUCCESS);
  EXPECT_NE(aclnnCalculateMatmulWeightSize(shape, nullptr), ACL_SUCCESS);
  aclDestroyIntArray(shape);
}

static Results depthwise(const std::vector<at::IValue>& in) {
  const auto bias = in[3].isNone() ? std::nullopt : std::optional(in[3].toTensor());
  return {at::conv2d(in[0].toTensor(), in[1].toTensor(), bias, in[4].toIntVector(), in[5].toIntVector(),
                     in[6].toIntVector(), in[0].toTensor().size(1))};
}
OP(aclnnConvDepthwise2d, Reference(depthwise), real({2, 3, 6, 5}), real({6, 1, 3, 2}), Ints{3, 2}, real({6}),
   Ints{2, 1}, Ints{1, 0}, Ints{1, 2}, OUT, kCube)
OP(aclnnConvDepthwise2d, Reference(depthwise), real({1, 2, 4, 4}), real({2, 1, 3, 3}), Ints{3, 3}, NONE, Ints{1, 1},
   Ints{0, 0}, Ints{1, 1}, OUT, kCube)
OP(aclnnConvTbc, "conv_tbc", real({6, 2, 3}), real({3, 3, 4}), real({4}), int64_t{1}, OUT, kCube)
OP(aclnnConvTbc, "conv_tbc", real({6, 2, 3}), real({2, 3, 4}), real({4}), int64_t{0}, OUT, kCube)
OP(aclnnConvTbcBackward, "conv_tbc_backward", real({6, 2, 4}), real({6, 2, 3}), real({3, 3, 4}), real({4}), int64_t{1},
   NotReferenced<int64_t>{0}, OUT, OUT, OUT)
OP(aclnnConvTbcBackward, "conv_tbc_backward", real({5, 2, 4}), real({6, 2, 3}), real({2, 3, 4}), real({4}), int64_t{0},
   NotReferenced<int64_t>{0}, OUT, OUT, OUT)
