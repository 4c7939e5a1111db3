// Gathering by what the data says, without asking the data how much.
#include "aten/composed/composed.h"

#include <ATen/WrapDimUtils.h>
#include <ATen/ops/_logcumsumexp_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/index_reduce_ops.h>
#include <ATen/ops/mode_ops.h>
#include <ATen/ops/nonzero_static_ops.h>
#include <ATen/ops/stack.h>

namespace at_npu {
namespace {

// Each nonzero element goes to the place that the count of those before it says; what is too many goes to a last
// place, which is dropped.
at::Tensor nonzero_static(const at::Tensor& self, int64_t size, int64_t fill) {
  TORCH_CHECK(size >= 0, "nonzero_static: 'size' must be an non-negative integer");
  const auto options = self.options().dtype(at::kLong);
  if (self.dim() == 0 || size == 0) return at::full({size, self.dim()}, fill, options);
  const auto found = (self != 0).reshape({-1});
  const auto rank = found.cumsum(0) - 1;
  const auto place = at::where(found.logical_and(rank < size), rank, size);
  auto flat = at::full({size + 1}, -1, options);
  flat.scatter_(0, place, at::arange(self.numel(), options));
  flat = flat.narrow(0, 0, size);
  std::vector<at::Tensor> coordinates(self.dim());
  auto rest = flat;
  for (int64_t d = self.dim() - 1; d >= 0; --d) {
    const int64_t length = std::max<int64_t>(self.size(d), 1);
    coordinates[d] = rest.remainder(length);
    rest = rest.floor_divide(at::Scalar(length));
  }
  return at::where((flat < 0).unsqueeze(1), fill, at::stack(coordinates, 1));
}

// scatter_reduce with one index for each slice.
at::Tensor index_reduce(const at::Tensor& self, int64_t dim, const at::Tensor& index, const at::Tensor& source,
                        std::string_view reduce, bool include_self) {
  TORCH_CHECK(reduce == "prod" || reduce == "mean" || reduce == "amax" || reduce == "amin",
              "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ", reduce, ".");
  if (self.dim() == 0)
    return at_npu::index_reduce(self.unsqueeze(0), 0, index, source.reshape({1}), reduce, include_self).squeeze(0);
  dim = at::maybe_wrap_dim(dim, self.dim());
  const auto from = source.dim() == 0 ? source.unsqueeze(0) : source;
  at::DimVector shape(self.dim(), 1);
  shape[dim] = index.numel();
  const auto places = index.to(at::kLong).reshape(shape).expand_as(from);
  return self.scatter_reduce(dim, places, from, reduce, include_self);
}

// The most frequent value, the smallest of those that are, and the last place where it is.
std::tuple<at::Tensor, at::Tensor> mode(const at::Tensor& self, int64_t dim, bool keepdim) {
  if (self.dim() == 0) return {self.clone(), at::full({}, 0, self.options().dtype(at::kLong))};
  dim = at::maybe_wrap_dim(dim, self.dim());
  const int64_t length = self.size(dim);
  TORCH_CHECK_INDEX(length > 0, "mode(): Expected reduction dim ", dim, " to have non-zero size.");
  const bool flags = self.scalar_type() == at::kBool;
  const auto [sorted, origin] = (flags ? self.to(at::kByte) : self).sort(true, dim, false);
  at::DimVector shape(self.dim(), 1);
  shape[dim] = length;
  const auto place = at::arange(length, origin.options()).view(shape);
  const auto previous = sorted.roll({1}, {dim});
  const auto starts = at::where((sorted != previous).logical_or(place == 0), place, 0);
  const auto run = place - std::get<0>(starts.cummax(dim));
  const auto last = run.argmax(dim, true);
  auto value = sorted.gather(dim, last), index = origin.gather(dim, last);
  if (flags) value = value.to(at::kBool);
  return keepdim ? std::tuple(value, index) : std::tuple(value.squeeze(dim), index.squeeze(dim));
}

// Each step adds what lies twice as far before: no exponential leaves its range.
at::Tensor logcumsumexp(const at::Tensor& self, int64_t dim) {
  TORCH_CHECK_NOT_IMPLEMENTED(!self.is_complex(), "UNIMPLEMENTED: logcumsumexp of complex numbers");
  if (self.dim() == 0) return self.clone();
  dim = at::maybe_wrap_dim(dim, self.dim());
  auto sum = self.to(at::kDouble, false, true);
  const int64_t length = self.size(dim);
  for (int64_t step = 1; step < length; step *= 2) {
    const auto added = sum.narrow(dim, step, length - step).logaddexp(sum.narrow(dim, 0, length - step));
    sum.narrow(dim, step, length - step).copy_(added);
  }
  return sum.to(self.scalar_type());
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(_logcumsumexp, logcumsumexp);
  NPU_COMPOSED(_logcumsumexp_out, logcumsumexp);
  NPU_COMPOSED(nonzero_static, nonzero_static);
  NPU_COMPOSED(nonzero_static_out, nonzero_static);
  NPU_COMPOSED(index_reduce_out, index_reduce);
  NPU_COMPOSED(mode, mode);
  NPU_COMPOSED(mode_values, mode);
}

}  // namespace at_npu
