#include "aten/alike.h"

#include <ATen/ops/_add_relu_ops.h>
#include <ATen/ops/add_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/addcdiv_ops.h>
#include <ATen/ops/addcmul_ops.h>
#include <ATen/ops/atan2_ops.h>
#include <ATen/ops/clamp_max_ops.h>
#include <ATen/ops/clamp_min_ops.h>
#include <ATen/ops/clamp_ops.h>
#include <ATen/ops/complex_ops.h>
#include <ATen/ops/div_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/div_ops.h>
#include <ATen/ops/floor_divide_ops.h>
#include <ATen/ops/fmod_ops.h>
#include <ATen/ops/gcd_ops.h>
#include <ATen/ops/lerp_ops.h>
#include <ATen/ops/logaddexp2_ops.h>
#include <ATen/ops/logaddexp_ops.h>
#include <ATen/ops/maximum_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/maximum_ops.h>
#include <ATen/ops/minimum_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/minimum_ops.h>
#include <ATen/ops/mul_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/polar_ops.h>
#include <ATen/ops/pow_ops.h>
#include <ATen/ops/remainder_ops.h>
#include <ATen/ops/rsub_ops.h>
#include <ATen/ops/sub_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/sub_ops.h>
#include <ATen/ops/xlogy_ops.h>

#include "aclnnop/binary.h"

namespace at_npu {
namespace {

int32_t rounding_mode(std::optional<std::string_view> mode) {  // none, trunc, floor
  if (!mode) return 0;
  TORCH_CHECK_VALUE(*mode == "trunc" || *mode == "floor",
                    "div expected rounding_mode to be one of None, 'trunc', or "
                    "'floor' but found '",
                    *mode, "'");
  return *mode == "trunc" ? 1 : 2;
}

}  // namespace

NPU_OPS {
  NPU_OP_OR_SCALAR(add_out, aclnnAdd, aclnnAdds);
  NPU_ALIKE(add_Tensor, add, add_out, aclnnAdd);
  NPU_ALIKE(add__Tensor, add_, add_out, aclnnAdd);
  NPU_OP_OR_SCALAR(sub_out, aclnnSub, aclnnSubs);
  NPU_ALIKE(sub_Tensor, sub, sub_out, aclnnSub);
  NPU_ALIKE(sub__Tensor, sub_, sub_out, aclnnSub);
  NPU_OP_OR_SCALAR(mul_out, aclnnMul, aclnnMuls);
  NPU_ALIKE(mul_Tensor, mul, mul_out, aclnnMul);
  NPU_ALIKE(mul__Tensor, mul_, mul_out, aclnnMul);
  NPU_OP_OR_SCALAR(div_out, aclnnDiv, aclnnDivs);
  NPU_ALIKE(div_Tensor, div, div_out, aclnnDiv);
  NPU_ALIKE(div__Tensor, div_, div_out, aclnnDiv);
  NPU_OP(div_out_mode, aclnnDivMod, arg<0>, arg<1>, call<rounding_mode, 2>, arg<3>);
  NPU_OP(rsub_Tensor, aclnnSub, arg<1>, arg<0>, arg<2>, fresh<promoted, 0, 1>);
  NPU_OP(rsub_Scalar, aclnnRsubs, arg<0>, arg<1>, arg<2>, fresh<promoted_scalar, 0, 1>);
  NPU_OP(floor_divide, aclnnFloorDivide, arg<0>, arg<1>, fresh<promoted, 0, 1>);
  NPU_OP(floor_divide__Tensor, aclnnFloorDivide, arg<0>, arg<1>, arg<0>);
  NPU_OP(floor_divide_out, aclnnFloorDivide, arg<0>, arg<1>, grown<2, broadcast_sizes, 0, 1>);
  NPU_OP_OR_SCALAR(fmod_Tensor_out, aclnnFmodTensor, aclnnFmodScalar);
  NPU_OP_OR_SCALAR(remainder_Tensor_out, aclnnRemainderTensorTensor, aclnnRemainderTensorScalar);
  NPU_OP(remainder_Scalar_Tensor, aclnnRemainderScalarTensor, arg<0>, arg<1>, fresh<promoted_scalar, 1, 0>);
  NPU_OP(pow_Tensor_Tensor_out, aclnnPowTensorTensor);
  NPU_OP(pow_Tensor_Scalar_out, aclnnPowTensorScalar);
  NPU_OP(pow_Scalar_out, aclnnPowScalarTensor);

  NPU_OP(addcdiv_out, aclnnAddcdiv);
  NPU_OP(addcmul_out, aclnnAddcmul);
  NPU_OP(lerp_Tensor_out, aclnnLerp);
  NPU_OP(lerp_Scalar_out, aclnnLerps);
  NPU_OP(_add_relu_Tensor, aclnnAddRelu, arg<0>, arg<1>, arg<2>, fresh<promoted, 0, 1>);
  NPU_OP(_add_relu__Tensor, aclnnAddRelu, arg<0>, arg<1>, arg<2>, arg<0>);
  NPU_OP(_add_relu_out, aclnnAddRelu, arg<0>, arg<1>, arg<2>, grown<3, broadcast_sizes, 0, 1>);

  NPU_OP(atan2_out, aclnnAtan2);
  NPU_OP(gcd_out, aclnnGcd);
  NPU_OP(logaddexp_out, aclnnLogAddExp);
  NPU_OP(logaddexp2_out, aclnnLogAddExp2);
  NPU_OP(maximum_out, aclnnMaximum);
  NPU_ALIKE(maximum, maximum, maximum_out, aclnnMaximum);
  NPU_OP(minimum_out, aclnnMinimum);
  NPU_ALIKE(minimum, minimum, minimum_out, aclnnMinimum);
  NPU_OP(xlogy_OutTensor, aclnnXLogYTensor);

  NPU_OP(clamp_out, aclnnClamp);
  NPU_OP(clamp_Tensor_out, aclnnClampTensor);
  NPU_OP(clamp_max_out, aclnnClampMax);
  NPU_OP(clamp_max_Tensor_out, aclnnClampMaxTensor);
  NPU_OP(clamp_min_out, aclnnClampMin);
  NPU_OP(clamp_min_Tensor_out, aclnnClampMinTensor);

  NPU_OP(complex_out, aclnnComplex, arg<0>, arg<1>, grown<2, broadcast_sizes, 0, 1>);
  NPU_OP(polar_out, aclnnPolar, arg<0>, arg<1>, grown<2, broadcast_sizes, 0, 1>);
}

}  // namespace at_npu
