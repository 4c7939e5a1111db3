// Norms, gates, losses and steps of attention that are fused. Gradients are autograd's, of the formula.
#include "aclnnop/activation.h"
#include "aclnnop/attention.h"
#include "aclnnop/loss.h"
#include "aclnnop/norm.h"
#include "case.h"

using namespace ops_test;
using Values = std::vector<at::IValue>;
using Text = NotReferenced<const char*>;
using Unseen = NotReferenced<at::Tensor>;

namespace {

const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }
bool given(const Values& in, size_t i) { return !in[i].isNone(); }
at::Tensor leaf(const at::Tensor& x) { return x.detach().clone().requires_grad_(true); }
at::Tensor wide(const Values& in, size_t i) { return t(in, i).to(at::kFloat); }

const at::Tensor kX = real({2, 3, 4}), kGamma = real({4}), kBeta = real({4});
Results rms(const at::Tensor& x, const at::Tensor& gamma, double eps) {
  const auto r = (x.square().mean(-1, true) + eps).rsqrt();
  return {x * r * gamma, r};
}
Results add_rms_inplace(const Values& in) {
  const auto x = t(in, 0) + t(in, 1);
  const auto y = rms(x, t(in, 2), in[3].toDouble());
  return {y[0], x, y[1]};
}
Results add_rms_cast(const Values& in) {
  const auto x = wide(in, 0) + wide(in, 1);
  const auto y = rms(x, wide(in, 2), in[3].toDouble());
  const auto dtype = t(in, 0).scalar_type();
  return {y[0], y[0].to(dtype), y[1], x.to(dtype)};
}
OP(aclnnInplaceAddRmsNorm, Reference(add_rms_inplace), InOut{kX}, InOut{real({2, 3, 4})}, kGamma, 1e-6, OUT)
OP(aclnnInplaceAddRmsNorm, Reference(add_rms_inplace), InOut{real({5, 4})}, InOut{real({5, 4})}, kGamma, 1e-2, OUT)
OP(aclnnAddRmsNormCast, Reference(add_rms_cast), real({2, 3, 4}, at::kHalf), real({2, 3, 4}, at::kHalf),
   real({4}, at::kHalf), 1e-6, OUT, OUT, OUT, OUT)
OP(aclnnAddRmsNormCast, Reference(add_rms_cast), real({5, 4}, at::kBFloat16), real({5, 4}, at::kBFloat16),
   real({4}, at::kBFloat16), 1e-6, OUT, OUT, OUT, OUT)

// in: dy, x1, x2, rstd, mean, gamma, dsum
Results add_layer_norm_grad(const Values& in) {
  const auto x = leaf(t(in, 1) + t(in, 2)), gamma = leaf(t(in, 5)), beta = leaf(at::zeros_like(gamma));
  (at::layer_norm(x, gamma.sizes(), gamma, beta, 1e-5) * t(in, 0)).sum().backward();
  return {given(in, 6) ? x.grad() + t(in, 6) : x.grad(), gamma.grad(), beta.grad()};
}
const at::Tensor kX2 = real({2, 3, 4});
const auto kSum = at::native_layer_norm(kX + kX2, {4}, kGamma, kBeta, 1e-5);
const auto kDeep = at::native_layer_norm(kX * 0.3 + kX2, {4}, kGamma, kBeta, 1e-5);
OP(aclnnAddLayerNormGrad, Reference(add_layer_norm_grad), real({2, 3, 4}), kX, kX2, std::get<2>(kSum),
   std::get<1>(kSum), kGamma, real({2, 3, 4}), OUT, OUT, OUT)
OP(aclnnAddLayerNormGrad, Reference(add_layer_norm_grad), real({2, 3, 4}), kX, kX2, std::get<2>(kSum),
   std::get<1>(kSum), kGamma, NONE, OUT, OUT, OUT)
Results deep_norm_grad(const Values& in) {  // dy, x, gx, gamma, mean, rstd, alpha
  const auto x = leaf(t(in, 1)), gx = leaf(t(in, 2)), gamma = leaf(t(in, 3)), beta = leaf(at::zeros_like(gamma));
  (at::layer_norm(x * in[6].toDouble() + gx, gamma.sizes(), gamma, beta, 1e-5) * t(in, 0)).sum().backward();
  return {x.grad(), gx.grad(), beta.grad(), gamma.grad()};
}
OP(aclnnDeepNormGrad, Reference(deep_norm_grad), real({2, 3, 4}), kX, kX2, kGamma, std::get<1>(kDeep),
   std::get<2>(kDeep), 0.3, OUT, OUT, OUT, OUT)
const at::Tensor kPlane = real({3, 4});
const auto kPlanes = at::native_layer_norm(kX * 2 + kX2, {3, 4}, kPlane, kPlane, 1e-5);
OP(aclnnDeepNormGrad, Reference(deep_norm_grad), real({2, 3, 4}), kX, kX2, kPlane, std::get<1>(kPlanes),
   std::get<2>(kPlanes), 2.0, OUT, OUT, OUT, OUT)

at::Tensor swish(const at::Tensor& x, double scale) { return x * (x * scale).sigmoid(); }
Results group_norm_swish(const Values& in) {  // x, gamma, beta, groups, eps, activate, scale
  const auto x = t(in, 0);
  const auto [y, m, r] = at::native_group_norm(x, t(in, 1), t(in, 2), x.size(0), x.size(1),
                                               x.numel() / x.size(0) / x.size(1), in[3].toInt(), in[4].toDouble());
  return {in[5].toBool() ? swish(y, in[6].toDouble()) : y, m, r};
}
const at::Tensor kGroups = real({2, 6, 5}), kWeight = positive({6}), kBias = real({6});
OP(aclnnGroupNormSwish, Reference(group_norm_swish), kGroups, kWeight, kBias, int64_t{3}, Text{"NCHW"}, 1e-5, true, 1.5,
   OUT, OUT, OUT)
OP(aclnnGroupNormSwish, Reference(group_norm_swish), real({2, 6}), kWeight, kBias, int64_t{2}, Text{"NCHW"}, 1e-5,
   false, 1.0, OUT, OUT, OUT)
Results group_norm_swish_grad(const Values& in) {  // dy, mean, rstd, x, gamma, beta, groups, scale, dgamma?, dbeta?
  const auto x = leaf(t(in, 3)), gamma = leaf(t(in, 4)), beta = leaf(t(in, 5));
  (swish(at::group_norm(x, in[6].toInt(), gamma, beta, 1e-5), in[7].toDouble()) * t(in, 0)).sum().backward();
  Results out{x.grad()};
  if (in[8].toBool()) out.push_back(gamma.grad());
  if (in[9].toBool()) out.push_back(beta.grad());
  return out;
}
const auto kGroupStats = at::native_group_norm(kGroups, kWeight, kBias, 2, 6, 5, 3, 1e-5);
#define SWISH_GRAD                                                                                         \
  OP(aclnnGroupNormSwishGrad, Reference(group_norm_swish_grad), real({2, 6, 5}), std::get<1>(kGroupStats),            \
     std::get<2>(kGroupStats), kGroups, kWeight, kBias, int64_t{3}, Text{"NCHW"}, 1.5,
SWISH_GRAD true, true, OUT, OUT, OUT)
SWISH_GRAD false, true, OUT, Unseen{at::zeros({6})}, OUT)

Results geglu_grad(const Values& in) {  // grad, self, gelu, dim, approximate, left
  const auto x = leaf(t(in, 1));
  const auto h = x.chunk(2, in[3].toInt());
  const bool left = in[5].toBool();
  (at::gelu(h[left ? 0 : 1], in[4].toInt() ? "tanh" : "none") * h[left ? 1 : 0] * t(in, 0)).sum().backward();
  return {x.grad()};
}
const at::Tensor kGate = real({3, 8});
OP(aclnnGeGluV3Backward, Reference(geglu_grad), real({3, 4}), kGate, at::gelu(kGate.chunk(2, 1)[0], "tanh"),
   int64_t{-1}, int64_t{1}, true, OUT)
OP(aclnnGeGluV3Backward, Reference(geglu_grad), real({3, 4}), kGate, at::gelu(kGate.chunk(2, 1)[1]), int64_t{1},
   int64_t{0}, false, OUT)

Results clipped(const Values& in) {  // x, groups, dim, alpha, limit, bias, interleaved
  const auto x = t(in, 0);
  const int64_t dim = (in[2].toInt() + x.dim()) % x.dim();
  const auto rows = x.flatten(dim).flatten(0, -2);
  const int64_t width = rows.size(1), used = given(in, 1) ? t(in, 1).sum().item<int64_t>() : rows.size(0);
  const double limit = in[4].toDouble();
  const auto half = [&](int64_t i) {
    return in[6].toBool() ? rows.slice(1, i, width, 2) : rows.narrow(1, i * width / 2, width / 2);
  };
  const auto gate = half(0).clamp_max(limit), linear = half(1).clamp(-limit, limit);
  auto y = gate * (gate * in[3].toDouble()).sigmoid() * (linear + in[5].toDouble());
  if (used < y.size(0)) y.narrow(0, used, y.size(0) - used).zero_();
  auto sizes = x.sizes().vec();
  sizes[dim] /= 2;
  return {y.view(sizes)};
}
OP(aclnnClippedSwiglu, Reference(clipped), real({5, 8}), at::tensor({int64_t{1}, int64_t{2}}), int64_t{-1}, 1.7, 0.5,
   1.0, true, OUT)
OP(aclnnClippedSwiglu, Reference(clipped), real({3, 4, 6}), NONE, int64_t{1}, 0.7, 1.0, 0.3, false, OUT)
OP(aclnnClippedSwiglu, Reference(clipped), real({3, 4, 6}), NONE, int64_t{1}, 0.7, 1.0, 0.3, true, OUT)

Results window_softmax(const Values& in) {  // x, mask, bias, scale
  auto x = t(in, 0) * in[3].toDouble() + t(in, 2).view({t(in, 0).size(-3), 2, 5});
  if (given(in, 1)) x = x.view({-1, 3, x.size(-3), 2, 5}) + t(in, 1).view({1, 3, 1, 2, 5});
  return {at::softmax(x, -1).view(t(in, 0).sizes())};
}
OP(aclnnMaskedSoftmaxWithRelPosBias, Reference(window_softmax), real({6, 4, 2, 5}), real({3, 1, 2, 5}), real({4, 2, 5}),
   0.5, int64_t{0}, OUT)
OP(aclnnMaskedSoftmaxWithRelPosBias, Reference(window_softmax), real({2, 3, 4, 2, 5}), real({1, 3, 1, 2, 5}),
   real({1, 1, 4, 2, 5}), 0.5, int64_t{0}, OUT)
OP(aclnnMaskedSoftmaxWithRelPosBias, Reference(window_softmax), real({6, 4, 2, 5}), NONE, real({1, 4, 2, 5}), 2.0,
   int64_t{0}, OUT)

const at::Tensor kLogits = real({4, 5}), kTarget = at::tensor({0, 4, 2, 1}).to(at::kLong);
at::Tensor loss_of(const at::Tensor& x, const at::Tensor& target, const c10::IValue& weight, int64_t reduction,
                   int64_t ignore, double smoothing) {
  return at::cross_entropy_loss(x, target.to(at::kLong), weight.toOptional<at::Tensor>(), reduction, ignore, smoothing);
}
template <int64_t kReduction> Results cross_entropy(
    const Values& in) {  // input, target, weight, ignore, smoothing, ...
  const auto loss = loss_of(t(in, 0), t(in, 1), in[2], kReduction, in[3].toInt(), in[4].toDouble());
  return {loss.view({-1}), at::log_softmax(t(in, 0), -1)};
}
#define NO_ZLOSS \
  0.0, false, OUT, OUT, Unseen{at::empty({0})}, Unseen { at::empty({0}) }
OP(aclnnCrossEntropyLoss, Reference(cross_entropy<1>), kLogits, kTarget, positive({5}), Text{"mean"}, int64_t{-100},
   0.1, NO_ZLOSS)
OP(aclnnCrossEntropyLoss, Reference(cross_entropy<2>), kLogits, kTarget.to(at::kInt), NONE, Text{"sum"}, int64_t{2},
   0.0, NO_ZLOSS)
OP(aclnnCrossEntropyLoss, Reference(cross_entropy<0>), kLogits, kTarget, positive({5}), Text{"none"}, int64_t{1}, 0.3,
   NO_ZLOSS)
template <int64_t kReduction> Results cross_entropy_grad(
    const Values& in) {  // grad, log_prob, target, weight, ..., ignore
  const auto x = leaf(kLogits);
  (loss_of(x, t(in, 2), in[3], kReduction, in[6].toInt(), 0) * t(in, 0)).sum().backward();
  return {x.grad()};
}
const at::Tensor kLogProb = at::log_softmax(kLogits, -1);
OP(aclnnCrossEntropyLossGrad, Reference(cross_entropy_grad<1>), real({}), kLogProb, kTarget, positive({5}), NONE, NONE,
   Text{"mean"}, int64_t{4}, 0.0, 0.0, OUT)
OP(aclnnCrossEntropyLossGrad, Reference(cross_entropy_grad<2>), real({1}), kLogProb, kTarget, NONE, NONE, NONE,
   Text{"sum"}, int64_t{-100}, 0.0, 0.0, OUT)
OP(aclnnCrossEntropyLossGrad, Reference(cross_entropy_grad<0>), real({4}), kLogProb, kTarget, positive({5}), NONE, NONE,
   Text{"none"}, int64_t{-100}, 0.0, 0.0, OUT)

OP(aclnnTransformBiasRescaleQkv, "_transform_bias_rescale_qkv", real({2, 3, 24}), real({24}), int64_t{2}, OUT, OUT, OUT)
OP(aclnnTransformBiasRescaleQkv, "_transform_bias_rescale_qkv", real({1, 5, 12}), real({12}), int64_t{1}, OUT, OUT, OUT)

// Two halves of an attention, each with its own softmax. in: attention, max, sum; twice
at::Tensor eight(const at::Tensor& x) { return x.unsqueeze(-1).repeat_interleave(8, -1); }
Results ring(const Values& in, bool tnd, bool by_sequence) {
  // By sequence: a part of [s * n] rows is [n, s].
  const auto move = [&](const at::Tensor& x, bool back) {
    if (!by_sequence) return x;
    const int64_t heads = x.size(1);
    auto rows = x.reshape({-1}).clone();
    int64_t start = 0;
    for (const int64_t s : {2, 3}) {
      const auto part = x.reshape({-1}).narrow(0, start, s * heads);
      rows.narrow(0, start, s * heads).copy_(part.view({back ? s : heads, -1}).t().reshape({-1}));
      start += s * heads;
    }
    return rows.view(x.sizes());
  };
  const auto stat = [&](size_t i) { return move(t(in, i).select(-1, 0), false).to(at::kDouble); };
  const auto max = at::maximum(stat(1), stat(4));
  const auto first = stat(2) * (stat(1) - max).exp(), second = stat(5) * (stat(4) - max).exp();
  const auto weigh = [&](size_t i, const at::Tensor& part) {
    const auto share = part / (first + second);
    const auto x = t(in, i).to(at::kDouble);
    if (tnd) return x * share.unsqueeze(-1);
    return (x.unflatten(-1, {share.size(1), -1}) * share.permute({2, 0, 1}).unsqueeze(-1)).flatten(-2);
  };
  return {(weigh(0, first) + weigh(3, second)).to(t(in, 0).scalar_type()), eight(move(max.to(at::kFloat), true)),
          eight(move((first + second).to(at::kFloat), true))};
}
Results ring_sbh(const Values& in) { return ring(in, false, false); }
Results ring_tnd(const Values& in) { return ring(in, true, false); }
Results ring_by_sequence(const Values& in) { return ring(in, true, true); }
const at::Tensor kEnds = at::tensor({int64_t{0}, int64_t{2}, int64_t{5}});
#define SBH_HALF real({3, 2, 8}), eight(real({2, 4, 3})), eight(positive({2, 4, 3}))
#define TND_HALF real({5, 2, 64}), eight(real({5, 2})), eight(positive({5, 2}))
OP(aclnnRingAttentionUpdateV2, Reference(ring_sbh), SBH_HALF, SBH_HALF, NONE, Text{"SBH"}, Text{""}, OUT, OUT, OUT)
OP(aclnnRingAttentionUpdateV2, Reference(ring_tnd), TND_HALF, TND_HALF, kEnds, Text{"TND"}, Text{"TND"}, OUT, OUT, OUT)
OP(aclnnRingAttentionUpdateV2, Reference(ring_by_sequence), TND_HALF, TND_HALF, kEnds, Text{"TND"}, Text{""}, OUT, OUT,
   OUT)

}  // namespace
