// Comparisons, logic, bits.
#include "aclnnop/compare.h"
#include "npu/ops/check.h"

#include <ATen/ops/bitwise_and_ops.h>
#include <ATen/ops/bitwise_left_shift_ops.h>
#include <ATen/ops/bitwise_or_ops.h>
#include <ATen/ops/bitwise_right_shift_ops.h>
#include <ATen/ops/bitwise_xor_ops.h>
#include <ATen/ops/eq_ops.h>
#include <ATen/ops/equal_ops.h>
#include <ATen/ops/fill_ops.h>
#include <ATen/ops/ge_ops.h>
#include <ATen/ops/gt_ops.h>
#include <ATen/ops/isclose_ops.h>
#include <ATen/ops/isin_meta_dispatch.h>
#include <ATen/ops/isin_ops.h>
#include <ATen/ops/le_ops.h>
#include <ATen/ops/logical_and_ops.h>
#include <ATen/ops/logical_or_ops.h>
#include <ATen/ops/logical_xor_ops.h>
#include <ATen/ops/lt_ops.h>
#include <ATen/ops/ne_ops.h>

namespace npu {

#define TENSOR(name, kernel, gives) \
  ACLNN_OP(aclnn##name, self, other, out) { return broadcast<at::_ops::kernel, Gives::gives>(self, other, out); }
#define TENSOR_BOTH(name, kernel, gives) \
  TENSOR(name, kernel, gives)            \
  ACLNN_OP(aclnnInplace##name, self, other) { return broadcast<at::_ops::kernel, Gives::gives>(self, other, self); }
#define SCALAR(name, kernel, gives) \
  ACLNN_OP(aclnn##name, self, other, out) { return with_scalar<at::_ops::kernel, Gives::gives>(self, other, out); }
#define SCALAR_BOTH(name, kernel, gives) \
  SCALAR(name, kernel, gives)            \
  ACLNN_OP(aclnnInplace##name, self, other) { return with_scalar<at::_ops::kernel, Gives::gives>(self, other, self); }

TENSOR_BOTH(EqTensor, eq_Tensor_out, kBool)
TENSOR_BOTH(GeTensor, ge_Tensor_out, kBool)
TENSOR_BOTH(GtTensor, gt_Tensor_out, kBool)
TENSOR_BOTH(LeTensor, le_Tensor_out, kBool)
TENSOR_BOTH(LtTensor, lt_Tensor_out, kBool)
TENSOR_BOTH(NeTensor, ne_Tensor_out, kBool)
SCALAR_BOTH(EqScalar, eq_Tensor_out, kBool)
SCALAR_BOTH(GeScalar, ge_Tensor_out, kBool)
SCALAR_BOTH(GtScalar, gt_Tensor_out, kBool)
SCALAR_BOTH(LeScalar, le_Tensor_out, kBool)
SCALAR_BOTH(LtScalar, lt_Tensor_out, kBool)
SCALAR_BOTH(NeScalar, ne_Tensor_out, kBool)
SCALAR(LessScalar, lt_Tensor_out, kBool)

TENSOR(LogicalXor, logical_xor_out, kBool)
TENSOR_BOTH(LogicalAnd, logical_and_out, kBool)
TENSOR_BOTH(LogicalOr, logical_or_out, kBool)
TENSOR(BitwiseOrTensor, bitwise_or_Tensor_out, kSame)
TENSOR_BOTH(BitwiseAndTensor, bitwise_and_Tensor_out, kSame)
TENSOR_BOTH(BitwiseXorTensor, bitwise_xor_Tensor_out, kSame)
TENSOR(LeftShift, bitwise_left_shift_Tensor_out, kSame)
TENSOR(RightShift, bitwise_right_shift_Tensor_out, kSame)
SCALAR(BitwiseOrScalar, bitwise_or_Tensor_out, kSame)
SCALAR_BOTH(BitwiseAndScalar, bitwise_and_Tensor_out, kSame)
SCALAR_BOTH(BitwiseXorScalar, bitwise_xor_Tensor_out, kSame)
SCALAR(LeftShifts, bitwise_left_shift_Tensor_out, kSame)

ACLNN_OP(aclnnIsClose, self, other, rtol, atol, equal_nan, out) {
  NPU_TRY(binary_fits(self, other, out, Gives::kBool));
  return copied<at::_ops::isclose>({Own{out}}, self, other, rtol, atol, equal_nan);
}
ACLNN_OP(aclnnIsInScalarTensor, element, test_elements, assume_unique, invert, out) {
  NPU_TRY(holds("out", out, {}, ACL_BOOL));  // PyTorch's rule gives the shape [0] here
  return copied<at::_ops::isin_Scalar_Tensor>({Own{out}}, element, test_elements, assume_unique, invert);
}
ACLNN_OP(aclnnIsInTensorScalar, element, test_elements, assume_unique, invert, out) {
  return checked<at::_ops::isin_Tensor_Scalar_out, at::meta::isin_outf>(element, test_elements, assume_unique, invert,
                                                                        out);
}

// One truth value for two whole tensors.
ACLNN_OP(aclnnEqual, self, other, out) {
  OP_GIVEN(self.defined() && other.defined() && out.defined());
  OP_CHECK(out.numel() == 1 && out.dtype == ACL_BOOL, "out must be one bool");
  return [=](void*) {
    const auto a = aten_view(self), b = aten_view(other);
    aten_view(out).fill_(a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() && at::_ops::equal::call(a, b));
  };
}

}  // namespace npu
