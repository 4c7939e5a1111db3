// Mixtures of experts. The references go token by token; gradients are autograd's.
#include "aclnnop/moe.h"

#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Values = std::vector<at::IValue>;
using Unseen = NotReferenced<at::Tensor>;  // given, and not written

namespace {

const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }
int64_t n(const Values& in, size_t i) { return in[i].toInt(); }
bool given(const Values& in, size_t i) { return !in[i].isNone(); }
at::Tensor ints(const Ints& values) { return at::tensor(values).to(at::kInt); }
Ints flat(const at::Tensor& x) {
  const auto all = x.to(at::kLong).flatten();
  return {all.const_data_ptr<int64_t>(), all.const_data_ptr<int64_t>() + all.numel()};
}
const Unseen kEmpty{at::empty({0})};

// Which experts, and with which weight.
Results gating(const Values& in) {
  const auto x = t(in, 0).to(at::kFloat);
  const int64_t k = n(in, 2), rows = x.numel() / x.size(-1);
  auto [y, idx] = at::softmax(x, -1).topk(k);
  if (given(in, 1)) idx = at::where(t(in, 1).unsqueeze(-1), x.size(-1), idx);
  auto row = at::empty({rows, k}, at::kInt);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < k; ++j) row[i][j] = j * rows + i;
  return {y.to(t(in, 0).scalar_type()), idx.to(at::kInt), row.view(y.sizes())};
}
OP(aclnnMoeGatingTopKSoftmax, Reference(gating), real({5, 8}), truth({5}), int64_t{3}, OUT, OUT, OUT)
OP(aclnnMoeGatingTopKSoftmax, Reference(gating), real({2, 3, 8}, at::kBFloat16), NONE, int64_t{1}, OUT, OUT, OUT)
Results gating_v2(const Values& in) {
  const auto x = t(in, 0);
  const bool after = n(in, 3) == 1;
  auto [y, idx] = (after ? x : at::softmax(x, -1)).topk(n(in, 2));
  if (after) y = at::softmax(y, -1);
  if (given(in, 1)) idx = at::where(t(in, 1).unsqueeze(-1), x.size(-1), idx);
  return {y, idx.to(at::kInt), at::softmax(x, -1)};
}
OP(aclnnMoeGatingTopKSoftmaxV2, Reference(gating_v2), real({5, 8}), NONE, int64_t{3}, int64_t{0}, true, OUT, OUT, OUT)
OP(aclnnMoeGatingTopKSoftmaxV2, Reference(gating_v2), real({2, 3, 8}), truth({2, 3}), int64_t{2}, int64_t{1}, true, OUT,
   OUT, kEmpty)

Results gating_groups(const Values& in) {
  const auto x = t(in, 0);
  const int64_t k = n(in, 2), k_group = n(in, 3), groups = n(in, 4);
  const auto p = n(in, 7) == 0 ? at::softmax(x, -1) : at::sigmoid(x);
  const auto biased = given(in, 1) ? p + t(in, 1) : p.clone();
  auto y = at::empty({x.size(0), k}), idx = at::empty({x.size(0), k}, at::kInt);
  for (int64_t row = 0; row < x.size(0); ++row) {
    const auto by_group = biased[row].view({groups, -1});
    const auto score = n(in, 5) == 0 ? by_group.amax(-1) : std::get<0>(by_group.topk(2)).sum(-1);
    auto open = at::full({groups, 1}, -INFINITY);
    for (const int64_t g : flat(std::get<1>(score.topk(k_group)))) open[g].fill_(0);
    idx[row] = std::get<1>((by_group + open).flatten().topk(k));
    y[row] = p[row].index_select(0, idx[row].to(at::kLong));
  }
  if (n(in, 7) == 1 || n(in, 6) == 1) y = y / (y.sum(-1, true) + in[10].toDouble());
  return {y * in[9].toDouble(), idx, p};
}
OP(aclnnMoeGatingTopK, Reference(gating_groups), real({5, 16}), real({16}), int64_t{3}, int64_t{2}, int64_t{4},
   int64_t{1}, int64_t{0}, int64_t{1}, true, 2.5, 1e-20, OUT, OUT, OUT)
OP(aclnnMoeGatingTopK, Reference(gating_groups), real({5, 12}), NONE, int64_t{3}, int64_t{1}, int64_t{2}, int64_t{0},
   int64_t{0}, int64_t{0}, false, 1.0, 1e-20, OUT, OUT, NONE)
OP(aclnnMoeGatingTopK, Reference(gating_groups), real({5, 12}), NONE, int64_t{4}, int64_t{1}, int64_t{1}, int64_t{0},
   int64_t{1}, int64_t{0}, true, 1.0, 1e-20, OUT, OUT, OUT)

// Places of expert_idx, by expert.
Ints order_of(const Ints& experts) {
  Ints order(experts.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return experts[a] < experts[b]; });
  return order;
}
const at::Tensor kTokens = real({4, 6}), kExperts = whole({4, 2}, 0, 3, at::kInt);
Results init_routing(const Values& in) {
  const auto x = t(in, 0), rows = t(in, 1).flatten();
  const Ints experts = flat(t(in, 2)), order = order_of(experts);
  auto idx = at::empty({rows.numel()}, at::kInt), sorted = at::empty_like(idx);
  std::vector<at::Tensor> moved;
  for (size_t i = 0; i < order.size(); ++i) {
    const int64_t row = rows[order[i]].item<int64_t>();
    idx[row] = static_cast<int64_t>(i);
    sorted[i] = experts[order[i]];
    moved.push_back(x[row % x.size(0)]);
  }
  moved.resize(std::min(x.size(0), n(in, 3)) * t(in, 2).size(1));
  return {at::stack(moved), idx, sorted};
}
const at::Tensor kRowIdx = at::arange(8, at::kInt).view({2, 4}).t().contiguous();
OP(aclnnMoeInitRouting, Reference(init_routing), kTokens, kRowIdx, kExperts, int64_t{4}, OUT, OUT, OUT)
OP(aclnnMoeInitRouting, Reference(init_routing), kTokens, kRowIdx, kExperts, int64_t{3}, OUT, OUT, OUT)

// What is left of routing when tokens are moved to `place`; -1: dropped.
at::Tensor moved(const at::Tensor& x, const Ints& place, int64_t k, int64_t rows, double empty) {
  auto out = at::full({rows, x.size(1)}, empty, x.options());
  for (size_t i = 0; i < place.size(); ++i)
    if (place[i] >= 0 && place[i] < rows) out[place[i]] = x[static_cast<int64_t>(i) / k];
  return out;
}
Ints places(const Ints& experts, int64_t capacity) {  // 0: no limit
  Ints out(experts.size(), -1);
  int64_t next = 0;
  for (const int64_t i : order_of(experts)) {
    const int64_t rank = std::count(experts.begin(), experts.begin() + i, experts[i]);
    if (capacity == 0) out[i] = next++;
    else if (rank < capacity) out[i] = experts[i] * capacity + rank;
  }
  return out;
}
at::Tensor counts(const Ints& experts, int64_t first, int64_t last) {
  auto out = at::zeros({last - first}, at::kLong);
  for (int64_t e = first; e < last; ++e) out[e - first] = std::count(experts.begin(), experts.end(), e);
  return out;
}
Results init_routing_v2(const Values& in) {
  const auto x = t(in, 0);
  const Ints experts = flat(t(in, 1));
  const int64_t k = t(in, 1).size(1), capacity = n(in, 3), count = n(in, 4);
  const auto tokens = counts(experts, 0, count).to(at::kInt);
  if (n(in, 5)) {
    const Ints to = places(experts, capacity);
    return {moved(x, to, k, count * capacity, 0).view({count, capacity, -1}), ints(to), tokens};
  }
  const Ints to = places(experts, 0);
  const int64_t rows = n(in, 2) ? n(in, 2) : static_cast<int64_t>(to.size());
  return {moved(x, to, k, rows, 0), ints(to), n(in, 6) == 1 ? tokens.cumsum(0, at::kInt) : tokens};
}
OP(aclnnMoeInitRoutingV2, Reference(init_routing_v2), kTokens, kExperts, int64_t{0}, int64_t{0}, int64_t{4}, int64_t{0},
   int64_t{1}, false, OUT, OUT, OUT, kEmpty)
OP(aclnnMoeInitRoutingV2, Reference(init_routing_v2), kTokens, kExperts, int64_t{5}, int64_t{0}, int64_t{0}, int64_t{0},
   int64_t{0}, false, OUT, OUT, NONE, NONE)
OP(aclnnMoeInitRoutingV2, Reference(init_routing_v2), kTokens, kExperts, int64_t{0}, int64_t{2}, int64_t{4}, int64_t{1},
   int64_t{0}, true, OUT, OUT, NONE, OUT)

Results init_routing_v3(const Values& in) {
  const auto x = t(in, 0);
  const int64_t k = t(in, 1).size(1), count = n(in, 6), mode = n(in, 10), type = n(in, 8);
  const Ints range = in[11].toIntVector(), all = flat(t(in, 1));
  const bool drop = n(in, 7) == 1;
  Ints experts = all;
  for (int64_t& e : experts)
    if (e < range[0] || e >= range[1]) e = 1000;
  Ints to = places(experts, drop ? n(in, 5) : 0);
  const int64_t found = std::count_if(experts.begin(), experts.end(), [](int64_t e) { return e < 1000; });
  const int64_t rows = drop ? count * n(in, 5) : n(in, 4) ? n(in, 4) : static_cast<int64_t>(to.size());
  for (int64_t& place : to)
    if (!drop && place >= found) place = -1;
  auto rows_of = moved(x.to(at::kFloat), to, k, rows, drop ? 0 : -7),
       scale = at::full({rows}, drop ? 0 : -7, at::kFloat);
  auto out = mode == -1 ? rows_of.to(x.scalar_type()) : at::full({rows, x.size(1)}, drop ? 0 : 1, at::kChar);
  for (size_t i = 0; i < to.size(); ++i) {
    const int64_t row = to[i];
    if (row < 0 || row >= rows) continue;
    if (mode == -1 && given(in, 2)) scale[row] = t(in, 2)[static_cast<int64_t>(i) / k];
    if (mode == 0) out[row] = (rows_of[row] * t(in, 2) + t(in, 3)).round().clamp(-128, 127);
    if (mode == 1) {
      const auto scaled =
          given(in, 2) ? rows_of[row] * t(in, 2)[t(in, 2).size(0) == 1 ? 0 : experts[i] - range[0]] : rows_of[row];
      scale[row] = scaled.abs().max() / 127;
      out[row] = (scaled / scale[row]).round();
    }
  }
  auto tokens = counts(all, range[0], range[1]);
  if (type == 0) tokens = tokens.cumsum(0);
  if (type == 2) {
    auto pairs = at::zeros({count, 2}, at::kLong);
    for (int64_t e = range[0], row = 0; e < range[1]; ++e) {
      if (tokens[e - range[0]].item<int64_t>() == 0) continue;
      pairs[row][0] = e;
      pairs[row++][1] = tokens[e - range[0]];
    }
    tokens = std::move(pairs);
  }
  if (drop) out = out.view({count, n(in, 5), -1});
  const auto index = n(in, 12) == 1 ? order_of(experts) : to;
  Results results{out, ints(index)};
  if (in[9].toBool()) results.push_back(tokens);
  results.push_back(scale);
  return results;
}
#define V3(x, scale, offset, active, capacity, drop, type, counted, quant, range, index)                                 \
  OP(aclnnMoeInitRoutingV3, Reference(init_routing_v3), x, kExperts, scale, offset, int64_t{active},                \
     int64_t{capacity}, int64_t{4}, int64_t{drop}, int64_t{type}, counted, int64_t{quant}, (Ints range), int64_t{index}, \
     OUT, OUT,
V3(kTokens, NONE, NONE, 8, 0, 0, 1, true, -1, ({0, 4}), 0) OUT, NONE)
V3(kTokens, positive({4}), NONE, 0, 0, 0, 0, true, -1, ({1, 3}), 0) OUT, OUT)
V3(real({4, 6}, at::kBFloat16), NONE, NONE, 5, 0, 0, 2, true, -1, ({0, 4}), 1) OUT, kEmpty)
V3(kTokens, real({1}), real({1}), 8, 0, 0, 1, false, 0, ({0, 4}), 0) NONE, NONE)
V3(kTokens, NONE, NONE, 8, 0, 0, 1, true, 1, ({0, 4}), 1) OUT, OUT)
V3(kTokens, positive({2, 6}), NONE, 0, 0, 0, 2, true, 1, ({1, 3}), 0) OUT, OUT)
V3(kTokens, positive({1, 6}), NONE, 0, 2, 1, 1, true, 1, ({0, 4}), 0) OUT, OUT)
V3(kTokens, positive({4}), NONE, 0, 3, 1, 1, true, -1, ({0, 4}), 0) OUT, OUT)

// in: rows, x1, x2, bias, scales, row_idx, experts, mode
Results finalize(const at::Tensor& x, const Values& in, const Ints& at_, int64_t mode) {
  const auto rows = x.reshape({-1, x.size(-1)});
  const auto get = [&](int64_t i) { return given(in, at_[i]) ? t(in, at_[i]) : at::Tensor(); };
  const auto x1 = get(0), x2 = get(1), bias = get(2), scales = get(3), idx = get(4), experts = get(5);
  const int64_t k = scales.defined() ? scales.size(1) : 1, count = idx.numel() / k;
  auto out = at::zeros({count, x.size(-1)});
  for (int64_t i = 0; i < count; ++i) {
    if (x1.defined()) out[i] += x1[i];
    if (x2.defined()) out[i] += x2[i];
    for (int64_t j = 0; j < k; ++j) {
      const int64_t row = idx[mode < 2 ? j * count + i : i * k + j].item<int64_t>();
      auto one = row < 0 ? at::zeros({x.size(-1)}) : rows[row];
      if (bias.defined()) one = one + bias[experts[i][j].item<int64_t>()];
      out[i] += scales.defined() ? one * scales[i][j] : one;
    }
  }
  return {out};
}
const at::Tensor kPlaces = ints({3, 1, 7, 0, 5, 2, 6, 4}), kDropped = ints({3, -1, 7, 0, -1, 2, 6, 11});
Results finalize_v1(const Values& in) { return finalize(t(in, 0), in, {1, 2, 3, 4, 5, 6}, 0); }
Results finalize_v2(const Values& in) { return finalize(t(in, 0), in, {2, 3, 4, 5, 1, 6}, n(in, 7)); }
OP(aclnnMoeFinalizeRouting, Reference(finalize_v1), real({8, 6}), real({4, 6}), real({4, 6}), real({3, 6}),
   real({4, 2}), kPlaces, kExperts, OUT)
OP(aclnnMoeFinalizeRouting, Reference(finalize_v1), real({8, 6}), real({4, 6}), NONE, real({3, 6}), real({4, 2}),
   kPlaces, kExperts, OUT)
OP(aclnnMoeFinalizeRoutingV2, Reference(finalize_v2), real({8, 6}), kPlaces, real({4, 6}), NONE, real({3, 6}),
   real({4, 2}), kExperts, int64_t{2}, OUT)
OP(aclnnMoeFinalizeRoutingV2, Reference(finalize_v2), real({3, 4, 6}), kDropped, NONE, NONE, NONE, real({4, 2}), NONE,
   int64_t{3}, OUT)
OP(aclnnMoeFinalizeRoutingV2, Reference(finalize_v2), real({3, 4, 6}), kDropped, NONE, NONE, NONE, NONE, NONE,
   int64_t{1}, OUT)

Results expert_tokens(const Values& in) {
  auto out = at::empty({n(in, 1)}, at::kInt);
  for (int64_t e = 0; e < n(in, 1); ++e) out[e] = t(in, 0).le(e).sum();
  return {out};
}
OP(aclnnMoeComputeExpertTokens, Reference(expert_tokens), ints({0, 0, 1, 3, 3, 3}), int64_t{5}, OUT)
OP(aclnnMoeComputeExpertTokens, Reference(expert_tokens), ints({2}), int64_t{2}, OUT)

Results re_routing(const Values& in) {
  const auto counts = t(in, 1);
  std::vector<at::Tensor> tokens, scales;
  Ints from;
  for (int64_t e = 0; e < counts.size(1); ++e)
    for (int64_t r = 0; r < counts.size(0); ++r) {
      const int64_t start = counts.flatten().narrow(0, 0, r * counts.size(1) + e).sum().item<int64_t>();
      for (int64_t i = start; i < start + counts[r][e].item<int64_t>(); ++i) from.push_back(i);
    }
  auto back = from;
  for (size_t i = 0; i < from.size(); ++i) back[from[i]] = static_cast<int64_t>(i);
  const auto index = at::tensor(from);
  Results out{t(in, 0).index_select(0, index)};
  if (given(in, 2)) out.push_back(t(in, 2).index_select(0, index));
  out.push_back(ints(n(in, 4) ? back : from));
  out.push_back(counts.sum(0).to(counts.scalar_type()));
  return out;
}
const at::Tensor kPerRank = ints({1, 0, 2, 2, 1, 1}).view({2, 3});
OP(aclnnMoeReRouting, Reference(re_routing), real({7, 4}, at::kHalf), kPerRank.to(at::kLong), real({7}), int64_t{1},
   int64_t{0}, OUT, OUT, OUT, OUT)
OP(aclnnMoeReRouting, Reference(re_routing), whole({7, 4}, -9, 9, at::kChar), kPerRank, NONE, int64_t{1}, int64_t{1},
   OUT, Unseen{at::zeros({7})}, OUT, OUT)

}  // namespace
