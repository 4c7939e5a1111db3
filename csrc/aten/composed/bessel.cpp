// Bessel functions of orders 0 and 1 and their kin, in float64: the power series near zero (Abramowitz & Stegun 9.1.10,
// 9.1.13, 9.6.10, 9.6.13), the asymptotic series far from it (9.2.5, 9.7.1), and between them the integral 9.6.24 by
// the trapezoidal rule, which converges as fast as its integrand decays.
#include "aten/composed/composed.h"

#include <ATen/ops/full_like.h>
#include <ATen/ops/i0_ops.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/special_airy_ai_ops.h>
#include <ATen/ops/special_bessel_j0_ops.h>
#include <ATen/ops/special_bessel_j1_ops.h>
#include <ATen/ops/special_bessel_y0_ops.h>
#include <ATen/ops/special_bessel_y1_ops.h>
#include <ATen/ops/special_i0e_ops.h>
#include <ATen/ops/special_i1_ops.h>
#include <ATen/ops/special_i1e_ops.h>
#include <ATen/ops/special_modified_bessel_i0_ops.h>
#include <ATen/ops/special_modified_bessel_i1_ops.h>
#include <ATen/ops/special_modified_bessel_k0_ops.h>
#include <ATen/ops/special_modified_bessel_k1_ops.h>
#include <ATen/ops/special_scaled_modified_bessel_k0_ops.h>
#include <ATen/ops/special_scaled_modified_bessel_k1_ops.h>
#include <ATen/ops/special_spherical_bessel_j0_ops.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <numbers>

namespace at_npu {
namespace {

using std::numbers::egamma;
using std::numbers::pi;
constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

// Sum of t^k / (k! (k + order)!), each term times `weight(k)`: the series of I (t = x^2 / 4) and J (t = -x^2 / 4).
constexpr int kSeriesTerms = 64;
template <class W> at::Tensor power_series(const at::Tensor& t, int order, W weight) {
  std::array<double, kSeriesTerms> c;
  double factor = 1;
  for (int k = 0; k < kSeriesTerms; ++k) {
    c[k] = factor * weight(k);
    factor /= (k + 1.0) * (k + 1.0 + order);
  }
  return polynomial(t, c);
}
double unweighted(int) { return 1; }
double harmonic(int k) {
  double sum = 0;
  for (int i = 1; i <= k; ++i) sum += 1.0 / i;
  return sum;
}
// The digamma sum of a series with a logarithm: psi(k + 1) + psi(k + order + 1).
template <int kOrder> double digamma_weight(int k) { return harmonic(k) + harmonic(k + kOrder) - 2 * egamma; }

// a(k) = (4 v^2 - 1)(4 v^2 - 9)...(4 v^2 - (2k - 1)^2) / (k! 8^k), the coefficients of every asymptotic series.
constexpr int kAsymptoticTerms = 20;
std::array<double, kAsymptoticTerms> asymptotic(double order) {
  std::array<double, kAsymptoticTerms> a;
  a[0] = 1;
  for (int k = 1; k < kAsymptoticTerms; ++k)
    a[k] = a[k - 1] * (4 * order * order - (2.0 * k - 1) * (2 * k - 1)) / (8.0 * k);
  return a;
}

constexpr double kOscillating = 16;  // above: the asymptotic series of J and Y
constexpr double kGrowing = 30;      // that of I
constexpr double kDecaying = 1;      // above: the integral for K

// J and Y far from zero: sqrt(2 / (pi x)) (p cos c - q sin c) and the same with a quarter turn; c = x - turn.
struct Wave { at::Tensor cosine, sine; };
Wave wave(const at::Tensor& x, double order, double turn, const at::Tensor& size) {
  const auto a = asymptotic(order);
  std::array<double, kAsymptoticTerms / 2> even, odd;
  for (int k = 0; k < kAsymptoticTerms / 2; ++k) {
    even[k] = (k % 2 ? -1 : 1) * a[2 * k];
    odd[k] = (k % 2 ? -1 : 1) * a[2 * k + 1];
  }
  const auto u = x.reciprocal(), p = polynomial(u * u, even), q = polynomial(u * u, odd) * u, c = x - turn;
  const auto cosine = c.cos(), sine = c.sin();
  return {(p * cosine - q * sine) * size, (p * sine + q * cosine) * size};
}
Wave bessel_wave(const at::Tensor& x, int order) {
  return wave(x, order, (2 * order + 1) * pi / 4, (2 / pi / x).sqrt());
}

template <int kOrder> at::Tensor bessel_j(const at::Tensor& self) {
  const auto x = wide(self), size = x.abs(), near = size.clamp_max(kOscillating);
  auto small = power_series(near * near / -4, kOrder, unweighted);
  if (kOrder == 1) small = small * near / 2;
  const auto result = at::where(size <= kOscillating, small, bessel_wave(size, kOrder).cosine);
  return kOrder == 1 ? at::where(x < 0, -result, result) : result;
}

template <int kOrder> at::Tensor bessel_y(const at::Tensor& self) {
  const auto x = wide(self), near = x.clamp_max(kOscillating), half = near / 2, t = half * half * -1;
  auto small = half.log() * 2 * power_series(t, kOrder, unweighted) - power_series(t, kOrder, digamma_weight<kOrder>);
  if (kOrder == 1) small = small * half - half.reciprocal();
  const auto result = at::where(x <= kOscillating, small / pi, bessel_wave(x, kOrder).sine);
  return at::where(x == 0, -kInf, at::where(x < 0, kNan, result));
}

// exp(-|x|) I(x)
template <int kOrder> at::Tensor scaled_i(const at::Tensor& x) {
  const auto size = x.abs(), near = size.clamp_max(kGrowing);
  auto small = power_series(near * near / 4, kOrder, unweighted) * (-near).exp();
  if (kOrder == 1) small = small * near / 2;
  const auto a = asymptotic(kOrder);
  const auto large = polynomial(-size.reciprocal(), a) / (2 * pi * size).sqrt();
  const auto result = at::where(size <= kGrowing, small, large);
  return kOrder == 1 ? at::where(x < 0, -result, result) : result;
}
template <int kOrder> at::Tensor bessel_ie(const at::Tensor& self) { return scaled_i<kOrder>(wide(self)); }
template <int kOrder> at::Tensor bessel_i(const at::Tensor& self) {
  const auto x = wide(self), half = (x.abs() / 2).exp();  // one factor at a time: the product overflows last
  return scaled_i<kOrder>(x) * half * half;
}

// exp(x) K(x) = the integral of exp(-x (cosh t - 1)) cosh(order t) over t > 0, with t = s / sqrt(x).
at::Tensor k_integral(const at::Tensor& x, double order) {
  constexpr double kStep = 0.375;
  constexpr int kPoints = 25;
  const auto root = x.sqrt();
  auto sum = at::full_like(x, 0.5);
  for (int i = 1; i < kPoints; ++i) {
    const auto t = i * kStep / root, h = (t / 2).sinh();
    const auto value = (x * h * h * -2).exp();
    sum.add_(order == 0 ? value : value * (t * order).cosh());
  }
  return sum * kStep / root;
}

// exp(x) K(x)
template <int kOrder> at::Tensor scaled_k(const at::Tensor& x) {
  const auto near = x.clamp_max(kDecaying), half = near / 2, t = half * half;
  auto small = power_series(t, kOrder, digamma_weight<kOrder>) / 2 - half.log() * power_series(t, kOrder, unweighted);
  if (kOrder == 1) small = near.reciprocal() - small * half;
  const auto result = at::where(x <= kDecaying, small * near.exp(), k_integral(x, kOrder));
  return at::where(x == 0, kInf, at::where(x < 0, kNan, at::where(x == kInf, 0.0, result)));
}
template <int kOrder> at::Tensor bessel_ke(const at::Tensor& self) { return scaled_k<kOrder>(wide(self)); }
template <int kOrder> at::Tensor bessel_k(const at::Tensor& self) {
  const auto x = wide(self);
  return scaled_k<kOrder>(x) * (-x).exp();
}

at::Tensor spherical_j0(const at::Tensor& self) {
  const auto x = wide(self);
  return at::where(x == 0, 1.0, at::where(x.abs() == kInf, 0.0, x.sin() / x));
}

// A&S 10.4.2 near zero; K of order 1/3 to the right (10.4.14), its asymptotic series to the left (10.4.60).
at::Tensor airy(const at::Tensor& self) {
  constexpr double kLeft = -7.5, kRight = 1.5, kAtZero = 0.355028053887817239, kSlope = 0.258819403792806798;
  const auto x = wide(self), near = x.clamp(kLeft, kRight), cube = near * near * near;
  std::array<double, 40> f, g;
  f[0] = g[0] = 1;
  for (int k = 1; k < 40; ++k) {
    f[k] = f[k - 1] / ((3.0 * k) * (3 * k - 1));
    g[k] = g[k - 1] / ((3.0 * k) * (3 * k + 1));
  }
  const auto middle = polynomial(cube, f) * kAtZero - near * polynomial(cube, g) * kSlope;
  const auto size = x.abs().clamp_min(kRight), z = size * size.sqrt() * (2.0 / 3);
  const auto right = (size / 3).sqrt() / pi * k_integral(z, 1.0 / 3) * (-z).exp();
  const auto left = wave(z, 1.0 / 3, pi / 4, 1 / (pi * size.sqrt()).sqrt()).cosine;
  const auto result = at::where(x < kLeft, left, at::where(x > kRight, right, middle));
  return at::where(x.abs() == kInf, kNan, result);
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(special_bessel_j0_out, bessel_j<0>);
  NPU_COMPOSED(special_bessel_j1_out, bessel_j<1>);
  NPU_COMPOSED(special_bessel_y0_out, bessel_y<0>);
  NPU_COMPOSED(special_bessel_y1_out, bessel_y<1>);
  NPU_COMPOSED(i0_out, bessel_i<0>);
  NPU_COMPOSED(special_i0e_out, bessel_ie<0>);
  NPU_COMPOSED(special_i1_out, bessel_i<1>);
  NPU_COMPOSED(special_i1e_out, bessel_ie<1>);
  NPU_COMPOSED(special_modified_bessel_i0_out, bessel_i<0>);
  NPU_COMPOSED(special_modified_bessel_i1_out, bessel_i<1>);
  NPU_COMPOSED(special_modified_bessel_k0_out, bessel_k<0>);
  NPU_COMPOSED(special_modified_bessel_k1_out, bessel_k<1>);
  NPU_COMPOSED(special_scaled_modified_bessel_k0_out, bessel_ke<0>);
  NPU_COMPOSED(special_scaled_modified_bessel_k1_out, bessel_ke<1>);
  NPU_COMPOSED(special_spherical_bessel_j0_out, spherical_j0);
  NPU_COMPOSED(special_airy_ai_out, airy);
}

}  // namespace at_npu
