#include "aclnnop/copy.h"
#include "npu/ops/check.h"

#include <ATen/ops/copy_ops.h>
#include <ATen/ops/fill_diagonal_ops.h>
#include <ATen/ops/fill_ops.h>
#include <ATen/ops/zero_ops.h>

namespace npu {

ACLNN_OP(aclnnInplaceCopy, self, src) {
  OP_GIVEN(self.defined() && src.defined());
  OP_CHECK(broadcasts_to(src, self), "src must broadcast to self");
  return aten<at::_ops::copy_>(Own{self}, src, false);
}
ACLNN_OP(aclnnCast, input, dtype, out) {
  OP_GIVEN(input.defined() && out.defined());
  OP_CHECK(input.same_sizes(out), "out must have the shape of input");
  OP_CHECK(out.dtype == dtype, "out must have the dtype that is asked for");
  return aten<at::_ops::copy_>(Own{out}, input, false);
}

ACLNN_OP(aclnnInplaceFillScalar, self, value) { return aten<at::_ops::fill__Scalar>(self, value); }
ACLNN_OP(aclnnInplaceFillTensor, self, value) {
  OP_GIVEN(self.defined() && value.defined());
  OP_CHECK(value.numel() == 1, "value must have one element");
  value.dims = 0;
  return aten<at::_ops::fill__Tensor>(Own{self}, value);
}
ACLNN_OP(aclnnInplaceFillDiagonal, self, value, wrap) {
  OP_GIVEN(self.defined());
  OP_CHECK(self.dims >= 2, "a diagonal needs 2 dimensions or more");
  return aten<at::_ops::fill_diagonal_>(self, value, wrap);
}
ACLNN_OP(aclnnInplaceOne, self) { return aten<at::_ops::fill__Scalar>(self, Scalar{int64_t{1}}); }
ACLNN_OP(aclnnInplaceZero, self) { return aten<at::_ops::zero_>(self); }

}  // namespace npu
