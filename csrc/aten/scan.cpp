#include "aten/row.h"

#include <ATen/ops/_cummax_helper_ops.h>
#include <ATen/ops/_cummin_helper_ops.h>
#include <ATen/ops/cumprod_ops.h>
#include <ATen/ops/cumsum_ops.h>

#include "aclnnop/scan.h"

namespace at_npu {
namespace {

at::Scalar as_scalar(int64_t dim) { return dim; }

}  // namespace

NPU_OPS {
  NPU_OP(cumsum_out, aclnnCumsum, arg<0>, arg<1>, out_dtype, arg<3>);
  NPU_OP(cumprod_out, aclnnCumprod, arg<0>, call<as_scalar, 1>, out_dtype, arg<3>);
  NPU_OP(_cummax_helper, aclnnCummax, arg<0>, arg<3>, arg<1>, arg<2>);
  NPU_OP(_cummin_helper, aclnnCummin, arg<0>, arg<3>, arg<1>, arg<2>);
}

}  // namespace at_npu
