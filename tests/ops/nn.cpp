// Activations, losses, normalizations.
#include "aclnnop/activation.h"
#include "aclnnop/loss.h"
#include "aclnnop/norm.h"
#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Bools = std::vector<bool>;
using Values = std::vector<at::IValue>;
static const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }
static at::Tensor maybe(const at::IValue& v) { return v.isNone() ? at::Tensor() : v.toTensor(); }

#define BOTH(name, reference, ...)                           \
  OP(aclnn##name, reference, real({3, 4}), __VA_ARGS__, OUT) \
  OP(aclnnInplace##name, reference, InOut{real({3, 4})}, __VA_ARGS__)
#define PLAIN_BOTH(name, reference)             \
  OP(aclnn##name, reference, real({3, 4}), OUT) \
  OP(aclnnInplace##name, reference, InOut{real({3, 4})})
#define BACKWARD(name, reference, ...) OP(aclnn##name, reference, real({3, 4}), real({3, 4}), __VA_ARGS__)

PLAIN_BOTH(Relu, "relu")
PLAIN_BOTH(Hardsigmoid, "hardsigmoid")
PLAIN_BOTH(Hardswish, "hardswish")
PLAIN_BOTH(Mish, "mish")
BOTH(Celu, "celu", 0.7)
BOTH(Elu, "elu", 0.7, 1.1, 0.9)
BOTH(Hardtanh, "hardtanh", -0.5, 0.5)
BOTH(LeakyRelu, "leaky_relu", 0.1)
BOTH(Threshold, "threshold", 0.2, -1.0)
OP(aclnnSilu, "silu", real({3, 4}), OUT)
OP(aclnnGelu, "gelu", real({3, 4}), OUT)
OP(aclnnHardshrink, "hardshrink", real({3, 4}), 0.5, OUT)
OP(aclnnSoftshrink, "softshrink", real({3, 4}), 0.5, OUT)
OP(aclnnSoftplus, "softplus", real({3, 4}), 2.0, 1.0, OUT)
OP(aclnnGlu, "glu", real({3, 4}), int64_t{1}, OUT)
static Results softmax(const Values& in) { return {at::softmax(t(in, 0), in[1].toInt())}; }
static Results log_softmax(const Values& in) { return {at::log_softmax(t(in, 0), in[1].toInt())}; }
OP(aclnnSoftmax, Reference(softmax), real({3, 4}), int64_t{1}, OUT)
OP(aclnnSoftmax, Reference(softmax), real({0, 4}), int64_t{1}, OUT)
OP(aclnnLogSoftmax, Reference(log_softmax), real({3, 4}), int64_t{-1}, OUT)
static Results softmax_backward(const Values& in) {
  return {at::_softmax_backward_data(t(in, 0), t(in, 1), in[2].toInt(), at::kFloat)};
}
static Results log_softmax_backward(const Values& in) {
  return {at::_log_softmax_backward_data(t(in, 0), t(in, 1), in[2].toInt(), at::kFloat)};
}
OP(aclnnSoftmaxBackward, Reference(softmax_backward), real({3, 4}), positive({3, 4}), int64_t{1}, OUT)
OP(aclnnLogSoftmaxBackward, Reference(log_softmax_backward), real({3, 4}), real({3, 4}), int64_t{1}, OUT)

BACKWARD(ThresholdBackward, "threshold_backward", 0.2, OUT)
BACKWARD(HardsigmoidBackward, "hardsigmoid_backward", OUT)
BACKWARD(HardswishBackward, "hardswish_backward", OUT)
BACKWARD(HardswishBackwardV2, "hardswish_backward", OUT)
BACKWARD(MishBackward, "mish_backward", OUT)
BACKWARD(SiluBackward, "silu_backward", OUT)
BACKWARD(GeluBackward, "gelu_backward", OUT)
BACKWARD(HardshrinkBackward, "hardshrink_backward", 0.5, OUT)
BACKWARD(SoftshrinkBackward, "softshrink_backward", 0.5, OUT)
BACKWARD(HardtanhBackward, "hardtanh_backward", -0.5, 0.5, OUT)
BACKWARD(LeakyReluBackward, "leaky_relu_backward", 0.1, false, OUT)
BACKWARD(SoftplusBackward, "softplus_backward", 2.0, 1.0, OUT)
OP(aclnnEluBackward, "elu_backward", real({3, 4}), 0.7, 1.1, 0.9, false, real({3, 4}), OUT)
OP(aclnnGluBackward, "glu_backward", real({3, 2}), real({3, 4}), int64_t{1}, OUT)
static Results gelu_form(const Values& in) { return {at::gelu(t(in, 0), in[1].toInt() ? "tanh" : "none")}; }
static Results gelu_tanh_backward(const Values& in) { return {at::gelu_backward(t(in, 0), t(in, 1), "tanh")}; }
OP(aclnnGeluV2, Reference(gelu_form), real({3, 4}), int64_t{1}, OUT)
OP(aclnnGeluV2, Reference(gelu_form), real({3, 4}), int64_t{0}, OUT)
OP(aclnnGeluBackwardV2, Reference(gelu_tanh_backward), real({3, 4}), real({3, 4}), NotReferenced<const char*>{"tanh"},
   OUT)
static Results log_sigmoid(const Values& in) { return {at::log_sigmoid(t(in, 0))}; }
static Results log_sigmoid_backward(const Values& in) {
  return {at::log_sigmoid_backward(t(in, 0), t(in, 1), at::exp(-t(in, 1).abs()))};
}
OP(aclnnLogSigmoidForward, Reference(log_sigmoid), real({3, 4}), OUT, NotReferenced<at::Tensor>{at::zeros({3, 4})})
OP(aclnnLogSigmoidBackward, Reference(log_sigmoid_backward), real({3, 4}), real({3, 4}),
   NotReferenced<at::Tensor>{at::zeros({3, 4})}, OUT)
OP(aclnnPrelu, "prelu", real({2, 3, 4}), positive({3}), OUT)
static Results prelu_backward(const Values& in) {
  const auto [dx, dw] = at::_prelu_kernel_backward(t(in, 0), t(in, 1), t(in, 2).reshape({1, 3, 1}));
  return {dx, dw.sum({0, 2})};
}
OP(aclnnPreluBackward, Reference(prelu_backward), real({2, 3, 4}), real({2, 3, 4}), positive({3}), OUT, OUT)

// Fused ones, against their formulas.
static Results swiglu(const Values& in) {
  const auto h = t(in, 0).chunk(2, in[1].toInt());
  return {at::silu(h[0]) * h[1]};
}
static Results swiglu_grad(const Values& in) {
  const auto h = t(in, 1).chunk(2, in[2].toInt());
  const auto s = h[0].sigmoid();
  return {at::cat({t(in, 0) * h[1] * (s + h[0] * s * (1 - s)), t(in, 0) * h[0] * s}, in[2].toInt())};
}
static Results geglu(const Values& in) {
  const auto h = t(in, 0).chunk(2, in[1].toInt());
  const bool left = in[3].toBool();
  const auto gelu = at::gelu(h[left ? 0 : 1], in[2].toInt() ? "tanh" : "none");
  return {gelu * h[left ? 1 : 0], gelu};
}
static Results gelu_mul(const Values& in) {
  const auto h = t(in, 0).chunk(2, -1);
  return {at::gelu(h[0], "tanh") * h[1]};
}
static Results fast_gelu(const Values& in) { return {t(in, 0) * (t(in, 0) * 1.702).sigmoid()}; }
static Results fast_gelu_backward(const Values& in) {
  const auto s = (t(in, 1) * 1.702).sigmoid();
  return {t(in, 0) * (s + t(in, 1) * 1.702 * s * (1 - s))};
}
OP(aclnnSwiGlu, Reference(swiglu), real({3, 8}), int64_t{-1}, OUT)
OP(aclnnSwiGluGrad, Reference(swiglu_grad), real({3, 4}), real({3, 8}), int64_t{1}, OUT)
OP(aclnnGeGluV3, Reference(geglu), real({3, 8}), int64_t{-1}, int64_t{1}, true, OUT, OUT)
OP(aclnnGeGluV3, Reference(geglu), real({3, 8}), int64_t{-1}, int64_t{0}, false, OUT, OUT)
OP(aclnnGeluMul, Reference(gelu_mul), real({3, 8}), NotReferenced<const char*>{"tanh"}, OUT)
OP(aclnnFastGelu, Reference(fast_gelu), real({3, 4}), OUT)
OP(aclnnFastGeluBackward, Reference(fast_gelu_backward), real({3, 4}), real({3, 4}), OUT)
static Results masked_softmax(const Values& in) {
  return {at::softmax((t(in, 0) * in[2].toDouble()).masked_fill(t(in, 1), -10000), -1)};
}
static Results masked_softmax_backward(const Values& in) {
  const auto g = at::_softmax_backward_data(t(in, 0), t(in, 1), -1, at::kFloat) * in[3].toDouble();
  return {g.masked_fill(t(in, 2), 0)};
}
OP(aclnnScaledMaskedSoftmax, Reference(masked_softmax), real({2, 1, 3, 4}), truth({2, 1, 3, 4}), 0.5, false, OUT)
OP(aclnnScaledMaskedSoftmaxBackward, Reference(masked_softmax_backward), real({2, 1, 3, 4}), positive({2, 1, 3, 4}),
   truth({2, 1, 3, 4}), 0.5, false, OUT)

// Losses, with their three reductions: 0 none, 1 mean, 2 sum.
constexpr int64_t kNone = 0, kMean = 1, kSum = 2;
OP(aclnnNLLLoss, "nll_loss_forward", real({4, 5}), whole({4}, 0, 5), positive({5}), kMean, int64_t{-100}, OUT, OUT)
OP(aclnnNLLLoss, "nll_loss_forward", real({4, 5}), whole({4}, 0, 5), NONE, kNone, int64_t{2}, OUT, OUT)
OP(aclnnNLLLossBackward, "nll_loss_backward", real({}), real({4, 5}), whole({4}, 0, 5), NONE, kMean, int64_t{-100},
   at::full({}, 4.0f), OUT)
OP(aclnnNLLLoss2d, "nll_loss2d_forward", real({2, 5, 3, 4}), whole({2, 3, 4}, 0, 5), NONE, kSum, int64_t{-100}, OUT,
   OUT)
OP(aclnnNLLLoss2dBackward, "nll_loss2d_backward", real({}), real({2, 5, 3, 4}), whole({2, 3, 4}, 0, 5), NONE, kSum,
   int64_t{-100}, at::full({}, 24.0f), OUT)
OP(aclnnMseLoss, "mse_loss", real({3, 4}), real({3, 4}), kMean, OUT)
OP(aclnnMseLoss, "mse_loss", real({3, 4}), real({3, 4}), kNone, OUT)
OP(aclnnMseLossBackward, "mse_loss_backward", real({}), real({3, 4}), real({3, 4}), kMean, OUT)
OP(aclnnSmoothL1Loss, "smooth_l1_loss", real({3, 4}), real({3, 4}), kSum, 0.5f, OUT)
OP(aclnnSmoothL1LossBackward, "smooth_l1_loss_backward", real({}), real({3, 4}), real({3, 4}), kSum, 0.5f, OUT)
OP(aclnnSoftMarginLoss, "soft_margin_loss", real({3, 4}), real({3, 4}).sign(), kMean, OUT)
OP(aclnnSoftMarginLoss, "soft_margin_loss", real({3, 4}), real({3, 4}).sign(), kNone, OUT)
OP(aclnnSoftMarginLossBackward, "soft_margin_loss_backward", real({}), real({3, 4}), real({3, 4}).sign(), kMean, OUT)
OP(aclnnL1Loss, "l1_loss", real({3, 4}), real({3, 4}), kMean, OUT)
static Results l1_backward(const Values& in) { return {(t(in, 1) - t(in, 2)).sign() * t(in, 0) / t(in, 1).numel()}; }
OP(aclnnL1LossBackward, Reference(l1_backward), real({}), real({3, 4}), real({3, 4}), kMean, OUT)
OP(aclnnBinaryCrossEntropy, "binary_cross_entropy", positive({3, 4}).clamp(0, 1), positive({3, 4}).clamp(0, 1),
   positive({3, 4}), kMean, OUT)
OP(aclnnBinaryCrossEntropy, "binary_cross_entropy", positive({3, 4}).clamp(0, 1), positive({3, 4}).clamp(0, 1), NONE,
   kNone, OUT)
OP(aclnnBinaryCrossEntropyBackward, "binary_cross_entropy_backward", real({}), positive({3, 4}).clamp(0, 0.9),
   positive({3, 4}).clamp(0, 1), NONE, kMean, OUT)
OP(aclnnBinaryCrossEntropyWithLogits, "binary_cross_entropy_with_logits", real({3, 4}), positive({3, 4}).clamp(0, 1),
   NONE, positive({4}), kMean, OUT)
static Results bce_logits_backward(const Values& in) {
  const auto x = t(in, 1).detach().clone(), y = t(in, 2), w = maybe(in[3]), p = maybe(in[4]);
  const auto s = x.sigmoid();
  auto g = p.defined() ? -(p * y * (1 - s)) + (1 - y) * s : s - y;
  if (w.defined()) g = g * w;
  return {g * t(in, 0) / x.numel()};
}
OP(aclnnBinaryCrossEntropyWithLogitsBackward, Reference(bce_logits_backward), real({}), real({3, 4}),
   positive({3, 4}).clamp(0, 1), positive({3, 4}), positive({4}), kMean, OUT)
OP(aclnnBinaryCrossEntropyWithLogitsBackward, Reference(bce_logits_backward), real({}), real({3, 4}),
   positive({3, 4}).clamp(0, 1), NONE, NONE, kMean, OUT)
OP(aclnnKlDiv, "kl_div", real({3, 4}), positive({3, 4}), kSum, false, OUT)
static Results kl_backward(const Values& in) { return {-t(in, 2) * t(in, 0)}; }
static Results kl_log_backward(const Values& in) { return {-t(in, 2).exp() * t(in, 0) / t(in, 2).numel()}; }
static Results kl_target_backward(const Values& in) { return {(t(in, 2).log() + 1 - t(in, 1)) * t(in, 0)}; }
OP(aclnnKlDivBackward, Reference(kl_backward), real({}), real({3, 4}), positive({3, 4}), kSum, false, OUT)
OP(aclnnKlDivBackward, Reference(kl_log_backward), real({}), real({3, 4}), real({3, 4}), kMean, true, OUT)
OP(aclnnKlDivTargetBackward, Reference(kl_target_backward), real({}), real({3, 4}), positive({3, 4}), kSum, false, OUT)
OP(aclnnMultilabelMarginLoss, "multilabel_margin_loss_forward", real({2, 4}),
   at::tensor({3, 0, -1, -1, 1, 2, 3, -1}).to(at::kLong).reshape({2, 4}), kMean, OUT, OUT)
static const at::Tensor kLogProbs = at::log_softmax(real({6, 2, 5}), -1), kTargets = whole({2, 3}, 1, 5);
static Results ctc(const Values& in) {
  const auto [loss, alpha] =
      at::_ctc_loss(t(in, 0), t(in, 1), in[2].toIntVector(), in[3].toIntVector(), in[4].toInt(), in[5].toBool());
  return {loss, alpha};
}
OP(aclnnCtcLoss, Reference(ctc), kLogProbs, kTargets, (Ints{6, 6}), (Ints{3, 3}), int64_t{0}, false, OUT, OUT)
static Results ctc_backward(const Values& in) {
  return {at::_ctc_loss_backward(t(in, 0), t(in, 1), t(in, 2), in[3].toIntVector(), in[4].toIntVector(), t(in, 5),
                                 t(in, 6), in[7].toInt(), in[8].toBool())};
}
static const auto [kNll, kAlpha] =
    at::_ctc_loss(kLogProbs, kTargets, at::IntArrayRef{6, 6}, at::IntArrayRef{3, 3}, 0, false);
OP(aclnnCtcLossBackward, Reference(ctc_backward), at::ones({2}), kLogProbs, kTargets, (Ints{6, 6}), (Ints{3, 3}), kNll,
   kAlpha, int64_t{0}, false, OUT)

// Normalizations.
static const at::Tensor kBatch = real({4, 3, 5}), kWeight = positive({3}), kBias = real({3});
static Results batch_norm(const Values& in) {
  auto mean = t(in, 3).clone(), var = t(in, 4).clone();
  const auto [y, m, r] = at::native_batch_norm(t(in, 0), maybe(in[1]), maybe(in[2]), mean, var, in[5].toBool(),
                                               in[6].toDouble(), in[7].toDouble());
  if (in[5].toBool()) return {mean, var, y, m, r};
  return {mean, var, y};
}
OP(aclnnBatchNorm, Reference(batch_norm), kBatch, kWeight, kBias, InOut{real({3})}, InOut{positive({3})}, true, 0.1,
   1e-5, OUT, OUT, OUT)
OP(aclnnBatchNorm, Reference(batch_norm), kBatch, NONE, NONE, InOut{real({3})}, InOut{positive({3})}, false, 0.1, 1e-5,
   OUT, NotReferenced<at::Tensor>{at::empty({0})}, NotReferenced<at::Tensor>{at::empty({0})})
static Results batch_norm_backward(const Values& in) {
  const auto [a, b, c] = at::native_batch_norm_backward(t(in, 0), t(in, 1), t(in, 2), t(in, 3), t(in, 4), t(in, 5),
                                                        t(in, 6), in[7].toBool(), in[8].toDouble(), {true, true, true});
  return {a, b, c};
}
OP(aclnnBatchNormBackward, Reference(batch_norm_backward), real({4, 3, 5}), kBatch, kWeight, real({3}), positive({3}),
   real({3}), positive({3}), true, 1e-5, (Bools{true, true, true}), OUT, OUT, OUT)
OP(aclnnLayerNorm, "native_layer_norm", real({2, 3, 4}), (Ints{3, 4}), real({3, 4}), real({3, 4}), 1e-5, OUT, OUT, OUT)
OP(aclnnFastLayerNorm, "native_layer_norm", real({2, 3, 4}), Ints{4}, NONE, NONE, 1e-5, OUT, OUT, OUT)
static const at::Tensor kLayer = real({2, 3, 4}), kGamma = real({4}), kBeta = real({4});
static const auto kLayerNorm = at::native_layer_norm(kLayer, {4}, kGamma, kBeta, 1e-5);
OP(aclnnLayerNormBackward, "native_layer_norm_backward", real({2, 3, 4}), kLayer, Ints{4}, std::get<1>(kLayerNorm),
   std::get<2>(kLayerNorm), kGamma, kBeta, (Bools{true, true, true}), OUT, OUT, OUT)
static const at::Tensor kGroups = real({2, 6, 5}), kGroupWeight = real({6}), kGroupBias = real({6});
OP(aclnnGroupNorm, "native_group_norm", kGroups, kGroupWeight, kGroupBias, int64_t{2}, int64_t{6}, int64_t{5},
   int64_t{3}, 1e-5, OUT, OUT, OUT)
static const auto kGroupNorm = at::native_group_norm(kGroups, kGroupWeight, kGroupBias, 2, 6, 5, 3, 1e-5);
OP(aclnnGroupNormBackward, "native_group_norm_backward", real({2, 6, 5}), kGroups, std::get<1>(kGroupNorm),
   std::get<2>(kGroupNorm), kGroupWeight, int64_t{2}, int64_t{6}, int64_t{5}, int64_t{3}, (Bools{true, true, true}),
   OUT, OUT, OUT)
static Results group_norm_silu(const Values& in) {
  const auto [y, m, r] = at::native_group_norm(t(in, 0), t(in, 1), t(in, 2), 2, 6, 5, in[3].toInt(), in[4].toDouble());
  return {at::silu(y), m, r};
}
OP(aclnnGroupNormSilu, Reference(group_norm_silu), kGroups, kGroupWeight, kGroupBias, int64_t{3}, 1e-5, OUT, OUT, OUT)

static Results rms(const at::Tensor& x, const at::Tensor& gamma, double eps) {
  const auto r = (x.square().mean(-1, true) + eps).rsqrt();
  return {x * r * gamma, r};
}
static Results rms_norm(const Values& in) { return rms(t(in, 0), t(in, 1), in[2].toDouble()); }
static Results gemma_norm(const Values& in) { return rms(t(in, 0), t(in, 1) + 1, in[2].toDouble()); }
static Results add_rms_norm(const Values& in) {
  const auto x = t(in, 0) + t(in, 1);
  auto out = rms(x, t(in, 2), in[3].toDouble());
  out.push_back(x);
  return out;
}
static Results rms_norm_grad(const Values& in) {  // by automatic differentiation's chain, written out
  const auto dy = t(in, 0), x = t(in, 1), r = t(in, 2), g = t(in, 3), n = x * r;
  return {r * (dy * g - n * (dy * g * n).mean(-1, true)), (dy * n).sum({0, 1})};
}
OP(aclnnRmsNorm, Reference(rms_norm), kLayer, kGamma, 1e-5, OUT, OUT)
OP(aclnnGemmaRmsNorm, Reference(gemma_norm), kLayer, kGamma, 1e-5, OUT, OUT)
OP(aclnnAddRmsNorm, Reference(add_rms_norm), kLayer, real({2, 3, 4}), kGamma, 1e-5, OUT, OUT, OUT)
OP(aclnnRmsNormGrad, Reference(rms_norm_grad), real({2, 3, 4}), kLayer, rms(kLayer, kGamma, 1e-5)[1], kGamma, OUT, OUT)
template <bool kDivides> static Results rms_norm_grad_quant(const Values& in) {  // without the mode
  const auto grads = rms_norm_grad(in);
  const auto scaled = kDivides ? grads[0] / t(in, 4) : grads[0] * t(in, 4);
  const auto moved = in[5].isNone() ? scaled : scaled + t(in, 5);
  return {moved.round().clamp(-128, 127).to(at::kChar), grads[1]};
}
OP(aclnnRmsNormGradQuant, Reference(rms_norm_grad_quant<true>), real({2, 3, 4}), kLayer, rms(kLayer, kGamma, 1e-5)[1],
   kGamma, at::full({1}, 0.02f), at::full({1}, 3, at::kInt), NotReferenced<const char*>{"static"}, true, OUT, OUT)
OP(aclnnRmsNormGradQuant, Reference(rms_norm_grad_quant<false>), real({2, 3, 4}), kLayer, rms(kLayer, kGamma, 1e-5)[1],
   kGamma, at::full({1}, 70.0f), NONE, NotReferenced<const char*>{"static"}, false, OUT, OUT)
static Results add_layer_norm(const Values& in) {
  const auto x = t(in, 0) + t(in, 1) + t(in, 4);
  const auto [y, m, r] = at::native_layer_norm(x, {4}, t(in, 2), t(in, 3), in[5].toDouble());
  return {y, m, r, x};
}
static Results deep_norm(const Values& in) {
  const auto [y, m, r] =
      at::native_layer_norm(t(in, 0) * in[4].toDouble() + t(in, 1), {4}, t(in, 3), t(in, 2), in[5].toDouble());
  return {m, r, y};
}
OP(aclnnAddLayerNorm, Reference(add_layer_norm), kLayer, real({2, 3, 4}), kGamma, kBeta, real({4}), 1e-5, true, OUT,
   OUT, OUT, OUT)
OP(aclnnDeepNorm, Reference(deep_norm), kLayer, real({2, 3, 4}), kBeta, kGamma, 0.3, 1e-5, OUT, OUT, OUT)

// The parts of a synchronized batch normalization give together what one batch gives.
static Results stats(const Values& in) {
  const auto x = t(in, 0).transpose(0, 1).flatten(1);
  return {x.mean(1), (x.var(1, false) + in[1].toDouble()).rsqrt()};
}
static Results sums(const Values& in) { return {t(in, 0).sum({0, 2}), t(in, 0).square().sum({0, 2})}; }
static at::Tensor channels(const at::Tensor& x) { return x.reshape({1, -1, 1}); }
static Results elemt(const Values& in) {
  return {(t(in, 0) - channels(t(in, 3))) * channels(t(in, 4)) * channels(t(in, 1)) + channels(t(in, 2))};
}
OP(aclnnBatchNormStats, Reference(stats), kBatch, 1e-5, OUT, OUT)
OP(aclnnBatchNormReduce, Reference(sums), kBatch, OUT, OUT)
OP(aclnnBatchNormElemt, Reference(elemt), kBatch, kWeight, kBias, real({3}), positive({3}), 1e-5, OUT)
static const at::Tensor kPart1 = real({4, 3, 5}), kPart2 = real({2, 3, 5});
static Results gathered(const Values& in) {
  const auto whole = at::cat({kPart1, kPart2}).transpose(0, 1).flatten(1);
  const auto mean = whole.mean(1), var = whole.var(1, false);
  return {t(in, 3) * 0.9 + mean * 0.1, t(in, 4) * 0.9 + whole.var(1, true) * 0.1, mean, (var + 1e-5).rsqrt()};
}
static at::Tensor part_stat(int i) { return at::stack({stats({kPart1, 1e-5})[i], stats({kPart2, 1e-5})[i]}); }
static at::Tensor part_sum(int i) { return at::stack({sums({kPart1})[i], sums({kPart2})[i]}); }
static const at::Tensor kCounts = at::tensor({20.0f, 10.0f});
OP(aclnnBatchNormGatherStatsWithCounts, Reference(gathered), kPart1, part_stat(0), part_stat(1), InOut{real({3})},
   InOut{positive({3})}, 0.1, 1e-5, kCounts, OUT, OUT)
OP(aclnnSyncBatchNormGatherStats, Reference(gathered), part_sum(0), part_sum(1), kCounts, InOut{real({3})},
   InOut{positive({3})}, 0.1f, 1e-5f, OUT, OUT)
static Results reduce_backward(const Values& in) {
  const auto dy = t(in, 0).sum({0, 2}), xmu = (t(in, 0) * (t(in, 1) - channels(t(in, 2)))).sum({0, 2});
  return {dy, xmu, xmu * t(in, 3), dy};
}
OP(aclnnBatchNormReduceBackward, Reference(reduce_backward), real({4, 3, 5}), kBatch, real({3}), positive({3}), kWeight,
   true, true, true, OUT, OUT, OUT, OUT)
static Results elemt_backward(const Values& in) {  // equals the gradient of a batch of its own
  const auto [dx, dw, db] = at::native_batch_norm_backward(t(in, 0), t(in, 1), t(in, 4), {}, {}, t(in, 2), t(in, 3),
                                                           true, 1e-5, {true, true, true});
  return {dx};
}
static const auto kBatchStats = stats({kBatch, 1e-5});
static const at::Tensor kBatchGrad = real({4, 3, 5});
static const auto kBatchSums = reduce_backward({kBatchGrad, kBatch, kBatchStats[0], kBatchStats[1]});
OP(aclnnBatchNormElemtBackward, Reference(elemt_backward), kBatchGrad, kBatch, kBatchStats[0], kBatchStats[1], kWeight,
   kBatchSums[0], kBatchSums[1], at::full({1}, 20, at::kInt), OUT)

static Results soft_cross_entropy(const Values& in) {
  const auto share = at::log_softmax(t(in, 0), 1);
  return {-(t(in, 1) * share).sum(1), share.exp() - t(in, 1)};
}
OP(aclnnSoftmaxCrossEntropyWithLogits, Reference(soft_cross_entropy), real({3, 5}), positive({3, 5}), OUT, OUT)
static Results plain_geglu(const Values& in) {
  const auto h = t(in, 0).chunk(2, in[1].toInt());
  const auto gelu = at::gelu(h[1], in[2].toInt() ? "tanh" : "none");
  return {gelu * h[0], gelu};
}
OP(aclnnGeGlu, Reference(plain_geglu), real({3, 8}), int64_t{-1}, int64_t{1}, OUT, OUT)
