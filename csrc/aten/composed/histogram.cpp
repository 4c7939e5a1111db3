// Histograms of one and of more dimensions: a search among the edges, and a sum into the bins.
#include "aten/composed/composed.h"

#include <ATen/ops/_histogramdd_bin_edges_ops.h>
#include <ATen/ops/_histogramdd_from_bin_cts_ops.h>
#include <ATen/ops/_histogramdd_from_bin_tensors_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/histogram_ops.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/zeros.h>

namespace at_npu {
namespace {

using Range = std::optional<at::ArrayRef<double>>;

at::Tensor as_points(const at::Tensor& self) { return self.reshape({-1, self.size(-1)}); }

// From `low` to `high`, counted from the nearer end as linspace does.
at::Tensor spaced(const at::Tensor& low, const at::Tensor& high, int64_t bins) {
  const auto k = at::arange(bins + 1, low.options()), step = (high - low) / bins;
  return at::where(k < (bins + 1) / 2, low + step * k, high - step * (bins - k));
}

// The edges of one dimension: of the range, or of the values; a range of one value is widened.
at::Tensor edges_of(const at::Tensor& values, int64_t bins, const Range& range, size_t dim) {
  TORCH_CHECK(bins > 0, "histogramdd(): bins must be positive, but got ", bins);
  const auto number = [&](double x) { return at::full({}, x, values.options()); };
  auto low = number(0), high = number(1);
  if (range) {
    low = number((*range)[2 * dim]), high = number((*range)[2 * dim + 1]);
    TORCH_CHECK((*range)[2 * dim] <= (*range)[2 * dim + 1], "histogramdd(): min should not exceed max, but got min ",
                (*range)[2 * dim], " max ", (*range)[2 * dim + 1], " for dimension ", dim);
  } else if (values.numel()) {
    low = values.min(), high = values.max();
  }
  const auto same = (low == high).to(values.scalar_type()) * 0.5;
  return spaced(low - same, high + same, bins);
}

std::vector<at::Tensor> bin_edges(const at::Tensor& self, at::IntArrayRef bins, const Range& range, const OptTensor&,
                                  bool) {
  const auto points = as_points(self);
  TORCH_CHECK(static_cast<int64_t>(bins.size()) == points.size(1), "histogramdd(): The size of bins must be equal to ",
              "the innermost dimension of the input.");
  TORCH_CHECK(!range || range->size() == 2 * bins.size(), "histogramdd(): for a ", bins.size(),
              "-dimensional histogram range should have ", 2 * bins.size(), " elements, but got ",
              range ? range->size() : 0);
  std::vector<at::Tensor> edges;
  edges.reserve(bins.size());
  for (size_t d = 0; d < bins.size(); ++d) edges.push_back(edges_of(points.select(1, d), bins[d], range, d));
  return edges;
}

// A bin holds its left edge; the last one holds its right edge too. What lies outside goes to one bin more.
at::Tensor histogramdd(const at::Tensor& self, at::TensorList edges, const OptTensor& weight, bool density) {
  const auto points = as_points(self);
  auto flat = at::zeros({points.size(0)}, self.options().dtype(at::kLong));
  auto outside = flat != 0;
  at::DimVector shape;
  for (size_t d = 0; d < edges.size(); ++d) {
    const auto x = points.select(1, d).contiguous(), edge = edges[d].contiguous();
    const int64_t bins = edge.numel() - 1;
    TORCH_CHECK(bins > 0, "histogramdd(): bin edges must have at least two elements");
    const auto place = (at::searchsorted(edge, x, false, true) - 1).clamp_max(bins - 1);
    outside = outside.logical_or(((x >= edge[0]).logical_and(x <= edge[bins])).logical_not());
    flat = flat * bins + place;
    shape.push_back(bins);
  }
  const int64_t count = c10::multiply_integers(shape);
  const auto each = weight && weight->defined() ? weight->reshape({-1}).to(self.scalar_type())
                                                : at::ones({points.size(0)}, self.options());
  auto sums = at::zeros({count + 1}, self.options()).scatter_add(0, at::where(outside, count, flat), each);
  auto result = sums.narrow(0, 0, count).reshape(shape);
  if (!density) return result;
  result = result / result.sum();
  for (size_t d = 0; d < edges.size(); ++d) {
    at::DimVector along(edges.size(), 1);
    along[d] = shape[d];
    result = result / (edges[d].narrow(0, 1, shape[d]) - edges[d].narrow(0, 0, shape[d])).reshape(along);
  }
  return result;
}
at::Tensor histogramdd_by_count(const at::Tensor& self, at::IntArrayRef bins, const Range& range,
                                const OptTensor& weight, bool density) {
  return histogramdd(self, bin_edges(self, bins, range, weight, density), weight, density);
}

std::tuple<at::Tensor, at::Tensor> histogram_by_count(const at::Tensor& self, int64_t bins, const Range& range,
                                                      const OptTensor& weight, bool density) {
  const auto points = self.reshape({-1, 1});
  const auto edges = bin_edges(points, bins, range, weight, density);
  return {histogramdd(points, edges, weight, density), edges[0]};
}
std::tuple<at::Tensor, at::Tensor> histogram_by_edges(const at::Tensor& self, const at::Tensor& edges,
                                                      const OptTensor& weight, bool density) {
  return {histogramdd(self.reshape({-1, 1}), edges, weight, density), edges.clone()};
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(histogram_bin_ct, histogram_by_count);
  NPU_COMPOSED(histogram_bin_ct_out, histogram_by_count);
  NPU_COMPOSED(histogram_bins_tensor, histogram_by_edges);
  NPU_COMPOSED(histogram_bins_tensor_out, histogram_by_edges);
  NPU_COMPOSED(_histogramdd_bin_edges, bin_edges);
  NPU_COMPOSED(_histogramdd_from_bin_cts, histogramdd_by_count);
  NPU_COMPOSED(_histogramdd_from_bin_tensors, histogramdd);
}

}  // namespace at_npu
