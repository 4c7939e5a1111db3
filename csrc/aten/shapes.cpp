#include "aten/shapes.h"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorUtils.h>
#include <ATen/WrapDimUtils.h>
#include <ATen/WrapDimUtilsMulti.h>
#include <ATen/native/Resize.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/result_type_native.h>

#include <cmath>

namespace at_npu {

at::Tensor make(at::IntArrayRef sizes, at::ScalarType dtype) {
  return at::empty(sizes, at::TensorOptions(at::kPrivateUse1).dtype(dtype));
}

at::Tensor like(const at::Tensor& t) { return at::empty_like(t); }
at::Tensor bool_like(const at::Tensor& t) { return at::empty_like(t, t.options().dtype(at::kBool)); }
at::Tensor real_like(const at::Tensor& t) {
  return at::empty_like(t, t.options().dtype(c10::toRealValueType(t.scalar_type())));
}
at::Tensor floating_like(const at::Tensor& t) {
  const bool integral = at::isIntegralType(t.scalar_type(), true);
  return integral ? at::empty_like(t, t.options().dtype(c10::get_default_dtype_as_scalartype())) : at::empty_like(t);
}
at::Tensor scalar_like(const at::Tensor& t) { return make({}, t.scalar_type()); }
at::DimVector sizes(const at::Tensor& t) { return at::DimVector(t.sizes()); }

at::Tensor promoted(const at::Tensor& a, const at::Tensor& b) {
  return make(broadcast_sizes(a, b), at::native::result_type(a, b));
}
at::Tensor promoted_scalar(const at::Tensor& a, const at::Scalar& b) {
  return at::empty_like(a, a.options().dtype(at::native::result_type(a, b)));
}
at::Tensor selected(const at::Tensor& condition, const at::Tensor& a, const at::Tensor& b) {
  return make(broadcast3_sizes(condition, a, b), at::native::result_type(a, b));
}
at::DimVector broadcast_sizes(const at::Tensor& a, const at::Tensor& b) {
  return at::infer_size_dimvector(a.sizes(), b.sizes());
}
at::DimVector broadcast3_sizes(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
  return at::infer_size_dimvector(broadcast_sizes(a, b), c.sizes());
}

at::Tensor& copy_out(const at::Tensor& result, at::Tensor& out) {
  at::native::resize_output(out, result.sizes());
  return out.copy_(result);
}

at::DimVector reduced_sizes(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim) {
  const auto gone = at::dim_list_to_bitset(dims.has_value() && !dims->empty() ? *dims : every_dim(t), t.dim());
  at::DimVector out;
  for (int64_t d = 0; d < t.dim(); ++d) {
    if (!gone[d]) out.push_back(t.size(d));
    else if (keepdim) out.push_back(1);
  }
  return out;
}
at::Tensor reduced(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim) {
  return make(reduced_sizes(t, dims, keepdim), t.scalar_type());
}
at::Tensor reduced_real(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim) {
  return make(reduced_sizes(t, dims, keepdim), c10::toRealValueType(t.scalar_type()));
}
at::Tensor summed(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim, OptDtype dtype) {
  const bool integral = at::isIntegralType(t.scalar_type(), true);
  return make(reduced_sizes(t, dims, keepdim), dtype.value_or(integral ? at::kLong : t.scalar_type()));
}
at::Tensor product(const at::Tensor& t, OptDtype dtype) { return summed(t, {}, false, dtype); }
at::DimVector every_dim(const at::Tensor& t) {
  at::DimVector dims(t.dim());
  for (int64_t d = 0; d < t.dim(); ++d) dims[d] = d;
  return dims;
}

at::Tensor loss(const at::Tensor& input, int64_t reduction) { return reduction ? scalar_like(input) : like(input); }
at::DimVector loss_sizes(const at::Tensor& input, int64_t reduction) {
  return reduction ? at::DimVector() : sizes(input);
}

at::Tensor pooled(const at::Tensor& t, c10::SymIntArrayRef last) {
  return at::empty(pooled_sizes(t, last), t.options().memory_format(t.suggest_memory_format()));
}
at::DimVector pooled_sizes(const at::Tensor& t, c10::SymIntArrayRef last) {
  const auto size = C10_AS_INTARRAYREF_SLOW(last);
  TORCH_CHECK(t.dim() > static_cast<int64_t>(size.size()), "a tensor of at least ", size.size() + 1,
              " dimensions is expected, not ", t.sizes());
  auto out = sizes(t);
  std::copy(size.begin(), size.end(), out.end() - static_cast<int64_t>(size.size()));
  return out;
}
at::Tensor padded(const at::Tensor& t, c10::SymIntArrayRef pad) { return make(padded_sizes(t, pad), t.scalar_type()); }
at::DimVector padded_sizes(const at::Tensor& t, c10::SymIntArrayRef pad) {
  const auto amount = C10_AS_INTARRAYREF_SLOW(pad);
  TORCH_CHECK(amount.size() % 2 == 0 && static_cast<int64_t>(amount.size()) <= 2 * t.dim(),
              "padding is pairs for at most the tensor's ", t.dim(), " dimensions, not ", amount);
  auto out = sizes(t);
  for (size_t i = 0; i < amount.size() / 2; ++i) {
    auto& size = out[out.size() - 1 - i];
    size += amount[2 * i] + amount[2 * i + 1];
    TORCH_CHECK(size >= 0, "padding ", amount, " leaves nothing of a tensor of sizes ", t.sizes());
  }
  return out;
}

at::Tensor picked(const at::Tensor& t, int64_t dim, const at::Tensor& index) {
  return make(picked_sizes(t, dim, index), t.scalar_type());
}
at::DimVector picked_sizes(const at::Tensor& t, int64_t dim, const at::Tensor& index) {
  auto out = sizes(t);
  if (!out.empty()) out[at::maybe_wrap_dim(dim, t.dim())] = index.numel();
  return out;
}
at::DimVector range_sizes(const at::Scalar& start, const at::Scalar& end, const at::Scalar& step,
                          const at::Tensor& out) {
  const bool whole = at::isIntegralType(out.scalar_type(), false) && start.isIntegral(false) && end.isIntegral(false) &&
                     step.isIntegral(false);
  const double by = step.toDouble();
  TORCH_CHECK(by != 0, "step must be nonzero");
  TORCH_CHECK(std::isfinite(start.toDouble()) && std::isfinite(end.toDouble()), "unsupported range: ", start.toDouble(),
              " -> ", end.toDouble());
  TORCH_CHECK((by > 0) == (end.toDouble() >= start.toDouble()) || end.toDouble() == start.toDouble(),
              "upper bound and lower bound inconsistent with step sign");
  if (!whole) return {static_cast<int64_t>(std::ceil((end.toDouble() - start.toDouble()) / by))};
  const int64_t a = start.toLong(), b = end.toLong(), s = step.toLong();
  return {(b - a + s - (s > 0 ? 1 : -1)) / s};
}

}  // namespace at_npu
