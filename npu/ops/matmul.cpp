#include "aclnnop/matmul.h"

#include "npu/ops/aten.h"

#include <ATen/ops/addmm_ops.h>
#include <ATen/ops/mm_ops.h>

namespace npu {

static bool multiplies(const Tensor& a, const Tensor& b, const Tensor& out) {
  return a.dims == 2 && b.dims == 2 && out.dims == 2 && a.sizes[1] == b.sizes[0] && out.sizes[0] == a.sizes[0] &&
         out.sizes[1] == b.sizes[1];
}

ACLNN_OP(aclnnMm, self, mat2, out, cube_math_type) {
  OP_CHECK(multiplies(self, mat2, out), "self [n, k] and mat2 [k, m] give out [n, m]");
  return aten<at::_ops::mm_out>(self, mat2, out);
}

ACLNN_OP(aclnnAddmm, self, mat1, mat2, beta, alpha, out, cube_math_type) {
  OP_CHECK(multiplies(mat1, mat2, out), "mat1 [n, k] and mat2 [k, m] give out [n, m]");
  return aten<at::_ops::addmm_out>(self, mat1, mat2, beta, alpha, out);
}

}  // namespace npu
