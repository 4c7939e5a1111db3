#include "aten/row.h"

#include <ATen/ops/_native_batch_norm_legit_ops.h>
#include <ATen/ops/batch_norm_backward_elemt_ops.h>
#include <ATen/ops/batch_norm_backward_reduce_ops.h>
#include <ATen/ops/batch_norm_elemt_ops.h>
#include <ATen/ops/batch_norm_gather_stats_with_counts_ops.h>
#include <ATen/ops/batch_norm_stats_ops.h>
#include <ATen/ops/native_batch_norm_backward_ops.h>
#include <ATen/ops/native_batch_norm_ops.h>
#include <ATen/ops/native_group_norm_backward_ops.h>
#include <ATen/ops/native_group_norm_ops.h>
#include <ATen/ops/native_layer_norm_backward_ops.h>
#include <ATen/ops/native_layer_norm_ops.h>

#include "aclnnop/norm.h"

namespace at_npu {
namespace {

at::ScalarType stats_dtype(const at::Tensor& t) { return t.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

at::DimVector channel_sizes(const at::Tensor& input, bool training) { return {training ? input.size(1) : 0}; }
at::Tensor channel_stats(const at::Tensor& input, bool training) {
  return make(channel_sizes(input, training), stats_dtype(input));
}
at::Tensor channels_of(const at::Tensor& input) { return channel_stats(input, true); }
at::Tensor channels_if(const at::Tensor& input, bool wanted) { return wanted ? channels_of(input) : at::Tensor(); }
at::Tensor row_stats(const at::Tensor& input, c10::SymIntArrayRef normalized) {
  at::DimVector shape(input.sizes());
  for (size_t i = 0; i < normalized.size() && i < shape.size(); ++i) shape[shape.size() - 1 - i] = 1;
  return make(shape, stats_dtype(input));
}
at::Tensor group_stats(const at::Tensor& input, const c10::SymInt& n, int64_t groups) {
  return make({n.expect_int(), groups}, stats_dtype(input));
}
// Gradients that are not wanted are not made.
template <size_t I> at::Tensor wanted_like(const at::Tensor& t, std::array<bool, 3> mask) {
  return mask[I] ? like(t) : at::Tensor();
}
template <size_t I> at::Tensor wanted_weight(const OptTensor& weight, std::array<bool, 3> mask) {
  return mask[I] && weight && weight->defined() ? like(*weight) : at::Tensor();
}
template <size_t I> at::Tensor wanted_channels(const at::Tensor& input, const OptTensor& weight,
                                               std::array<bool, 3> mask) {
  if (!mask[I]) return {};
  return weight && weight->defined() ? like(*weight) : make({input.size(1)}, stats_dtype(input));
}

}  // namespace

NPU_OPS {
  NPU_OP(native_batch_norm, aclnnBatchNorm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<7>,
         fresh<like, 0>, fresh<channel_stats, 0, 5>, fresh<channel_stats, 0, 5>);
  NPU_OP(_native_batch_norm_legit, aclnnBatchNorm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<7>,
         fresh<like, 0>, fresh<channel_stats, 0, 5>, fresh<channel_stats, 0, 5>);
  NPU_OP(native_batch_norm_backward, aclnnBatchNormBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         arg<7>, arg<8>, arg<9>, fresh<wanted_like<0>, 1, 9>, fresh<wanted_channels<1>, 1, 2, 9>,
         fresh<wanted_channels<2>, 1, 2, 9>);

  NPU_OP(native_batch_norm_out, aclnnBatchNorm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<7>,
         grown<8, sizes, 0>, grown<9, channel_sizes, 0, 5>, grown<10, channel_sizes, 0, 5>);

  // SyncBatchNorm: statistics apart from their use, so that ranks can exchange them.
  NPU_OP(batch_norm_stats, aclnnBatchNormStats, arg<0>, arg<1>, fresh<channels_of, 0>, fresh<channels_of, 0>);
  NPU_OP(batch_norm_elemt, aclnnBatchNormElemt);
  NPU_OP(batch_norm_elemt_out, aclnnBatchNormElemt, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, grown<6, sizes, 0>);
  NPU_OP(batch_norm_gather_stats_with_counts, aclnnBatchNormGatherStatsWithCounts, arg<0>, arg<1>, arg<2>, arg<3>,
         arg<4>, arg<5>, arg<6>, arg<7>, fresh<channels_of, 0>, fresh<channels_of, 0>);
  NPU_OP(batch_norm_backward_reduce, aclnnBatchNormReduceBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>,
         arg<6>, arg<7>, fresh<channels_if, 1, 5>, fresh<channels_if, 1, 5>, fresh<channels_if, 1, 6>,
         fresh<channels_if, 1, 7>);
  NPU_OP(batch_norm_backward_elemt, aclnnBatchNormElemtBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         arg<7>, fresh<like, 1>);

  NPU_OP(native_layer_norm, aclnnLayerNorm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, fresh<like, 0>,
         fresh<row_stats, 0, 1>, fresh<row_stats, 0, 1>);
  NPU_OP(native_layer_norm_backward, aclnnLayerNormBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         arg<7>, fresh<wanted_like<0>, 1, 7>, fresh<wanted_weight<1>, 5, 7>, fresh<wanted_weight<2>, 6, 7>);

  NPU_OP(native_group_norm, aclnnGroupNorm, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>, arg<7>,
         fresh<like, 0>, fresh<group_stats, 0, 3, 6>, fresh<group_stats, 0, 3, 6>);
  NPU_OP(native_group_norm_backward, aclnnGroupNormBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         arg<7>, arg<8>, arg<9>, fresh<wanted_like<0>, 1, 9>, fresh<wanted_channels<1>, 1, 4, 9>,
         fresh<wanted_channels<2>, 1, 4, 9>);
}

}  // namespace at_npu
