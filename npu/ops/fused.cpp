#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

namespace npu {

at::Tensor wide(const Tensor& t) {
  const auto view = aten_view(t);
  return view.defined() && view.scalar_type() != at::kDouble ? view.to(at::kFloat) : view;
}

Status is(const char* name, const Tensor& t, at::IntArrayRef wanted, aclDataType dtype) {
  if (!t.defined()) return {ACLNN_ERR_PARAM_NULLPTR, std::string(name) + " is null"};
  OP_CHECK(sizes(t) == wanted && t.dtype == dtype,
           std::string(name) + " must be " + info(dtype).name + " of the shape " + c10::str(wanted));
  return {};
}
Status is_if_given(const char* name, const Tensor& t, at::IntArrayRef wanted, aclDataType dtype) {
  return t.defined() ? is(name, t, wanted, dtype) : Status();
}
Status is_real(const char* name, const Tensor& t) {
  if (!t.defined()) return {ACLNN_ERR_PARAM_NULLPTR, std::string(name) + " is null"};
  OP_CHECK(t.dtype == ACL_FLOAT16 || t.dtype == ACL_BF16 || t.dtype == ACL_FLOAT,
           std::string(name) + " must be float16, bfloat16 or float32");
  return {};
}

at::Tensor pick_rows(const at::Tensor& rows, const at::Tensor& numbers) {
  const auto none = (numbers < 0).logical_or_(numbers >= rows.size(0));
  auto sizes = rows.sizes().vec();
  sizes[0] = numbers.size(0);
  if (rows.size(0) == 0) return at::zeros(sizes, rows.options());
  auto out = rows.index_select(0, numbers.masked_fill(none, 0));
  std::fill(sizes.begin() + 1, sizes.end(), 1);
  return out.masked_fill_(none.view(sizes), 0);
}

at::Tensor place_rows(int64_t count, const at::Tensor& numbers, const at::Tensor& values) {
  const auto kept = (numbers >= 0).logical_and_(numbers < count).nonzero().flatten();
  auto sizes = values.sizes().vec();
  sizes[0] = count;
  return at::zeros(sizes, values.options()).index_copy_(0, numbers.index_select(0, kept), values.index_select(0, kept));
}

}  // namespace npu
