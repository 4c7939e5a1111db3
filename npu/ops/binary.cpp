#include "aclnnop/binary.h"
#include "npu/ops/check.h"

#include <ATen/ops/_add_relu_ops.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/addcdiv_meta_dispatch.h>
#include <ATen/ops/addcdiv_ops.h>
#include <ATen/ops/addcmul_meta_dispatch.h>
#include <ATen/ops/addcmul_ops.h>
#include <ATen/ops/atan2_ops.h>
#include <ATen/ops/clamp_max_meta_dispatch.h>
#include <ATen/ops/clamp_max_ops.h>
#include <ATen/ops/clamp_meta_dispatch.h>
#include <ATen/ops/clamp_min_meta_dispatch.h>
#include <ATen/ops/clamp_min_ops.h>
#include <ATen/ops/clamp_ops.h>
#include <ATen/ops/complex_ops.h>
#include <ATen/ops/div_ops.h>
#include <ATen/ops/floor_divide_ops.h>
#include <ATen/ops/fmod_ops.h>
#include <ATen/ops/gcd_ops.h>
#include <ATen/ops/lerp_meta_dispatch.h>
#include <ATen/ops/lerp_ops.h>
#include <ATen/ops/logaddexp2_ops.h>
#include <ATen/ops/logaddexp_ops.h>
#include <ATen/ops/maximum_ops.h>
#include <ATen/ops/minimum_ops.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/polar_ops.h>
#include <ATen/ops/pow_ops.h>
#include <ATen/ops/remainder_ops.h>
#include <ATen/ops/sub_ops.h>
#include <ATen/ops/xlogy_ops.h>

namespace npu {

// The table: an operator, the ATen kernel, the kind of what it gives.
#define BINARY(name, kernel, gives) \
  ACLNN_OP(aclnn##name, self, other, out) { return broadcast<at::_ops::kernel, Gives::gives>(self, other, out); }
#define BINARY_BOTH(name, kernel, gives) \
  BINARY(name, kernel, gives)            \
  ACLNN_OP(aclnnInplace##name, self, other) { return broadcast<at::_ops::kernel, Gives::gives>(self, other, self); }
#define SCALAR(name, kernel, gives) \
  ACLNN_OP(aclnn##name, self, other, out) { return with_scalar<at::_ops::kernel, Gives::gives>(self, other, out); }
#define SCALAR_BOTH(name, kernel, gives) \
  SCALAR(name, kernel, gives)            \
  ACLNN_OP(aclnnInplace##name, self, other) { return with_scalar<at::_ops::kernel, Gives::gives>(self, other, self); }

BINARY(Gcd, gcd_out, kSame)
BINARY(LogAddExp, logaddexp_out, kFloat)
BINARY(LogAddExp2, logaddexp2_out, kFloat)
BINARY(Maximum, maximum_out, kSame)
BINARY(Minimum, minimum_out, kSame)
BINARY(XLogYTensor, xlogy_OutTensor, kFloat)
BINARY_BOTH(Atan2, atan2_out, kFloat)
BINARY_BOTH(Div, div_out, kFloat)
BINARY_BOTH(FloorDivide, floor_divide_out, kSame)
BINARY_BOTH(FmodTensor, fmod_Tensor_out, kSame)
BINARY_BOTH(Mul, mul_out, kSame)
BINARY_BOTH(RemainderTensorTensor, remainder_Tensor_out, kSame)
SCALAR_BOTH(Divs, div_out, kFloat)
SCALAR_BOTH(FloorDivides, floor_divide_out, kSame)
SCALAR_BOTH(FmodScalar, fmod_Tensor_out, kSame)
SCALAR_BOTH(Muls, mul_out, kSame)
SCALAR_BOTH(RemainderTensorScalar, remainder_Tensor_out, kSame)
SCALAR_BOTH(XLogYScalarOther, xlogy_OutTensor, kFloat)

// self + alpha * other, self - alpha * other
#define ADD(name, kernel)                                                                                         \
  ACLNN_OP(aclnn##name, self, other, alpha, out) { return broadcast<at::_ops::kernel>(self, other, out, alpha); } \
  ACLNN_OP(aclnnInplace##name, self, other, alpha) { return broadcast<at::_ops::kernel>(self, other, self, alpha); }
#define ADD_SCALAR(name, kernel)                                                                                    \
  ACLNN_OP(aclnn##name, self, other, alpha, out) { return with_scalar<at::_ops::kernel>(self, other, out, alpha); } \
  ACLNN_OP(aclnnInplace##name, self, other, alpha) { return with_scalar<at::_ops::kernel>(self, other, self, alpha); }
ADD(Add, add_out)
ADD(Sub, sub_out)
ADD(AddRelu, _add_relu_out)
ADD_SCALAR(Adds, add_out)
ADD_SCALAR(Subs, sub_out)

ACLNN_OP(aclnnAddV3, self, other, alpha, out) {
  NPU_TRY(elementwise_fits(other, out, Gives::kSame));
  return aten<at::_ops::add_out>(Wrapped{self}, other, alpha, out);
}
ACLNN_OP(aclnnRsub, self, other, alpha, out) { return broadcast<at::_ops::sub_out>(other, self, out, alpha); }
ACLNN_OP(aclnnRsubs, self, other, alpha, out) {
  NPU_TRY(elementwise_fits(self, out, Gives::kSame));
  return aten<at::_ops::sub_out>(Wrapped{other}, self, alpha, out);
}
ACLNN_OP(aclnnXLogYScalarSelf, self, other, out) {
  NPU_TRY(elementwise_fits(other, out, Gives::kFloat));
  return aten<at::_ops::xlogy_OutTensor>(Wrapped{self}, other, out);
}
ACLNN_OP(aclnnRemainderScalarTensor, self, other, out) {
  NPU_TRY(elementwise_fits(other, out, Gives::kSame));
  return aten<at::_ops::remainder_Tensor_out>(Wrapped{self}, other, out);
}

// 1: towards zero, 2: down, otherwise a true division.
static std::optional<std::string_view> rounding(int32_t mode) {
  if (mode == 1) return "trunc";
  if (mode == 2) return "floor";
  return std::nullopt;
}
static Gives division_gives(int32_t mode) { return mode == 1 || mode == 2 ? Gives::kSame : Gives::kFloat; }
static Plan divide(Tensor self, Tensor other, int32_t mode, Tensor out) {
  NPU_TRY(binary_fits(self, other, out, division_gives(mode)));
  return aten<at::_ops::div_out_mode>(self, other, rounding(mode), out);
}
static Plan divide(Tensor self, Scalar other, int32_t mode, Tensor out) {
  NPU_TRY(elementwise_fits(self, out, division_gives(mode)));
  return aten<at::_ops::div_out_mode>(self, Wrapped{other}, rounding(mode), out);
}
ACLNN_OP(aclnnDivMod, self, other, mode, out) { return divide(self, other, mode, out); }
ACLNN_OP(aclnnDivMods, self, other, mode, out) { return divide(self, other, mode, out); }
ACLNN_OP(aclnnInplaceDivMod, self, other, mode) { return divide(self, other, mode, self); }
ACLNN_OP(aclnnInplaceDivMods, self, other, mode) { return divide(self, other, mode, self); }

ACLNN_OP(aclnnPowTensorTensor, self, exponent, out) {
  return broadcast<at::_ops::pow_Tensor_Tensor_out>(self, exponent, out);
}
ACLNN_OP(aclnnInplacePowTensorTensor, self, exponent) {
  return broadcast<at::_ops::pow_Tensor_Tensor_out>(self, exponent, self);
}
ACLNN_OP(aclnnPowTensorScalar, self, exponent, out) {
  return elementwise<at::_ops::pow_Tensor_Scalar_out>(self, out, exponent);
}
ACLNN_OP(aclnnInplacePowTensorScalar, self, exponent) {
  return elementwise<at::_ops::pow_Tensor_Scalar_out>(self, self, exponent);
}
ACLNN_OP(aclnnPowScalarTensor, self, exponent, out) {
  NPU_TRY(elementwise_fits(exponent, out, Gives::kSame));
  return aten<at::_ops::pow_Scalar_out>(self, exponent, out);
}

#define TERNARY(name, kernel)                                                                             \
  ACLNN_OP(aclnn##name, self, tensor1, tensor2, value, out) {                                             \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_outf>(self, tensor1, tensor2, value, out);  \
  }                                                                                                       \
  ACLNN_OP(aclnnInplace##name, self, tensor1, tensor2, value) {                                           \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_outf>(self, tensor1, tensor2, value, self); \
  }
TERNARY(Addcdiv, addcdiv)
TERNARY(Addcmul, addcmul)

ACLNN_OP(aclnnLerp, self, end, weight, out) {
  return checked<at::_ops::lerp_Tensor_out, at::meta::lerp_outf>(self, end, weight, out);
}
ACLNN_OP(aclnnInplaceLerp, self, end, weight) {
  return checked<at::_ops::lerp_Tensor_out, at::meta::lerp_outf>(self, end, weight, self);
}
ACLNN_OP(aclnnLerps, self, end, weight, out) { return broadcast<at::_ops::lerp_Scalar_out>(self, end, out, weight); }
ACLNN_OP(aclnnInplaceLerps, self, end, weight) { return broadcast<at::_ops::lerp_Scalar_out>(self, end, self, weight); }

ACLNN_OP(aclnnClamp, self, min, max, out) {
  return checked<at::_ops::clamp_out, at::meta::clamp_outf>(self, min, max, out);
}
ACLNN_OP(aclnnClampMax, self, max, out) {
  return checked<at::_ops::clamp_max_out, at::meta::clamp_max_outf>(self, max, out);
}
ACLNN_OP(aclnnClampMin, self, min, out) {
  return checked<at::_ops::clamp_min_out, at::meta::clamp_min_outf>(self, min, out);
}
ACLNN_OP(aclnnInplaceClampMax, self, max) {
  return checked<at::_ops::clamp_max_out, at::meta::clamp_max_outf>(self, max, self);
}
ACLNN_OP(aclnnClampTensor, self, min, max, out) {
  return checked<at::_ops::clamp_Tensor_out, at::meta::clamp_outf>(self, min, max, out);
}
ACLNN_OP(aclnnClampMaxTensor, self, max, out) { return broadcast<at::_ops::clamp_max_Tensor_out>(self, max, out); }
ACLNN_OP(aclnnClampMinTensor, self, min, out) { return broadcast<at::_ops::clamp_min_Tensor_out>(self, min, out); }
ACLNN_OP(aclnnInplaceClampMaxTensor, self, max) { return broadcast<at::_ops::clamp_max_Tensor_out>(self, max, self); }
ACLNN_OP(aclnnInplaceClampMinTensor, self, min) { return broadcast<at::_ops::clamp_min_Tensor_out>(self, min, self); }

// Two reals make a complex number.
static Status makes_complex(const Tensor& a, const Tensor& b, const Tensor& out) {
  OP_GIVEN(a.defined() && b.defined() && out.defined());
  OP_CHECK(broadcasts(a, b, out), "out must have the shape that both broadcast to");
  OP_CHECK(info(out.dtype).kind == Kind::kComplex, "out must be complex");
  return {};
}
ACLNN_OP(aclnnComplex, real, imag, out) {
  NPU_TRY(makes_complex(real, imag, out));
  return aten<at::_ops::complex_out>(real, imag, out);
}
ACLNN_OP(aclnnPolar, abs, angle, out) {
  NPU_TRY(makes_complex(abs, angle, out));
  return aten<at::_ops::polar_out>(abs, angle, out);
}

}  // namespace npu
