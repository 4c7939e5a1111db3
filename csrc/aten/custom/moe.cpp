// Functions of torch_npu for mixtures of experts, and the gradients of what moves tokens.
#include "aten/row.h"

#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/moe.h"

namespace at_npu {
namespace {

using Pair = std::tuple<at::Tensor, at::Tensor>;
using Triple = std::tuple<at::Tensor, at::Tensor, at::Tensor>;
using OptInts = at::OptionalIntArrayRef;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

bool given(const OptTensor& t) { return t && t->defined(); }
at::DimVector with_last(const at::Tensor& t, int64_t last) {
  TORCH_CHECK(t.dim() > 0, "a tensor of experts has no dimensions");
  at::DimVector sizes(t.sizes());
  sizes.back() = last;
  return sizes;
}

Triple gating_top_k_softmax(const at::Tensor& x, const OptTensor& finished, int64_t k) {
  const c10_npu::NPUGuard guard(x.device());
  TORCH_CHECK(k >= 0, "npu_moe_gating_top_k_softmax: k must not be negative, not ", k);
  const auto sizes = with_last(x, k);
  auto y = make(sizes, x.scalar_type()), expert_idx = make(sizes, at::kInt), row_idx = make(sizes, at::kInt);
  NPU_LAUNCH(aclnnMoeGatingTopKSoftmax, x, finished, k, y, expert_idx, row_idx);
  return {y, expert_idx, row_idx};
}
Triple gating_top_k(const at::Tensor& x, int64_t k, const OptTensor& bias, const OptTensor& input_ids,
                    const OptTensor& tid2eid, int64_t k_group, int64_t group_count, int64_t group_select_mode,
                    int64_t renorm, int64_t norm_type, bool out_flag, double routed_scaling_factor, double eps) {
  TORCH_CHECK_NOT_IMPLEMENTED(!given(input_ids) && !given(tid2eid),
                              "UNIMPLEMENTED: npu_moe_gating_top_k with input_ids and tid2eid");
  const c10_npu::NPUGuard guard(x.device());
  TORCH_CHECK(k >= 0, "npu_moe_gating_top_k: k must not be negative, not ", k);
  auto y = make(with_last(x, k), x.scalar_type()), expert_idx = make(with_last(x, k), at::kInt);
  auto out = make(x.sizes(), at::kFloat);
  NPU_LAUNCH(aclnnMoeGatingTopK, x, bias, k, k_group, group_count, group_select_mode, renorm, norm_type, out_flag,
             routed_scaling_factor, eps, y, expert_idx, out);
  return {y, expert_idx, out};
}

at::Tensor compute_expert_tokens(const at::Tensor& sorted, int64_t experts) {
  const c10_npu::NPUGuard guard(sorted.device());
  TORCH_CHECK(experts > 0, "npu_moe_compute_expert_tokens: num_expert must be positive, not ", experts);
  auto out = make({experts}, sorted.scalar_type());
  NPU_LAUNCH(aclnnMoeComputeExpertTokens, sorted, experts, out);
  return out;
}
Triple init_routing(const at::Tensor& x, const at::Tensor& row_idx, const at::Tensor& expert_idx, int64_t active_num) {
  TORCH_CHECK(x.dim() == 2 && expert_idx.dim() == 2 && active_num >= 0,
              "npu_moe_init_routing: x is [rows, h], expert_idx [rows, k], active_num not negative; got ", x.sizes(),
              ", ", expert_idx.sizes(), ", ", active_num);
  const c10_npu::NPUGuard guard(x.device());
  auto expanded_x = make({std::min(x.size(0), active_num) * expert_idx.size(1), x.size(1)}, x.scalar_type());
  auto rows = make({expert_idx.numel()}, at::kInt), experts = make({expert_idx.numel()}, at::kInt);
  NPU_LAUNCH(aclnnMoeInitRouting, x, row_idx, expert_idx, active_num, expanded_x, rows, experts);
  return {expanded_x, rows, experts};
}
at::Tensor finalize_routing(const at::Tensor& expanded, const OptTensor& skip1, const OptTensor& skip2,
                            const OptTensor& bias, const OptTensor& scales, const at::Tensor& row_idx,
                            const OptTensor& expert_idx, std::optional<int64_t> drop_pad_mode,
                            std::optional<int64_t> k) {
  TORCH_CHECK_NOT_IMPLEMENTED(k.value_or(1) == 1, "UNIMPLEMENTED: npu_moe_finalize_routing with k = ", *k);
  const c10_npu::NPUGuard guard(expanded.device());
  auto out = make({given(scales) ? scales->size(0) : row_idx.numel(), expanded.size(-1)}, expanded.scalar_type());
  NPU_LAUNCH(aclnnMoeFinalizeRoutingV2, expanded, row_idx, skip1, skip2, bias, scales, expert_idx,
             drop_pad_mode.value_or(0), out);
  return out;
}

Pair token_permute(const at::Tensor& tokens, const at::Tensor& indices, std::optional<int64_t> num_out_tokens,
                   bool padded_mode) {
  TORCH_CHECK(tokens.dim() == 2, "npu_moe_token_permute: tokens is [tokens, h], not ", tokens.sizes());
  const int64_t wanted = num_out_tokens.value_or(0), all = indices.numel();
  const int64_t kept = wanted > 0 ? std::min(wanted, all) : wanted + all;
  TORCH_CHECK(kept >= 0, "npu_moe_token_permute: num_out_tokens takes ", -wanted, " off, of ", all);
  const c10_npu::NPUGuard guard(tokens.device());
  auto permuted = make({kept, tokens.size(1)}, tokens.scalar_type()), sorted = make({all}, at::kInt);
  NPU_LAUNCH(aclnnMoeTokenPermute, tokens, indices, kept, padded_mode, permuted, sorted);
  return {permuted, sorted};
}
at::Tensor token_permute_grad_v2(const at::Tensor& grad, const at::Tensor& sorted, int64_t tokens, at::ScalarType dtype,
                                 int64_t top_k, bool padded_mode) {
  const c10_npu::NPUGuard guard(grad.device());
  auto out = make({tokens, grad.size(-1)}, dtype);
  NPU_LAUNCH(aclnnMoeTokenPermuteGrad, grad, sorted, top_k, padded_mode, out);
  return out;
}
int64_t top_k_of(const at::Tensor& indices) { return indices.dim() == 1 ? 1 : indices.size(-1); }
at::Tensor token_permute_grad(const at::Tensor& tokens, const at::Tensor& grad, const at::Tensor& indices,
                              const at::Tensor& sorted, bool padded_mode) {
  return token_permute_grad_v2(grad, sorted, tokens.size(0), tokens.scalar_type(), top_k_of(indices), padded_mode);
}
struct TokenPermute : torch::autograd::Function<TokenPermute> {
  static Variables forward(Context* context, const at::Tensor& tokens, const at::Tensor& indices,
                           std::optional<int64_t> num_out_tokens, bool padded_mode) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [permuted, sorted] = token_permute(tokens, indices, num_out_tokens, padded_mode);
    context->save_for_backward({sorted});
    context->mark_non_differentiable({sorted});
    context->saved_data["tokens"] = tokens.size(0);
    context->saved_data["dtype"] = tokens.scalar_type();
    context->saved_data["top_k"] = top_k_of(indices);
    return {permuted, sorted};
  }
  static Variables backward(Context* context, const Variables& grads) {
    auto& kept = context->saved_data;
    return {token_permute_grad_v2(grads[0], context->get_saved_variables()[0], kept["tokens"].toInt(),
                                  kept["dtype"].toScalarType(), kept["top_k"].toInt(), false),
            {},
            {},
            {}};
  }
};
Pair token_permute_autograd(const at::Tensor& tokens, const at::Tensor& indices, std::optional<int64_t> num_out_tokens,
                            bool padded_mode) {
  const auto out = TokenPermute::apply(tokens, indices, num_out_tokens, padded_mode);
  return {out[0], out[1]};
}

int64_t top_k_of(const OptTensor& probs) {
  TORCH_CHECK(!given(probs) || (probs->dim() == 2 && probs->size(1) > 0), "probs is [tokens, k], not ", probs->sizes());
  return given(probs) ? probs->size(1) : 1;
}
at::Tensor token_unpermute(const at::Tensor& permuted, const at::Tensor& sorted, const OptTensor& probs,
                           bool padded_mode, OptInts restore_shape) {
  const c10_npu::NPUGuard guard(permuted.device());
  auto out = make({sorted.numel() / top_k_of(probs), permuted.size(-1)}, permuted.scalar_type());
  NPU_LAUNCH(aclnnMoeTokenUnpermute, permuted, sorted, probs, padded_mode, restore_shape, out);
  return out;
}
// The permuted tokens themselves are needed for the gradient of probs only.
Pair token_unpermute_grad_v2(const at::Tensor& grad, const at::Tensor& sorted, int64_t rows, at::ScalarType dtype,
                             const OptTensor& probs, bool padded_mode, OptInts restore_shape,
                             const OptTensor& permuted) {
  const c10_npu::NPUGuard guard(grad.device());
  auto grad_tokens = make({rows, grad.size(-1)}, dtype);
  at::Tensor grad_probs;
  if (given(probs)) grad_probs = make(probs->sizes(), probs->scalar_type());
  NPU_LAUNCH(aclnnMoeTokenUnpermuteGrad, permuted, grad, sorted, probs, padded_mode, restore_shape, grad_tokens,
             grad_probs);
  return {grad_tokens, grad_probs};
}
Pair token_unpermute_grad(const at::Tensor& permuted, const at::Tensor& grad, const at::Tensor& sorted,
                          const OptTensor& probs, bool padded_mode, OptInts restore_shape) {
  return token_unpermute_grad_v2(grad, sorted, permuted.size(0), permuted.scalar_type(), probs, padded_mode,
                                 restore_shape, permuted);
}
struct TokenUnpermute : torch::autograd::Function<TokenUnpermute> {
  static at::Tensor forward(Context* context, const at::Tensor& permuted, const at::Tensor& sorted,
                            const OptTensor& probs, bool padded_mode) {
    const at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({sorted, probs.value_or(at::Tensor()), given(probs) ? permuted : at::Tensor()});
    context->saved_data["rows"] = permuted.size(0);
    context->saved_data["dtype"] = permuted.scalar_type();
    return token_unpermute(permuted, sorted, probs, padded_mode, std::nullopt);
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    auto& kept = context->saved_data;
    const auto [tokens, probs] =
        token_unpermute_grad_v2(grads[0], saved[0], kept["rows"].toInt(), kept["dtype"].toScalarType(), saved[1], false,
                                std::nullopt, saved[2]);
    return {tokens, {}, probs, {}};
  }
};
at::Tensor token_unpermute_autograd(const at::Tensor& permuted, const at::Tensor& sorted, const OptTensor& probs,
                                    bool padded_mode, OptInts /*restore_shape: for padded_mode, which is refused*/) {
  return TokenUnpermute::apply(permuted, sorted, probs, padded_mode);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def("npu_moe_gating_top_k_softmax(Tensor x, Tensor? finished=None, int k=1) -> (Tensor, Tensor, Tensor)");
  m.def(
      "npu_moe_gating_top_k(Tensor x, int k, *, Tensor? bias=None, Tensor? input_ids=None, Tensor? tid2eid=None, "
      "int k_group=1, int group_count=1, int group_select_mode=0, int renorm=0, int norm_type=0, bool out_flag=False, "
      "float routed_scaling_factor=1.0, float eps=1e-20) -> (Tensor, Tensor, Tensor)");
  m.def("npu_moe_compute_expert_tokens(Tensor sorted_expert_for_source_row, int num_expert) -> Tensor");
  m.def(
      "npu_moe_init_routing(Tensor x, Tensor row_idx, Tensor expert_idx, int active_num) -> (Tensor, Tensor, Tensor)");
  m.def(
      "npu_moe_finalize_routing(Tensor expanded_permuted_rows, Tensor? skip1, Tensor? skip2, Tensor? bias, "
      "Tensor? scales, Tensor expanded_src_to_dst_row, Tensor? export_for_source_row, int? drop_pad_mode=0, int? k=1) "
      "-> Tensor");
  m.def(
      "npu_moe_token_permute(Tensor tokens, Tensor indices, int? num_out_tokens=None, bool padded_mode=False) "
      "-> (Tensor, Tensor)");
  m.def(
      "npu_moe_token_permute_grad(Tensor tokens, Tensor grad_permuted_tokens, Tensor indices, Tensor sorted_indices, "
      "bool padded_mode=False) -> Tensor");
  m.def(
      "npu_moe_token_permute_grad_v2(Tensor grad_permuted_tokens, Tensor sorted_indices, int tokens_size_0, "
      "ScalarType tokens_dtype, int num_topK, bool padded_mode=False) -> Tensor");
  m.def(
      "npu_moe_token_unpermute(Tensor permuted_tokens, Tensor sorted_indices, Tensor? probs=None, "
      "bool padded_mode=False, int[]? restore_shape=None) -> Tensor");
  m.def(
      "npu_moe_token_unpermute_grad(Tensor permuted_tokens, Tensor grad_unpermuted_tokens, Tensor sorted_indices, "
      "Tensor? probs=None, bool padded_mode=False, int[]? restore_shape=None) -> (Tensor, Tensor)");
  m.def(
      "npu_moe_token_unpermute_grad_v2(Tensor grad_unpermuted_tokens, Tensor sorted_indices, "
      "int permuted_tokens_size_0, ScalarType permuted_tokens_dtype, Tensor? probs=None, bool padded_mode=False, "
      "int[]? restore_shape=None, Tensor? permuted_tokens=None) -> (Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_moe_gating_top_k_softmax", &gating_top_k_softmax);
  m.impl("npu_moe_gating_top_k", &gating_top_k);
  m.impl("npu_moe_compute_expert_tokens", &compute_expert_tokens);
  m.impl("npu_moe_init_routing", &init_routing);
  m.impl("npu_moe_finalize_routing", &finalize_routing);
  m.impl("npu_moe_token_permute", &token_permute);
  m.impl("npu_moe_token_permute_grad", &token_permute_grad);
  m.impl("npu_moe_token_permute_grad_v2", &token_permute_grad_v2);
  m.impl("npu_moe_token_unpermute", &token_unpermute);
  m.impl("npu_moe_token_unpermute_grad", &token_unpermute_grad);
  m.impl("npu_moe_token_unpermute_grad_v2", &token_unpermute_grad_v2);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) {
  m.impl("npu_moe_token_permute", &token_permute_autograd);
  m.impl("npu_moe_token_unpermute", &token_unpermute_autograd);
}

}  // namespace at_npu
