// Many products at once: of lists, and of groups that one tensor holds.
#include "aclnnop/grouped_matmul.h"
#include "case.h"

namespace ops_test {
template <> struct To<aclIntArray*> {  // read only, whatever the prototype says
  static aclIntArray* from(Arguments&, None) { return nullptr; }
};
}  // namespace ops_test

using namespace ops_test;
using Values = std::vector<at::IValue>;
using Tensors = std::vector<at::Tensor>;
using Ints = std::vector<int64_t>;
static at::Tensor t(const Values& in, size_t i) { return in[i].toTensor().to(at::kFloat); }
static bool none(const Values& in, size_t i) { return in[i].isNone(); }
static at::Tensor f(const at::Tensor& x) { return x.to(at::kFloat); }
static at::Tensor int8(const at::Tensor& x) { return x.round().clamp(-128, 127).to(at::kChar); }
static at::Tensor bytes(at::IntArrayRef sizes) { return whole(sizes, -128, 128, at::kChar); }
static at::Tensor half(at::IntArrayRef sizes) { return real(sizes, at::kHalf); }
static Tensors list(const Values& in, size_t i) { return in[i].toTensorVector(); }

// Six rows in three groups: 2, none, 4; as ends, counts, and index and count.
static const Ints kPlainEnds{2, 2, 6};
static const at::Tensor kEnds = at::tensor({2, 2, 6}).to(at::kLong), kCounts = at::tensor({2, 0, 4}).to(at::kLong),
                        kPairs = at::tensor({2, 4, 0, 2, 1, 0}).to(at::kLong).reshape({3, 2});
static at::Tensor part(const at::Tensor& x, int64_t i, int64_t dim = 0) {
  return x.narrow(dim, i ? 2 : 0, i == 1 ? 0 : i ? 4 : 2);
}
// x, weight, bias, scale, offset, antiquant scale and offset
static Results each(const Values& in) {
  Results out;
  const auto x = list(in, 0), w = list(in, 1), b = list(in, 2);
  for (size_t i = 0; i < w.size(); ++i) {
    const auto y = at::matmul(f(x[i]), f(w[i]));
    out.push_back((b.empty() ? y : y + f(b[i])).to(x[0].scalar_type()));
  }
  return out;
}
static Results joined(const Values& in) { return {at::cat(each(in))}; }
static at::Tensor weight_of(const Values& in, int64_t i) {
  const auto w = list(in, 1);
  return w.size() == 1 ? w[0].select(0, i) : w[i];
}
static at::Tensor own(const Values& in, size_t argument, int64_t i) {
  const auto l = list(in, argument);
  return l.size() == 1 ? l[0].select(0, i) : l[i];
}
static Results parts(const Values& in) {
  Results out;
  for (int64_t i = 0; i < 3; ++i) {
    const auto y = at::matmul(f(part(list(in, 0)[0], i)), f(weight_of(in, i)));
    out.push_back((list(in, 2).empty() ? y : y + f(own(in, 2, i))).to(at::kHalf));
  }
  return out;
}
static Results rows(const Values& in) { return {at::cat(parts(in))}; }
static const Tensors kNo;
static Tensors weights(at::IntArrayRef sizes) { return {half(sizes), half(sizes), half(sizes)}; }

OP(aclnnGroupedMatmul, Reference(each), (Tensors{half({3, 4}), half({2, 5, 6})}), (Tensors{half({4, 5}), half({6, 2})}),
   (Tensors{half({5}), half({2})}), kNo, kNo, kNo, kNo, Ints{}, int64_t{0}, Outs{2})
OP(aclnnGroupedMatmul, Reference(parts), Tensors{half({6, 4})}, weights({4, 5}), kNo, kNo, kNo, kNo, kNo, kPlainEnds,
   int64_t{1}, Outs{3})
OP(aclnnGroupedMatmul, Reference(joined), (Tensors{real({3, 4}), real({2, 4})}), (Tensors{real({4, 5}), real({4, 5})}),
   kNo, kNo, kNo, kNo, kNo, Ints{}, int64_t{2}, Outs{1})
OP(aclnnGroupedMatmul, Reference(rows), Tensors{half({6, 4})}, weights({4, 5}),
   (Tensors{half({5}), half({5}), half({5})}), kNo, kNo, kNo, kNo, kPlainEnds, int64_t{3}, Outs{1})

constexpr int64_t kNone = -1, kRows = 0, kInner = 2, kAsEnds = 0, kAsCounts = 1, kAsPairs = 2, kPlain = 0;
constexpr Outs kNoOuts{0};
OP(aclnnGroupedMatmulV3, Reference(rows), Tensors{half({6, 4})}, Tensors{half({3, 4, 5})}, Tensors{half({3, 5})}, kNo,
   kNo, kNo, kNo, kEnds, int64_t{3}, kRows, Outs{1})
OP(aclnnGroupedMatmulV3, Reference(each), (Tensors{half({3, 4}), half({2, 6})}), (Tensors{half({4, 5}), half({6, 2})}),
   kNo, kNo, kNo, kNo, kNo, NONE, int64_t{0}, kNone, Outs{2})
#define NO_ACTIVATION kNo, kNo, kNo
OP(aclnnGroupedMatmulV4, Reference(rows), Tensors{half({6, 4})}, Tensors{half({3, 4, 5})}, Tensors{half({3, 5})}, kNo,
   kNo, kNo, kNo, kNo, kEnds, NO_ACTIVATION, int64_t{3}, kRows, kAsEnds, kPlain, Outs{1}, kNoOuts, kNoOuts)
OP(aclnnGroupedMatmulV4, Reference(rows), Tensors{half({6, 4})}, weights({4, 5}), kNo, kNo, kNo, kNo, kNo, kNo, kCounts,
   NO_ACTIVATION, int64_t{3}, kRows, kAsCounts, kPlain, Outs{1}, kNoOuts, kNoOuts)
OP(aclnnGroupedMatmulV4, Reference(each), (Tensors{half({3, 4}), half({2, 6})}), (Tensors{half({4, 5}), half({6, 2})}),
   kNo, kNo, kNo, kNo, kNo, kNo, NONE, NO_ACTIVATION, int64_t{0}, kNone, kAsEnds, kPlain, Outs{2}, kNoOuts, kNoOuts)

static Results inner(const Values& in) {
  Tensors out;
  for (int64_t i = 0; i < 3; ++i)
    out.push_back(at::matmul(f(part(list(in, 0)[0], i, 1)), f(part(list(in, 1)[0], i))).to(at::kHalf));
  return {at::stack(out)};
}
OP(aclnnGroupedMatmulV4, Reference(inner), Tensors{half({4, 6})}, Tensors{half({6, 5})}, kNo, kNo, kNo, kNo, kNo, kNo,
   kEnds, NO_ACTIVATION, int64_t{3}, kInner, kAsEnds, kPlain, Outs{1}, kNoOuts, kNoOuts)

// Quantized: scales of the weights' columns, and of x's rows (7).
static Results quantized(const Values& in) {
  Tensors out;
  for (int64_t i = 0; i < 3; ++i) {
    auto y = at::matmul(part(list(in, 0)[0], i).to(at::kInt), weight_of(in, i).to(at::kInt));
    const auto b = list(in, 2).empty() ? at::zeros({1}) : own(in, 2, i);
    const bool whole = b.scalar_type() == at::kInt;
    y = (whole ? y + b : y).to(at::kFloat) * f(own(in, 3, i)) * part(f(list(in, 7)[0]), i).reshape({-1, 1});
    out.push_back(whole ? y : y + f(b));
  }
  return {at::cat(out).to(at::kBFloat16)};
}
OP(aclnnGroupedMatmulV4, Reference(quantized), Tensors{bytes({6, 8})}, Tensors{bytes({3, 8, 5})},
   Tensors{real({3, 5}, at::kBFloat16)}, Tensors{positive({3, 5}, at::kBFloat16) / 64}, kNo, kNo, kNo,
   Tensors{positive({6})}, kEnds, NO_ACTIVATION, int64_t{3}, kRows, kAsEnds, kPlain, Outs{1}, kNoOuts, kNoOuts)
OP(aclnnGroupedMatmulV5, Reference(quantized), Tensors{bytes({6, 8})},
   (Tensors{bytes({8, 5}), bytes({8, 5}), bytes({8, 5})}),
   (Tensors{whole({5}, -99, 99, at::kInt), whole({5}, -99, 99, at::kInt), whole({5}, -99, 99, at::kInt)}),
   (Tensors{positive({5}) / 64, positive({5}) / 64, positive({5}) / 64}), kNo, kNo, kNo, Tensors{positive({6})},
   kCounts, NO_ACTIVATION, int64_t{3}, kRows, kAsCounts, kPlain, NONE, Outs{1}, kNoOuts, kNoOuts)
static Results by_pairs(const Values& in) {  // the last group's four rows first
  const auto x = list(in, 0)[0].to(at::kInt);
  const auto product = [&](int64_t group, int64_t from, int64_t size) {
    return at::matmul(x.narrow(0, from, size), weight_of(in, group).to(at::kInt)).to(at::kFloat) * f(own(in, 3, group));
  };
  return {at::gelu(at::cat({product(2, 0, 4), product(0, 4, 2)}), "tanh").to(at::kHalf)};
}
OP(aclnnGroupedMatmulV5, Reference(by_pairs), Tensors{bytes({6, 8})}, Tensors{bytes({3, 8, 5})}, kNo,
   Tensors{positive({3, 5}) / 9999}, kNo, kNo, kNo, kNo, kPairs, NO_ACTIVATION, int64_t{3}, kRows, kAsPairs, int64_t{2},
   NONE, Outs{1}, kNoOuts, kNoOuts)
static const at::Tensor kScales = (positive({3, 5}) * 64).round() / 4096;  // few bits: the unit cuts none off
static Results to_int8(const Values& in) {
  Tensors out;
  for (int64_t i = 0; i < 3; ++i)
    out.push_back(
        int8(f(at::matmul(part(list(in, 0)[0], i).to(at::kInt), weight_of(in, i).to(at::kInt))) * kScales[i]));
  return {at::cat(out)};
}
OP(aclnnGroupedMatmulV4, Reference(to_int8), Tensors{bytes({6, 8})}, Tensors{bytes({3, 8, 5})}, kNo,
   Tensors{kScales.view(at::kInt).to(at::kLong).bitwise_or(int64_t{1} << 46)}, kNo, kNo, kNo, kNo, kEnds, NO_ACTIVATION,
   int64_t{3}, kRows, kAsEnds, kPlain, Outs{1}, kNoOuts, kNoOuts)

static at::Tensor packed(const at::Tensor& x) {
  const auto nibbles = x.to(at::kLong).bitwise_and(15).reshape({-1, 8});
  auto words = at::zeros({nibbles.size(0)}, at::kLong);
  for (int i = 7; i >= 0; --i) words = words * 16 + nibbles.select(1, i);
  auto sizes = x.sizes().vec();
  sizes.back() /= 8;
  return words.to(at::kInt).reshape(sizes);
}
static const at::Tensor kNibbles = whole({3, 8, 16}, -8, 8), kGroups = (positive({3, 2, 16}) * 64).round() / 4096;
static at::Tensor full(int64_t i) { return f(kNibbles[i]) * kGroups[i].repeat_interleave(4, 0); }
static Results eight_by_four(const Values& in) {  // the bias brings back what is taken from x: the plain product
  Tensors out;
  for (int64_t i = 0; i < 3; ++i)
    out.push_back(at::matmul(f(part(list(in, 0)[0], i)), full(i)) * part(f(list(in, 7)[0]), i).reshape({-1, 1}));
  return {at::cat(out).to(at::kHalf)};
}
OP(aclnnGroupedMatmulV5, Reference(eight_by_four), Tensors{bytes({6, 8})}, Tensors{packed(kNibbles)},
   Tensors{at::stack({full(0).sum(0), full(1).sum(0), full(2).sum(0)}) * 8},
   Tensors{kGroups.view(at::kInt).to(at::kLong).bitwise_or(int64_t{1} << 46)}, kNo, kNo, kNo, Tensors{positive({6, 1})},
   kEnds, NO_ACTIVATION, int64_t{3}, kRows, kAsEnds, kPlain, NONE, Outs{1}, kNoOuts, kNoOuts)

static Results undone(const Values& in) {
  Tensors out;
  for (int64_t i = 0; i < 3; ++i) {
    auto w = f(weight_of(in, i));
    if (!list(in, 6).empty()) w = w + f(own(in, 6, i));
    w = f((w * f(own(in, 5, i))).to(at::kHalf));
    out.push_back(at::matmul(f(part(list(in, 0)[0], i)), w));
  }
  return {at::cat(out).to(at::kHalf)};
}
static at::Tensor small(at::IntArrayRef sizes) { return positive(sizes, at::kHalf) / 64; }
OP(aclnnGroupedMatmulV5, Reference(undone), Tensors{half({6, 8})}, Tensors{bytes({3, 8, 5})}, kNo, kNo, kNo,
   Tensors{small({3, 5})}, Tensors{half({3, 5})}, kNo, kEnds, NO_ACTIVATION, int64_t{3}, kRows, kAsEnds, kPlain, NONE,
   Outs{1}, kNoOuts, kNoOuts)
OP(aclnnGroupedMatmulV4, Reference(undone), Tensors{half({6, 8})},
   (Tensors{bytes({8, 5}), bytes({8, 5}), bytes({8, 5})}), kNo, kNo, kNo, (Tensors{small({5}), small({5}), small({5})}),
   kNo, kNo, kEnds, NO_ACTIVATION, int64_t{2}, kRows, kAsEnds, kPlain, Outs{1}, kNoOuts, kNoOuts)

static Results added(const Values& in) {
  Tensors out;
  for (int64_t i = 0; i < 3; ++i) out.push_back(at::matmul(part(t(in, 0), i).t(), part(t(in, 1), i)));
  return {in[3].toTensor() + at::stack(out).reshape(in[3].toTensor().sizes())};
}
OP(aclnnGroupedMatmulAdd, Reference(added), half({6, 4}), half({6, 5}), kEnds, InOut{real({12, 5})}, true, false,
   kInner)
OP(aclnnGroupedMatmulAdd, Reference(added), real({6, 4}, at::kBFloat16), real({6, 5}, at::kBFloat16), kEnds,
   InOut{real({3, 4, 5})}, true, false, kInner)

OP(aclnnGroupedMatmulAddV2, Reference(added), half({6, 4}), half({6, 5}), kEnds, InOut{real({12, 5})}, true, false,
   kInner, kAsEnds)
OP(aclnnGroupedMatmulAddV2, Reference(added), half({6, 4}), half({6, 5}), kCounts, InOut{real({12, 5})}, true, false,
   kInner, kAsCounts)
OP(aclnnGroupedMatmulWeightNz, Reference(rows), Tensors{half({6, 4})}, Tensors{half({3, 4, 5})}, kNo, kNo, kNo, kNo,
   kNo, kNo, kCounts, NO_ACTIVATION, int64_t{3}, kRows, kAsCounts, kPlain, NONE, int64_t{0}, Outs{1}, kNoOuts, kNoOuts)
OP(aclnnGroupedMatmulWeightNz, Reference(quantized), Tensors{bytes({6, 8})}, Tensors{bytes({3, 8, 5})},
   Tensors{real({3, 5}, at::kBFloat16)}, Tensors{positive({3, 5}, at::kBFloat16) / 64}, kNo, kNo, kNo,
   Tensors{positive({6})}, kEnds, NO_ACTIVATION, int64_t{3}, kRows, kAsEnds, kPlain, NONE, int64_t{0}, Outs{1}, kNoOuts,
   kNoOuts)

// x, both weights, tokens, both biases, scale, offset, deq, antiquant scales and offsets
using Text = NotReferenced<const char*>;
constexpr int64_t kPrecise = 0;
static at::Tensor maybe(const at::Tensor& y, const Values& in, size_t i) { return none(in, i) ? y : y + t(in, i); }
static Results ffn(const Values& in) {
  const auto h = at::gelu(maybe(at::matmul(t(in, 0), t(in, 1)), in, 4), "tanh").to(in[0].toTensor().scalar_type());
  return {maybe(at::matmul(f(h), t(in, 2)), in, 5).to(in[0].toTensor().scalar_type())};
}
static Results ffn_gated(const Values& in) {
  const auto h = at::matmul(t(in, 0), t(in, 1)).chunk(2, -1);
  return {at::matmul(f((h[0] * at::silu(h[1])).to(at::kHalf)), t(in, 2)).to(at::kHalf)};
}
static Results ffn_experts(const Values& in) {
  Tensors out;
  for (int64_t i = 0; i < 3; ++i) {
    const auto h = (at::matmul(part(t(in, 0), i), t(in, 1)[i]) + t(in, 4)[i]).relu().to(at::kHalf);
    out.push_back(at::matmul(f(h), t(in, 2)[i]) + t(in, 5)[i]);
  }
  return {at::cat(out).to(at::kHalf)};
}
static Results ffn_quantized(const Values& in) {
  const auto whole_product = [](const at::Tensor& a, const at::Tensor& b) {
    return at::matmul(a.to(at::kInt), b.to(at::kInt));
  };
  const auto h = at::silu(f(whole_product(in[0].toTensor(), in[1].toTensor()) + in[4].toTensor()) * t(in, 8));
  return {(f(whole_product(int8(h * t(in, 6) + t(in, 7)), in[2].toTensor())) * t(in, 9)).to(at::kHalf)};
}
static Results ffn_undone(const Values& in) {
  const auto w = [&](size_t i) { return f(((t(in, i) + t(in, i + 11)) * t(in, i + 9)).to(at::kHalf)); };
  const auto a = at::matmul(t(in, 0), w(1)), h = a * (a * 1.702).sigmoid();
  return {at::matmul(f(h.to(at::kHalf)), w(2)).to(at::kHalf)};
}
OP(aclnnFFNV2, Reference(ffn), half({2, 3, 4}), half({4, 8}), half({8, 4}), Ints{}, half({8}), half({4}), NONE, NONE,
   NONE, NONE, NONE, NONE, NONE, NONE, Text{"gelu"}, NotReferenced<int64_t>{kPrecise}, false, OUT)
OP(aclnnFFNV2, Reference(ffn_gated), half({3, 4}), half({4, 16}), half({8, 4}), Ints{}, NONE, NONE, NONE, NONE, NONE,
   NONE, NONE, NONE, NONE, NONE, Text{"swiglu"}, NotReferenced<int64_t>{1}, false, OUT)
OP(aclnnFFNV2, Reference(ffn_experts), half({6, 4}), half({3, 4, 8}), half({3, 8, 4}), (Ints{2, 0, 4}), half({3, 8}),
   half({3, 4}), NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, Text{"relu"}, NotReferenced<int64_t>{kPrecise}, false,
   OUT)
OP(aclnnFFNV2, Reference(ffn_experts), half({6, 4}), half({3, 4, 8}), half({3, 8, 4}), kPlainEnds, half({3, 8}),
   half({3, 4}), NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, Text{"relu"}, NotReferenced<int64_t>{kPrecise}, true,
   OUT)
OP(aclnnFFNV2, Reference(ffn_quantized), bytes({3, 4}), bytes({4, 8}), bytes({8, 4}), Ints{},
   whole({8}, -99, 99, at::kInt), NONE, positive({1}), real({1}), positive({8}) / 99, positive({4}) / 99, NONE, NONE,
   NONE, NONE, Text{"silu"}, NotReferenced<int64_t>{kPrecise}, false, OUT)
OP(aclnnFFNV2, Reference(ffn_undone), half({3, 4}), bytes({4, 8}), bytes({8, 4}), Ints{}, NONE, NONE, NONE, NONE, NONE,
   NONE, small({8}), small({4}), half({8}), half({4}), Text{"fastgelu"}, NotReferenced<int64_t>{kPrecise}, false, OUT)
