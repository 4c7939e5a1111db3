// torch.nn.functional.scaled_dot_product_attention on the device's flash attention. PyTorch asks which way to take;
// what the device's operator does not take (a mask, which may need a gradient, other dtypes or shapes) goes the way of
// math.
#include "aten/row.h"

#include <ATen/TensorOperators.h>
#include <ATen/native/DispatchStub.h>
#include <ATen/native/transformers/attention.h>
#include <ATen/native/transformers/sdp_utils_cpp.h>
#include <ATen/ops/_fused_sdp_choice_ops.h>
#include <ATen/ops/_scaled_dot_product_fused_attention_overrideable_backward_ops.h>
#include <ATen/ops/_scaled_dot_product_fused_attention_overrideable_ops.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/log.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/triu.h>

#include <cmath>

#include "aclnnop/attention.h"
#include "aclnnop/random.h"
#include "runtime/NPUGenerator.h"

namespace at_npu {
namespace {

constexpr uint64_t kNumbers = 10;                            // how far a dropout mask moves the generator on
constexpr int64_t kEverything = INT32_MAX;                   // no window
constexpr int64_t kAddAfterScale = 0;                        // pse_type
constexpr int64_t kNoMask = 0, kWholeMask = 1, kCausal = 2;  // sparse_mode
constexpr int64_t kCompressed = 2048;  // the causal mode takes a mask of this size, whatever the lengths

bool is_fused(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const OptTensor& mask) {
  const auto dtype = query.scalar_type();
  if (mask && mask->defined()) return false;
  if (dtype != at::kHalf && dtype != at::kBFloat16 && dtype != at::kFloat) return false;
  if (key.scalar_type() != dtype || value.scalar_type() != dtype) return false;
  if (query.dim() != 4 || key.dim() != 4 || value.dim() != 4) return false;
  if (!query.numel() || !key.numel() || !value.numel()) return false;
  return query.size(0) == key.size(0) && query.size(0) == value.size(0) && key.size(1) == value.size(1) &&
         query.size(1) % key.size(1) == 0 && key.size(2) == value.size(2) && query.size(3) == key.size(3) &&
         value.size(3) == key.size(3);
}

// Who asks for one of CUDA's fused ways gets the device's.
int64_t choice(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const OptTensor& mask,
               double /*dropout*/, bool /*is_causal*/, std::optional<double> /*scale*/, bool /*enable_gqa*/) {
  const auto& wanted = at::globalContext();
  const bool fused = wanted.userEnabledOverrideableSDP() || wanted.userEnabledFlashSDP() ||
                     wanted.userEnabledMemEfficientSDP() || wanted.userEnabledCuDNNSDP();
  if (fused && is_fused(query, key, value, mask)) return static_cast<int64_t>(sdp::SDPBackend::overrideable);
  if (wanted.userEnabledMathSDP()) return static_cast<int64_t>(sdp::SDPBackend::math);
  TORCH_CHECK(!fused,
              "scaled_dot_product_attention: the NPU's fused attention takes 4-dimensional query, key and value of one "
              "floating dtype and head size, without attn_mask; allow SDPBackend.MATH for the rest. Called with ",
              query.scalar_type(), query.sizes(), ", ", key.scalar_type(), key.sizes(), ", ", value.scalar_type(),
              value.sizes(), mask && mask->defined() ? " and a mask" : "");
  return static_cast<int64_t>(sdp::SDPBackend::error);
}

struct Call {
  Call(const at::Tensor& query, const at::Tensor& key, double dropout, bool is_causal, std::optional<double> scale)
      : scale(scale.value_or(1 / std::sqrt(static_cast<double>(query.size(3))))),
        keep(1 - dropout),
        heads(query.size(1)),
        scores(query.size(0) * query.size(1) * query.size(2) * key.size(2)) {
    if (!is_causal) return;
    const bool small = query.size(2) <= kCompressed / 4 && key.size(2) <= kCompressed / 4;
    sparse_mode = small ? kWholeMask : kCausal;
    const int64_t rows = small ? query.size(2) : kCompressed, columns = small ? key.size(2) : kCompressed;
    mask = at::triu(at::ones({rows, columns}, query.options().dtype(at::kBool)), 1);
  }
  at::Tensor dropped(const at::Tensor& like, int64_t seed, int64_t offset) const {
    if (keep == 1) return {};
    auto bits = make({(scores + 127) / 128 * 16}, at::kByte);
    NPU_LAUNCH(aclnnDropoutGenMaskV2, at::IntArrayRef(scores), 1 - keep, seed, offset, like.scalar_type(), bits);
    return bits;
  }

  double scale, keep;
  int64_t heads, scores, sparse_mode = kNoMask;
  at::Tensor mask;
};

constexpr at::IntArrayRef kNone{};
const std::string kLayout = "BNSD";

using Forward = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, c10::SymInt, c10::SymInt, at::Tensor,
                           at::Tensor, at::Tensor>;
Forward attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const OptTensor& bias,
                  double dropout, bool is_causal, bool /*debug*/, std::optional<double> scale) {
  const c10_npu::NPUGuard guard(query.device());
  const Call call(query, key, dropout, is_causal, scale);
  std::pair<uint64_t, uint64_t> state{};
  if (dropout > 0) state = c10_npu::philox_state(std::nullopt, kNumbers);
  const auto seed = static_cast<int64_t>(state.first), offset = static_cast<int64_t>(state.second);
  auto out = make(query.sizes(), query.scalar_type());
  auto max = make({query.size(0), query.size(1), query.size(2), 8}, at::kFloat), sum = at::empty_like(max);
  auto softmax = make({0}, query.scalar_type());
  NPU_LAUNCH(aclnnFlashAttentionScoreV2, query, key, value, bias, call.dropped(query, seed, offset), at::Tensor(),
             call.mask, kNone, kNone, kNone, call.scale, call.keep, kEverything, kEverything, call.heads, kLayout,
             int64_t{0}, call.sparse_mode, kAddAfterScale, max, sum, softmax, out);
  const auto lse = max.select(3, 0) + at::log(sum.select(3, 0));
  const auto number = [](int64_t n) { return at::scalar_tensor(n, at::kLong); };
  return {out, lse, at::Tensor(), at::Tensor(), query.size(2), key.size(2), number(seed), number(offset), at::Tensor()};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> backward(
    const at::Tensor& grad, const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
    const at::Tensor& bias, std::array<bool, 4> wanted, const at::Tensor& out, const at::Tensor& lse,
    const at::Tensor& /*cum_seq_q*/, const at::Tensor& /*cum_seq_k*/, c10::SymInt /*max_q*/, c10::SymInt /*max_k*/,
    double dropout, bool is_causal, const at::Tensor& seed, const at::Tensor& offset, std::optional<double> scale) {
  if (!grad.defined()) return {};
  const c10_npu::NPUGuard guard(query.device());
  const Call call(query, key, dropout, is_causal, scale);
  // exp(score - lse) is the share already: its sum is 1.
  auto sizes = lse.sizes().vec();
  sizes.push_back(8);
  const auto max = lse.unsqueeze(3).expand(sizes).contiguous(), sum = at::ones_like(max);
  auto dq = at::empty_like(query), dk = at::empty_like(key), dv = at::empty_like(value);
  auto dbias = bias.defined() && wanted[3] ? at::empty_like(bias) : at::Tensor();
  NPU_LAUNCH(aclnnFlashAttentionScoreGradV2, query, key, value, grad, bias,
             call.dropped(query, seed.item<int64_t>(), offset.item<int64_t>()), at::Tensor(), call.mask, max, sum,
             make({0}, query.scalar_type()), out, kNone, kNone, kNone, call.scale, call.keep, kEverything, kEverything,
             call.heads, kLayout, int64_t{0}, call.sparse_mode, kAddAfterScale, dq, dk, dv, dbias);
  const auto if_wanted = [&](int i, at::Tensor& t) { return wanted[i] ? t : at::Tensor(); };
  return {if_wanted(0, dq), if_wanted(1, dk), if_wanted(2, dv), dbias};
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(_fused_sdp_choice, aclnnFlashAttentionScoreV2, choice);
  NPU_CUSTOM(_scaled_dot_product_fused_attention_overrideable, aclnnFlashAttentionScoreV2, attention);
  NPU_CUSTOM(_scaled_dot_product_fused_attention_overrideable_backward, aclnnFlashAttentionScoreGradV2, backward);
}

}  // namespace at_npu

namespace at::native {
REGISTER_PRIVATEUSE1_DISPATCH(_fused_sdp_choice_stub, &at_npu::choice)
}  // namespace at::native
