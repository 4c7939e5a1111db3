// Recurrent networks, against ATen's own and its automatic differentiation.
#include "aclnnop/rnn.h"
#include "case.h"

using namespace ops_test;
using Tensors = std::vector<at::Tensor>;
using Values = std::vector<at::IValue>;
static const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }
static at::Tensor maybe(const at::IValue& v) { return v.isNone() ? at::Tensor() : v.toTensor(); }

// A network of 5 features, 3 states, for 4 steps of 2 sequences.
struct Network {
  int64_t gates, layers;
  bool bias, bidirectional, batch_first = false;
  int64_t groups() const { return layers * (bidirectional ? 2 : 1); }
  Tensors params() const {
    Tensors out;
    for (int64_t group = 0; group < groups(); ++group) {
      out.push_back(real({gates * 3, group < groups() / layers ? 5 : 3 * groups() / layers}));
      out.push_back(real({gates * 3, 3}));
      for (int i = 0; bias && i < 2; ++i) out.push_back(real({gates * 3}));
    }
    return out;
  }
};
static at::Tensor flip(const at::Tensor& x) { return x.flip(0); }

// Every step by PyTorch's formulas, a direction of a layer at a time: `kinds` tensors of each group, the first group's
// first. The state is the fifth.
template <class Step>
static Results traces(const Network& n, at::Tensor x, const Tensors& params, const Tensors& first, size_t kinds,
                      Step step) {
  std::vector<Tensors> of_group;
  const int64_t size = n.bias ? 4 : 2, directions = n.bidirectional ? 2 : 1;
  for (int64_t group = 0; group < n.groups();) {
    Tensors outputs;
    for (int64_t direction = 0; direction < directions; ++direction, ++group) {
      const auto w = [&](int64_t i) { return i < size ? params[group * size + i] : at::Tensor(); };
      Tensors state;
      for (const auto& s : first) state.push_back(s[group]);
      std::vector<Tensors> steps(kinds);
      const auto in = direction ? flip(x) : x;
      for (int64_t k = 0; k < in.size(0); ++k) {
        const auto kept = step(at::linear(in[k], w(0), w(2)), at::linear(state[0], w(1), w(3)), state);
        for (size_t i = 0; i < kinds; ++i) steps[i].push_back(kept[i]);
      }
      of_group.emplace_back();
      for (const Tensors& s : steps) of_group.back().push_back(direction ? flip(at::stack(s)) : at::stack(s));
      outputs.push_back(of_group.back()[4]);
    }
    x = at::cat(outputs, 2);
  }
  Results out;
  for (size_t i = 0; i < kinds; ++i)
    for (const Tensors& g : of_group) out.push_back(g[i]);
  return out;
}
static Tensors lstm_step(const at::Tensor& x, const at::Tensor& h, Tensors& state) {
  const auto g = (x + h).chunk(4, 1);
  const auto i = g[0].sigmoid(), f = g[1].sigmoid(), j = g[2].tanh(), o = g[3].sigmoid();
  state[1] = f * state[1] + i * j;
  state[0] = o * state[1].tanh();
  return {i, j, f, o, state[0], state[1], state[1].tanh()};
}
static Tensors gru_step(const at::Tensor& x, const at::Tensor& h, Tensors& state) {
  const auto a = x.chunk(3, 1), b = h.chunk(3, 1);
  const auto r = (a[0] + b[0]).sigmoid(), z = (a[1] + b[1]).sigmoid(), n = (a[2] + r * b[2]).tanh();
  state[0] = (1 - z) * n + z * state[0];
  return {r, z, n, b[2], state[0]};
}
static Results append(Results out, const Results& more) {
  out.insert(out.end(), more.begin(), more.end());
  return out;
}
static Tensors zeros(const Network& n, size_t count) { return Tensors(count, at::zeros({n.groups(), 2, 3})); }
// The arguments from `at` on: has_bias, num_layers, dropout, train, bidirectional, batch_first.
static Network network(const Values& in, size_t at, int64_t gates) {
  return {gates, in[at + 1].toInt(), in[at].toBool(), in[at + 4].toBool(), in[at + 5].toBool()};
}

static Results lstm(const Values& in) {
  const Network n = network(in, 4, 4);
  const Tensors params = in[1].toTensorVector(), hx = in[2].isNone() ? zeros(n, 2) : in[2].toTensorVector();
  const auto [y, h, c] = at::lstm(t(in, 0), hx, params, n.bias, n.layers, 0.0, false, n.bidirectional, n.batch_first);
  if (!in[7].toBool()) return {y, h, c};
  return append({y, h, c}, traces(n, n.batch_first ? t(in, 0).transpose(0, 1) : t(in, 0), params, hx, 7, lstm_step));
}
static Results gru(const Values& in) {
  const Network n = network(in, 4, 3);
  const Tensors params = in[1].toTensorVector();
  const auto hx = in[2].isNone() ? zeros(n, 1)[0] : t(in, 2);
  const auto [y, h] = at::gru(t(in, 0), hx, params, n.bias, n.layers, 0.0, false, n.bidirectional, n.batch_first);
  if (!in[7].toBool()) return {y, h};
  return append({y, h}, traces(n, n.batch_first ? t(in, 0).transpose(0, 1) : t(in, 0), params, {hx}, 5, gru_step));
}

// Sequences of 4 and 2 steps, filled up.
static const at::Tensor kBatchSizes = at::tensor({2, 2, 1, 1}).to(at::kLong),
                        kLengths = at::tensor({4, 2}).to(at::kLong);
static at::Tensor packed(const at::Tensor& x) {
  return std::get<0>(at::_pack_padded_sequence(x.reshape({4, 2, -1}), kLengths, false));
}
static std::tuple<at::Tensor, at::Tensor, at::Tensor> packed_lstm(const Network& n, const at::Tensor& x,
                                                                  const Tensors& hx, const Tensors& params) {
  return at::lstm(packed(x), kBatchSizes, hx, params, n.bias, n.layers, 0.0, false, n.bidirectional);
}
static Results lstm_of_lengths(const Values& in) {
  const Network n = network(in, 4, 4);
  const auto [y, h, c] = packed_lstm(n, t(in, 0), in[2].toTensorVector(), in[1].toTensorVector());
  return {std::get<0>(at::_pad_packed_sequence(y, kBatchSizes, false, 0, 4)), h, c};
}

static const at::Tensor kX = real({4, 2, 5}), kBatchFirst = real({2, 4, 5}), kPacked = real({8, 5});
static const Network kLstm{4, 1, true, false}, kDeepLstm{4, 2, false, true}, kWideLstm{4, 2, true, true, true};
static const Tensors kLstmParams = kLstm.params(), kDeepLstmParams = kDeepLstm.params(),
                     kWideLstmParams = kWideLstm.params();
static Tensors states(const Network& n, size_t count) {
  Tensors out;
  for (size_t i = 0; i < count; ++i) out.push_back(real({n.groups(), 2, 3}));
  return out;
}
static const Tensors kLstmStates = states(kLstm, 2), kDeepLstmStates = states(kDeepLstm, 2),
                     kWideLstmStates = states(kWideLstm, 2);
#define TRACE(count) \
  Outs{count}, Outs{count}, Outs{count}, Outs{count}, Outs{count}, Outs{count}, Outs { count }
OP(aclnnLSTM, Reference(lstm), kX, kLstmParams, kLstmStates, NONE, true, int64_t{1}, 0.0, true, false, false, OUT, OUT,
   OUT, TRACE(1))
OP(aclnnLSTM, Reference(lstm), kX, kDeepLstmParams, NONE, NONE, false, int64_t{2}, 0.5, true, true, false, OUT, OUT,
   OUT, TRACE(4))
OP(aclnnLSTM, Reference(lstm), kBatchFirst, kWideLstmParams, kWideLstmStates, NONE, true, int64_t{2}, 0.0, true, true,
   true, OUT, OUT, OUT, TRACE(4))
OP(aclnnLSTM, Reference(lstm), kX, kLstmParams, kLstmStates, NONE, true, int64_t{1}, 0.0, false, false, false, OUT, OUT,
   OUT, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
OP(aclnnLSTM, Reference(lstm_of_lengths), kPacked, kDeepLstmParams, kDeepLstmStates, kBatchSizes, false, int64_t{2},
   0.0, false, true, false, OUT, OUT, OUT, NONE, NONE, NONE, NONE, NONE, NONE, NONE)

static const Network kGru{3, 1, true, false}, kDeepGru{3, 2, false, true, true};
static const Tensors kGruParams = kGru.params(), kDeepGruParams = kDeepGru.params();
static const at::Tensor kGruState = states(kGru, 1)[0], kDeepGruState = states(kDeepGru, 1)[0];
#define GRU_TRACE(count) \
  Outs{count}, Outs{count}, Outs{count}, Outs{count}, Outs { count }
OP(aclnnGRU, Reference(gru), kX, kGruParams, kGruState, NONE, true, int64_t{1}, 0.0, true, false, false, OUT, OUT,
   GRU_TRACE(1))
OP(aclnnGRU, Reference(gru), kBatchFirst, kDeepGruParams, NONE, NONE, false, int64_t{2}, 0.0, true, true, true, OUT,
   OUT, GRU_TRACE(4))
OP(aclnnGRU, Reference(gru), kX, kGruParams, kGruState, NONE, true, int64_t{1}, 0.0, false, false, false, OUT, OUT,
   NONE, NONE, NONE, NONE, NONE)

// The gradients of the leaves, for those of f's results.
template <class F> static Results gradients(const Tensors& leaves, const Tensors& grads, F f) {
  Tensors own;
  for (const auto& x : leaves) own.push_back(x.detach().clone().requires_grad_(true));
  const Tensors results = f(own);
  at::Tensor loss = at::zeros({});
  for (size_t i = 0; i < results.size(); ++i)
    if (grads[i].defined()) loss = loss + (results[i] * grads[i]).sum();
  loss.backward();
  Results out;
  for (const auto& x : own) out.push_back(x.grad());
  return out;
}
static Tensors from(const Tensors& all, size_t first) { return {all.begin() + first, all.end()}; }

static Results lstm_backward(const Values& in) {
  const Network n = network(in, 14, 4);
  const bool of_lengths = !in[13].isNone();
  Tensors leaves{t(in, 0)};
  leaves = append(append(leaves, in[1].toTensorVector()), in[2].toTensorVector());
  auto dy = maybe(in[3]);
  if (of_lengths) dy = packed(dy);
  return gradients(leaves, {dy, maybe(in[4]), maybe(in[5])}, [&](const Tensors& own) -> Tensors {
    const Tensors hx{own[1], own[2]}, params = from(own, 3);
    const auto [y, h, c] =
        of_lengths ? packed_lstm(n, own[0], hx, params)
                   : at::lstm(own[0], hx, params, n.bias, n.layers, 0.0, false, n.bidirectional, n.batch_first);
    return {y, h, c};
  });
}
static Results gru_backward(const Values& in) {
  const Network n{3, in[12].toInt(), in[11].toBool(), in[13].toBool(), in[14].toBool()};
  Tensors leaves{t(in, 0), t(in, 2)};
  return gradients(append(leaves, in[1].toTensorVector()), {t(in, 3), t(in, 4)}, [&](const Tensors& own) -> Tensors {
    const auto [y, h] =
        at::gru(own[0], own[1], from(own, 2), n.bias, n.layers, 0.0, false, n.bidirectional, n.batch_first);
    return {y, h};
  });
}
// Kind number `kind` of a network's traces, for each of its groups.
static Tensors kind(const Results& all, size_t kind, int64_t groups) {
  return {all.begin() + kind * groups, all.begin() + (kind + 1) * groups};
}
static const Results kLstmTrace = traces(kLstm, kX, kLstmParams, kLstmStates, 7, lstm_step);
static const Results kWideLstmTrace =
    traces(kWideLstm, kBatchFirst.transpose(0, 1), kWideLstmParams, kWideLstmStates, 7, lstm_step);
static const Results kGruTrace = traces(kGru, kX, kGruParams, {kGruState}, 5, gru_step);
static const Results kDeepGruTrace =
    traces(kDeepGru, kBatchFirst.transpose(0, 1), kDeepGruParams, {kDeepGruState}, 5, gru_step);
#define KINDS(trace, n)                                                                                             \
  kind(trace, 0, n), kind(trace, 1, n), kind(trace, 2, n), kind(trace, 3, n), kind(trace, 4, n), kind(trace, 5, n), \
      kind(trace, 6, n)
#define GRU_KINDS(trace, n) \
  kind(trace, 0, n), kind(trace, 1, n), kind(trace, 2, n), kind(trace, 3, n), kind(trace, 4, n)
OP(aclnnLstmBackward, Reference(lstm_backward), kX, kLstmStates, kLstmParams, real({4, 2, 3}), real({1, 2, 3}),
   real({1, 2, 3}), KINDS(kLstmTrace, 1), NONE, true, int64_t{1}, 0.0, true, false, false, NONE, OUT, OUT, OUT, Outs{4})
OP(aclnnLstmBackward, Reference(lstm_backward), kX, kLstmStates, kLstmParams, real({4, 2, 3}), NONE, NONE,
   KINDS(kLstmTrace, 1), NONE, true, int64_t{1}, 0.0, true, false, false, NONE, OUT, OUT, OUT, Outs{4})
OP(aclnnLstmBackward, Reference(lstm_backward), kBatchFirst, kWideLstmStates, kWideLstmParams, real({2, 4, 6}),
   real({4, 2, 3}), real({4, 2, 3}), KINDS(kWideLstmTrace, 4), NONE, true, int64_t{2}, 0.0, true, true, true, NONE, OUT,
   OUT, OUT, Outs{16})
OP(aclnnGRUBackward, Reference(gru_backward), kX, kGruParams, kGruState, real({4, 2, 3}), real({1, 2, 3}),
   GRU_KINDS(kGruTrace, 1), NONE, true, int64_t{1}, false, false, OUT, OUT, Outs{4})
OP(aclnnGRUBackward, Reference(gru_backward), kBatchFirst, kDeepGruParams, kDeepGruState, real({2, 4, 6}),
   real({4, 2, 3}), GRU_KINDS(kDeepGruTrace, 4), NONE, false, int64_t{2}, true, true, OUT, OUT, Outs{8})

// What a forward pass over sequences of two lengths keeps: a state stays once its sequence has ended.
static Results trace_of_lengths(const Network& n, const Tensors& params, const Tensors& first) {
  int64_t k = 0;
  bool reverse = false;
  return traces(n, kPacked.reshape({4, 2, 5}), params, first, 7,
                [&](const at::Tensor& x, const at::Tensor& h, Tensors& state) {
                  const int64_t step = reverse ? 3 - k : k;
                  const auto on = (at::arange(2) < kBatchSizes[step]).unsqueeze(1);
                  const Tensors before = state;
                  auto kept = lstm_step(x, h, state);
                  for (int i = 0; i < 2; ++i) kept[4 + i] = state[i] = at::where(on, state[i], before[i]);
                  kept[6] = state[1].tanh();
                  if (++k == 4) k = 0, reverse = n.bidirectional && !reverse;
                  return kept;
                });
}
static const Network kPairLstm{4, 1, true, true};
static const Tensors kPairParams = kPairLstm.params(), kPairStates = states(kPairLstm, 2);
static const Results kPairTrace = trace_of_lengths(kPairLstm, kPairParams, kPairStates);
OP(aclnnLstmBackward, Reference(lstm_backward), kPacked, kPairStates, kPairParams, real({8, 6}), real({2, 2, 3}),
   real({2, 2, 3}), KINDS(kPairTrace, 2), kBatchSizes, true, int64_t{1}, 0.0, true, true, false, NONE, OUT, OUT, OUT,
   Outs{8})

// The cell.
static Results cell(const Values& in) {
  auto gates = t(in, 0) + t(in, 1);
  if (!in[3].isNone()) gates = gates + t(in, 3) + t(in, 4);
  Tensors state{at::Tensor(), t(in, 2)};
  const auto kept = lstm_step(gates, at::zeros_like(gates), state);
  return {state[0], state[1], at::cat({kept[0], kept[2], kept[1], kept[3]}, 1)};
}
static const at::Tensor kGates = real({2, 12}), kMore = real({2, 12}), kCx = real({2, 3}), kGateBias = real({12});
OP(aclnnThnnFusedLstmCell, Reference(cell), kGates, kMore, kCx, kGateBias, real({12}), OUT, OUT, OUT)
OP(aclnnThnnFusedLstmCell, Reference(cell), kGates, kMore, kCx, NONE, NONE, OUT, OUT, OUT)
static const Results kCell = cell({kGates, kMore, kCx, at::IValue(), at::IValue()});
static Results cell_backward(const Values& in) {
  const auto out = gradients({kGates, kCx}, {maybe(in[0]), maybe(in[1])}, [](const Tensors& own) -> Tensors {
    const auto r = cell({own[0], kMore, own[1], at::IValue(), at::IValue()});
    return {r[0], r[1]};
  });
  if (!in[5].toBool()) return out;
  return {out[0], out[1], out[0].sum(0)};
}
OP(aclnnThnnFusedLstmCellBackward, Reference(cell_backward), real({2, 3}), real({2, 3}), kCx, kCell[1], kCell[2], true,
   OUT, OUT, OUT)
OP(aclnnThnnFusedLstmCellBackward, Reference(cell_backward), real({2, 3}), NONE, kCx, kCell[1], kCell[2], false, OUT,
   OUT, NotReferenced<at::Tensor>{at::zeros({12})})
