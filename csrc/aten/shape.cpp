#include "aten/row.h"

#include <ATen/ops/cat_ops.h>

#include "aclnnop/shape.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(cat_out, aclnnCat);
}

}  // namespace at_npu
