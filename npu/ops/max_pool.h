// ATen's max pooling, with our kernels where bench/max_pool.py shows them faster. To be used in place of the operators
// of the same names in at::_ops; what our kernels do not take (channels last, integers) goes to ATen.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/ops/max_pool2d_with_indices_backward_ops.h>
#include <ATen/ops/max_pool2d_with_indices_ops.h>

namespace npu {

struct max_pool2d_with_indices_out : at::_ops::max_pool2d_with_indices_out {
  using Aten = at::_ops::max_pool2d_with_indices_out;
  static std::tuple<at::Tensor&, at::Tensor&> call(const at::Tensor& self, at::IntArrayRef kernel,
                                                   at::IntArrayRef stride, at::IntArrayRef padding,
                                                   at::IntArrayRef dilation, bool ceil_mode, at::Tensor& out,
                                                   at::Tensor& indices);
  static std::tuple<at::Tensor&, at::Tensor&> redispatch(c10::DispatchKeySet keys, const at::Tensor& self,
                                                         at::IntArrayRef kernel, at::IntArrayRef stride,
                                                         at::IntArrayRef padding, at::IntArrayRef dilation,
                                                         bool ceil_mode, at::Tensor& out, at::Tensor& indices);
};

struct max_pool2d_with_indices_backward_grad_input : at::_ops::max_pool2d_with_indices_backward_grad_input {
  using Aten = at::_ops::max_pool2d_with_indices_backward_grad_input;
  static at::Tensor& call(const at::Tensor& grad, const at::Tensor& self, at::IntArrayRef kernel,
                          at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool ceil_mode,
                          const at::Tensor& indices, at::Tensor& grad_input);
  static at::Tensor& redispatch(c10::DispatchKeySet keys, const at::Tensor& grad, const at::Tensor& self,
                                at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding,
                                at::IntArrayRef dilation, bool ceil_mode, const at::Tensor& indices,
                                at::Tensor& grad_input);
};

}  // namespace npu
