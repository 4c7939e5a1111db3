// Mixture of experts: the experts' results brought together again, and what their tokens' numbers tell.
#include "aclnnop/moe.h"
#include "npu/ops/moe.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/searchsorted.h>

namespace npu {
namespace {

// How expanded_row_idx counts the places of [rows, k], and whether -1 stands for a token that was dropped.
constexpr int64_t kColumns = 0, kColumnsDropped = 1, kRows = 2, kRowsDropped = 3;

Plan finalize(const Tensor& expanded_x, const Tensor& expanded_row_idx, const Tensor& x1, const Tensor& x2,
              const Tensor& bias, const Tensor& scales, const Tensor& expert_idx, int64_t mode, const Tensor& out) {
  NPU_TRY(is_real("expanded_x", expanded_x));
  OP_GIVEN(expanded_row_idx.defined() && out.defined());
  OP_CHECK(mode >= kColumns && mode <= kRowsDropped, "drop_pad_mode must be between 0 and 3");
  OP_CHECK(expanded_x.dims == 2 || expanded_x.dims == 3, "expanded_x must be [rows * k, h] or [experts, capacity, h]");
  OP_CHECK(!scales.defined() || scales.dims == 2, "scales is [rows, k]");
  const int64_t h = expanded_x.size(-1), k = scales.defined() ? scales.sizes[1] : 1;
  const int64_t rows = scales.defined() ? scales.sizes[0] : expanded_row_idx.numel();
  NPU_TRY(is("expanded_row_idx", expanded_row_idx, {rows * k}, ACL_INT32));
  if (scales.defined() && !(scales.dtype == ACL_FLOAT && expanded_x.dtype == ACL_BF16))
    NPU_TRY(is("scales", scales, {rows, k}, expanded_x.dtype));
  OP_CHECK(x1.defined() || !x2.defined(), "x2 goes with x1");
  NPU_TRY(is_if_given("x1", x1, {rows, h}, expanded_x.dtype));
  NPU_TRY(is_if_given("x2", x2, {rows, h}, expanded_x.dtype));
  NPU_TRY(is_if_given("expert_idx", expert_idx, {rows, k}, ACL_INT32));
  OP_CHECK(!bias.defined() || expert_idx.defined(), "bias goes with expert_idx");
  OP_CHECK(!bias.defined() || bias.dims == 2, "bias is [experts, h]");
  NPU_TRY(is_if_given("bias", bias, {bias.defined() ? bias.sizes[0] : 0, h}, expanded_x.dtype));
  NPU_TRY(is("out", out, {rows, h}, expanded_x.dtype));
  return [=](void*) {
    const auto results = wide(expanded_x).reshape({-1, h});
    auto places = aten_long(expanded_row_idx);
    if (mode == kColumns || mode == kColumnsDropped) places = places.view({k, rows}).t().reshape({-1});
    const int64_t lowest = mode == kColumnsDropped || mode == kRowsDropped ? -1 : 0;
    if (places.numel() && (places.min().item<int64_t>() < lowest || places.max().item<int64_t>() >= results.size(0)))
      throw std::invalid_argument("expanded_row_idx names a row that expanded_x does not have");
    auto sum = pick_rows(results, places).view({rows, k, h});
    if (bias.defined()) sum = sum + wide(bias).index_select(0, aten_long(expert_idx).view({-1})).view({rows, k, h});
    if (scales.defined()) sum = sum * wide(scales).unsqueeze(-1);
    sum = sum.sum(1);
    if (x1.defined()) sum = sum + wide(x1);
    if (x2.defined()) sum = sum + wide(x2);
    copy_result(sum, out);
  };
}

}  // namespace

ACLNN_OP(aclnnMoeFinalizeRouting, expanded_x, x1, x2, bias, scales, expanded_row_idx, expert_idx, out) {
  OP_GIVEN(x1.defined() && bias.defined() && scales.defined() && expert_idx.defined());
  return finalize(expanded_x, expanded_row_idx, x1, x2, bias, scales, expert_idx, kColumns, out);
}
ACLNN_OP(aclnnMoeFinalizeRoutingV2, expanded_x, expanded_row_idx, x1, x2, bias, scales, expert_idx, drop_pad_mode,
         out) {
  return finalize(expanded_x, expanded_row_idx, x1, x2, bias, scales, expert_idx, drop_pad_mode, out);
}

// Where each expert's tokens end.
ACLNN_OP(aclnnMoeComputeExpertTokens, sorted_experts, num_experts, out) {
  OP_GIVEN(sorted_experts.defined());
  OP_CHECK(sorted_experts.dims == 1 && sorted_experts.dtype == ACL_INT32, "sorted_experts must be int32 [tokens]");
  OP_CHECK(num_experts > 0 && num_experts <= 2048, "num_experts must be between 1 and 2048");
  NPU_TRY(is("out", out, {num_experts}, ACL_INT32));
  return [=](void*) {
    const auto sorted = aten_long(sorted_experts);
    copy_result(at::searchsorted(sorted, count_up(num_experts), false, /*right=*/true), out);
  };
}

// Tokens that came rank by rank, and within a rank expert by expert, stand expert by expert.
ACLNN_OP(aclnnMoeReRouting, tokens, expert_token_num_per_rank, per_token_scales, expert_token_num_type, idx_type,
         permute_tokens, permute_per_token_scales, permute_token_idx, expert_token_num) {
  OP_GIVEN(tokens.defined() && expert_token_num_per_rank.defined());
  OP_CHECK(tokens.dims == 2 && (tokens.dtype == ACL_FLOAT16 || tokens.dtype == ACL_BF16 || tokens.dtype == ACL_INT8),
           "tokens must be float16, bfloat16 or int8 [tokens, h]");
  const Tensor& per_rank = expert_token_num_per_rank;
  OP_CHECK(per_rank.dims == 2 && (per_rank.dtype == ACL_INT32 || per_rank.dtype == ACL_INT64),
           "expert_token_num_per_rank must be int32 or int64 [ranks, experts]");
  OP_CHECK(expert_token_num_type == 1, "UNSUPPORTED: expert_token_num_type must be 1 (count)");
  OP_CHECK(idx_type == 0 || idx_type == 1, "idx_type must be 0 (gather) or 1 (scatter)");
  const int64_t count = tokens.sizes[0], ranks = per_rank.sizes[0], experts = per_rank.sizes[1];
  NPU_TRY(is("permute_tokens", permute_tokens, sizes(tokens), tokens.dtype));
  if (per_token_scales.defined()) {
    OP_CHECK(per_token_scales.dims == 1 || per_token_scales.dims == 2, "per_token_scales is [tokens] or [tokens, s]");
    OP_CHECK(per_token_scales.sizes[0] == count && per_token_scales.dtype == ACL_FLOAT,
             "per_token_scales must be float32, one row a token");
    NPU_TRY(is("permute_per_token_scales", permute_per_token_scales, sizes(per_token_scales), ACL_FLOAT));
  }
  NPU_TRY(is("permute_token_idx", permute_token_idx, {count}, ACL_INT32));
  NPU_TRY(is("expert_token_num", expert_token_num, {experts}, per_rank.dtype));
  return [=](void*) {
    const auto counts = aten_long(per_rank);
    if (counts.lt(0).any().item<bool>() || counts.sum().item<int64_t>() != count)
      throw std::invalid_argument("the numbers in expert_token_num_per_rank must add up to the number of tokens");
    const auto blocks = count_up(ranks * experts);  // rank by rank -> where a block goes
    const auto goal = blocks.remainder(experts) * ranks + blocks.floor_divide(std::max<int64_t>(experts, 1));
    const auto from = goal.repeat_interleave(counts.view({-1})).argsort(/*stable=*/true);
    copy_result(aten_view(tokens).index_select(0, from), permute_tokens);
    if (per_token_scales.defined())
      copy_result(aten_view(per_token_scales).index_select(0, from), permute_per_token_scales);
    copy_result(idx_type == 0 ? from : from.argsort(), permute_token_idx);
    copy_result(counts.sum(0), expert_token_num);
  };
}

}  // namespace npu
