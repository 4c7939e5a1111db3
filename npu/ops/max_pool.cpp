#include "npu/ops/max_pool.h"

#include <ATen/Parallel.h>
#include <ATen/native/Pool.h>

#include <atomic>
#include <limits>
#include <optional>

#include "npu/kernels/pool.h"

namespace npu {
namespace {

using kernels::Pool2d;

// The pooling, if it is one our kernels take and ATen would accept: ATen's words are better for what is wrong.
std::optional<Pool2d> pool_of(const at::Tensor& self, const at::Tensor& pooled, const at::Tensor& indices,
                              at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding,
                              at::IntArrayRef dilation, bool ceil_mode) {
  const auto dims = self.dim();
  if ((dims != 3 && dims != 4) || pooled.dim() != dims || !at::isFloatingType(self.scalar_type())) return {};
  if (pooled.scalar_type() != self.scalar_type() || indices.scalar_type() != at::kLong) return {};
  if (pooled.sizes() != indices.sizes() || self.sizes().slice(0, dims - 2) != pooled.sizes().slice(0, dims - 2))
    return {};
  if (kernel.empty() || padding.empty() || dilation.empty()) return {};
  const auto pair = [](at::IntArrayRef a, int i) { return a.size() == 1 ? a[0] : a[i]; };
  Pool2d p{self.size(-2), self.size(-1), pooled.size(-2), pooled.size(-1), {}, {}, {}, {}};
  const int64_t in[] = {p.height, p.width}, out[] = {p.out_height, p.out_width};
  for (int i = 0; i < 2; ++i) {
    p.kernel[i] = pair(kernel, i);
    p.stride[i] = stride.empty() ? p.kernel[i] : pair(stride, i);
    p.padding[i] = pair(padding, i);
    p.dilation[i] = pair(dilation, i);
    if (p.kernel[i] < 1 || p.stride[i] < 1 || p.dilation[i] < 1 || p.padding[i] < 0) return {};
    if (p.padding[i] > ((p.kernel[i] - 1) * p.dilation[i] + 1) / 2) return {};
    if (in[i] < 1 || out[i] < 1) return {};
    if (out[i] != at::native::pooling_output_shape<int64_t>(in[i], p.kernel[i], p.padding[i], p.stride[i],
                                                            p.dilation[i], ceil_mode))
      return {};
  }
  // Indices are counted in 32 bits, and with dilation one may lie beyond its plane.
  if ((p.height + p.dilation[0]) * (p.width + p.dilation[1]) > std::numeric_limits<int32_t>::max()) return {};
  return p;
}

bool rows_of_channels(const at::Tensor& t) { return t.suggest_memory_format() != at::MemoryFormat::Contiguous; }

// f(a number of T's type) for the floating types our kernels take.
template <class F> bool with_half(at::ScalarType dtype, F f) {
  switch (dtype) {
    case at::kHalf: return f(kernels::Half()), true;
    case at::kBFloat16: return f(kernels::BFloat16()), true;
    default: return false;
  }
}
template <class F> bool with_floating(at::ScalarType dtype, F f) {
  switch (dtype) {
    case at::kFloat: return f(float()), true;
    case at::kDouble: return f(double()), true;
    default: return with_half(dtype, f);
  }
}

int64_t grain(const Pool2d& p) {
  constexpr int64_t kWorth = 1 << 15;  // Comparisons that pay for waking another thread.
  return kWorth / (p.out_height * p.out_width * p.kernel[0] * p.kernel[1]) + 1;
}

}  // namespace

std::tuple<at::Tensor&, at::Tensor&> max_pool2d_with_indices_out::call(const at::Tensor& self, at::IntArrayRef kernel,
                                                                       at::IntArrayRef stride, at::IntArrayRef padding,
                                                                       at::IntArrayRef dilation, bool ceil_mode,
                                                                       at::Tensor& out, at::Tensor& indices) {
  const auto pool = pool_of(self, out, indices, kernel, stride, padding, dilation, ceil_mode);
  const auto run = [&]<class T>(T) {
    const at::Tensor input = self.contiguous();
    const auto* from = static_cast<const T*>(input.const_data_ptr());
    auto* to = static_cast<T*>(out.mutable_data_ptr());
    auto* at = indices.mutable_data_ptr<int64_t>();
    const Pool2d& p = *pool;
    const int64_t in_plane = p.height * p.width, out_plane = p.out_height * p.out_width;
    at::parallel_for(0, out.numel() / out_plane, grain(p), [&](int64_t begin, int64_t end) {
      kernels::max_pool2d(from + begin * in_plane, to + begin * out_plane, at + begin * out_plane, p, end - begin);
    });
  };
  const bool takes = pool && !rows_of_channels(self) && out.is_contiguous() && indices.is_contiguous();
  if (!takes || !with_floating(self.scalar_type(), run))
    return Aten::call(self, kernel, stride, padding, dilation, ceil_mode, out, indices);
  return {out, indices};
}

at::Tensor& max_pool2d_with_indices_backward_grad_input::call(const at::Tensor& grad, const at::Tensor& self,
                                                              at::IntArrayRef kernel, at::IntArrayRef stride,
                                                              at::IntArrayRef padding, at::IntArrayRef dilation,
                                                              bool ceil_mode, const at::Tensor& indices,
                                                              at::Tensor& grad_input) {
  const auto pool = pool_of(self, grad, indices, kernel, stride, padding, dilation, ceil_mode);
  const auto run = [&]<class T>(T) {
    const at::Tensor dense = grad.contiguous(), dense_indices = indices.contiguous();
    const auto* from = static_cast<const T*>(dense.const_data_ptr());
    const auto* at = dense_indices.const_data_ptr<int64_t>();
    auto* to = static_cast<T*>(grad_input.mutable_data_ptr());
    const Pool2d& p = *pool;
    const int64_t in_plane = p.height * p.width, out_plane = p.out_height * p.out_width;
    std::atomic<bool> legal = true;
    at::parallel_for(0, grad.numel() / out_plane, grain(p), [&](int64_t begin, int64_t end) {
      if (!kernels::max_pool2d_backward(from + begin * out_plane, at + begin * out_plane, to + begin * in_plane, p,
                                        end - begin))
        legal = false;
    });
    TORCH_CHECK(legal, "max_pool2d_with_indices_backward: an index lies outside its plane");
  };
  const bool takes = pool && pool->disjoint() && !rows_of_channels(self) && grad_input.is_contiguous() &&
                     grad_input.sizes() == self.sizes() && grad_input.scalar_type() == self.scalar_type();
  if (!takes || !with_half(self.scalar_type(), run))
    return Aten::call(grad, self, kernel, stride, padding, dilation, ceil_mode, indices, grad_input);
  return grad_input;
}

std::tuple<at::Tensor&, at::Tensor&> max_pool2d_with_indices_out::redispatch(
    c10::DispatchKeySet keys, const at::Tensor& self, at::IntArrayRef kernel, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool ceil_mode, at::Tensor& out, at::Tensor& indices) {
  if (keys.has(c10::DispatchKey::CPU)) return call(self, kernel, stride, padding, dilation, ceil_mode, out, indices);
  return Aten::redispatch(keys, self, kernel, stride, padding, dilation, ceil_mode, out, indices);
}

at::Tensor& max_pool2d_with_indices_backward_grad_input::redispatch(c10::DispatchKeySet keys, const at::Tensor& grad,
                                                                    const at::Tensor& self, at::IntArrayRef kernel,
                                                                    at::IntArrayRef stride, at::IntArrayRef padding,
                                                                    at::IntArrayRef dilation, bool ceil_mode,
                                                                    const at::Tensor& indices, at::Tensor& grad_input) {
  if (keys.has(c10::DispatchKey::CPU))
    return call(grad, self, kernel, stride, padding, dilation, ceil_mode, indices, grad_input);
  return Aten::redispatch(keys, grad, self, kernel, stride, padding, dilation, ceil_mode, indices, grad_input);
}

}  // namespace npu
