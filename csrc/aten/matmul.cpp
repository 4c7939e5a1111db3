#include "aten/row.h"

#include <ATen/ops/addmm_ops.h>
#include <ATen/ops/mm_ops.h>

#include "aclnnop/matmul.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(mm_out, aclnnMm, arg<0>, arg<1>, arg<2>, value<kCubeMathType>);
  NPU_OP(addmm_out, aclnnAddmm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, value<kCubeMathType>);
}

}  // namespace at_npu
