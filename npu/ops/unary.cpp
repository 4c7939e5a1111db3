#include "aclnnop/unary.h"
#include "npu/ops/aten.h"

#include <ATen/ops/exp_ops.h>
#include <ATen/ops/expm1_ops.h>

namespace npu {

ACLNN_OP(aclnnExp, self, out) { return elementwise<at::_ops::exp_out>(self, out); }
ACLNN_OP(aclnnExpm1, self, out) { return elementwise<at::_ops::expm1_out>(self, out); }

}  // namespace npu
