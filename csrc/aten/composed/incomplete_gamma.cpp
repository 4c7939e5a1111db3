// The incomplete gamma functions, in float64: the series 6.5.29 of Abramowitz & Stegun up to x = a + 1 and the
// continued fraction 6.5.31 beyond; for a large a, where both are slow, Gauss's quadrature over the integrand's peak
// (Press et al., Numerical Recipes, 6.2).
#include "aten/composed/composed.h"

#include <ATen/ops/full_like.h>
#include <ATen/ops/igamma_ops.h>
#include <ATen/ops/igammac_ops.h>

#include <cmath>
#include <numbers>

namespace at_npu {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLarge = 60;  // a above this
constexpr int kTerms = 90;     // enough for both up to kLarge
constexpr int kPoints = 32;

// Nodes and weights of Gauss and Legendre on (0, 1), by Newton's steps.
std::array<std::pair<double, double>, kPoints> legendre_nodes() {
  std::array<std::pair<double, double>, kPoints> nodes;
  for (int i = 0; i < kPoints; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (kPoints + 0.5)), slope = 0;
    for (int step = 0; step < 8; ++step) {
      double p = 1, before = 0;
      for (int k = 0; k < kPoints; ++k) before = std::exchange(p, ((2 * k + 1) * x * p - k * before) / (k + 1));
      slope = kPoints * (x * p - before) / (x * x - 1);
      x -= p / slope;
    }
    nodes[i] = {(1 + x) / 2, 1 / ((1 - x * x) * slope * slope)};
  }
  return nodes;
}

// P(a, x) for x up to a + 1.
at::Tensor lower_series(const at::Tensor& a, const at::Tensor& x, const at::Tensor& factor) {
  auto term = a.reciprocal(), sum = term.clone();
  for (int k = 1; k <= kTerms; ++k) {
    term = term * x / (a + k);
    sum.add_(term);
  }
  return sum * factor;
}

// Q(a, x) for x from a + 1 on, from the last quotient to the first.
at::Tensor upper_fraction(const at::Tensor& a, const at::Tensor& x, const at::Tensor& factor) {
  const auto b = x + 1 - a;
  auto tail = b + 2.0 * kTerms;
  for (int k = kTerms; k >= 1; --k) tail = (b + 2.0 * (k - 1)) + (a - k) * k / tail;
  return factor / tail;
}

// What lies beyond x when that is the smaller part (`above`), else what lies before it.
struct Tail { at::Tensor mass, above; };
Tail tail_by_quadrature(const at::Tensor& a, const at::Tensor& x) {
  static const auto kNodes = legendre_nodes();
  const auto peak = a - 1, log_peak = peak.log(), width = peak.sqrt(), above = x > peak;
  const auto end = at::where(above, (peak + width * 11.5).maximum(x + width * 6),
                             (peak - width * 7.5).minimum(x - width * 5).clamp_min(0));
  auto sum = at::full_like(x, 0);
  for (const auto& [node, weight] : kNodes) {
    const auto t = x + (end - x) * node;
    sum.add_((peak * (t.log() - log_peak) - (t - peak)).exp() * weight);
  }
  return {sum * (end - x).abs() * (peak * (log_peak - 1) - a.lgamma()).exp(), above};
}

// P (lower) or Q.
template <bool kLower> at::Tensor regularized(const at::Tensor& a_given, const at::Tensor& x_given) {
  constexpr double kAtZero = kLower ? 0 : 1, kAtInfinity = 1 - kAtZero;
  const auto size = broadcast_sizes(a_given, x_given);
  const auto a = wide(a_given).expand(size), x = wide(x_given).expand(size);

  const auto some = a.clamp(1e-300, kLarge), near = x.minimum(some + 1), far = x.maximum(some + 1);
  const auto scale = some.lgamma();
  const auto factor = [&](const at::Tensor& t) { return (some * t.log() - t - scale).exp(); };
  const auto lower = lower_series(some, near, factor(near)), upper = upper_fraction(some, far, factor(far));
  const auto [mass, above] = tail_by_quadrature(a.clamp_min(kLarge), x);
  auto result = kLower ? at::where(x < a + 1, lower, 1 - upper) : at::where(x < a + 1, 1 - lower, upper);
  result = at::where(a > kLarge, kLower ? at::where(above, 1 - mass, mass) : at::where(above, mass, 1 - mass), result);

  result = at::where(x == kInf, kAtInfinity, at::where(x == 0, kAtZero, result));
  result = at::where(a == kInf, at::where(x == kInf, kNan, kAtZero), result);
  result = at::where(a == 0, at::where(x > 0, kAtInfinity, kNan), result);
  return at::where((a < 0).logical_or(x < 0), kNan, result);
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(igamma_out, regularized<true>);
  NPU_COMPOSED(igammac_out, regularized<false>);
}

}  // namespace at_npu
