// Numbers to quantized ones by groups of rows, and into places of another tensor.
#include "aclnnop/quant.h"
#include "npu/ops/quant_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

namespace npu {

ACLNN_OP(aclnnGroupQuant, x, scale, group_index, offset, dst_type, y) {
  OP_GIVEN(x.defined() && scale.defined() && group_index.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("group_index", group_index, {ACL_INT32, ACL_INT64}));
  OP_CHECK(x.dims == 2 && scale.dims == 2 && scale.sizes[1] == x.sizes[1] && scale.sizes[0] > 0,
           "x must be [rows, n], scale [groups, n] with a group or more");
  OP_CHECK(group_index.dims == 1 && group_index.sizes[0] == scale.sizes[0],
           "group_index must have one element for each row of scale");
  OP_CHECK(!offset.defined() || (offset.dims <= 1 && offset.numel() == 1 && offset.dtype == scale.dtype),
           "offset must be one number of scale's dtype");
  Quantized how;
  NPU_TRY(quantized_fits("y", y, sizes(x), dst_type, {ACL_INT8, ACL_INT32, ACL_INT4}, how));
  return [=](void*) {
    auto numbers = float32(x) * of_rows(float32(scale), group_index, false, x.sizes[0]);
    if (offset.defined()) numbers = numbers + float32(offset).reshape({});
    store(numbers, how, y);
  };
}

static Plan quant_max(const Tensor& x, const Tensor& scale, const Tensor& groups, const std::string& round_mode,
                      int64_t dst_type, const Tensor& y, const Tensor& amax) {
  OP_GIVEN(x.defined() && scale.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT, ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT}));
  OP_CHECK(x.dims >= (groups.defined() ? 2 : 1), "x must have a dimension or more, with groups 2");
  const int64_t count = groups.defined() ? groups.numel() : 1;
  OP_CHECK(scale.dims == 1 && scale.sizes[0] == count && count > 0, "scale must be one number, for each group");
  Quantized how;
  NPU_TRY(quantized_fits("y", y, sizes(x), dst_type, {ACL_HIFLOAT8, ACL_FLOAT8_E5M2, ACL_FLOAT8_E4M3FN}, how));
  OP_CHECK(round_mode == "rint", "round_mode must be rint for float8");
  NPU_TRY(holds("amax", amax, {count}, x.dtype));
  OP_CHECK(amax.dtype == x.dtype, "amax must have the dtype of x");
  return [=](void*) {
    const auto numbers = float32(x), places = numbers.reshape({groups.defined() ? x.sizes[0] : 1, -1});
    const int64_t rows = places.size(0);
    if (!numbers.numel()) return copy_result(at::zeros({count}), amax);
    const auto factors = groups.defined() ? of_rows(float32(scale), groups, false, rows) : float32(scale);
    store((places * factors.unsqueeze(-1)).reshape(sizes(x)), how, y);
    const auto greatest = places.abs().amax(-1);
    if (!groups.defined()) return copy_result(greatest, amax);
    const auto group = of_rows(at::arange(count, at::kLong), groups, false, rows);
    copy_result(at::zeros({count}).scatter_reduce(0, group, greatest, "amax"), amax);
  };
}
ACLNN_OP(aclnnQuantMax, x, scale, round_mode, dst_type, y, amax) {
  return quant_max(x, scale, {}, round_mode, dst_type, y, amax);
}
ACLNN_OP(aclnnGroupedQuantMax, x, scale, group_list, round_mode, dst_type, y, amax) {
  OP_GIVEN(group_list.defined());
  NPU_TRY(is_one_of("group_list", group_list, {ACL_INT64}));
  OP_CHECK(group_list.dims == 1 && group_list.sizes[0] <= 384, "group_list must have one dimension, of 384 at most");
  return quant_max(x, scale, group_list, round_mode, dst_type, y, amax);
}

// updates, quantized, into self: those of the i-th batch from indices[i] on along the axis, or into the batch and from
// the place that a row of indices names.
static Plan quant_scatter(const Tensor& self, const Tensor& indices, const Tensor& updates, const Tensor& scales,
                          const Tensor& zero_points, int64_t axis, int64_t quant_axis, int64_t reduction) {
  OP_GIVEN(self.defined() && indices.defined() && updates.defined() && scales.defined());
  NPU_TRY(indices_fit(indices));
  NPU_TRY(is_one_of("updates", updates, {ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("quant_scales", scales, {updates.dtype == ACL_BF16 ? ACL_BF16 : ACL_FLOAT}));
  NPU_TRY(is_one_of("quant_zero_points", zero_points, {updates.dtype == ACL_BF16 ? ACL_BF16 : ACL_INT32}));
  OP_CHECK(self.dims >= 3 && updates.dims == self.dims,
           "self and updates must have 3 dimensions or more, equally many");
  OP_CHECK(self.has_dim(axis) && self.wrap(axis) > 0 && self.wrap(axis) < self.dims - 1,
           "axis must be neither the first dimension nor the last");
  OP_CHECK(self.wrap(quant_axis) == self.dims - 1, "quant_axis must be the last dimension");
  OP_CHECK(reduction == 1, "reduction must be 1 (update)");
  OP_CHECK((indices.dims == 1 || (indices.dims == 2 && indices.sizes[1] == 2)) && indices.sizes[0] == updates.sizes[0],
           "indices must have one element, or a batch and a place, for each batch of updates");
  const int at = static_cast<int>(self.wrap(axis));
  for (int i = 0; i < self.dims; ++i)
    OP_CHECK(i == 0 || i == at ? updates.sizes[i] <= self.sizes[i] : updates.sizes[i] == self.sizes[i],
             "updates must have the sizes of self, or smaller ones for the batch and the axis");
  for (const Tensor* t : {&scales, &zero_points})
    OP_CHECK(!t->defined() || t->numel() == updates.size(-1),
             "the quantization's scales and zero points must have one element for each of the last dimension's");
  Quantized how;
  NPU_TRY(quantized_fits("self", self, sizes(self), self.dtype,
                         {ACL_INT8, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E5M2, ACL_HIFLOAT8}, how));
  return [=](void*) {
    auto numbers = float32(updates) / float32(scales).reshape({-1});
    if (zero_points.defined()) numbers = numbers + float32(zero_points).reshape({-1});
    const auto places = aten_long(indices).reshape({updates.sizes[0], -1});
    const int64_t* p = places.const_data_ptr<int64_t>();
    for (int64_t i = 0; i < updates.sizes[0]; ++i) {
      const int64_t batch = indices.dims == 2 ? p[2 * i] : i, from = indices.dims == 2 ? p[2 * i + 1] : p[i];
      if (batch < 0 || batch >= self.sizes[0] || from < 0 || from + updates.sizes[at] > self.sizes[at])
        throw std::out_of_range("indices name a place that is not in self");
      store(numbers.select(0, i), how, nth(sliced(self, at, from, updates.sizes[at]), batch));
    }
  };
}
ACLNN_OP(aclnnInplaceQuantScatter, self, indices, updates, quant_scales, quant_zero_points, axis, quant_axis,
         reduction) {
  NPU_TRY(is_one_of("self", self, {ACL_INT8}));
  OP_CHECK(!self.defined() || self.wrap(axis) == self.dims - 2, "axis must be the last dimension but one");
  OP_CHECK(indices.dims <= 1, "indices must have one dimension");
  return quant_scatter(self, indices, updates, quant_scales, quant_zero_points, axis, quant_axis, reduction);
}
ACLNN_OP(aclnnInplaceQuantScatterV2, self, indices, updates, quant_scales, quant_zero_points, axis, quant_axis,
         reduction, round_mode) {
  OP_CHECK(round_mode == "rint", "round_mode must be rint");
  return quant_scatter(self, indices, updates, quant_scales, quant_zero_points, axis, quant_axis, reduction);
}

}  // namespace npu
