// Products in which x is quantized on the way, or the weights' quantization is undone.
#include "aclnnop/quant_matmul.h"
#include "npu/ops/quant_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bitwise_and.h>
#include <ATen/ops/matmul.h>

namespace npu {

// x is quantized on the way, by scales that are given or by each row's own. A weight of 4 dimensions lies in blocks of
// [16, 32] or, not transposed, [16, 32] of k and n.
ACLNN_OP(aclnnQuantMatmulDequant, x, weight, weight_scale, bias, x_scale, x_offset, smooth_scale, x_quant_mode,
         transpose_weight, out) {
  OP_GIVEN(x.defined() && weight.defined() && weight_scale.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT16}));
  NPU_TRY(is_one_of("weight", weight, {ACL_INT8}));
  NPU_TRY(is_one_of("weight_scale", weight_scale, {ACL_FLOAT, ACL_INT64}));
  NPU_TRY(is_one_of("smooth_scale", smooth_scale, {ACL_FLOAT16}));
  OP_CHECK(!given(bias) && !given(x_offset), "bias and x_offset are reserved: they must be null");
  OP_CHECK(x_quant_mode == "pertoken" || x_quant_mode == "pertensor", "x_quant_mode must be pertoken or pertensor");
  OP_CHECK(transpose_weight, "weight must be given as [n, k], transpose_weight true");
  OP_CHECK(x.dims == 2 && (weight.dims == 2 || (weight.dims == 4 && weight.sizes[2] == 16 && weight.sizes[3] == 32)),
           "x must be [m, k], weight [n, k] or blocks [k / 32, n / 16, 16, 32]");
  const int64_t m = x.sizes[0], k = x.sizes[1];
  const int64_t n = weight.dims == 2 ? weight.sizes[0] : weight.sizes[1] * 16;
  OP_CHECK(n % 16 == 0 && k % 16 == 0 && n > 0 && k > 0, "n and k must be multiples of 16");
  OP_CHECK(weight.dims == 2 ? weight.sizes[1] == k : weight.sizes[0] == (k + 31) / 32, "weight does not have x's k");
  OP_CHECK(weight_scale.dims == 1 && weight_scale.sizes[0] == n, "weight_scale must be [n]");
  OP_CHECK(!given(smooth_scale) || (smooth_scale.dims == 1 && smooth_scale.sizes[0] == k), "smooth_scale must be [k]");
  const bool words = weight_scale.dtype == ACL_INT64;  // x's scale is in it already
  if (given(x_scale)) {
    NPU_TRY(is_one_of("x_scale", x_scale, {words ? ACL_FLOAT16 : ACL_FLOAT}));
    OP_CHECK(x_scale.numel() == (x_quant_mode == "pertensor" ? 1 : m), "x_scale must be [1], of pertoken [m]");
  }
  OP_CHECK(x_quant_mode == "pertoken" || given(x_scale), "pertensor needs x_scale");
  OP_CHECK(!words || x_quant_mode == "pertensor", "an int64 weight_scale needs pertensor");
  NPU_TRY(is_one_of("out", out, {ACL_FLOAT16}));
  NPU_TRY(holds("out", out, {m, n}, ACL_FLOAT16));
  return [=](void*) {
    auto a = float32(x);
    if (given(smooth_scale)) a = a * float32(smooth_scale);
    const auto s = given(x_scale) ? float32(x_scale).reshape({-1, 1}) : a.abs().amax(-1, true) / 127;
    a = (a / s).round().nan_to_num(0).clamp(-128, 127);
    auto w = aten_view(weight);
    if (weight.dims == 4) w = w.permute({1, 2, 0, 3}).flatten(2).flatten(0, 1).narrow(1, 0, k);
    const auto sum = product(a.to(at::kChar), w.t()).to(at::kFloat);
    if (!words) return copy_result(sum * float32(weight_scale) * s, out);
    const auto low = at::bitwise_and(aten_view(weight_scale), 0xffffffff).to(at::kInt).view(at::kFloat);
    copy_result(sum * low, out);
  };
}

// x times weights that are quantized; the result may be, too.
static Plan weight_quant_matmul(const Tensor& x, const Tensor& weight, const Tensor& scale, const Tensor& offset,
                                const Tensor& quant_scale, const Tensor& quant_offset, const Tensor& bias,
                                int64_t group, const Tensor& y) {
  OP_GIVEN(x.defined() && weight.defined() && scale.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("weight", weight, {ACL_INT8, ACL_INT4, ACL_INT32, ACL_FLOAT8_E4M3FN}));
  NPU_TRY(is_one_of("antiquant_scale", scale, {x.dtype, ACL_UINT64, ACL_INT64}));
  NPU_TRY(
      is_one_of("antiquant_offset", given(offset) ? offset : Tensor(), {is_unit_scale(scale) ? ACL_INT32 : x.dtype}));
  NPU_TRY(is_one_of("bias", given(bias) ? bias : Tensor(), {ACL_FLOAT16, ACL_FLOAT, ACL_BF16}));
  OP_CHECK(x.dims == 2 && weight.dims == 2 && x.numel() > 0 && weight.numel() > 0,
           "x must be [m, k], weight [k, n], not empty");
  const auto w = matrix_sizes(weight, false);
  NPU_TRY(product_fits(sizes(x), w, "y", y));
  const int64_t k = w[0], n = w[1];
  OP_CHECK(group == 0 || (group >= 32 && group < k && group % 32 == 0),
           "antiquant_group_size must be 0, or a multiple of 32 below k");
  const int64_t groups = group ? (k + group - 1) / group : 1;
  OP_CHECK(
      (scale.dims == 1 && !group && (scale.numel() == 1 || scale.numel() == n)) ||
          (scale.dims == 2 && scale.sizes[0] == groups && (scale.sizes[1] == n || (!group && scale.sizes[1] == 1))),
      "antiquant_scale must be [1], [n], [1, n], or of groups [groups, n]");
  OP_CHECK(!given(offset) || offset.same_sizes(scale), "antiquant_offset must have the shape of antiquant_scale");
  OP_CHECK(!given(bias) || (bias.size(-1) == n && bias.numel() == n), "bias must be [n] or [1, n]");
  OP_CHECK(!given(quant_offset) || (given(quant_scale) && quant_offset.same_sizes(quant_scale)),
           "quant_offset must have the shape of quant_scale");
  NPU_TRY(is_one_of("quant_scale", given(quant_scale) ? quant_scale : Tensor(), {ACL_UINT64, ACL_INT64}));
  OP_CHECK(!given(quant_scale) || quant_scale.numel() == 1 || quant_scale.numel() == n,
           "quant_scale must be [n], or one number");
  NPU_TRY(is_one_of("y", y, {given(quant_scale) ? ACL_INT8 : x.dtype}));
  return [=](void*) {
    const auto whole = weight_of(matrix(weight, false), scale_of(scale), given(offset) ? float32(offset) : at::Tensor(),
                                 group, aten_dtype(x.dtype));
    auto result = at::matmul(float32(x), whole);
    if (given(bias)) result = result + float32(bias).reshape({-1});
    if (given(quant_scale)) {
      const auto words = aten_view(quant_scale).reshape({-1});
      const auto shift = given(quant_offset) ? float32(quant_offset).reshape({-1}) : unit_offset(words);
      result = result * unit_scale(words) + shift;
    }
    store_product(result, y);
  };
}
ACLNN_OP(aclnnWeightQuantBatchMatmulNz, x, weight, antiquant_scale, antiquant_offset, quant_scale, quant_offset, bias,
         antiquant_group_size, y) {
  OP_CHECK(!given(quant_scale) && !given(quant_offset), "quant_scale and quant_offset are reserved: they must be null");
  return weight_quant_matmul(x, weight, antiquant_scale, antiquant_offset, {}, {}, bias, antiquant_group_size, y);
}
ACLNN_OP(aclnnWeightQuantBatchMatmulV2, x, weight, antiquant_scale, antiquant_offset, quant_scale, quant_offset, bias,
         antiquant_group_size, y) {
  return weight_quant_matmul(x, weight, antiquant_scale, antiquant_offset, quant_scale, quant_offset, bias,
                             antiquant_group_size, y);
}
ACLNN_OP(aclnnWeightQuantBatchMatmulV3, x, weight, antiquant_scale, antiquant_offset, quant_scale, quant_offset, bias,
         antiquant_group_size, inner_precise, y) {
  OP_CHECK(inner_precise == 0 || inner_precise == 1, "inner_precise must be 0 or 1");
  return weight_quant_matmul(x, weight, antiquant_scale, antiquant_offset, quant_scale, quant_offset, bias,
                             antiquant_group_size, y);
}

}  // namespace npu
