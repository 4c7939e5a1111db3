#include "aclnnop/unary.h"
#include "npu/ops/check.h"

#include <ATen/ops/abs_ops.h>
#include <ATen/ops/acos_ops.h>
#include <ATen/ops/acosh_ops.h>
#include <ATen/ops/angle_ops.h>
#include <ATen/ops/asin_ops.h>
#include <ATen/ops/asinh_ops.h>
#include <ATen/ops/atan_ops.h>
#include <ATen/ops/atanh_ops.h>
#include <ATen/ops/bitwise_not_ops.h>
#include <ATen/ops/ceil_ops.h>
#include <ATen/ops/cos_ops.h>
#include <ATen/ops/cosh_ops.h>
#include <ATen/ops/erf_ops.h>
#include <ATen/ops/erfc_ops.h>
#include <ATen/ops/erfinv_ops.h>
#include <ATen/ops/exp2_ops.h>
#include <ATen/ops/exp_ops.h>
#include <ATen/ops/expm1_ops.h>
#include <ATen/ops/floor_ops.h>
#include <ATen/ops/frac_ops.h>
#include <ATen/ops/isfinite_ops.h>
#include <ATen/ops/isneginf_ops.h>
#include <ATen/ops/isposinf_ops.h>
#include <ATen/ops/log10_ops.h>
#include <ATen/ops/log1p_ops.h>
#include <ATen/ops/log2_ops.h>
#include <ATen/ops/log_ops.h>
#include <ATen/ops/logical_not_ops.h>
#include <ATen/ops/logit_backward_meta_dispatch.h>
#include <ATen/ops/logit_backward_ops.h>
#include <ATen/ops/logit_ops.h>
#include <ATen/ops/nan_to_num_ops.h>
#include <ATen/ops/neg_ops.h>
#include <ATen/ops/reciprocal_ops.h>
#include <ATen/ops/round_ops.h>
#include <ATen/ops/rsqrt_ops.h>
#include <ATen/ops/sgn_ops.h>
#include <ATen/ops/sigmoid_backward_ops.h>
#include <ATen/ops/sigmoid_ops.h>
#include <ATen/ops/signbit_ops.h>
#include <ATen/ops/sin_ops.h>
#include <ATen/ops/sinc_ops.h>
#include <ATen/ops/sinh_ops.h>
#include <ATen/ops/sqrt_ops.h>
#include <ATen/ops/tan_ops.h>
#include <ATen/ops/tanh_backward_ops.h>
#include <ATen/ops/tanh_ops.h>
#include <ATen/ops/trunc_ops.h>

namespace npu {

// The table: an operator, the ATen kernel, the kind of what it gives.
#define UNARY(name, kernel, gives) \
  ACLNN_OP(aclnn##name, self, out) { return elementwise<at::_ops::kernel, Gives::gives>(self, out); }
#define UNARY_BOTH(name, kernel, gives) \
  UNARY(name, kernel, gives)            \
  ACLNN_OP(aclnnInplace##name, self) { return elementwise<at::_ops::kernel, Gives::gives>(self, self); }

// Of real numbers alone.
#define REAL_UNARY(name, kernel, gives)                                                                       \
  ACLNN_OP(aclnn##name, self, out) {                                                                          \
    OP_CHECK(!self.defined() || info(self.dtype).kind != Kind::kComplex, "there is none of complex numbers"); \
    return elementwise<at::_ops::kernel, Gives::gives>(self, out);                                            \
  }
#define REAL_UNARY_BOTH(name, kernel, gives)                                                                  \
  REAL_UNARY(name, kernel, gives)                                                                             \
  ACLNN_OP(aclnnInplace##name, self) {                                                                        \
    OP_CHECK(!self.defined() || info(self.dtype).kind != Kind::kComplex, "there is none of complex numbers"); \
    return elementwise<at::_ops::kernel, Gives::gives>(self, self);                                           \
  }

UNARY(Abs, abs_out, kReal)
UNARY(AngleV2, angle_out, kReal)
UNARY(BitwiseNot, bitwise_not_out, kSame)
REAL_UNARY(Ceil, ceil_out, kSame)
REAL_UNARY(IsNegInf, isneginf_out, kBool)
REAL_UNARY(IsPosInf, isposinf_out, kBool)
UNARY(Neg, neg_out, kSame)
REAL_UNARY(Round, round_out, kSame)
UNARY(Sign, sgn_out, kSame)
REAL_UNARY(Signbit, signbit_out, kBool)
REAL_UNARY(Trunc, trunc_out, kSame)
UNARY_BOTH(Acos, acos_out, kFloat)
UNARY_BOTH(Acosh, acosh_out, kFloat)
UNARY_BOTH(Asin, asin_out, kFloat)
UNARY_BOTH(Asinh, asinh_out, kFloat)
UNARY_BOTH(Atan, atan_out, kFloat)
UNARY_BOTH(Atanh, atanh_out, kFloat)
UNARY_BOTH(Cos, cos_out, kFloat)
UNARY_BOTH(Cosh, cosh_out, kFloat)
REAL_UNARY_BOTH(Erf, erf_out, kFloat)
REAL_UNARY_BOTH(Erfc, erfc_out, kFloat)
REAL_UNARY_BOTH(Erfinv, erfinv_out, kFloat)
UNARY_BOTH(Exp, exp_out, kFloat)
UNARY_BOTH(Exp2, exp2_out, kFloat)
UNARY_BOTH(Expm1, expm1_out, kFloat)
REAL_UNARY_BOTH(Floor, floor_out, kSame)
REAL_UNARY_BOTH(Frac, frac_out, kSame)
UNARY_BOTH(Log, log_out, kFloat)
UNARY_BOTH(Log10, log10_out, kFloat)
UNARY_BOTH(Log1p, log1p_out, kFloat)
UNARY_BOTH(Log2, log2_out, kFloat)
UNARY_BOTH(LogicalNot, logical_not_out, kBool)
UNARY_BOTH(Reciprocal, reciprocal_out, kFloat)
UNARY_BOTH(Rsqrt, rsqrt_out, kFloat)
UNARY_BOTH(Sigmoid, sigmoid_out, kFloat)
UNARY_BOTH(Sin, sin_out, kFloat)
UNARY_BOTH(Sinc, sinc_out, kFloat)
UNARY_BOTH(Sinh, sinh_out, kFloat)
UNARY_BOTH(Sqrt, sqrt_out, kFloat)
UNARY_BOTH(Tan, tan_out, kFloat)
UNARY_BOTH(Tanh, tanh_out, kFloat)

ACLNN_OP(aclnnIsFinite, self, out) {
  NPU_TRY(elementwise_fits(self, out, Gives::kBool));
  return copied<at::_ops::isfinite>({Own{out}}, self);
}

ACLNN_OP(aclnnRoundDecimals, self, decimals, out) {
  return elementwise<at::_ops::round_decimals_out>(self, out, decimals);
}
ACLNN_OP(aclnnInplaceRoundDecimals, self, decimals) {
  return elementwise<at::_ops::round_decimals_out>(self, self, decimals);
}

// ATen takes doubles that may be missing; aclnn always says all three.
static Plan nan_to_num(Tensor self, double nan, double posinf, double neginf, Tensor out) {
  return elementwise<at::_ops::nan_to_num_out>(self, out, nan, posinf, neginf);
}
ACLNN_OP(aclnnNanToNum, self, nan, posinf, neginf, out) { return nan_to_num(self, nan, posinf, neginf, out); }
ACLNN_OP(aclnnInplaceNanToNum, self, nan, posinf, neginf) { return nan_to_num(self, nan, posinf, neginf, self); }

// A negative eps stands for none.
static std::optional<double> optional_eps(double eps) { return eps < 0 ? std::nullopt : std::optional(eps); }
ACLNN_OP(aclnnLogit, self, eps, out) {
  return elementwise<at::_ops::logit_out, Gives::kFloat>(self, out, optional_eps(eps));
}
ACLNN_OP(aclnnLogitGrad, self, grad_output, eps, grad_input) {
  return checked<at::_ops::logit_backward_grad_input, at::meta::logit_backward_outf>(grad_output, self,
                                                                                     optional_eps(eps), grad_input);
}

ACLNN_OP(aclnnSigmoidBackward, grad_output, output, grad_input) {
  return broadcast<at::_ops::sigmoid_backward_grad_input>(grad_output, output, grad_input);
}
ACLNN_OP(aclnnTanhBackward, grad_output, output, grad_input) {
  return broadcast<at::_ops::tanh_backward_grad_input>(grad_output, output, grad_input);
}

}  // namespace npu
