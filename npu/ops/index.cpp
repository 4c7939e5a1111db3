// Indexing, gathering, scattering, masks.
#include "aclnnop/index.h"
#include "npu/ops/indices.h"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/_index_put_impl_ops.h>
#include <ATen/ops/_masked_scale_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/gather_meta_dispatch.h>
#include <ATen/ops/gather_ops.h>
#include <ATen/ops/index_add_meta_dispatch.h>
#include <ATen/ops/index_add_ops.h>
#include <ATen/ops/index_copy_meta_dispatch.h>
#include <ATen/ops/index_copy_ops.h>
#include <ATen/ops/index_fill_ops.h>
#include <ATen/ops/index_meta_dispatch.h>
#include <ATen/ops/index_ops.h>
#include <ATen/ops/index_select_ops.h>
#include <ATen/ops/masked_fill_ops.h>
#include <ATen/ops/masked_scatter_ops.h>
#include <ATen/ops/masked_select_ops.h>
#include <ATen/ops/nonzero_ops.h>
#include <ATen/ops/put_ops.h>
#include <ATen/ops/scatter_add_meta_dispatch.h>
#include <ATen/ops/scatter_add_ops.h>
#include <ATen/ops/scatter_meta_dispatch.h>
#include <ATen/ops/scatter_ops.h>
#include <ATen/ops/scatter_reduce_meta_dispatch.h>
#include <ATen/ops/scatter_reduce_ops.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/take_ops.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <c10/util/accumulate.h>

namespace npu {
namespace {

// self with another size along one dimension.
Tensor resized(Tensor self, int64_t dim, int64_t size) {
  if (self.dims) self.sizes[self.wrap(dim)] = size;
  return self;
}

}  // namespace

ACLNN_OP(aclnnMaskedSelect, self, mask, out) {
  OP_GIVEN(self.defined() && mask.defined());
  OP_CHECK(mask.dtype == ACL_BOOL || mask.dtype == ACL_UINT8, "mask must be bool");
  std::vector<int64_t> all;
  try {
    all = at::infer_size(sizes(self), sizes(mask));
  } catch (const std::exception& e) { return meta_refuses(e); }
  OP_CHECK(out.dtype == self.dtype, "out must have the dtype of self");
  NPU_TRY(holds("out", out, {c10::multiply_integers(all)}, self.dtype));
  return find({out}, [=]() -> std::vector<at::Tensor> {
    return {at::_ops::masked_select::call(aten_view(self), aten_view(mask).to(at::kBool))};
  });
}
ACLNN_OP(aclnnNonzero, self, out) {
  OP_GIVEN(self.defined());
  NPU_TRY(holds("out", out, {self.numel(), self.dims}, ACL_INT64));
  return find({out}, [=]() -> std::vector<at::Tensor> { return {at::_ops::nonzero::call(aten_view(self))}; });
}
// The transposed form: a row for each dimension.
ACLNN_OP(aclnnNonzeroV2, self, out) {
  OP_GIVEN(self.defined());
  NPU_TRY(holds("out", out, {self.dims, self.numel()}, ACL_INT64));
  return find({out}, [=]() -> std::vector<at::Tensor> { return {at::_ops::nonzero::call(aten_view(self)).t()}; });
}

ACLNN_OP(aclnnGather, self, dim, index, out) {
  NPU_TRY(is_index(index));
  return checked<at::_ops::gather_out, at::meta::gather_outf>(self, dim, Long{index}, false, out);
}
ACLNN_OP(aclnnIndexSelect, self, dim, index, out) {
  OP_GIVEN(self.defined() && out.defined());
  NPU_TRY(is_index(index));
  OP_CHECK(self.has_dim(dim) && index.dims <= 1, "self must have the dimension, index at most one");
  OP_CHECK(out.same_sizes(resized(self, dim, index.numel())), "out must have the shape of self with index's size");
  OP_CHECK(out.dtype == self.dtype, "out must have the dtype of self");
  return aten<at::_ops::index_select_out>(self, dim, Long{index}, out);
}
// The index may have any shape: it takes the place of the dimension.
static Plan rows_of(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& out) {
  OP_GIVEN(self.defined() && out.defined());
  NPU_TRY(is_index(index));
  OP_CHECK(self.dims > 0 && self.has_dim(dim), "there is no such dimension");
  const int64_t at = self.wrap(dim);
  std::vector<int64_t> expected(self.sizes, self.sizes + at);
  expected.insert(expected.end(), index.sizes, index.sizes + index.dims);
  expected.insert(expected.end(), self.sizes + at + 1, self.sizes + self.dims);
  NPU_TRY(holds("out", out, expected, self.dtype));
  return [=](void*) {
    const auto rows = aten_view(index);
    const auto picked = at::_ops::index_select::call(aten_view(self), dim, rows.flatten());
    const auto sizes = picked.sizes();
    at::DimVector shape(sizes.begin(), sizes.begin() + at);
    shape.append(rows.sizes().begin(), rows.sizes().end());
    shape.append(sizes.begin() + at + 1, sizes.end());
    copy_result(picked.reshape(shape), out);
  };
}
ACLNN_OP(aclnnGatherV2, self, dim, index, out) { return rows_of(self, dim, index, out); }
// mode says how the device looks the rows up; the result does not depend on it.
ACLNN_OP(aclnnGatherV3, self, dim, index, batch_dims, mode, out) {
  OP_CHECK(batch_dims == 0, "UNIMPLEMENTED: batch dimensions");
  return rows_of(self, dim, index, out);
}

// A tensor that is not given takes all of its dimension; so does one of shape [0] beside others that are not empty.
static Indices as_indices(TensorList list) {
  const auto empty = [](const Tensor& t) { return !t.defined() || (t.dims == 1 && t.sizes[0] == 0); };
  const bool some = !std::all_of(list.begin(), list.end(), empty);
  for (Tensor& t : list)
    if (empty(t) && (some || info(t.dtype).kind > Kind::kInteger)) t = Tensor();
  return {std::move(list)};
}
// The same indices as phase one can see them: a mask stands for an index a dimension, as long as out has it.
static Indices as_counted(const TensorList& list, const Tensor& out) {
  TensorList counted;
  int64_t first = -1, index_dims = 0;
  bool gap = false, adjacent = true;
  for (Tensor t : list) {
    const bool mask = t.dtype == ACL_BOOL || t.dtype == ACL_UINT8;
    if (t.defined()) {
      if (first < 0) first = static_cast<int64_t>(counted.size());
      adjacent = adjacent && !gap;
      index_dims = std::max<int64_t>(index_dims, mask ? 1 : t.dims);
    } else {
      gap = gap || first >= 0;
    }
    const int copies = mask ? t.dims : 1;
    if (mask) t.dims = 1, t.dtype = ACL_INT64, t.sizes[0] = -1;
    counted.insert(counted.end(), copies, t);
  }
  const int64_t last = (adjacent ? first : 0) + index_dims - 1;
  const int64_t found = last >= 0 && last < out.dims ? out.sizes[last] : 0;
  for (Tensor& t : counted)
    if (t.dims == 1 && t.sizes[0] < 0) t.sizes[0] = found, t.strides[0] = 1;
  return {std::move(counted)};
}
ACLNN_OP(aclnnIndex, self, indices, out) {
  OP_GIVEN(out.defined());
  const Indices given = as_indices(indices);
  NPU_TRY(checked<at::_ops::index_Tensor_out, at::meta::index_outf>(self, as_counted(given.list, out), out).error);
  return aten<at::_ops::index_Tensor_out>(self, given, out);
}
// Whether value fits what the indices choose; how many elements a mask chooses is known in phase two.
static Status value_fits(const Tensor& self, const TensorList& indices, const Tensor& value) {
  OP_CHECK(static_cast<int>(indices.size()) <= self.dims, "there are more indices than dimensions");
  std::vector<int64_t> chosen, rest;
  int64_t first = -1, last = -1, given = 0;
  for (int d = 0; d < self.dims; ++d) {
    const Tensor t = d < static_cast<int>(indices.size()) ? indices[d] : Tensor();
    if (!t.defined()) {
      rest.push_back(self.sizes[d]);
      continue;
    }
    if (t.dtype == ACL_BOOL || t.dtype == ACL_UINT8) return {};
    if (first < 0) first = d;
    last = d;
    ++given;
    try {
      chosen = at::infer_size(chosen, sizes(t));
    } catch (const std::exception&) {
      return {ACLNN_ERR_PARAM_INVALID, "shape mismatch: the indices do not broadcast together"};
    }
  }
  const bool adjacent = given == last - first + 1;
  rest.insert(rest.begin() + (adjacent && first > 0 ? first : 0), chosen.begin(), chosen.end());
  bool fits = value.dims <= static_cast<int>(rest.size());
  for (int d = 1; fits && d <= value.dims; ++d)
    fits = value.sizes[value.dims - d] == 1 || value.sizes[value.dims - d] == rest[rest.size() - d];
  OP_CHECK(fits, "shape mismatch: value of shape " + c10::str(sizes(value)) +
                     " cannot be broadcast to what the indices " + "choose, " + c10::str(at::IntArrayRef(rest)));
  return {};
}
ACLNN_OP(aclnnIndexPutImpl, self, indices, value, accumulate, unsafe) {
  OP_GIVEN(self.defined() && value.defined());
  OP_CHECK(self.dtype == value.dtype, "value must have the dtype of self");
  NPU_TRY(value_fits(self, as_indices(indices).list, value));
  return aten<at::_ops::_index_put_impl_>(self, as_indices(indices), value, accumulate, unsafe);
}

static Plan index_add(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source, const Scalar& alpha,
                      const Tensor& out) {
  NPU_TRY(is_index(index));
  if (index.defined() && index.numel() == 0) {  // the Meta kernel looks at the first
    OP_GIVEN(self.defined() && source.defined() && out.defined());
    OP_CHECK(self.has_dim(dim) && source.numel() == 0, "source must have as many elements along dim as index: none");
    NPU_TRY(holds("out", out, sizes(self), self.dtype));
    return [=](void*) {
      if (out.data != self.data) copy_result(aten_view(self), out);
    };
  }
  return checked<at::_ops::index_add_out, at::meta::index_add_outf>(self, dim, index, source, alpha, out);
}
ACLNN_OP(aclnnIndexAdd, self, dim, index, source, alpha, out) {
  return index_add(self, dim, index, source, alpha, out);
}
ACLNN_OP(aclnnIndexAddV2, self, dim, index, source, alpha, mode, out) {
  return index_add(self, dim, index, source, alpha, out);
}
ACLNN_OP(aclnnIndexCopy, self, dim, index, source, out) {
  NPU_TRY(is_index(index));
  return checked<at::_ops::index_copy_out, at::meta::index_copy_outf>(self, dim, Long{index}, source, out);
}
ACLNN_OP(aclnnInplaceIndexCopy, self, dim, index, source) {
  NPU_TRY(is_index(index));
  return checked<at::_ops::index_copy_out, at::meta::index_copy_outf>(self, dim, Long{index}, source, self);
}

static Plan index_fill(const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value, const Tensor& out) {
  OP_GIVEN(self.defined() && value.defined() && out.defined());
  NPU_TRY(is_index(index));
  OP_CHECK(self.has_dim(dim) && index.dims <= 1, "self must have the dimension, index at most one");
  NPU_TRY(holds("out", out, sizes(self), self.dtype));
  return [=](void*) {
    auto to = aten_view(out);
    if (out.data != self.data) to.copy_(aten_view(self));
    at::_ops::index_fill__int_Scalar::call(to, dim, aten_long(index), aten_scalar(value));
  };
}
static Plan index_fill(const Tensor& self, int64_t dim, const IntArray& index, const Scalar& value, const Tensor& out) {
  OP_GIVEN(self.defined() && value.defined() && out.defined());
  OP_CHECK(self.has_dim(dim), "there is no such dimension");
  NPU_TRY(holds("out", out, sizes(self), self.dtype));
  return [=](void*) {
    auto to = aten_view(out);
    if (out.data != self.data) to.copy_(aten_view(self));
    at::_ops::index_fill__int_Scalar::call(to, dim, at::tensor(index), aten_scalar(value));
  };
}
ACLNN_OP(aclnnIndexFill, self, dim, index, value, out) { return index_fill(self, dim, index, value, out); }
ACLNN_OP(aclnnIndexFillTensor, self, dim, index, value, out) { return index_fill(self, dim, index, value, out); }
ACLNN_OP(aclnnInplaceIndexFill, self, dim, index, value) { return index_fill(self, dim, index, value, self); }
ACLNN_OP(aclnnInplaceIndexFillTensor, self, dim, index, value) { return index_fill(self, dim, index, value, self); }

static Status mask_fits(const Tensor& self, const Tensor& mask) {
  OP_GIVEN(self.defined() && mask.defined());
  OP_CHECK(mask.dtype == ACL_BOOL, "mask must be bool");
  OP_CHECK(broadcasts_to(mask, self), "mask must broadcast to self");
  return {};
}
ACLNN_OP(aclnnInplaceMaskedFillScalar, self, mask, value) {
  NPU_TRY(mask_fits(self, mask));
  return aten<at::_ops::masked_fill__Scalar>(self, mask, value);
}
ACLNN_OP(aclnnInplaceMaskedFillTensor, self, mask, value) {
  NPU_TRY(mask_fits(self, mask));
  OP_GIVEN(value.defined());
  OP_CHECK(value.numel() == 1, "value must have one element");
  value.dims = 0;
  return aten<at::_ops::masked_fill__Tensor>(self, mask, value);
}
ACLNN_OP(aclnnInplaceMaskedScatter, self, mask, source) {
  NPU_TRY(mask_fits(self, mask));
  return aten<at::_ops::masked_scatter_>(self, mask, source);
}
ACLNN_OP(aclnnMaskedScale, self, mask, scale, out) {
  NPU_TRY(binary_fits(self, mask, out, Gives::kSame));
  return [=](void*) { copy_result(aten_view(self) * aten_view(mask).to(aten_dtype(self.dtype)) * scale, out); };
}
ACLNN_OP(aclnnSWhere, condition, self, other, out) {
  OP_GIVEN(condition.defined() && self.defined() && other.defined() && out.defined());
  OP_CHECK(broadcasts_to(condition, out) && broadcasts_to(self, out) && broadcasts_to(other, out),
           "condition, self and other must broadcast to out");
  OP_CHECK(castable(promoted(self, other), out.dtype), "the result's dtype does not fit out's dtype");
  return copied<at::_ops::where_self>({out}, condition, self, other);
}

// Reductions by their code. An operator of the older kind knows three.
static Plan scatter(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src, int64_t reduction,
                    const Tensor& out) {
  NPU_TRY(is_index(index));
  OP_CHECK(reduction >= 0 && reduction <= 2, "reduction must be 0 (none), 1 (add) or 2 (multiply)");
  if (reduction == 0)
    return checked<at::_ops::scatter_src_out, at::meta::scatter_outf>(self, dim, Long{index}, src, out);
  return checked<at::_ops::scatter_reduce_out, at::meta::scatter_outf>(
      self, dim, Long{index}, src, std::string_view(reduction == 1 ? "add" : "multiply"), out);
}
static Plan scatter(const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value, int64_t reduction,
                    const Tensor& out) {
  NPU_TRY(is_index(index));
  OP_CHECK(reduction >= 0 && reduction <= 2, "reduction must be 0 (none), 1 (add) or 2 (multiply)");
  if (reduction == 0)
    return checked<at::_ops::scatter_value_out, at::meta::scatter_outf>(self, dim, Long{index}, value, out);
  return checked<at::_ops::scatter_value_reduce_out, at::meta::scatter_outf>(
      self, dim, Long{index}, value, std::string_view(reduction == 1 ? "add" : "multiply"), out);
}
static Plan scatter_reduce(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src, int64_t reduction,
                           bool include_self, const Tensor& out) {
  static constexpr const char* kNames[] = {"", "sum", "prod", "amax", "amin", "mean"};
  if (reduction == 0) return scatter(self, dim, index, src, 0, out);
  OP_CHECK(reduction >= 0 && reduction <= 5,
           "reduction must be 0 (none), 1 (sum), 2 (prod), 3 (amax), 4 (amin) or 5 (mean)");
  NPU_TRY(is_index(index));
  return checked<at::_ops::scatter_reduce_two_out, at::meta::scatter_reduce_outf>(
      self, dim, Long{index}, src, std::string_view(kNames[reduction]), include_self, out);
}
ACLNN_OP(aclnnScatter, self, dim, index, src, reduction, out) { return scatter(self, dim, index, src, reduction, out); }
ACLNN_OP(aclnnScatterValue, self, dim, index, value, reduction, out) {
  return scatter(self, dim, index, value, reduction, out);
}
ACLNN_OP(aclnnInplaceScatter, self, dim, index, src, reduction) {
  return scatter(self, dim, index, src, reduction, self);
}
ACLNN_OP(aclnnInplaceScatterValue, self, dim, index, value, reduction) {
  return scatter(self, dim, index, value, reduction, self);
}
ACLNN_OP(aclnnScatterAdd, self, dim, index, src, out) {
  NPU_TRY(is_index(index));
  return checked<at::_ops::scatter_add_out, at::meta::scatter_add_outf>(self, dim, Long{index}, src, out);
}
ACLNN_OP(aclnnScatterReduce, self, dim, index, src, reduction, include_self, out) {
  return scatter_reduce(self, dim, index, src, reduction, include_self, out);
}
ACLNN_OP(aclnnInplaceScatterReduce, self, dim, index, src, reduction, include_self) {
  return scatter_reduce(self, dim, index, src, reduction, include_self, self);
}
// Each last row of indices says where in self an update goes.
ACLNN_OP(aclnnScatterNdUpdate, self, indices, updates) {
  NPU_TRY(is_index(indices));
  OP_GIVEN(self.defined() && updates.defined());
  OP_CHECK(indices.dims >= 1 && indices.sizes[indices.dims - 1] <= self.dims,
           "indices' last dimension must not exceed self's");
  OP_CHECK(self.dtype == updates.dtype, "updates must have the dtype of self");
  return [=](void*) {
    auto to = aten_view(self);
    c10::List<std::optional<at::Tensor>> places;
    for (const auto& place : aten_long(indices).unbind(-1)) places.push_back(place);
    at::_ops::_index_put_impl_::call(to, places, aten_view(updates), false, false);
  };
}

ACLNN_OP(aclnnTake, self, index, out) {
  OP_GIVEN(self.defined() && out.defined());
  NPU_TRY(is_index(index));
  OP_CHECK(out.same_sizes(index), "out must have the shape of index");
  return aten<at::_ops::take_out>(self, Long{index}, out);
}
ACLNN_OP(aclnnInplacePut, self, index, source, accumulate) {
  NPU_TRY(is_index(index));
  return aten<at::_ops::put_>(self, Long{index}, source, accumulate);
}

}  // namespace npu
