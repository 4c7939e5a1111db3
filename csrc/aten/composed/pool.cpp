// Fractional max pooling: windows at pseudo-random places, one sequence of places for each plane and dimension.
#include "aten/composed/composed.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/fractional_max_pool2d_backward_ops.h>
#include <ATen/ops/fractional_max_pool2d_ops.h>
#include <ATen/ops/fractional_max_pool3d_backward_ops.h>
#include <ATen/ops/fractional_max_pool3d_ops.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/zeros_like.h>

namespace at_npu {
namespace {

// Where the windows of one dimension begin: [planes, count]; the last one ends with the input.
at::Tensor starts(const at::Tensor& sample, int64_t size, int64_t count, int64_t window) {
  const auto u = sample.reshape({-1, 1});
  auto last = at::full_like(u, size - window, u.options().dtype(at::kLong));
  if (count == 1) return last;
  const double step = static_cast<double>(size - window) / static_cast<double>(count - 1);
  const auto k = at::arange(count, last.options());
  const auto begins = (((u + k) * step).trunc() - (u * step).trunc()).to(at::kLong);
  return at::where(k == count - 1, last, begins);
}

// Every element of every window as an index of the flattened plane: [planes, outputs, elements].
at::Tensor window_elements(const at::Tensor& self, at::IntArrayRef window, at::IntArrayRef outputs,
                           const at::Tensor& samples, bool last_first) {
  const int64_t dims = static_cast<int64_t>(window.size());
  at::Tensor flat;
  for (int64_t d = 0; d < dims; ++d) {
    const int64_t size = self.size(d - dims);
    const auto begin =
        starts(samples.select(-1, last_first ? dims - 1 - d : d).to(compute_dtype(samples.scalar_type())), size,
               outputs[d], window[d]);
    const auto places = begin.unsqueeze(-1) + at::arange(window[d], begin.options());  // [planes, outputs, elements]
    if (d == 0) flat = places;
    else flat = (flat.unsqueeze(2).unsqueeze(4) * size + places.unsqueeze(1).unsqueeze(3)).flatten(3, 4).flatten(1, 2);
  }
  return flat;
}

template <bool kLastFirst>
std::tuple<at::Tensor, at::Tensor> pool(const at::Tensor& self, at::IntArrayRef window, at::IntArrayRef outputs,
                                        const at::Tensor& samples) {
  const int64_t dims = static_cast<int64_t>(window.size());
  const int64_t planes = c10::multiply_integers(self.sizes().slice(0, self.dim() - dims));
  // A module keeps the samples of its largest input: a smaller one takes the first.
  const auto elements =
      window_elements(self, window, outputs, samples.reshape({-1, dims}).narrow(0, 0, planes), kLastFirst);
  const auto plane = self.reshape({planes, -1});
  const auto values = plane.gather(1, elements.flatten(1)).view(elements.sizes());
  const auto [most, place] = values.max(2);
  at::DimVector sizes(self.sizes().slice(0, self.dim() - dims));
  sizes.append(outputs.begin(), outputs.end());
  return {most.view(sizes), elements.gather(2, place.unsqueeze(2)).view(sizes)};
}

at::Tensor pool_backward(const at::Tensor& grad, const at::Tensor& self, at::IntArrayRef window, at::IntArrayRef,
                         const at::Tensor& indices) {
  const int64_t dims = static_cast<int64_t>(window.size());
  const auto lines = [&](const at::Tensor& t) { return t.flatten(-dims); };
  return lines(at::zeros_like(self, at::MemoryFormat::Contiguous))
      .scatter_add(-1, lines(indices), lines(grad))
      .view(self.sizes());
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(fractional_max_pool2d_output, pool<true>);
  NPU_COMPOSED(fractional_max_pool2d_backward_grad_input, pool_backward);
  NPU_COMPOSED(fractional_max_pool3d_output, pool<false>);
  NPU_COMPOSED(fractional_max_pool3d_backward, pool_backward);
  NPU_COMPOSED(fractional_max_pool3d_backward_grad_input, pool_backward);
}

}  // namespace at_npu
