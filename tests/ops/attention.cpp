// Flash attention. The reference is the formula in float64, its gradients autograd's.
#include "aclnnop/attention.h"

#include <ATen/ops/softmax.h>

#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Values = std::vector<at::IValue>;

namespace {

constexpr int64_t kFar = INT32_MAX;

struct Spec {
  at::Tensor q, k, v;
  const char* layout;
  int64_t heads;
  int64_t sparse_mode = 0;
  int64_t pre = kFar, next = kFar;
  at::Tensor pse = {}, mask = {}, drop_mask = {}, sink = {};
  double keep = 1;
  Ints prefix = {}, query_ends = {}, key_ends = {};
  int64_t pse_type = 1;
  double scale = 0.4;
  at::Tensor query_rope = {}, key_rope = {};
  bool as_input = false;  // TND: the softmax's maxima and sums are in the order of the input

  at::Tensor grad() const { return forward()[2].mul(0.3).sub(0.1).to(at::kFloat); }  // any of that shape
  Results saved() const {
    Results out;
    for (const auto& t : forward()) out.push_back(t.to(at::kFloat));
    return out;
  }

  at::Tensor heads_first(const at::Tensor& t, int64_t n) const {
    const std::string l = layout;
    if (l == "BNSD") return t;
    if (l == "BSND") return t.transpose(1, 2);
    if (l == "TND") return t.transpose(0, 1).unsqueeze(0);
    return (l == "SBH" ? t.transpose(0, 1) : t).unflatten(2, {n, -1}).transpose(1, 2);
  }
  at::Tensor back(const at::Tensor& t) const {
    const std::string l = layout;
    if (l == "BNSD") return t;
    if (l == "BSND") return t.transpose(1, 2);
    if (l == "TND") return t[0].transpose(0, 1);
    const auto flat = t.transpose(1, 2).flatten(2);
    return l == "SBH" ? flat.transpose(0, 1) : flat;
  }
  int64_t key_heads() const {
    const std::string l = layout;
    return l == "BNSD" || l == "TND" ? k.size(1) : l == "BSND" ? k.size(2) : k.size(2) / (q.size(2) / heads);
  }

  bool hidden(int64_t i, int64_t j, int64_t queries, int64_t keys, int64_t b) const {
    const int64_t ahead = j - i - (keys - queries);  // counted from the ends
    switch (sparse_mode) {
      case 2: return j > i;
      case 3: return ahead > 0;
      case 4: return ahead > next || -ahead > pre;
      case 6: return ahead > 0 && j >= prefix[b];
      default: return mask.defined() && sparse_mode == 0 && (j - i > next || i - j > pre);
    }
  }

  // One sequence: q [N, S, D].
  Results sequence(at::Tensor q, at::Tensor k, at::Tensor v, int64_t b, int64_t skip) const {
    const int64_t groups = q.size(0) / k.size(0), queries = q.size(1), keys = k.size(1);
    k = k.repeat_interleave(groups, 0), v = v.repeat_interleave(groups, 0);
    auto x = at::matmul(q, k.transpose(1, 2));
    const auto bias = pse.defined() ? (pse.dim() == 4 ? pse[std::min(b, pse.size(0) - 1)] : pse).to(at::kDouble) : pse;
    if (!bias.defined()) x = x * scale;
    else x = pse_type == 1 ? (x + bias) * scale : x * scale + bias;
    auto hide = at::zeros({q.size(0), queries, keys}, at::kBool);
    if (mask.defined() && sparse_mode < 2) hide |= mask.dim() == 4 ? mask[std::min(b, mask.size(0) - 1)] : mask;
    for (int64_t i = 0; i < queries; ++i)
      for (int64_t j = 0; j < keys; ++j)
        if (hidden(i, j, queries, keys, b)) hide.select(1, i).select(1, j).fill_(true);
    x = x.masked_fill(hide, -std::numeric_limits<double>::infinity());
    if (sink.defined()) x = at::cat({x, sink.to(at::kDouble).view({-1, 1, 1}).expand({-1, queries, 1})}, 2);
    const auto max = x.amax(2, true), sum = at::exp(x - max).sum(2, true);
    auto p = at::softmax(x, 2).narrow(2, 0, keys);
    if (drop_mask.defined())
      for (int64_t n = 0; n < p.numel(); ++n) {
        const int64_t bit = skip + n;
        const bool kept = drop_mask[bit / 8].item<int64_t>() >> (bit % 8) & 1;
        auto one = at::zeros({p.numel()}, at::kBool);
        one[n] = true;
        p = at::where(one.view_as(p), p * (kept ? 1 / keep : 0.0), p);
      }
    return {at::matmul(p, v), max.expand({-1, -1, 8}), sum.expand({-1, -1, 8})};
  }

  // softmax_max, softmax_sum and the attention, from float64 copies of q, k, v.
  Results formula(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) const {
    const auto qs = heads_first(q, heads), ks = heads_first(k, key_heads()), vs = heads_first(v, key_heads());
    std::vector<at::Tensor> out, max, sum;
    int64_t skip = 0;
    const bool tnd = !query_ends.empty();
    for (int64_t b = 0; b < (tnd ? static_cast<int64_t>(query_ends.size()) : qs.size(0)); ++b) {
      const auto part = [&](const at::Tensor& t, const Ints& ends) {
        return tnd ? t[0].slice(1, b ? ends[b - 1] : 0, ends[b]) : t[b];
      };
      const auto one = sequence(part(qs, query_ends), part(ks, key_ends), part(vs, key_ends), b, skip);
      skip += one[0].size(0) * one[0].size(1) * part(ks, key_ends).size(1);
      out.push_back(one[0]), max.push_back(one[1]), sum.push_back(one[2]);
    }
    if (!tnd) return {at::stack(max), at::stack(sum), back(at::stack(out))};
    const auto joined = [](const std::vector<at::Tensor>& t) { return at::cat(t, 1).transpose(0, 1); };
    const auto statistic = [&](std::vector<at::Tensor>& t) {
      if (as_input) return joined(t);
      for (auto& one : t) one = one.reshape({one.size(1), one.size(0), 8});  // [N, S, 8] in a shape of [S, N, 8]
      return at::cat(t);
    };
    return {statistic(max), statistic(sum), joined(out)};
  }
  Results forward() const {
    const auto whole = [](const at::Tensor& t, const at::Tensor& rope) {
      return (rope.defined() ? at::cat({t, rope}, -1) : t).to(at::kDouble);
    };
    return formula(whole(q, query_rope), whole(k, key_rope), v.to(at::kDouble));
  }

  // The gradients of query, key and value, then of pse and sink where given; a rope part's after the part it belongs
  // to.
  Results backward() const {
    Spec s = *this;
    std::vector<at::Tensor> leaves = {s.q, s.k, s.v};
    for (auto& leaf : leaves) leaf = leaf.to(at::kDouble).requires_grad_(true);
    if (pse.defined()) leaves.push_back(s.pse = pse.to(at::kDouble).requires_grad_(true));
    if (sink.defined()) leaves.push_back(s.sink = sink.to(at::kDouble).requires_grad_(true));
    const bool rope = query_rope.defined();
    if (rope) s.query_rope = query_rope.to(at::kDouble).requires_grad_(true);
    if (rope) s.key_rope = key_rope.to(at::kDouble).requires_grad_(true);
    s.q = leaves[0], s.k = leaves[1], s.v = leaves[2];
    (s.forward()[2] * grad().to(at::kDouble)).sum().backward();
    Results out;
    for (const auto& leaf : leaves) out.push_back(leaf.grad());
    if (rope) out.insert(out.begin() + 1, s.query_rope.grad()), out.insert(out.begin() + 3, s.key_rope.grad());
    return out;
  }
};

Reference forward_of(const Spec& s) {
  return [s](const Values&) { return s.forward(); };
}
Reference backward_of(const Spec& s) {
  return [s](const Values&) { return s.backward(); };
}

}  // namespace

#define INPUTS(s) s.q, s.k, s.v
#define NUMBERS(s) \
  s.scale, s.keep, s.pre, s.next, s.heads, NotReferenced<const char*>{s.layout}, int64_t{0}, s.sparse_mode
#define UNUSED \
  NotReferenced<at::Tensor> { at::zeros({0}) }
#define RESULTS OUT, OUT, UNUSED, OUT
#define SAVED(s) s.saved()[0], s.saved()[1], UNUSED, s.saved()[2]
#define SCORE(s, pse, drop_mask, mask) \
  OP(aclnnFlashAttentionScore, forward_of(s), INPUTS(s), pse, drop_mask, NONE, mask, s.prefix, NUMBERS(s), RESULTS)
#define GRAD(s, pse, drop_mask, mask, grad_pse)                                                               \
  OP(aclnnFlashAttentionScoreGrad, backward_of(s), INPUTS(s), s.grad(), pse, drop_mask, NONE, mask, SAVED(s), \
     s.prefix, NUMBERS(s), OUT, OUT, OUT, grad_pse)

// Every layout; grouped heads; as many keys as queries and more.
static const Spec bnsd{real({2, 4, 5, 8}), real({2, 2, 7, 8}), real({2, 2, 7, 6}), "BNSD", 4};
static const Spec bsnd{real({2, 5, 4, 8}), real({2, 7, 2, 8}), real({2, 7, 2, 6}), "BSND", 4};
static const Spec bsh{real({2, 5, 32}), real({2, 7, 16}), real({2, 7, 12}), "BSH", 4};
static const Spec sbh{real({5, 2, 32}), real({7, 2, 16}), real({7, 2, 12}), "SBH", 4};
SCORE(bnsd, NONE, NONE, NONE)
SCORE(bsnd, NONE, NONE, NONE)
SCORE(bsh, NONE, NONE, NONE)
SCORE(sbh, NONE, NONE, NONE)
GRAD(bnsd, NONE, NONE, NONE, UNUSED)
GRAD(bsnd, NONE, NONE, NONE, UNUSED)
GRAD(bsh, NONE, NONE, NONE, UNUSED)
GRAD(sbh, NONE, NONE, NONE, UNUSED)

// What a query sees.
static Spec seen(int64_t mode, int64_t pre = kFar, int64_t next = kFar) {
  Spec s = bnsd;
  s.sparse_mode = mode, s.pre = pre, s.next = next;
  return s;
}
static const Spec causal = seen(2), from_end = seen(3), band = seen(4, 2, 1);
static const at::Tensor compressed = at::ones({2048, 2048}, at::kBool).triu(1);
SCORE(causal, NONE, NONE, compressed)
SCORE(from_end, NONE, NONE, compressed)
SCORE(band, NONE, NONE, compressed)
GRAD(from_end, NONE, NONE, compressed, UNUSED)
GRAD(band, NONE, NONE, compressed, UNUSED)
static const Spec prefixed = [] {
  Spec s = seen(6);
  s.prefix = {5, 4};
  return s;
}();
SCORE(prefixed, NONE, NONE, NONE)
static const Spec masked = [] {
  Spec s = bnsd;
  s.mask = whole({2, 1, 5, 7}, 0, 3) == 0;
  s.mask.select(3, 0).fill_(false);
  return s;
}();
SCORE(masked, NONE, NONE, masked.mask)
GRAD(masked, NONE, NONE, masked.mask, UNUSED)

// A bias, and dropout by bits.
static const Spec biased = [] {
  Spec s = bnsd;
  s.pse = real({1, 4, 5, 7});
  return s;
}();
SCORE(biased, biased.pse, NONE, NONE)
GRAD(biased, biased.pse, NONE, NONE, OUT)
static const Spec dropped = [] {
  Spec s = bnsd;
  s.keep = 0.75;
  s.drop_mask = whole({48}, 0, 256, at::kByte);
  return s;
}();
SCORE(dropped, NONE, dropped.drop_mask, NONE)
GRAD(dropped, NONE, dropped.drop_mask, NONE, UNUSED)

// The later forms: the bias added after scaling, a sink, sequences of different lengths.
#define STARTS \
  Ints{}, Ints {}
static const Spec added = [] {
  Spec s = biased;
  s.pse_type = 0;
  return s;
}();
OP(aclnnFlashAttentionScoreV2, forward_of(added), INPUTS(added), added.pse, NONE, NONE, NONE, added.prefix, STARTS,
   NUMBERS(added), added.pse_type, RESULTS)
OP(aclnnFlashAttentionScoreGradV2, backward_of(added), INPUTS(added), added.grad(), added.pse, NONE, NONE, NONE,
   SAVED(added), added.prefix, STARTS, NUMBERS(added), added.pse_type, OUT, OUT, OUT, OUT)
static const Spec sunk = [] {
  Spec s = seen(3);
  s.sink = real({4});
  return s;
}();
OP(aclnnFlashAttentionScoreV3, forward_of(sunk), INPUTS(sunk), NONE, NONE, NONE, NONE, sunk.sink, sunk.prefix, STARTS,
   NUMBERS(sunk), sunk.pse_type, RESULTS)
OP(aclnnFlashAttentionScoreGradV3, backward_of(sunk), INPUTS(sunk), sunk.grad(), NONE, NONE, NONE, NONE, SAVED(sunk),
   sunk.sink, sunk.prefix, STARTS, NUMBERS(sunk), sunk.pse_type, OUT, OUT, OUT, UNUSED, OUT)

static const Spec tnd = [] {
  Spec s{real({9, 4, 8}), real({11, 2, 8}), real({11, 2, 6}), "TND", 4, 3};
  s.query_ends = {3, 5, 9}, s.key_ends = {4, 6, 11};
  return s;
}();
static const Spec as_input = [] {
  Spec s = tnd;
  s.as_input = true;
  return s;
}();
static const Spec roped = [] {
  Spec s = as_input;
  s.query_rope = real({9, 4, 3}), s.key_rope = real({11, 2, 3});
  return s;
}();
#define ENDS(s) s.query_ends, s.key_ends
#define AS_INPUT NotReferenced<const char*>{"same_as_input"}
OP(aclnnFlashAttentionVarLenScore, forward_of(tnd), INPUTS(tnd), NONE, NONE, NONE, compressed, tnd.prefix, ENDS(tnd),
   NUMBERS(tnd), RESULTS)
OP(aclnnFlashAttentionVarLenScoreV2, forward_of(tnd), INPUTS(tnd), NONE, NONE, NONE, compressed, tnd.prefix, ENDS(tnd),
   STARTS, NUMBERS(tnd), tnd.pse_type, RESULTS)
OP(aclnnFlashAttentionVarLenScoreV4, forward_of(as_input), INPUTS(as_input), NONE, NONE, NONE, compressed, tnd.prefix,
   ENDS(tnd), NUMBERS(tnd), AS_INPUT, RESULTS)
OP(aclnnFlashAttentionUnpaddingScoreGrad, backward_of(tnd), INPUTS(tnd), tnd.grad(), NONE, NONE, NONE, compressed,
   SAVED(tnd), tnd.prefix, ENDS(tnd), NUMBERS(tnd), OUT, OUT, OUT, UNUSED)
OP(aclnnFlashAttentionUnpaddingScoreGradV2, backward_of(tnd), INPUTS(tnd), tnd.grad(), NONE, NONE, NONE, compressed,
   SAVED(tnd), tnd.prefix, ENDS(tnd), STARTS, NUMBERS(tnd), tnd.pse_type, OUT, OUT, OUT, UNUSED)
OP(aclnnFlashAttentionUnpaddingScoreGradV4, backward_of(as_input), INPUTS(as_input), as_input.grad(), NONE, NONE, NONE,
   compressed, SAVED(as_input), tnd.prefix, ENDS(tnd), NUMBERS(tnd), OUT, OUT, OUT, UNUSED, AS_INPUT)

// A rope part beside query and key.
#define WITH_ROPE(s) s.q, s.query_rope, s.k, s.key_rope, s.v
static const Spec roped_plain = [] {
  Spec s = roped;
  s.as_input = false;
  return s;
}();
static const Spec roped_sunk = [] {
  Spec s = roped;
  s.sink = real({4});
  return s;
}();
OP(aclnnFlashAttentionVarLenScoreV3, forward_of(roped_plain), WITH_ROPE(roped_plain), NONE, NONE, NONE, compressed,
   roped.prefix, ENDS(roped), STARTS, NUMBERS(roped), roped.pse_type, RESULTS)
OP(aclnnFlashAttentionUnpaddingScoreGradV3, backward_of(roped_plain), WITH_ROPE(roped_plain), roped.grad(), NONE, NONE,
   NONE, compressed, SAVED(roped_plain), roped.prefix, ENDS(roped), STARTS, NUMBERS(roped), roped.pse_type, OUT, OUT,
   OUT, OUT, OUT, UNUSED)
OP(aclnnFlashAttentionVarLenScoreV5, forward_of(roped_sunk), WITH_ROPE(roped_sunk), NONE, NONE, NONE, compressed,
   roped_sunk.sink, roped.prefix, ENDS(roped), STARTS, NUMBERS(roped), roped.pse_type, AS_INPUT, RESULTS)
OP(aclnnFlashAttentionVarLenScoreV5, forward_of(tnd), tnd.q, NONE, tnd.k, NONE, tnd.v, NONE, NONE, NONE, compressed,
   NONE, tnd.prefix, ENDS(tnd), STARTS, NUMBERS(tnd), tnd.pse_type, NotReferenced<const char*>{""}, RESULTS)
OP(aclnnFlashAttentionUnpaddingScoreGradV5, backward_of(roped_sunk), WITH_ROPE(roped_sunk), roped_sunk.grad(), NONE,
   NONE, NONE, compressed, SAVED(roped_sunk), roped_sunk.sink, roped.prefix, ENDS(roped), STARTS, NUMBERS(roped),
   roped.pse_type, AS_INPUT, OUT, OUT, OUT, OUT, OUT, UNUSED, OUT)

#define PHILOX int64_t{0}, int64_t{0}
#define NOTHING_4 NONE, NONE, NONE, NONE
OP(aclnnFlashAttentionScoreV4, forward_of(as_input), INPUTS(as_input), NONE, NONE, NONE, compressed, NOTHING_4, NONE,
   NONE, tnd.prefix, ENDS(tnd), STARTS, NUMBERS(tnd), int64_t{0}, tnd.pse_type, AS_INPUT, PHILOX, RESULTS)
OP(aclnnFlashAttentionScoreV4, forward_of(sunk), INPUTS(sunk), NOTHING_4, NOTHING_4, NONE, sunk.sink, sunk.prefix,
   ENDS(sunk), STARTS, NUMBERS(sunk), int64_t{0}, sunk.pse_type, AS_INPUT, PHILOX, RESULTS)
OP(aclnnFlashAttentionScoreGradV4, backward_of(sunk), INPUTS(sunk), sunk.grad(), NOTHING_4, SAVED(sunk), sunk.sink,
   NOTHING_4, NONE, NONE, NONE, sunk.prefix, ENDS(sunk), STARTS, sunk.scale, sunk.keep, sunk.pre, sunk.next, sunk.heads,
   NotReferenced<const char*>{sunk.layout}, AS_INPUT, int64_t{0}, sunk.sparse_mode, sunk.pse_type, PHILOX, int64_t{0},
   OUT, OUT, OUT, NONE, NONE, UNUSED, OUT)

// The rule in its plainest form: token after token, head after head.
static Results delta_rule(const std::vector<at::IValue>& in) {
  const auto q = in[0].toTensor(), k = in[1].toTensor(), v = in[2].toTensor(), beta = in[3].toTensor();
  auto states = in[4].toTensor().clone(), out = at::empty_like(v);
  const auto lengths = in[5].toTensor(), places = in[6].toTensor(), decay = in[7].toTensor().exp();
  const int64_t heads = v.size(1), shared = heads / q.size(1);
  for (int64_t b = 0, t = 0; b < lengths.numel(); ++b) {
    const int64_t begin = t, end = t + lengths[b].item().toLong(), accepted = in[9].toTensor()[b].item().toLong();
    const auto start = states[places[begin + accepted - 1].item().toLong()].clone();
    for (int64_t h = 0; h < heads; ++h) {
      auto s = start[h];
      for (t = begin; t < end; ++t) {
        const auto key = k[t][h / shared];
        s = s * decay[t][h];
        s = s + at::outer(beta[t][h] * (v[t][h] - at::mv(s, key)), key);
        states[places[t].item().toLong()][h].copy_(s);
        out[t][h].copy_(0.5 * at::mv(s, q[t][h / shared]));
      }
    }
  }
  return {states, out};
}
OP(aclnnRecurrentGatedDeltaRule, Reference(delta_rule), real({5, 2, 4}), real({5, 2, 4}), real({5, 4, 3}),
   positive({5, 4}), InOut{real({6, 4, 3, 4})}, at::tensor({2, 3}).to(at::kInt),
   at::tensor({1, 0, 5, 3, 2}).to(at::kInt), real({5, 4}), NONE, at::tensor({2, 1}).to(at::kInt), 0.5f, OUT)
