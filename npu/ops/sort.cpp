// Sorting, selection, search, sets.
#include "aclnnop/sort.h"
#include "npu/ops/check.h"

#include <ATen/ops/_unique2_ops.h>
#include <ATen/ops/argsort_ops.h>
#include <ATen/ops/bucketize_ops.h>
#include <ATen/ops/kthvalue_ops.h>
#include <ATen/ops/searchsorted_ops.h>
#include <ATen/ops/sort_meta_dispatch.h>
#include <ATen/ops/sort_ops.h>
#include <ATen/ops/topk_meta_dispatch.h>
#include <ATen/ops/topk_ops.h>
#include <ATen/ops/unique_consecutive_ops.h>
#include <ATen/ops/unique_dim_consecutive_ops.h>
#include <ATen/ops/unique_dim_ops.h>

namespace npu {

static Status sorted_fits(const Tensor& self, int64_t dim, int64_t size, const Tensor& values, const Tensor& indices) {
  OP_GIVEN(self.defined() && values.defined() && indices.defined());
  OP_CHECK(self.has_dim(dim), "there is no such dimension");
  Tensor expected = self;
  if (self.dims) expected.sizes[self.wrap(dim)] = size;
  OP_CHECK(expected.same_sizes(values) && expected.same_sizes(indices),
           "values and indices must have the shape " + text(expected));
  return {};
}

// ATen's indices are int64; an operator that gives int32 converts.
ACLNN_OP(aclnnSort, self, stable, dim, descending, values, indices) {
  if (indices.dtype == ACL_INT64)
    return checked<at::_ops::sort_values_stable, at::meta::sort_outf>(self, stable, dim, descending, values, indices);
  NPU_TRY(sorted_fits(self, dim, self.has_dim(dim) ? self.size(dim) : 0, values, indices));
  NPU_TRY(indices_fit(indices));
  return copied<at::_ops::sort_stable>({values, Own{indices}}, self, stable, dim, descending);
}
ACLNN_OP(aclnnTopk, self, k, dim, largest, sorted, values, indices) {
  if (indices.dtype == ACL_INT64)
    return checked<at::_ops::topk_values, at::meta::topk_symint_outf>(self, k, dim, largest, sorted, values, indices);
  NPU_TRY(sorted_fits(self, dim, k, values, indices));
  OP_CHECK(k >= 0 && k <= self.size(dim), "k must be between 0 and the dimension's size");
  NPU_TRY(indices_fit(indices));
  return copied<at::_ops::topk>({values, Own{indices}}, self, k, dim, largest, sorted);
}
ACLNN_OP(aclnnKthvalue, self, k, dim, keepdim, values, indices) {
  OP_GIVEN(self.defined() && values.defined() && indices.defined());
  OP_CHECK(self.has_dim(dim) && k >= 1 && k <= self.size(dim), "k must be between 1 and the dimension's size");
  OP_CHECK(values.same_sizes(indices) && values.numel() == (self.numel() / self.size(dim)) &&
               values.dims == std::max(self.dims - !keepdim, 0),
           "values and indices must have the shape of self without the dimension");
  NPU_TRY(indices_fit(indices));
  return copied<at::_ops::kthvalue>({values, Own{indices}}, self, k, dim, keepdim);
}

static Status search_fits(const Tensor& sorted, const Tensor& out, bool out_int32) {
  OP_GIVEN(sorted.defined() && out.defined());
  OP_CHECK(out.dtype == (out_int32 ? ACL_INT32 : ACL_INT64), "out must be int64, or int32 where out_int32 is set");
  return {};
}
ACLNN_OP(aclnnSearchSorted, sorted_sequence, self, out_int32, right, sorter, out) {
  NPU_TRY(search_fits(sorted_sequence, out, out_int32));
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  return aten<at::_ops::searchsorted_Tensor_out>(sorted_sequence, self, out_int32, right, None{}, sorter, Own{out});
}
ACLNN_OP(aclnnSearchSorteds, sorted_sequence, self, out_int32, right, sorter, out) {
  NPU_TRY(search_fits(sorted_sequence, out, out_int32));
  OP_CHECK(out.dims == 0, "out must be 0-dim");
  return aten<at::_ops::searchsorted_Scalar_out>(sorted_sequence, self, out_int32, right, None{}, sorter, Own{out});
}
ACLNN_OP(aclnnBucketize, self, boundaries, out_int32, right, out) {
  NPU_TRY(search_fits(boundaries, out, out_int32));
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  return aten<at::_ops::bucketize_Tensor_out>(self, boundaries, out_int32, right, Own{out});
}

// The data decides how many there are.
// `values` elements, their places by the shape of what is looked at, their counts.
static Status unique_fits(const Tensor& self, at::IntArrayRef values_sizes, const Tensor& values,
                          at::IntArrayRef places, const Tensor& inverse, int64_t most, const Tensor& counts) {
  NPU_TRY(holds("values", values, values_sizes, self.dtype));
  NPU_TRY(holds_if_given("inverse", inverse, places, ACL_INT64));
  return holds_if_given("counts", counts, {most}, ACL_INT64);
}
static Tensor if_wanted(bool wanted, const Tensor& t) { return wanted ? t : Tensor(); }
template <class T> static std::vector<at::Tensor> three(const T& t) {
  return {std::get<0>(t), std::get<1>(t), std::get<2>(t)};
}

ACLNN_OP(aclnnUnique, self, sorted, return_inverse, values, inverse) {
  OP_GIVEN(self.defined() && values.defined());
  NPU_TRY(unique_fits(self, {self.numel()}, values, sizes(self), if_wanted(return_inverse, inverse), 0, {}));
  return find({values, if_wanted(return_inverse, inverse)},
              [=] { return three(at::_ops::_unique2::call(aten_view(self), sorted, return_inverse, false)); });
}
ACLNN_OP(aclnnUnique2, self, sorted, return_inverse, return_counts, values, inverse, counts) {
  OP_GIVEN(self.defined() && values.defined());
  NPU_TRY(unique_fits(self, {self.numel()}, values, sizes(self), if_wanted(return_inverse, inverse), self.numel(),
                      if_wanted(return_counts, counts)));
  return find({values, if_wanted(return_inverse, inverse), if_wanted(return_counts, counts)},
              [=] { return three(at::_ops::_unique2::call(aten_view(self), sorted, return_inverse, return_counts)); });
}
// A dimension of 1000 stands for none: the flattened tensor.
ACLNN_OP(aclnnUniqueConsecutive, self, return_inverse, return_counts, dim, values, inverse, counts) {
  constexpr int64_t kNoDim = 1000;
  OP_GIVEN(self.defined() && values.defined());
  OP_CHECK(dim == kNoDim || self.has_dim(dim), "there is no such dimension");
  const int64_t most = dim == kNoDim ? self.numel() : self.size(dim);
  NPU_TRY(unique_fits(self, dim == kNoDim ? at::IntArrayRef(most) : sizes(self), values,
                      dim == kNoDim ? sizes(self) : at::IntArrayRef(most), if_wanted(return_inverse, inverse), most,
                      if_wanted(return_counts, counts)));
  return find({values, if_wanted(return_inverse, inverse), if_wanted(return_counts, counts)}, [=] {
    return three(at::_ops::unique_consecutive::call(aten_view(self), return_inverse, return_counts,
                                                    dim == kNoDim ? std::nullopt : std::optional(dim)));
  });
}
ACLNN_OP(aclnnUniqueDim, self, sorted, return_inverse, dim, values, inverse, counts) {
  OP_GIVEN(self.defined() && values.defined());
  OP_CHECK(self.has_dim(dim), "there is no such dimension");
  const int64_t most = self.size(dim);
  NPU_TRY(unique_fits(self, sizes(self), values, {most}, if_wanted(return_inverse, inverse), most, counts));
  return find({values, if_wanted(return_inverse, inverse), counts}, [=] {
    return three(at::_ops::unique_dim::call(aten_view(self), dim, sorted, return_inverse, counts.defined()));
  });
}

ACLNN_OP(aclnnArgsort, self, dim, descending, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.has_dim(dim), "there is no such dimension");
  NPU_TRY(indices_fit(out));
  NPU_TRY(holds("out", out, sizes(self), out.dtype));
  return copied<at::_ops::argsort_stable>({Own{out}}, self, true, dim, descending);
}

}  // namespace npu
