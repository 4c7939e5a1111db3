// Mixture of experts: which experts a token goes to, and with which weight.
#include "aclnnop/moe.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softmax.h>

namespace npu {
namespace {

constexpr int64_t kMaxChosen = 1024, kMaxExperts = 2048;

// The places of the k greatest of each row. Of equal ones the first comes first.
at::Tensor best(const at::Tensor& scores, int64_t k) {
  return std::get<1>(scores.sort(/*stable=*/true, -1, /*descending=*/true)).narrow(-1, 0, k);
}

std::vector<int64_t> with_last(const Tensor& t, int64_t last) {
  std::vector<int64_t> out(t.sizes, t.sizes + t.dims);
  out.back() = last;
  return out;
}

Status softmax_gating_fits(const Tensor& x, const Tensor& finished, int64_t k, const Tensor& y,
                           const Tensor& expert_idx) {
  NPU_TRY(is_real("x", x));
  OP_CHECK(x.dims == 2 || x.dims == 3, "x must have 2 or 3 dimensions");
  OP_CHECK(k >= 0 && k <= x.size(-1) && k <= kMaxChosen, "k must be at most the number of experts, and 1024");
  NPU_TRY(is_if_given("finished", finished, sizes(x).slice(0, x.dims - 1), ACL_BOOL));
  NPU_TRY(is("y", y, with_last(x, k), x.dtype));
  return is("expert_idx", expert_idx, with_last(x, k), ACL_INT32);
}
// The row of a finished token names no expert: one past the last.
void store_experts(at::Tensor chosen, const Tensor& x, const Tensor& finished, const Tensor& expert_idx) {
  if (finished.defined()) chosen = chosen.masked_fill(aten_view(finished).unsqueeze(-1), x.size(-1));
  copy_result(chosen, expert_idx);
}

}  // namespace

ACLNN_OP(aclnnMoeGatingTopKSoftmax, x, finished, k, y, expert_idx, row_idx) {
  NPU_TRY(softmax_gating_fits(x, finished, k, y, expert_idx));
  NPU_TRY(is("row_idx", row_idx, sizes(y), ACL_INT32));
  return [=](void*) {
    const auto weights = at::softmax(wide(x), -1), chosen = best(weights, k);
    copy_result(weights.gather(-1, chosen), y);
    store_experts(chosen, x, finished, expert_idx);
    const auto rows = aten_view(row_idx);  // counted down the columns
    if (rows.numel()) rows.copy_(at::arange(rows.numel()).view({k, -1}).t().reshape(rows.sizes()));
  };
}

// renorm 0: the best of the softmax; 1: the softmax of the best.
ACLNN_OP(aclnnMoeGatingTopKSoftmaxV2, x, finished, k, renorm, output_softmax, y, expert_idx, softmax_result) {
  NPU_TRY(softmax_gating_fits(x, finished, k, y, expert_idx));
  OP_CHECK(renorm == 0 || renorm == 1, "renorm must be 0 or 1");
  const bool whole = renorm == 0 && output_softmax;
  if (whole) NPU_TRY(is("softmax_result", softmax_result, sizes(x), ACL_FLOAT));
  return [=](void*) {
    const auto scores = renorm ? wide(x) : at::softmax(wide(x), -1), chosen = best(scores, k);
    const auto weights = scores.gather(-1, chosen);
    copy_result(renorm ? at::softmax(weights, -1) : weights, y);
    store_experts(chosen, x, finished, expert_idx);
    if (whole) copy_result(scores, softmax_result);
  };
}

// Experts stand in groups: the best groups are chosen, then the best experts in them. The bias has a say in the choice,
// not in the weights.
ACLNN_OP(aclnnMoeGatingTopK, x, bias, k, k_group, group_count, group_select_mode, renorm, norm_type, out_flag,
         routed_scaling_factor, eps, y, expert_idx, out) {
  NPU_TRY(is_real("x", x));
  OP_CHECK(x.dims == 2 && x.sizes[1] > 0 && x.sizes[1] <= kMaxExperts, "x must be [rows, experts], of 2048 at most");
  const int64_t rows = x.sizes[0], experts = x.sizes[1];
  NPU_TRY(is_if_given("bias", bias, {experts}, x.dtype));
  OP_CHECK(group_count > 0 && experts % group_count == 0, "group_count must divide the number of experts");
  OP_CHECK(group_select_mode == 0 || group_select_mode == 1, "group_select_mode must be 0 (max) or 1 (sum of two)");
  const int64_t each = experts / group_count;
  OP_CHECK(each > group_select_mode && (each + 31) / 32 * 32 * group_count <= kMaxExperts,
           "a group has too few experts, or all groups, each filled up to 32, more than 2048");
  OP_CHECK(k_group >= 1 && k_group <= group_count, "k_group must be between 1 and group_count");
  OP_CHECK(k >= 1 && k <= each * k_group, "k must be between 1 and the experts of k_group groups");
  OP_CHECK(renorm == 0 || renorm == 1, "renorm must be 0 or 1");
  OP_CHECK(norm_type == 0 || norm_type == 1, "norm_type must be 0 (softmax) or 1 (sigmoid)");
  NPU_TRY(is("y", y, {rows, k}, x.dtype));
  NPU_TRY(is("expert_idx", expert_idx, {rows, k}, ACL_INT32));
  if (out_flag) NPU_TRY(is("out", out, sizes(x), ACL_FLOAT));
  return [=](void*) {
    const auto weights = norm_type == 0 ? at::softmax(wide(x), -1) : at::sigmoid(wide(x));
    auto scores = bias.defined() ? weights + wide(bias) : weights;
    if (k_group < group_count) {
      const auto groups = scores.view({rows, group_count, each});
      const auto score = group_select_mode == 0 ? groups.amax(-1) : std::get<0>(groups.topk(2)).sum(-1);
      const auto closed = at::ones_like(score, at::kBool).scatter_(-1, best(score, k_group), false);
      scores = groups.masked_fill(closed.unsqueeze(-1), -INFINITY).view({rows, experts});
    }
    const auto chosen = best(scores, k);
    auto result = weights.gather(-1, chosen);
    if (norm_type == 1 || renorm == 1) result = result / (result.sum(-1, true) + eps);
    copy_result(result * routed_scaling_factor, y);
    copy_result(chosen, expert_idx);
    if (out_flag) copy_result(weights, out);
  };
}

}  // namespace npu
