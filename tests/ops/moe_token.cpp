// Mixtures of experts: tokens copied to their experts and back. Gradients are autograd's, of the copying written out.
#include "aclnnop/moe.h"

#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Values = std::vector<at::IValue>;

namespace {

const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }
int64_t n(const Values& in, size_t i) { return in[i].toInt(); }
bool given(const Values& in, size_t i) { return !in[i].isNone(); }
at::Tensor ints(const Ints& values) { return at::tensor(values).to(at::kInt); }
at::Tensor leaf(const at::Tensor& x) { return x.detach().clone().requires_grad_(true); }

// rows[i] of x, zeros for -1 and for what is cut off.
at::Tensor pick(const at::Tensor& x, const at::Tensor& rows) {
  std::vector<at::Tensor> out;
  for (int64_t i = 0; i < rows.numel(); ++i) {
    const int64_t row = rows[i].item<int64_t>();
    out.push_back(row >= 0 && row < x.size(0) ? x[row] : at::zeros_like(x[0]));
  }
  return at::stack(out);
}

Results permute(const Values& in) {
  const auto indices = t(in, 1).flatten();
  const int64_t k = indices.numel() / t(in, 0).size(0);
  const auto order = std::get<1>(indices.to(at::kLong).sort(std::optional(true), 0));
  int64_t kept = n(in, 2) > 0 ? std::min(n(in, 2), order.numel()) : order.numel() + n(in, 2);
  return {t(in, 0).index_select(0, order.floor_divide(k)).narrow(0, 0, kept), order.argsort().to(at::kInt)};
}
const at::Tensor kIndices = whole({4, 2}, 0, 3);
OP(aclnnMoeTokenPermute, Reference(permute), real({4, 6}), kIndices, int64_t{0}, false, OUT, OUT)
OP(aclnnMoeTokenPermute, Reference(permute), real({4, 6}, at::kHalf), kIndices.to(at::kInt), int64_t{5}, false, OUT,
   OUT)
OP(aclnnMoeTokenPermute, Reference(permute), real({4, 3, 2}), whole({4}, 0, 3), int64_t{-1}, false, OUT, OUT)

// The permuting by sorted_indices, differentiated.
Results permute_grad(const Values& in) {
  const auto grad = t(in, 0), sorted = t(in, 1);
  const auto x = leaf(at::zeros({sorted.numel() / n(in, 2), grad.size(1)}));
  auto loss = at::zeros({});
  for (int64_t i = 0; i < sorted.numel(); ++i) {
    const int64_t row = sorted[i].item<int64_t>();
    if (row < grad.size(0)) loss = loss + (grad[row] * x[i / n(in, 2)]).sum();
  }
  loss.backward();
  return {x.grad()};
}
const at::Tensor kSorted = ints({3, 1, 7, 0, 5, 2, 6, 4});
OP(aclnnMoeTokenPermuteGrad, Reference(permute_grad), real({8, 6}), kSorted, int64_t{2}, false, OUT)
OP(aclnnMoeTokenPermuteGrad, Reference(permute_grad), real({5, 6}), kSorted, int64_t{2}, false, OUT)

at::Tensor brought_back(const at::Tensor& rows, const at::Tensor& sorted, const at::Tensor& probs) {
  const int64_t k = probs.defined() ? probs.size(1) : 1;
  const auto each = pick(rows, sorted).view({-1, k, rows.size(1)});
  return (probs.defined() ? each * probs.unsqueeze(-1) : each).sum(1);
}
Results unpermute(const Values& in) {
  return {brought_back(t(in, 0), t(in, 1), given(in, 2) ? t(in, 2) : at::Tensor())};
}
Results unpermute_half(const Values& in) {
  return {brought_back(t(in, 0).to(at::kFloat), t(in, 1), t(in, 2)).to(at::kBFloat16)};
}
OP(aclnnMoeTokenUnpermute, Reference(unpermute), real({8, 6}), kSorted, real({4, 2}), false, Ints{}, OUT)
OP(aclnnMoeTokenUnpermute, Reference(unpermute), real({8, 6}), kSorted, NONE, false, Ints{}, OUT)
OP(aclnnMoeTokenUnpermute, Reference(unpermute_half), real({8, 6}, at::kBFloat16), kSorted, real({4, 2}), false, Ints{},
   OUT)
Results unpermute_grad(const Values& in) {
  const auto grad = t(in, 1), sorted = t(in, 2);
  const auto rows = leaf(given(in, 0) ? t(in, 0) : at::zeros({sorted.numel(), grad.size(1)}));
  const auto probs = given(in, 3) ? leaf(t(in, 3)) : at::Tensor();
  (brought_back(rows, sorted, probs) * grad).sum().backward();
  if (!probs.defined()) return {rows.grad()};
  return {rows.grad(), probs.grad()};
}
OP(aclnnMoeTokenUnpermuteGrad, Reference(unpermute_grad), real({8, 6}), real({4, 6}), kSorted, real({4, 2}), false,
   Ints{}, OUT, OUT)
OP(aclnnMoeTokenUnpermuteGrad, Reference(unpermute_grad), NONE, real({8, 6}), kSorted, NONE, false, Ints{}, OUT, NONE)

// By a routing map. Rows expert by expert; a token's slots in the same order.
const at::Tensor kMap = at::tensor({1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 1}).view({4, 3}).to(at::kBool);
const at::Tensor kLoose = at::tensor({1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0}).view({4, 3}).to(at::kChar);
struct Slots {
  Slots(const at::Tensor& map, int64_t k) : of_slot(map.size(0) * k, -1) {
    Ints used(map.size(0));
    for (int64_t e = 0; e < map.size(1); ++e)
      for (int64_t token = 0; token < map.size(0); ++token) {
        if (map[token][e].item<int64_t>() == 0) continue;
        of_slot[token * k + used[token]++] = static_cast<int64_t>(tokens.size());
        tokens.push_back(token), experts.push_back(e);
      }
  }
  Ints tokens, experts;  // of each row
  Ints of_slot;          // a row, or -1
};
// Rows behind the last one that is used stay as the test fills them.
at::Tensor filled(const std::vector<at::Tensor>& rows, int64_t count) {
  auto out = at::full({count}, -7, rows.at(0).options());
  out = rows[0].dim() ? out.unsqueeze(1).repeat({1, rows[0].size(0)}) : out;
  for (size_t i = 0; i < rows.size(); ++i) out[static_cast<int64_t>(i)] = rows[i];
  return out;
}
at::Tensor chosen_of(const at::Tensor& map, int64_t capacity) {  // padded: an expert's own tokens first
  return map.t().to(at::kInt).contiguous().argsort(true, -1, true).narrow(1, 0, capacity);
}
Results map_permute(const Values& in) {
  const auto x = t(in, 0), map = t(in, 1);
  const auto probs = given(in, 2) ? t(in, 2) : at::Tensor();
  Results out;
  if (in[4].toBool()) {
    const auto chosen = chosen_of(map, n(in, 3) / map.size(1));
    out = {x.index_select(0, chosen.flatten())};
    if (probs.defined()) out.push_back(probs.t().gather(1, chosen).flatten());
    out.push_back(chosen.flatten().to(at::kInt));
    return out;
  }
  const int64_t k = n(in, 3) / x.size(0);
  const Slots slots(map, k);
  std::vector<at::Tensor> rows, weights;
  for (size_t i = 0; i < slots.tokens.size(); ++i) {
    rows.push_back(x[slots.tokens[i]]);
    if (probs.defined()) weights.push_back(probs[slots.tokens[i]][slots.experts[i]]);
  }
  out = {filled(rows, k * x.size(0))};
  if (probs.defined()) out.push_back(filled(weights, k * x.size(0)));
  out.push_back(ints(slots.of_slot));
  return out;
}
OP(aclnnMoeTokenPermuteWithRoutingMap, Reference(map_permute), real({4, 6}), kMap, real({4, 3}), int64_t{8}, false, OUT,
   OUT, OUT)
OP(aclnnMoeTokenPermuteWithRoutingMap, Reference(map_permute), real({4, 6}), kLoose, NONE, int64_t{8}, false, OUT, NONE,
   OUT)
OP(aclnnMoeTokenPermuteWithRoutingMap, Reference(map_permute), real({4, 6}), kMap, real({4, 3}), int64_t{10}, true, OUT,
   OUT, OUT)

Results map_permute_grad(const Values& in) {
  const int64_t experts = n(in, 4), tokens = n(in, 5);
  const auto grad = t(in, 0), sorted = t(in, 2);
  const auto x = leaf(at::zeros({tokens, grad.size(1)})), probs = leaf(at::zeros({tokens, experts}));
  auto loss = at::zeros({});
  const auto add = [&](int64_t row, int64_t token, int64_t expert) {
    loss = loss + (x[token] * grad[row]).sum();
    if (given(in, 1)) loss = loss + probs[token][expert] * t(in, 1)[row];
  };
  if (in[6].toBool()) {
    for (int64_t row = 0; row < grad.size(0); ++row)
      add(row, sorted[row].item<int64_t>(), row / (grad.size(0) / experts));
  } else {
    const Slots slots(t(in, 3), grad.size(0) / tokens);
    for (size_t row = 0; row < slots.tokens.size(); ++row)
      add(static_cast<int64_t>(row), slots.tokens[row], slots.experts[row]);
  }
  loss.backward();
  if (!given(in, 1)) return {x.grad()};
  return {x.grad(), probs.grad()};
}
const at::Tensor kSlots = ints(Slots(kMap, 2).of_slot), kLooseSlots = ints(Slots(kLoose, 2).of_slot);
const at::Tensor kChosen = chosen_of(kMap, 3).flatten().to(at::kInt);
OP(aclnnMoeTokenPermuteWithRoutingMapGrad, Reference(map_permute_grad), real({8, 6}), real({8}), kSlots, kMap,
   int64_t{3}, int64_t{4}, false, OUT, OUT)
OP(aclnnMoeTokenPermuteWithRoutingMapGrad, Reference(map_permute_grad), real({8, 6}), NONE, kLooseSlots, kLoose,
   int64_t{3}, int64_t{4}, false, OUT, NONE)
OP(aclnnMoeTokenPermuteWithRoutingMapGrad, Reference(map_permute_grad), real({9, 6}), real({9}), kChosen, NONE,
   int64_t{3}, int64_t{4}, true, OUT, OUT)

// The weight of each row (padded), or of each slot.
at::Tensor map_weights(const at::Tensor& probs, const at::Tensor& map, const at::Tensor& sorted, bool padded) {
  std::vector<at::Tensor> out;
  const int64_t rows = sorted.numel();
  const Slots slots(map, padded ? 8 : rows / map.size(0));
  for (int64_t i = 0; i < rows; ++i) {
    if (padded) out.push_back(probs[sorted[i].item<int64_t>()][i / (rows / map.size(1))]);
    else if (slots.of_slot[i] < 0) out.push_back(at::zeros({}));
    else out.push_back(probs[i / (rows / map.size(0))][slots.experts[slots.of_slot[i]]]);
  }
  return at::stack(out);
}
at::Tensor map_brought_back(const at::Tensor& rows, const at::Tensor& sorted, const at::Tensor& weights, int64_t tokens,
                            bool padded) {
  auto values = padded ? rows : pick(rows, sorted);
  if (weights.defined()) values = values * weights.unsqueeze(1);
  if (!padded) return values.view({tokens, -1, rows.size(1)}).sum(1);
  return at::zeros({tokens, rows.size(1)}).index_add(0, sorted, values);
}
Results map_unpermute(const Values& in) {
  const auto rows = t(in, 0), sorted = t(in, 1);
  const bool padded = in[4].toBool();
  const int64_t tokens = in[5].toIntVector()[0];
  const auto weights = given(in, 3) ? map_weights(t(in, 3), t(in, 2), sorted, padded) : at::Tensor();
  Results out{map_brought_back(rows, sorted, weights, tokens, padded)};
  if (padded) {
    const auto [token, index] = sorted.sort(std::optional(true), 0);
    out.push_back(index.to(at::kInt)), out.push_back(token);
  } else {
    out.push_back(sorted);
    out.push_back(at::arange(sorted.numel(), at::kInt).floor_divide(sorted.numel() / tokens));
  }
  if (weights.defined()) out.push_back(weights);
  return out;
}
OP(aclnnMoeTokenUnpermuteWithRoutingMap, Reference(map_unpermute), real({8, 6}), kSlots, kMap, real({4, 3}), false,
   (Ints{4, 6}), OUT, OUT, OUT, OUT)
OP(aclnnMoeTokenUnpermuteWithRoutingMap, Reference(map_unpermute), real({8, 6}), kLooseSlots, kLoose, real({4, 3}),
   false, (Ints{4, 6}), OUT, OUT, OUT, OUT)
OP(aclnnMoeTokenUnpermuteWithRoutingMap, Reference(map_unpermute), real({8, 6}), kSlots, NONE, NONE, false,
   (Ints{4, 6}), OUT, OUT, OUT, NONE)
OP(aclnnMoeTokenUnpermuteWithRoutingMap, Reference(map_unpermute), real({9, 6}), kChosen, kMap, real({4, 3}), true,
   (Ints{4, 6}), OUT, OUT, OUT, OUT)
OP(aclnnMoeTokenUnpermuteWithRoutingMap, Reference(map_unpermute), real({9, 6}), kChosen, NONE, NONE, true,
   (Ints{4, 6}), OUT, OUT, OUT, NONE)

// in: grad, out_index, token_id, map, rows, probs, padded, shape
Results map_unpermute_grad(const Values& in) {
  const auto grad = t(in, 0), index = t(in, 1), token = t(in, 2);
  const bool padded = in[6].toBool();
  auto sorted = index.clone();
  if (padded) sorted.index_put_({index.to(at::kLong)}, token);
  const auto rows = leaf(given(in, 4) ? t(in, 4) : at::zeros({index.numel(), grad.size(1)}));
  const auto probs = given(in, 5) ? leaf(t(in, 5)) : at::Tensor();
  const auto weights = probs.defined() ? map_weights(probs, t(in, 3), sorted, padded) : at::Tensor();
  (map_brought_back(rows, sorted, weights, grad.size(0), padded) * grad).sum().backward();
  if (!probs.defined()) return {rows.grad()};
  return {rows.grad(), probs.grad()};
}
const auto kByToken = kChosen.sort(std::optional(true), 0);
const at::Tensor kOutIndex = std::get<1>(kByToken).to(at::kInt), kTokenId = std::get<0>(kByToken);
OP(aclnnMoeTokenUnpermuteWithRoutingMapGrad, Reference(map_unpermute_grad), real({4, 6}), kSlots, kSlots, kMap,
   real({8, 6}), real({4, 3}), false, Ints{}, OUT, OUT)
OP(aclnnMoeTokenUnpermuteWithRoutingMapGrad, Reference(map_unpermute_grad), real({4, 6}), kSlots, kSlots, NONE, NONE,
   NONE, false, Ints{}, OUT, NONE)
OP(aclnnMoeTokenUnpermuteWithRoutingMapGrad, Reference(map_unpermute_grad), real({4, 6}), kOutIndex, kTokenId, kMap,
   real({9, 6}), real({4, 3}), true, (Ints{4, 6}), OUT, OUT)
OP(aclnnMoeTokenUnpermuteWithRoutingMapGrad, Reference(map_unpermute_grad), real({4, 6}), kOutIndex, kTokenId, NONE,
   NONE, NONE, true, (Ints{4, 6}), OUT, NONE)

}  // namespace
