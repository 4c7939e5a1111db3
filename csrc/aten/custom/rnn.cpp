// The fused cells that PyTorch's LSTM and GRU call on a device, forward and backward. A workspace keeps what backward
// needs of the gates: i, f, g, o of an LSTM; r, z, n, the old state and its part of n of a GRU. The device has an
// operator for an LSTM's cell in float32 and float16.
#include "aten/row.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_thnn_fused_lstm_cell_backward_impl_ops.h>
#include <ATen/ops/_thnn_fused_lstm_cell_ops.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros_like.h>

#include "aclnnop/rnn.h"

namespace at_npu {
namespace {

bool given(const OptTensor& t) { return t && t->defined(); }
at::Tensor with_bias(const at::Tensor& gates, const OptTensor& bias) { return given(bias) ? gates + *bias : gates; }
at::Tensor slope_of_sigmoid(const at::Tensor& y) { return y * (1 - y); }
at::Tensor slope_of_tanh(const at::Tensor& y) { return 1 - y * y; }
at::Tensor bias_of(const at::Tensor& gates, bool has_bias) { return has_bias ? gates.sum(0) : at::Tensor(); }

bool has_operator(const at::Tensor& gates) {
  return gates.scalar_type() == at::kFloat || gates.scalar_type() == at::kHalf;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> lstm_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates,
                                                         const at::Tensor& cx, const OptTensor& input_bias,
                                                         const OptTensor& hidden_bias) {
  if (has_operator(input_gates) && given(input_bias) == given(hidden_bias)) {
    const c10_npu::NPUGuard guard(input_gates.device());
    auto hy = like(cx), cy = like(cx), workspace = like(input_gates);
    NPU_LAUNCH(aclnnThnnFusedLstmCell, input_gates, hidden_gates, cx, input_bias, hidden_bias, hy, cy, workspace);
    return {hy, cy, workspace};
  }
  const auto gates = with_bias(input_gates, input_bias) + with_bias(hidden_gates, hidden_bias);
  const auto parts = gates.chunk(4, 1);
  const auto i = at::sigmoid(parts[0]), f = at::sigmoid(parts[1]), g = at::tanh(parts[2]), o = at::sigmoid(parts[3]);
  const auto cy = f * cx + i * g;
  return {o * at::tanh(cy), cy, at::cat({i, f, g, o}, 1)};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> lstm_cell_backward(const OptTensor& grad_hy, const OptTensor& grad_cy,
                                                                  const at::Tensor& cx, const at::Tensor& cy,
                                                                  const at::Tensor& workspace, bool has_bias) {
  if (!given(grad_hy) && !given(grad_cy)) return {};
  if (has_operator(workspace)) {
    const c10_npu::NPUGuard guard(workspace.device());
    auto gates = like(workspace), of_cx = like(cx), bias = make({workspace.size(1)}, workspace.scalar_type());
    NPU_LAUNCH(aclnnThnnFusedLstmCellBackward, grad_hy, grad_cy, cx, cy, workspace, has_bias, gates, of_cx, bias);
    return {gates, of_cx, has_bias ? bias : at::Tensor()};
  }
  const auto parts = workspace.chunk(4, 1);
  const auto &i = parts[0], &f = parts[1], &g = parts[2], &o = parts[3];
  const auto grad_h = given(grad_hy) ? *grad_hy : at::zeros_like(cx);
  const auto t = at::tanh(cy);
  auto grad_c = grad_h * o * slope_of_tanh(t);
  if (given(grad_cy)) grad_c = grad_c + *grad_cy;
  const auto gates = at::cat({grad_c * g * slope_of_sigmoid(i), grad_c * cx * slope_of_sigmoid(f),
                              grad_c * i * slope_of_tanh(g), grad_h * t * slope_of_sigmoid(o)},
                             1);
  return {gates, grad_c * f, bias_of(gates, has_bias)};
}

std::tuple<at::Tensor, at::Tensor> gru_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates,
                                            const at::Tensor& hx, const OptTensor& input_bias,
                                            const OptTensor& hidden_bias) {
  const auto of_input = with_bias(input_gates, input_bias).chunk(3, 1);
  const auto of_state = with_bias(hidden_gates, hidden_bias).chunk(3, 1);
  const auto r = at::sigmoid(of_input[0] + of_state[0]), z = at::sigmoid(of_input[1] + of_state[1]);
  const auto n = at::tanh(of_input[2] + r * of_state[2]);
  return {n + z * (hx - n), at::cat({r, z, n, hx, of_state[2]}, 1)};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor> gru_cell_backward(const at::Tensor& grad_hy,
                                                                                         const at::Tensor& workspace,
                                                                                         bool has_bias) {
  const auto parts = workspace.chunk(5, 1);
  const auto &r = parts[0], &z = parts[1], &n = parts[2], &hx = parts[3], &of_state = parts[4];
  const auto grad_n = grad_hy * (1 - z) * slope_of_tanh(n), grad_z = grad_hy * (hx - n) * slope_of_sigmoid(z);
  const auto grad_r = grad_n * of_state * slope_of_sigmoid(r);
  const auto input = at::cat({grad_r, grad_z, grad_n}, 1), state = at::cat({grad_r, grad_z, grad_n * r}, 1);
  return {input, state, grad_hy * z, bias_of(input, has_bias), bias_of(state, has_bias)};
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(_thnn_fused_lstm_cell, aclnnThnnFusedLstmCell, lstm_cell);
  NPU_CUSTOM(_thnn_fused_lstm_cell_backward_impl, aclnnThnnFusedLstmCellBackward, lstm_cell_backward);
  m.impl("_thnn_fused_gru_cell", TORCH_FN(gru_cell));
  m.impl("_thnn_fused_gru_cell_backward", TORCH_FN(gru_cell_backward));
}

}  // namespace at_npu
