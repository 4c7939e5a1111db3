// Operators the device has none for, written with others that it has.
#include "aten/row.h"

#include <ATen/ops/count_nonzero_ops.h>
#include <ATen/ops/equal_ops.h>
#include <ATen/ops/index_fill_ops.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/sum.h>

#include "aclnnop/compare.h"

namespace at_npu {
namespace {

bool equal(const at::Tensor& self, const at::Tensor& other) {
  TORCH_CHECK(self.device() == other.device(), "Cannot compare two tensors on different devices. Got: ", self.device(),
              " and ", other.device());
  TORCH_CHECK(self.scalar_type() == other.scalar_type(), "Expected object of data type ", self.scalar_type(),
              " but got data type ", other.scalar_type(), " for argument 'other' in call to equal");
  if (self.sizes() != other.sizes()) return false;
  const c10_npu::NPUGuard guard(self.device());
  auto out = make({1}, at::kBool);
  NPU_LAUNCH(aclnnEqual, self, other, out);
  return out.item().toBool();
}

at::Tensor count_nonzero(const at::Tensor& self, at::IntArrayRef dims) { return at::sum(at::ne(self, 0), dims); }

at::Tensor& index_fill(at::Tensor& self, int64_t dim, const at::Tensor& index, const at::Tensor& value) {
  TORCH_CHECK(value.dim() == 0, "index_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
              value.dim(), " dimension(s).");
  return self.index_fill_(dim, index, value.item());
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(equal, aclnnEqual, equal);
  m.impl("count_nonzero.dim_IntList", TORCH_FN(count_nonzero));
  m.impl("index_fill_.int_Tensor", TORCH_FN(index_fill));
}

}  // namespace at_npu
