// The steps of a language model that generates.
#include "aclnnop/sampling.h"
#include "case.h"

using namespace ops_test;
using Values = std::vector<at::IValue>;
static const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }

// A row at a time: what remains of the most likely words, the likeliest first.
static Results top_k_top_p(const Values& in) {
  const auto& x = t(in, 0);
  auto out = at::full_like(x, -std::numeric_limits<double>::infinity());
  for (int64_t row = 0; row < x.size(0); ++row) {
    const auto [values, order] = x[row].sort(/*dim=*/0, /*descending=*/true);
    int64_t keep = in[2].isNone() ? 0 : t(in, 2)[row].item<int64_t>();
    if (keep <= 0 || keep > x.size(1)) keep = x.size(1);
    const auto most = values.narrow(0, 0, keep);
    const double p = in[1].isNone() ? 2 : t(in, 1)[row].item<double>();
    double before = 0;
    const auto probabilities = most.to(at::kDouble).softmax(0);
    for (int64_t i = 0; i < keep && (i == 0 || before < p); ++i) {
      out[row][order[i]] = values[i];
      before += probabilities[i].item<double>();
    }
  }
  return {out};
}
static const at::Tensor kCount = at::tensor({3, 0, 9, 20}).to(at::kInt), kShare = at::tensor({0.9f, 0.5f, 0.f, 1.f});
OP(aclnnApplyTopKTopP, Reference(top_k_top_p), real({4, 9}), kShare, kCount, OUT)
OP(aclnnApplyTopKTopP, Reference(top_k_top_p), real({4, 9}), NONE, kCount, OUT)
OP(aclnnApplyTopKTopP, Reference(top_k_top_p), real({4, 9}), kShare, NONE, OUT)

static Results advance_step(const Values& in) {
  auto tokens = t(in, 0).clone(), positions = t(in, 2).clone(), lengths = t(in, 3).clone(), slots = t(in, 4).clone();
  const auto &table = t(in, 5), words = t(in, 1).flatten();
  const int64_t queries = in[7].toInt(), size = in[8].toInt();
  for (int64_t i = 0; i < in[6].toInt(); ++i) {
    const auto at = lengths[i].item<int64_t>();
    tokens[i] = i < queries ? words[i] : at::scalar_tensor(0, at::kLong);
    positions[i] = i < queries ? at : 0;
    slots[i] = i < queries ? (table.flatten()[at / size].item<int64_t>() + table.size(1) * i) * size + at % size : -1;
    if (i < queries) lengths[i] += 1;
  }
  return {tokens, positions, lengths, slots};
}
OP(aclnnAdvanceStep, Reference(advance_step), InOut{whole({5}, 1, 50)}, whole({3, 1}, 1, 50), InOut{whole({5}, 1, 50)},
   InOut{whole({5}, 1, 30)}, InOut{whole({5}, 1, 50)}, whole({5, 8}, 1, 50), int64_t{5}, int64_t{3}, int64_t{4})
OP(aclnnAdvanceStep, Reference(advance_step), InOut{whole({2}, 1, 50)}, whole({1, 1}, 1, 50), InOut{whole({2}, 1, 50)},
   InOut{whole({2}, 1, 9)}, InOut{whole({2}, 1, 50)}, whole({2, 9}, 1, 50), int64_t{2}, int64_t{1}, int64_t{1})
