// Rows of a table by index, one each or reduced by bags.
#include "aclnnop/index.h"
#include "npu/ops/indices.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_embedding_bag_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/embedding_dense_backward_ops.h>
#include <ATen/ops/embedding_ops.h>
#include <ATen/ops/embedding_renorm_ops.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/where.h>

namespace npu {

ACLNN_OP(aclnnEmbedding, weight, indices, out) {
  OP_GIVEN(weight.defined() && out.defined());
  NPU_TRY(is_index(indices));
  OP_CHECK(weight.dims == 2 && out.dims == indices.dims + 1 && out.sizes[indices.dims] == weight.sizes[1] &&
               std::equal(indices.sizes, indices.sizes + indices.dims, out.sizes),
           "out must have the shape of indices with weight's second dimension");
  return copied<at::_ops::embedding>({out}, weight, indices, int64_t{-1}, false, false);
}
ACLNN_OP(aclnnEmbeddingDenseBackward, grad_output, indices, num_weights, padding_idx, scale_grad_by_freq, out) {
  OP_GIVEN(grad_output.defined() && out.defined());
  NPU_TRY(is_index(indices));
  OP_CHECK(grad_output.dims == indices.dims + 1 &&
               std::equal(indices.sizes, indices.sizes + indices.dims, grad_output.sizes),
           "grad_output must have the shape of indices with a width");
  NPU_TRY(holds("out", out, {num_weights, grad_output.sizes[indices.dims]}, grad_output.dtype));
  return copied<at::_ops::embedding_dense_backward>({out}, grad_output, indices, num_weights, padding_idx,
                                                    scale_grad_by_freq);
}
ACLNN_OP(aclnnEmbeddingRenorm, self, indices, max_norm, norm_type) {
  OP_GIVEN(self.defined());
  NPU_TRY(is_index(indices));
  OP_CHECK(self.dims == 2, "self must have 2 dimensions");
  return aten<at::_ops::embedding_renorm_>(self, Long{indices}, max_norm, norm_type);
}
ACLNN_OP(aclnnEmbeddingBag, weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
         include_last_offset, padding_idx, out, offset2bag, bag_size, max_indices) {
  OP_GIVEN(weight.defined() && out.defined() && offset2bag.defined() && bag_size.defined() && max_indices.defined());
  NPU_TRY(is_index(indices));
  NPU_TRY(is_index(offsets));
  OP_CHECK(weight.dims == 2 && offsets.dims == 1 && (!include_last_offset || offsets.sizes[0] > 0),
           "weight must have 2 dimensions, offsets one");
  NPU_TRY(holds("out", out, {offsets.sizes[0] - include_last_offset, weight.sizes[1]}, weight.dtype));
  NPU_TRY(holds("offset2bag", offset2bag, {indices.numel()}, offsets.dtype));
  OP_CHECK(bag_size.dims == 1 && bag_size.sizes[0] >= out.sizes[0], "bag_size must have an element for each bag");
  constexpr int64_t kMaxBag = 2;
  OP_CHECK(mode != kMaxBag || max_indices.same_sizes(out), "max_indices must have the shape of out");
  OP_CHECK(!per_sample_weights.defined() || per_sample_weights.dtype == weight.dtype,
           "expected scalar type of weight for per_sample_weights, " + std::string(info(weight.dtype).name));
  return [=](void*) {
    const auto starts = aten_long(offsets).contiguous();
    const auto result =
        at::_ops::_embedding_bag::call(aten_view(weight), aten_long(indices).contiguous(), starts, scale_grad_by_freq,
                                       mode, sparse, aten_view(per_sample_weights), include_last_offset, padding_idx);
    copy_result(std::get<0>(result), out);
    // ATen's kernel leaves it out where it does not need it itself; the backward does.
    const auto places = at::arange(indices.numel(), at::kLong);
    aten_view(offset2bag).copy_(at::searchsorted(starts, places, false, true) - 1);
    // A client may leave room for the end of the last bag, and asks for indices of maxima where there are any.
    const auto sized = aten_view(bag_size);
    const auto& counted = std::get<2>(result);
    sized.zero_().narrow(0, 0, counted.numel()).copy_(counted);
    if (const auto& most = std::get<3>(result); mode == kMaxBag) copy_result(most, max_indices);
  };
}

ACLNN_OP(aclnnOneHot, self, depth, on_value, off_value, axis, out) {
  OP_GIVEN(self.defined() && on_value.defined() && off_value.defined() && out.defined());
  const int64_t where = axis < 0 ? axis + self.dims + 1 : axis;
  OP_CHECK(depth >= 0 && where >= 0 && where <= self.dims && out.dims == self.dims + 1 && out.sizes[where] == depth,
           "out must have the shape of self with a dimension of depth at axis");
  OP_CHECK(on_value.numel() == 1 && off_value.numel() == 1, "the values must have one element each");
  return [=](void*) {  // A class outside the range is nowhere.
    auto to = aten_view(out);
    const auto classes = aten_long(self).unsqueeze(where);
    const auto inside = (classes >= 0).logical_and_(classes < depth);
    to.copy_(aten_view(off_value).reshape({}));
    const auto places = classes.clamp(0, std::max<int64_t>(depth - 1, 0));
    if (depth)
      to.scatter_(
          where, places,
          at::where(inside, aten_view(on_value).reshape({}), aten_view(off_value).reshape({})).to(to.scalar_type()));
  };
}

}  // namespace npu
