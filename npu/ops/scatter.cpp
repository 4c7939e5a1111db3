// Windows written into larger tensors, as caches of keys and values are; and the elements of a sparse tensor that share
// a place, summed.
#include "aclnnop/index.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_add.h>
#include <ATen/ops/zeros.h>

namespace npu {
namespace {

Status one_of(const char* name, const Tensor& t, std::initializer_list<aclDataType> dtypes) {
  for (const aclDataType dtype : dtypes)
    if (t.dtype == dtype) return {};
  return {ACLNN_ERR_PARAM_INVALID, std::string(name) + " cannot be " + info(t.dtype).name};
}

// Rows of `updates` go to var from place `at` of a dimension on.
void write_window(at::Tensor var, int64_t dim, int64_t at, const at::Tensor& updates) {
  const int64_t length = updates.size(dim);
  if (at < 0 || at + length > var.size(dim))
    throw std::out_of_range("a window of " + std::to_string(length) + " at " + std::to_string(at) +
                            " leaves a dimension of " + std::to_string(var.size(dim)));
  var.narrow(dim, at, length).copy_(updates);
}

}  // namespace

// Row i of updates goes to row i of data, or where indices has two columns to the row that the first one says.
ACLNN_OP(aclnnInplaceScatterUpdate, data, indices, updates, axis) {
  OP_GIVEN(data.defined() && indices.defined() && updates.defined());
  NPU_TRY(one_of("data", data, {ACL_INT8, ACL_UINT8, ACL_FLOAT16, ACL_FLOAT, ACL_INT32, ACL_BF16}));
  NPU_TRY(one_of("indices", indices, {ACL_INT32, ACL_INT64}));
  OP_CHECK(data.dtype == updates.dtype, "updates must have the dtype of data");
  OP_CHECK(data.dims >= 2 && data.dims == updates.dims, "data and updates must have as many dimensions, 2 or more");
  OP_CHECK(data.numel() > 0 && indices.numel() > 0 && updates.numel() > 0, "there must be no empty tensor");
  OP_CHECK(axis > -data.dims && axis < data.dims && axis != 0, "axis must be a dimension, and not the first");
  OP_CHECK(indices.dims <= 2 && (indices.dims < 2 || indices.sizes[1] == 2), "indices are [], [n] or [n, 2]");
  OP_CHECK(updates.sizes[0] == (indices.dims ? indices.sizes[0] : 1), "there must be an index for each row of updates");
  OP_CHECK(updates.sizes[0] <= data.sizes[0], "updates must not have more rows than data");
  const int64_t dim = data.wrap(axis);
  for (int i = 1; i < data.dims; ++i)
    OP_CHECK(i == dim ? updates.sizes[i] <= data.sizes[i] : updates.sizes[i] == data.sizes[i],
             "updates must fit data: as long in the other dimensions, no longer in that of axis");
  return [=](void*) {
    const auto places = aten_long(indices).reshape({updates.sizes[0], -1});
    const auto* place = places.const_data_ptr<int64_t>();
    const int64_t columns = places.size(1);
    const auto to = aten_view(data), from = aten_view(updates);
    for (int64_t i = 0; i < updates.sizes[0]; ++i) {
      const int64_t row = columns == 2 ? place[2 * i] : i;
      if (row < 0 || row >= to.size(0)) throw std::out_of_range("there is no row " + std::to_string(row));
      write_window(to[row], dim - 1, place[columns * i + columns - 1], from[i]);
    }
  };
}

// updates[i] goes into the i-th tensor from indice[i] on, or its first indice[i, 1] places where indice has two
// columns.
ACLNN_OP(aclnnScatterList, var, indice, updates, mask, reduce, axis) {
  OP_GIVEN(!var.empty() && indice.defined() && updates.defined());
  for (const Tensor& t : var) OP_GIVEN(t.defined());
  const auto count = static_cast<int64_t>(var.size());
  NPU_TRY(
      one_of("var", var[0],
             {ACL_INT8, ACL_INT16, ACL_INT32, ACL_UINT8, ACL_UINT16, ACL_UINT32, ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
  NPU_TRY(one_of("indice", indice, {ACL_INT32, ACL_INT64}));
  OP_CHECK(reduce == "update", "reduce must be update");
  OP_CHECK(updates.dims == var[0].dims + 1 && updates.sizes[0] == count,
           "updates must have a dimension more than the tensors of var, and a row for each of them");
  OP_CHECK(axis >= -updates.dims && axis < updates.dims && updates.wrap(axis) > 0,
           "axis must be a dimension of updates, and not the first");
  const int64_t dim = updates.wrap(axis) - 1;
  for (const Tensor& t : var) {
    OP_CHECK(t.dtype == updates.dtype && t.same_sizes(var[0]), "var must have one shape, and the dtype of updates");
    for (int i = 0; i < t.dims; ++i)
      OP_CHECK(i == dim ? updates.sizes[i + 1] <= t.sizes[i] : updates.sizes[i + 1] == t.sizes[i],
               "updates must fit var: as long in the other dimensions, no longer in that of axis");
  }
  OP_CHECK((indice.dims == 1 || (indice.dims == 2 && indice.sizes[1] == 2)) && indice.sizes[0] == count,
           "indice is [n] or [n, 2], with a row for each tensor of var");
  OP_CHECK(!mask.defined() || (mask.dtype == ACL_UINT8 && mask.dims == 1 && mask.sizes[0] == count),
           "mask must be uint8, with an element for each tensor of var");
  return [=](void*) {
    const auto places = aten_long(indice);
    const auto* place = places.const_data_ptr<int64_t>();
    const bool lengths = indice.dims == 2;
    const auto keep = mask.defined() ? aten_long(mask) : at::Tensor();
    const auto from = aten_view(updates);
    for (int64_t i = 0; i < count; ++i) {
      if (keep.defined() && keep.const_data_ptr<int64_t>()[i] == 0) continue;
      auto rows = from[i];
      if (lengths) rows = rows.narrow(dim, 0, std::clamp<int64_t>(place[2 * i + 1], 0, rows.size(dim)));
      if (rows.numel()) write_window(aten_view(var[i]), dim, place[lengths ? 2 * i : i], rows);
    }
  };
}

// unique_indices says which of the new elements each element goes to. The values are added to what new_values holds:
// the caller clears it.
ACLNN_OP(aclnnCoalesceSparse, unique_len, unique_indices, indices, values, new_indices, new_values) {
  OP_GIVEN(unique_len.defined() && unique_indices.defined() && indices.defined() && values.defined() &&
           new_indices.defined() && new_values.defined());
  for (const Tensor* t : {&unique_len, &unique_indices, &indices})
    NPU_TRY(one_of("an index", *t, {ACL_INT32, ACL_INT64}));
  NPU_TRY(one_of("values", values, {ACL_INT32, ACL_FLOAT16, ACL_FLOAT}));
  OP_CHECK(unique_len.dims == 1 && unique_indices.dims == 1 && indices.dims == 2 && values.dims >= 1,
           "unique_len and unique_indices have 1 dimension, indices have 2, values 1 or more");
  const int64_t elements = unique_indices.sizes[0], found = unique_len.sizes[0];
  OP_CHECK(indices.sizes[0] == elements && values.sizes[0] == elements,
           "indices and values must have a row for each of unique_indices");
  std::vector<int64_t> sums(values.sizes, values.sizes + values.dims);
  sums[0] = found;
  NPU_TRY(holds("new_indices", new_indices, {found, indices.sizes[1]}, indices.dtype));
  NPU_TRY(holds("new_values", new_values, sums, values.dtype));
  OP_CHECK(new_indices.dtype == indices.dtype && new_values.dtype == values.dtype,
           "new_indices and new_values must have the dtypes of indices and values");
  return [=](void*) {
    const auto to = aten_long(unique_indices);
    auto coordinates = aten_view(new_indices);
    coordinates.index_copy_(0, to, aten_view(indices));
    const bool half = values.dtype == ACL_FLOAT16;
    const auto added = half ? wide(values) : aten_view(values);
    const auto before = half ? wide(new_values) : aten_view(new_values);
    copy_result(at::index_add(before, 0, to, added), new_values);
  };
}

}  // namespace npu
