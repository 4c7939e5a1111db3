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
  NPU_OP(dot, aclnnDot, arg<0>, arg<1>, fresh<scalar_like, 0>);
}

}  // namespace at_npu
