// The error function's relatives, in float64 (Abramowitz & Stegun 7.1 and 26.2).
#include "aten/composed/composed.h"

#include <ATen/ops/special_erfcx_ops.h>
#include <ATen/ops/special_log_ndtr_ops.h>
#include <ATen/ops/special_ndtri_ops.h>

#include <cmath>
#include <numbers>

namespace at_npu {
namespace {

using std::numbers::pi;
using std::numbers::sqrt2;
constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

// exp(x^2) erfc(x): as it stands while erfc has digits, by the asymptotic series 7.1.23 beyond.
at::Tensor erfcx64(const at::Tensor& x) {
  constexpr double kFar = 12;
  constexpr double kSeries[] = {1, -1, 3, -15, 105, -945, 10395, -135135};  // (-1)^k (2k - 1)!!
  const auto near = x.clamp_max(kFar), far = x.clamp_min(kFar);
  const auto series = polynomial((far * far * 2).reciprocal(), kSeries) / (far * std::sqrt(pi));
  return at::where(x < kFar, (near * near).exp() * near.erfc(), series);
}
at::Tensor erfcx(const at::Tensor& self) { return erfcx64(wide(self)); }

// In the dtype of x: the gradient multiplies what the CPU rounds.
at::Tensor log_ndtr_of(const at::Tensor& x) {
  const auto t = x * (1 / sqrt2), left = t.clamp_max(0);
  const auto scaled = erfcx64(wide(-left)).to(x.scalar_type());
  return at::where(x < -1, (scaled / 2).log() - left * left, (t.erfc() / -2).log1p());
}
at::Tensor log_ndtr(const at::Tensor& self) {
  return log_ndtr_of(self.to(compute_dtype(floating_dtype(self.scalar_type()))));
}

// The root of log_ndtr(x) = log p by Newton's steps, for p up to 1/2; the other half is its mirror.
at::Tensor ndtri(const at::Tensor& self) {
  constexpr int kSteps = 5;
  const auto p = wide(self), right = p > 0.5, log_p = at::where(right, (-p).log1p(), p.log());
  const auto t = (log_p * -2).clamp_min(1e-12);
  auto x = at::where(log_p < -3, -(t - (t * 2 * pi).log()).clamp_min(1).sqrt(),
                     (at::where(right, 1 - p, p) * 2 - 1).erfinv() * sqrt2);
  for (int i = 0; i < kSteps; ++i) {
    const auto value = log_ndtr_of(x);
    x = x - (value - log_p) * (value + x * x / 2).exp() * std::sqrt(2 * pi);
  }
  x = at::where(right, -x, x);
  x = at::where(p == 0, -kInf, at::where(p == 1, kInf, x));
  return at::where((p < 0).logical_or(p > 1), kNan, x);
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(special_erfcx_out, erfcx);
  NPU_COMPOSED(special_log_ndtr_out, log_ndtr);
  NPU_COMPOSED(special_ndtri_out, ndtri);
}

}  // namespace at_npu
