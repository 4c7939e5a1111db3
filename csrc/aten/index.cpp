#include "aten/row.h"

#include <ATen/ops/_embedding_bag_forward_only_ops.h>
#include <ATen/ops/_embedding_bag_ops.h>
#include <ATen/ops/_masked_scale_ops.h>
#include <ATen/ops/embedding_dense_backward_ops.h>
#include <ATen/ops/embedding_ops.h>
#include <ATen/ops/embedding_renorm_ops.h>
#include <ATen/ops/gather_ops.h>
#include <ATen/ops/index_add_ops.h>
#include <ATen/ops/index_copy_ops.h>
#include <ATen/ops/index_fill_ops.h>
#include <ATen/ops/index_select_ops.h>
#include <ATen/ops/masked_fill_ops.h>
#include <ATen/ops/masked_scatter_ops.h>
#include <ATen/ops/put_ops.h>
#include <ATen/ops/scatter_add_ops.h>
#include <ATen/ops/scatter_ops.h>
#include <ATen/ops/scatter_reduce_ops.h>
#include <ATen/ops/take_ops.h>
#include <ATen/ops/where_ops.h>

#include "aclnnop/index.h"

namespace at_npu {
namespace {

constexpr int64_t kReplace = 0;  // scatter: no reduction

int64_t reduction_of(std::string_view name) {  // scatter's older names
  if (name == "add") return 1;
  TORCH_CHECK(name == "multiply", "reduce argument must be either add or multiply.");
  return 2;
}
int64_t reduction_named(std::string_view name) {  // scatter_reduce's
  constexpr const char* kNames[] = {"", "sum", "prod", "amax", "amin", "mean"};
  for (int64_t i = 1; i < 6; ++i)
    if (name == kNames[i]) return i;
  TORCH_CHECK(false, "reduce argument must be either sum, prod, mean, amax or amin, got ", name);
}
// An index of no elements may have any dtype.
at::Tensor as_index(const at::Tensor& index) { return index.numel() ? index : index.to(at::kLong); }

at::Tensor embedded(const at::Tensor& weight, const at::Tensor& indices) {
  TORCH_CHECK(weight.dim() == 2, "'weight' must be 2-D, got ", weight.dim(), " dimensions");
  at::DimVector shape(indices.sizes());
  shape.append(weight.sizes().begin() + 1, weight.sizes().end());
  return make(shape, weight.scalar_type());
}
at::Tensor embedding_grad(const at::Tensor& grad, const c10::SymInt& rows) {
  return make({rows.expect_int(), grad.size(-1)}, grad.scalar_type());
}
at::Tensor shaped_like(const at::Tensor& t, const at::Tensor& index) { return make(index.sizes(), t.scalar_type()); }

}  // namespace

NPU_OPS {
  NPU_OP(embedding, aclnnEmbedding, arg<0>, arg<1>, fresh<embedded, 0, 1>);
  NPU_OP(embedding_dense_backward, aclnnEmbeddingDenseBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>,
         fresh<embedding_grad, 0, 2>);
  NPU_OP(_embedding_bag, aclnnEmbeddingBag, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<7>, arg<8>,
         inferred<0>, inferred<1>, inferred<2>, inferred<3>);
  NPU_OP(_embedding_bag_forward_only, aclnnEmbeddingBag, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<7>,
         arg<8>, inferred<0>, inferred<1>, inferred<2>, inferred<3>);
  NPU_OP(embedding_renorm_, aclnnEmbeddingRenorm);

  NPU_OP(gather_out, aclnnGather, arg<0>, arg<1>, call<as_index, 2>, arg<4>);
  NPU_OP(index_select, aclnnIndexSelect, arg<0>, arg<1>, arg<2>, fresh<picked, 0, 1, 2>);
  NPU_OP(index_select_out, aclnnIndexSelect, arg<0>, arg<1>, arg<2>, grown<3, picked_sizes, 0, 1, 2>);
  NPU_OP(index_add_out, aclnnIndexAdd);
  NPU_OP(index_copy_out, aclnnIndexCopy);
  NPU_OP(index_fill__int_Scalar, aclnnInplaceIndexFill);
  NPU_OP(put_, aclnnInplacePut);
  NPU_OP(take, aclnnTake, arg<0>, arg<1>, fresh<shaped_like, 0, 1>);
  NPU_OP(take_out, aclnnTake, arg<0>, arg<1>, grown<2, sizes, 1>);

  NPU_OP(scatter_src_out, aclnnScatter, arg<0>, arg<1>, call<as_index, 2>, arg<3>, value<kReplace>, arg<4>);
  NPU_OP(scatter_reduce_out, aclnnScatter, arg<0>, arg<1>, call<as_index, 2>, arg<3>, call<reduction_of, 4>, arg<5>);
  NPU_OP(scatter_value_out, aclnnScatterValue, arg<0>, arg<1>, call<as_index, 2>, arg<3>, value<kReplace>, arg<4>);
  NPU_OP(scatter_value_reduce_out, aclnnScatterValue, arg<0>, arg<1>, call<as_index, 2>, arg<3>, call<reduction_of, 4>,
         arg<5>);
  NPU_OP(scatter_add_out, aclnnScatterAdd, arg<0>, arg<1>, call<as_index, 2>, arg<3>, arg<4>);

  NPU_OP(scatter_reduce_two_out, aclnnScatterReduce, arg<0>, arg<1>, call<as_index, 2>, arg<3>,
         call<reduction_named, 4>, arg<5>, arg<6>);

  NPU_OP(_masked_scale, aclnnMaskedScale);
  NPU_OP(masked_fill__Scalar, aclnnInplaceMaskedFillScalar);
  NPU_OP(masked_fill__Tensor, aclnnInplaceMaskedFillTensor);
  NPU_OP(masked_scatter_, aclnnInplaceMaskedScatter);
  NPU_OP(where_self, aclnnSWhere, arg<0>, arg<1>, arg<2>, fresh<selected, 0, 1, 2>);
  NPU_OP(where_self_out, aclnnSWhere, arg<0>, arg<1>, arg<2>, grown<3, broadcast3_sizes, 0, 1, 2>);
}

}  // namespace at_npu
