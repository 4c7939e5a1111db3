#include "aclnnop/reduce.h"
#include "npu/ops/aten.h"

#include <ATen/ops/sum_ops.h>

namespace npu {

ACLNN_OP(aclnnReduceSum, self, dims, keep_dims, dtype, out) {
  return aten<at::_ops::sum_IntList_out>(self, dims, keep_dims, dtype, out);
}

}  // namespace npu
