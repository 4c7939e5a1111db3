// Normalizations of language models, computed in float32.
#include "aclnnop/norm.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/native_layer_norm_backward.h>

namespace npu {
namespace {

// gamma covers self's last dimensions.
Status gamma_fits(const Tensor& self, const Tensor& gamma) {
  OP_GIVEN(self.defined() && gamma.defined());
  const int lead = self.dims - gamma.dims;
  OP_CHECK(gamma.dims > 0 && lead >= 0 && std::equal(gamma.sizes, gamma.sizes + gamma.dims, self.sizes + lead),
           "gamma must have the shape of self's last dimensions");
  return {};
}
std::vector<int64_t> last_dims(const Tensor& gamma) {
  std::vector<int64_t> dims;
  for (int i = gamma.dims; i > 0; --i) dims.push_back(-i);
  return dims;
}
// A statistic of each row: the leading sizes, then a 1 for each normalized dimension, of which clients keep one or
// more.
Status statistic_fits(const char* name, const Tensor& self, const Tensor& gamma, const Tensor& out) {
  const int lead = self.dims - gamma.dims;
  std::vector<int64_t> expected(self.sizes, self.sizes + lead);
  const int ones = out.defined() ? std::clamp(out.dims - lead, 0, gamma.dims) : 0;
  expected.insert(expected.end(), ones, 1);
  return holds_if_given(name, out, expected, statistic(self.dtype));
}
at::Tensor rstd_of(const at::Tensor& x, const Tensor& gamma, double epsilon) {
  return (x.square().mean(last_dims(gamma), true) + epsilon).rsqrt();
}
void copy_statistic(const at::Tensor& t, const Tensor& out) {  // clients differ in the ones they leave at the end
  if (out.defined()) copy_result(t.reshape(aten_view(out).sizes()), out);
}

}  // namespace

ACLNN_OP(aclnnRmsNorm, self, gamma, epsilon, y, rstd) {
  NPU_TRY(gamma_fits(self, gamma));
  NPU_TRY(holds("y", y, sizes(self), self.dtype));
  NPU_TRY(statistic_fits("rstd", self, gamma, rstd));
  return [=](void*) {
    const auto x = wide(self), r = rstd_of(x, gamma, epsilon);
    copy_result(x * r * wide(gamma), y);
    copy_statistic(r, rstd);
  };
}
ACLNN_OP(aclnnGemmaRmsNorm, self, gamma, epsilon, y, rstd) {
  NPU_TRY(gamma_fits(self, gamma));
  NPU_TRY(holds("y", y, sizes(self), self.dtype));
  NPU_TRY(statistic_fits("rstd", self, gamma, rstd));
  return [=](void*) {
    const auto x = wide(self), r = rstd_of(x, gamma, epsilon);
    copy_result(x * r * (wide(gamma) + 1), y);
    copy_statistic(r, rstd);
  };
}
static Status rms_grad_fits(const Tensor& dy, const Tensor& self, const Tensor& rstd, const Tensor& gamma) {
  NPU_TRY(gamma_fits(self, gamma));
  OP_GIVEN(rstd.defined());
  OP_CHECK(dy.same_sizes(self), "dy must have the shape of self");
  return statistic_fits("rstd", self, gamma, rstd);
}
static std::pair<at::Tensor, at::Tensor> rms_grad(const Tensor& dy, const Tensor& self, const Tensor& rstd,
                                                  const Tensor& gamma) {
  const auto x = wide(self), g = wide(dy);
  auto sizes = x.sizes().vec();
  for (int i = 0; i < gamma.dims; ++i) sizes[sizes.size() - 1 - i] = 1;
  const auto r = wide(rstd).reshape(sizes), normal = x * r, scaled = g * wide(gamma);
  return {(scaled - normal * (scaled * normal).mean(last_dims(gamma), true)) * r,
          (g * normal).sum_to_size(aten_view(gamma).sizes())};
}
ACLNN_OP(aclnnRmsNormGrad, dy, self, rstd, gamma, dx, dgamma) {
  NPU_TRY(rms_grad_fits(dy, self, rstd, gamma));
  NPU_TRY(holds("dx", dx, sizes(self), self.dtype));
  NPU_TRY(holds("dgamma", dgamma, sizes(gamma), self.dtype));
  return [=](void*) {
    const auto [of_x, of_gamma] = rms_grad(dy, self, rstd, gamma);
    copy_result(of_x, dx);
    copy_result(of_gamma, dgamma);
  };
}
ACLNN_OP(aclnnRmsNormGradQuant, dy, x, rstd, gamma, scales_x, offset_x, quant_mode, div_mode, dx_out, dgamma_out) {
  NPU_TRY(rms_grad_fits(dy, x, rstd, gamma));
  OP_GIVEN(scales_x.defined() && dx_out.defined());
  OP_CHECK(scales_x.numel() == 1 && (!offset_x.defined() || (offset_x.numel() == 1 && offset_x.dtype == ACL_INT32)),
           "scales_x is one number, offset_x one int32");
  OP_CHECK(quant_mode == "static", "quant_mode must be static");
  OP_CHECK(dx_out.dtype == ACL_INT8, "dx_out must be int8 (UNIMPLEMENTED: hifloat8)");
  NPU_TRY(holds("dx_out", dx_out, sizes(x), ACL_INT8));
  NPU_TRY(holds("dgamma_out", dgamma_out, sizes(gamma), ACL_FLOAT));
  return [=](void*) {
    const auto [of_x, of_gamma] = rms_grad(dy, x, rstd, gamma);
    const auto scale = wide(scales_x);
    auto scaled = div_mode ? of_x / scale : of_x * scale;
    if (offset_x.defined()) scaled = scaled + wide(offset_x);
    copy_result(scaled.round().clamp(-128, 127).to(at::kChar), dx_out);
    copy_result(of_gamma, dgamma_out);
  };
}
// The sum is rounded to x's dtype before it is normalized: it is an output that the next layer reads.
ACLNN_OP(aclnnAddRmsNorm, x1, x2, gamma, epsilon, y, rstd, x) {
  NPU_TRY(gamma_fits(x1, gamma));
  OP_CHECK(x1.same_sizes(x2), "x1 and x2 must have one shape");
  NPU_TRY(holds("y", y, sizes(x1), x1.dtype));
  NPU_TRY(holds("x", x, sizes(x1), x1.dtype));
  NPU_TRY(statistic_fits("rstd", x1, gamma, rstd));
  return [=](void*) {
    copy_result(wide(x1) + wide(x2), x);
    const auto sum = wide(x), r = rstd_of(sum, gamma, epsilon);
    copy_result(sum * r * wide(gamma), y);
    copy_statistic(r, rstd);
  };
}
// x1 becomes the normalized sum, x2 the sum.
ACLNN_OP(aclnnInplaceAddRmsNorm, x1, x2, gamma, epsilon, rstd) {
  NPU_TRY(gamma_fits(x1, gamma));
  NPU_TRY(is("x2", x2, sizes(x1), x1.dtype));
  OP_GIVEN(rstd.defined());
  NPU_TRY(statistic_fits("rstd", x1, gamma, rstd));
  return [=](void*) {
    copy_result(wide(x1) + wide(x2), x2);
    const auto sum = wide(x2), r = rstd_of(sum, gamma, epsilon);
    copy_result(sum * r * wide(gamma), x1);
    copy_statistic(r, rstd);
  };
}
// The result twice: in float32, and in x1's dtype.
ACLNN_OP(aclnnAddRmsNormCast, x1, x2, gamma, epsilon, y1, y2, rstd, x) {
  OP_GIVEN(x1.defined() && rstd.defined());
  OP_CHECK(x1.dtype == ACL_FLOAT16 || x1.dtype == ACL_BF16, "x1 must be float16 or bfloat16");
  NPU_TRY(gamma_fits(x1, gamma));
  OP_CHECK(gamma.dtype == x1.dtype, "gamma must have the dtype of x1");
  NPU_TRY(is("x2", x2, sizes(x1), x1.dtype));
  NPU_TRY(is("y1", y1, sizes(x1), ACL_FLOAT));
  NPU_TRY(is("y2", y2, sizes(x1), x1.dtype));
  NPU_TRY(is("x", x, sizes(x1), x1.dtype));
  NPU_TRY(statistic_fits("rstd", x1, gamma, rstd));
  return [=](void*) {
    const auto sum = wide(x1) + wide(x2), r = rstd_of(sum, gamma, epsilon), y = sum * r * wide(gamma);
    copy_result(y, y1);
    copy_result(y, y2);
    copy_result(sum, x);
    copy_statistic(r, rstd);
  };
}
ACLNN_OP(aclnnAddLayerNorm, x1, x2, gamma, beta, bias, epsilon, additional_output, y, mean, rstd, x) {
  NPU_TRY(gamma_fits(x1, gamma));
  OP_CHECK(x1.same_sizes(x2), "x1 and x2 must have one shape");
  OP_CHECK(beta.same_sizes(gamma), "beta must have the shape of gamma");
  OP_CHECK(!bias.defined() || broadcasts_to(bias, x1), "bias must broadcast to x1");
  NPU_TRY(holds("y", y, sizes(x1), x1.dtype));
  if (additional_output) NPU_TRY(holds("x", x, sizes(x1), x1.dtype));
  NPU_TRY(statistic_fits("mean", x1, gamma, mean));
  NPU_TRY(statistic_fits("rstd", x1, gamma, rstd));
  return [=](void*) {
    auto sum = wide(x1) + wide(x2);
    if (bias.defined()) sum = sum + wide(bias);
    if (additional_output) copy_result(sum, x);
    const auto [normal, m, r] = at::native_layer_norm(sum, aten_view(gamma).sizes(), wide(gamma), wide(beta), epsilon);
    copy_result(normal, y);
    copy_statistic(m, mean);
    copy_statistic(r, rstd);
  };
}
ACLNN_OP(aclnnDeepNorm, x, gx, beta, gamma, alpha, epsilon, mean, rstd, y) {
  NPU_TRY(gamma_fits(x, gamma));
  OP_CHECK(x.same_sizes(gx), "x and gx must have one shape");
  OP_CHECK(beta.same_sizes(gamma), "beta must have the shape of gamma");
  NPU_TRY(holds("y", y, sizes(x), x.dtype));
  NPU_TRY(statistic_fits("mean", x, gamma, mean));
  NPU_TRY(statistic_fits("rstd", x, gamma, rstd));
  return [=](void*) {
    const auto [normal, m, r] =
        at::native_layer_norm(wide(x) * alpha + wide(gx), aten_view(gamma).sizes(), wide(gamma), wide(beta), epsilon);
    copy_result(normal, y);
    copy_statistic(m, mean);
    copy_statistic(r, rstd);
  };
}

namespace {

struct LayerNormGrads { at::Tensor x, gamma, beta; };
LayerNormGrads layer_norm_grads(const Tensor& dy, const at::Tensor& x, const Tensor& mean, const Tensor& rstd,
                                const Tensor& gamma) {
  auto rows = x.sizes().vec();
  std::fill(rows.end() - gamma.dims, rows.end(), 1);
  const auto g = wide(gamma).contiguous();
  auto [dx, dgamma, dbeta] = at::native_layer_norm_backward(
      wide(dy).contiguous(), x.contiguous(), g.sizes(), wide(mean).reshape(rows).contiguous(),
      wide(rstd).reshape(rows).contiguous(), g, g, {true, true, true});
  return {dx, dgamma, dbeta};
}
Status layer_norm_grads_fit(const Tensor& dy, const Tensor& x1, const Tensor& x2, const Tensor& mean,
                            const Tensor& rstd, const Tensor& gamma, const Tensor& dgamma, const Tensor& dbeta) {
  NPU_TRY(is_real("dy", dy));
  NPU_TRY(is("x1", x1, sizes(dy), dy.dtype));
  NPU_TRY(is("x2", x2, sizes(dy), dy.dtype));
  NPU_TRY(gamma_fits(dy, gamma));
  OP_CHECK(gamma.dtype == dy.dtype, "gamma must have the dtype of dy");
  OP_GIVEN(mean.defined() && rstd.defined());
  OP_CHECK(mean.dtype == ACL_FLOAT && rstd.dtype == ACL_FLOAT, "mean and rstd must be float32");
  NPU_TRY(statistic_fits("mean", dy, gamma, mean));
  NPU_TRY(statistic_fits("rstd", dy, gamma, rstd));
  NPU_TRY(is("dgamma", dgamma, sizes(gamma), ACL_FLOAT));
  return is("dbeta", dbeta, sizes(gamma), ACL_FLOAT);
}

}  // namespace

// dx is the gradient of the sum, to which the gradient of the sum as an output is added.
ACLNN_OP(aclnnAddLayerNormGrad, dy, x1, x2, rstd, mean, gamma, dsum, dx, dgamma, dbeta) {
  NPU_TRY(layer_norm_grads_fit(dy, x1, x2, mean, rstd, gamma, dgamma, dbeta));
  NPU_TRY(is_if_given("dsum", dsum, sizes(dy), dy.dtype));
  NPU_TRY(is("dx", dx, sizes(dy), dy.dtype));
  return [=](void*) {
    const auto grads = layer_norm_grads(dy, wide(x1) + wide(x2), mean, rstd, gamma);
    copy_result(dsum.defined() ? grads.x + wide(dsum) : grads.x, dx);
    copy_result(grads.gamma, dgamma);
    copy_result(grads.beta, dbeta);
  };
}
ACLNN_OP(aclnnDeepNormGrad, dy, x, gx, gamma, mean, rstd, alpha, dx, dgx, dbeta, dgamma) {
  NPU_TRY(layer_norm_grads_fit(dy, x, gx, mean, rstd, gamma, dgamma, dbeta));
  NPU_TRY(is("dx", dx, sizes(dy), dy.dtype));
  NPU_TRY(is("dgx", dgx, sizes(dy), dy.dtype));
  return [=](void*) {
    const auto grads = layer_norm_grads(dy, wide(x) * alpha + wide(gx), mean, rstd, gamma);
    copy_result(grads.x * alpha, dx);
    copy_result(grads.x, dgx);
    copy_result(grads.beta, dbeta);
    copy_result(grads.gamma, dgamma);
  };
}

}  // namespace npu
