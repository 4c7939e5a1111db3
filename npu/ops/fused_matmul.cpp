// Products with what comes before or after them.
#include "aclnnop/fused_matmul.h"
#include "npu/ops/quant_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/matmul.h>

namespace npu {

static constexpr auto kFloats = {ACL_FLOAT16, ACL_BF16, ACL_FLOAT};

// x1 and x2 are permuted, then multiplied; the result's batches come second, or join the columns.
static Plan transpose_batch_matmul(const Tensor& x1, const Tensor& x2, const Tensor& bias, const Tensor& scale,
                                   const IntArray& perm_x1, const IntArray& perm_x2, const IntArray& perm_y,
                                   int64_t batch_split_factor, const Tensor& out) {
  OP_GIVEN(x1.defined() && x2.defined() && out.defined());
  NPU_TRY(is_one_of("x1", x1, kFloats));
  NPU_TRY(is_one_of("x2", x2, kFloats));
  OP_CHECK(x1.dtype == x2.dtype || (x1.dtype != ACL_BF16 && x2.dtype != ACL_BF16),
           "bfloat16 is multiplied with bfloat16 alone");
  OP_CHECK(!given(bias), "bias is reserved: it must be null");
  OP_CHECK(x1.dims == 3 && x2.dims == 3, "x1 and x2 must have 3 dimensions");
  OP_CHECK(perm_x1 == IntArray({0, 1, 2}) || perm_x1 == IntArray({1, 0, 2}), "perm_x1 must be 0, 1, 2 or 1, 0, 2");
  OP_CHECK(perm_x2 == IntArray({0, 1, 2}) || perm_x2 == IntArray({0, 2, 1}), "perm_x2 must be 0, 1, 2 or 0, 2, 1");
  OP_CHECK(perm_y == IntArray({1, 0, 2}), "perm_y must be 1, 0, 2");
  const int64_t b = x1.sizes[perm_x1[0]], m = x1.sizes[perm_x1[1]], k = x1.sizes[2];
  const int64_t n = x2.sizes[perm_x2[2]], split = batch_split_factor;
  OP_CHECK(x2.sizes[0] == b && x2.sizes[perm_x2[1]] == k,
           "the matrices do not fit: [b, m, k] and [b, k, n] are multiplied");
  OP_CHECK(split >= 1 && split <= b && b % split == 0, "batch_split_factor must divide the batches");
  const aclDataType dtype = x1.dtype == x2.dtype ? x1.dtype : ACL_FLOAT;
  if (given(scale)) {
    NPU_TRY(is_one_of("scale", scale, {ACL_INT64, ACL_UINT64}));
    OP_CHECK(scale.dims == 1 && scale.sizes[0] == b * n, "scale must be [b * n]");
    OP_CHECK(split == 1 && dtype == ACL_FLOAT16, "scale is for float16 whose batches are not split");
  }
  NPU_TRY(is_one_of("out", out, {given(scale) ? ACL_INT8 : dtype}));
  const bool joins = split > 1 || given(scale);
  const std::vector<int64_t> wanted = joins ? std::vector<int64_t>{split, m, b * n / split} : std::vector{m, b, n};
  NPU_TRY(holds("out", out, wanted, out.dtype));
  return [=](void*) {
    auto y = at::bmm(float32(x1).permute(perm_x1), float32(x2).permute(perm_x2));
    if (!joins) return copy_result(y.transpose(0, 1), out);
    y = y.unflatten(0, {split, b / split}).transpose(1, 2).flatten(2);
    if (!given(scale)) return copy_result(y, out);
    const auto words = aten_view(scale);
    store_product(y * unit_scale(words) + unit_offset(words), out);
  };
}
ACLNN_OP(aclnnTransposeBatchMatMul, x1, x2, bias, scale, perm_x1, perm_x2, perm_y, cube_math_type, batch_split_factor,
         out) {
  return transpose_batch_matmul(x1, x2, bias, scale, perm_x1, perm_x2, perm_y, batch_split_factor, out);
}
ACLNN_OP(aclnnTransposeBatchMatMulWeightNz, x1, x2, bias, scale, perm_x1, perm_x2, perm_y, cube_math_type,
         batch_split_factor, out) {
  return transpose_batch_matmul(x1, x2, bias, scale, perm_x1, perm_x2, perm_y, batch_split_factor, out);
}

ACLNN_OP(aclnnFusedMatmul, x1, x2, bias, x3, fused_op_type, cube_math_type, y) {
  OP_GIVEN(x1.defined() && x2.defined() && y.defined());
  const bool adds = fused_op_type == "add", multiplies = fused_op_type == "mul", casts = fused_op_type == "16cast32";
  const bool gelu = fused_op_type == "gelu_erf" || fused_op_type == "gelu_tanh", relu = fused_op_type == "relu";
  OP_CHECK(adds || multiplies || casts || gelu || relu || fused_op_type.empty(),
           "fused_op_type must be empty, 16cast32, add, mul, gelu_erf, gelu_tanh or relu");
  NPU_TRY(is_one_of("x1", x1, kFloats));
  NPU_TRY(is_one_of("x2", x2, {x1.dtype}));
  OP_CHECK(x1.dtype != ACL_FLOAT || (!gelu && !casts), "this fusion is not for float32");
  OP_CHECK(x1.dtype != ACL_FLOAT || cube_math_type == 3, "float32 needs a cube_math_type of 3 (HF32)");
  const int most = adds || multiplies ? 3 : relu || fused_op_type.empty() ? 6 : 2;
  OP_CHECK(x1.dims >= 2 && x1.dims <= most && x2.dims == x1.dims,
           "x1 and x2 must have 2 dimensions, for add and mul 3 at most, for relu or none 6");
  auto wanted = sizes(x1).vec();
  wanted.back() = x2.size(-1);
  OP_CHECK(std::equal(x1.sizes, x1.sizes + x1.dims - 2, x2.sizes) && x1.size(-1) == x2.size(-2),
           "the matrices do not fit: [.., m, k] and [.., k, n] of one batch are multiplied");
  NPU_TRY(is_one_of("y", y, {casts ? ACL_FLOAT : x1.dtype}));
  NPU_TRY(holds("y", y, wanted, y.dtype));
  NPU_TRY(is_one_of("bias", given(bias) ? bias : Tensor(), kFloats));
  OP_CHECK(!given(bias) || (!gelu && bias.dims <= 2 && broadcasts_to(bias, y)),
           "bias must broadcast to y, and a gelu has none");
  if (adds || multiplies) {
    OP_GIVEN(x3.defined());
    NPU_TRY(is_one_of("x3", x3, {x1.dtype}));
    OP_CHECK(x3.dims >= 2 && broadcasts_to(x3, y) && x3.size(-1) == y.size(-1) && x3.size(-2) == y.size(-2),
             "x3 must be y's matrix, for each batch or for all");
  }
  return [=](void*) {
    auto out = at::matmul(float32(x1), float32(x2));
    if (given(bias)) out = out + float32(bias);
    if (adds) out = out + float32(x3);
    if (multiplies) out = out * float32(x3);
    if (gelu) out = at::gelu(out, fused_op_type == "gelu_tanh" ? "tanh" : "none");
    if (relu) out = out.relu();
    copy_result(out, y);
  };
}

// Each row goes through the two small matrices that its index names, and is added to a part of y. A row whose index
// names none stays.
ACLNN_OP(aclnnAddLora, y, x, weight_b, indices, weight_a, layer_idx, scale, y_offset, y_slice_size, out) {
  OP_GIVEN(y.defined() && x.defined() && weight_b.defined() && indices.defined() && out.defined());
  for (const Tensor* t : {&y, &x, &weight_b, &weight_a}) {
    NPU_TRY(is_one_of("y, x or a weight", *t, {ACL_FLOAT16}));
    for (int i = t->dims == 4 ? 2 : 1; i < t->dims; ++i)
      OP_CHECK(t->sizes[i] > 0 && t->sizes[i] % 16 == 0, "y's, x's and the weights' sizes must be multiples of 16");
  }
  NPU_TRY(is_one_of("indices", indices, {ACL_INT32}));
  OP_CHECK(y.dims == 2 && x.dims == 2 && weight_b.dims == 4, "y and x must have 2 dimensions, the weights 4");
  const int64_t rows = x.sizes[0], rank = weight_b.sizes[3];
  OP_CHECK(y.sizes[0] == rows && indices.dims == 1 && indices.sizes[0] == rows, "y and indices must have x's rows");
  OP_CHECK(given(weight_a) ? weight_a.dims == 4 && std::equal(weight_a.sizes, weight_a.sizes + 2, weight_b.sizes) &&
                                 weight_a.sizes[2] == rank && weight_a.sizes[3] == x.sizes[1]
                           : rank == x.sizes[1],
           "weight_b must be [w, l, n, r], weight_a [w, l, r, k] with x [rows, k]; without weight_a r is k");
  OP_CHECK(layer_idx >= 0 && layer_idx < weight_b.sizes[1], "layer_idx must be one of the weights' layers");
  OP_CHECK(y_slice_size == weight_b.sizes[2] && y_offset >= 0 && y_offset + y_slice_size <= y.sizes[1],
           "the slice must lie in y, with weight_b's size");
  NPU_TRY(is_one_of("out", out, {ACL_FLOAT16}));
  NPU_TRY(holds("out", out, sizes(y), ACL_FLOAT16));
  return [=](void*) {
    const auto which = aten_long(indices), named = which.ge(0).logical_and(which.lt(weight_b.sizes[0]));
    const auto chosen = which.clamp(0, weight_b.sizes[0] - 1);
    const auto layer = [&](const Tensor& w) { return float32(w).select(1, layer_idx).index_select(0, chosen); };
    auto z = float32(x).unsqueeze(-1);
    if (given(weight_a)) z = at::bmm(layer(weight_a), z);
    z = at::bmm(layer(weight_b), z).squeeze(-1) * scale * named.unsqueeze(-1);
    const auto all = float32(y).clone();
    all.narrow(1, y_offset, y_slice_size).add_(z);
    copy_result(all, out);
  };
}

}  // namespace npu
