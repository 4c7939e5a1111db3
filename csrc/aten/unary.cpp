#include "aten/alike.h"

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
#include <ATen/ops/exp_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/exp_ops.h>
#include <ATen/ops/expm1_ops.h>
#include <ATen/ops/floor_ops.h>
#include <ATen/ops/frac_ops.h>
#include <ATen/ops/isfinite_ops.h>
#include <ATen/ops/isnan_ops.h>
#include <ATen/ops/isneginf_ops.h>
#include <ATen/ops/isposinf_ops.h>
#include <ATen/ops/log10_ops.h>
#include <ATen/ops/log1p_ops.h>
#include <ATen/ops/log2_ops.h>
#include <ATen/ops/log_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/log_ops.h>
#include <ATen/ops/logical_not_ops.h>
#include <ATen/ops/logit_backward_ops.h>
#include <ATen/ops/logit_ops.h>
#include <ATen/ops/nan_to_num_ops.h>
#include <ATen/ops/neg_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/neg_ops.h>
#include <ATen/ops/reciprocal_ops.h>
#include <ATen/ops/round_ops.h>
#include <ATen/ops/rsqrt_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/rsqrt_ops.h>
#include <ATen/ops/sgn_ops.h>
#include <ATen/ops/sigmoid_backward_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/sigmoid_backward_ops.h>
#include <ATen/ops/sigmoid_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/sigmoid_ops.h>
#include <ATen/ops/sign_ops.h>
#include <ATen/ops/signbit_ops.h>
#include <ATen/ops/sin_ops.h>
#include <ATen/ops/sinc_ops.h>
#include <ATen/ops/sinh_ops.h>
#include <ATen/ops/sqrt_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/sqrt_ops.h>
#include <ATen/ops/tan_ops.h>
#include <ATen/ops/tanh_backward_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/tanh_backward_ops.h>
#include <ATen/ops/tanh_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/tanh_ops.h>
#include <ATen/ops/trunc_ops.h>

#include "aclnnop/compare.h"
#include "aclnnop/unary.h"

namespace at_npu {
namespace {

constexpr double kNoEps = -1;  // logit: do not clamp

float nan_or_zero(std::optional<double> x) { return static_cast<float>(x.value_or(0)); }
// The largest value of the dtype; float64 has larger ones than the device's argument can name.
float largest(const at::Tensor& t, std::optional<double> x) {
  if (x) return static_cast<float>(*x);
  switch (t.scalar_type()) {
    case at::kHalf: return std::numeric_limits<c10::Half>::max();
    case at::kBFloat16: return std::numeric_limits<c10::BFloat16>::max();
    default: return std::numeric_limits<float>::max();
  }
}
float smallest(const at::Tensor& t, std::optional<double> x) { return x ? static_cast<float>(*x) : -largest(t, x); }

at::Tensor angle_like(const at::Tensor& t) { return t.is_complex() ? real_like(t) : floating_like(t); }

at::Tensor& abs_(at::Tensor& self) {
  TORCH_CHECK(!self.is_complex(), "In-place abs is not supported for complex tensors.");
  const c10_npu::OptionalNPUGuard guard(self.device());
  NPU_LAUNCH(aclnnAbs, self, self);
  return self;
}

}  // namespace

NPU_OPS {
  NPU_OP(abs, aclnnAbs, arg<0>, fresh<real_like, 0>);
  NPU_CUSTOM(abs_, aclnnAbs, abs_);
  NPU_OP(abs_out, aclnnAbs, arg<0>, grown<1, sizes, 0>);
  NPU_OP(acos_out, aclnnAcos);
  NPU_OP(acosh_out, aclnnAcosh);
  NPU_OP(asin_out, aclnnAsin);
  NPU_OP(asinh_out, aclnnAsinh);
  NPU_OP(atan_out, aclnnAtan);
  NPU_OP(atanh_out, aclnnAtanh);
  NPU_OP(ceil_out, aclnnCeil);
  NPU_OP(cos_out, aclnnCos);
  NPU_OP(cosh_out, aclnnCosh);
  NPU_OP(erf_out, aclnnErf);
  NPU_OP(erfc_out, aclnnErfc);
  NPU_OP(erfinv_out, aclnnErfinv);
  NPU_OP(exp_out, aclnnExp);
  NPU_ALIKE(exp, exp, exp_out, aclnnExp);
  NPU_ALIKE(exp_, exp_, exp_out, aclnnExp);
  NPU_OP(exp2_out, aclnnExp2);
  NPU_OP(expm1_out, aclnnExpm1);
  NPU_OP(floor_out, aclnnFloor);
  NPU_OP(frac_out, aclnnFrac);
  NPU_OP(log_out, aclnnLog);
  NPU_ALIKE(log, log, log_out, aclnnLog);
  NPU_ALIKE(log_, log_, log_out, aclnnLog);
  NPU_OP(log10_out, aclnnLog10);
  NPU_OP(log1p_out, aclnnLog1p);
  NPU_OP(log2_out, aclnnLog2);
  NPU_OP(neg_out, aclnnNeg);
  NPU_ALIKE(neg, neg, neg_out, aclnnNeg);
  NPU_ALIKE(neg_, neg_, neg_out, aclnnNeg);
  NPU_OP(reciprocal_out, aclnnReciprocal);
  NPU_OP(round_out, aclnnRound);
  NPU_OP(round_decimals_out, aclnnRoundDecimals);
  NPU_OP(rsqrt_out, aclnnRsqrt);
  NPU_ALIKE(rsqrt, rsqrt, rsqrt_out, aclnnRsqrt);
  NPU_ALIKE(rsqrt_, rsqrt_, rsqrt_out, aclnnRsqrt);
  NPU_OP(sgn_out, aclnnSign);
  NPU_OP(sigmoid_out, aclnnSigmoid);
  NPU_ALIKE(sigmoid, sigmoid, sigmoid_out, aclnnSigmoid);
  NPU_ALIKE(sigmoid_, sigmoid_, sigmoid_out, aclnnSigmoid);
  NPU_OP(sigmoid_backward_grad_input, aclnnSigmoidBackward);
  NPU_ALIKE(sigmoid_backward, sigmoid_backward, sigmoid_backward_grad_input, aclnnSigmoidBackward);
  NPU_OP(sign_out, aclnnSign);
  NPU_OP(signbit_out, aclnnSignbit);
  NPU_OP(sin_out, aclnnSin);
  NPU_OP(sinc_out, aclnnSinc);
  NPU_OP(sinh_out, aclnnSinh);
  NPU_OP(sqrt_out, aclnnSqrt);
  NPU_ALIKE(sqrt, sqrt, sqrt_out, aclnnSqrt);
  NPU_ALIKE(sqrt_, sqrt_, sqrt_out, aclnnSqrt);
  NPU_OP(tan_out, aclnnTan);
  NPU_OP(tanh_out, aclnnTanh);
  NPU_ALIKE(tanh, tanh, tanh_out, aclnnTanh);
  NPU_ALIKE(tanh_, tanh_, tanh_out, aclnnTanh);
  NPU_OP(tanh_backward_grad_input, aclnnTanhBackward);
  NPU_ALIKE(tanh_backward, tanh_backward, tanh_backward_grad_input, aclnnTanhBackward);
  NPU_OP(trunc_out, aclnnTrunc);

  NPU_OP(bitwise_not_out, aclnnBitwiseNot);
  NPU_OP(logical_not, aclnnLogicalNot, arg<0>, fresh<bool_like, 0>);
  NPU_OP(logical_not_, aclnnLogicalNot, arg<0>, arg<0>);
  NPU_OP(logical_not_out, aclnnLogicalNot, arg<0>, grown<1, sizes, 0>);
  NPU_OP(isfinite, aclnnIsFinite, arg<0>, fresh<bool_like, 0>);
  NPU_OP(isnan, aclnnNeTensor, arg<0>, arg<0>, fresh<bool_like, 0>);
  NPU_OP(isneginf_out, aclnnIsNegInf);
  NPU_OP(isposinf_out, aclnnIsPosInf);

  NPU_OP(angle, aclnnAngleV2, arg<0>, fresh<angle_like, 0>);
  NPU_OP(angle_out, aclnnAngleV2, arg<0>, grown<1, sizes, 0>);
  NPU_OP(logit, aclnnLogit, arg<0>, or_else<1, kNoEps>, fresh<floating_like, 0>);
  NPU_OP(logit_, aclnnLogit, arg<0>, or_else<1, kNoEps>, arg<0>);
  NPU_OP(logit_out, aclnnLogit, arg<0>, or_else<1, kNoEps>, grown<2, sizes, 0>);
  NPU_OP(logit_backward_grad_input, aclnnLogitGrad, arg<1>, arg<0>, or_else<2, kNoEps>, arg<3>);
  NPU_OP(nan_to_num_out, aclnnNanToNum, arg<0>, call<nan_or_zero, 1>, call<largest, 0, 2>, call<smallest, 0, 3>,
         grown<4, sizes, 0>);
}

}  // namespace at_npu
