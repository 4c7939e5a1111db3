#include "aclnnop/compare.h"
#include "case.h"

using namespace ops_test;

#define BOTH(name, reference, a, b)     \
  OP(aclnn##name, reference, a, b, OUT) \
  OP(aclnnInplace##name, reference, InOut{a}, b)

BOTH(EqTensor, "eq.Tensor", whole({3, 4}, 0, 3), whole({4}, 0, 3))
BOTH(GeTensor, "ge.Tensor", whole({3, 4}, 0, 3), whole({4}, 0, 3))
BOTH(GtTensor, "gt.Tensor", whole({3, 4}, 0, 3), whole({4}, 0, 3))
BOTH(LeTensor, "le.Tensor", real({3, 4}), real({4}))
BOTH(LtTensor, "lt.Tensor", real({3, 4}), real({3, 1}))
BOTH(NeTensor, "ne.Tensor", truth({3, 4}), truth({4}))
BOTH(EqScalar, "eq.Scalar", whole({3, 4}, 0, 3), int64_t{1})
BOTH(GeScalar, "ge.Scalar", whole({3, 4}, 0, 3), int64_t{1})
BOTH(GtScalar, "gt.Scalar", real({3, 4}), 0.5)
BOTH(LeScalar, "le.Scalar", real({3, 4}), 0.5)
BOTH(LtScalar, "lt.Scalar", real({3, 4}), 0.5)
BOTH(NeScalar, "ne.Scalar", real({3, 4}), 0.5)
OP(aclnnLessScalar, "lt.Scalar", real({3, 4}), 0.5, OUT)
BOTH(LogicalAnd, "logical_and", truth({3, 4}), truth({4}))
BOTH(LogicalOr, "logical_or", truth({3, 4}), truth({4}))
OP(aclnnLogicalXor, "logical_xor", whole({3, 4}, 0, 2), truth({4}), OUT)
BOTH(BitwiseAndTensor, "bitwise_and.Tensor", whole({3, 4}, 0, 99), whole({4}, 0, 99))
BOTH(BitwiseXorTensor, "bitwise_xor.Tensor", whole({3, 4}, 0, 99, at::kInt), whole({4}, 0, 99, at::kInt))
OP(aclnnBitwiseOrTensor, "bitwise_or.Tensor", truth({3, 4}), truth({4}), OUT)
BOTH(BitwiseAndScalar, "bitwise_and.Scalar", whole({3, 4}, 0, 99), int64_t{6})
BOTH(BitwiseXorScalar, "bitwise_xor.Scalar", whole({3, 4}, 0, 99), int64_t{6})
OP(aclnnBitwiseOrScalar, "bitwise_or.Scalar", whole({3, 4}, 0, 99), int64_t{6}, OUT)
OP(aclnnLeftShift, "bitwise_left_shift.Tensor", whole({3, 4}, 0, 99), whole({4}, 0, 5), OUT)
OP(aclnnRightShift, "bitwise_right_shift.Tensor", whole({3, 4}, 0, 99), whole({4}, 0, 5), OUT)
OP(aclnnLeftShifts, "bitwise_left_shift.Tensor_Scalar", whole({3, 4}, 0, 99), int64_t{2}, OUT)
OP(aclnnIsClose, "isclose", real({3, 4}), real({4}), 0.5, 0.5, true, OUT)
OP(aclnnIsInScalarTensor, "isin.Scalar_Tensor", int64_t{2}, whole({5}, 0, 4), false, false, OUT)
OP(aclnnIsInTensorScalar, "isin.Tensor_Scalar", whole({3, 4}, 0, 4), int64_t{2}, false, true, OUT)

static Results equal(const std::vector<at::IValue>& in) {
  return {at::scalar_tensor(at::equal(in[0].toTensor(), in[1].toTensor()), at::kBool)};
}
OP(aclnnEqual, Reference(equal), real({3, 4}), real({3, 4}), OUT)
OP(aclnnEqual, Reference(equal), at::ones({3, 4}), at::ones({3, 4}), OUT)
