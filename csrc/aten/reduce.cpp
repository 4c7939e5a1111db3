#include "aten/row.h"

#include <ATen/ops/sum_ops.h>

#include "aclnnop/reduce.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(sum_IntList_out, aclnnReduceSum, arg<0>, arg<1>, arg<2>, out_dtype, arg<4>);
}

}  // namespace at_npu
