#include "aclnnop/pool.h"
#include "npu/ops/aten.h"
#include "npu/ops/max_pool.h"

namespace npu {

ACLNN_OP(aclnnMaxPool2dWithIndices, self, kernel, stride, padding, dilation, ceil_mode, out, indices) {
  return aten<max_pool2d_with_indices_out>(self, kernel, stride, padding, dilation, ceil_mode, out, indices);
}

ACLNN_OP(aclnnMaxPool2dWithIndicesBackward, grad, self, indices, kernel, stride, padding, dilation, ceil_mode,
         grad_input) {
  return aten<max_pool2d_with_indices_backward_grad_input>(grad, self, kernel, stride, padding, dilation,
                                                                     ceil_mode, indices, grad_input);
}

}  // namespace npu
