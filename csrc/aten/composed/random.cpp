// Distributions made of the uniform and the normal one.
#include "aten/composed/composed.h"

#include <ATen/ops/cauchy_ops.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/geometric_ops.h>
#include <ATen/ops/log_normal_ops.h>

#include <cmath>
#include <numbers>

namespace at_npu {
namespace {

using OptGenerator = std::optional<at::Generator>;

// In (0, 1): float32 has numbers enough for 16-bit types, and the logarithm of none is infinite.
at::Tensor open_uniform(const at::Tensor& self, const OptGenerator& generator) {
  const bool doubled = self.scalar_type() == at::kDouble;
  const double least = doubled ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
  auto u = at::empty_like(self, self.options().dtype(doubled ? at::kDouble : at::kFloat));
  return u.uniform_(0, 1, generator).clamp_(least / 2, 1 - least / 2);
}

at::Tensor& geometric(at::Tensor& self, double p, OptGenerator generator) {
  TORCH_CHECK(0 < p && p < 1, "geometric_ expects p to be in (0, 1), but got p=", p);
  return self.copy_((open_uniform(self, generator).log() / std::log1p(-p)).ceil());
}

at::Tensor& cauchy(at::Tensor& self, double median, double sigma, OptGenerator generator) {
  TORCH_CHECK(sigma > 0.0, "cauchy_ expects sigma > 0.0, but found sigma=", sigma);
  TORCH_CHECK(self.is_floating_point(),
              "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you "
              "specified ",
              self.dtype());
  return self.copy_(((open_uniform(self, generator) - 0.5) * std::numbers::pi).tan() * sigma + median);
}

at::Tensor& log_normal(at::Tensor& self, double mean, double std, OptGenerator generator) {
  TORCH_CHECK(std > 0.0, "log_normal_ expects std > 0.0, but found std=", std);
  return self.normal_(mean, std, generator).exp_();
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(geometric_, geometric);
  NPU_COMPOSED(cauchy_, cauchy);
  NPU_COMPOSED(log_normal_, log_normal);
}

}  // namespace at_npu
