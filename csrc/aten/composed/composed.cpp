#include "aten/composed/composed.h"

#include <ATen/ops/full_like.h>
#include <ATen/ops/result_type_native.h>

namespace at_npu {

at::ScalarType common_dtype(const at::Tensor& a, const at::Tensor& b) { return at::native::result_type(a, b); }
at::ScalarType floating_dtype(at::ScalarType dtype) {
  return at::isIntegralType(dtype, true) ? c10::get_default_dtype_as_scalartype() : dtype;
}
at::ScalarType compute_dtype(at::ScalarType dtype) { return at::isReducedFloatingType(dtype) ? at::kFloat : dtype; }

at::Tensor to_device(const at::Tensor& t, at::ScalarType dtype) {
  return (t.is_cpu() ? scalar_on_device(t) : t).to(dtype);
}

at::Tensor polynomial(const at::Tensor& x, at::ArrayRef<double> coefficients) {
  auto sum = at::full_like(x, coefficients.back());
  for (size_t i = coefficients.size() - 1; i-- > 0;) sum = sum.mul_(x).add_(coefficients[i]);
  return sum;
}

}  // namespace at_npu
