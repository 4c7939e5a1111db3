// Products of quantized matrices.
#include "aclnnop/quant_matmul.h"
#include "npu/ops/quant_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>

namespace npu {

// Sizes of the blocks that scales are for: k in the lowest 16 bits, n, m.
struct Blocks { int64_t m, n, k; };
static Blocks blocks_of(int64_t group_size) {
  return {group_size >> 32 & 0xffff, group_size >> 16 & 0xffff, group_size & 0xffff};
}
static int64_t block_of(int64_t given, int64_t size, int64_t count) {
  return given ? given : (size + count - 1) / count;
}

// The sum over blocks of k: each product, times its rows' and columns' scales: s1 [.., m, blocks], s2 [.., blocks, n].
static at::Tensor block_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& s1, const at::Tensor& s2,
                                int64_t block) {
  at::Tensor sum;
  const int64_t k = a.size(-1);
  for (int64_t j = 0; j * block < k; ++j) {
    const int64_t from = j * block, size = std::min(block, k - from);
    const auto part = product(a.narrow(-1, from, size), b.narrow(-2, from, size)).to(at::kFloat);
    const auto scaled = part * s1.select(-1, s1.size(-1) == 1 ? 0 : j).unsqueeze(-1) * s2.select(-2, j).unsqueeze(-2);
    sum = sum.defined() ? sum + scaled : scaled;
  }
  return sum;
}
// Scales of 32 elements along k, in pairs: [.., k / 64, rows, 2], or the other way round for a transposed matrix.
static at::Tensor pair_scales(const Tensor& scale, bool k_first) {
  const auto s = float32(scale);
  return (k_first ? s.transpose(-2, -3) : s).flatten(-2);  // [.., rows, blocks]
}
constexpr int64_t kPairBlock = 32;
static Status pair_scales_fit(const char* name, const Tensor& scale, int64_t k, int64_t rows, bool k_first) {
  NPU_TRY(is_one_of(name, scale, {ACL_FLOAT8_E8M0}));
  const int64_t pairs = (k + 63) / 64;
  OP_CHECK(scale.dims >= 3 && scale.size(-1) == 2 && scale.size(-2) == (k_first ? rows : pairs) &&
               scale.size(-3) == (k_first ? pairs : rows),
           std::string(name) + " must have pairs of scales, each for 32 elements along k");
  return {};
}

namespace {

struct QuantMatmul {
  Tensor x1, x2, x1_scale, x2_scale, x2_offset, y_offset, bias, out;
  bool transpose_x1, transpose_x2;
  Blocks blocks;

  bool pairs() const { return given(x1_scale) && x1_scale.dtype == ACL_FLOAT8_E8M0; }
  bool nibble_weight() const { return x1.dtype == ACL_INT8 && x2.dtype == ACL_INT32; }
  bool blockwise() const { return !nibble_weight() && given(x1_scale) && x1_scale.dims >= 2 && x2_scale.dims >= 2; }
  bool whole_bias() const { return given(bias) && bias.dtype == ACL_INT32; }

  Status fits() const {
    const auto a = matrix_sizes(x1, transpose_x1), b = matrix_sizes(x2, transpose_x2);
    NPU_TRY(product_fits(a, b, "out", out));
    NPU_TRY(is_one_of("out", out, {ACL_FLOAT16, ACL_BF16, ACL_INT8, is_whole(x1) ? ACL_INT32 : ACL_FLOAT}));
    const int64_t m = a[a.size() - 2], n = b.back(), k = a.back();
    NPU_TRY(is_one_of("bias", bias, {ACL_INT32, ACL_FLOAT, ACL_BF16, ACL_FLOAT16}));
    OP_CHECK(!given(bias) || (bias.size(-1) == n && (bias.numel() == n || bias.dims == out.dims)),
             "bias must be [n] or [batch, 1, n]");
    if (blockwise()) return blocks_fit(m, n, k);
    NPU_TRY(is_one_of("x1_scale", given(x1_scale) ? x1_scale : Tensor(), {ACL_FLOAT}));
    NPU_TRY(is_one_of("x2_scale", x2_scale, {ACL_UINT64, ACL_INT64, ACL_FLOAT, ACL_BF16}));
    OP_CHECK(!given(x1_scale) || x1_scale.numel() == 1 || x1_scale.numel() == m, "x1_scale must be [m], or one number");
    if (nibble_weight()) return nibbles_fit(n, k);
    OP_CHECK(x2_scale.numel() == 1 || (x2_scale.size(-1) == n && x2_scale.numel() == n),
             "x2_scale must be [n], or one number");
    OP_CHECK(!given(x2_offset) || x2_offset.numel() == 1 || x2_offset.numel() == n,
             "x2_offset must be [n], or one number");
    OP_CHECK(!given(y_offset), "y_offset is for weights of int4 and x1 of int8");
    if (!is_whole(x1)) return {};
    if (is_unit_scale(x2_scale)) {
      OP_CHECK(!given(x1_scale), "with x1_scale, x2_scale must not be a matrix unit's");
      NPU_TRY(is_one_of("out, as x2_scale is a matrix unit's,", out, {ACL_FLOAT16, ACL_INT8}));
    } else {
      OP_CHECK(out.dtype != ACL_INT8, "an out of int8 needs an x2_scale that aclnnTransQuantParamV2 has made");
      OP_CHECK(given(x1_scale) || out.dtype != ACL_FLOAT16,
               "an out of float16 needs x1_scale, or a matrix unit's scale");
    }
    OP_CHECK(out.dtype != ACL_INT32 || (!given(x1_scale) && (!given(bias) || whole_bias())),
             "an out of int32 is the product as it is: there is no x1_scale, and a bias must be int32");
    OP_CHECK(!given(x2_offset) || (out.dtype == ACL_INT8 && x2_offset.dtype == ACL_FLOAT),
             "x2_offset is for an out of int8");
    return {};
  }
  Status nibbles_fit(int64_t n, int64_t k) const {
    OP_CHECK(given(x1_scale) && is_unit_scale(x2_scale) && given(y_offset),
             "weights of int4 and x1 of int8 need x1_scale, an x2_scale for the matrix unit, and y_offset");
    OP_CHECK(x2_scale.size(-1) == n && (x2_scale.numel() == n || (x2_scale.dims == 2 && k % x2_scale.sizes[0] == 0)),
             "x2_scale must be [n], or [groups, n] with groups of one size along k");
    OP_CHECK(y_offset.numel() == n && y_offset.dtype == ACL_FLOAT, "y_offset must be [n], float32");
    OP_CHECK(!given(bias) && !given(x2_offset), "weights of int4 and x1 of int8 have no bias, nor x2_offset");
    NPU_TRY(is_one_of("out", out, {ACL_FLOAT16, ACL_BF16}));
    return {};
  }
  Status blocks_fit(int64_t m, int64_t n, int64_t k) const {
    NPU_TRY(is_one_of("out", out, {ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
    OP_CHECK(!whole_bias(), "blocks have no int32 bias");
    if (pairs()) {
      NPU_TRY(pair_scales_fit("x1_scale", x1_scale, k, m, transpose_x1));
      return pair_scales_fit("x2_scale", x2_scale, k, n, !transpose_x2);
    }
    NPU_TRY(is_one_of("x1_scale", x1_scale, {ACL_FLOAT}));
    NPU_TRY(is_one_of("x2_scale", x2_scale, {ACL_FLOAT}));
    const bool grouped = given(x2_offset);
    const int64_t count = x2_scale.size(!grouped && transpose_x2 ? -1 : -2);
    const int64_t block = count ? block_of(blocks.k, k, count) : 0;
    OP_CHECK(block > 0 && (k + block - 1) / block == count, "x2_scale does not have a row for each block along k");
    OP_CHECK(!grouped || (x2_offset.same_sizes(x2_scale) && x1_scale.numel() == m && x2_scale.size(-1) == n),
             "x2_scale and x2_offset must be [blocks, n], x1_scale [m, 1]");
    if (grouped) return {};
    const int64_t cols = x2_scale.size(transpose_x2 ? -2 : -1), rows = x1_scale.size(transpose_x1 ? -1 : -2);
    OP_CHECK(x1_scale.size(transpose_x1 ? -2 : -1) == count && rows && cols &&
                 rows * block_of(blocks.m, m, rows) >= m && cols * block_of(blocks.n, n, cols) >= n,
             "the scales do not have one element for each block");
    return {};
  }

  at::Tensor by_blocks(const at::Tensor& a, at::Tensor b) const {
    const int64_t m = a.size(-2), n = b.size(-1), k = a.size(-1);
    if (pairs())
      return block_product(a, b, pair_scales(x1_scale, transpose_x1),
                           pair_scales(x2_scale, !transpose_x2).transpose(-1, -2), kPairBlock);
    auto s1 = float32(x1_scale), s2 = float32(x2_scale);
    if (given(x2_offset)) {  // an offset of each group of rows, too
      const int64_t block = block_of(blocks.k, k, s2.size(-2));
      b = b.to(at::kInt) - each_of_blocks(aten_view(x2_offset).to(at::kInt), -2, block, k);
      return block_product(a, b, s1.reshape({m, 1}), s2, block);
    }
    if (transpose_x1) s1 = s1.transpose(-1, -2);
    if (transpose_x2) s2 = s2.transpose(-1, -2);
    const int64_t block = block_of(blocks.k, k, s2.size(-2));
    return block_product(a, b, each_of_blocks(s1, -2, block_of(blocks.m, m, s1.size(-2)), m),
                         each_of_blocks(s2, -1, block_of(blocks.n, n, s2.size(-1)), n), block);
  }
  // x1 of int8 goes through the unit of int4 in halves, the lower less 8: what that takes away, y_offset brings back.
  at::Tensor by_nibbles(const at::Tensor& a, const at::Tensor& b) const {
    const auto s = scale_of(x2_scale).reshape({-1, b.size(-1)});
    const auto w = b.to(at::kFloat) * each_of_blocks(s, 0, b.size(-2) / s.size(0), b.size(-2));
    return (at::matmul(a.to(at::kFloat) - 8, w) + float32(y_offset).reshape({-1})) * float32(x1_scale).reshape({-1, 1});
  }
  at::Tensor by_columns(const at::Tensor& a, const at::Tensor& b) const {
    auto sum = product(a, b);
    if (whole_bias()) sum = sum + aten_view(bias);
    if (out.dtype == ACL_INT32) return sum;
    auto y = sum.to(at::kFloat) * scale_of(x2_scale).reshape({-1});
    if (given(x1_scale)) y = y * float32(x1_scale).reshape({-1, 1});
    if (given(x2_offset)) return y + float32(x2_offset).reshape({-1});
    if (out.dtype == ACL_INT8) return y + unit_offset(aten_view(x2_scale)).reshape({-1});
    return y;
  }
  void operator()(void*) const {
    const auto a = matrix(x1, transpose_x1), b = matrix(x2, transpose_x2);
    auto y = blockwise() ? by_blocks(a, b) : nibble_weight() ? by_nibbles(a, b) : by_columns(a, b);
    if (given(bias) && !whole_bias()) y = y + float32(bias);
    store_product(y, out);
  }
};

}  // namespace

static Plan quant_matmul(const Tensor& x1, const Tensor& x2, const Tensor& x1_scale, const Tensor& x2_scale,
                         const Tensor& y_scale, const Tensor& x1_offset, const Tensor& x2_offset,
                         const Tensor& y_offset, const Tensor& bias, bool transpose_x1, bool transpose_x2,
                         int64_t group_size, const Tensor& out) {
  OP_GIVEN(x1.defined() && x2.defined() && x2_scale.defined() && out.defined());
  for (const Tensor* t : {&x1, &x2}) {
    NPU_TRY(is_one_of("a matrix", *t, {ACL_INT8, ACL_INT32, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2}));
    OP_CHECK(t->dims >= 2 && t->dims <= 6, "the matrices must have 2 to 6 dimensions");
  }
  OP_CHECK(!given(x1_offset) && !given(y_scale), "UNIMPLEMENTED: x1_offset and y_scale");
  OP_CHECK(is_float8(x1) == is_float8(x2) && (x1.dtype != ACL_INT32 || x2.dtype == ACL_INT32),
           "x1 and x2 must both be float8, or whole numbers of which x1's are no smaller");
  QuantMatmul op{
      x1, x2, x1_scale, x2_scale, x2_offset, y_offset, bias, out, transpose_x1, transpose_x2, blocks_of(group_size)};
  NPU_TRY(op.fits());
  return op;
}
ACLNN_OP(aclnnQuantMatmulV5, x1, x2, x1_scale, x2_scale, y_scale, x1_offset, x2_offset, y_offset, bias, transpose_x1,
         transpose_x2, group_size, out) {
  return quant_matmul(x1, x2, x1_scale, x2_scale, y_scale, x1_offset, x2_offset, y_offset, bias, transpose_x1,
                      transpose_x2, group_size, out);
}
ACLNN_OP(aclnnQuantMatmulWeightNz, x1, x2, x1_scale, x2_scale, y_scale, x1_offset, x2_offset, y_offset, bias,
         transpose_x1, transpose_x2, group_size, out) {
  return quant_matmul(x1, x2, x1_scale, x2_scale, y_scale, x1_offset, x2_offset, y_offset, bias, transpose_x1,
                      transpose_x2, group_size, out);
}

// y += x1^T x2, of float8 with a scale for each 32 elements along k.
ACLNN_OP(aclnnQuantBatchMatmulInplaceAdd, x1, x2, x1_scale, x2_scale, y, transpose_x1, transpose_x2, group_size) {
  OP_GIVEN(x1.defined() && x2.defined() && x1_scale.defined() && x2_scale.defined());
  for (const Tensor* t : {&x1, &x2}) {
    NPU_TRY(is_one_of("a matrix", *t, {ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2}));
    OP_CHECK(t->dims == 2, "the matrices must have 2 dimensions");
  }
  OP_CHECK(transpose_x1 && !transpose_x2, "x1 must be given as [k, m], transpose_x1 true, and x2 as [k, n]");
  NPU_TRY(product_fits(matrix_sizes(x1, true), matrix_sizes(x2, false), "y", y));
  NPU_TRY(is_one_of("y", y, {ACL_FLOAT}));
  const int64_t k = x1.sizes[0], block = blocks_of(group_size).k;
  OP_CHECK(block == 0 || block == kPairBlock, "blocks must have 32 elements along k");
  NPU_TRY(pair_scales_fit("x1_scale", x1_scale, k, x1.sizes[1], true));
  NPU_TRY(pair_scales_fit("x2_scale", x2_scale, k, x2.sizes[1], true));
  return [=](void*) {
    aten_view(y).add_(block_product(matrix(x1, true), matrix(x2, false), pair_scales(x1_scale, true),
                                    pair_scales(x2_scale, true).transpose(-1, -2), kPairBlock));
  };
}

}  // namespace npu
