#include "aclnnop/binary.h"
#include "npu/ops/aten.h"

#include <ATen/ops/add_ops.h>
#include <ATen/ops/mul_ops.h>

namespace npu {

ACLNN_OP(aclnnAdd, self, other, alpha, out) {
  OP_CHECK(broadcasts(self, other, out), "out must have the shape self and other broadcast to");
  return aten<at::_ops::add_out>(self, other, alpha, out);
}

ACLNN_OP(aclnnMul, self, other, out) {
  OP_CHECK(broadcasts(self, other, out), "out must have the shape self and other broadcast to");
  return aten<at::_ops::mul_out>(self, other, out);
}

}  // namespace npu
