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
at::Tensor rstd_of(const at::Tensor& x, const Tensor& gamma, double epsilon) {
  return (x.square().mean(last_dims(gamma), true) + epsilon).rsqrt();
}
void copy_statistic(const at::Tensor& t, const Tensor& out) {  // clients differ in the ones they leave at the end
  if (out.defined()) copy_result(t.reshape(aten_view(out).sizes()), out);
}

}  // namespace

ACLNN_OP(aclnnRmsNorm, self, gamma, epsilon, y, rstd) {
  NPU_TRY(gamma_fits(self, gamma));
  OP_CHECK(self.same_sizes(y), "y must have the shape of self");
  return [=](void*) {
    const auto x = wide(self), r = rstd_of(x, gamma, epsilon);
    copy_result(x * r * wide(gamma), y);
    copy_statistic(r, rstd);
  };
}
ACLNN_OP(aclnnGemmaRmsNorm, self, gamma, epsilon, y, rstd) {
  NPU_TRY(gamma_fits(self, gamma));
  OP_CHECK(self.same_sizes(y), "y must have the shape of self");
  return [=](void*) {
    const auto x = wide(self), r = rstd_of(x, gamma, epsilon);
    copy_result(x * r * (wide(gamma) + 1), y);
    copy_statistic(r, rstd);
  };
}
ACLNN_OP(aclnnRmsNormGrad, dy, self, rstd, gamma, dx, dgamma) {
  NPU_TRY(gamma_fits(self, gamma));
  OP_GIVEN(rstd.defined());
  OP_CHECK(dy.same_sizes(self) && dx.same_sizes(self) && dgamma.same_sizes(gamma),
           "dy and dx must have the shape of self, dgamma of gamma");
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
  OP_CHECK(x1.same_sizes(x2) && x1.same_sizes(y) && x1.same_sizes(x), "x1, x2, y and x must have one shape");
  return [=](void*) {
    copy_result(wide(x1) + wide(x2), x);
    const auto sum = wide(x), r = rstd_of(sum, gamma, epsilon);
    copy_result(sum * r * wide(gamma), y);
    copy_statistic(r, rstd);
  };
}
ACLNN_OP(aclnnAddLayerNorm, x1, x2, gamma, beta, bias, epsilon, additional_output, y, mean, rstd, x) {
  NPU_TRY(gamma_fits(x1, gamma));
  OP_GIVEN(beta.defined());
  OP_CHECK(x1.same_sizes(x2) && x1.same_sizes(y), "x1, x2 and y must have one shape");
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
  OP_GIVEN(beta.defined());
  OP_CHECK(x.same_sizes(gx) && x.same_sizes(y), "x, gx and y must have one shape");
  return [=](void*) {
    const auto [normal, m, r] =
        at::native_layer_norm(wide(x) * alpha + wide(gx), aten_view(gamma).sizes(), wide(gamma), wide(beta), epsilon);
    copy_result(normal, y);
    copy_statistic(m, mean);
    copy_statistic(r, rstd);
  };
}

}  // namespace npu
