#include "aten/row.h"

#include <ATen/ops/bitwise_and_ops.h>
#include <ATen/ops/bitwise_left_shift_ops.h>
#include <ATen/ops/bitwise_or_ops.h>
#include <ATen/ops/bitwise_right_shift_ops.h>
#include <ATen/ops/bitwise_xor_ops.h>
#include <ATen/ops/eq_ops.h>
#include <ATen/ops/ge_ops.h>
#include <ATen/ops/gt_ops.h>
#include <ATen/ops/isin_ops.h>
#include <ATen/ops/le_ops.h>
#include <ATen/ops/logical_and_ops.h>
#include <ATen/ops/logical_or_ops.h>
#include <ATen/ops/logical_xor_ops.h>
#include <ATen/ops/lshift_ops.h>
#include <ATen/ops/lt_ops.h>
#include <ATen/ops/ne_ops.h>
#include <ATen/ops/rshift_ops.h>

#include <ATen/ScalarOps.h>

#include "aclnnop/compare.h"

namespace at_npu {
namespace {

at::Tensor as_tensor(const at::Scalar& s) { return c10::scalar_to_tensor(s); }

}  // namespace

NPU_OPS {
  NPU_OP_OR_SCALAR(eq_Tensor_out, aclnnEqTensor, aclnnEqScalar);
  NPU_OP_OR_SCALAR(ne_Tensor_out, aclnnNeTensor, aclnnNeScalar);
  NPU_OP_OR_SCALAR(ge_Tensor_out, aclnnGeTensor, aclnnGeScalar);
  NPU_OP_OR_SCALAR(gt_Tensor_out, aclnnGtTensor, aclnnGtScalar);
  NPU_OP_OR_SCALAR(le_Tensor_out, aclnnLeTensor, aclnnLeScalar);
  NPU_OP_OR_SCALAR(lt_Tensor_out, aclnnLtTensor, aclnnLtScalar);
  NPU_OP(eq_Scalar_out, aclnnEqScalar);
  NPU_OP(ne_Scalar_out, aclnnNeScalar);
  NPU_OP(ge_Scalar_out, aclnnGeScalar);
  NPU_OP(gt_Scalar_out, aclnnGtScalar);
  NPU_OP(le_Scalar_out, aclnnLeScalar);
  NPU_OP(lt_Scalar_out, aclnnLtScalar);

  NPU_OP(logical_and_out, aclnnLogicalAnd, arg<0>, arg<1>, grown<2, broadcast_sizes, 0, 1>);
  NPU_OP(logical_or_out, aclnnLogicalOr, arg<0>, arg<1>, grown<2, broadcast_sizes, 0, 1>);
  NPU_OP(logical_xor_out, aclnnLogicalXor, arg<0>, arg<1>, grown<2, broadcast_sizes, 0, 1>);

  NPU_OP_OR_SCALAR(bitwise_and_Tensor_out, aclnnBitwiseAndTensor, aclnnBitwiseAndScalar);
  NPU_OP_OR_SCALAR(bitwise_or_Tensor_out, aclnnBitwiseOrTensor, aclnnBitwiseOrScalar);
  NPU_OP_OR_SCALAR(bitwise_xor_Tensor_out, aclnnBitwiseXorTensor, aclnnBitwiseXorScalar);
  NPU_OP(bitwise_left_shift_Tensor_out, aclnnLeftShift);
  NPU_OP(bitwise_right_shift_Tensor_out, aclnnRightShift);
  NPU_OP(__lshift___Tensor, aclnnLeftShift, arg<0>, arg<1>, fresh<promoted, 0, 1>);
  NPU_OP(__ilshift___Tensor, aclnnLeftShift, arg<0>, arg<1>, arg<0>);
  NPU_OP(__rshift___Tensor, aclnnRightShift, arg<0>, arg<1>, fresh<promoted, 0, 1>);
  NPU_OP(__irshift___Tensor, aclnnRightShift, arg<0>, arg<1>, arg<0>);

  NPU_OP(__lshift___Scalar, aclnnLeftShifts, arg<0>, arg<1>, fresh<promoted_scalar, 0, 1>);
  NPU_OP(__ilshift___Scalar, aclnnLeftShifts, arg<0>, arg<1>, arg<0>);
  NPU_OP(__rshift___Scalar, aclnnRightShift, arg<0>, call<as_tensor, 1>, fresh<promoted_scalar, 0, 1>);
  NPU_OP(__irshift___Scalar, aclnnRightShift, arg<0>, call<as_tensor, 1>, arg<0>);

  NPU_OP(isin_Scalar_Tensor_out, aclnnIsInScalarTensor);
  NPU_OP(isin_Tensor_Scalar_out, aclnnIsInTensorScalar);
}

}  // namespace at_npu
