#include "aclnnop/shape.h"
#include "npu/ops/check.h"

#include <ATen/ops/cat_ops.h>

namespace npu {

ACLNN_OP(aclnnCat, tensors, dim, out) { return checked<at::_ops::cat_out>(tensors, dim, out); }

}  // namespace npu
