#include "aclnnop/matmul.h"
#include "npu/ops/check.h"
#include "npu/ops/cube.h"

#include <ATen/ops/addbmm_ops.h>
#include <ATen/ops/addmm_meta_dispatch.h>
#include <ATen/ops/addmm_ops.h>
#include <ATen/ops/addmv_meta_dispatch.h>
#include <ATen/ops/addmv_ops.h>
#include <ATen/ops/addr_ops.h>
#include <ATen/ops/baddbmm_meta_dispatch.h>
#include <ATen/ops/baddbmm_ops.h>
#include <ATen/ops/bmm_meta_dispatch.h>
#include <ATen/ops/bmm_ops.h>
#include <ATen/ops/dot_ops.h>
#include <ATen/ops/matmul_ops.h>
#include <ATen/ops/mm_meta_dispatch.h>
#include <ATen/ops/mm_ops.h>
#include <ATen/ops/mv_ops.h>
#include <ATen/ops/outer.h>

namespace npu {

// A float32 result of 16-bit matrices, or of one of 16 bits and one of 32, is not rounded to their dtype.
static bool stays_wide(const Tensor& a, const Tensor& b, const Tensor& out) {
  const auto narrow = [](const Tensor& t) { return info(t.dtype).kind == Kind::kFloat && info(t.dtype).size == 2; };
  return a.defined() && b.defined() && out.dtype == ACL_FLOAT && (narrow(a) || narrow(b)) &&
         (narrow(a) || a.dtype == ACL_FLOAT) && (narrow(b) || b.dtype == ACL_FLOAT);
}
static Status one_dtype(const Tensor& a, const Tensor& b) {
  OP_CHECK(!a.defined() || !b.defined() || a.dtype == b.dtype,
           "matrices of two dtypes give an out of the dtype that both promote to");
  return {};
}
static Dense widened(const Tensor& t) { return {t, true}; }

ACLNN_OP(aclnnMm, self, mat2, out, cube_math_type) {
  if (stays_wide(self, mat2, out))
    return checked<at::_ops::mm_out, at::meta::mm_outf>(widened(self), widened(mat2), out);
  NPU_TRY(one_dtype(self, mat2));
  return checked<cube<at::_ops::mm_out>, at::meta::mm_outf>(self, mat2, out);
}
// One batch multiplies all of the other.
static void repeat_batch(Tensor& t, const Tensor& of) {
  if (t.dims != 3 || of.dims != 3 || t.sizes[0] != 1 || of.sizes[0] == 1) return;
  t.sizes[0] = of.sizes[0];
  t.strides[0] = 0;
}
ACLNN_OP(aclnnBatchMatMul, self, mat2, out, cube_math_type) {
  repeat_batch(self, mat2);
  repeat_batch(mat2, self);
  if (stays_wide(self, mat2, out))
    return checked<at::_ops::bmm_out, at::meta::bmm_outf>(widened(self), widened(mat2), out);
  NPU_TRY(one_dtype(self, mat2));
  return checked<cube<at::_ops::bmm_out>, at::meta::bmm_outf>(self, mat2, out);
}
ACLNN_OP(aclnnAddmm, self, mat1, mat2, beta, alpha, out, cube_math_type) {
  if (stays_wide(mat1, mat2, out))
    return checked<at::_ops::addmm_out, at::meta::addmm_outf>(widened(self), widened(mat1), widened(mat2), beta, alpha,
                                                              out);
  NPU_TRY(one_dtype(mat1, mat2));
  return checked<cube<at::_ops::addmm_out>, at::meta::addmm_outf>(self, mat1, mat2, beta, alpha, out);
}
ACLNN_OP(aclnnInplaceAddmm, self, mat1, mat2, beta, alpha, cube_math_type) {
  NPU_TRY(one_dtype(mat1, mat2));
  return checked<cube<at::_ops::addmm_out>, at::meta::addmm_outf>(self, mat1, mat2, beta, alpha, self);
}
ACLNN_OP(aclnnBaddbmm, self, batch1, batch2, beta, alpha, out, cube_math_type) {
  if (stays_wide(batch1, batch2, out))
    return checked<at::_ops::baddbmm_out, at::meta::baddbmm_outf>(widened(self), widened(batch1), widened(batch2), beta,
                                                                  alpha, out);
  NPU_TRY(one_dtype(batch1, batch2));
  return checked<cube<at::_ops::baddbmm_out>, at::meta::baddbmm_outf>(self, batch1, batch2, beta, alpha, out);
}
ACLNN_OP(aclnnAddmv, self, mat, vec, alpha, beta, out, cube_math_type) {
  return checked<cube<at::_ops::addmv_out>, at::meta::addmv_outf>(self, mat, vec, beta, alpha, out);
}

ACLNN_OP(aclnnAddbmm, self, batch1, batch2, beta, alpha, out, cube_math_type) {
  OP_GIVEN(self.defined() && batch1.defined() && batch2.defined() && out.defined());
  OP_CHECK(batch1.dims == 3 && batch2.dims == 3 && out.dims == 2 && batch1.sizes[0] == batch2.sizes[0] &&
               batch1.sizes[2] == batch2.sizes[1] && out.sizes[0] == batch1.sizes[1] && out.sizes[1] == batch2.sizes[2],
           "batch1 [b, n, k] and batch2 [b, k, m] give out [n, m]");
  OP_CHECK(broadcasts_to(self, out), "self must broadcast to out");
  NPU_TRY(one_dtype(batch1, batch2));
  return aten<cube<at::_ops::addbmm_out>>(self, batch1, batch2, beta, alpha, out);
}

ACLNN_OP(aclnnMv, self, vec, out, cube_math_type) {
  OP_GIVEN(self.defined() && vec.defined() && out.defined());
  OP_CHECK(self.dims == 2 && vec.dims == 1 && out.dims == 1 && self.sizes[1] == vec.sizes[0] &&
               out.sizes[0] == self.sizes[0],
           "self [n, k] and vec [k] give out [n]");
  NPU_TRY(one_dtype(self, vec));
  return aten<cube<at::_ops::mv_out>>(self, vec, out);
}
ACLNN_OP(aclnnDot, self, tensor, out) {
  OP_GIVEN(self.defined() && tensor.defined() && out.defined());
  OP_CHECK(self.dims == 1 && self.same_sizes(tensor) && out.dims == 0, "self [n] and tensor [n] give a 0-dim out");
  NPU_TRY(one_dtype(self, tensor));
  return aten<cube<at::_ops::dot_out>>(self, tensor, out);
}

// The shape that Tensor.matmul gives: vectors gain a dimension for the product and lose it again.
static Status matmul_fits(const Tensor& a, const Tensor& b, const Tensor& out) {
  OP_GIVEN(a.defined() && b.defined() && out.defined());
  OP_CHECK(a.dims >= 1 && b.dims >= 1, "self and mat2 need a dimension or more");
  const int64_t k = a.sizes[a.dims - 1];
  OP_CHECK(k == b.sizes[b.dims == 1 ? 0 : b.dims - 2],
           "the last dimension of self and the first of the matrices in mat2 differ");
  Tensor lead_a = a, lead_b = b, lead_out = out;
  lead_a.dims = std::max(a.dims - 2, 0);
  lead_b.dims = std::max(b.dims - 2, 0);
  lead_out.dims = out.dims - (a.dims > 1) - (b.dims > 1);
  OP_CHECK(lead_out.dims >= 0 && broadcasts(lead_a, lead_b, lead_out),
           "out must have the batches that self's and mat2's broadcast to");
  OP_CHECK((a.dims == 1 || out.sizes[lead_out.dims] == a.sizes[a.dims - 2]) &&
               (b.dims == 1 || out.sizes[out.dims - 1] == b.sizes[b.dims - 1]),
           "[n, k] and [k, m] give out [n, m]");
  OP_CHECK(castable(promoted(a, b), out.dtype), "the result's dtype does not fit out's dtype");
  return {};
}
ACLNN_OP(aclnnMatmul, self, mat2, out, cube_math_type) {
  NPU_TRY(matmul_fits(self, mat2, out));
  if (stays_wide(self, mat2, out)) return copied<at::_ops::matmul>({out}, widened(self), widened(mat2));
  NPU_TRY(one_dtype(self, mat2));
  return copied<cube<at::_ops::matmul>>({out}, self, mat2);
}

static Status addr_fits(const Tensor& self, const Tensor& vec1, const Tensor& vec2, const Tensor& out) {
  OP_GIVEN(self.defined() && vec1.defined() && vec2.defined() && out.defined());
  OP_CHECK(vec1.dims == 1 && vec2.dims == 1 && out.dims == 2 && out.sizes[0] == vec1.sizes[0] &&
               out.sizes[1] == vec2.sizes[0],
           "vec1 [n] and vec2 [m] give out [n, m]");
  OP_CHECK(broadcasts_to(self, out), "self must broadcast to out");
  return {};
}
ACLNN_OP(aclnnAddr, self, vec1, vec2, beta, alpha, out) {
  NPU_TRY(addr_fits(self, vec1, vec2, out));
  return aten<at::_ops::addr_out>(self, vec1, vec2, beta, alpha, out);
}
ACLNN_OP(aclnnInplaceAddr, self, vec1, vec2, beta, alpha) {
  NPU_TRY(addr_fits(self, vec1, vec2, self));
  return aten<at::_ops::addr_out>(self, vec1, vec2, beta, alpha, self);
}

ACLNN_OP(aclnnGer, self, vec2, out) {
  OP_GIVEN(self.defined() && vec2.defined() && out.defined());
  OP_CHECK(self.dims == 1 && vec2.dims == 1, "self and vec2 must have one dimension");
  NPU_TRY(holds("out", out, {self.sizes[0], vec2.sizes[0]}, promoted(self, vec2)));
  return [=](void*) { copy_result(at::outer(aten_view(self), aten_view(vec2)), out); };
}

ACLNN_OP(aclnnTransMatmulWeight, mm_weight) {
  OP_GIVEN(mm_weight.defined());
  OP_CHECK(mm_weight.dims >= 2 && mm_weight.dims <= 6, "a weight has 2 to 6 dimensions");
  return [](void*) {};
}

}  // namespace npu

// The order of the device is made of blocks of 16 by 16 (int8: 32).
aclnnStatus aclnnCalculateMatmulWeightSizeV2(const aclIntArray* shape, aclDataType dtype, uint64_t* elements) {
  constexpr const char* kCall = "aclnnCalculateMatmulWeightSizeV2: ";
  if (!shape || !elements)
    return npu::remember(
        {ACLNN_ERR_PARAM_NULLPTR, std::string(kCall) + "the shape, or the place for the size, is null"});
  const npu::IntArray sizes = npu::value(shape);
  if (sizes.size() < 2 || std::any_of(sizes.begin(), sizes.end(), [](int64_t size) { return size < 0; }))
    return npu::remember({ACLNN_ERR_PARAM_INVALID, std::string(kCall) + "a weight has at least 2 dimensions"});
  const uint64_t block = npu::info(dtype).size == 1 ? 32 : 16;
  uint64_t count = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const auto size = static_cast<uint64_t>(sizes[i]);
    const uint64_t step = i + 1 == sizes.size() ? block : i + 2 == sizes.size() ? 16 : 1;
    count *= (size + step - 1) / step * step;
  }
  *elements = count;
  return ACL_SUCCESS;
}
aclnnStatus aclnnCalculateMatmulWeightSize(const aclIntArray* shape, uint64_t* elements) {
  return aclnnCalculateMatmulWeightSizeV2(shape, ACL_FLOAT16, elements);
}
