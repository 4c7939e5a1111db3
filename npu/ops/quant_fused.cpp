// An activation or a normalization whose result is stored quantized.
#include "aclnnop/quant.h"
#include "npu/ops/quant.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
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
