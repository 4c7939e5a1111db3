#include "aten/row.h"

#include <ATen/ops/exp_ops.h>
#include <ATen/ops/expm1_ops.h>

#include "aclnnop/unary.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(exp_out, aclnnExp);
  NPU_OP(expm1_out, aclnnExpm1);
}

}  // namespace at_npu
