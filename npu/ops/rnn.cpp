// Recurrent networks: LSTM and GRU over whole sequences, forward and in reverse. Computed in float32. As on the device
// there is no dropout between layers, whatever is asked for.
#include "aclnnop/rnn.h"
#include "npu/ops/rnn_cell.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

namespace npu {
namespace {

// A network as its arguments describe it. A group is one direction of one layer, the layers one after another.
struct Network {
  int64_t gates;  // in a group's weights: 4 of an LSTM, 3 of a GRU
  bool bias;
  int64_t layers;
  bool bidirectional, batch_first;
  bool packed = false;  // input is [steps * batch, features], and steps differ in how many sequences they have
  int64_t steps = 0, batch = 0, features = 0, hidden = 0;
  aclDataType dtype = ACL_DT_UNDEFINED;

  int64_t directions() const { return bidirectional ? 2 : 1; }
  int64_t groups() const { return layers * directions(); }
  int64_t group_size() const { return bias ? 4 : 2; }
  Sizes trace() const { return {steps, batch, hidden}; }
  Sizes states() const { return {groups(), batch, hidden}; }
  Sizes output() const {
    if (batch_first && !packed) return {batch, steps, directions() * hidden};
    return {steps, batch, directions() * hidden};
  }
  Sizes output_grad() const { return packed ? Sizes{steps * batch, directions() * hidden} : output(); }
};

Status list_fits(const char* name, const TensorList& list, const Network& n) {
  OP_CHECK(static_cast<int64_t>(list.size()) == n.groups(),
           std::string(name) + " must have a tensor for each direction of each layer");
  for (const Tensor& t : list) NPU_TRY(is(name, t, n.trace(), n.dtype));
  return {};
}
Status params_fit(const char* name, const TensorList& params, const Network& n) {
  OP_CHECK(static_cast<int64_t>(params.size()) == n.groups() * n.group_size(),
           std::string(name) + " must have " + std::to_string(n.groups() * n.group_size()) +
               " tensors: two weights, and two biases if there are any, for each direction of each layer");
  for (size_t i = 0; i < params.size(); ++i) {
    const int64_t place = i % n.group_size(), rows = n.gates * n.hidden;
    const bool first = static_cast<int64_t>(i) < n.directions() * n.group_size();
    const Sizes wanted = place == 0   ? Sizes{rows, first ? n.features : n.directions() * n.hidden}
                         : place == 1 ? Sizes{rows, n.hidden}
                                      : Sizes{rows};
    NPU_TRY(is(name, params[i], wanted, n.dtype));
  }
  return {};
}

// Completes n from the tensors that tell its sizes.
Status network_fits(Network& n, const Tensor& input, const TensorList& params, const Tensor& batch_sizes) {
  OP_GIVEN(input.defined());
  NPU_TRY(recurrent_dtype(n.dtype = input.dtype));
  OP_CHECK(n.layers > 0, "there must be a layer");
  OP_CHECK(params.size() >= 2 && params[1].dims == 2, "params must begin with a layer's two weights");
  n.hidden = params[1].sizes[1];
  n.packed = batch_sizes.defined();
  if (n.packed) {
    OP_CHECK(batch_sizes.dtype == ACL_INT64 && batch_sizes.dims == 1 && batch_sizes.sizes[0] > 0,
             "batch_sizes must be int64, with a number for each step");
    n.steps = batch_sizes.sizes[0];
    OP_CHECK(input.dims == 2 && input.sizes[0] % n.steps == 0,
             "with batch_sizes the input is [steps * batch, features], its sequences filled up to one length");
    n.batch = input.sizes[0] / n.steps;
  } else {
    OP_CHECK(input.dims == 3, "the input must have 3 dimensions");
    n.steps = input.sizes[n.batch_first ? 1 : 0];
    n.batch = input.sizes[n.batch_first ? 0 : 1];
  }
  OP_CHECK(n.steps > 0 && n.batch > 0, "the input must have a step and a sequence");
  n.features = input.sizes[input.dims - 1];
  return params_fit("params", params, n);
}

// [steps, batch, 1]: which sequences a step still has. Undefined where all have all steps.
at::Tensor mask_of(const Network& n, const Tensor& batch_sizes) {
  if (!n.packed) return {};
  const auto counts = aten_view(batch_sizes).contiguous();
  const auto* count = counts.const_data_ptr<int64_t>();
  for (int64_t t = 0; t < n.steps; ++t)
    if (count[t] < 1 || count[t] > (t ? count[t - 1] : n.batch) || count[0] != n.batch)
      throw std::invalid_argument("batch_sizes must begin with the whole batch, and never grow nor reach zero");
  return at::arange(n.batch).reshape({1, n.batch, 1}) < counts.reshape({n.steps, 1, 1});
}
// As the network computes: [steps, batch, features].
at::Tensor sequence(const Network& n, const Tensor& t) {
  const auto x = wide(t);
  if (n.packed) return x.reshape({n.steps, n.batch, x.size(1)});
  return n.batch_first ? x.transpose(0, 1) : x;
}
void copy_sequence(const Network& n, const at::Tensor& x, const Tensor& out) {
  if (out.dims == 2) return copy_result(x.reshape({n.steps * n.batch, x.size(2)}), out);
  copy_result(n.batch_first && !n.packed ? x.transpose(0, 1) : x, out);
}
at::Tensor state(const Network& n, const Tensor& states, int64_t group) {
  return states.defined() ? wide(states)[group] : at::zeros({n.batch, n.hidden});
}

struct Weights { at::Tensor input, state, input_bias, state_bias; };
Weights weights_of(const Network& n, const TensorList& params, int64_t group) {
  const Tensor* p = &params[group * n.group_size()];
  return {wide(p[0]), wide(p[1]), n.bias ? wide(p[2]) : at::Tensor(), n.bias ? wide(p[3]) : at::Tensor()};
}

// What a group leaves of every step, a tensor [steps, batch, hidden] each. The states are at the same place in both
// networks: i, j, f, o, h, c, tanh(c) of an LSTM; r, z, n, the state's part of n, h of a GRU.
using Trace = std::vector<at::Tensor>;
constexpr size_t kHidden = 4, kCell = 5, kLstmTrace = 7, kGruTrace = 5;

// The steps of a group, in the order in which it takes them.
struct Steps {
  int64_t count;
  bool reverse;
  int64_t at(int64_t k) const { return reverse ? count - 1 - k : k; }
  int64_t last() const { return at(count - 1); }
};
void leave(Trace& trace, int64_t t, std::initializer_list<at::Tensor> of_step) {
  size_t i = 0;
  for (const at::Tensor& x : of_step) trace[i++][t].copy_(x);
}
Trace trace_like(const at::Tensor& x, const at::Tensor& h, size_t count) {
  Trace out;
  for (size_t i = 0; i < count; ++i) out.push_back(at::empty({x.size(0), h.size(0), h.size(1)}));
  return out;
}
// A sequence that has ended keeps its state.
at::Tensor advance(const at::Tensor& mask, int64_t t, const at::Tensor& now, const at::Tensor& before) {
  return mask.defined() ? at::where(mask[t], now, before) : now;
}

Trace lstm(const Weights& w, const at::Tensor& x, at::Tensor h, at::Tensor c, const at::Tensor& mask, Steps steps) {
  const auto of_input = at::linear(x, w.input, w.input_bias);
  Trace trace = trace_like(x, h, kLstmTrace);
  for (int64_t k = 0; k < steps.count; ++k) {
    const int64_t t = steps.at(k);
    const auto step = lstm_step(of_input[t] + at::linear(h, w.state, w.state_bias), c);
    c = advance(mask, t, step.c, c);
    h = advance(mask, t, step.h, h);
    leave(trace, t, {step.i, step.j, step.f, step.o, h, c, step.tanh_c});
  }
  return trace;
}
Trace gru(const Weights& w, const at::Tensor& x, at::Tensor h, at::Tensor, const at::Tensor&, Steps steps) {
  const auto of_input = at::linear(x, w.input, w.input_bias);
  Trace trace = trace_like(x, h, kGruTrace);
  for (int64_t k = 0; k < steps.count; ++k) {
    const int64_t t = steps.at(k);
    const auto a = of_input[t].chunk(3, 1), b = at::linear(h, w.state, w.state_bias).chunk(3, 1);
    const auto r = (a[0] + b[0]).sigmoid(), z = (a[1] + b[1]).sigmoid(), n = (a[2] + r * b[2]).tanh();
    h = (1 - z) * n + z * h;
    leave(trace, t, {r, z, n, b[2], h});
  }
  return trace;
}

// The gradients of what the gates are made of, the input's and the state's part, and of the first states.
struct Grads { at::Tensor input, state, h, c; };

Grads lstm_backward(const Weights& w, const Trace& trace, const at::Tensor& dy, at::Tensor dh, const at::Tensor& c0,
                    at::Tensor dc, const at::Tensor&, const at::Tensor& mask, Steps steps) {
  auto grad = at::empty({steps.count, dh.size(0), 4 * dh.size(1)});
  for (int64_t k = steps.count - 1; k >= 0; --k) {
    const int64_t t = steps.at(k);
    const auto before = k ? trace[kCell][steps.at(k - 1)] : c0, of_h = dh + dy[t];
    const LstmStep step{trace[0][t], trace[2][t], trace[1][t], trace[3][t], {}, trace[6][t], {}};
    const auto [gates, c] = lstm_step_backward(step, before, of_h, dc);
    grad[t].copy_(mask.defined() ? gates * mask[t] : gates);
    dh = advance(mask, t, gates.matmul(w.state), of_h);
    dc = advance(mask, t, c, dc);
  }
  return {grad, grad, dh, dc};
}
Grads gru_backward(const Weights& w, const Trace& trace, const at::Tensor& dy, at::Tensor dh, const at::Tensor&,
                   at::Tensor, const at::Tensor& h0, const at::Tensor&, Steps steps) {
  const Sizes sizes{steps.count, dh.size(0), 3 * dh.size(1)};
  auto of_input = at::empty(sizes), of_state = at::empty(sizes);
  for (int64_t k = steps.count - 1; k >= 0; --k) {
    const int64_t t = steps.at(k);
    const auto r = trace[0][t], z = trace[1][t], n = trace[2][t], state_n = trace[3][t];
    const auto before = k ? trace[kHidden][steps.at(k - 1)] : h0;
    const auto of_h = dh + dy[t];
    const auto dn = of_h * (1 - z) * slope_of_tanh(n), dz = of_h * (before - n) * slope_of_sigmoid(z);
    const auto dr = dn * state_n * slope_of_sigmoid(r);
    of_input[t].copy_(at::cat({dr, dz, dn}, 1));
    const auto state = at::cat({dr, dz, dn * r}, 1);
    of_state[t].copy_(state);
    dh = of_h * z + state.matmul(w.state);
  }
  return {of_input, of_state, dh, {}};
}

// The network: its first states, and where they are afterwards. c is an LSTM's.
struct States { Tensor h, c; };

// A layer's output, which the next one reads.
at::Tensor layer_output(const std::vector<at::Tensor>& h, const at::Tensor& mask) {
  const auto out = at::cat(h, 2);
  return mask.defined() ? out * mask : out;
}

template <auto kGroup>
void forward(const Network& n, const Tensor& input, const TensorList& params, const Tensor& batch_sizes,
             const States& first, const Tensor& output, const States& last, const std::vector<TensorList>& traces) {
  const auto mask = mask_of(n, batch_sizes);
  auto x = sequence(n, input);
  for (int64_t group = 0; group < n.groups();) {
    std::vector<at::Tensor> outputs;
    for (int64_t direction = 0; direction < n.directions(); ++direction, ++group) {
      const Steps steps{n.steps, direction == 1};
      const Trace trace =
          kGroup(weights_of(n, params, group), x, state(n, first.h, group), state(n, first.c, group), mask, steps);
      aten_view(last.h)[group].copy_(trace[kHidden][steps.last()]);
      if (last.c.defined()) aten_view(last.c)[group].copy_(trace[kCell][steps.last()]);
      for (size_t i = 0; i < traces.size(); ++i) copy_result(trace[i], traces[i][group]);
      outputs.push_back(trace[kHidden]);
    }
    x = layer_output(outputs, mask);
  }
  copy_sequence(n, x, output);
}

template <auto kGroup>
void backward(const Network& n, const Tensor& input, const TensorList& params, const Tensor& batch_sizes,
              const States& first, const Tensor& dy, const States& grad, const std::vector<TensorList>& traces,
              const Tensor& dx, const States& grad_first, const TensorList& dparams) {
  const auto mask = mask_of(n, batch_sizes);
  auto above = dy.defined() ? sequence(n, dy) : at::zeros({n.steps, n.batch, n.directions() * n.hidden});
  if (mask.defined()) above = above * mask;  // a sequence that has ended puts out zeros
  for (int64_t layer = n.layers - 1; layer >= 0; --layer) {
    std::vector<at::Tensor> outputs;  // of the layer below
    for (int64_t d = 0; layer && d < n.directions(); ++d)
      outputs.push_back(wide(traces[kHidden][(layer - 1) * n.directions() + d]));
    const auto x = layer ? layer_output(outputs, mask) : sequence(n, input);
    at::Tensor below;
    for (int64_t direction = 0; direction < n.directions(); ++direction) {
      const int64_t group = layer * n.directions() + direction;
      const Steps steps{n.steps, direction == 1};
      const Weights w = weights_of(n, params, group);
      Trace trace;
      for (const TensorList& list : traces) trace.push_back(wide(list[group]));
      const auto h0 = state(n, first.h, group);
      const Grads g = kGroup(w, trace, above.narrow(2, direction * n.hidden, n.hidden), state(n, grad.h, group),
                             state(n, first.c, group), state(n, grad.c, group), h0, mask, steps);
      aten_view(grad_first.h)[group].copy_(g.h);
      if (grad_first.c.defined()) aten_view(grad_first.c)[group].copy_(g.c);

      const auto &h = trace[kHidden], edge = h0.unsqueeze(0);
      const auto before =
          steps.reverse ? at::cat({h.narrow(0, 1, n.steps - 1), edge}) : at::cat({edge, h.narrow(0, 0, n.steps - 1)});
      const Tensor* out = &dparams[group * n.group_size()];
      copy_result(g.input.flatten(0, 1).t().matmul(x.flatten(0, 1)), out[0]);
      copy_result(g.state.flatten(0, 1).t().matmul(before.flatten(0, 1)), out[1]);
      if (n.bias) copy_result(g.input.sum({0, 1}), out[2]);
      if (n.bias) copy_result(g.state.sum({0, 1}), out[3]);
      const auto part = g.input.matmul(w.input);
      below = below.defined() ? below + part : part;
    }
    above = below;
  }
  copy_sequence(n, above, dx);
}

Status state_fits(const char* name, const Tensor& t, const Network& n) { return is(name, t, n.states(), n.dtype); }
Status state_fits_if_given(const char* name, const Tensor& t, const Network& n) {
  return t.defined() ? state_fits(name, t, n) : Status();
}

}  // namespace

ACLNN_OP(aclnnLSTM, input, params, hx, batch_sizes, has_bias, num_layers, dropout, train, bidirectional, batch_first,
         output, hy, cy, i_out, j_out, f_out, o_out, h_out, c_out, tanh_c_out) {
  Network n{4, has_bias, num_layers, bidirectional, batch_first};
  NPU_TRY(network_fits(n, input, params, batch_sizes));
  OP_CHECK(hx.empty() || hx.size() == 2, "hx must be a hidden and a cell state");
  for (const Tensor& t : hx) NPU_TRY(state_fits("hx", t, n));
  NPU_TRY(is("output", output, n.output(), n.dtype));
  NPU_TRY(state_fits("hy", hy, n));
  NPU_TRY(state_fits("cy", cy, n));
  const States first{hx.empty() ? Tensor() : hx[0], hx.empty() ? Tensor() : hx[1]};
  std::vector<TensorList> traces;
  if (train) traces = {i_out, j_out, f_out, o_out, h_out, c_out, tanh_c_out};
  for (const TensorList& list : traces) NPU_TRY(list_fits("what is kept for training", list, n));
  return [=](void*) { forward<lstm>(n, input, params, batch_sizes, first, output, {hy, cy}, traces); };
}
ACLNN_OP(aclnnLstmBackward, input, hx, params, dy, dh, dc, i, g, f, o, h, c, tanhc, batch_sizes, has_bias, num_layers,
         dropout, train, bidirectional, batch_first, output_mask, dx_out, dh_prev_out, dc_prev_out, dparams_out) {
  Network n{4, has_bias, num_layers, bidirectional, batch_first};
  NPU_TRY(network_fits(n, input, params, batch_sizes));
  OP_CHECK(hx.size() == 2, "hx must be a hidden and a cell state");
  for (const Tensor& t : hx) NPU_TRY(state_fits("hx", t, n));
  if (dy.defined()) NPU_TRY(is("dy", dy, n.output_grad(), n.dtype));
  NPU_TRY(state_fits_if_given("dh", dh, n));
  NPU_TRY(state_fits_if_given("dc", dc, n));
  const std::vector<TensorList> traces{i, g, f, o, h, c, tanhc};
  for (const TensorList& list : traces) NPU_TRY(list_fits("what was kept for training", list, n));
  NPU_TRY(is("dx_out", dx_out, {input.sizes, input.sizes + input.dims}, n.dtype));
  NPU_TRY(state_fits("dh_prev_out", dh_prev_out, n));
  NPU_TRY(state_fits("dc_prev_out", dc_prev_out, n));
  NPU_TRY(params_fit("dparams_out", dparams_out, n));
  return [=](void*) {
    backward<lstm_backward>(n, input, params, batch_sizes, {hx[0], hx[1]}, dy, {dh, dc}, traces, dx_out,
                            {dh_prev_out, dc_prev_out}, dparams_out);
  };
}

static Status one_length(const Tensor& batch_sizes) {
  OP_CHECK(!batch_sizes.defined(), "UNSUPPORTED: batch_sizes; a GRU's sequences have one length");
  return {};
}
ACLNN_OP(aclnnGRU, input, params, hx, batch_sizes, has_bias, num_layers, dropout, train, bidirection, batch_first,
         output, hy, r_out, z_out, n_out, hn_out, h_out) {
  NPU_TRY(one_length(batch_sizes));
  Network n{3, has_bias, num_layers, bidirection, batch_first};
  NPU_TRY(network_fits(n, input, params, {}));
  NPU_TRY(state_fits_if_given("hx", hx, n));
  NPU_TRY(is("output", output, n.output(), n.dtype));
  NPU_TRY(state_fits("hy", hy, n));
  std::vector<TensorList> traces;
  if (train) traces = {r_out, z_out, n_out, hn_out, h_out};
  for (const TensorList& list : traces) NPU_TRY(list_fits("what is kept for training", list, n));
  return [=](void*) { forward<gru>(n, input, params, {}, {hx, {}}, output, {hy, {}}, traces); };
}
ACLNN_OP(aclnnGRUBackward, input, params, hx, dy, dh, r, z, n, hn, h, batch_sizes, has_bias, num_layers, bidirection,
         batch_first, dx_out, dh_prev_out, dparams_out) {
  NPU_TRY(one_length(batch_sizes.defined() && batch_sizes.numel() == 0 ? Tensor() : batch_sizes));
  Network network{3, has_bias, num_layers, bidirection, batch_first};
  NPU_TRY(network_fits(network, input, params, {}));
  NPU_TRY(state_fits("hx", hx, network));
  NPU_TRY(is("dy", dy, network.output_grad(), network.dtype));
  NPU_TRY(state_fits("dh", dh, network));
  const std::vector<TensorList> traces{r, z, n, hn, h};
  for (const TensorList& list : traces) NPU_TRY(list_fits("what was kept for training", list, network));
  NPU_TRY(is("dx_out", dx_out, {input.sizes, input.sizes + input.dims}, network.dtype));
  NPU_TRY(state_fits("dh_prev_out", dh_prev_out, network));
  NPU_TRY(params_fit("dparams_out", dparams_out, network));
  return [=](void*) {
    backward<gru_backward>(network, input, params, {}, {hx, {}}, dy, {dh, {}}, traces, dx_out, {dh_prev_out, {}},
                           dparams_out);
  };
}

}  // namespace npu
