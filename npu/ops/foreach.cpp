// The lists of PyTorch's foreach optimizers and gradient clipping: the operator's kernel on each item.
#include "aclnnop/foreach.h"
#include "npu/ops/check.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs_ops.h>
#include <ATen/ops/acos_ops.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/addcdiv_ops.h>
#include <ATen/ops/addcmul_ops.h>
#include <ATen/ops/asin_ops.h>
#include <ATen/ops/atan_ops.h>
#include <ATen/ops/ceil_ops.h>
#include <ATen/ops/copy_ops.h>
#include <ATen/ops/cos_ops.h>
#include <ATen/ops/cosh_ops.h>
#include <ATen/ops/div_ops.h>
#include <ATen/ops/erf_ops.h>
#include <ATen/ops/erfc_ops.h>
#include <ATen/ops/exp_ops.h>
#include <ATen/ops/expm1_ops.h>
#include <ATen/ops/fill_ops.h>
#include <ATen/ops/floor_ops.h>
#include <ATen/ops/lerp_ops.h>
#include <ATen/ops/linalg_vector_norm_ops.h>
#include <ATen/ops/log10_ops.h>
#include <ATen/ops/log1p_ops.h>
#include <ATen/ops/log2_ops.h>
#include <ATen/ops/log_ops.h>
#include <ATen/ops/maximum_ops.h>
#include <ATen/ops/minimum_ops.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/neg_ops.h>
#include <ATen/ops/pow_ops.h>
#include <ATen/ops/reciprocal_ops.h>
#include <ATen/ops/round_ops.h>
#include <ATen/ops/sigmoid_ops.h>
#include <ATen/ops/sign_ops.h>
#include <ATen/ops/sin_ops.h>
#include <ATen/ops/sinh_ops.h>
#include <ATen/ops/sqrt_ops.h>
#include <ATen/ops/sub_ops.h>
#include <ATen/ops/tan_ops.h>
#include <ATen/ops/tanh_ops.h>
#include <ATen/ops/trunc_ops.h>
#include <ATen/ops/zero_ops.h>

namespace npu {

static std::vector<Wrapped> wrapped(const ScalarList& scalars) {
  std::vector<Wrapped> out;
  for (const Scalar& s : scalars) out.push_back({s});
  return out;
}
static const Scalar kOne{int64_t{1}};

#define UNARY(name, kernel) \
  ACLNN_OP(aclnnForeach##name, self, out) { return each<at::_ops::kernel>(self, out); }
UNARY(Abs, abs_out)
UNARY(Acos, acos_out)
UNARY(Asin, asin_out)
UNARY(Atan, atan_out)
UNARY(Cos, cos_out)
UNARY(Cosh, cosh_out)
UNARY(Erf, erf_out)
UNARY(Erfc, erfc_out)
UNARY(Exp, exp_out)
UNARY(Expm1, expm1_out)
UNARY(Log, log_out)
UNARY(Log10, log10_out)
UNARY(Log1p, log1p_out)
UNARY(Log2, log2_out)
UNARY(Neg, neg_out)
UNARY(Reciprocal, reciprocal_out)
UNARY(Sigmoid, sigmoid_out)
UNARY(Sign, sign_out)
UNARY(Sin, sin_out)
UNARY(Sinh, sinh_out)
UNARY(Sqrt, sqrt_out)
UNARY(Tan, tan_out)
UNARY(Tanh, tanh_out)

// The four ways to say the other operand: a list of tensors, one number, a number for each, a tensor on the device.
#define BINARY(name, kernel, ...)                                                          \
  ACLNN_OP(aclnnForeach##name##ScalarV2, self, scalar, out) {                              \
    return each<at::_ops::kernel>(self, Wrapped{scalar} __VA_OPT__(, ) __VA_ARGS__, out);  \
  }                                                                                        \
  ACLNN_OP(aclnnForeach##name##ScalarList, self, scalars, out) {                           \
    return each<at::_ops::kernel>(self, wrapped(scalars) __VA_OPT__(, ) __VA_ARGS__, out); \
  }                                                                                        \
  ACLNN_OP(aclnnForeach##name##Scalar, self, scalar, out) {                                \
    NPU_TRY(one_element(scalar));                                                          \
    return each<at::_ops::kernel>(self, zero_dim(scalar) __VA_OPT__(, ) __VA_ARGS__, out); \
  }
#define LIST(name, kernel) \
  ACLNN_OP(aclnnForeach##name##List, self, other, out) { return each<at::_ops::kernel>(self, other, out); }

// A number that an operator left on the device: one element, of whatever shape.
static Status one_element(const Tensor& scalar) {
  OP_GIVEN(scalar.defined());
  OP_CHECK(scalar.numel() == 1, "scalar must have one element");
  return {};
}
static Tensor zero_dim(Tensor scalar) {
  scalar.dims = 0;
  return scalar;
}

BINARY(Add, add_out, kOne)
BINARY(Sub, sub_out, kOne)
BINARY(Mul, mul_out)
BINARY(Div, div_out)
BINARY(Maximum, maximum_out)
BINARY(Minimum, minimum_out)
LIST(Mul, mul_out)
LIST(Div, div_out)
LIST(Maximum, maximum_out)
LIST(Minimum, minimum_out)

ACLNN_OP(aclnnForeachAddListV2, self, other, alpha, out) { return each<at::_ops::add_out>(self, other, alpha, out); }
ACLNN_OP(aclnnForeachSubListV2, self, other, alpha, out) { return each<at::_ops::sub_out>(self, other, alpha, out); }

LIST(Pow, pow_Tensor_Tensor_out)
ACLNN_OP(aclnnForeachPowScalar, self, scalar, out) {
  NPU_TRY(one_element(scalar));
  return each<at::_ops::pow_Tensor_Tensor_out>(self, zero_dim(scalar), out);
}
ACLNN_OP(aclnnForeachPowScalarV2, self, scalar, out) {
  return each<at::_ops::pow_Tensor_Scalar_out>(self, scalar, out);
}
ACLNN_OP(aclnnForeachPowScalarList, self, scalars, out) {
  return each<at::_ops::pow_Tensor_Scalar_out>(self, scalars, out);
}
ACLNN_OP(aclnnForeachPowScalarAndTensor, scalar, exponent, out) {
  return each<at::_ops::pow_Scalar_out>(scalar, exponent, out);
}

ACLNN_OP(aclnnForeachAddcdivScalarV2, self, tensors1, tensors2, scalar, out) {
  return each<at::_ops::addcdiv_out>(self, tensors1, tensors2, scalar, out);
}
ACLNN_OP(aclnnForeachAddcmulScalarV2, self, tensors1, tensors2, scalar, out) {
  return each<at::_ops::addcmul_out>(self, tensors1, tensors2, scalar, out);
}

ACLNN_OP(aclnnForeachLerpList, self, end, weights, out) {
  return each<at::_ops::lerp_Tensor_out>(self, end, weights, out);
}
ACLNN_OP(aclnnForeachLerpScalar, self, end, weight, out) {
  return each<at::_ops::lerp_Scalar_out>(self, end, weight, out);
}

// Numbers that the kernels want on the host, but which the stream's earlier work leaves on the device: read when run.
template <class F> static Plan with_numbers(const Tensor& numbers, size_t expected, F run) {
  OP_GIVEN(numbers.defined());
  OP_CHECK(numbers.numel() == static_cast<int64_t>(expected),
           "there must be one number for each that the operator takes");
  return [=](void*) {
    const auto on_device = aten_view(numbers).flatten();
    run([&](size_t i) {
      const at::Scalar s = on_device[static_cast<int64_t>(expected == 1 ? 0 : i)].item();
      return s.isFloatingPoint() ? Scalar{s.toDouble()} : Scalar{s.toLong()};
    });
  };
}
template <class Op> static Plan each_with(const Tensor& numbers, size_t expected, TensorList self, TensorList a,
                                          TensorList out) {
  OP_CHECK(self.size() == a.size() && self.size() == out.size(), "the lists differ in length");
  return with_numbers(numbers, expected, [=](auto number) {
    for (size_t i = 0; i < self.size(); ++i) compute<Op>(self[i], a[i], number(i), out[i]);
  });
}
template <class Op>
static Plan each_with(const Tensor& numbers, size_t expected, TensorList self, TensorList a, TensorList b,
                      TensorList out) {
  OP_CHECK(self.size() == a.size() && self.size() == b.size() && self.size() == out.size(),
           "the lists differ in length");
  return with_numbers(numbers, expected, [=](auto number) {
    for (size_t i = 0; i < self.size(); ++i) compute<Op>(self[i], a[i], b[i], number(i), out[i]);
  });
}
ACLNN_OP(aclnnForeachAddList, self, other, alpha, out) {
  return each_with<at::_ops::add_out>(alpha, 1, self, other, out);
}
ACLNN_OP(aclnnForeachSubList, self, other, alpha, out) {
  return each_with<at::_ops::sub_out>(alpha, 1, self, other, out);
}
ACLNN_OP(aclnnForeachAddcdivScalar, self, tensors1, tensors2, scalar, out) {
  return each_with<at::_ops::addcdiv_out>(scalar, 1, self, tensors1, tensors2, out);
}
ACLNN_OP(aclnnForeachAddcmulScalar, self, tensors1, tensors2, scalar, out) {
  return each_with<at::_ops::addcmul_out>(scalar, 1, self, tensors1, tensors2, out);
}
ACLNN_OP(aclnnForeachAddcdivScalarList, self, tensors1, tensors2, scalars, out) {
  return each_with<at::_ops::addcdiv_out>(scalars, self.size(), self, tensors1, tensors2, out);
}
ACLNN_OP(aclnnForeachAddcmulScalarList, self, tensors1, tensors2, scalars, out) {
  return each_with<at::_ops::addcmul_out>(scalars, self.size(), self, tensors1, tensors2, out);
}

// The device's rounding modes; any other leaves the numbers as they are, as does an integer.
static Status can_round(const TensorList& self, const TensorList& out) {
  OP_CHECK(self.size() == out.size(), "the lists differ in length");
  for (size_t i = 0; i < self.size(); ++i) {
    OP_GIVEN(self[i].defined() && out[i].defined());
    const aclDataType dtype = self[i].dtype;
    OP_CHECK(dtype == ACL_FLOAT || dtype == ACL_FLOAT16 || dtype == ACL_BF16 || dtype == ACL_INT16,
             "the tensors must be float32, float16, bfloat16 or int16");
    OP_CHECK(dtype == self[0].dtype && dtype == out[i].dtype, "the tensors must all have one dtype");
    OP_CHECK(self[i].same_sizes(out[i]), "out must have the shape of self");
  }
  return {};
}
static void round_off(const TensorList& self, int64_t mode, const TensorList& out) {
  constexpr int64_t kHalfToEven = 1, kFloor = 2, kCeil = 3, kHalfFromZero = 4, kTrunc = 5, kHalfToOdd = 6, kFrac = 7;
  if (mode == kHalfToOdd) throw std::invalid_argument("UNIMPLEMENTED: rounding mode 6, to odd numbers");
  for (size_t i = 0; i < self.size(); ++i) {
    const auto x = aten_view(self[i]);
    const auto rounded = [&] {
      if (!x.is_floating_point()) return x;
      switch (mode) {
        case kHalfToEven: return x.round();
        case kFloor: return x.floor();
        case kCeil: return x.ceil();
        case kHalfFromZero: return x.trunc() + (x - x.trunc()).abs().ge(0.5) * x.sign();
        case kTrunc: return x.trunc();
        case kFrac: return x.frac();
        default: return x;
      }
    }();
    copy_result(rounded, out[i]);
  }
}
ACLNN_OP(aclnnForeachRoundOffNumber, self, round_mode, out) {
  OP_GIVEN(round_mode.defined());
  OP_CHECK(round_mode.dtype == ACL_INT8 && round_mode.numel() == 1, "round_mode must be one int8");
  NPU_TRY(can_round(self, out));
  return [=](void*) { round_off(self, *static_cast<const int8_t*>(round_mode.data), out); };
}
ACLNN_OP(aclnnForeachRoundOffNumberV2, self, round_mode, out) {
  OP_GIVEN(round_mode.defined());
  NPU_TRY(can_round(self, out));
  OP_CHECK(round_mode.to_int() != 6, "UNIMPLEMENTED: rounding mode 6, to odd numbers");
  return [=](void*) { round_off(self, round_mode.to_int(), out); };
}

ACLNN_OP(aclnnForeachCopy, self, out) { return each<at::_ops::copy_>(out, self, false); }
ACLNN_OP(aclnnForeachZeroInplace, self) { return each<at::_ops::zero_>(self); }
ACLNN_OP(aclnnForeachNorm, self, scalar, out) {
  return each<at::_ops::linalg_vector_norm_out>(self, scalar, None{}, false, None{}, out);
}

}  // namespace npu
