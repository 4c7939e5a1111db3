// One step of an LSTM, and the checks that the recurrent operators share.
#pragma once
#include "npu/ops/fused.h"

namespace npu {

using Sizes = std::vector<int64_t>;

Status recurrent_dtype(aclDataType dtype);

// The gates (input, forget, cell, output) after their activations, and the states after the step.
struct LstmStep { at::Tensor i, f, j, o, c, tanh_c, h; };
// gates: before their activations, side by side in PyTorch's order; c: the state before the step.
LstmStep lstm_step(const at::Tensor& gates, const at::Tensor& c);

// The gradients of gates and c, as lstm_step takes them.
struct LstmStepGrad { at::Tensor gates, c; };
LstmStepGrad lstm_step_backward(const LstmStep& step, const at::Tensor& c, const at::Tensor& dh, const at::Tensor& dc);

// Of a function by what it gave.
at::Tensor slope_of_sigmoid(const at::Tensor& y);
at::Tensor slope_of_tanh(const at::Tensor& y);

}  // namespace npu
