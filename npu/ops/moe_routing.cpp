// Mixture of experts: tokens sorted by their experts.
#include "aclnnop/moe.h"
#include "npu/ops/moe.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

namespace npu {
namespace {

at::Tensor order_of(const at::Tensor& keys) { return keys.argsort(/*stable=*/true); }
// The permutation that undoes this one.
at::Tensor inverse(const at::Tensor& order) {
  return at::empty_like(order).scatter_(0, order, count_up(order.numel()));
}
at::Tensor flat_long(const Tensor& t) { return aten_long(t).flatten(); }

Status routing_fits(const Tensor& x, const Tensor& expert_idx, int64_t active_num) {
  OP_GIVEN(x.defined() && expert_idx.defined());
  OP_CHECK(x.dims == 2 && expert_idx.dims == 2 && x.sizes[0] == expert_idx.sizes[0],
           "x is [rows, h] and expert_idx [rows, k]");
  OP_CHECK(expert_idx.dtype == ACL_INT32, "expert_idx must be int32");
  OP_CHECK(active_num >= 0, "active_num must not be negative");
  return {};
}
int64_t active(int64_t active_num, int64_t all) { return active_num > 0 ? std::min(active_num, all) : all; }

// How many tokens each of the experts [first, last) has.
at::Tensor histogram(const at::Tensor& experts, int64_t first, int64_t last) {
  const auto known = experts.masked_select((experts >= first).logical_and_(experts < last)) - first;
  return at::bincount(known, {}, last - first);
}
void check_experts(const at::Tensor& experts, int64_t count) {
  if (experts.numel() && (experts.min().item<int64_t>() < 0 || experts.max().item<int64_t>() >= count))
    throw std::invalid_argument("expert_idx names experts that are none of " + std::to_string(count));
}
// Room for `capacity` tokens of each expert: where a token goes, -1 where it is dropped.
at::Tensor places_by_capacity(const at::Tensor& experts, int64_t count, int64_t capacity) {
  check_experts(experts, count);
  const auto order = order_of(experts), sorted = experts.index_select(0, order), sizes = histogram(experts, 0, count);
  const auto rank = count_up(experts.numel()) - (sizes.cumsum(0) - sizes).index_select(0, sorted);
  const auto place = (sorted * capacity + rank).masked_fill_(rank >= capacity, -1);
  return at::empty_like(place).scatter_(0, order, place);
}

}  // namespace

// row_idx counts the places down the columns of expert_idx, so that row_idx % rows is a token.
ACLNN_OP(aclnnMoeInitRouting, x, row_idx, expert_idx, active_num, expanded_x, expanded_row_idx, expanded_expert_idx) {
  NPU_TRY(is_real("x", x));
  NPU_TRY(routing_fits(x, expert_idx, active_num));
  NPU_TRY(is("row_idx", row_idx, sizes(expert_idx), ACL_INT32));
  const int64_t rows = x.sizes[0], k = expert_idx.sizes[1], all = rows * k, kept = std::min(rows, active_num) * k;
  NPU_TRY(is("expanded_x", expanded_x, {kept, x.sizes[1]}, x.dtype));
  NPU_TRY(is("expanded_row_idx", expanded_row_idx, {all}, ACL_INT32));
  NPU_TRY(is("expanded_expert_idx", expanded_expert_idx, {all}, ACL_INT32));
  return [=](void*) {
    const auto experts = flat_long(expert_idx), order = order_of(experts);
    const auto sorted_rows = flat_long(row_idx).index_select(0, order);
    copy_result(experts.index_select(0, order), expanded_expert_idx);
    copy_result(at::full({all}, -1, at::kLong).scatter_(0, sorted_rows, count_up(all)), expanded_row_idx);
    copy_result(aten_view(x).index_select(0, sorted_rows.narrow(0, 0, kept).remainder(rows)), expanded_x);
  };
}

ACLNN_OP(aclnnMoeInitRoutingV2, x, expert_idx, active_num, expert_capacity, expert_num, drop_pad_mode,
         expert_tokens_count_or_cumsum_flag, expert_tokens_before_capacity_flag, expanded_x, expanded_row_idx,
         expert_tokens_count_or_cumsum, expert_tokens_before_capacity) {
  NPU_TRY(is_real("x", x));
  NPU_TRY(routing_fits(x, expert_idx, active_num));
  OP_CHECK(expert_capacity >= 0 && expert_num >= 0, "expert_capacity and expert_num must not be negative");
  OP_CHECK(drop_pad_mode == 0 || drop_pad_mode == 1, "drop_pad_mode must be 0 or 1");
  const int64_t flag = expert_tokens_count_or_cumsum_flag;
  OP_CHECK(flag >= 0 && flag <= 2, "expert_tokens_count_or_cumsum_flag must be 0 (none), 1 (cumsum) or 2 (count)");
  const bool drop = drop_pad_mode == 1, counts = !drop && flag > 0, before = drop && expert_tokens_before_capacity_flag;
  const int64_t rows = x.sizes[0], h = x.sizes[1], k = expert_idx.sizes[1], all = rows * k;
  OP_CHECK(!drop || (expert_capacity > 0 && expert_capacity <= rows),
           "expert_capacity must be between 1 and the number of rows when tokens are dropped");
  OP_CHECK(!(drop || counts) || expert_num > 0, "expert_num must be positive when tokens are dropped or counted");
  if (drop) NPU_TRY(is("expanded_x", expanded_x, {expert_num, expert_capacity, h}, x.dtype));
  else NPU_TRY(is("expanded_x", expanded_x, {active(active_num, all), h}, x.dtype));
  NPU_TRY(is("expanded_row_idx", expanded_row_idx, {all}, ACL_INT32));
  if (counts) NPU_TRY(is("expert_tokens_count_or_cumsum", expert_tokens_count_or_cumsum, {expert_num}, ACL_INT32));
  if (before) NPU_TRY(is("expert_tokens_before_capacity", expert_tokens_before_capacity, {expert_num}, ACL_INT32));
  return [=](void*) {
    const auto experts = flat_long(expert_idx), tokens = aten_view(x);
    if (drop) {
      const auto places = places_by_capacity(experts, expert_num, expert_capacity);
      const auto each = tokens.index_select(0, count_up(all).floor_divide_(k));
      copy_result(places, expanded_row_idx);
      copy_result(place_rows(expert_num * expert_capacity, places, each).view({expert_num, expert_capacity, h}),
                  expanded_x);
      if (before) copy_result(histogram(experts, 0, expert_num), expert_tokens_before_capacity);
      return;
    }
    const auto order = order_of(experts);
    copy_result(inverse(order), expanded_row_idx);
    copy_result(tokens.index_select(0, order.narrow(0, 0, active(active_num, all)).floor_divide(k)), expanded_x);
    if (!counts) return;
    check_experts(experts, expert_num);
    const auto sizes = histogram(experts, 0, expert_num);
    copy_result(flag == 1 ? sizes.cumsum(0) : sizes, expert_tokens_count_or_cumsum);
  };
}

namespace {

constexpr int64_t kCumsum = 0, kCount = 1, kKeyValue = 2;    // of the tokens of each expert
constexpr int64_t kNoQuant = -1, kStatic = 0, kDynamic = 1;  // to int8
constexpr double kInt8Max = 127;

// What a quantization may be given: [h] for each expert that is served, or for all; static: one scale and offset.
Status quantization_fits(int64_t quant_mode, const Tensor& x, int64_t served, const Tensor& scale,
                         const Tensor& offset) {
  OP_CHECK(quant_mode >= kNoQuant && quant_mode <= kDynamic,
           "UNIMPLEMENTED: quant_mode other than -1 (none), 0 (static) and 1 (dynamic)");
  if (quant_mode != kNoQuant || x.dtype != ACL_INT8) NPU_TRY(is_real("x", x));
  if (quant_mode == kStatic) {
    NPU_TRY(is("offset", offset, {1}, ACL_FLOAT));
    return is("scale", scale, {1}, ACL_FLOAT);
  }
  OP_CHECK(!offset.defined(), "an offset goes with static quantization only");
  if (quant_mode == kNoQuant) return is_if_given("scale", scale, {x.sizes[0]}, ACL_FLOAT);
  const bool one = scale.dims == 2 && scale.sizes[0] == 1;
  return is_if_given("scale", scale, {one ? 1 : served, x.sizes[1]}, ACL_FLOAT);
}
at::Tensor to_int8(const at::Tensor& t) { return t.round().clamp_(-128, kInt8Max).to(at::kChar); }

at::Tensor token_counts(const at::Tensor& experts, int64_t type, int64_t first, int64_t last, int64_t expert_num) {
  const auto sizes = histogram(experts, first, last);
  if (type != kKeyValue) return type == kCumsum ? sizes.cumsum(0) : sizes;
  const auto used = sizes.nonzero().flatten();
  auto pairs = at::zeros({expert_num, 2}, at::kLong);
  pairs.narrow(0, 0, used.numel()).copy_(at::stack({used + first, sizes.index_select(0, used)}, 1));
  return pairs;
}

}  // namespace

// Only the experts of a range are served; tokens of the others come last, and are not moved.
ACLNN_OP(aclnnMoeInitRoutingV3, x, expert_idx, scale, offset, active_num, expert_capacity, expert_num, drop_pad_mode,
         expert_tokens_num_type, expert_tokens_num_flag, quant_mode, active_expert_range, row_idx_type, expanded_x,
         expanded_row_idx, expert_tokens_count_or_cumsum, expanded_scale) {
  NPU_TRY(routing_fits(x, expert_idx, active_num));
  OP_CHECK(drop_pad_mode == 0 || drop_pad_mode == 1, "drop_pad_mode must be 0 or 1");
  OP_CHECK(expert_tokens_num_type >= kCumsum && expert_tokens_num_type <= kKeyValue,
           "expert_tokens_num_type must be 0 (cumsum), 1 (count) or 2 (key and value)");
  OP_CHECK(row_idx_type == 0 || row_idx_type == 1, "row_idx_type must be 0 (gather) or 1 (scatter)");
  OP_CHECK(expert_num >= 0 && expert_num <= (expert_tokens_num_type == kKeyValue ? 5120 : 10240),
           "expert_num must be at most 10240, or 5120 with keys and values");
  OP_CHECK(active_expert_range.size() == 2, "active_expert_range is [first, last)");
  const int64_t first = active_expert_range[0], last = active_expert_range[1], served = last - first;
  OP_CHECK(0 <= first && first < last && last <= expert_num, "active_expert_range must lie in [0, expert_num)");
  NPU_TRY(quantization_fits(quant_mode, x, served, scale, offset));
  const int64_t rows = x.sizes[0], h = x.sizes[1], k = expert_idx.sizes[1], all = rows * k;
  const bool drop = drop_pad_mode == 1;
  OP_CHECK(!drop || served == expert_num, "active_expert_range must be all experts when tokens are dropped");
  OP_CHECK(!drop || (expert_capacity > 0 && expert_capacity <= rows),
           "expert_capacity must be between 1 and the number of rows");
  OP_CHECK(!drop || !expert_tokens_num_flag || expert_tokens_num_type == kCount,
           "when tokens are dropped, expert_tokens_num_type must be 1 (count)");
  const int64_t room = drop ? expert_num * expert_capacity : active(active_num, all);
  const auto dtype = quant_mode == kNoQuant ? x.dtype : ACL_INT8;
  if (drop) NPU_TRY(is("expanded_x", expanded_x, {expert_num, expert_capacity, h}, dtype));
  else NPU_TRY(is("expanded_x", expanded_x, {room, h}, dtype));
  NPU_TRY(is("expanded_row_idx", expanded_row_idx, {all}, ACL_INT32));
  const bool pairs = expert_tokens_num_type == kKeyValue;
  if (expert_tokens_num_flag && pairs)
    NPU_TRY(is("expert_tokens_count_or_cumsum", expert_tokens_count_or_cumsum, {expert_num, 2}, ACL_INT64));
  if (expert_tokens_num_flag && !pairs)
    NPU_TRY(is("expert_tokens_count_or_cumsum", expert_tokens_count_or_cumsum, {served}, ACL_INT64));
  const bool scales = quant_mode == kDynamic || (quant_mode == kNoQuant && scale.defined());
  const bool column = expanded_scale.dims == 2;  // clients differ
  if (scales && column) NPU_TRY(is("expanded_scale", expanded_scale, {room, 1}, ACL_FLOAT));
  if (scales && !column) NPU_TRY(is("expanded_scale", expanded_scale, {room}, ACL_FLOAT));
  return [=](void*) {
    const auto experts = flat_long(expert_idx);
    const auto others = (experts < first).logical_or_(experts >= last);
    const int64_t found = all - others.sum().item<int64_t>(), filled = drop ? room : std::min(room, found);
    at::Tensor source;  // a row of expanded_x -> its place in expert_idx; -1: padding
    if (drop) {
      const auto places = places_by_capacity(experts, expert_num, expert_capacity);
      source = place_rows(room, places, count_up(all) + 1) - 1;
      copy_result(places, expanded_row_idx);
    } else {
      const auto order = order_of(experts.masked_fill(others, INT32_MAX));
      source = order.narrow(0, 0, filled);
      auto places = inverse(order);
      copy_result(row_idx_type == 1 ? order : places.masked_fill_(places >= found, -1), expanded_row_idx);
    }
    if (expert_tokens_num_flag)
      copy_result(token_counts(experts, expert_tokens_num_type, first, last, expert_num),
                  expert_tokens_count_or_cumsum);

    const auto token = source.floor_divide(k);
    auto values = pick_rows(quant_mode == kNoQuant ? aten_view(x) : wide(x), token);
    at::Tensor row_scale;
    if (quant_mode == kStatic) {
      values = to_int8(values * aten_view(scale) + aten_view(offset)).masked_fill_((source < 0).unsqueeze(-1), 0);
    } else if (quant_mode == kDynamic) {
      if (scale.defined() && scale.sizes[0] == 1) values = values * aten_view(scale);
      else if (scale.defined()) values = values * pick_rows(aten_view(scale), pick_rows(experts, source) - first);
      row_scale = values.abs().amax(-1) / kInt8Max;
      values = to_int8((values / row_scale.unsqueeze(-1)).nan_to_num_(0));
    } else if (scales) {
      row_scale = pick_rows(aten_view(scale), token);
    }
    // Rows past `filled` stay as they are.
    if (drop) copy_result(values.view({expert_num, expert_capacity, h}), expanded_x);
    else aten_view(expanded_x).narrow(0, 0, filled).copy_(values);
    if (scales) aten_view(expanded_scale).narrow(0, 0, filled).copy_(column ? row_scale.unsqueeze(-1) : row_scale);
  };
}

}  // namespace npu
