// The gamma function and its relatives, in float64. Formulas: Abramowitz & Stegun, chapters 6 and 23; DLMF 5, 8 and 25.
#include "aten/composed/composed.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/digamma_ops.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/lgamma_ops.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/polygamma_ops.h>
#include <ATen/ops/special_zeta_ops.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <numbers>

namespace at_npu {
namespace {

using std::numbers::pi;
constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

// B(2k) / (2k)!, k = 1, 2, ...: the Bernoulli numbers as every asymptotic series here has them.
constexpr double kBernoulli[] = {1 / 12.,
                                 -1 / 720.,
                                 1 / 30240.,
                                 -1 / 1209600.,
                                 1 / 47900160.,
                                 -691 / 1307674368000.,
                                 1 / 74724249600.,
                                 -3617 / 10670622842880000.,
                                 43867 / 5109094217170944000.,
                                 -174611 / 802857662698291200000.};
constexpr int kTerms = std::size(kBernoulli);
constexpr int kShift = 10;  // how far an argument is moved up, to where the series holds

// (2k - 2)! B(2k) / (2k)! and (2k - 1)! B(2k) / (2k)!: Stirling's series of log gamma and of its derivative.
std::array<double, kTerms> stirling(int below) {
  std::array<double, kTerms> all;
  for (int k = 1; k <= kTerms; ++k) all[k - 1] = kBernoulli[k - 1] * std::tgamma(2 * k - below + 1);
  return all;
}

at::Tensor is_whole(const at::Tensor& x) { return x == x.floor(); }

// A&S 6.1.40 above 10, the recurrence below, the reflection left of 1/2.
at::Tensor lgamma64(const at::Tensor& x) {
  const auto left = x < 0.5;
  const auto z = at::where(left, 1 - x, x), small = z.clamp_max(kShift);
  auto product = at::ones_like(z);
  for (int i = 0; i < kShift; ++i) product.mul_(small + i);
  const auto near = z < kShift;
  const auto w = at::where(near, z + kShift, z), u = w.reciprocal();
  auto result = (w - 0.5) * w.log() - w + 0.5 * std::log(2 * pi) + u * polynomial(u * u, stirling(2));
  result = result - at::where(near, product.log(), 0.0);
  const auto fraction = x - x.floor();
  result = at::where(left, std::log(pi) - (fraction * pi).sin().abs().log() - result, result);
  return at::where(x.abs() == kInf, kInf, result);
}
at::Tensor lgamma(const at::Tensor& self) { return lgamma64(wide(self)); }

// A&S 6.3.18, 6.3.5, 6.3.7. Zero is a pole with a sign; the other poles have none.
at::Tensor digamma(const at::Tensor& self) {
  const auto x = wide(self), left = x < 0, z = at::where(left, 1 - x, x), w = z + kShift, u = w.reciprocal();
  auto result = w.log() - u / 2 - u * u * polynomial(u * u, stirling(1)) - z.reciprocal();
  for (int i = 1; i < kShift; ++i) result.sub_((z + i).reciprocal());
  const auto reflected = result - pi / ((x - x.trunc()) * pi).tan();
  return at::where(left, at::where(is_whole(x), kNan, reflected), result);
}

// The sum of the first `count` of (q + i)^-s; `most` is the largest count.
at::Tensor powers(const at::Tensor& s, const at::Tensor& q, const at::Tensor& count, int64_t most) {
  constexpr int64_t kBlock = 1024;  // summands of an element that are there at once
  auto sum = at::zeros_like(q);
  for (int64_t i = 0; i < most; i += kBlock) {
    const auto steps = at::arange(i, std::min(most, i + kBlock), q.options());
    const auto terms = (q.unsqueeze(-1) + steps).pow(-s.unsqueeze(-1));
    sum.add_(at::where(steps < count.unsqueeze(-1), terms, 0.0).sum(-1));
  }
  return sum;
}

// Hurwitz's zeta by Euler and Maclaurin (DLMF 25.11.43). Left of zero the data says how many summands come first.
at::Tensor zeta64(const at::Tensor& s_given, const at::Tensor& q_given, bool positive) {
  const auto s = s_given + at::zeros_like(q_given), given = q_given + at::zeros_like(s_given);
  const auto left = given <= 0, pole = left.logical_and(is_whole(given)), q = at::where(pole, 1.0, given);
  auto count = at::full_like(q, kShift);
  int64_t most = kShift;
  if (!positive && q.numel()) {
    count.add_((-q).ceil().clamp_min(0).nan_to_num());
    most = static_cast<int64_t>(count.max().item().toDouble());
  }
  const auto w = q + count, last = w.pow(-s), u = w.reciprocal();
  auto sum = powers(s, q, count, most) + last * w / (s - 1) + last / 2, factor = last * s * u;
  for (int k = 1; k <= kTerms; ++k) {
    sum.add_(factor * kBernoulli[k - 1]);
    factor = factor * (s + (2 * k - 1)) * (s + 2 * k) * u * u;
  }
  sum = at::where(pole, kInf, at::where(left.logical_and(is_whole(s).logical_not()), kNan, sum));
  return at::where(s == 1, kInf, at::where(s < 1, kNan, sum));
}
at::Tensor zeta(const at::Tensor& s, const at::Tensor& q) { return zeta64(wide(s), wide(q), false); }

// The n-th derivative of cot(pi x) is pi^n times a polynomial of cot(pi x), whose coefficients follow by
// differentiation: P(0) = c, P(n + 1) = -(1 + c^2) P'(n).
std::vector<double> cotangent_derivative(int64_t n) {
  std::vector<double> p{0, 1};
  for (int64_t k = 0; k < n; ++k) {
    std::vector<double> next(p.size() + 1);
    for (size_t i = 1; i < p.size(); ++i) {
      next[i - 1] -= static_cast<double>(i) * p[i];
      next[i + 1] -= static_cast<double>(i) * p[i];
    }
    p = std::move(next);
  }
  return p;
}

// A&S 6.4.10, and the reflection 6.4.7 left of zero; of order 1 with the sine of the CPU's precision, which decides the
// digits near a pole.
at::Tensor polygamma(int64_t n, const at::Tensor& self) {
  if (n == 0) return at_npu::digamma(self);
  const auto x = wide(self), left = x < 0, z = at::where(left, 1 - x, x), order = at::full_like(z, n + 1);
  const double scale = (n % 2 ? 1 : -1) * std::tgamma(n + 1.0);
  const auto right = zeta64(order, z, true);
  if (n == 1) {
    const auto sine = (self.to(compute_dtype(floating_dtype(self.scalar_type()))) * pi).sin();
    const auto reflected = wide((sine * sine).reciprocal() * (pi * pi)) - right;
    return at::where(left, reflected, at::where(x == kInf, 0.0, right));
  }
  const auto cotangent = ((x - x.floor()) * pi).tan().reciprocal();
  const auto turned = polynomial(cotangent, cotangent_derivative(n)) * (std::pow(pi, n + 1) / scale);
  const auto reflected = (n % 2 ? -1 : 1) * right - turned;
  auto result = at::where(left, at::where(is_whole(x), kInf, reflected), right);
  if (at::isReducedFloatingType(self.scalar_type())) result = wide(result.to(self.scalar_type()));  // as the CPU's zeta
  return result * scale;
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(lgamma_out, lgamma);
  NPU_COMPOSED(digamma_out, digamma);
  NPU_COMPOSED(polygamma_out, polygamma);
  NPU_COMPOSED(special_zeta_out, zeta);
}

}  // namespace at_npu
