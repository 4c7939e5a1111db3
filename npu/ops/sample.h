// Bilinear samples of feature maps, for the operators that read between pixels. Computed in float32.
#pragma once
#include "npu/ops/fused.h"

namespace npu {

// What lies around a map: zeros, or its nearest pixel.
enum class Outside { kZero, kEdge };

// maps [n, c, h, w], read at the points (x, y), in pixels, [n, a, b] each -> [n, c, a, b].
at::Tensor sample(const at::Tensor& maps, const at::Tensor& x, const at::Tensor& y, Outside outside);

struct SampleGrads { at::Tensor maps, x, y; };
SampleGrads sample_backward(const at::Tensor& grad, const at::Tensor& maps, const at::Tensor& x, const at::Tensor& y,
                            Outside outside);

}  // namespace npu
