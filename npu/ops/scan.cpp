#include "aclnnop/scan.h"
#include "npu/ops/check.h"

#include <ATen/ops/cummax_ops.h>
#include <ATen/ops/cummin_ops.h>
#include <ATen/ops/cumprod_meta_dispatch.h>
#include <ATen/ops/cumprod_ops.h>
#include <ATen/ops/cumsum_meta_dispatch.h>
#include <ATen/ops/cumsum_ops.h>

namespace npu {

ACLNN_OP(aclnnCumsum, self, dim, dtype, out) {
  return checked<at::_ops::cumsum_out, at::meta::cumsum_outf>(self, dim, dtype, out);
}
ACLNN_OP(aclnnCumprod, self, dim, dtype, out) {
  OP_GIVEN(dim.defined());
  return checked<at::_ops::cumprod_out, at::meta::cumprod_outf>(self, dim.to_int(), dtype, out);
}

static Status scan_fits(const Tensor& self, int64_t dim, const Tensor& values, const Tensor& indices) {
  OP_GIVEN(self.defined() && values.defined() && indices.defined());
  OP_CHECK(self.has_dim(dim), "there is no such dimension");
  OP_CHECK(self.same_sizes(values) && self.same_sizes(indices), "values and indices must have the shape of self");
  OP_CHECK(values.dtype == self.dtype, "values must have the dtype of self");
  return {};
}
ACLNN_OP(aclnnCummax, self, dim, values, indices) {
  NPU_TRY(scan_fits(self, dim, values, indices));
  NPU_TRY(indices_fit(indices));
  return copied<at::_ops::cummax>({values, Own{indices}}, self, dim);
}
ACLNN_OP(aclnnCummin, self, dim, values, indices) {
  NPU_TRY(scan_fits(self, dim, values, indices));
  NPU_TRY(indices_fit(indices));
  return copied<at::_ops::cummin>({values, Own{indices}}, self, dim);
}

}  // namespace npu
