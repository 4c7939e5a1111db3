#include "aten/row.h"

#include <ATen/ops/bucketize_ops.h>
#include <ATen/ops/kthvalue_ops.h>
#include <ATen/ops/median_ops.h>
#include <ATen/ops/nanmedian_ops.h>
#include <ATen/ops/searchsorted_ops.h>
#include <ATen/ops/sort_ops.h>
#include <ATen/ops/topk_ops.h>

#include "aclnnop/reduce.h"
#include "aclnnop/sort.h"

namespace at_npu {
namespace {

at::DimVector without_dim(const at::Tensor& t, int64_t dim, bool keepdim) {
  return t.dim() == 0 ? at::DimVector() : reduced_sizes(t, at::IntArrayRef(dim), keepdim);
}
at::Tensor indices_like(const at::Tensor& t, bool int32) { return make(t.sizes(), int32 ? at::kInt : at::kLong); }
at::Tensor index_of(const at::Scalar&, bool int32) { return make({}, int32 ? at::kInt : at::kLong); }
bool from_right(bool right, std::optional<std::string_view> side) { return side ? *side == "right" : right; }

}  // namespace

NPU_OPS {
  NPU_OP(sort_values_stable, aclnnSort, arg<0>, or_else<1, false>, arg<2>, arg<3>, arg<4>, arg<5>);
  NPU_OP(topk_values, aclnnTopk);
  NPU_OP(kthvalue_values, aclnnKthvalue, arg<0>, arg<1>, arg<2>, arg<3>, grown<4, without_dim, 0, 2, 3>,
         grown<5, without_dim, 0, 2, 3>);
  NPU_OP(median_dim_values, aclnnMedianDim, arg<0>, arg<1>, arg<2>, grown<3, without_dim, 0, 1, 2>,
         grown<4, without_dim, 0, 1, 2>);
  NPU_OP(nanmedian_dim_values, aclnnNanMedianDim, arg<0>, arg<1>, arg<2>, grown<3, without_dim, 0, 1, 2>,
         grown<4, without_dim, 0, 1, 2>);
  NPU_OP(searchsorted_Tensor, aclnnSearchSorted, arg<0>, arg<1>, arg<2>, call<from_right, 3, 4>, arg<5>,
         fresh<indices_like, 1, 2>);
  NPU_OP(searchsorted_Scalar, aclnnSearchSorteds, arg<0>, arg<1>, arg<2>, call<from_right, 3, 4>, arg<5>,
         fresh<index_of, 1, 2>);
  NPU_OP(searchsorted_Tensor_out, aclnnSearchSorted, arg<0>, arg<1>, arg<2>, call<from_right, 3, 4>, arg<5>,
         grown<6, sizes, 1>);
  NPU_OP(bucketize_Scalar, aclnnSearchSorteds, arg<1>, arg<0>, arg<2>, arg<3>, value<none>, fresh<index_of, 0, 2>);
  NPU_OP(bucketize_Tensor, aclnnBucketize, arg<0>, arg<1>, arg<2>, arg<3>, fresh<indices_like, 0, 2>);
  NPU_OP(bucketize_Tensor_out, aclnnBucketize, arg<0>, arg<1>, arg<2>, arg<3>, grown<4, sizes, 0>);
}

}  // namespace at_npu
