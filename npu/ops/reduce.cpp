#include "aclnnop/reduce.h"
#include "npu/ops/check.h"

#include <ATen/OpMathType.h>
#include <ATen/ops/all_meta_dispatch.h>
#include <ATen/ops/all_ops.h>
#include <ATen/ops/amax_meta_dispatch.h>
#include <ATen/ops/amax_ops.h>
#include <ATen/ops/amin_meta_dispatch.h>
#include <ATen/ops/amin_ops.h>
#include <ATen/ops/aminmax_meta_dispatch.h>
#include <ATen/ops/aminmax_ops.h>
#include <ATen/ops/any_meta_dispatch.h>
#include <ATen/ops/any_ops.h>
#include <ATen/ops/argmax_meta_dispatch.h>
#include <ATen/ops/argmax_ops.h>
#include <ATen/ops/argmin_meta_dispatch.h>
#include <ATen/ops/argmin_ops.h>
#include <ATen/ops/bincount_ops.h>
#include <ATen/ops/histc_ops.h>
#include <ATen/ops/linalg_vector_norm_meta_dispatch.h>
#include <ATen/ops/linalg_vector_norm_ops.h>
#include <ATen/ops/logsumexp_ops.h>
#include <ATen/ops/max_meta_dispatch.h>
#include <ATen/ops/max_ops.h>
#include <ATen/ops/mean_meta_dispatch.h>
#include <ATen/ops/mean_ops.h>
#include <ATen/ops/median_ops.h>
#include <ATen/ops/min_meta_dispatch.h>
#include <ATen/ops/min_ops.h>
#include <ATen/ops/nanmedian_ops.h>
#include <ATen/ops/nansum_ops.h>
#include <ATen/ops/norm_meta_dispatch.h>
#include <ATen/ops/norm_ops.h>
#include <ATen/ops/prod_meta_dispatch.h>
#include <ATen/ops/prod_ops.h>
#include <ATen/ops/renorm_meta_dispatch.h>
#include <ATen/ops/renorm_ops.h>
#include <ATen/ops/std_mean_ops.h>
#include <ATen/ops/std_ops.h>
#include <ATen/ops/sum_meta_dispatch.h>
#include <ATen/ops/sum_ops.h>
#include <ATen/ops/trace_ops.h>
#include <ATen/ops/var_mean_ops.h>
#include <ATen/ops/var_ops.h>

namespace npu {

// No dimension means all of them.
static IntArray or_all(IntArray dims, const Tensor& self) {
  if (dims.empty())
    for (int i = 0; i < self.dims; ++i) dims.push_back(i);
  return dims;
}

// out has the shape of self without `dims`; for reductions that have no Meta kernel.
static Status reduced(const Tensor& self, const IntArray& dims, bool keepdim, const Tensor& out) {
  OP_GIVEN(self.defined() && out.defined());
  uint32_t gone = 0;
  for (int64_t dim : or_all(dims, self)) {
    OP_CHECK(self.has_dim(dim), "there is no dimension " + std::to_string(dim));
    gone |= 1u << self.wrap(dim);
  }
  Tensor expected;
  expected.dims = 0;
  for (int i = 0; i < self.dims; ++i)
    if (!(gone >> i & 1)) expected.sizes[expected.dims++] = self.sizes[i];
    else if (keepdim) expected.sizes[expected.dims++] = 1;
  expected.dtype = out.dtype;
  OP_CHECK(expected.same_sizes(out), "out must have the shape of the reduced self, " + text(expected));
  return {};
}

ACLNN_OP(aclnnReduceSum, self, dims, keepdim, dtype, out) {
  return checked<at::_ops::sum_IntList_out, at::meta::sum_outf>(self, dims, keepdim, dtype, out);
}
ACLNN_OP(aclnnReduceNansum, self, dims, keepdim, dtype, out) {
  NPU_TRY(reduced(self, dims, keepdim, out));
  return aten<at::_ops::nansum_out>(self, dims, keepdim, dtype, out);
}
ACLNN_OP(aclnnMean, self, dims, keepdim, dtype, out) {
  return checked<at::_ops::mean_out, at::meta::mean_outf>(self, dims, keepdim, dtype, out);
}
ACLNN_OP(aclnnProd, self, dtype, out) {
  NPU_TRY(reduced(self, {}, false, out));
  return copied<at::_ops::prod>({out}, self, dtype);
}
ACLNN_OP(aclnnProdDim, self, dim, keepdim, dtype, out) {
  return checked<at::_ops::prod_int_out, at::meta::prod_outf>(self, dim, keepdim, dtype, out);
}
ACLNN_OP(aclnnAll, self, dims, keepdim, out) {
  return checked<at::_ops::all_dims_out, at::meta::all_outf>(self, or_all(dims, self), keepdim, out);
}
ACLNN_OP(aclnnAny, self, dims, keepdim, out) {
  return checked<at::_ops::any_dims_out, at::meta::any_outf>(self, or_all(dims, self), keepdim, out);
}

ACLNN_OP(aclnnAmax, self, dims, keepdim, out) {
  return checked<at::_ops::amax_out, at::meta::amax_outf>(self, dims, keepdim, out);
}
ACLNN_OP(aclnnAmin, self, dims, keepdim, out) {
  return checked<at::_ops::amin_out, at::meta::amin_outf>(self, dims, keepdim, out);
}
ACLNN_OP(aclnnMax, self, out) { return checked<at::_ops::amax_out, at::meta::amax_outf>(self, IntArray(), false, out); }
ACLNN_OP(aclnnMin, self, out) { return checked<at::_ops::amin_out, at::meta::amin_outf>(self, IntArray(), false, out); }

// ATen's indices are int64; an operator that gives int32 converts.
#define WITH_INDICES(name, kernel)                                                                                \
  ACLNN_OP(aclnn##name, self, dim, keepdim, out, indices) {                                                       \
    if (indices.dtype == ACL_INT64)                                                                               \
      return checked<at::_ops::kernel##_dim_##kernel, at::meta::kernel##_outf>(self, dim, keepdim, out, indices); \
    NPU_TRY(reduced(self, {dim}, keepdim, out));                                                                  \
    NPU_TRY(reduced(self, {dim}, keepdim, indices));                                                              \
    NPU_TRY(indices_fit(indices));                                                                                \
    return copied<at::_ops::kernel##_dim>({out, Own{indices}}, self, dim, keepdim);                               \
  }
WITH_INDICES(MaxDim, max)
WITH_INDICES(MinDim, min)

#define MEDIAN(name, kernel)                                                           \
  ACLNN_OP(aclnn##name, self, out) {                                                   \
    NPU_TRY(reduced(self, {}, false, out));                                            \
    return copied<at::_ops::kernel>({out}, self);                                      \
  }                                                                                    \
  ACLNN_OP(aclnn##name##Dim, self, dim, keepdim, values, indices) {                    \
    NPU_TRY(reduced(self, {dim}, keepdim, values));                                    \
    NPU_TRY(reduced(self, {dim}, keepdim, indices));                                   \
    NPU_TRY(indices_fit(indices));                                                     \
    return copied<at::_ops::kernel##_dim>({values, Own{indices}}, self, dim, keepdim); \
  }
MEDIAN(Median, median)
MEDIAN(NanMedian, nanmedian)

ACLNN_OP(aclnnArgMax, self, dim, keepdim, out) {
  if (out.dtype == ACL_INT64) return checked<at::_ops::argmax_out, at::meta::argmax_outf>(self, dim, keepdim, out);
  NPU_TRY(reduced(self, {dim}, keepdim, out));
  NPU_TRY(indices_fit(out));
  return copied<at::_ops::argmax>({Own{out}}, self, dim, keepdim);
}
ACLNN_OP(aclnnArgMin, self, dim, keepdim, out) {
  if (out.dtype == ACL_INT64) return checked<at::_ops::argmin_out, at::meta::argmin_outf>(self, dim, keepdim, out);
  NPU_TRY(reduced(self, {dim}, keepdim, out));
  NPU_TRY(indices_fit(out));
  return copied<at::_ops::argmin>({Own{out}}, self, dim, keepdim);
}

ACLNN_OP(aclnnAminmax, self, dims, keepdim, min, max) {
  NPU_TRY(reduced(self, dims, keepdim, min));
  NPU_TRY(reduced(self, dims, keepdim, max));
  NPU_TRY(kind_fits(self.dtype, min));
  NPU_TRY(kind_fits(self.dtype, max));
  return [=](void*) {
    compute<at::_ops::amin_out>(self, dims, keepdim, min);
    compute<at::_ops::amax_out>(self, dims, keepdim, max);
  };
}
ACLNN_OP(aclnnAminmaxAll, self, min, max) {
  return checked<at::_ops::aminmax_out, at::meta::aminmax_outf>(self, None{}, false, min, max);
}
ACLNN_OP(aclnnAminmaxDim, self, dim, keepdim, min, max) {
  return checked<at::_ops::aminmax_out, at::meta::aminmax_outf>(self, dim, keepdim, min, max);
}

ACLNN_OP(aclnnLogSumExp, self, dims, keepdim, out) {
  NPU_TRY(reduced(self, dims, keepdim, out));
  return aten<at::_ops::logsumexp_out>(self, or_all(dims, self), keepdim, out);
}
ACLNN_OP(aclnnNorm, self, p, dims, keepdim, out) {
  OP_GIVEN(self.defined() && out.defined());
  NPU_TRY(dtype_fits(self.dtype, out, Gives::kReal));
  return checked<at::_ops::norm_out, at::meta::norm_outf>(self, p, dims, keepdim, out);
}
ACLNN_OP(aclnnLinalgVectorNorm, self, ord, dims, keepdim, dtype, out) {
  return checked<at::_ops::linalg_vector_norm_out, at::meta::linalg_vector_norm_outf>(self, ord, or_all(dims, self),
                                                                                      keepdim, dtype, out);
}

// correction is what is taken off the number of elements: 1 for the unbiased estimate.
ACLNN_OP(aclnnStd, self, dims, correction, keepdim, out) {
  NPU_TRY(reduced(self, dims, keepdim, out));
  NPU_TRY(dtype_fits(self.dtype, out, Gives::kReal));
  return aten<at::_ops::std_correction_out>(self, or_all(dims, self), Scalar{correction}, keepdim, Own{out});
}
ACLNN_OP(aclnnVarCorrection, self, dims, correction, keepdim, out) {
  NPU_TRY(reduced(self, dims, keepdim, out));
  NPU_TRY(dtype_fits(self.dtype, out, Gives::kReal));
  return aten<at::_ops::var_correction_out>(self, or_all(dims, self), Scalar{correction}, keepdim, Own{out});
}
ACLNN_OP(aclnnStdMeanCorrection, self, dims, correction, keepdim, std, mean) {
  NPU_TRY(reduced(self, dims, keepdim, std));
  NPU_TRY(dtype_fits(self.dtype, std, Gives::kReal));
  NPU_TRY(reduced(self, dims, keepdim, mean));
  return copied<at::_ops::std_mean_correction>({Own{std}, mean}, self, or_all(dims, self), Scalar{correction}, keepdim);
}
ACLNN_OP(aclnnVarMean, self, dims, correction, keepdim, var, mean) {
  NPU_TRY(reduced(self, dims, keepdim, var));
  NPU_TRY(dtype_fits(self.dtype, var, Gives::kReal));
  NPU_TRY(reduced(self, dims, keepdim, mean));
  return copied<at::_ops::var_mean_correction>({Own{var}, mean}, self, or_all(dims, self), Scalar{correction}, keepdim);
}

ACLNN_OP(aclnnTrace, self, out) {
  NPU_TRY(reduced(self, {}, false, out));
  OP_CHECK(self.dims == 2, "self must be a matrix");
  return copied<at::_ops::trace>({out}, self);
}
ACLNN_OP(aclnnRenorm, self, p, dim, maxnorm, out) {
  return checked<at::_ops::renorm_out, at::meta::renorm_outf>(self, p, dim, maxnorm, out);
}
ACLNN_OP(aclnnInplaceRenorm, self, p, dim, maxnorm) {
  return checked<at::_ops::renorm_out, at::meta::renorm_outf>(self, p, dim, maxnorm, self);
}
ACLNN_OP(aclnnBincount, self, weights, minlength, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.dims == 1 && out.dims == 1, "self and out have one dimension");
  OP_CHECK(!weights.defined() || weights.same_sizes(self), "weights must have the shape of self");
  OP_CHECK(out.sizes[0] >= minlength, "out must have minlength elements or more");
  return copied<at::_ops::bincount>({out}, self, weights, minlength);
}
ACLNN_OP(aclnnHistc, self, bins, min, max, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(out.dims == 1 && out.sizes[0] == bins, "out must have the shape [bins]");
  if (info(self.dtype).kind == Kind::kInteger) {  // ATen counts floats alone
    OP_GIVEN(min.defined() && max.defined());
    OP_CHECK(bins > 0, "bins must be positive");
    OP_CHECK(info(out.dtype).kind != Kind::kBool, "out cannot hold counts");
    return [=](void*) {
      const auto numbers = aten_view(self).to(at::kDouble);
      aten_view(out).copy_(at::_ops::histc::call(numbers, bins, aten_scalar(min), aten_scalar(max)));
    };
  }
  return aten<at::_ops::histc_out>(self, bins, min, max, out);
}

ACLNN_OP(aclnnSum, tensors, out) {
  OP_GIVEN(out.defined());
  OP_CHECK(!tensors.empty(), "there is no tensor to add");
  for (const Tensor& t : tensors) {
    OP_GIVEN(t.defined());
    OP_CHECK(t.same_sizes(tensors[0]), "the tensors must have one shape");
  }
  NPU_TRY(holds("out", out, sizes(tensors[0]), tensors[0].dtype));
  return [=](void*) {
    auto sum = aten_view(tensors[0]).to(at::toOpMathType(aten_dtype(tensors[0].dtype)), false, true);
    for (size_t i = 1; i < tensors.size(); ++i) sum.add_(aten_view(tensors[i]));
    copy_result(sum, out);
  };
}

}  // namespace npu
