#include "aclnnop/copy.h"
#include "npu/ops/aten.h"

#include <ATen/ops/copy_ops.h>
#include <ATen/ops/fill_ops.h>

namespace npu {

ACLNN_OP(aclnnInplaceCopy, self, src) { return aten<at::_ops::copy_>(self, src, false); }

ACLNN_OP(aclnnInplaceFillScalar, self, value) { return aten<at::_ops::fill__Scalar>(self, value); }

}  // namespace npu
