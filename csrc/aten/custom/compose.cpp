// Operators the device has none for, written with others that it has.
#include "aten/row.h"

#include <ATen/ops/_masked_softmax_ops.h>
#include <ATen/ops/_weight_norm_differentiable_backward.h>
#include <ATen/ops/bincount_ops.h>
#include <ATen/ops/count_nonzero_ops.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/equal_ops.h>
#include <ATen/ops/index_fill_ops.h>
#include <ATen/ops/linalg_solve_triangular_ops.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/norm_except_dim.h>
#include <ATen/ops/repeat_interleave_ops.h>
#include <ATen/ops/result_type.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/triangular_solve.h>
#include <ATen/ops/tril_indices_ops.h>
#include <ATen/ops/triu_indices_ops.h>

#include "aclnnop/activation.h"
#include "aclnnop/compare.h"
#include "aclnnop/linalg.h"
#include "aclnnop/reduce.h"
#include "aclnnop/shape.h"

namespace at_npu {
namespace {

bool equal(const at::Tensor& self, const at::Tensor& other) {
  TORCH_CHECK(self.device() == other.device(), "Cannot compare two tensors on different devices. Got: ", self.device(),
              " and ", other.device());
  TORCH_CHECK(self.scalar_type() == other.scalar_type(), "Expected object of data type ", self.scalar_type(),
              " but got data type ", other.scalar_type(), " for argument 'other' in call to equal");
  if (self.sizes() != other.sizes()) return false;
  const c10_npu::NPUGuard guard(self.device());
  auto out = make({1}, at::kBool);
  NPU_LAUNCH(aclnnEqual, self, other, out);
  return out.item().toBool();
}

at::Tensor count_nonzero(const at::Tensor& self, at::IntArrayRef dims) { return at::sum(at::ne(self, 0), dims); }

at::Tensor& index_fill(at::Tensor& self, int64_t dim, const at::Tensor& index, const at::Tensor& value) {
  TORCH_CHECK(value.dim() == 0, "index_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
              value.dim(), " dimension(s).");
  return self.index_fill_(dim, index, value.item());
}

at::Tensor vdot(const at::Tensor& self, const at::Tensor& other) {
  return at::dot(self.is_complex() ? self.conj().resolve_conj() : self, other);
}

at::Tensor bincount(const at::Tensor& self, const OptTensor& weights, int64_t at_least) {
  TORCH_CHECK(at_least >= 0, "minlength should be >= 0");
  TORCH_CHECK(self.dim() == 1 && at::isIntegralType(self.scalar_type(), true),
              "bincount only supports 1-d non-negative integral inputs.");
  TORCH_CHECK(!weights || weights->sizes() == self.sizes(), "weights should be 1-d and have the same length as input");
  const c10_npu::NPUGuard guard(self.device());
  int64_t length = at_least;
  if (self.numel()) {
    TORCH_CHECK(self.min().item().toLong() >= 0, "bincount only supports 1-d non-negative integral inputs.");
    length = std::max(length, self.max().item().toLong() + 1);
  }
  const bool narrow = weights && weights->scalar_type() == at::kFloat;
  auto out = make({length}, narrow ? at::kFloat : weights ? at::kDouble : at::kLong);
  if (self.numel() == 0) return out.zero_();
  NPU_LAUNCH(aclnnBincount, self, weights, at_least, out);
  return out;
}

at::Tensor repeat_interleave(const at::Tensor& repeats, std::optional<int64_t> length) {
  const c10_npu::NPUGuard guard(repeats.device());
  const int64_t total = length.value_or(repeats.numel() ? repeats.sum().item().toLong() : 0);
  auto out = make({total}, repeats.scalar_type());
  NPU_LAUNCH(aclnnRepeatInterleaveTensor, repeats, total, out);
  return out;
}

at::Tensor solve_triangular(const at::Tensor& a, const at::Tensor& b, bool upper, bool left, bool unitriangular) {
  if (!left) return solve_triangular(a.mT(), b.mT(), !upper, true, unitriangular).mT();
  return std::get<0>(at::triangular_solve(b, a, upper, false, unitriangular));
}
at::Tensor& solve_triangular_out(const at::Tensor& a, const at::Tensor& b, bool upper, bool left, bool unitriangular,
                                 at::Tensor& out) {
  return copy_out(solve_triangular(a, b, upper, left, unitriangular), out);
}

// By comparing each with each where the tests are few, otherwise by their place among the sorted tests.
at::Tensor& isin_out(const at::Tensor& elements, const at::Tensor& tests, bool /*assume_unique*/, bool invert,
                     at::Tensor& out) {
  constexpr int64_t kFew = 32;
  TORCH_CHECK(out.scalar_type() == at::kBool, "isin(): Expected out tensor to have dtype bool, but got ",
              out.scalar_type(), " instead");
  TORCH_CHECK(elements.device() == tests.device(), "Expected elements.device() == test_elements.device(), but got ",
              elements.device(), " and ", tests.device());
  const c10_npu::NPUGuard guard(elements.device());
  at::native::resize_output(out, elements.sizes());
  if (tests.numel() == 0) return out.fill_(invert);
  const auto dtype = at::result_type(elements, tests);
  const auto x = elements.to(out.device(), dtype), sought = tests.to(out.device(), dtype).flatten();
  at::Tensor found;
  if (sought.numel() <= kFew) found = x.unsqueeze(-1).eq(sought).any(-1);
  else {
    const auto sorted = std::get<0>(sought.sort());
    const auto place = at::searchsorted(sorted, x.contiguous()).clamp_max(sorted.numel() - 1);
    found = sorted.index_select(0, place.flatten()).view_as(x).eq(x);
  }
  return out.copy_(invert ? found.logical_not_() : found);
}

std::tuple<at::Tensor, at::Tensor> weight_norm(const at::Tensor& v, const at::Tensor& g, int64_t dim) {
  const auto wide = at::isReducedFloatingType(v.scalar_type()) ? v.to(at::kFloat) : v;
  const auto norms = at::norm_except_dim(wide, 2, dim);
  return {wide.mul(g.div(norms)).to(v.scalar_type()), norms};
}

// The device has a fused form for a mask as large as a batch of scores; it hides a score by setting it to -10000.
at::Tensor masked_softmax(const at::Tensor& self, const at::Tensor& mask, std::optional<int64_t> dim,
                          std::optional<int64_t> mask_type) {
  TORCH_CHECK(mask.scalar_type() == at::kBool, "Mask should be a boolean tensor");
  TORCH_CHECK(mask_type, "Mask Type should be defined");
  constexpr int64_t kSource = 0, kKeyPadding = 1, kWhole = 2;
  TORCH_CHECK(*mask_type >= kSource && *mask_type <= kWhole,
              "Mask Type should be 0 (src_mask), 1 (src_key_padding_mask), or 2 (default_mask)");
  TORCH_CHECK(*mask_type != kWhole || mask.sizes() == self.sizes(),
              "Mask shape should match input. mask: ", mask.sizes(), " input: ", self.sizes());
  const int64_t last = self.dim() - 1;
  if (self.dim() == 4 && *mask_type == kWhole && (!dim || *dim == -1 || *dim == last)) {
    const c10_npu::NPUGuard guard(self.device());
    auto out = like(self);
    NPU_LAUNCH(aclnnScaledMaskedSoftmax, self, mask, 1.0, false, out);
    return out;
  }
  auto hides = mask;
  if (self.dim() == 4 && mask.dim() == 2)
    hides = *mask_type == kKeyPadding ? mask.unsqueeze(1).unsqueeze(1) : mask.unsqueeze(0).unsqueeze(0);
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  return at::softmax(self.masked_fill(hides, kNever), dim.value_or(last));
}

at::Tensor copy_and_resize(const at::Tensor& self, const at::Tensor& to) {
  auto out = to;
  return out.resize_(self.sizes()).copy_(self);
}

// Indices that no device computes: made on the CPU, and sent.
template <auto F> at::Tensor corner_indices(int64_t rows, int64_t columns, int64_t offset, OptDtype dtype,
                                            std::optional<at::Layout> layout, std::optional<at::Device> device,
                                            std::optional<bool>) {
  const auto host = F(rows, columns, offset, dtype, layout, at::Device(at::kCPU), false);
  return host.to(device.value_or(at::Device(at::kPrivateUse1)));
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(equal, aclnnEqual, equal);
  NPU_CUSTOM(bincount, aclnnBincount, bincount);
  NPU_CUSTOM(repeat_interleave_Tensor, aclnnRepeatInterleaveTensor, repeat_interleave);
  NPU_CUSTOM(_masked_softmax, aclnnScaledMaskedSoftmax, masked_softmax);
  NPU_CUSTOM(linalg_solve_triangular, aclnnTriangularSolve, solve_triangular);
  NPU_CUSTOM(linalg_solve_triangular_out, aclnnTriangularSolve, solve_triangular_out);
  m.impl("isin.Tensor_Tensor_out", TORCH_FN(isin_out));
  m.impl("_weight_norm_interface", TORCH_FN(weight_norm));
  m.impl("_weight_norm_interface_backward", TORCH_FN(at::_weight_norm_differentiable_backward));
  m.impl("_copy_from_and_resize", TORCH_FN(copy_and_resize));
  m.impl("vdot", TORCH_FN(vdot));
  m.impl("tril_indices", TORCH_FN(corner_indices<&at::_ops::tril_indices::call>));
  m.impl("triu_indices", TORCH_FN(corner_indices<&at::_ops::triu_indices::call>));
  m.impl("count_nonzero.dim_IntList", TORCH_FN(count_nonzero));
  m.impl("index_fill_.int_Tensor", TORCH_FN(index_fill));
}

}  // namespace at_npu
