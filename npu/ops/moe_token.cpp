// Mixture of experts: tokens copied to their experts' places and brought back, forward and in reverse.
#include "aclnnop/moe.h"
#include "npu/ops/moe.h"

#include <ATen/TensorOperators.h>

namespace npu {
namespace {

constexpr const char* kNoPadded = "UNSUPPORTED: the device does not know padded_mode";

Status is_index(const char* name, const Tensor& t) {
  OP_GIVEN(t.defined());
  OP_CHECK(t.dims == 1 && t.dtype == ACL_INT32, std::string(name) + " must be int32 of one dimension");
  return {};
}

}  // namespace

// sorted_indices: where the token of each place of `indices` went. num_out_tokens: how many are kept; of 0 and less,
// how many are not.
ACLNN_OP(aclnnMoeTokenPermute, tokens, indices, num_out_tokens, padded_mode, permuted_tokens, sorted_indices) {
  OP_CHECK(!padded_mode, kNoPadded);
  NPU_TRY(is_real("tokens", tokens));
  OP_GIVEN(indices.defined() && permuted_tokens.defined());
  NPU_TRY(indices_fit(indices));
  OP_CHECK(tokens.dims >= 2 && (indices.dims == 1 || indices.dims == 2) && indices.sizes[0] == tokens.sizes[0],
           "tokens is [tokens, ...] and indices [tokens] or [tokens, k]");
  const int64_t k = indices.dims == 1 ? 1 : indices.sizes[1], all = indices.numel();
  const int64_t kept = num_out_tokens > 0 ? std::min(num_out_tokens, all) : std::max<int64_t>(all + num_out_tokens, 0);
  OP_CHECK(k <= kMaxTopK, "a token goes to 512 experts at most");
  std::vector<int64_t> wanted(tokens.sizes, tokens.sizes + tokens.dims);
  wanted[0] = kept;
  NPU_TRY(is("permuted_tokens", permuted_tokens, wanted, tokens.dtype));
  NPU_TRY(is("sorted_indices", sorted_indices, {all}, ACL_INT32));
  return [=](void*) {
    const auto order = aten_long(indices).view({-1}).argsort(/*stable=*/true);
    copy_result(aten_view(tokens).index_select(0, order.narrow(0, 0, kept).floor_divide(k)), permuted_tokens);
    copy_result(order.argsort(), sorted_indices);
  };
}
ACLNN_OP(aclnnMoeTokenPermuteGrad, grad_permuted_tokens, sorted_indices, num_topk, padded_mode, grad_tokens) {
  OP_CHECK(!padded_mode, kNoPadded);
  NPU_TRY(is_real("grad_permuted_tokens", grad_permuted_tokens));
  NPU_TRY(is_index("sorted_indices", sorted_indices));
  OP_CHECK(num_topk > 0 && num_topk <= kMaxTopK && sorted_indices.sizes[0] % num_topk == 0,
           "num_topk must be between 1 and 512, and divide the number of sorted_indices");
  OP_CHECK(grad_permuted_tokens.dims == 2, "grad_permuted_tokens is [tokens * k, h]");
  const int64_t rows = sorted_indices.sizes[0] / num_topk, h = grad_permuted_tokens.sizes[1];
  NPU_TRY(is_real("grad_tokens", grad_tokens));
  NPU_TRY(is("grad_tokens", grad_tokens, {rows, h}, grad_tokens.dtype));
  return [=](void*) {
    const auto grads = pick_rows(wide(grad_permuted_tokens), aten_long(sorted_indices));
    copy_result(grads.view({rows, num_topk, h}).sum(1), grad_tokens);
  };
}

ACLNN_OP(aclnnMoeTokenUnpermute, permuted_tokens, sorted_indices, probs, padded_mode, restore_shape, out) {
  OP_CHECK(!padded_mode, kNoPadded);
  NPU_TRY(is_real("permuted_tokens", permuted_tokens));
  NPU_TRY(is_index("sorted_indices", sorted_indices));
  OP_CHECK(permuted_tokens.dims == 2, "permuted_tokens is [tokens * k, h]");
  OP_CHECK(!probs.defined() || (probs.dims == 2 && probs.sizes[1] > 0 && probs.sizes[1] <= kMaxTopK),
           "probs is [tokens, k], k at most 512");
  const int64_t all = sorted_indices.sizes[0], k = probs.defined() ? probs.sizes[1] : 1, h = permuted_tokens.sizes[1];
  OP_CHECK(all % k == 0, "probs must have one number for each of sorted_indices");
  if (probs.defined()) NPU_TRY(is_weight("probs", probs, {all / k, k}, permuted_tokens));
  NPU_TRY(is("out", out, {all / k, h}, permuted_tokens.dtype));
  return [=](void*) {
    auto rows = pick_rows(wide(permuted_tokens), aten_long(sorted_indices)).view({all / k, k, h});
    if (probs.defined()) rows = rows * wide(probs).unsqueeze(-1);
    copy_result(rows.sum(1), out);
  };
}
ACLNN_OP(aclnnMoeTokenUnpermuteGrad, permuted_tokens, grad_unpermuted_tokens, sorted_indices, probs, padded_mode,
         restore_shape, grad_permuted_tokens, grad_probs) {
  OP_CHECK(!padded_mode, kNoPadded);
  const Tensor& grad = grad_unpermuted_tokens;
  NPU_TRY(is_real("grad_unpermuted_tokens", grad));
  NPU_TRY(is_index("sorted_indices", sorted_indices));
  OP_CHECK(grad.dims == 2, "grad_unpermuted_tokens is [tokens, h]");
  OP_CHECK(!probs.defined() || (probs.dims == 2 && probs.sizes[1] > 0 && probs.sizes[1] <= kMaxTopK),
           "probs is [tokens, k], k at most 512");
  OP_CHECK(!probs.defined() || permuted_tokens.defined(), "with probs, permuted_tokens is needed");
  const int64_t all = sorted_indices.sizes[0], k = probs.defined() ? probs.sizes[1] : 1, h = grad.sizes[1];
  OP_CHECK(all == grad.sizes[0] * k, "sorted_indices must have k numbers for each token");
  OP_CHECK(!permuted_tokens.defined() || permuted_tokens.dims == 2, "permuted_tokens is [tokens * k, h]");
  OP_GIVEN(grad_permuted_tokens.defined());
  OP_CHECK(grad_permuted_tokens.dims == 2, "grad_permuted_tokens is [rows, h]");
  const int64_t rows = (permuted_tokens.defined() ? permuted_tokens : grad_permuted_tokens).sizes[0];
  NPU_TRY(is_if_given("permuted_tokens", permuted_tokens, {rows, h}, grad.dtype));
  if (probs.defined()) {
    NPU_TRY(is_weight("probs", probs, {all / k, k}, grad));
    NPU_TRY(is("grad_probs", grad_probs, {all / k, k}, probs.dtype));
  }
  NPU_TRY(is("grad_permuted_tokens", grad_permuted_tokens, {rows, h}, grad.dtype));
  return [=](void*) {
    const auto places = aten_long(sorted_indices);
    auto each = wide(grad).unsqueeze(1);  // [tokens, 1, h]
    if (probs.defined()) {
      const auto chosen = pick_rows(wide(permuted_tokens), places).view({all / k, k, h});
      copy_result((each * chosen).sum(-1), grad_probs);
      each = each * wide(probs).unsqueeze(-1);
    }
    copy_result(place_rows(rows, places, each.reshape({all, h})), grad_permuted_tokens);
  };
}

}  // namespace npu
