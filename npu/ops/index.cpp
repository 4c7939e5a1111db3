#include "aclnnop/index.h"
#include "npu/ops/check.h"

#include <ATen/ops/masked_select_ops.h>
#include <ATen/ops/nonzero_ops.h>

namespace npu {

ACLNN_OP(aclnnMaskedSelect, self, mask, out) {
  OP_GIVEN(self.defined() && mask.defined());
  OP_CHECK(mask.dtype == ACL_BOOL || mask.dtype == ACL_UINT8, "mask must be bool");
  OP_CHECK(out.dtype == self.dtype, "out must have the dtype of self");
  return find({out}, [=]() -> std::vector<at::Tensor> {
    return {at::_ops::masked_select::call(aten_view(self), aten_view(mask).to(at::kBool))};
  });
}
ACLNN_OP(aclnnNonzero, self, out) {
  OP_GIVEN(self.defined());
  return find({out}, [=]() -> std::vector<at::Tensor> { return {at::_ops::nonzero::call(aten_view(self))}; });
}
// The transposed form: a row for each dimension.
ACLNN_OP(aclnnNonzeroV2, self, out) {
  OP_GIVEN(self.defined());
  return find({out}, [=]() -> std::vector<at::Tensor> { return {at::_ops::nonzero::call(aten_view(self)).t()}; });
}

}  // namespace npu
