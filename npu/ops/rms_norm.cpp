// Normalizations of language models, computed in float32.
#include "aclnnop/norm.h"
#include "npu/ops/check.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/native_layer_norm.h>

namespace npu {
namespace {

at::Tensor wide(const Tensor& t) { return aten_view(t).to(t.dtype == ACL_DOUBLE ? at::kDouble : at::kFloat); }

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
ACLNN_OP(aclnnRmsNormGrad, dy, self, rstd, gamma, dx, dgamma) {
  NPU_TRY(gamma_fits(self, gamma));
  OP_GIVEN(rstd.defined());
  OP_CHECK(dy.same_sizes(self), "dy must have the shape of self");
  NPU_TRY(statistic_fits("rstd", self, gamma, rstd));
  NPU_TRY(holds("dx", dx, sizes(self), self.dtype));
  NPU_TRY(holds("dgamma", dgamma, sizes(gamma), self.dtype));
  return [=](void*) {
    const auto x = wide(self), g = wide(dy);
    auto sizes = x.sizes().vec();
    for (int i = 0; i < gamma.dims; ++i) sizes[sizes.size() - 1 - i] = 1;
    const auto r = wide(rstd).reshape(sizes), normal = x * r, scaled = g * wide(gamma);
    copy_result((scaled - normal * (scaled * normal).mean(last_dims(gamma), true)) * r, dx);
    copy_result((g * normal).sum_to_size(aten_view(gamma).sizes()), dgamma);
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

}  // namespace npu
