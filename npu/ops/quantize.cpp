// Numbers to quantized ones and back, by scales that are given or found.
#include "aclnnop/quant.h"
#include "npu/ops/quant.h"

#include <ATen/TensorOperators.h>

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

// By scales that are found: of each row, of each column, or of all. The smooth scales multiply first; with groups, each
// group has its own.
namespace {

struct DynamicQuant {
  Tensor x, smooth, groups;
  bool symmetrical;
  std::string mode;
  Quantized how;
  Tensor y, scale, offset;

  bool columns() const { return mode == "perchannel"; }
  Status fits(int64_t code) {
    OP_GIVEN(x.defined() && y.defined());
    NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16}));
    OP_CHECK(x.dims >= 2, "x must have 2 dimensions or more");
    OP_CHECK(mode == "pertoken" || mode == "pertensor" || columns(),
             "quant_mode must be pertoken, pertensor or perchannel");
    OP_CHECK(!groups.defined() || (smooth.defined() && mode == "pertoken"), "groups are for smooth_scales, pertoken");
    if (smooth.defined()) {
      OP_CHECK(smooth.dtype == x.dtype, "smooth_scales must have the dtype of x");
      OP_CHECK(columns() ? smooth.numel() == x.size(-2)
                         : smooth.dims == (groups.defined() ? 2 : 1) && smooth.size(-1) == x.size(-1),
               "smooth_scales must have the size of x's last dimension, perchannel of the one before, and a row for "
               "each group");
    }
    if (groups.defined()) {
      NPU_TRY(is_one_of("group_index", groups, {ACL_INT32, ACL_INT64}));
      OP_CHECK(groups.dims == 1 && groups.sizes[0] > 0 && groups.sizes[0] == smooth.sizes[0],
               "group_index must have one element for each row of smooth_scales");
    }
    auto wanted = sizes(x).vec();
    if (mode == "pertensor") wanted = {1};
    else wanted.erase(wanted.end() - (columns() ? 2 : 1));
    NPU_TRY(holds("scale", scale, wanted, ACL_FLOAT));
    if (!symmetrical) NPU_TRY(holds("offset", offset, wanted, ACL_FLOAT));
    return quantized_fits("y", y, sizes(x), code,
                          {ACL_INT8, ACL_INT32, ACL_INT4, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2, ACL_HIFLOAT8}, how);
  }
  at::Tensor smoothed() const {
    auto numbers = float32(x);
    if (!smooth.defined()) return numbers;
    if (columns()) return numbers * float32(smooth).reshape({-1, 1});
    if (!groups.defined()) return numbers * float32(smooth);
    const auto rows = numbers.reshape({-1, x.size(-1)});
    return (rows * of_rows(float32(smooth), groups, false, rows.size(0))).reshape(sizes(x));
  }
  // Without symmetry the whole range is spread over that of the stored numbers.
  void operator()(void*) const {
    if (!x.numel()) return;
    const auto numbers = smoothed();
    std::vector<int64_t> dims{columns() ? -2 : -1};
    if (mode == "pertensor") dims.clear();
    if (symmetrical) return store_dynamic(numbers, how, y, scale, dims);
    const auto top = numbers.amax(dims, true), s = (top - numbers.amin(dims, true)) / (how.high - how.low);
    const auto divisor = s.masked_fill(s == 0, 1), shift = how.high - top / divisor;
    store(numbers / divisor + shift, how, y);
    copy_result(s.reshape(sizes(scale)), scale);
    copy_result(shift.reshape(sizes(offset)), offset);
  }
};
Plan dynamic_quant(DynamicQuant op, int64_t code) {
  NPU_TRY(op.fits(code));
  return op;
}

}  // namespace

ACLNN_OP(aclnnDynamicQuant, x, smooth_scales, y, scale) {
  return dynamic_quant({x, smooth_scales, {}, true, "pertoken", {}, y, scale, {}}, y.dtype);
}
ACLNN_OP(aclnnDynamicQuantV2, x, smooth_scales, group_index, dst_type, y, scale, offset) {
  return dynamic_quant({x, smooth_scales, group_index, !offset.defined(), "pertoken", {}, y, scale, offset}, dst_type);
}
ACLNN_OP(aclnnDynamicQuantV3, x, smooth_scales, group_index, dst_type, is_symmetrical, quant_mode, y, scale, offset) {
  OP_CHECK(!is_symmetrical || !offset.defined(), "a symmetrical quantization has no offset");
  return dynamic_quant({x, smooth_scales, group_index, is_symmetrical, quant_mode, {}, y, scale, offset}, dst_type);
}
// dst_type_max holds for hifloat8 alone.
ACLNN_OP(aclnnDynamicQuantV4, x, smooth_scales, group_index, dst_type, is_symmetrical, quant_mode, dst_type_max, y,
         scale, offset) {
  OP_CHECK(!is_symmetrical || !offset.defined(), "a symmetrical quantization has no offset");
  OP_CHECK(dst_type_max >= 0 && dst_type_max <= 32768, "dst_type_max must be from 0 to 32768");
  return dynamic_quant({x, smooth_scales, group_index, is_symmetrical, quant_mode, {}, y, scale, offset}, dst_type);
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

}  // namespace npu
