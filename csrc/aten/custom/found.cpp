// Operators whose data decides how many elements come out. The output has room for all; phase two waits, and its
// descriptor then has the shape that was found.
#include "aten/row.h"

#include <ATen/ops/_unique2_ops.h>
#include <ATen/ops/_unique_ops.h>
#include <ATen/ops/masked_select_ops.h>
#include <ATen/ops/nonzero_ops.h>
#include <ATen/ops/unique_consecutive_ops.h>
#include <ATen/ops/unique_dim_ops.h>

#include "aclnnop/index.h"
#include "aclnnop/sort.h"

namespace at_npu {
namespace {

constexpr int64_t kNoDim = 1000;  // unique_consecutive of the flattened tensor, in the device's words

Found room(at::IntArrayRef sizes, at::ScalarType dtype) { return {make(sizes, dtype)}; }
Found indices(at::IntArrayRef sizes) { return room(sizes, at::kLong); }

at::Tensor masked_select(const at::Tensor& self, const at::Tensor& mask) {
  const c10_npu::NPUGuard guard(self.is_privateuseone() ? self.device() : mask.device());
  TORCH_CHECK(mask.scalar_type() == at::kBool, "masked_select: expected BoolTensor for mask");
  auto out = room(c10::multiply_integers(broadcast_sizes(self, mask)), self.scalar_type());
  NPU_LAUNCH(aclnnMaskedSelect, self, mask, out);
  return out.take();
}
at::Tensor& masked_select_out(const at::Tensor& self, const at::Tensor& mask, at::Tensor& out) {
  TORCH_CHECK(self.scalar_type() == out.scalar_type(),
              "masked_select(): self and result must have the same scalar type");
  return copy_out(masked_select(self, mask), out);
}

at::Tensor nonzero(const at::Tensor& self) {
  const c10_npu::NPUGuard guard(self.device());
  auto out = indices({self.numel(), self.dim()});
  NPU_LAUNCH(aclnnNonzero, self, out);
  return out.take();
}
at::Tensor& nonzero_out(const at::Tensor& self, at::Tensor& out) {
  TORCH_CHECK(out.device() == self.device(), "nonzero: expected self and out on the same device, but got ",
              self.device(), " and ", out.device());
  TORCH_CHECK(out.scalar_type() == at::kLong, "Expected object of scalar type Long as out, but got scalar type ",
              out.scalar_type());
  return copy_out(nonzero(self), out);
}

std::tuple<at::Tensor, at::Tensor> unique(const at::Tensor& self, bool sorted, bool inverse) {
  const c10_npu::NPUGuard guard(self.device());
  auto values = room(self.numel(), self.scalar_type()), places = indices(inverse ? self.sizes() : at::IntArrayRef(0));
  NPU_LAUNCH(aclnnUnique, self, sorted, inverse, values, places);
  return {values.take(), inverse ? places.take() : places.tensor};
}
std::tuple<at::Tensor, at::Tensor, at::Tensor> unique2(const at::Tensor& self, bool sorted, bool inverse, bool counts) {
  const c10_npu::NPUGuard guard(self.device());
  auto values = room(self.numel(), self.scalar_type()), places = indices(inverse ? self.sizes() : at::IntArrayRef(0)),
       times = indices(counts ? self.numel() : 0);
  NPU_LAUNCH(aclnnUnique2, self, sorted, inverse, counts, values, places, times);
  return {values.take(), inverse ? places.take() : places.tensor, counts ? times.take() : times.tensor};
}
std::tuple<at::Tensor, at::Tensor, at::Tensor> unique_dim(const at::Tensor& self, int64_t dim, bool sorted,
                                                          bool inverse, bool counts) {
  const c10_npu::NPUGuard guard(self.device());
  const int64_t length = self.dim() ? self.size(dim) : 1;
  // The device always counts.
  auto values = room(self.sizes(), self.scalar_type()), places = indices(inverse ? length : 0), times = indices(length);
  NPU_LAUNCH(aclnnUniqueDim, self, sorted, inverse, dim, values, places, times);
  return {values.take(), inverse ? places.take() : places.tensor, counts ? times.take() : indices(0).tensor};
}
std::tuple<at::Tensor, at::Tensor, at::Tensor> unique_consecutive(const at::Tensor& self, bool inverse, bool counts,
                                                                  std::optional<int64_t> dim) {
  const c10_npu::NPUGuard guard(self.device());
  const int64_t length = dim && self.dim() ? self.size(*dim) : self.numel();
  auto values = room(dim ? self.sizes() : at::IntArrayRef(length), self.scalar_type()),
       places = indices(inverse ? (dim ? at::IntArrayRef(length) : self.sizes()) : at::IntArrayRef(0)),
       times = indices(counts ? length : 0);
  NPU_LAUNCH(aclnnUniqueConsecutive, self, inverse, counts, dim.value_or(kNoDim), values, places, times);
  return {values.take(), inverse ? places.take() : places.tensor, counts ? times.take() : times.tensor};
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(masked_select, aclnnMaskedSelect, masked_select);
  NPU_CUSTOM(masked_select_out, aclnnMaskedSelect, masked_select_out);
  NPU_CUSTOM(nonzero, aclnnNonzero, nonzero);
  NPU_CUSTOM(nonzero_out, aclnnNonzero, nonzero_out);
  NPU_CUSTOM(_unique, aclnnUnique, unique);
  NPU_CUSTOM(_unique2, aclnnUnique2, unique2);
  NPU_CUSTOM(unique_dim, aclnnUniqueDim, unique_dim);
  NPU_CUSTOM(unique_consecutive, aclnnUniqueConsecutive, unique_consecutive);
}

}  // namespace at_npu
