// Lists of tensors, one task a list. Lists that are not alike (dtype, layout, device, integers that promote) go
// tensor by tensor, as PyTorch itself decides.
#include "aten/row.h"

#include <ATen/OpMathType.h>
#include <ATen/native/ForeachUtils.h>
#include <ATen/ops/_foreach_abs_ops.h>
#include <ATen/ops/_foreach_acos_ops.h>
#include <ATen/ops/_foreach_add_ops.h>
#include <ATen/ops/_foreach_addcdiv_ops.h>
#include <ATen/ops/_foreach_addcmul_ops.h>
#include <ATen/ops/_foreach_asin_ops.h>
#include <ATen/ops/_foreach_atan_ops.h>
#include <ATen/ops/_foreach_clamp_max_ops.h>
#include <ATen/ops/_foreach_clamp_min_ops.h>
#include <ATen/ops/_foreach_copy_ops.h>
#include <ATen/ops/_foreach_cos_ops.h>
#include <ATen/ops/_foreach_cosh_ops.h>
#include <ATen/ops/_foreach_div_ops.h>
#include <ATen/ops/_foreach_erf_ops.h>
#include <ATen/ops/_foreach_erfc_ops.h>
#include <ATen/ops/_foreach_exp_ops.h>
#include <ATen/ops/_foreach_expm1_ops.h>
#include <ATen/ops/_foreach_lerp_ops.h>
#include <ATen/ops/_foreach_log10_ops.h>
#include <ATen/ops/_foreach_log1p_ops.h>
#include <ATen/ops/_foreach_log2_ops.h>
#include <ATen/ops/_foreach_log_ops.h>
#include <ATen/ops/_foreach_maximum_ops.h>
#include <ATen/ops/_foreach_minimum_ops.h>
#include <ATen/ops/_foreach_mul_ops.h>
#include <ATen/ops/_foreach_neg_ops.h>
#include <ATen/ops/_foreach_norm_ops.h>
#include <ATen/ops/_foreach_pow_ops.h>
#include <ATen/ops/_foreach_reciprocal_ops.h>
#include <ATen/ops/_foreach_sigmoid_ops.h>
#include <ATen/ops/_foreach_sign_ops.h>
#include <ATen/ops/_foreach_sin_ops.h>
#include <ATen/ops/_foreach_sinh_ops.h>
#include <ATen/ops/_foreach_sqrt_ops.h>
#include <ATen/ops/_foreach_sub_ops.h>
#include <ATen/ops/_foreach_tan_ops.h>
#include <ATen/ops/_foreach_tanh_ops.h>
#include <ATen/ops/_foreach_zero_ops.h>
#include <ATen/ops/empty.h>

#include "aclnnop/foreach.h"

namespace at_npu {
namespace {

// PyTorch's own loop over single tensors: what a backend without kernels gets.
constexpr c10::DispatchKeySet kLoop(c10::DispatchKey::PrivateUse2);

inline void note_list(std::vector<at::TensorList>& lists, at::TensorList list) { lists.push_back(list); }
template <class T> void note_list(std::vector<at::TensorList>&, const T&) {}
inline at::ArrayRef<at::Scalar> scalars_of(const at::Scalar& s) { return s; }
inline at::ArrayRef<at::Scalar> scalars_of(at::ArrayRef<at::Scalar> list) { return list; }
template <class T> at::ArrayRef<at::Scalar> scalars_of(const T&) { return {}; }

template <class... A> bool alike(const A&... a) {
  std::vector<at::TensorList> lists;
  (note_list(lists, a), ...);
  if (lists[0].empty() || !lists[0][0].is_privateuseone()) return false;
  at::ArrayRef<at::Scalar> scalars;
  ((scalars = scalars.empty() ? scalars_of(a) : scalars), ...);
  return at::native::can_use_fast_route(lists, scalars) && !at::native::has_integral_tensor(lists[0], true);
}

std::vector<at::Tensor> like_each(at::TensorList list) {
  std::vector<at::Tensor> out;
  out.reserve(list.size());
  for (const at::Tensor& t : list) out.push_back(at_npu::like(t));
  return out;
}
std::vector<at::Tensor> number_each(at::TensorList list) {
  std::vector<at::Tensor> out;
  out.reserve(list.size());
  for (const at::Tensor& t : list) out.push_back(scalar_like(t));
  return out;
}

// One number a tensor, which the operator takes as a tensor on the device, in the precision it computes in.
at::Tensor numbers(at::TensorList list, at::ArrayRef<at::Scalar> scalars) {
  const auto dtype = at::toOpMathType(list[0].scalar_type());
  auto host = at::empty({static_cast<int64_t>(scalars.size())}, at::TensorOptions().dtype(at::kDouble));
  double* out = host.mutable_data_ptr<double>();
  for (const at::Scalar& s : scalars) *out++ = s.toDouble();
  return host.to(at::TensorOptions(list[0].device()).dtype(dtype));
}
at::Tensor numbers_tensor(at::TensorList list, const at::Tensor& scalars) {
  TORCH_CHECK(scalars.dim() == 1 && scalars.size(0) == static_cast<int64_t>(list.size()),
              "Expected scalars to be of length ", list.size(), " but got ", scalars.sizes(), " instead.");
  return scalars.to(at::TensorOptions(list[0].device()).dtype(at::toOpMathType(list[0].scalar_type())));
}

// Without picks the arguments go by position, and the results come last.
template <class Op, class Schema, auto kMake, auto kPlan, auto kRun, class... Picks> struct ForeachRow;
template <class Op, class R, class... A, auto kMake, auto kPlan, auto kRun, class... Picks>
struct ForeachRow<Op, R(A...), kMake, kPlan, kRun, Picks...> {
  static constexpr size_t kList = std::is_same_v<std::tuple_element_t<0, std::tuple<A...>>, at::TensorList> ? 0 : 1;

  static R call(A... a) {
    if (!alike(a...)) return Op::redispatch(kLoop, a...);
    const c10_npu::OptionalNPUGuard guard(device_of(a...));
    auto args = std::tie(a...);
    if constexpr (std::is_void_v<R>) {
      issue(args, std::get<kList>(args), std::index_sequence_for<A...>());
    } else {
      const std::vector<at::Tensor> made = kMake(std::get<kList>(args));
      issue(args, at::TensorList(made), std::index_sequence_for<A...>());
      return made;
    }
  }

 private:
  template <class T, size_t... I> static void issue(T& args, at::TensorList out, std::index_sequence<I...>) {
    if constexpr (sizeof...(Picks) != 0) launch<kPlan, kRun>(Picks::get(args)..., out);
    else launch<kPlan, kRun>(std::get<I>(args)..., out);
  }
};
template <class Op, auto kMake, auto kPlan, auto kRun, class... Picks>
void add_foreach(torch::Library& m, const char* aclnn) {
  add_row<Op, ForeachRow<Op, typename Op::schema, kMake, kPlan, kRun, Picks...>>(m, aclnn, kRun != nullptr);
}

}  // namespace

// A new list, and in place.
#define NPU_FOREACH_ONE(op, make, aclnn, ...) \
  add_foreach<at::_ops::op, make, &aclnn##GetWorkspaceSize, &aclnn __VA_OPT__(, ) __VA_ARGS__>(m, #aclnn)
#define NPU_FOREACH_UNARY(name, aclnn)                \
  NPU_FOREACH_ONE(_foreach_##name, like_each, aclnn); \
  NPU_FOREACH_ONE(_foreach_##name##_, like_each, aclnn)
#define NPU_FOREACH(name, overload, aclnn, ...)                                               \
  NPU_FOREACH_ONE(_foreach_##name##_##overload, like_each, aclnn __VA_OPT__(, ) __VA_ARGS__); \
  NPU_FOREACH_ONE(_foreach_##name##__##overload, like_each, aclnn __VA_OPT__(, ) __VA_ARGS__)

NPU_OPS {
  NPU_FOREACH_UNARY(abs, aclnnForeachAbs);
  NPU_FOREACH_UNARY(acos, aclnnForeachAcos);
  NPU_FOREACH_UNARY(asin, aclnnForeachAsin);
  NPU_FOREACH_UNARY(atan, aclnnForeachAtan);
  NPU_FOREACH_UNARY(cos, aclnnForeachCos);
  NPU_FOREACH_UNARY(cosh, aclnnForeachCosh);
  NPU_FOREACH_UNARY(erf, aclnnForeachErf);
  NPU_FOREACH_UNARY(erfc, aclnnForeachErfc);
  NPU_FOREACH_UNARY(exp, aclnnForeachExp);
  NPU_FOREACH_UNARY(expm1, aclnnForeachExpm1);
  NPU_FOREACH_UNARY(log, aclnnForeachLog);
  NPU_FOREACH_UNARY(log10, aclnnForeachLog10);
  NPU_FOREACH_UNARY(log1p, aclnnForeachLog1p);
  NPU_FOREACH_UNARY(log2, aclnnForeachLog2);
  NPU_FOREACH_UNARY(neg, aclnnForeachNeg);
  NPU_FOREACH_UNARY(reciprocal, aclnnForeachReciprocal);
  NPU_FOREACH_UNARY(sigmoid, aclnnForeachSigmoid);
  NPU_FOREACH_UNARY(sign, aclnnForeachSign);
  NPU_FOREACH_UNARY(sin, aclnnForeachSin);
  NPU_FOREACH_UNARY(sinh, aclnnForeachSinh);
  NPU_FOREACH_UNARY(sqrt, aclnnForeachSqrt);
  NPU_FOREACH_UNARY(tan, aclnnForeachTan);
  NPU_FOREACH_UNARY(tanh, aclnnForeachTanh);

  NPU_FOREACH(add, Scalar, aclnnForeachAddScalarV2);
  NPU_FOREACH(add, ScalarList, aclnnForeachAddScalarList);
  NPU_FOREACH(add, List, aclnnForeachAddListV2);
  NPU_FOREACH(sub, Scalar, aclnnForeachSubScalarV2);
  NPU_FOREACH(sub, ScalarList, aclnnForeachSubScalarList);
  NPU_FOREACH(sub, List, aclnnForeachSubListV2);
  NPU_FOREACH(mul, Scalar, aclnnForeachMulScalarV2);
  NPU_FOREACH(mul, ScalarList, aclnnForeachMulScalarList);
  NPU_FOREACH(mul, List, aclnnForeachMulList);
  NPU_FOREACH(mul, Tensor, aclnnForeachMulScalar);
  NPU_FOREACH(div, Scalar, aclnnForeachDivScalarV2);
  NPU_FOREACH(div, ScalarList, aclnnForeachDivScalarList);
  NPU_FOREACH(div, List, aclnnForeachDivList);
  NPU_FOREACH(maximum, Scalar, aclnnForeachMaximumScalarV2);
  NPU_FOREACH(maximum, ScalarList, aclnnForeachMaximumScalarList);
  NPU_FOREACH(maximum, List, aclnnForeachMaximumList);
  NPU_FOREACH(minimum, Scalar, aclnnForeachMinimumScalarV2);
  NPU_FOREACH(minimum, ScalarList, aclnnForeachMinimumScalarList);
  NPU_FOREACH(minimum, List, aclnnForeachMinimumList);
  NPU_FOREACH(clamp_min, Scalar, aclnnForeachMaximumScalarV2);
  NPU_FOREACH(clamp_min, ScalarList, aclnnForeachMaximumScalarList);
  NPU_FOREACH(clamp_min, List, aclnnForeachMaximumList);
  NPU_FOREACH(clamp_max, Scalar, aclnnForeachMinimumScalarV2);
  NPU_FOREACH(clamp_max, ScalarList, aclnnForeachMinimumScalarList);
  NPU_FOREACH(clamp_max, List, aclnnForeachMinimumList);
  NPU_FOREACH(pow, Scalar, aclnnForeachPowScalarV2);
  NPU_FOREACH(pow, ScalarList, aclnnForeachPowScalarList);
  NPU_FOREACH(pow, List, aclnnForeachPowList);
  NPU_FOREACH_ONE(_foreach_pow_ScalarAndTensor, like_each, aclnnForeachPowScalarAndTensor);

  NPU_FOREACH(addcdiv, Scalar, aclnnForeachAddcdivScalarV2);
  NPU_FOREACH(addcdiv, ScalarList, aclnnForeachAddcdivScalarList, arg<0>, arg<1>, arg<2>, call<numbers, 0, 3>);
  NPU_FOREACH(addcdiv, Tensor, aclnnForeachAddcdivScalarList, arg<0>, arg<1>, arg<2>, call<numbers_tensor, 0, 3>);
  NPU_FOREACH(addcmul, Scalar, aclnnForeachAddcmulScalarV2);
  NPU_FOREACH(addcmul, ScalarList, aclnnForeachAddcmulScalarList, arg<0>, arg<1>, arg<2>, call<numbers, 0, 3>);
  NPU_FOREACH(addcmul, Tensor, aclnnForeachAddcmulScalarList, arg<0>, arg<1>, arg<2>, call<numbers_tensor, 0, 3>);
  NPU_FOREACH(lerp, Scalar, aclnnForeachLerpScalar);
  NPU_FOREACH(lerp, List, aclnnForeachLerpList);

  NPU_FOREACH_ONE(_foreach_copy_, like_each, aclnnForeachCopy, arg<1>);
  NPU_FOREACH_ONE(_foreach_norm_Scalar, number_each, aclnnForeachNorm, arg<0>, arg<1>);
  NPU_OP(_foreach_zero_, aclnnForeachZeroInplace);
}

}  // namespace at_npu
