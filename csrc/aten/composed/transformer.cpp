// The fast path of nn.MultiheadAttention and nn.TransformerEncoderLayer in evaluation.
#include "aten/composed/composed.h"

#include <ATen/ops/_masked_softmax.h>
#include <ATen/ops/_native_multi_head_attention_ops.h>
#include <ATen/ops/_transform_bias_rescale_qkv.h>
#include <ATen/ops/_transform_bias_rescale_qkv_ops.h>
#include <ATen/ops/_transformer_encoder_layer_fwd_ops.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softmax.h>

namespace at_npu {
namespace {

// [batch, length, 3 width] -> query, scaled, key, and value: [batch, heads, length, width / heads] each.
std::tuple<at::Tensor, at::Tensor, at::Tensor> split_heads(const at::Tensor& qkv, const at::Tensor& bias,
                                                           int64_t heads) {
  TORCH_CHECK(qkv.dim() == 3, "expected 3D `qkv`, got ", qkv.dim(), "D");
  TORCH_CHECK(bias.dim() == 1, "expected 1D `qkv_bias`, got ", bias.dim(), "D");
  const int64_t width = bias.size(0) / 3;
  TORCH_CHECK(bias.size(0) % 3 == 0 && qkv.size(2) == bias.size(0) && heads > 0 && width % heads == 0, "`qkv` of ",
              qkv.sizes(), " and `qkv_bias` of ", bias.sizes(), " do not hold three times ", heads, " heads");
  const int64_t head = width / heads;
  const auto parts = (qkv + bias).view({qkv.size(0), qkv.size(1), 3, heads, head}).permute({2, 0, 3, 1, 4}).unbind(0);
  return {parts[0] / std::sqrt(static_cast<double>(head)), parts[1].contiguous(), parts[2].contiguous()};
}

// The three inputs times their parts of one weight.
at::Tensor project(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const at::Tensor& weight) {
  if (key.is_same(value) && query.is_same(key)) return at::linear(query, weight);
  const auto parts = weight.chunk(3);
  return at::cat({at::linear(query, parts[0]), at::linear(key, parts[1]), at::linear(value, parts[2])}, 2);
}

std::tuple<at::Tensor, at::Tensor> attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                          int64_t width, int64_t heads, const at::Tensor& qkv_weight,
                                          const at::Tensor& qkv_bias, const at::Tensor& proj_weight,
                                          const at::Tensor& proj_bias, const OptTensor& mask, bool need_weights,
                                          bool average_weights, std::optional<int64_t> mask_type) {
  TORCH_CHECK(query.dim() == 3 && key.dim() == 3 && value.dim() == 3, "expected 3-D query, key and value, got ",
              query.sizes(), ", ", key.sizes(), " and ", value.sizes());
  TORCH_CHECK(query.size(2) == width, "passed-in embed_dim ", width, " didn't match last dim of query ", query.size(2));
  TORCH_CHECK(key.sizes() == value.sizes() && query.sizes() == key.sizes(),
              "query, key and value of the fast path have one shape, got ", query.sizes(), ", ", key.sizes(), " and ",
              value.sizes());
  TORCH_CHECK(heads > 0 && width % heads == 0, "embed_dim ", width, " is not divided by ", heads, " heads");
  const auto [q, k, v] = split_heads(project(query, key, value, qkv_weight), qkv_bias, heads);
  const auto scores = at::matmul(q, k.mT());
  // nn.TransformerEncoder brings masks as numbers to add: zero, or minus infinity.
  const auto weights =
      mask && mask->defined() ? at::_masked_softmax(scores, mask->to(at::kBool), 3, mask_type) : scores.softmax(-1);
  const auto context = at::matmul(weights, v).transpose(1, 2).reshape(query.sizes());
  auto out = at::linear(context, proj_weight, proj_bias);
  return {std::move(out), need_weights && average_weights ? weights.mean(1) : weights};
}

at::Tensor encoder_layer(const at::Tensor& src, int64_t width, int64_t heads, const at::Tensor& qkv_weight,
                         const at::Tensor& qkv_bias, const at::Tensor& proj_weight, const at::Tensor& proj_bias,
                         bool use_gelu, bool norm_first, double eps, const at::Tensor& norm_weight_1,
                         const at::Tensor& norm_bias_1, const at::Tensor& norm_weight_2, const at::Tensor& norm_bias_2,
                         const at::Tensor& ffn_weight_1, const at::Tensor& ffn_bias_1, const at::Tensor& ffn_weight_2,
                         const at::Tensor& ffn_bias_2, const OptTensor& mask, std::optional<int64_t> mask_type) {
  const auto norm = [&](const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    return at::layer_norm(x, width, weight, bias, eps);
  };
  const auto attention = [&](const at::Tensor& x) {
    return std::get<0>(
        attend(x, x, x, width, heads, qkv_weight, qkv_bias, proj_weight, proj_bias, mask, false, false, mask_type));
  };
  const auto feed_forward = [&](const at::Tensor& x) {
    const auto inner = at::linear(x, ffn_weight_1, ffn_bias_1);
    return at::linear(use_gelu ? at::gelu(inner) : at::relu(inner), ffn_weight_2, ffn_bias_2);
  };
  if (norm_first) {
    const auto x = src + attention(norm(src, norm_weight_1, norm_bias_1));
    return x + feed_forward(norm(x, norm_weight_2, norm_bias_2));
  }
  const auto x = norm(src + attention(src), norm_weight_1, norm_bias_1);
  return norm(x + feed_forward(x), norm_weight_2, norm_bias_2);
}

// nn.TransformerEncoder asks before it makes a nested tensor. The device has none: padding stays a mask.
bool can_nest(const at::Tensor&, const at::Tensor&) { return false; }

}  // namespace

NPU_OPS {
  NPU_COMPOSED(_transform_bias_rescale_qkv, split_heads);
  NPU_COMPOSED(_native_multi_head_attention, attend);
  NPU_COMPOSED(_transformer_encoder_layer_fwd, encoder_layer);
  m.impl("_nested_tensor_from_mask_left_aligned", TORCH_FN(can_nest));
}

}  // namespace at_npu
