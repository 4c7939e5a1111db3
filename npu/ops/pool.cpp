#include "aclnnop/pool.h"
#include "npu/ops/aten.h"

#include <ATen/ops/max_pool2d_with_indices_ops.h>
#include <ATen/ops/max_pool2d_with_indices_backward_ops.h>

namespace npu {

ACLNN_OP(aclnnMaxPool2dWithIndices, self, kernel, stride, padding, dilation, ceil_mode, out, indices) {
  return aten<at::_ops::max_pool2d_with_indices_out>(self, kernel, stride, padding, dilation, ceil_mode, out, indices);
}

ACLNN_OP(aclnnMaxPool2dWithIndicesBackward, grad, self, indices, kernel, stride, padding, dilation, ceil_mode,
         grad_input) {
  return aten<at::_ops::max_pool2d_with_indices_backward_grad_input>(grad, self, kernel, stride, padding, dilation,
                                                                     ceil_mode, indices, grad_input);
}

}  // namespace npu
