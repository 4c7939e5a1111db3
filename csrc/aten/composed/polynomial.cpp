// The classical orthogonal polynomials by their recurrences (Abramowitz & Stegun 22.7), in the dtype of the CPU and in
// its order of operations: their values may be larger than their accuracy.
#include "aten/composed/composed.h"

#include <ATen/ops/ones_like.h>
#include <ATen/ops/special_chebyshev_polynomial_t_ops.h>
#include <ATen/ops/special_chebyshev_polynomial_u_ops.h>
#include <ATen/ops/special_chebyshev_polynomial_v_ops.h>
#include <ATen/ops/special_chebyshev_polynomial_w_ops.h>
#include <ATen/ops/special_hermite_polynomial_h_ops.h>
#include <ATen/ops/special_hermite_polynomial_he_ops.h>
#include <ATen/ops/special_laguerre_polynomial_l_ops.h>
#include <ATen/ops/special_legendre_polynomial_p_ops.h>
#include <ATen/ops/special_shifted_chebyshev_polynomial_t_ops.h>
#include <ATen/ops/special_shifted_chebyshev_polynomial_u_ops.h>
#include <ATen/ops/special_shifted_chebyshev_polynomial_v_ops.h>
#include <ATen/ops/special_shifted_chebyshev_polynomial_w_ops.h>
#include <ATen/ops/zeros_like.h>

namespace at_npu {
namespace {

// P(0) = 1, P(1) = first(x), P(k + 1) = (slope(x, k) P(k) - back(k) P(k - 1)) / divisor(k).
// Inside (-1, 1) a Chebyshev polynomial of degree above `closed` has a closed form in the angle acos(x).
struct Polynomial {
  at::Tensor (*first)(const at::Tensor& x);
  at::Tensor (*slope)(const at::Tensor& x, int64_t k);
  int64_t (*back)(int64_t k);
  int64_t (*divisor)(int64_t k);
  bool shifted = false;
  int64_t closed = 0;
  at::Tensor (*of_angle)(const at::Tensor& angle, const at::Tensor& n) = nullptr;
  bool limited = false;  // NaN from a degree on, whatever x
};

int64_t one(int64_t) { return 1; }
int64_t itself(int64_t k) { return k; }
int64_t twice(int64_t k) { return 2 * k; }
int64_t next(int64_t k) { return k + 1; }

at::Tensor same(const at::Tensor& x) { return x; }
at::Tensor doubled(const at::Tensor& x) { return x + x; }
at::Tensor doubled_less(const at::Tensor& x) { return x + x - 1; }
at::Tensor doubled_more(const at::Tensor& x) { return x + x + 1; }
at::Tensor complement(const at::Tensor& x) { return 1 - x; }

at::Tensor slope_same(const at::Tensor& x, int64_t) { return x; }
at::Tensor slope_doubled(const at::Tensor& x, int64_t) { return x + x; }
at::Tensor slope_legendre(const at::Tensor& x, int64_t k) { return x * (2 * k + 1); }
at::Tensor slope_laguerre(const at::Tensor& x, int64_t k) { return (1 - x) + 2 * k; }

at::Tensor angle_t(const at::Tensor& a, const at::Tensor& n) { return (n * a).cos(); }
at::Tensor angle_u(const at::Tensor& a, const at::Tensor& n) { return ((n + 1) * a).sin() / a.sin(); }
at::Tensor angle_v(const at::Tensor& a, const at::Tensor& n) { return ((n + 0.5) * a).cos() / (a / 2).cos(); }
at::Tensor angle_w(const at::Tensor& a, const at::Tensor& n) { return ((n + 0.5) * a).sin() / (a / 2).sin(); }

constexpr Polynomial kT{same, slope_doubled, one, one, false, 6, angle_t};
constexpr Polynomial kU{doubled, slope_doubled, one, one, false, 8, angle_u};
constexpr Polynomial kV{doubled_less, slope_doubled, one, one, false, 8, angle_v};
constexpr Polynomial kW{doubled_more, slope_doubled, one, one, false, 8, angle_w};
constexpr Polynomial kShiftedT{same, slope_doubled, one, one, true, 6, angle_t};
constexpr Polynomial kShiftedU{doubled, slope_doubled, one, one, true, 6, angle_u};
constexpr Polynomial kShiftedV{doubled_less, slope_doubled, one, one, true, 6, angle_v};
constexpr Polynomial kShiftedW{doubled_more, slope_doubled, one, one, true, 4, angle_w};
constexpr Polynomial kH{doubled, slope_doubled, twice, one, false, 0, nullptr, true};
constexpr Polynomial kHe{same, slope_same, itself, one, false, 0, nullptr, true};
constexpr Polynomial kL{complement, slope_laguerre, itself, next};
constexpr Polynomial kP{same, slope_legendre, itself, next};

int64_t hermite_limit(at::ScalarType dtype) { return dtype == at::kFloat ? 128 : 512; }

// a b - c with one rounding, as the CPU's multiply-add does it: float64 holds the product of two float32 exactly.
at::Tensor less_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
  if (a.scalar_type() == at::kDouble) return a * b - c;
  return (wide(a) * b - c).to(a.scalar_type());
}

// The largest degree decides how many steps there are.
template <const Polynomial& P> at::Tensor polynomial_of(const at::Tensor& x_given, const at::Tensor& n_given) {
  const auto dtype = floating_dtype(common_dtype(x_given, n_given));
  const auto size = broadcast_sizes(x_given, n_given);
  const auto given = to_device(x_given, dtype).expand(size), n = to_device(n_given, at::kLong).expand(size);
  const auto x = P.shifted ? given + given - 1 : given;
  auto p = at::ones_like(x), q = P.first(x);
  auto result = at::where(n < 0, 0.0, at::where(n == 0, 1.0, q)).to(dtype);
  auto todo = n.clamp_min(0);
  if constexpr (P.of_angle != nullptr) {
    const auto inside = (x.abs() < 1).logical_and(n > P.closed);
    result = at::where(inside, P.of_angle(x.acos(), n.to(dtype)), result);
    todo = at::where(inside, 0, n);
  }
  if constexpr (P.limited) todo = at::where(n > hermite_limit(dtype), 0, n);
  const int64_t degree = todo.numel() ? todo.max().item().toLong() : 0;
  for (int64_t k = 1; k < degree; ++k) {
    auto value = less_product(P.slope(x, k), q, p * P.back(k));
    if (P.divisor(k) != 1) value = value / P.divisor(k);
    result = at::where(todo == k + 1, value, result);
    p = std::move(q);
    q = std::move(value);
  }
  if constexpr (P.limited)
    result = at::where(n > hermite_limit(dtype), std::numeric_limits<double>::quiet_NaN(), result);
  return result;
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(special_chebyshev_polynomial_t_out, polynomial_of<kT>);
  NPU_COMPOSED(special_chebyshev_polynomial_u_out, polynomial_of<kU>);
  NPU_COMPOSED(special_chebyshev_polynomial_v_out, polynomial_of<kV>);
  NPU_COMPOSED(special_chebyshev_polynomial_w_out, polynomial_of<kW>);
  NPU_COMPOSED(special_shifted_chebyshev_polynomial_t_out, polynomial_of<kShiftedT>);
  NPU_COMPOSED(special_shifted_chebyshev_polynomial_u_out, polynomial_of<kShiftedU>);
  NPU_COMPOSED(special_shifted_chebyshev_polynomial_v_out, polynomial_of<kShiftedV>);
  NPU_COMPOSED(special_shifted_chebyshev_polynomial_w_out, polynomial_of<kShiftedW>);
  NPU_COMPOSED(special_hermite_polynomial_h_out, polynomial_of<kH>);
  NPU_COMPOSED(special_hermite_polynomial_he_out, polynomial_of<kHe>);
  NPU_COMPOSED(special_laguerre_polynomial_l_out, polynomial_of<kL>);
  NPU_COMPOSED(special_legendre_polynomial_p_out, polynomial_of<kP>);
}

}  // namespace at_npu
