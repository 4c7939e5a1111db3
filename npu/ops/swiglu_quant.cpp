// SwiGLU whose result is stored quantized, and whose input may be, too.
#include "aclnnop/quant.h"
#include "npu/ops/quant.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/silu.h>

#include <cmath>

namespace npu {

// How one half gates the other: 0 as silu does; 1 and 2 held to a limit, with a factor and a bias of their own, 1 for
// every other element; 3 as silu does, then held to the limit.
struct Gate {
  int64_t mode = 0, dim = -1;
  double limit = 0, alpha = 1, bias = 0;
};
static at::Tensor gated(const at::Tensor& x, bool activate_left, const Gate& gate = {}) {
  const auto halves = x.chunk(2, gate.dim);
  auto glu = halves[activate_left ? 0 : 1], linear = halves[activate_left ? 1 : 0];
  if (gate.mode == 0) return at::silu(glu) * linear;
  if (gate.mode == 1) {
    const auto pairs = x.unflatten(-1, {-1, 2});
    glu = pairs.select(-1, 0);
    linear = pairs.select(-1, 1);
  }
  linear = linear.clamp(-gate.limit, gate.limit);
  if (gate.mode == 3) return at::silu(glu).clamp_max(gate.limit) * linear;
  glu = glu.clamp_max(gate.limit);
  return glu * (glu * gate.alpha).sigmoid() * (linear + gate.bias);
}
static std::vector<int64_t> gated_sizes(const Tensor& x, int64_t dim = -1) {
  auto out = sizes(x).vec();
  out[x.wrap(dim)] /= 2;
  return out;
}
// One row for each group, as wide as the last dimension; or, where a scale is one number, one number for each.
static Status per_group(const char* name, const Tensor& t, const Tensor& groups, int64_t width, bool number) {
  if (!t.defined()) return {};
  const int64_t count = groups.defined() ? groups.numel() : 1;
  const bool one = t.dims == 1 && t.sizes[0] == (number ? count : width) && (number || count == 1);
  OP_CHECK(one || (t.dims == 2 && t.sizes[0] == count && t.sizes[1] == width),
           std::string(name) + " must have a row of " + std::to_string(width) + " for each group" +
               (number ? ", or one number" : ""));
  return {};
}
static at::Tensor spread(const Tensor& t, const Tensor& groups, bool counts, int64_t rows) {
  const auto per = float32(t).reshape({groups.defined() ? groups.numel() : 1, -1});
  return groups.defined() ? of_rows(per, groups, counts, rows) : per;
}
static Status groups_fit(const Tensor& groups, std::initializer_list<aclDataType> dtypes) {
  NPU_TRY(is_one_of("group_index", groups, dtypes));
  OP_CHECK(!groups.defined() || (groups.dims == 1 && groups.sizes[0] > 0),
           "group_index must have one dimension, and a group or more");
  return {};
}

// What is told of a row is the factor, not the scale that leads back.
ACLNN_OP(aclnnSwiGluQuantV2, x, smooth_scales, offsets, group_index, activate_left, quant_mode, group_list_type,
         dst_type, y, scale) {
  OP_GIVEN(x.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
  NPU_TRY(is_one_of("smooth_scales", smooth_scales, {ACL_FLOAT}));
  NPU_TRY(is_one_of("offsets", offsets, {ACL_FLOAT}));
  NPU_TRY(groups_fit(group_index, {ACL_INT32}));
  OP_CHECK(quant_mode == "static" || quant_mode == "dynamic", "quant_mode must be static or dynamic");
  OP_CHECK(group_list_type == 0 || group_list_type == 1, "group_list_type must be 0 (ends) or 1 (counts)");
  const bool dynamic = quant_mode == "dynamic";
  OP_CHECK(x.dims >= 2 && x.size(-1) % 2 == 0 && x.size(-1) > 0 && x.size(-1) <= 8192,
           "x must have 2 dimensions or more, the last even and 8192 at most");
  const int64_t width = x.size(-1) / 2;
  NPU_TRY(per_group("smooth_scales", smooth_scales, group_index, width, true));
  if (!dynamic) {
    OP_CHECK(smooth_scales.defined() && offsets.defined() && offsets.same_sizes(smooth_scales),
             "a static quantization needs smooth_scales and offsets of one shape");
  }
  Quantized how;
  NPU_TRY(quantized_fits("y", y, gated_sizes(x), dst_type, {ACL_INT8, ACL_INT4}, how));
  NPU_TRY(holds_if_given("scale", scale, row_sizes(x), ACL_FLOAT));
  return [=](void*) {
    auto act = gated(float32(x), activate_left).reshape({-1, width});
    const int64_t rows = act.size(0);
    if (!rows) return;
    if (smooth_scales.defined()) act = act * spread(smooth_scales, group_index, group_list_type == 1, rows);
    if (dynamic) {
      const auto factor = how.high / act.abs().amax(-1, true);
      act = act * factor;
      if (scale.defined()) copy_result(factor.reshape(row_sizes(x)), scale);
    } else {
      act = act + spread(offsets, group_index, group_list_type == 1, rows);
    }
    store(act.reshape(gated_sizes(x)), how, y);
  };
}

namespace {

// x of int32 is a product of quantized matrices, and stands for numbers that its scales tell.
struct DequantSwiglu {
  Tensor x, weight_scale, activation_scale, bias, quant_scale, quant_offset, groups;
  bool activate_left, dynamic;
  Gate gate;
  std::string rounding;
  Quantized how;
  Tensor y, scale;

  Status fits(int64_t code, std::initializer_list<aclDataType> codes) {
    OP_GIVEN(x.defined() && y.defined() && scale.defined());
    NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16, ACL_INT32}));
    for (const Tensor* t : {&weight_scale, &activation_scale, &quant_scale, &quant_offset})
      NPU_TRY(is_one_of("a scale or the offset", *t, {ACL_FLOAT}));
    NPU_TRY(is_one_of("bias", bias, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16, ACL_INT32}));
    NPU_TRY(groups_fit(groups, {ACL_INT32, ACL_INT64}));
    OP_CHECK(x.dims >= 2 && x.has_dim(gate.dim) && x.size(gate.dim) % 2 == 0 && x.size(-1) > 0,
             "x must have 2 dimensions or more, the gated one even");
    const bool product = x.dtype == ACL_INT32, last = x.wrap(gate.dim) == x.dims - 1;
    OP_CHECK(last || (!groups.defined() && !dynamic && gate.mode != 1),
             "groups, a dynamic quantization and pairs are for the last dimension");
    OP_CHECK(product == weight_scale.defined() && (product || (!activation_scale.defined() && !bias.defined())),
             "an int32 x needs weight_scale; any other has no scale to be undone, nor a bias");
    const int64_t width = x.size(-1), gated_width = last ? width / 2 : width;
    NPU_TRY(per_group("weight_scale", weight_scale, groups, width, false));
    NPU_TRY(per_group("bias", bias, groups, width, false));
    NPU_TRY(per_group("quant_scale", quant_scale, groups, gated_width, !dynamic));
    NPU_TRY(per_group("quant_offset", quant_offset, groups, gated_width, !dynamic));
    OP_CHECK(!activation_scale.defined() || activation_scale.numel() == x.numel() / width,
             "activation_scale must have one element for each row of x");
    const auto wanted = gated_sizes(x, gate.dim);
    NPU_TRY(quantized_fits("y", y, wanted, code, codes, how));
    return holds("scale", scale, at::IntArrayRef(wanted).slice(0, wanted.size() - 1), ACL_FLOAT);
  }
  void operator()(void*) const {
    const int64_t width = x.size(-1), rows = x.numel() / width;
    if (!rows) return;
    const auto each = [&](const Tensor& t, int64_t count) { return spread(t, groups, true, count); };
    auto numbers = aten_view(x).reshape({rows, width});
    if (x.dtype == ACL_INT32) {
      const bool whole = bias.defined() && bias.dtype == ACL_INT32;
      if (whole) numbers = numbers + each(bias, rows).to(at::kInt);
      numbers = numbers.to(at::kFloat) * each(weight_scale, rows);
      if (activation_scale.defined()) numbers = numbers * float32(activation_scale).reshape({rows, 1});
      if (bias.defined() && !whole) numbers = numbers + each(bias, rows);
    }
    auto act = gated(numbers.to(at::kFloat).reshape(sizes(x)), activate_left, gate);
    const auto wanted = act.sizes().vec();
    act = act.reshape({-1, wanted.back()});
    if (dynamic) {
      if (quant_scale.defined()) act = act * each(quant_scale, rows);
      return store_dynamic(act.reshape(wanted), how, y, scale);
    }
    if (quant_scale.defined()) act = act / each(quant_scale, act.size(0));
    if (quant_offset.defined()) act = act + each(quant_offset, act.size(0));
    store(act.reshape(wanted), how, y, rounding);
    aten_view(scale).zero_();
  }
};
Status quant_mode_fits(const std::string& mode) {
  OP_CHECK(mode.empty() || mode == "static" || mode == "dynamic", "quant_mode must be static or dynamic");
  return {};
}

}  // namespace

ACLNN_OP(aclnnDequantSwigluQuant, x, weight_scale, activation_scale, bias, quant_scale, quant_offset, group_index,
         activate_left, quant_mode, y, scale) {
  NPU_TRY(quant_mode_fits(quant_mode));
  DequantSwiglu op{x,           weight_scale,  activation_scale,        bias, quant_scale, quant_offset,
                   group_index, activate_left, quant_mode == "dynamic", {},   "rint",      {},
                   y,           scale};
  NPU_TRY(op.fits(ACL_INT8, {ACL_INT8}));
  return op;
}
ACLNN_OP(aclnnDequantSwigluQuantV2, x, weight_scale, activation_scale, bias, quant_scale, quant_offset, group_index,
         activate_left, quant_mode, dst_type, round_mode, activate_dim, swiglu_mode, clamp_limit, glu_alpha, glu_bias,
         y, scale) {
  NPU_TRY(quant_mode_fits(quant_mode));
  OP_CHECK(round_mode.empty() || round_mode == "rint", "round_mode must be rint");
  OP_CHECK(swiglu_mode >= 0 && swiglu_mode <= 3, "swiglu_mode must be 0, 1, 2 or 3");
  OP_CHECK(swiglu_mode != 1 || activate_left, "swiglu_mode 1 needs activate_left");
  OP_CHECK(std::isfinite(clamp_limit) && clamp_limit > 0, "clamp_limit must be positive and finite");
  OP_CHECK(std::isfinite(glu_alpha) && std::isfinite(glu_bias), "glu_alpha and glu_bias must be finite");
  const bool dynamic = quant_mode == "dynamic";
  if (!dynamic && !quant_scale.defined())
    return Status(ACLNN_ERR_PARAM_NULLPTR, "a static quantization needs quant_scale");
  OP_CHECK(!dynamic || !quant_offset.defined(), "a dynamic quantization has no quant_offset");
  DequantSwiglu op{x,
                   weight_scale,
                   activation_scale,
                   bias,
                   quant_scale,
                   quant_offset,
                   group_index,
                   activate_left,
                   dynamic,
                   {swiglu_mode, activate_dim, clamp_limit, glu_alpha, glu_bias},
                   "rint",
                   {},
                   y,
                   scale};
  NPU_TRY(op.fits(dst_type, {ACL_INT8, ACL_HIFLOAT8, ACL_FLOAT8_E5M2, ACL_FLOAT8_E4M3FN}));
  return op;
}

}  // namespace npu
