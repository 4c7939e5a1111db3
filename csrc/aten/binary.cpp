#include "aten/row.h"

#include <ATen/ops/add_ops.h>
#include <ATen/ops/mul_ops.h>

#include "aclnnop/binary.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(add_out, aclnnAdd);
  NPU_OP(mul_out, aclnnMul);
}

}  // namespace at_npu
