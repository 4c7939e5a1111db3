#include "aten/row.h"

#include <ATen/ops/max_pool2d_with_indices_backward_ops.h>
#include <ATen/ops/max_pool2d_with_indices_ops.h>

#include "aclnnop/pool.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(max_pool2d_with_indices_out, aclnnMaxPool2dWithIndices);
  NPU_OP(max_pool2d_with_indices_backward_grad_input, aclnnMaxPool2dWithIndicesBackward, arg<0>, arg<1>, arg<7>,
         arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<8>);
}

}  // namespace at_npu
