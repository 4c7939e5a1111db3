// What stands before an attention, and between the attentions of a ring.
#include "aclnnop/attention.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/maximum.h>

#include <cmath>

namespace npu {

// [b, t, 3 * heads * d] becomes query, key and value of [b, heads, t, d]; the query is scaled.
ACLNN_OP(aclnnTransformBiasRescaleQkv, qkv, qkv_bias, num_heads, q, k, v) {
  NPU_TRY(is_real("qkv", qkv));
  OP_CHECK(qkv.dims == 3 && num_heads > 0 && qkv.sizes[2] > 0 && qkv.sizes[2] % (3 * num_heads) == 0,
           "qkv must be [b, t, 3 * num_heads * d]");
  NPU_TRY(is("qkv_bias", qkv_bias, {qkv.sizes[2]}, qkv.dtype));
  const int64_t b = qkv.sizes[0], t = qkv.sizes[1], d = qkv.sizes[2] / 3 / num_heads;
  NPU_TRY(is("q", q, {b, num_heads, t, d}, qkv.dtype));
  NPU_TRY(is("k", k, {b, num_heads, t, d}, qkv.dtype));
  NPU_TRY(is("v", v, {b, num_heads, t, d}, qkv.dtype));
  return [=](void*) {
    const auto parts = (wide(qkv) + wide(qkv_bias)).reshape({b, t, 3, num_heads, d}).transpose(1, 3);
    copy_result(parts.select(2, 0) / std::sqrt(static_cast<double>(d)), q);
    copy_result(parts.select(2, 1), k);
    copy_result(parts.select(2, 2), v);
  };
}

namespace {

// Statistics of sequences end to end, each laid out [n, s, 8] in memory, as [t, n, 8]; and back.
at::Tensor tokens_first(const at::Tensor& t, const std::vector<int64_t>& lengths, bool back) {
  const int64_t n = t.size(1), eights = t.size(2);
  const auto rows = t.reshape({-1, eights});
  std::vector<at::Tensor> parts;
  int64_t start = 0;
  for (const int64_t s : lengths) {
    const auto part = rows.narrow(0, start, s * n);
    parts.push_back(part.view(back ? at::IntArrayRef{s, n, eights} : at::IntArrayRef{n, s, eights})
                        .transpose(0, 1)
                        .reshape({-1, eights}));
    start += s * n;
  }
  return at::cat(parts).view(t.sizes());
}
std::vector<int64_t> lengths_of(const at::Tensor& ends, int64_t total) {
  std::vector<int64_t> lengths;
  int64_t start = 0;
  for (int64_t i = 0; i < ends.numel(); ++i) {
    const int64_t end = ends[i].item<int64_t>();
    if (end < start) throw std::invalid_argument("actual_seq_qlen must not fall");
    lengths.push_back(end - start);
    start = end;
  }
  if (start != total) throw std::invalid_argument("actual_seq_qlen must end with the number of tokens");
  return lengths;
}

}  // namespace

// Two attentions over parts of the keys make the one over all: each counts by its share of the softmax's sum.
ACLNN_OP(aclnnRingAttentionUpdateV2, prev_attn_out, prev_softmax_max, prev_softmax_sum, cur_attn_out, cur_softmax_max,
         cur_softmax_sum, actual_seq_qlen, input_layout, input_softmax_layout, attn_out, softmax_max, softmax_sum) {
  NPU_TRY(is_real("prev_attn_out", prev_attn_out));
  OP_GIVEN(prev_softmax_max.defined());
  OP_CHECK(input_layout == "SBH" || input_layout == "TND", "input_layout must be SBH or TND");
  OP_CHECK(input_softmax_layout.empty() || input_softmax_layout == "SBH" || input_softmax_layout == "TND",
           "input_softmax_layout must be empty, SBH or TND");
  const bool tnd = input_layout == "TND";
  const int64_t *attention = prev_attn_out.sizes, *stats = prev_softmax_max.sizes;
  OP_CHECK(prev_attn_out.dims == 3, "prev_attn_out must have 3 dimensions");
  if (tnd) {
    OP_CHECK(prev_softmax_max.dims == 3 && stats[0] == attention[0] && stats[1] == attention[1] && stats[2] == 8,
             "attention [t, n, d] goes with statistics [t, n, 8]");
    OP_CHECK(attention[2] % 64 == 0, "d must be a multiple of 64 in TND");
    OP_GIVEN(actual_seq_qlen.defined());
    OP_CHECK(actual_seq_qlen.dims == 1 && actual_seq_qlen.dtype == ACL_INT64, "actual_seq_qlen must be int64 [batch]");
  } else {
    OP_CHECK(prev_softmax_max.dims == 4 && stats[0] == attention[1] && stats[1] > 0 && attention[2] % stats[1] == 0 &&
                 stats[2] == attention[0] && stats[3] == 8,
             "attention [s, b, h] goes with statistics [b, n, s, 8], n a divisor of h");
  }
  NPU_TRY(is("cur_attn_out", cur_attn_out, sizes(prev_attn_out), prev_attn_out.dtype));
  NPU_TRY(is("attn_out", attn_out, sizes(prev_attn_out), prev_attn_out.dtype));
  for (const Tensor* t :
       {&prev_softmax_max, &prev_softmax_sum, &cur_softmax_max, &cur_softmax_sum, &softmax_max, &softmax_sum})
    NPU_TRY(is("the softmax's maxima and sums", *t, sizes(prev_softmax_max), ACL_FLOAT));
  const bool by_sequence = tnd && input_softmax_layout != "TND";
  return [=](void*) {
    std::vector<int64_t> lengths;
    if (by_sequence) lengths = lengths_of(aten_view(actual_seq_qlen), prev_attn_out.sizes[0]);
    const auto read = [&](const Tensor& t) {
      return by_sequence ? tokens_first(aten_view(t), lengths, false) : aten_view(t);
    };
    const auto write = [&](const at::Tensor& from, const Tensor& to) {
      copy_result(by_sequence ? tokens_first(from, lengths, true) : from, to);
    };
    const auto prev_max = read(prev_softmax_max), cur_max = read(cur_softmax_max);
    const auto max = at::maximum(prev_max, cur_max);
    const auto prev_sum = read(prev_softmax_sum) * (prev_max - max).exp();
    const auto cur_sum = read(cur_softmax_sum) * (cur_max - max).exp(), sum = prev_sum + cur_sum;
    const auto weigh = [&](const Tensor& t, const at::Tensor& part) {
      auto share = (part / sum).narrow(-1, 0, 1);
      if (tnd) return wide(t) * share;
      return (wide(t).unflatten(-1, {share.size(1), -1}) * share.permute({2, 0, 1, 3})).flatten(-2);
    };
    copy_result(weigh(prev_attn_out, prev_sum) + weigh(cur_attn_out, cur_sum), attn_out);
    write(max, softmax_max);
    write(sum, softmax_sum);
  };
}

}  // namespace npu
