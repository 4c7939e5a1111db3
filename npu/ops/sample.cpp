#include "npu/ops/sample.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/grid_sampler_2d.h>
#include <ATen/ops/grid_sampler_2d_backward.h>
#include <ATen/ops/stack.h>

namespace npu {
namespace {

constexpr int64_t kBilinear = 0;
int64_t padding(Outside outside) { return outside == Outside::kZero ? 0 : 1; }

// Pixels as ATen has them: from -1, the map's left edge, to 1. A pixel's centre lies half a pixel from its edge.
at::Tensor grid(const at::Tensor& maps, const at::Tensor& x, const at::Tensor& y) {
  const auto width = static_cast<double>(maps.size(3)), height = static_cast<double>(maps.size(2));
  return at::stack({(x * 2 + 1) / width - 1, (y * 2 + 1) / height - 1}, -1);
}

}  // namespace

at::Tensor sample(const at::Tensor& maps, const at::Tensor& x, const at::Tensor& y, Outside outside) {
  return at::grid_sampler_2d(maps, grid(maps, x, y), kBilinear, padding(outside), /*align_corners=*/false);
}

SampleGrads sample_backward(const at::Tensor& grad, const at::Tensor& maps, const at::Tensor& x, const at::Tensor& y,
                            Outside outside) {
  const auto [of_maps, of_grid] = at::grid_sampler_2d_backward(grad, maps, grid(maps, x, y), kBilinear,
                                                               padding(outside), /*align_corners=*/false, {true, true});
  return {of_maps, of_grid.select(-1, 0) * (2.0 / static_cast<double>(maps.size(3))),
          of_grid.select(-1, 1) * (2.0 / static_cast<double>(maps.size(2)))};
}

}  // namespace npu
