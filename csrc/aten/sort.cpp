#include "aten/row.h"

#include <ATen/ops/median_ops.h>
#include <ATen/ops/nanmedian_ops.h>

#include "aclnnop/reduce.h"

namespace at_npu {
namespace {

at::DimVector without_dim(const at::Tensor& t, int64_t dim, bool keepdim) {
  return t.dim() == 0 ? at::DimVector() : reduced_sizes(t, at::IntArrayRef(dim), keepdim);
}

}  // namespace

NPU_OPS {
  NPU_OP(median_dim_values, aclnnMedianDim, arg<0>, arg<1>, arg<2>, grown<3, without_dim, 0, 1, 2>,
         grown<4, without_dim, 0, 1, 2>);
  NPU_OP(nanmedian_dim_values, aclnnNanMedianDim, arg<0>, arg<1>, arg<2>, grown<3, without_dim, 0, 1, 2>,
         grown<4, without_dim, 0, 1, 2>);
}

}  // namespace at_npu
