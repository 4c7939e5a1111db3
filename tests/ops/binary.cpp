#include "aclnnop/binary.h"
#include "case.h"

using namespace ops_test;

#define BINARY(name, reference, a, b) OP(aclnn##name, reference, a, b, OUT)
#define BINARY_BOTH(name, reference, a, b) BINARY(name, reference, a, b) OP(aclnnInplace##name, reference, InOut{a}, b)

// The second operand broadcasts.
BINARY(LogAddExp, "logaddexp", real({3, 4}), real({4}))
BINARY(LogAddExp2, "logaddexp2", real({3, 4}), real({3, 1}))
BINARY(Maximum, "maximum", real({3, 4}), real({4}))
BINARY(Minimum, "minimum", real({3, 4}), real({}))
BINARY(Gcd, "gcd", whole({3, 4}, 1, 50), whole({4}, 1, 50))
BINARY(XLogYTensor, "xlogy.Tensor", real({3, 4}), positive({4}))
BINARY_BOTH(Atan2, "atan2", real({3, 4}), real({4}))
BINARY_BOTH(Div, "div.Tensor", real({3, 4}), real({4}))
BINARY_BOTH(FloorDivide, "floor_divide", real({3, 4}), positive({4}))
BINARY_BOTH(FmodTensor, "fmod.Tensor", real({3, 4}), positive({4}))
BINARY_BOTH(Mul, "mul.Tensor", real({3, 4}), real({4}))
BINARY_BOTH(RemainderTensorTensor, "remainder.Tensor", real({3, 4}), positive({4}))
BINARY_BOTH(PowTensorTensor, "pow.Tensor_Tensor", positive({3, 4}), real({4}))
BINARY_BOTH(Divs, "div.Scalar", real({3, 4}), 2.5)
BINARY_BOTH(FloorDivides, "floor_divide.Scalar", real({3, 4}), 0.5)
BINARY_BOTH(FmodScalar, "fmod.Scalar", real({3, 4}), 0.5)
BINARY_BOTH(Muls, "mul.Scalar", real({3, 4}), 2.5)
BINARY_BOTH(RemainderTensorScalar, "remainder.Scalar", real({3, 4}), 0.5)
BINARY_BOTH(PowTensorScalar, "pow.Tensor_Scalar", positive({3, 4}), 1.5)
BINARY_BOTH(XLogYScalarOther, "xlogy.Scalar_Other", real({3, 4}), 2.5)
OP(aclnnPowScalarTensor, "pow.Scalar", 2.5, real({3, 4}), OUT)
OP(aclnnXLogYScalarSelf, "xlogy.Scalar_Self", 2.5, positive({3, 4}), OUT)
OP(aclnnRemainderScalarTensor, "remainder.Scalar_Tensor", 2.5, positive({3, 4}), OUT)

#define ADD(name, reference, other)                         \
  OP(aclnn##name, reference, real({3, 4}), other, 2.0, OUT) \
  OP(aclnnInplace##name, reference, InOut{real({3, 4})}, other, 0.5)
ADD(Add, "add.Tensor", real({4}))
ADD(Sub, "sub.Tensor", real({3, 1}))
ADD(AddRelu, "_add_relu.Tensor", real({3, 4}))
ADD(Adds, "add.Scalar", 1.5)
ADD(Subs, "sub.Scalar", 1.5)
OP(aclnnRsub, "rsub.Tensor", real({3, 4}), real({4}), 2.0, OUT)
OP(aclnnRsubs, "rsub.Scalar", real({3, 4}), 1.5, 2.0, OUT)
static Results add_to_number(const std::vector<at::IValue>& in) {
  return {in[1].toTensor() * in[2].toScalar() + in[0].toScalar()};
}
OP(aclnnAddV3, Reference(add_to_number), 1.5, real({3, 4}), 2.0, OUT)

// Types and shapes that one operator stands for.
OP(aclnnAdd, "add.Tensor", whole({3, 4}, -9, 9), whole({3, 4}, -9, 9, at::kInt), int64_t{3}, OUT)
OP(aclnnAdd, "add.Tensor", truth({3, 4}), truth({4}), int64_t{1}, OUT)
OP(aclnnAdd, "add.Tensor", real({3, 4}, at::kHalf), real({4}, at::kFloat), 1.0, OUT)
OP(aclnnAdd, "add.Tensor", real({3, 4}, at::kBFloat16), real({4}, at::kBFloat16), 1.0, OUT)
OP(aclnnAdd, "add.Tensor", complex({3, 4}), real({4}), 1.0, OUT)
OP(aclnnAdd, "add.Tensor", real({0, 4}), real({4}), 1.0, OUT)
OP(aclnnAdd, "add.Tensor", real({}), real({}), 1.0, OUT)
OP(aclnnAdd, "add.Tensor", real({2, 1, 3, 1}), real({5, 1, 4}), 1.0, OUT)
OP(aclnnMul, "mul.Tensor", whole({3}, 0, 200, at::kByte), whole({3}, 0, 200, at::kByte), OUT)
OP(aclnnDiv, "div.Tensor", whole({3, 4}, 1, 9), whole({4}, 1, 9), OUT)

// mode 0: true division, 1: towards zero, 2: down.
static Results div_mode(const std::vector<at::IValue>& in) {
  const auto other = in[1].isTensor() ? in[1].toTensor() : at::scalar_tensor(in[1].toScalar());
  const std::optional<c10::string_view> modes[] = {std::nullopt, "trunc", "floor"};
  return {at::div(in[0].toTensor(), other, modes[in[2].toInt()])};
}
OP(aclnnDivMod, Reference(div_mode), real({3, 4}), real({4}), 0, OUT)
OP(aclnnDivMod, Reference(div_mode), real({3, 4}), positive({4}), 1, OUT)
OP(aclnnDivMods, Reference(div_mode), real({3, 4}), 0.3, 2, OUT)
OP(aclnnInplaceDivMod, Reference(div_mode), InOut{real({3, 4})}, positive({4}), 2)
OP(aclnnInplaceDivMods, Reference(div_mode), InOut{real({3, 4})}, 0.3, 1)

#define TERNARY(name, reference)                                                  \
  OP(aclnn##name, reference, real({3, 4}), real({4}), positive({3, 1}), 0.5, OUT) \
  OP(aclnnInplace##name, reference, InOut{real({3, 4})}, real({4}), positive({3, 4}), 0.5)
TERNARY(Addcdiv, "addcdiv")
TERNARY(Addcmul, "addcmul")
OP(aclnnLerp, "lerp.Tensor", real({3, 4}), real({3, 4}), real({4}), OUT)
OP(aclnnInplaceLerp, "lerp.Tensor", InOut{real({3, 4})}, real({3, 4}), real({4}))
OP(aclnnLerps, "lerp.Scalar", real({3, 4}), real({4}), 0.3, OUT)
OP(aclnnInplaceLerps, "lerp.Scalar", InOut{real({3, 4})}, real({4}), 0.3)

OP(aclnnClamp, "clamp", real({3, 4}), -0.5, 0.5, OUT)
OP(aclnnClamp, "clamp", real({3, 4}), NONE, 0.5, OUT)
OP(aclnnClampMax, "clamp_max", real({3, 4}), 0.5, OUT)
OP(aclnnClampMin, "clamp_min", real({3, 4}), 0.5, OUT)
OP(aclnnInplaceClampMax, "clamp_max", InOut{real({3, 4})}, 0.5)
OP(aclnnClampTensor, "clamp.Tensor", real({3, 4}), real({4}), real({3, 1}), OUT)
OP(aclnnClampMaxTensor, "clamp_max.Tensor", real({3, 4}), real({4}), OUT)
OP(aclnnClampMinTensor, "clamp_min.Tensor", real({3, 4}), real({4}), OUT)
OP(aclnnInplaceClampMaxTensor, "clamp_max.Tensor", InOut{real({3, 4})}, real({4}))
OP(aclnnInplaceClampMinTensor, "clamp_min.Tensor", InOut{real({3, 4})}, real({4}))
OP(aclnnComplex, "complex", real({3, 4}), real({4}), OUT)
OP(aclnnPolar, "polar", positive({3, 4}), real({3, 4}), OUT)
