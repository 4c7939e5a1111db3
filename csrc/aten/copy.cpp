#include "aten/row.h"

#include <ATen/ops/fill_ops.h>
#include <ATen/ops/zero_ops.h>

#include "aclnnop/copy.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(fill__Scalar, aclnnInplaceFillScalar);
  NPU_OP(zero_, aclnnInplaceFillScalar, arg<0>, value<int64_t{0}>);
}

}  // namespace at_npu
