// Attention of inference. The reference is the formula in float64, sequence by sequence.
#include "aclnnop/infer_attention.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Tensors = std::vector<at::Tensor>;
using Values = std::vector<at::IValue>;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr int64_t kFar = INT32_MAX;
at::Tensor half(at::IntArrayRef sizes) { return real(sizes, at::kHalf); }

struct Sequence {
  at::Tensor q, k, v;                            // [N, S, D]
  at::Tensor hidden = {}, bias = {}, sink = {};  // broadcast to [N, queries, keys]; [N]
};
struct Attended { at::Tensor out, lse; };  // [N, S, D], [N, S, 1]

Attended attend(const Sequence& s, double scale = 0.4) {
  const auto groups = s.q.size(0) / s.k.size(0), keys = s.k.size(1);
  const auto each = [&](const at::Tensor& t) { return t.to(at::kDouble).repeat_interleave(groups, 0); };
  auto x = at::matmul(s.q.to(at::kDouble), each(s.k).transpose(1, 2)) * scale;
  if (s.bias.defined()) x = x + s.bias.to(at::kDouble);
  if (s.hidden.defined()) x = x.masked_fill(s.hidden, -kInf);
  if (s.sink.defined()) x = at::cat({x, s.sink.to(at::kDouble).view({-1, 1, 1}).expand({-1, s.q.size(1), 1})}, 2);
  const auto lse = x.logsumexp({2}, true);
  return {at::matmul(at::softmax(x, 2).narrow(2, 0, keys), each(s.v)), lse.masked_fill(lse == -kInf, kInf)};
}
// Key j is seen by query i up to j = i + ahead.
at::Tensor after(int64_t queries, int64_t keys, int64_t ahead) {
  return at::ones({queries, keys}, at::kBool).triu(ahead + 1);
}
// Rows of zeros behind a sequence's end; of infinity for the logarithms.
at::Tensor padded(const at::Tensor& t, int64_t rows, double with = 0) {
  return at::cat({t, at::full({t.size(0), rows - t.size(1), t.size(2)}, with, at::kDouble)}, 1);
}
at::Tensor to_half(const at::Tensor& t) { return t.to(at::kHalf); }

const at::Tensor kCompressed = at::ones({2048, 2048}, at::kBool).triu(1);

// Side by side: two sequences, grouped heads.
const at::Tensor kQ = half({2, 4, 5, 16}), kK = half({2, 2, 7, 16}), kV = half({2, 2, 7, 16});
const Ints kQueries{3, 5}, kKeys{7, 4};

at::Tensor bsh(const at::Tensor& t) { return t.transpose(1, 2).flatten(2).contiguous(); }
at::Tensor bsnd(const at::Tensor& t) { return t.transpose(1, 2).contiguous(); }

Results prompt(const std::function<at::Tensor(const at::Tensor&)>& as) {
  Tensors out;
  for (int64_t b = 0; b < 2; ++b) {
    const int64_t queries = kQueries[b], keys = kKeys[b];
    const auto one = attend({kQ[b].narrow(1, 0, queries), kK[b].narrow(1, 0, keys), kV[b].narrow(1, 0, keys),
                             after(queries, keys, keys - queries)});
    // A query without a key: the softmax of nothing.
    out.push_back(padded(one.out.nan_to_num(0.0), 5));
  }
  return {to_half(as(at::stack(out)))};
}
Reference prompt_as(at::Tensor (*as)(const at::Tensor&)) {
  return [as](const Values&) { return prompt(as); };
}
at::Tensor same(const at::Tensor& t) { return t; }

}  // namespace

#define TEXT(x) \
  NotReferenced<const char*> { x }
#define PROMPT(reference, place, layout)                                                                          \
  OP(aclnnPromptFlashAttentionV3, reference, place(kQ), place(kK), place(kV), NONE, kCompressed, kQueries, kKeys, \
     NONE, NONE, NONE, NONE, NONE, int64_t{4}, 0.4, kFar, int64_t{0}, TEXT(layout), int64_t{2}, int64_t{3},       \
     int64_t{0}, OUT)
PROMPT(prompt_as(same), same, "BNSD")
PROMPT(prompt_as(bsnd), bsnd, "BSND")
PROMPT(prompt_as(bsh), bsh, "BSH")
PROMPT(prompt_as(bsnd), same, "BNSD_BSND")

// A mask, a bias, a band and the logarithms, without lengths.
static const at::Tensor kMask = [] {
  auto mask = whole({2, 1, 5, 7}, 0, 3) == 0;
  mask.select(3, 2).fill_(false);
  return mask;
}();
static const at::Tensor kBias = half({1, 4, 5, 7});
static Results masked(const Values&) {
  Tensors out, lse;
  for (int64_t b = 0; b < 2; ++b) {
    const auto one = attend({kQ[b], kK[b], kV[b], kMask[b].logical_or(after(5, 7, 2)), kBias[0]});
    out.push_back(one.out), lse.push_back(one.lse);
  }
  return {to_half(at::stack(out)), at::stack(lse).to(at::kFloat)};
}
#define NO_PREFIX \
  NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, Ints {}
#define NONE_7 NONE, NONE, NONE, NONE, NONE, NONE, NONE
#define MODES int64_t{0}, true, int64_t{0}, int64_t{0}
OP(aclnnFusedInferAttentionScoreV2, Reference(masked), kQ, (Tensors{kK}), (Tensors{kV}), kBias, kMask, Ints{}, Ints{},
   NONE_7, NONE, NO_PREFIX, int64_t{4}, 0.4, kFar, int64_t{2}, TEXT("BNSD"), int64_t{2}, int64_t{0}, int64_t{0},
   int64_t{0}, MODES, OUT, OUT)

// One length for all; no logarithms.
static Results shorter(const Values&) {
  Tensors out;
  for (int64_t b = 0; b < 2; ++b) out.push_back(attend({kQ[b], kK[b].narrow(1, 0, 5), kV[b].narrow(1, 0, 5)}).out);
  return {to_half(at::stack(out))};
}
OP(aclnnFusedInferAttentionScoreV2, Reference(shorter), kQ, (Tensors{kK}), (Tensors{kV}), NONE, NONE, Ints{}, (Ints{5}),
   NONE_7, NONE, NO_PREFIX, int64_t{4}, 0.4, kFar, kFar, TEXT("BNSD"), int64_t{2}, int64_t{0}, int64_t{0}, int64_t{0},
   int64_t{0}, false, int64_t{0}, int64_t{0}, OUT, NONE)

// Decoding from a cache of pages of 16, in either order; sequences of 20 and 5 keys.
static const at::Tensor kTable =
    at::stack({whole({1}, 3, 4, at::kInt).expand({2}), whole({1}, 1, 2, at::kInt).expand({2})})
        .add(at::cat({at::zeros({2, 1}, at::kInt), at::ones({2, 1}, at::kInt)}, 1));
static const Ints kCached{20, 5};
static const at::Tensor kPagesV = half({6, 2, 16, 16}), kPagesK = half({6, 2, 16, 16}), kOne = half({2, 4, 1, 16});
static at::Tensor cached(const at::Tensor& pages, int64_t b) {
  Tensors blocks;
  for (int64_t i = 0; i < 2; ++i) blocks.push_back(pages[kTable[b][i].item<int64_t>()]);
  return at::cat(blocks, 1).narrow(1, 0, kCached[b]);
}
static at::Tensor flat_pages(const at::Tensor& pages) { return bsh(pages); }
static Results decoded(const Values&) {
  Tensors out;
  for (int64_t b = 0; b < 2; ++b) out.push_back(attend({kOne[b], cached(kPagesK, b), cached(kPagesV, b)}).out);
  return {to_half(bsh(at::stack(out)))};
}
#define INCRE(pages)                                                                                                  \
  OP(aclnnIncreFlashAttentionV4, Reference(decoded), bsh(kOne), (Tensors{pages(kPagesK)}), (Tensors{pages(kPagesV)}), \
     NONE, NONE, kCached, NONE_7, kTable, NONE, int64_t{4}, 0.4, TEXT("BSH"), int64_t{2}, int64_t{16}, int64_t{0},    \
     OUT)
INCRE(same)
INCRE(flat_pages)

// A list of keys, one sequence each, of lengths of their own; a mask of one row each.
static const Tensors kListK{half({1, 7, 2, 16}), half({1, 4, 2, 16})}, kListV{half({1, 7, 2, 16}), half({1, 4, 2, 16})};
static const at::Tensor kRows = at::cat({at::zeros({2, 3}, at::kBool), truth({2, 4})}, 1);
static Results of_list(const Values&) {
  Tensors out;
  for (int64_t b = 0; b < 2; ++b)
    out.push_back(attend({kOne[b], kListK[b][0].transpose(0, 1), kListV[b][0].transpose(0, 1),
                          kRows[b].narrow(0, 0, kListK[b].size(1)).view({1, 1, -1})})
                      .out);
  return {to_half(bsnd(at::stack(out)))};
}
OP(aclnnIncreFlashAttentionV4, Reference(of_list), bsnd(kOne), kListK, kListV, NONE, kRows, Ints{}, NONE_7, NONE, NONE,
   int64_t{4}, 0.4, TEXT("BSND"), int64_t{2}, int64_t{0}, int64_t{0}, OUT)

// End to end: a rope part, a sink, a result with the heads first; from pages as well.
static const at::Tensor kTQ = half({5, 4, 16}), kTK = half({9, 2, 16}), kTV = half({9, 2, 8});
static const at::Tensor kTQRope = half({5, 4, 8}), kTKRope = half({9, 2, 8}), kSink = real({4});
static const Ints kQueryEnds{2, 5}, kKeyEnds{4, 9};
static Results end_to_end(bool rope, bool sink, bool paged, bool heads_first) {
  Tensors out, lse;
  for (int64_t b = 0; b < 2; ++b) {
    const auto part = [b](const at::Tensor& t, const Ints& ends) {
      return t.slice(0, b ? ends[b - 1] : 0, ends[b]).transpose(0, 1);
    };
    Sequence s{part(kTQ, kQueryEnds), paged ? cached(kPagesK, b) : part(kTK, kKeyEnds),
               paged ? cached(kPagesV, b) : part(kTV, kKeyEnds)};
    if (rope) s.q = at::cat({s.q, part(kTQRope, kQueryEnds)}, 2), s.k = at::cat({s.k, part(kTKRope, kKeyEnds)}, 2);
    if (sink) s.sink = kSink;
    s.hidden = after(s.q.size(1), s.k.size(1), s.k.size(1) - s.q.size(1));
    const auto one = attend(s);
    out.push_back(one.out), lse.push_back(one.lse);
  }
  const auto whole = at::cat(out, 1);
  return {to_half(heads_first ? whole : whole.transpose(0, 1)), at::cat(lse, 1).transpose(0, 1).to(at::kFloat)};
}
static Reference packed(bool rope, bool sink, bool paged, bool heads_first) {
  return [=](const Values&) { return end_to_end(rope, sink, paged, heads_first); };
}
OP(aclnnFusedInferAttentionScoreV3, packed(true, false, false, true), kTQ, (Tensors{kTK}), (Tensors{kTV}), NONE,
   kCompressed, kQueryEnds, kKeyEnds, NONE_7, NONE, NO_PREFIX, kTQRope, kTKRope, NONE, int64_t{4}, 0.4, kFar, kFar,
   TEXT("TND_NTD"), int64_t{2}, int64_t{3}, int64_t{0}, int64_t{0}, MODES, OUT, OUT)
OP(aclnnFusedInferAttentionScoreV3, packed(false, false, true, false), kTQ, (Tensors{kPagesK}), (Tensors{kPagesV}),
   NONE, kCompressed, kQueryEnds, kCached, NONE_7, kTable, NO_PREFIX, NONE, NONE, NONE, int64_t{4}, 0.4, kFar, kFar,
   TEXT("TND"), int64_t{2}, int64_t{3}, int64_t{0}, int64_t{16}, MODES, OUT, OUT)
OP(aclnnFusedInferAttentionScoreV4, packed(false, true, false, false), kTQ.transpose(0, 1).contiguous(),
   (Tensors{kTK.transpose(0, 1).contiguous()}), (Tensors{kTV.transpose(0, 1).contiguous()}), NONE, kCompressed,
   kQueryEnds, kKeyEnds, NONE_7, NONE, NO_PREFIX, NONE, NONE, NONE, NONE, kSink, int64_t{4}, 0.4, kFar, kFar,
   TEXT("NTD_TND"), int64_t{2}, int64_t{3}, int64_t{0}, int64_t{0}, MODES, int64_t{0}, OUT, OUT)
