#include "aten/row.h"

#include <ATen/ops/addbmm_ops.h>
#include <ATen/ops/addmm_ops.h>
#include <ATen/ops/addmv_ops.h>
#include <ATen/ops/baddbmm_ops.h>
#include <ATen/ops/bmm_ops.h>
#include <ATen/ops/dot_ops.h>
#include <ATen/ops/mm_ops.h>
#include <ATen/ops/mv_ops.h>

#include "aclnnop/matmul.h"

namespace at_npu {
namespace {

at::DimVector rows(const at::Tensor& mat, const at::Tensor&) { return {mat.size(0)}; }
at::Tensor rows_of(const at::Tensor& mat, const at::Tensor&) { return make({mat.size(0)}, mat.scalar_type()); }
at::DimVector batch_sum_sizes(const at::Tensor& a, const at::Tensor& b) { return {a.size(1), b.size(2)}; }
at::Tensor batch_sum(const at::Tensor& a, const at::Tensor& b) { return make(batch_sum_sizes(a, b), a.scalar_type()); }

// The forms that name the result's dtype: float32 of 16-bit matrices, which is then not rounded.
void check_dtype(const at::Tensor& mat, at::ScalarType dtype) {
  const auto given = mat.scalar_type();
  TORCH_CHECK(dtype == given || (dtype == at::kFloat && (given == at::kHalf || given == at::kBFloat16)),
              "out_dtype must be the same as input dtype or fp32 for fp16/bf16 inputs");
}
template <int64_t kDims> at::DimVector product_sizes(const at::Tensor& a, const at::Tensor& b, at::ScalarType dtype) {
  TORCH_CHECK(a.dim() == kDims && b.dim() == kDims, "expected tensors of ", kDims, " dimensions, but got ", a.dim(),
              " and ", b.dim());
  TORCH_CHECK(a.scalar_type() == b.scalar_type(), "expected matrices of the same dtype, but got ", a.scalar_type(),
              " and ", b.scalar_type());
  check_dtype(a, dtype);
  at::DimVector sizes(a.sizes());
  sizes.back() = b.size(-1);
  return sizes;
}
template <int64_t kDims> at::Tensor product_of(const at::Tensor& a, const at::Tensor& b, at::ScalarType dtype) {
  return make(product_sizes<kDims>(a, b, dtype), dtype);
}
template <int64_t kDims>
at::DimVector product_into(const at::Tensor& a, const at::Tensor& b, at::ScalarType dtype, const at::Tensor& out) {
  TORCH_CHECK(dtype == out.scalar_type(), "out_dtype must be the same as the dtype of the provided out tensor");
  return product_sizes<kDims>(a, b, dtype);
}

}  // namespace

NPU_OPS {
  NPU_OP(mm_out, aclnnMm, arg<0>, arg<1>, arg<2>, value<kCubeMathType>);
  NPU_OP(bmm_out, aclnnBatchMatMul, arg<0>, arg<1>, arg<2>, value<kCubeMathType>);
  NPU_OP(addmm_out, aclnnAddmm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, value<kCubeMathType>);
  NPU_OP(baddbmm_out, aclnnBaddbmm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, value<kCubeMathType>);
  NPU_OP(addbmm, aclnnAddbmm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, fresh<batch_sum, 1, 2>, value<kCubeMathType>);
  NPU_OP(addbmm_, aclnnAddbmm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<0>, value<kCubeMathType>);
  NPU_OP(addbmm_out, aclnnAddbmm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, grown<5, batch_sum_sizes, 1, 2>,
         value<kCubeMathType>);
  NPU_OP(addmv_out, aclnnAddmv, arg<0>, arg<1>, arg<2>, arg<4>, arg<3>, arg<5>, value<kCubeMathType>);
  NPU_OP(mv, aclnnMv, arg<0>, arg<1>, fresh<rows_of, 0, 1>, value<kCubeMathType>);
  NPU_OP(mv_out, aclnnMv, arg<0>, arg<1>, grown<2, rows, 0, 1>, value<kCubeMathType>);
  NPU_OP(mm_dtype, aclnnMm, arg<0>, arg<1>, fresh<product_of<2>, 0, 1, 2>, value<kCubeMathType>);
  NPU_OP(mm_dtype_out, aclnnMm, arg<0>, arg<1>, grown<3, product_into<2>, 0, 1, 2, 3>, value<kCubeMathType>);
  NPU_OP(bmm_dtype, aclnnBatchMatMul, arg<0>, arg<1>, fresh<product_of<3>, 0, 1, 2>, value<kCubeMathType>);
  NPU_OP(bmm_dtype_out, aclnnBatchMatMul, arg<0>, arg<1>, grown<3, product_into<3>, 0, 1, 2, 3>, value<kCubeMathType>);
  NPU_OP(addmm_dtype, aclnnAddmm, arg<0>, arg<1>, arg<2>, arg<4>, arg<5>, fresh<product_of<2>, 1, 2, 3>,
         value<kCubeMathType>);
  NPU_OP(addmm_dtype_out, aclnnAddmm, arg<0>, arg<1>, arg<2>, arg<4>, arg<5>, grown<6, product_into<2>, 1, 2, 3, 6>,
         value<kCubeMathType>);
  NPU_OP(baddbmm_dtype, aclnnBaddbmm, arg<0>, arg<1>, arg<2>, arg<4>, arg<5>, fresh<product_of<3>, 1, 2, 3>,
         value<kCubeMathType>);
  NPU_OP(baddbmm_dtype_out, aclnnBaddbmm, arg<0>, arg<1>, arg<2>, arg<4>, arg<5>, grown<6, product_into<3>, 1, 2, 3, 6>,
         value<kCubeMathType>);
  NPU_OP(dot, aclnnDot, arg<0>, arg<1>, fresh<scalar_like, 0>);
}

}  // namespace at_npu
