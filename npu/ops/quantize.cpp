// Numbers to quantized ones and back, by scales that are given or found.
#include "aclnnop/quant.h"
#include "npu/ops/quant.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

namespace npu {
namespace {

Status ascend_quant_fits(const Tensor& x, const Tensor& scale, const Tensor& offset, const std::string& round_mode,
                         int64_t axis) {
  OP_GIVEN(x.defined() && scale.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  OP_CHECK(x.dtype == ACL_FLOAT || scale.dtype == x.dtype, "scale must have the dtype of a 16-bit x");
  OP_CHECK(round_mode != "rint", "round_mode must be round, floor, ceil or trunc");
  NPU_TRY(rounding_fits(round_mode));
  NPU_TRY(lies_along("scale", scale, x, axis));
  OP_CHECK(x.wrap(axis) >= x.dims - 2, "axis must be one of x's last two dimensions");
  OP_CHECK(!offset.defined() || (offset.same_sizes(scale) && offset.dtype == scale.dtype),
           "offset must have the shape and the dtype of scale");
  return {};
}
Plan ascend_quant(const Tensor& x, const Tensor& scale, const Tensor& offset, bool sqrt_mode,
                  const std::string& round_mode, const Quantized& how, int64_t axis, const Tensor& y) {
  return [=](void*) {
    const auto s = along(scale, x, axis);
    auto numbers = float32(x) * s;
    if (sqrt_mode) numbers = numbers * s;
    if (offset.defined()) numbers = numbers + along(offset, x, axis);
    store(numbers, how, y, round_mode);
  };
}

}  // namespace

ACLNN_OP(aclnnAscendQuant, x, scale, offset, sqrt_mode, round_mode, dst_type, y) {
  NPU_TRY(ascend_quant_fits(x, scale, offset, round_mode, -1));
  Quantized how;
  NPU_TRY(quantized_fits("y", y, sizes(x), dst_type, {ACL_INT8, ACL_INT32, ACL_INT4}, how));
  return ascend_quant(x, scale, offset, sqrt_mode, round_mode, how, -1, y);
}
ACLNN_OP(aclnnAscendQuantV3, x, scale, offset, sqrt_mode, round_mode, dst_type, axis, y) {
  NPU_TRY(ascend_quant_fits(x, scale, offset, round_mode, axis));
  Quantized how;
  NPU_TRY(quantized_fits("y", y, sizes(x), dst_type,
                         {ACL_INT8, ACL_INT32, ACL_INT4, ACL_HIFLOAT8, ACL_FLOAT8_E5M2, ACL_FLOAT8_E4M3FN}, how));
  OP_CHECK(info(how.dtype).kind != Kind::kFloat || round_mode == "round", "round_mode must be round for float8");
  return ascend_quant(x, scale, offset, sqrt_mode, round_mode, how, axis, y);
}

// An int32 of x holds eight int4.
ACLNN_OP(aclnnAscendAntiQuant, x, scale, offset, dst_type, sqrt_mode, y) {
  OP_GIVEN(x.defined() && scale.defined() && y.defined());
  NPU_TRY(is_one_of("x", x, {ACL_INT8, ACL_INT32, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  OP_CHECK(dst_type == ACL_FLOAT16 || dst_type == ACL_BF16, "dst_type must be 1 (float16) or 27 (bfloat16)");
  OP_CHECK(y.dtype == dst_type, "y must have the dtype that dst_type tells");
  OP_CHECK(info(x.dtype).kind == Kind::kInteger || !sqrt_mode, "sqrt_mode is for integers");
  const bool nibbles = x.dtype == ACL_INT32;
  OP_CHECK(!nibbles || x.dims > 0, "a packed x needs a dimension");
  Tensor whole = x;
  if (nibbles) whole.sizes[x.dims - 1] *= 8;
  NPU_TRY(holds("y", y, sizes(whole), ACL_FLOAT16));
  OP_CHECK(scale.dims > 0 && (scale.numel() == 1 || x.dims > 0), "scale must have one element for a 0-dim x");
  if (x.dims > 0) NPU_TRY(lies_along("scale", scale, whole, -1));
  OP_CHECK(!offset.defined() || (offset.same_sizes(scale) && offset.dtype == scale.dtype),
           "offset must have the shape and the dtype of scale");
  return [=](void*) {
    const auto place = [&](const Tensor& t) { return x.dims > 0 ? along(t, whole, -1) : float32(t).reshape({}); };
    auto numbers = nibbles ? unpacked(aten_view(x)).to(at::kFloat) : float32(x);
    if (offset.defined()) numbers = numbers + place(offset);
    numbers = numbers * place(scale);
    if (sqrt_mode) numbers = numbers * place(scale);
    copy_result(numbers, y);
  };
}

ACLNN_OP(aclnnQuantize, x, scales, zero_points, dtype, axis, out) {
  OP_GIVEN(x.defined() && scales.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("scales", scales, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("zero_points", zero_points, {ACL_INT32, ACL_INT8, ACL_UINT8, ACL_FLOAT, ACL_BF16}));
  OP_CHECK(scales.dims == 1, "scales must have one dimension");
  NPU_TRY(lies_along("scales", scales, x, axis));
  OP_CHECK(!zero_points.defined() || zero_points.same_sizes(scales), "zero_points must have the shape of scales");
  Quantized how;
  NPU_TRY(quantized_fits("out", out, sizes(x), dtype,
                         {ACL_INT8, ACL_UINT8, ACL_INT32, ACL_HIFLOAT8, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2}, how,
                         Whole::kPlain));
  return [=](void*) {
    auto numbers = float32(x) / along(scales, x, axis);
    if (zero_points.defined()) numbers = numbers + along(zero_points, x, axis);
    store(numbers, how, out);
  };
}

// Each row by its own scale. The smooth scales multiply the last dimension first; with groups, each group has its own.
static Status dynamic_fits(const Tensor& x, const Tensor& smooth, const Tensor& groups, int64_t code, const Tensor& y,
                           const Tensor& scale, Quantized& how) {
  OP_GIVEN(x.defined() && y.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16}));
  OP_CHECK(x.dims >= 2, "x must have 2 dimensions or more");
  OP_CHECK(!groups.defined() || smooth.defined(), "groups are for smooth_scales");
  if (smooth.defined()) {
    OP_CHECK(smooth.dtype == x.dtype, "smooth_scales must have the dtype of x");
    OP_CHECK(smooth.dims == (groups.defined() ? 2 : 1) && smooth.size(-1) == x.size(-1),
             "smooth_scales must have the size of x's last dimension, and a row for each group");
  }
  if (groups.defined()) {
    NPU_TRY(is_one_of("group_index", groups, {ACL_INT32, ACL_INT64}));
    OP_CHECK(groups.dims == 1 && groups.sizes[0] > 0 && groups.sizes[0] == smooth.sizes[0],
             "group_index must have one element for each row of smooth_scales");
  }
  NPU_TRY(holds("scale", scale, row_sizes(x), ACL_FLOAT));
  return quantized_fits("y", y, sizes(x), code, {ACL_INT8, ACL_INT32, ACL_INT4, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2},
                        how);
}
static at::Tensor smoothed(const Tensor& x, const Tensor& smooth, const Tensor& groups) {
  auto numbers = float32(x);
  if (!smooth.defined() || !numbers.numel()) return numbers;
  if (!groups.defined()) return numbers * float32(smooth);
  const auto rows = numbers.reshape({-1, x.size(-1)});
  return (rows * of_rows(float32(smooth), groups, false, rows.size(0))).reshape(sizes(x));
}
ACLNN_OP(aclnnDynamicQuant, x, smooth_scales, y, scale) {
  Quantized how;
  NPU_TRY(dynamic_fits(x, smooth_scales, {}, y.dtype, y, scale, how));
  return [=](void*) { store_dynamic(smoothed(x, smooth_scales, {}), how, y, scale); };
}
// With an offset the rows' whole range is spread over that of the stored numbers.
ACLNN_OP(aclnnDynamicQuantV2, x, smooth_scales, group_index, dst_type, y, scale, offset) {
  Quantized how;
  NPU_TRY(dynamic_fits(x, smooth_scales, group_index, dst_type, y, scale, how));
  NPU_TRY(holds_if_given("offset", offset, row_sizes(x), ACL_FLOAT));
  return [=](void*) {
    const auto numbers = smoothed(x, smooth_scales, group_index);
    if (!offset.defined()) return store_dynamic(numbers, how, y, scale);
    if (!numbers.numel()) return;
    const auto top = numbers.amax(-1, true), s = (top - numbers.amin(-1, true)) / (how.high - how.low);
    const auto divisor = s.masked_fill(s == 0, 1), shift = how.high - top / divisor;
    store(numbers / divisor + shift, how, y);
    copy_result(s.squeeze(-1), scale);
    copy_result(shift.squeeze(-1), offset);
  };
}

ACLNN_OP(aclnnGroupQuant, x, scale, group_index, offset, dst_type, y) {
  OP_GIVEN(x.defined() && scale.defined() && group_index.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("group_index", group_index, {ACL_INT32, ACL_INT64}));
  OP_CHECK(x.dims == 2 && scale.dims == 2 && scale.sizes[1] == x.sizes[1] && scale.sizes[0] > 0,
           "x must be [rows, n], scale [groups, n] with a group or more");
  OP_CHECK(group_index.dims == 1 && group_index.sizes[0] == scale.sizes[0],
           "group_index must have one element for each row of scale");
  OP_CHECK(!offset.defined() || (offset.dims <= 1 && offset.numel() == 1 && offset.dtype == scale.dtype),
           "offset must be one number of scale's dtype");
  Quantized how;
  NPU_TRY(quantized_fits("y", y, sizes(x), dst_type, {ACL_INT8, ACL_INT32, ACL_INT4}, how));
  return [=](void*) {
    auto numbers = float32(x) * of_rows(float32(scale), group_index, false, x.sizes[0]);
    if (offset.defined()) numbers = numbers + float32(offset).reshape({});
    store(numbers, how, y);
  };
}

ACLNN_OP(aclnnQuantMax, x, scale, round_mode, dst_type, y, amax) {
  OP_GIVEN(x.defined() && scale.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT}));
  OP_CHECK(x.dims >= 1, "x must have a dimension or more");
  OP_CHECK(scale.dims == 1 && scale.sizes[0] == 1, "scale must be one number");
  Quantized how;
  NPU_TRY(quantized_fits("y", y, sizes(x), dst_type, {ACL_HIFLOAT8, ACL_FLOAT8_E5M2, ACL_FLOAT8_E4M3FN}, how));
  OP_CHECK(round_mode == "rint", "round_mode must be rint for float8");
  NPU_TRY(holds("amax", amax, {1}, x.dtype));
  OP_CHECK(amax.dtype == x.dtype, "amax must have the dtype of x");
  return [=](void*) {
    const auto numbers = float32(x);
    store(numbers * float32(scale), how, y);
    copy_result(numbers.numel() ? numbers.abs().max().reshape({1}) : at::zeros({1}), amax);
  };
}

// Quantized and back at once; the mask tells which numbers were within the range.
static Status fake_fits(const Tensor& self, const Tensor& scale, const Tensor& zero_point, int64_t quant_min,
                        int64_t quant_max, const Tensor& out, const Tensor& mask) {
  OP_GIVEN(self.defined() && scale.defined() && zero_point.defined() && mask.defined());
  NPU_TRY(is_one_of("self", self, {ACL_FLOAT, ACL_FLOAT16}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT, ACL_FLOAT16}));
  NPU_TRY(is_one_of("zero_point", zero_point, {ACL_INT32}));
  OP_CHECK(quant_min <= quant_max, "quant_min must not be above quant_max");
  NPU_TRY(holds("out", out, sizes(self), self.dtype));
  NPU_TRY(is_one_of("mask", mask, {ACL_BOOL}));
  return holds("mask", mask, sizes(self), ACL_BOOL);
}
static void fake_quantize(const at::Tensor& x, const at::Tensor& s, const at::Tensor& zero, int64_t low, int64_t high,
                          const Tensor& out, const Tensor& mask) {
  const auto whole = (x / s).round() + zero;
  copy_result(whole.ge(low).logical_and(whole.le(high)), mask);
  copy_result((whole.clamp(low, high) - zero) * s, out);
}
ACLNN_OP(aclnnFakeQuantPerChannelAffineCachemask, self, scale, zero_point, axis, quant_min, quant_max, out, mask) {
  NPU_TRY(fake_fits(self, scale, zero_point, quant_min, quant_max, out, mask));
  OP_CHECK(self.dims > 0 && self.has_dim(axis), "axis must be one of self's dimensions");
  OP_CHECK(scale.dims == 1 && zero_point.same_sizes(scale) && scale.sizes[0] == self.size(axis),
           "scale and zero_point must have one element for each of self's channels");
  return [=](void*) {
    fake_quantize(float32(self), along(scale, self, axis), along(zero_point, self, axis), quant_min, quant_max, out,
                  mask);
  };
}
ACLNN_OP(aclnnFakeQuantPerTensorAffineCachemask, self, scale, zero_point, fake_quant_enabled, quant_min, quant_max, out,
         mask) {
  NPU_TRY(fake_fits(self, scale, zero_point, quant_min, quant_max, out, mask));
  OP_CHECK(scale.numel() == 1 && zero_point.numel() == 1, "scale and zero_point must be one number each");
  return [=](void*) {
    if (fake_quant_enabled >= 1)
      return fake_quantize(float32(self), float32(scale).reshape({}), float32(zero_point).reshape({}), quant_min,
                           quant_max, out, mask);
    copy_result(aten_view(self), out);
    aten_view(mask).fill_(true);
  };
}

// What an int32 product of quantized matrices stands for. A bias of whole numbers is part of the product.
ACLNN_OP(aclnnDequantBias, x, weight_scale, activate_scale, bias, output_dtype, out) {
  OP_GIVEN(x.defined() && weight_scale.defined() && out.defined());
  NPU_TRY(is_one_of("x", x, {ACL_INT32}));
  NPU_TRY(is_one_of("weight_scale", weight_scale, {ACL_FLOAT, ACL_BF16}));
  NPU_TRY(is_one_of("activate_scale", activate_scale, {ACL_FLOAT}));
  NPU_TRY(is_one_of("bias", bias, {ACL_FLOAT, ACL_BF16, ACL_FLOAT16, ACL_INT32}));
  OP_CHECK(x.dims == 2 && x.numel() > 0, "x must be [m, n], not empty");
  OP_CHECK(weight_scale.dims == 1 && weight_scale.sizes[0] == x.sizes[1], "weight_scale must be [n]");
  OP_CHECK(!activate_scale.defined() || (activate_scale.dims == 1 && activate_scale.sizes[0] == x.sizes[0]),
           "activate_scale must be [m]");
  OP_CHECK(!bias.defined() || (bias.dims == 1 && bias.sizes[0] == x.sizes[1]), "bias must be [n]");
  OP_CHECK(output_dtype == ACL_FLOAT16 || output_dtype == ACL_BF16,
           "output_dtype must be 1 (float16) or 27 (bfloat16)");
  OP_CHECK(out.dtype == output_dtype, "out must have the dtype that output_dtype tells");
  NPU_TRY(holds("out", out, sizes(x), ACL_FLOAT16));
  return [=](void*) {
    const bool whole = bias.defined() && bias.dtype == ACL_INT32;
    auto y = (whole ? aten_view(x) + aten_view(bias) : aten_view(x)).to(at::kFloat) * float32(weight_scale);
    if (activate_scale.defined()) y = y * float32(activate_scale).unsqueeze(1);
    if (bias.defined() && !whole) y = y + float32(bias);
    copy_result(y, out);
  };
}

// updates, quantized, into self along its last dimension but one: those of the i-th batch from indices[i] on.
ACLNN_OP(aclnnInplaceQuantScatter, self, indices, updates, quant_scales, quant_zero_points, axis, quant_axis,
         reduction) {
  OP_GIVEN(self.defined() && indices.defined() && updates.defined() && quant_scales.defined());
  NPU_TRY(is_one_of("self", self, {ACL_INT8}));
  NPU_TRY(indices_fit(indices));
  NPU_TRY(is_one_of("updates", updates, {ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("quant_scales", quant_scales, {updates.dtype == ACL_BF16 ? ACL_BF16 : ACL_FLOAT}));
  NPU_TRY(is_one_of("quant_zero_points", quant_zero_points, {updates.dtype == ACL_BF16 ? ACL_BF16 : ACL_INT32}));
  OP_CHECK(self.dims >= 3 && updates.dims == self.dims,
           "self and updates must have 3 dimensions or more, equally many");
  OP_CHECK(self.wrap(axis) == self.dims - 2, "axis must be the last dimension but one");
  OP_CHECK(self.wrap(quant_axis) == self.dims - 1, "quant_axis must be the last dimension");
  OP_CHECK(reduction == 1, "reduction must be 1 (update)");
  OP_CHECK(indices.dims == 1 && indices.sizes[0] == updates.sizes[0], "indices must have one element for each batch");
  for (int i = 0; i < self.dims; ++i)
    OP_CHECK(i == 0 || i == self.dims - 2 ? updates.sizes[i] <= self.sizes[i] : updates.sizes[i] == self.sizes[i],
             "updates must have the sizes of self, or smaller ones for the batch and the axis");
  for (const Tensor* t : {&quant_scales, &quant_zero_points})
    OP_CHECK(!t->defined() || t->numel() == updates.size(-1),
             "the quantization's scales and zero points must have one element for each of the last dimension's");
  return [=](void*) {
    auto numbers = float32(updates) / float32(quant_scales).reshape({-1});
    if (quant_zero_points.defined()) numbers = numbers + float32(quant_zero_points).reshape({-1});
    const auto whole = numbers.round().nan_to_num(0).clamp(-128, 127).to(at::kChar), starts = aten_long(indices);
    const auto all = aten_view(self);
    for (int64_t i = 0; i < starts.size(0); ++i)
      all.select(0, i).narrow(-2, starts.const_data_ptr<int64_t>()[i], updates.size(-2)).copy_(whole.select(0, i));
  };
}

}  // namespace npu
