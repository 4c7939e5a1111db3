// Mixture of experts: permuting by a routing map [tokens, experts], which says who goes where. Two modes:
//   slots   each token has top_k slots, -1 in those it does not use; a slot names a row among the permuted tokens,
//   which
//           stand expert by expert
//   padded  each expert has `capacity` rows, filled up with tokens that were not meant for it; a row names its token
#include "aclnnop/moe.h"
#include "npu/ops/moe.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace npu {
namespace {

at::Tensor by_expert(const Tensor& routing_map) { return aten_view(routing_map).to(at::kBool).t().contiguous(); }

Status is_map(const Tensor& map, int64_t tokens, int64_t experts) {
  OP_GIVEN(map.defined());
  OP_CHECK(map.dims == 2 && map.sizes[0] == tokens && map.sizes[1] == experts &&
               (map.dtype == ACL_BOOL || map.dtype == ACL_INT8),
           "routing_map must be bool or int8 [tokens, experts]");
  return {};
}

// Which slot each permuted row came from, rows expert by expert.
at::Tensor slots_of(const at::Tensor& map_by_expert, int64_t top_k) {
  const int64_t tokens = map_by_expert.size(1);
  const auto token = map_by_expert.nonzero().select(1, 1);
  const auto used = at::bincount(token, {}, tokens);
  if (tokens && used.max().item<int64_t>() > top_k)
    throw std::invalid_argument("a token of the routing map has more than " + std::to_string(top_k) + " experts");
  const auto order = token.argsort(/*stable=*/true), sorted = token.index_select(0, order);
  const auto rank = count_up(token.numel()) - (used.cumsum(0) - used).index_select(0, sorted);
  return at::zeros_like(token).index_copy_(0, order, sorted * top_k + rank);
}
// The weights of the chosen experts, slot by slot; zeros where a slot is not used.
at::Tensor weights_by_slot(const at::Tensor& probs, const at::Tensor& map_by_expert, int64_t top_k) {
  return place_rows(probs.size(0) * top_k, slots_of(map_by_expert, top_k), probs.t().masked_select(map_by_expert));
}

}  // namespace

ACLNN_OP(aclnnMoeTokenPermuteWithRoutingMap, tokens, routing_map, probs, num_out_tokens, drop_and_pad, permuted_tokens,
         permuted_probs, sorted_indices) {
  NPU_TRY(is_real("tokens", tokens));
  OP_GIVEN(routing_map.defined());
  OP_CHECK(tokens.dims == 2 && routing_map.dims == 2, "tokens is [tokens, h], routing_map [tokens, experts]");
  const int64_t count = tokens.sizes[0], h = tokens.sizes[1], experts = routing_map.sizes[1];
  NPU_TRY(is_map(routing_map, count, experts));
  if (probs.defined()) NPU_TRY(is_weight("probs", probs, sizes(routing_map), tokens));
  OP_CHECK(num_out_tokens >= 0 && num_out_tokens <= count * experts,
           "num_out_tokens must be between 0 and tokens * experts");
  const int64_t parts = drop_and_pad ? experts : count, each = parts ? num_out_tokens / parts : 0, rows = each * parts;
  OP_CHECK(drop_and_pad || each <= kMaxTopK, "a token goes to 512 experts at most");
  NPU_TRY(is("permuted_tokens", permuted_tokens, {rows, h}, tokens.dtype));
  if (probs.defined()) NPU_TRY(is("permuted_probs", permuted_probs, {rows}, probs.dtype));
  NPU_TRY(is("sorted_indices", sorted_indices, {rows}, ACL_INT32));
  return [=](void*) {
    const auto map = by_expert(routing_map);
    if (drop_and_pad) {
      const auto chosen = map.to(at::kChar).argsort(/*stable=*/true, -1, /*descending=*/true).narrow(1, 0, each);
      const auto source = chosen.reshape({rows});
      copy_result(aten_view(tokens).index_select(0, source), permuted_tokens);
      if (probs.defined()) copy_result(aten_view(probs).t().gather(1, chosen).reshape({rows}), permuted_probs);
      copy_result(source, sorted_indices);
      return;
    }
    const auto slot = slots_of(map, each);
    const int64_t used = slot.numel();  // rows past these stay as they are
    aten_view(permuted_tokens)
        .narrow(0, 0, used)
        .copy_(aten_view(tokens).index_select(0, slot.floor_divide(std::max<int64_t>(each, 1))));
    if (probs.defined()) aten_view(permuted_probs).narrow(0, 0, used).copy_(aten_view(probs).t().masked_select(map));
    copy_result(at::full({rows}, -1, at::kLong).index_copy_(0, slot, count_up(used)), sorted_indices);
  };
}

ACLNN_OP(aclnnMoeTokenPermuteWithRoutingMapGrad, grad_permuted_tokens, grad_permuted_probs, sorted_indices, routing_map,
         experts_num, tokens_num, drop_and_pad, grad_tokens, grad_probs) {
  const Tensor& grad = grad_permuted_tokens;
  NPU_TRY(is_real("grad_permuted_tokens", grad));
  OP_CHECK(grad.dims == 2, "grad_permuted_tokens is [rows, h]");
  OP_CHECK(experts_num > 0 && tokens_num > 0, "experts_num and tokens_num must be positive");
  const int64_t rows = grad.sizes[0], h = grad.sizes[1], each = rows / (drop_and_pad ? experts_num : tokens_num);
  OP_CHECK(rows == each * (drop_and_pad ? experts_num : tokens_num),
           "the number of rows must be a multiple of the tokens, or of the experts in padded mode");
  OP_CHECK(drop_and_pad || each <= kMaxTopK, "a token goes to 512 experts at most");
  NPU_TRY(is("sorted_indices", sorted_indices, {rows}, ACL_INT32));
  const bool weights = grad_permuted_probs.defined();
  if (weights) {
    NPU_TRY(is_weight("grad_permuted_probs", grad_permuted_probs, {rows}, grad));
    if (!drop_and_pad) NPU_TRY(is_map(routing_map, tokens_num, experts_num));
    NPU_TRY(is("grad_probs", grad_probs, {tokens_num, experts_num}, grad_permuted_probs.dtype));
  }
  NPU_TRY(is("grad_tokens", grad_tokens, {tokens_num, h}, grad.dtype));
  return [=](void*) {
    const auto places = aten_long(sorted_indices);
    if (drop_and_pad) {
      const auto wide_grad = wide(grad);
      copy_result(at::zeros({tokens_num, h}, wide_grad.options()).index_add_(0, places, wide_grad), grad_tokens);
      if (!weights) return;
      const auto cell = places * experts_num + count_up(rows).floor_divide(std::max<int64_t>(each, 1));
      copy_result(
          place_rows(tokens_num * experts_num, cell, aten_view(grad_permuted_probs)).view({tokens_num, experts_num}),
          grad_probs);
      return;
    }
    copy_result(pick_rows(wide(grad), places).view({tokens_num, each, h}).sum(1), grad_tokens);
    if (!weights) return;
    const auto map = by_expert(routing_map), from = aten_view(grad_permuted_probs).contiguous();
    copy_result(at::zeros({experts_num, tokens_num}, from.options()).masked_scatter_(map, from).t(), grad_probs);
  };
}

// In slots, out_index and permute_token_id say for each slot which row it named, and whose it is.
ACLNN_OP(aclnnMoeTokenUnpermuteWithRoutingMap, permuted_tokens, sorted_indices, routing_map, probs, padded_mode,
         restore_shape, unpermuted_tokens, out_index, permute_token_id, permute_probs) {
  NPU_TRY(is_real("permuted_tokens", permuted_tokens));
  OP_CHECK(permuted_tokens.dims == 2, "permuted_tokens is [rows, h]");
  OP_CHECK(restore_shape.size() == 2, "restore_shape is [tokens, h]");
  const int64_t rows = permuted_tokens.sizes[0], h = permuted_tokens.sizes[1], count = restore_shape[0];
  OP_CHECK(restore_shape[1] == h && count > 0, "restore_shape must be [tokens, h], h as permuted_tokens has it");
  NPU_TRY(is("sorted_indices", sorted_indices, {rows}, ACL_INT32));
  int64_t parts = count;
  if (probs.defined()) {
    OP_CHECK(probs.dims == 2 && probs.sizes[1] > 0, "probs is [tokens, experts]");
    NPU_TRY(is_map(routing_map, count, probs.sizes[1]));
    NPU_TRY(is_weight("probs", probs, sizes(routing_map), permuted_tokens));
    NPU_TRY(is("permute_probs", permute_probs, {rows}, probs.dtype));
    if (padded_mode) parts = probs.sizes[1];
  } else if (padded_mode) {
    parts = 1;
  }
  const int64_t each = rows / parts;
  OP_CHECK(rows == each * parts && (padded_mode || each <= kMaxTopK),
           "the number of rows must be a multiple of the tokens, 512 times at most, or of the experts in padded mode");
  NPU_TRY(is("unpermuted_tokens", unpermuted_tokens, restore_shape, permuted_tokens.dtype));
  NPU_TRY(is("out_index", out_index, {rows}, ACL_INT32));
  NPU_TRY(is("permute_token_id", permute_token_id, {rows}, ACL_INT32));
  return [=](void*) {
    const auto places = aten_long(sorted_indices);
    const auto from = wide(permuted_tokens);
    at::Tensor weights;
    if (padded_mode) {
      if (probs.defined()) weights = aten_view(probs).t().gather(1, places.view({parts, each})).view({rows});
      const auto values = probs.defined() ? from * weights.to(from.scalar_type()).unsqueeze(-1) : from;
      copy_result(at::zeros({count, h}, from.options()).index_add_(0, places, values), unpermuted_tokens);
      const auto [token, index] = places.sort(/*stable=*/std::optional(true), 0);
      copy_result(index, out_index);
      copy_result(token, permute_token_id);
    } else {
      auto values = pick_rows(from, places);
      if (probs.defined()) {
        weights = weights_by_slot(aten_view(probs), by_expert(routing_map), each);
        values = values * weights.to(from.scalar_type()).unsqueeze(-1);
      }
      copy_result(values.view({count, each, h}).sum(1), unpermuted_tokens);
      copy_result(places, out_index);
      copy_result(count_up(rows).floor_divide(std::max<int64_t>(each, 1)), permute_token_id);
    }
    if (probs.defined()) copy_result(weights, permute_probs);
  };
}

// In slots, out_index is sorted_indices, and permute_token_id is not read: clients give sorted_indices for it, too.
ACLNN_OP(aclnnMoeTokenUnpermuteWithRoutingMapGrad, grad_unpermuted_tokens, out_index, permute_token_id, routing_map,
         permuted_tokens, probs, drop_and_pad, restore_shape, grad_permuted_tokens, grad_probs) {
  const Tensor& grad = grad_unpermuted_tokens;
  NPU_TRY(is_real("grad_unpermuted_tokens", grad));
  OP_GIVEN(out_index.defined());
  OP_CHECK(grad.dims == 2 && out_index.dims == 1, "grad_unpermuted_tokens is [tokens, h], out_index [rows]");
  const int64_t count = grad.sizes[0], h = grad.sizes[1], rows = out_index.sizes[0];
  NPU_TRY(is("out_index", out_index, {rows}, ACL_INT32));
  NPU_TRY(is("permute_token_id", permute_token_id, {rows}, ACL_INT32));
  int64_t parts = drop_and_pad ? 1 : count;
  if (probs.defined()) {
    OP_CHECK(probs.dims == 2 && probs.sizes[1] > 0, "probs is [tokens, experts]");
    NPU_TRY(is_map(routing_map, count, probs.sizes[1]));
    NPU_TRY(is_weight("probs", probs, sizes(routing_map), grad));
    NPU_TRY(is("permuted_tokens", permuted_tokens, {rows, h}, grad.dtype));
    NPU_TRY(is("grad_probs", grad_probs, sizes(probs), grad_probs.dtype));
    NPU_TRY(is_real("grad_probs", grad_probs));
    if (drop_and_pad) parts = probs.sizes[1];
  }
  const int64_t each = parts ? rows / parts : 0;
  OP_CHECK(rows == each * parts && (drop_and_pad || each <= kMaxTopK),
           "the number of rows must be a multiple of the tokens, 512 times at most, or of the experts in padded mode");
  NPU_TRY(is("grad_permuted_tokens", grad_permuted_tokens, {rows, h}, grad.dtype));
  return [=](void*) {
    const auto index = aten_long(out_index);
    const auto owner =
        drop_and_pad ? aten_long(permute_token_id) : count_up(rows).floor_divide(std::max<int64_t>(each, 1));
    auto grads = place_rows(rows, index, wide(grad).index_select(0, owner));
    if (probs.defined()) {
      const auto shares = (grads * wide(permuted_tokens)).sum(-1);
      const auto weights = wide(probs), map = by_expert(routing_map);
      at::Tensor cell;  // of [tokens, experts], for each row
      if (drop_and_pad) {
        cell = place_rows(rows, index, owner) * parts + count_up(rows).floor_divide(each);
      } else {
        const auto chosen = map.nonzero();
        cell = chosen.select(1, 1) * weights.size(1) + chosen.select(1, 0);
        cell = at::full({rows}, -1, at::kLong).index_copy_(0, count_up(cell.numel()), cell);
      }
      copy_result(place_rows(weights.numel(), cell, shares).view(weights.sizes()), grad_probs);
      grads = grads * pick_rows(weights.reshape({-1}), cell).unsqueeze(-1);
    }
    copy_result(grads, grad_permuted_tokens);
  };
}

}  // namespace npu
