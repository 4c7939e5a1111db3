// Reductions over the segments of a dimension, given by their lengths or by their limits.
#include "aten/composed/composed.h"

#include <ATen/WrapDimUtils.h>
#include <ATen/ops/_segment_reduce_backward_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/segment_reduce_ops.h>
#include <ATen/ops/zeros_like.h>

namespace at_npu {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

// A way of reducing: scatter_reduce's name for it, what an empty segment is, and what a reduction starts from.
struct Reduction {
  const char *name, *scatter;
  double empty, start;
};
constexpr Reduction kReductions[] = {{"sum", "sum", 0, 0},
                                     {"mean", "sum", kNan, 0},
                                     {"max", "amax", -kInf, -kInf},
                                     {"min", "amin", kInf, kInf},
                                     {"prod", "prod", 1, 1}};
const Reduction& reduction_of(std::string_view name) {
  for (const Reduction& r : kReductions)
    if (name == r.name) return r;
  TORCH_CHECK(false, "Expected reduce to be one of sum, mean, max, min or prod, got ", name);
}

// Where each line of `data` along `axis` belongs. Lines after the last segment belong to one more, number `count`.
struct Segments {
  at::Tensor lengths;  // [.., count]
  at::Tensor of_line;  // [.., lines]
  int64_t count;
};
Segments segments(const at::Tensor& data, const OptTensor& lengths, const OptTensor& offsets, int64_t axis) {
  const bool by_lengths = lengths && lengths->defined();
  const auto given = (by_lengths ? *lengths : *offsets).to(at::kLong);
  const int64_t count = given.size(axis) - !by_lengths, lines = data.size(axis);
  const auto size = by_lengths ? given : given.narrow(axis, 1, count) - given.narrow(axis, 0, count);
  const auto ends = by_lengths ? given.cumsum(axis) : given.narrow(axis, 1, count);
  at::DimVector line_sizes(data.sizes().slice(0, axis + 1));
  const auto line = at::arange(lines, given.options()).expand(line_sizes);
  return {size, at::searchsorted(ends.contiguous(), line.contiguous(), false, true), count};
}

// [.., lines] as an index of data's sizes; [.., count] beside the result.
at::Tensor beside(const at::Tensor& t, const at::Tensor& data) {
  auto shape = at::DimVector(t.sizes());
  shape.resize(data.dim(), 1);
  return t.reshape(shape);
}
at::DimVector with_size(const at::Tensor& data, int64_t axis, int64_t size) {
  auto sizes = at::DimVector(data.sizes());
  sizes[axis] = size;
  return sizes;
}

at::Tensor segment_reduce(const at::Tensor& data, std::string_view reduce, const OptTensor& lengths,
                          const OptTensor& indices, const OptTensor& offsets, int64_t axis, bool unsafe,
                          const OptScalar& initial) {
  axis = at::maybe_wrap_dim(axis, data.dim());
  TORCH_CHECK(data.numel() >= 0 && !(indices && indices->defined()),
              "segment_reduce(): indices based reduction is not supported yet.");
  TORCH_CHECK((lengths && lengths->defined()) || (offsets && offsets->defined()),
              "segment_reduce(): Either lengths or offsets must be defined.");
  const auto& way = reduction_of(reduce);
  const auto parts = segments(data, lengths, offsets, axis);
  if (lengths && lengths->defined() && !unsafe) {
    TORCH_CHECK(parts.lengths.numel() == 0 || parts.lengths.min().item().toLong() >= 0,
                "lengths contains negative value!");
    TORCH_CHECK(parts.lengths.sum(axis).eq(data.size(axis)).all().item().toBool(),
                "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when "
                "!unsafe.");
  }
  const auto sizes = with_size(data, axis, parts.count + 1);
  auto out = at::full(sizes, initial ? *initial : at::Scalar(way.start), data.options());
  out = out.scatter_reduce(axis, beside(parts.of_line, data).expand_as(data), data, way.scatter, true)
            .narrow(axis, 0, parts.count);
  const auto lines = beside(parts.lengths, data);
  if (reduce == "mean") out = at::where(lines > 0, out / lines, initial ? initial->toDouble() : kNan);
  else if (!initial) out = at::where(lines > 0, out, way.empty);
  return out.to(data.scalar_type());
}

// The product of the others of a zero or a NaN: of the rest of its segment, unless there are more such.
at::Tensor others_product(const at::Tensor& data, const at::Tensor& special, const at::Tensor& index, int64_t axis,
                          const at::Tensor& zeros, double start) {
  const auto rest = (zeros + start).scatter_reduce(axis, index, at::where(special, 1.0, data), "prod", true);
  const auto count = zeros.scatter_add(axis, index, special.to(data.scalar_type()));
  const auto sum = zeros.scatter_add(axis, index, at::where(special, data, 0.0));  // zero, or NaN with a NaN
  return at::where(count > 1, rest * sum, rest).gather(axis, index);
}

at::Tensor segment_reduce_backward(const at::Tensor& grad, const at::Tensor& output, const at::Tensor& data,
                                   std::string_view reduce, const OptTensor& lengths, const OptTensor& offsets,
                                   int64_t axis, const OptScalar& initial) {
  axis = at::maybe_wrap_dim(axis, data.dim());
  const auto parts = segments(data, lengths, offsets, axis);
  const auto inside = beside(parts.of_line < parts.count, data);
  const auto index = beside(parts.of_line, data).clamp_max(std::max<int64_t>(parts.count - 1, 0)).expand_as(data);
  if (parts.count == 0) return at::zeros_like(data);
  const auto of_segment = [&](const at::Tensor& t) { return t.expand_as(grad).gather(axis, index); };
  const auto zeros = at::full(with_size(data, axis, parts.count), 0, data.options());
  auto result = of_segment(grad);
  if (reduce == "mean") {
    result = result / of_segment(beside(parts.lengths, data));
  } else if (reduce == "max" || reduce == "min") {
    const auto chosen = (data == of_segment(output)).logical_or(data.isnan()).logical_and(inside);
    const auto times = zeros.scatter_add(axis, index, chosen.to(data.scalar_type()));
    result = at::where(chosen, result / times.gather(axis, index), 0.0);
  } else if (reduce == "prod") {
    const auto special = (data == 0).logical_or(data.isnan()).logical_and(inside);
    const double start = initial ? initial->toDouble() : 1;
    const auto others = others_product(at::where(inside, data, 1.0), special, index, axis, zeros, start);
    result = at::where(special, result * others, result * of_segment(output) / data);
  }
  return at::where(inside, result, 0.0).to(data.scalar_type());
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(segment_reduce, segment_reduce);
  NPU_COMPOSED(_segment_reduce_backward, segment_reduce_backward);
}

}  // namespace at_npu
