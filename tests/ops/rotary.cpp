// Rotary position embedding, and the paged cache of keys and values.
#include "aclnnop/rotary.h"

#include "aclnnop/kv_cache.h"
#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Values = std::vector<at::IValue>;
using Text = NotReferenced<const char*>;

namespace {

const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }
bool given(const Values& in, size_t i) { return !in[i].isNone(); }

// The pairs (i, j) of numbers that are turned, and where they end up.
struct Pair { int64_t i, j, to_i, to_j; };
std::vector<Pair> pairs(int64_t mode, int64_t d) {
  std::vector<Pair> out;
  for (int64_t p = 0; p < d / 2; ++p) {
    const int64_t q = d / 4, in_half = p % std::max<int64_t>(q, 1), half = p / std::max<int64_t>(q, 1) * d / 2;
    switch (mode) {
      case 0: out.push_back({p, p + d / 2, p, p + d / 2}); break;
      case 1: out.push_back({2 * p, 2 * p + 1, 2 * p, 2 * p + 1}); break;
      case 2: out.push_back({half + in_half, half + in_half + q, half + in_half, half + in_half + q}); break;
      default: out.push_back({2 * p, 2 * p + 1, p, p + d / 2});
    }
  }
  return out;
}
at::Tensor turned(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, int64_t mode) {
  std::vector<at::Tensor> out(x.size(-1));
  const auto c = cos.expand_as(x), s = sin.expand_as(x);
  for (const auto& [i, j, a, b] : pairs(mode, x.size(-1))) {
    out[a] = x.select(-1, i) * c.select(-1, a) - x.select(-1, j) * s.select(-1, a);
    out[b] = x.select(-1, j) * c.select(-1, b) + x.select(-1, i) * s.select(-1, b);
  }
  return at::stack(out, -1);
}
Results rotary(const Values& in) { return {turned(t(in, 0), t(in, 1), t(in, 2), in[3].toInt())}; }
OP(aclnnRotaryPositionEmbedding, Reference(rotary), real({2, 3, 2, 8}), real({1, 3, 1, 8}), real({1, 3, 1, 8}),
   int64_t{0}, OUT)
OP(aclnnRotaryPositionEmbedding, Reference(rotary), real({3, 2, 8}), real({3, 1, 8}), real({3, 1, 8}), int64_t{1}, OUT)
OP(aclnnRotaryPositionEmbedding, Reference(rotary), real({2, 3, 8}), real({2, 3, 8}), real({2, 3, 8}), int64_t{2}, OUT)
OP(aclnnRotaryPositionEmbedding, Reference(rotary), real({2, 3, 8}), real({2, 3, 8}), real({2, 3, 8}), int64_t{3}, OUT)
Results by_matrix(const Values& in) { return {t(in, 0) * t(in, 1) + t(in, 0).matmul(t(in, 4)) * t(in, 2)}; }
OP(aclnnRotaryPositionEmbeddingV2, Reference(rotary), real({3, 2, 8}), real({3, 1, 8}), real({3, 1, 8}), int64_t{1},
   NONE, OUT)
OP(aclnnRotaryPositionEmbeddingV2, Reference(by_matrix), real({3, 2, 8}), real({3, 1, 8}), real({3, 1, 8}), int64_t{0},
   real({8, 8}), OUT)

Results rotary_grad(const Values& in) {
  const auto leaf = [](const at::Tensor& x) { return x.detach().clone().requires_grad_(true); };
  const auto x = leaf(given(in, 3) ? t(in, 3) : at::zeros_like(t(in, 0))), cos = leaf(t(in, 1)), sin = leaf(t(in, 2));
  (turned(x, cos, sin, in[4].toInt()) * t(in, 0)).sum().backward();
  if (!given(in, 3)) return {x.grad()};
  return {x.grad(), cos.grad(), sin.grad()};
}
#define ROTARY_GRAD(mode)                                                                              \
  OP(aclnnRotaryPositionEmbeddingGrad, Reference(rotary_grad), real({2, 3, 2, 8}), real({1, 3, 1, 8}), \
     real({1, 3, 1, 8}), real({2, 3, 2, 8}), int64_t{mode}, OUT, OUT, OUT)
ROTARY_GRAD(0)
ROTARY_GRAD(1)
ROTARY_GRAD(2)
ROTARY_GRAD(3)
OP(aclnnRotaryPositionEmbeddingGrad, Reference(rotary_grad), real({3, 2, 8}), real({3, 1, 8}), real({3, 1, 8}), NONE,
   int64_t{0}, OUT, NONE, NONE)

template <int64_t kMode> Results both(const Values& in) {
  Results out;
  for (size_t i = 0; i < 2; ++i) {
    const int64_t d = t(in, 2).size(-1);
    out.push_back(at::cat(
        {turned(t(in, i).narrow(-1, 0, d), t(in, 2), t(in, 3), kMode), t(in, i).narrow(-1, d, t(in, i).size(-1) - d)},
        -1));
  }
  return out;
}
OP(aclnnApplyRotaryPosEmb, Reference(both<0>), InOut{real({2, 3, 4, 64})}, InOut{real({2, 3, 1, 64})},
   real({2, 3, 1, 64}), real({2, 3, 1, 64}), int64_t{1})
OP(aclnnApplyRotaryPosEmb, Reference(both<0>), InOut{real({3, 4, 64})}, InOut{real({3, 1, 64})}, real({3, 1, 64}),
   real({3, 1, 64}), int64_t{4})
OP(aclnnApplyRotaryPosEmbV2, Reference(both<1>), InOut{real({2, 4, 3, 64})}, InOut{real({2, 1, 3, 64})},
   real({1, 1, 3, 32}), real({1, 1, 3, 32}), int64_t{3}, Text{"interleave"})
OP(aclnnApplyRotaryPosEmbV2, Reference(both<2>), InOut{real({3, 2, 4, 64})}, InOut{real({3, 2, 1, 64})},
   real({3, 2, 1, 64}), real({3, 2, 1, 64}), int64_t{2}, Text{"quarter"})
Results interleave(const Values& in) { return {turned(t(in, 0), t(in, 1), t(in, 2), 3)}; }
OP(aclnnInterleaveRope, Reference(interleave), real({2, 3, 4, 64}), real({2, 1, 4, 64}), real({2, 1, 4, 64}), OUT)
OP(aclnnInterleaveRope, Reference(interleave), real({2, 3, 4, 64}), real({2, 1, 1, 64}), real({2, 1, 1, 64}), OUT)

// in: positions, query, key, table, sections, head size, neox
Results from_table(const Values& in) {
  const Ints sections = in[4].toIntVector();
  const int64_t d = in[5].toInt(), width = t(in, 3).size(1), tokens = t(in, 1).size(0);
  const bool neox = in[6].toBool(), many = t(in, 0).dim() == 2;
  Results out;
  for (size_t i = 1; i < 3; ++i) {
    auto heads = t(in, i).view({tokens, -1, d}).clone();
    for (int64_t token = 0; token < tokens; ++token)
      for (int64_t p = 0; p < width / 2; ++p) {
        int64_t section = 0;
        for (int64_t end = 0; many && p >= (end += sections[section]); ++section) {}
        const int64_t position = (many ? t(in, 0)[section] : t(in, 0))[token].item<int64_t>();
        const auto cos = t(in, 3)[position][p], sin = t(in, 3)[position][p + width / 2];
        const int64_t a = neox ? p : 2 * p, b = neox ? p + width / 2 : 2 * p + 1;
        const auto x = t(in, i).view({tokens, -1, d})[token].select(1, a),
                   y = t(in, i).view({tokens, -1, d})[token].select(1, b);
        heads[token].select(1, a).copy_(x * cos - y * sin);
        heads[token].select(1, b).copy_(y * cos + x * sin);
      }
    out.push_back(heads.view(t(in, i).sizes()));
  }
  return out;
}
OP(aclnnRopeWithSinCosCache, Reference(from_table), whole({3}, 0, 5), real({3, 64}), real({3, 32}), real({5, 16}),
   (Ints{0, 0, 0}), int64_t{32}, true, OUT, OUT)
OP(aclnnRopeWithSinCosCache, Reference(from_table), whole({3}, 0, 5), real({3, 32}), real({3, 32}), real({5, 32}),
   Ints{}, int64_t{32}, false, OUT, OUT)
OP(aclnnRopeWithSinCosCache, Reference(from_table), whole({3, 2}, 0, 5), real({2, 128}), real({2, 64}), real({5, 64}),
   (Ints{8, 12, 12}), int64_t{64}, true, OUT, OUT)
OP(aclnnRopeWithSinCosCache, Reference(from_table), whole({4, 2}, 0, 5), real({2, 128}), real({2, 128}), real({5, 128}),
   (Ints{16, 16, 16, 16}), int64_t{128}, false, OUT, OUT)

// A cache by block and slot: what one token has, [heads * d], in its own order.
struct Cache {
  at::Tensor memory;
  int64_t slot_dim;
  at::Tensor at(int64_t slot) const {
    const int64_t size = memory.size(slot_dim);
    return memory[slot / size].select(slot_dim - 1, slot % size);
  }
  void store(int64_t slot, const at::Tensor& token) const {
    if (slot >= 0) at(slot).copy_(token.reshape(at(slot).sizes()));
  }
};
template <int64_t kSlotDim> Results scatter(const Values& in) {  // key, key cache, slots, value, value cache
  Results out;
  for (const auto& [token, cache] : {std::pair{0, 1}, std::pair{3, 4}}) {
    if (!given(in, token)) break;
    const Cache to{t(in, cache).clone(), kSlotDim};
    for (int64_t i = 0; i < t(in, 2).numel(); ++i) to.store(t(in, 2)[i].item<int64_t>(), t(in, token)[i]);
    out.push_back(to.memory);
  }
  return out;
}
const at::Tensor kSlots = at::tensor({5, 0, -1}).to(at::kInt);
OP(aclnnScatterPaKvCache, Reference(scatter<1>), real({3, 2, 8}), InOut{real({2, 4, 2, 8})}, kSlots, real({3, 2, 4}),
   InOut{real({2, 4, 2, 4})}, NONE, NONE, NONE, Text{"Norm"}, Text{"None"}, Ints{}, Ints{})
OP(aclnnScatterPaKvCache, Reference(scatter<1>), whole({3, 2, 8}, -9, 9, at::kChar),
   InOut{whole({2, 4, 2, 8}, -9, 9, at::kChar)}, kSlots.to(at::kLong), NONE, NONE, NONE, NONE, NONE, Text{nullptr},
   Text{nullptr}, Ints{}, Ints{})
OP(aclnnScatterPaKvCache, Reference(scatter<2>), real({3, 2, 16}, at::kHalf), InOut{real({2, 2, 4, 16}, at::kHalf)},
   kSlots, real({3, 2, 16}, at::kHalf), InOut{real({2, 2, 4, 16}, at::kHalf)}, NONE, NONE, NONE, Text{"PA_NZ"},
   Text{"None"}, Ints{}, Ints{})
OP(aclnnScatterPaKvCache, Reference(scatter<2>), real({3, 2, 8}), InOut{real({2, 2, 4, 8})}, kSlots, real({3, 2, 8}),
   InOut{real({2, 2, 4, 8})}, NONE, NONE, NONE, Text{"Norm"}, Text{"NHSD"}, Ints{}, Ints{})

template <int64_t kSlotDim, bool kCumulated> Results gather(
    const Values& in) {  // caches, tables, lengths, key, value, ...
  Results out;
  const auto tables = t(in, 2), lengths = t(in, 3);
  for (size_t i = 0; i < 2; ++i) {
    const Cache from{t(in, i), kSlotDim};
    auto to = t(in, 4 + i).clone();
    int64_t row = 0;
    for (int64_t b = 0; b < tables.size(0); ++b) {
      const int64_t length = (kCumulated ? lengths[b + 1] - lengths[b] : lengths[b]).item<int64_t>();
      const int64_t size = from.memory.size(kSlotDim);
      const int64_t start = given(in, 6) ? t(in, 6)[b].item<int64_t>() / size : 0;
      for (int64_t j = 0; j < length && row < to.size(0); ++j, ++row) {
        const int64_t column = start + j / size;
        const int64_t block = column < tables.size(1) ? tables[b][column].item<int64_t>() : -1;
        if (block < 0 || block >= from.memory.size(0)) to[row].zero_();
        else to[row].copy_(from.at(block * size + j % size).reshape(to[row].sizes()));
      }
    }
    out.push_back(to);
  }
  return out;
}
const at::Tensor kTables = at::tensor({2, 0, 1, 9}).to(at::kInt).view({2, 2});
OP(aclnnGatherPaKvCache, Reference(gather<1, false>), real({3, 4, 2, 8}), real({3, 4, 2, 4}), kTables,
   at::tensor({5, 6}).to(at::kInt), InOut{real({12, 2, 8})}, InOut{real({12, 2, 4})}, NONE, Text{"Norm"}, false)
OP(aclnnGatherPaKvCache, Reference(gather<2, true>), real({3, 2, 4, 16}, at::kHalf), real({3, 2, 4, 16}, at::kHalf),
   kTables, at::tensor({0, 3, 7}).to(at::kInt), InOut{real({7, 32}, at::kHalf)}, InOut{real({7, 32}, at::kHalf)},
   at::tensor({4, 0}).to(at::kInt), Text{"PA_NZ"}, true)

// in: kv, gamma, cos, sin, index, caches, scales, offsets, epsilon, wants outputs
enum Paging { kNorm, kPaged, kPagedNz, kByBlock, kByBlockNz };
template <Paging kMode> Results norm_and_turn(const Values& in) {
  const auto kv = t(in, 0), wide = kv.to(at::kFloat), index = t(in, 4).flatten();
  const int64_t b = kv.size(0), s = kv.size(2), dv = t(in, 1).numel(), dk = kv.size(3) - dv;
  const auto left = wide.narrow(-1, 0, dv);
  const auto normal = left / (left.square().mean(-1, true) + in[11].toDouble()).sqrt() * t(in, 1).to(at::kFloat);
  const auto rope = turned(wide.narrow(-1, dv, dk), t(in, 2).to(at::kFloat), t(in, 3).to(at::kFloat), 3);
  Results out;
  for (size_t i = 0; i < 2; ++i) {
    auto values = i ? normal : rope;
    if (given(in, 7 + i)) {
      values = values * t(in, 7 + i);
      if (given(in, 9 + i)) values = values + t(in, 9 + i);
      values = values.round().clamp(-128, 127);
    }
    const auto cache = t(in, 5 + i).clone();
    const int64_t size = cache.size(kMode == kNorm ? 2 : 1), d = values.size(-1);
    const int64_t lane = 32 / static_cast<int64_t>(cache.element_size());
    const bool nz = kMode == kPagedNz || kMode == kByBlockNz, by_block = kMode == kByBlock || kMode == kByBlockNz;
    const Cache to =
        nz ? Cache{cache.view({cache.size(0), d / lane, size, lane}), 2} : Cache{cache, kMode == kNorm ? 2 : 1};
    for (int64_t token = 0; token < b * s; ++token) {
      const int64_t at_ = token % s, pages = (s + size - 1) / size;
      int64_t slot = index[by_block ? token / s * pages + at_ / size : token].item<int64_t>();
      if (slot >= 0 && by_block) slot = slot / size * size + at_ % size;
      if (slot >= 0 && kMode == kNorm) slot += token / s * size;
      to.store(slot, values[token / s][0][at_]);
    }
    out.push_back(cache);
  }
  if (in[12].toBool()) out.push_back(rope.to(kv.scalar_type())), out.push_back(normal.to(kv.scalar_type()));
  return out;
}
at::Tensor half(at::IntArrayRef sizes) { return real(sizes, at::kHalf); }
at::Tensor places(const Ints& values) { return at::tensor(values); }
#define KV half({2, 1, 3, 48}), half({32}), half({2, 1, 3, 16}), half({2, 1, 3, 16})
#define NO_SCALES NONE, NONE, NONE, NONE
OP(aclnnKvRmsNormRopeCache, Reference(norm_and_turn<kNorm>), KV, places({0, 4, -1, 2, 1, 0}).view({2, 3}),
   InOut{half({2, 1, 5, 16})}, InOut{half({2, 1, 5, 32})}, NO_SCALES, 1e-5, Text{"Norm"}, true, OUT, OUT)
OP(aclnnKvRmsNormRopeCache, Reference(norm_and_turn<kPaged>), KV, places({0, 20, -1, 2, 1, 31}),
   InOut{half({2, 16, 1, 16})}, InOut{half({2, 16, 1, 32})}, NO_SCALES, 1e-5, Text{"PA_BNSD"}, false, NONE, NONE)
OP(aclnnKvRmsNormRopeCache, Reference(norm_and_turn<kPagedNz>), KV, places({0, 20, -1, 2, 1, 31}),
   InOut{half({2, 16, 1, 16})}, InOut{half({2, 16, 1, 32})}, NO_SCALES, 1e-5, Text{"PA_NZ"}, false, NONE, NONE)
OP(aclnnKvRmsNormRopeCache, Reference(norm_and_turn<kByBlock>), KV, places({16, 0}), InOut{half({2, 16, 1, 16})},
   InOut{half({2, 16, 1, 32})}, NO_SCALES, 1e-5, Text{"PA_BLK_BNSD"}, true, OUT, OUT)
OP(aclnnKvRmsNormRopeCache, Reference(norm_and_turn<kByBlockNz>), half({2, 1, 3, 64}), half({32}), half({2, 1, 1, 32}),
   half({2, 1, 1, 32}), places({-1, 32}), InOut{whole({2, 32, 1, 32}, -9, 9, at::kChar)},
   InOut{whole({2, 32, 1, 32}, -9, 9, at::kChar)}, positive({32}), positive({1}), NONE, real({1}), 1e-5,
   Text{"PA_BLK_NZ"}, false, NONE, NONE)

}  // namespace
