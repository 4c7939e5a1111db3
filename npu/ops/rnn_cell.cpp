// The cell that PyTorch's LSTMCell calls, its matrix products made before; computed in float32.
#include "npu/ops/rnn_cell.h"

#include "aclnnop/rnn.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

namespace npu {

Status recurrent_dtype(aclDataType dtype) {
  OP_CHECK(dtype == ACL_FLOAT || dtype == ACL_FLOAT16, "the input must be float32 or float16");
  return {};
}
at::Tensor slope_of_sigmoid(const at::Tensor& y) { return y * (1 - y); }
at::Tensor slope_of_tanh(const at::Tensor& y) { return 1 - y * y; }

LstmStep lstm_step(const at::Tensor& gates, const at::Tensor& c) {
  const auto parts = gates.chunk(4, 1);
  const auto i = parts[0].sigmoid(), f = parts[1].sigmoid(), j = parts[2].tanh(), o = parts[3].sigmoid();
  const auto after = f * c + i * j, tanh_c = after.tanh();
  return {i, f, j, o, after, tanh_c, o * tanh_c};
}
LstmStepGrad lstm_step_backward(const LstmStep& s, const at::Tensor& c, const at::Tensor& dh, const at::Tensor& dc) {
  const auto of_c = dc + dh * s.o * slope_of_tanh(s.tanh_c);
  const auto gates = at::cat({of_c * s.j * slope_of_sigmoid(s.i), of_c * c * slope_of_sigmoid(s.f),
                              of_c * s.i * slope_of_tanh(s.j), dh * s.tanh_c * slope_of_sigmoid(s.o)},
                             1);
  return {gates, of_c * s.f};
}

// The gates are in PyTorch's order: input, forget, cell, output.
ACLNN_OP(aclnnThnnFusedLstmCell, input_gates, hidden_gates, cx, input_bias, hidden_bias, hy_out, cy_out, storage_out) {
  OP_GIVEN(input_gates.defined() && cx.defined());
  NPU_TRY(recurrent_dtype(input_gates.dtype));
  OP_CHECK(cx.dims == 2, "cx is [batch, hidden]");
  const Sizes state(cx.sizes, cx.sizes + 2), gates{state[0], 4 * state[1]};
  const aclDataType dtype = input_gates.dtype;
  NPU_TRY(is("cx", cx, state, dtype));
  NPU_TRY(is("input_gates", input_gates, gates, dtype));
  NPU_TRY(is("hidden_gates", hidden_gates, gates, dtype));
  OP_CHECK(input_bias.defined() == hidden_bias.defined(), "both biases are given, or neither");
  if (input_bias.defined()) NPU_TRY(is("input_bias", input_bias, {gates[1]}, dtype));
  if (input_bias.defined()) NPU_TRY(is("hidden_bias", hidden_bias, {gates[1]}, dtype));
  NPU_TRY(is("hy_out", hy_out, state, dtype));
  NPU_TRY(is("cy_out", cy_out, state, dtype));
  NPU_TRY(is("storage_out", storage_out, gates, dtype));
  return [=](void*) {
    auto sum = wide(input_gates) + wide(hidden_gates);
    if (input_bias.defined()) sum = sum + (wide(input_bias) + wide(hidden_bias));
    const auto step = lstm_step(sum, wide(cx));
    copy_result(step.h, hy_out);
    copy_result(step.c, cy_out);
    copy_result(at::cat({step.i, step.f, step.j, step.o}, 1), storage_out);
  };
}
ACLNN_OP(aclnnThnnFusedLstmCellBackward, grad_hy, grad_c, cx, cy, storage, has_bias, grad_gates_out, grad_cx_out,
         grad_bias_out) {
  OP_GIVEN(cx.defined());
  NPU_TRY(recurrent_dtype(cx.dtype));
  OP_CHECK(cx.dims == 2, "cx is [batch, hidden]");
  const Sizes state(cx.sizes, cx.sizes + 2), gates{state[0], 4 * state[1]};
  const aclDataType dtype = cx.dtype;
  if (grad_hy.defined()) NPU_TRY(is("grad_hy", grad_hy, state, dtype));
  if (grad_c.defined()) NPU_TRY(is("grad_c", grad_c, state, dtype));
  NPU_TRY(is("cy", cy, state, dtype));
  NPU_TRY(is("storage", storage, gates, dtype));
  NPU_TRY(is("grad_gates_out", grad_gates_out, gates, dtype));
  NPU_TRY(is("grad_cx_out", grad_cx_out, state, dtype));
  if (has_bias) NPU_TRY(is("grad_bias_out", grad_bias_out, {gates[1]}, dtype));
  return [=](void*) {
    const auto parts = wide(storage).chunk(4, 1);
    const LstmStep step{parts[0], parts[1], parts[2], parts[3], {}, wide(cy).tanh(), {}};
    const auto dh = grad_hy.defined() ? wide(grad_hy) : at::zeros(state);
    const auto dc = grad_c.defined() ? wide(grad_c) : at::zeros(state);
    const auto [of_gates, of_cx] = lstm_step_backward(step, wide(cx), dh, dc);
    copy_result(of_gates, grad_gates_out);
    copy_result(of_cx, grad_cx_out);
    if (has_bias) copy_result(of_gates.sum(0), grad_bias_out);
  };
}

}  // namespace npu
