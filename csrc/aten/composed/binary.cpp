// Elementwise operators of two tensors, and the small ones of one.
#include "aten/composed/composed.h"

#include <ATen/ops/conj_physical_ops.h>
#include <ATen/ops/copysign_ops.h>
#include <ATen/ops/fmax_ops.h>
#include <ATen/ops/fmin_ops.h>
#include <ATen/ops/frexp_ops.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/heaviside_ops.h>
#include <ATen/ops/hypot_ops.h>
#include <ATen/ops/lcm_ops.h>
#include <ATen/ops/nextafter_ops.h>
#include <ATen/ops/special_entr_ops.h>
#include <ATen/ops/special_xlog1py_ops.h>

namespace at_npu {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

using Function = at::Tensor (*)(const at::Tensor&, const at::Tensor&);

// In the dtype that PyTorch promotes to; floats only, or in float64.
template <Function F> at::Tensor promoted_to(const at::Tensor& a, const at::Tensor& b) {
  const auto dtype = common_dtype(a, b);
  return F(to_device(a, dtype), to_device(b, dtype));
}
template <Function F> at::Tensor floating(const at::Tensor& a, const at::Tensor& b) {
  const auto dtype = floating_dtype(common_dtype(a, b));
  return F(to_device(a, dtype), to_device(b, dtype));
}
template <Function F> at::Tensor in_float64(const at::Tensor& a, const at::Tensor& b) { return F(wide(a), wide(b)); }

at::Tensor with_sign(const at::Tensor& a, const at::Tensor& sign) {
  const auto size = a.abs();
  return at::where(sign.signbit(), -size, size);
}

// The other one where one is NaN.
at::Tensor fmax(const at::Tensor& a, const at::Tensor& b) {
  return at::where(b.isnan(), a, at::where(a.isnan(), b, a.maximum(b)));
}
at::Tensor fmin(const at::Tensor& a, const at::Tensor& b) {
  return at::where(b.isnan(), a, at::where(a.isnan(), b, a.minimum(b)));
}

at::Tensor heaviside(const at::Tensor& x, const at::Tensor& at_zero) {
  return at::where(x == 0, at_zero, (x > 0).to(x.scalar_type()));
}

at::Tensor xlog1py(const at::Tensor& x, const at::Tensor& y) {
  return at::where((x == 0).logical_and(y.isnan().logical_not()), 0.0, x * y.log1p());
}

// Divided by the larger one: no square overflows. Infinite when either is, even beside a NaN.
at::Tensor hypot(const at::Tensor& a, const at::Tensor& b) {
  const auto x = a.abs(), y = b.abs();
  const auto most = x.maximum(y), ratio = x.minimum(y) / most;
  const auto length = at::where(most == 0, 0.0, most * (1 + ratio * ratio).sqrt());
  return at::where((x == kInf).logical_or(y == kInf), kInf, length);
}

at::Tensor lcm(const at::Tensor& a, const at::Tensor& b) {
  const auto divisor = a.gcd(b);
  const auto none = divisor == 0;
  return at::where(none, 0, (a.floor_divide(divisor + none) * b).abs());
}

at::ScalarType bits_of(const at::Tensor& t) {
  switch (t.element_size()) {
    case 2: return at::kShort;
    case 4: return at::kInt;
    default: return at::kLong;
  }
}
// The bits of floats of one sign are ordered as they are.
at::Tensor nextafter(const at::Tensor& a, const at::Tensor& b) {
  TORCH_CHECK_NOT_IMPLEMENTED(a.is_floating_point(), "UNSUPPORTED: nextafter of ", a.scalar_type());
  const auto from = at::where(b == b, a, b), to = b.expand(from.sizes());
  const auto bits = from.contiguous().view(bits_of(from));
  const auto away = (to > from) == (from > 0);
  const auto stepped = (bits + away.to(bits.scalar_type()) * 2 - 1).view(from.scalar_type());
  const auto least = at::full_like(bits, 1).view(from.scalar_type());
  const auto moved = at::where(from == 0, with_sign(least, to), stepped);
  return at::where(from == to, to, at::where(from.isnan(), from, moved));
}

at::Tensor entr(const at::Tensor& self) {
  const auto x = self.to(compute_dtype(floating_dtype(self.scalar_type())));
  return at::where(x > 0, -x * x.log(), at::where(x < 0, -kInf, x));  // else 0 or NaN
}

constexpr int64_t kFractionBits = 52, kBias = 1022, kSubnormalShift = 54;
constexpr int64_t kExponentMask = int64_t{0x7ff} << kFractionBits;

// From the bits of a float64, which holds every value of the narrower types as a normal number.
std::tuple<at::Tensor, at::Tensor> frexp(const at::Tensor& self) {
  const auto x = wide(self);
  const auto subnormal = x.abs() < std::numeric_limits<double>::min(), special = (x == 0).logical_or(x - x != 0);
  const auto bits =
      at::where(subnormal, x * static_cast<double>(int64_t{1} << kSubnormalShift), x).contiguous().view(at::kLong);
  const auto exponent = bits.bitwise_and(kExponentMask).__rshift__(kFractionBits) - kBias - subnormal * kSubnormalShift;
  const auto mantissa = bits.bitwise_and(~kExponentMask).bitwise_or(kBias << kFractionBits).view(at::kDouble);
  return {at::where(special, x, mantissa), at::where(special, 0, exponent).to(at::kInt)};
}

at::Tensor conj_physical(const at::Tensor& self) { return self.conj(); }  // settled by the copy into the output

}  // namespace

NPU_OPS {
  NPU_COMPOSED(copysign_out, floating<with_sign>);
  NPU_COMPOSED(fmax_out, promoted_to<fmax>);
  NPU_COMPOSED(fmin_out, promoted_to<fmin>);
  NPU_COMPOSED(heaviside_out, promoted_to<heaviside>);
  NPU_COMPOSED(hypot_out, in_float64<hypot>);
  NPU_COMPOSED(lcm_out, promoted_to<lcm>);
  NPU_COMPOSED(nextafter_out, promoted_to<nextafter>);
  NPU_COMPOSED(special_xlog1py_out, in_float64<xlog1py>);
  NPU_COMPOSED(special_entr_out, entr);
  NPU_COMPOSED(frexp_Tensor_out, frexp);
  NPU_COMPOSED(conj_physical_out, conj_physical);
}

}  // namespace at_npu
