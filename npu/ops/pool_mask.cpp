#include "aclnnop/pool.h"
#include "npu/ops/check.h"
#include "npu/ops/max_pool.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d_with_indices_meta_dispatch.h>

namespace npu {

// The mask of the 910's max pooling is opaque to clients: an int8 buffer [n, c, kh * kw, (ceil(oh * ow / 16) + 1) *
// 32]. Ours holds, for each output in order, which place of its window won, as 16 bits.
namespace {

struct Window {
  int64_t kernel[2], stride[2], padding[2], dilation[2];
  // One number stands for both dimensions; no stride means the kernel's size.
  Window(const IntArray& k, const IntArray& s, const IntArray& p, const IntArray& d) {
    for (int i = 0; i < 2; ++i) {
      kernel[i] = pick(k, i, 1);
      stride[i] = pick(s, i, kernel[i]);
      padding[i] = pick(p, i, 0);
      dilation[i] = pick(d, i, 1);
    }
  }
  static int64_t pick(const IntArray& a, int i, int64_t otherwise) {
    return a.empty() ? otherwise : a.size() == 1 ? a[0] : a.at(i);
  }
};

Status mask_fits(const Tensor& mask, const Tensor& out, const Window& w) {
  OP_GIVEN(mask.defined() && out.defined());
  OP_CHECK(w.kernel[0] * w.kernel[1] < 1 << 16, "UNIMPLEMENTED: a window of 65536 elements or more");
  OP_CHECK(out.dims == 3 || out.dims == 4, "max pooling takes 3 or 4 dimensions");
  OP_CHECK(info(mask.dtype).size == 1, "the mask must be int8");
  const int64_t area = out.sizes[out.dims - 1] * out.sizes[out.dims - 2];
  const int64_t planes = area ? out.numel() / area : 0;
  OP_CHECK(mask.numel() >= planes * w.kernel[0] * w.kernel[1] * ((area + 15) / 16 + 1) * 32,
           "the mask must be [n, c, kh * kw, (ceil(oh * ow / 16) + 1) * 32]");
  int64_t dense = 1;
  for (int i = mask.dims - 1; i >= 0; dense *= mask.sizes[i--])
    OP_CHECK(mask.sizes[i] == 1 || mask.strides[i] == dense, "the mask must be contiguous");
  return {};
}

// Visits every output: f(place in out, its row, its column).
template <class F> void each_output(const Tensor& out, F f) {
  const int64_t height = out.sizes[out.dims - 2], width = out.sizes[out.dims - 1];
  at::parallel_for(0, height * width > 0 ? out.numel() / (height * width) : 0, 1, [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin, i = begin * height * width; plane < end; ++plane)
      for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; ++x, ++i) f(i, y, x);
  });
}

}  // namespace

ACLNN_OP(aclnnMaxPool2dWithMask, self, kernel, stride, padding, dilation, ceil_mode, out, mask) {
  OP_GIVEN(self.defined() && out.defined());
  Tensor indices = out;
  indices.dtype = ACL_INT64;
  NPU_TRY(checked<max_pool2d_with_indices_out, at::meta::max_pool2d_with_indices_outf>(
              self, kernel, stride, padding, dilation, ceil_mode, out, indices)
              .error);
  const Window w(kernel, stride, padding, dilation);
  NPU_TRY(mask_fits(mask, out, w));
  return [=](void*) {
    auto values = aten_view(out), places = at::empty(values.sizes(), at::kLong);
    max_pool2d_with_indices_out::call(aten_view(self), kernel, stride, padding, dilation, ceil_mode, values, places);
    const auto* index = places.const_data_ptr<int64_t>();
    auto* place = static_cast<uint16_t*>(mask.data);
    const int64_t width = self.sizes[self.dims - 1];
    each_output(out, [&](int64_t i, int64_t y, int64_t x) {
      const int64_t row = (index[i] / width - (y * w.stride[0] - w.padding[0])) / w.dilation[0];
      const int64_t column = (index[i] % width - (x * w.stride[1] - w.padding[1])) / w.dilation[1];
      place[i] = static_cast<uint16_t>(row * w.kernel[1] + column);
    });
  };
}

ACLNN_OP(aclnnMaxPool2dWithMaskBackward, grad_output, self, mask, kernel, stride, padding, dilation, ceil_mode,
         grad_input) {
  OP_GIVEN(grad_output.defined() && self.defined() && grad_input.defined());
  OP_CHECK(self.same_sizes(grad_input), "grad_input must have the shape of self");
  const Window w(kernel, stride, padding, dilation);
  NPU_TRY(mask_fits(mask, grad_output, w));
  return [=](void*) {
    const auto grad = aten_view(grad_output);
    auto indices = at::empty(grad.sizes(), at::kLong);
    auto* index = indices.mutable_data_ptr<int64_t>();
    const auto* place = static_cast<const uint16_t*>(mask.data);
    const int64_t width = self.sizes[self.dims - 1];
    each_output(grad_output, [&](int64_t i, int64_t y, int64_t x) {
      const int64_t row = y * w.stride[0] - w.padding[0] + place[i] / w.kernel[1] * w.dilation[0];
      const int64_t column = x * w.stride[1] - w.padding[1] + place[i] % w.kernel[1] * w.dilation[1];
      index[i] = row * width + column;
    });
    auto to = aten_view(grad_input);
    max_pool2d_with_indices_backward_grad_input::call(grad, aten_view(self), kernel, stride, padding, dilation,
                                                      ceil_mode, indices, to);
  };
}

}  // namespace npu
