#include "aten/row.h"

#include <ATen/ops/fill_ops.h>
#include <ATen/ops/zero_ops.h>

#include "aclnnop/copy.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(fill__Scalar, aclnnInplaceFillScalar);
  NPU_OP(fill__Tensor, aclnnInplaceFillTensor);
  NPU_OP(zero_, aclnnInplaceZero);
}

}  // namespace at_npu
