// An activation or a normalization whose result is stored quantized.
#include "aclnnop/quant.h"
#include "npu/ops/quant.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/silu.h>
#include <c10/util/accumulate.h>

namespace npu {

// Static: by a scale that is given. Dynamic: by each row's own, which is told; a given one multiplies first.
ACLNN_OP(aclnnGeluQuant, self, input_scale, input_offset, approximate, quant_mode, round_mode, dst_type, y, out_scale) {
  OP_GIVEN(self.defined());
  const auto floats = {ACL_FLOAT, ACL_FLOAT16, ACL_BF16};
  NPU_TRY(is_one_of("self", self, floats));
  NPU_TRY(is_one_of("input_scale", input_scale, floats));
  OP_CHECK(approximate == "none" || approximate == "tanh", "approximate must be none or tanh");
  OP_CHECK(quant_mode == "static" || quant_mode == "dynamic", "quant_mode must be static or dynamic");
  OP_CHECK(round_mode == "rint", "round_mode must be rint");
  const bool dynamic = quant_mode == "dynamic";
  OP_CHECK(self.dims >= (dynamic ? 2 : 1) && self.numel() > 0,
           "self must have a dimension or more, a dynamic quantization's 2, and not be empty");
  if (!dynamic && !input_scale.defined())
    return Status(ACLNN_ERR_PARAM_NULLPTR, "a static quantization needs input_scale");
  if (input_scale.defined()) {
    OP_CHECK(input_scale.dims == 1, "input_scale must have one dimension");
    NPU_TRY(lies_along("input_scale", input_scale, self, -1));
  }
  OP_CHECK(!input_offset.defined() || (input_scale.defined() && input_offset.same_sizes(input_scale) &&
                                       input_offset.dtype == input_scale.dtype),
           "input_offset must have the shape and the dtype of input_scale");
  Quantized how;
  NPU_TRY(
      quantized_fits("y", y, sizes(self), dst_type, {ACL_INT8, ACL_HIFLOAT8, ACL_FLOAT8_E5M2, ACL_FLOAT8_E4M3FN}, how));
  if (dynamic) NPU_TRY(holds("out_scale", out_scale, row_sizes(self), ACL_FLOAT));
  OP_CHECK(dynamic || !out_scale.defined(), "a static quantization has no out_scale");
  return [=](void*) {
    auto numbers = at::gelu(float32(self), approximate);
    if (input_scale.defined()) numbers = numbers * float32(input_scale);
    if (dynamic) return store_dynamic(numbers, how, y, out_scale);
    store(input_offset.defined() ? numbers + float32(input_offset) : numbers, how, y);
  };
}

static at::Tensor gated(const at::Tensor& x, bool activate_left) {
  const auto halves = x.chunk(2, -1);
  return at::silu(halves[activate_left ? 0 : 1]) * halves[activate_left ? 1 : 0];
}
static std::vector<int64_t> gated_sizes(const Tensor& x) {
  auto out = sizes(x).vec();
  out.back() /= 2;
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

// x of int32 is a product of quantized matrices, and stands for numbers that its scales tell.
ACLNN_OP(aclnnDequantSwigluQuant, x, weight_scale, activation_scale, bias, quant_scale, quant_offset, group_index,
         activate_left, quant_mode, y, scale) {
  OP_GIVEN(x.defined() && y.defined() && scale.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16, ACL_INT32}));
  for (const Tensor* t : {&weight_scale, &activation_scale, &quant_scale, &quant_offset})
    NPU_TRY(is_one_of("a scale or the offset", *t, {ACL_FLOAT}));
  NPU_TRY(is_one_of("bias", bias, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16, ACL_INT32}));
  NPU_TRY(groups_fit(group_index, {ACL_INT32, ACL_INT64}));
  OP_CHECK(quant_mode.empty() || quant_mode == "static" || quant_mode == "dynamic",
           "quant_mode must be static or dynamic");
  OP_CHECK(x.dims >= 2 && x.size(-1) % 2 == 0 && x.size(-1) > 0, "x must have 2 dimensions or more, the last even");
  const bool dynamic = quant_mode == "dynamic", product = x.dtype == ACL_INT32;
  OP_CHECK(product == weight_scale.defined() && (product || (!activation_scale.defined() && !bias.defined())),
           "an int32 x needs weight_scale; any other has no scale to be undone, nor a bias");
  const int64_t width = x.size(-1), rows = x.numel() / width;
  NPU_TRY(per_group("weight_scale", weight_scale, group_index, width, false));
  NPU_TRY(per_group("bias", bias, group_index, width, false));
  NPU_TRY(per_group("quant_scale", quant_scale, group_index, width / 2, !dynamic));
  NPU_TRY(per_group("quant_offset", quant_offset, group_index, width / 2, !dynamic));
  OP_CHECK(!activation_scale.defined() || activation_scale.numel() == rows,
           "activation_scale must have one element for each row of x");
  Quantized how;
  NPU_TRY(quantized_fits("y", y, gated_sizes(x), ACL_INT8, {ACL_INT8}, how));
  NPU_TRY(holds("scale", scale, row_sizes(x), ACL_FLOAT));
  return [=](void*) {
    if (!rows) return;
    const auto each = [&](const Tensor& t) { return spread(t, group_index, true, rows); };
    auto numbers = aten_view(x).reshape({rows, width});
    const bool whole = bias.defined() && bias.dtype == ACL_INT32;
    if (product) {
      if (whole) numbers = numbers + each(bias).to(at::kInt);
      numbers = numbers.to(at::kFloat) * each(weight_scale);
      if (activation_scale.defined()) numbers = numbers * float32(activation_scale).reshape({rows, 1});
      if (bias.defined() && !whole) numbers = numbers + each(bias);
    }
    auto act = gated(numbers.to(at::kFloat), activate_left);
    const auto wanted = gated_sizes(x);
    if (dynamic) {
      if (quant_scale.defined()) act = act * each(quant_scale);
      return store_dynamic(act.reshape(wanted), how, y, scale);
    }
    if (quant_scale.defined()) act = act / each(quant_scale);
    if (quant_offset.defined()) act = act + each(quant_offset);
    store(act.reshape(wanted), how, y);
    aten_view(scale).zero_();
  };
}

// x / rms(x) * gamma, over gamma's dimensions, which are x's last.
static at::Tensor normalized(const at::Tensor& x, const at::Tensor& gamma, double epsilon) {
  std::vector<int64_t> dims;
  for (int64_t i = 1; i <= gamma.dim(); ++i) dims.push_back(-i);
  return x * (x.square().mean(dims, true) + epsilon).rsqrt() * gamma;
}

ACLNN_OP(aclnnRmsNormQuant, x, gamma, beta, scale, offset, epsilon, y) {
  OP_GIVEN(x.defined() && gamma.defined() && beta.defined() && scale.defined() && offset.defined() && y.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
  NPU_TRY(is_one_of("offset", offset, {ACL_INT8, ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
  OP_CHECK(x.dims >= 1 && x.numel() > 0, "x must have a dimension or more, and not be empty");
  for (const Tensor* t : {&gamma, &beta})
    OP_CHECK(t->dtype == x.dtype && (t->dims == 1 || (t->dims == 2 && t->sizes[0] == 1)) && t->size(-1) == x.size(-1),
             "gamma and beta must be [n] or [1, n] with the size of x's last dimension, in x's dtype");
  OP_CHECK(scale.dims == 1 && scale.numel() == 1 && offset.same_sizes(scale), "scale and offset must be [1]");
  Quantized how;
  NPU_TRY(quantized_fits("y", y, sizes(x), y.dtype,
                         {ACL_INT8, ACL_INT32, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2, ACL_HIFLOAT8}, how));
  return [=](void*) {
    const auto row = [](const Tensor& t) { return float32(t).reshape({-1}); };
    const auto normal = normalized(float32(x), row(gamma), epsilon) + row(beta);
    store(normal / row(scale) + row(offset), how, y);
  };
}

// The sum is rounded to x's dtype before it is normalized: it is an output that the next layer reads.
static Status sum_fits(const Tensor& x1, const Tensor& x2, const Tensor& gamma, const Tensor& x) {
  OP_GIVEN(x1.defined() && x2.defined() && gamma.defined());
  NPU_TRY(is_one_of("x1", x1, {ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
  OP_CHECK(x1.same_sizes(x2) && x1.dtype == x2.dtype, "x1 and x2 must have one shape and dtype");
  const int lead = x1.dims - gamma.dims;
  OP_CHECK(gamma.dims > 0 && lead >= 0 && std::equal(gamma.sizes, gamma.sizes + gamma.dims, x1.sizes + lead) &&
               gamma.dtype == x1.dtype,
           "gamma must have the shape of x1's last dimensions, in x1's dtype");
  NPU_TRY(is_one_of("x", x, {x1.dtype}));
  return holds("x", x, sizes(x1), x1.dtype);
}
static at::Tensor sum(const Tensor& x1, const Tensor& x2, const Tensor& x) {
  copy_result(float32(x1) + float32(x2), x);
  return float32(x);
}

static Plan add_rms_norm_quant(const Tensor& x1, const Tensor& x2, const Tensor& gamma, const Tensor& scales1,
                               const Tensor& scales2, const Tensor& zero_points1, const Tensor& zero_points2,
                               const Tensor& beta, double epsilon, bool div_mode, const Tensor& y1, const Tensor& y2,
                               const Tensor& x, const Tensor& rms_norm) {
  NPU_TRY(sum_fits(x1, x2, gamma, x));
  OP_GIVEN(scales1.defined() && y1.defined());
  for (const Tensor* t : {&scales1, &scales2, &zero_points1, &zero_points2, &beta})
    OP_CHECK(!t->defined() || t->same_sizes(gamma), "scales, zero points and beta must have the shape of gamma");
  for (const Tensor* t : {&scales1, &scales2}) NPU_TRY(is_one_of("scales", *t, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  for (const Tensor* t : {&zero_points1, &zero_points2})
    NPU_TRY(is_one_of("zero points", *t, {ACL_INT32, ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  OP_CHECK(!beta.defined() || beta.dtype == gamma.dtype, "beta must have the dtype of gamma");
  OP_CHECK(scales2.defined() || !zero_points2.defined(), "zero_points2 is for scales2");
  Quantized how;
  const auto codes = {ACL_INT8, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2, ACL_HIFLOAT8};
  NPU_TRY(quantized_fits("y1", y1, sizes(x1), y1.dtype, codes, how));
  if (scales2.defined() || y2.defined()) NPU_TRY(quantized_fits("y2", y2, sizes(x1), y1.dtype, codes, how));
  NPU_TRY(holds_if_given("rms_norm", rms_norm, sizes(x1), x1.dtype));
  return [=](void*) {
    auto normal = normalized(sum(x1, x2, x), float32(gamma), epsilon);
    copy_result(normal, rms_norm);
    if (beta.defined()) normal = normal + float32(beta);
    const auto quantize = [&](const Tensor& scales, const Tensor& zero_points, const Tensor& y) {
      if (!scales.defined()) return;
      auto numbers = div_mode ? normal / float32(scales) : normal * float32(scales);
      if (zero_points.defined()) numbers = numbers + float32(zero_points);
      store(numbers, how, y);
    };
    quantize(scales1, zero_points1, y1);
    quantize(scales2, zero_points2, y2);
  };
}
// The scales lie along the last dimensions: any other axis is without effect, as the device's documents say.
ACLNN_OP(aclnnAddRmsNormQuant, x1, x2, gamma, scales1, scales2, zero_points1, zero_points2, axis, epsilon, div_mode, y1,
         y2, x) {
  return add_rms_norm_quant(x1, x2, gamma, scales1, scales2, zero_points1, zero_points2, {}, epsilon, div_mode, y1, y2,
                            x, {});
}
ACLNN_OP(aclnnAddRmsNormQuantV2, x1, x2, gamma, scales1, scales2, zero_points1, zero_points2, beta, axis, epsilon,
         div_mode, y1, y2, x, rms_norm) {
  return add_rms_norm_quant(x1, x2, gamma, scales1, scales2, zero_points1, zero_points2, beta, epsilon, div_mode, y1,
                            y2, x, rms_norm);
}

// The mask says which of two quantized results are wanted. Without it: the first, and with both scales the second.
ACLNN_OP(aclnnAddRmsNormDynamicQuantV2, x1, x2, gamma, smooth_scale1, smooth_scale2, beta, epsilon, output_mask, y1, y2,
         x, scale1, scale2) {
  NPU_TRY(sum_fits(x1, x2, gamma, x));
  OP_CHECK(x1.dims >= 2 && gamma.dims == 1 && x1.dtype != ACL_FLOAT,
           "x1 must be of 16 bits with 2 dimensions or more, gamma have one");
  for (const Tensor* t : {&smooth_scale1, &smooth_scale2, &beta})
    OP_CHECK(!t->defined() || (t->same_sizes(gamma) && t->dtype == gamma.dtype),
             "the smooth scales and beta must have the shape and the dtype of gamma");
  const bool both = smooth_scale1.defined() && smooth_scale2.defined();
  if (output_mask.empty()) {
    OP_CHECK(smooth_scale1.defined() || !smooth_scale2.defined(), "smooth_scale2 needs smooth_scale1");
  } else {
    OP_CHECK(output_mask.size() == 2 && (output_mask[0] || output_mask[1]),
             "output_mask says which of two results are wanted, and one must be");
    OP_CHECK((output_mask[0] || !smooth_scale1.defined()) && (output_mask[1] || !smooth_scale2.defined()),
             "a smooth scale is given for a result that is not wanted");
  }
  const bool first = output_mask.empty() || output_mask[0], second = output_mask.empty() ? both : output_mask[1];
  const auto fits = [&](const char* name, const Tensor& y, const Tensor& scale, Quantized& how) -> Status {
    OP_GIVEN(y.defined() && scale.defined());
    NPU_TRY(quantized_fits(name, y, sizes(x1), y.dtype,
                           {ACL_INT8, ACL_INT32, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2, ACL_HIFLOAT8}, how));
    const int64_t rows[] = {c10::multiply_integers(row_sizes(x1))};
    return holds("a scale", scale, scale.dims == 1 ? at::IntArrayRef(rows) : row_sizes(x1), ACL_FLOAT);
  };
  Quantized how1, how2;
  if (first) NPU_TRY(fits("y1", y1, scale1, how1));
  if (second) NPU_TRY(fits("y2", y2, scale2, how2));
  return [=](void*) {
    auto normal = normalized(sum(x1, x2, x), float32(gamma), epsilon);
    if (beta.defined()) normal = normal + float32(beta);
    const auto by = [&](const Tensor& smooth) { return smooth.defined() ? normal * float32(smooth) : normal; };
    if (first) store_dynamic(by(smooth_scale1), how1, y1, scale1);
    if (second) store_dynamic(by(smooth_scale2), how2, y2, scale2);
  };
}

}  // namespace npu
