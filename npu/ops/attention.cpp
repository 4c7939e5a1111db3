#include "npu/ops/attention.h"

#include "aclnnop/attention.h"
#include "npu/kernels/attention.h"

namespace npu {
namespace {

// Any layout as [B, N, S, D]; TND is one batch, of which a sequence is a part.
at::Tensor heads_first(const at::Tensor& t, const std::string& layout, int64_t heads) {
  if (layout == "BNSD") return t;
  if (layout == "BSND") return t.transpose(1, 2);
  if (layout == "TND") return t.transpose(0, 1).unsqueeze(0);
  const auto batch_first = layout == "SBH" ? t.transpose(0, 1) : t;
  return batch_first.unflatten(2, {heads, -1}).transpose(1, 2);
}

// The part of a mask or bias that belongs to batch b, for `rows` queries and `columns` keys.
at::Tensor part(const Tensor& t, int64_t b, int64_t rows, int64_t columns) {
  if (!t.defined()) return {};
  auto out = aten_view(t);
  if (out.dim() == 4) out = out.select(0, out.size(0) == 1 ? 0 : b);
  const auto fit = [&out](int64_t dim, int64_t size) {
    TORCH_CHECK(out.size(dim) >= size || out.size(dim) == 1, "a mask or pse of ", out.sizes(), " has no ", size,
                " in dimension ", dim);
    if (out.size(dim) > size) out = out.narrow(dim, 0, size);
  };
  fit(-2, rows), fit(-1, columns);
  return out;
}

// One sequence of the batch: what the kernel takes, and where the sequence lies.
struct Sequence {
  kernels::Attention attention;
  int64_t batch, query_start, query_size, key_start, key_size;

  at::Tensor queries(const at::Tensor& t) const { return t[batch].narrow(1, query_start, query_size); }
  at::Tensor keys(const at::Tensor& t) const { return t[batch].narrow(1, key_start, key_size); }
};

// Calls f(Sequence) for each sequence.
template <class F> void for_each_sequence(const FlashAttention& f, F call) {
  const bool tnd = f.layout == "TND";
  const auto query = heads_first(aten_view(f.query), f.layout, f.heads);
  const auto key = heads_first(aten_view(f.key), f.layout, key_heads(f));
  const auto value = heads_first(aten_view(f.value), f.layout, key_heads(f));
  const int64_t count = tnd ? static_cast<int64_t>(f.query_ends.size()) : query.size(0);
  const auto drop_mask = f.drop_mask.defined() ? aten_view(f.drop_mask).contiguous() : at::Tensor();
  int64_t bits = 0;
  for (int64_t b = 0; b < count; ++b) {
    Sequence s{{}, tnd ? 0 : b, 0, query.size(2), 0, key.size(2)};
    if (tnd) {
      s.query_start = b ? f.query_ends[b - 1] : 0, s.query_size = f.query_ends[b] - s.query_start;
      s.key_start = b ? f.key_ends[b - 1] : 0, s.key_size = f.key_ends[b] - s.key_start;
    }
    auto& a = s.attention;
    a.query = s.queries(query), a.key = s.keys(key), a.value = s.keys(value);
    a.scale = f.scale, a.keep = f.keep, a.scale_bias = f.pse_type == 1;
    a.bias = part(f.pse, b, s.query_size, s.key_size);
    if (f.sink.defined()) a.sink = aten_view(f.sink);
    const int64_t ahead = s.key_size - s.query_size;
    switch (f.sparse_mode) {
      case kCausal: a.last = 0; break;
      case kCausalFromEnd: a.last = ahead; break;
      case kBand: a.first = ahead - f.pre, a.last = ahead + f.next; break;
      case kPrefix: a.last = ahead, a.prefix = f.prefix.at(b); break;
      case kGivenMask:
        if (f.atten_mask.defined()) a.first = -f.pre, a.last = f.next;
        [[fallthrough]];
      default: a.masked = part(f.atten_mask, b, s.query_size, s.key_size);
    }
    if (a.masked.defined()) a.masked = a.masked.to(at::kBool);
    if (f.drop_mask.defined()) {
      a.dropped = kernels::dropped_of_bits(static_cast<const uint8_t*>(drop_mask.const_data_ptr()), bits,
                                           {f.heads, s.query_size, s.key_size});
      bits += a.dropped.numel();
    }
    call(s);
  }
}

// The softmax's maxima and sums are [B, N, S, 8], or [T, N, 8], eight times the same.
at::Tensor stats(const Tensor& t, const FlashAttention& f) {
  return heads_first(aten_view(t), f.layout == "TND" ? "TND" : "BNSD", f.heads);
}

Plan forward(FlashAttention f, FlashOutputs out) {
  NPU_TRY(attention_fits(f));
  NPU_TRY(attention_fits(f, out));
  return [f = std::move(f), out](void*) {
    const auto attention = heads_first(aten_view(out.attention), f.layout, f.heads);
    const auto max = stats(out.max, f), sum = stats(out.sum, f);
    for_each_sequence(f, [&](const Sequence& s) {
      const auto result = kernels::attention(s.attention);
      s.queries(attention).copy_(result.output);
      s.queries(max).copy_(result.max.expand({-1, -1, 8}));
      s.queries(sum).copy_(result.sum.expand({-1, -1, 8}));
    });
  };
}

Plan backward(FlashAttention f, Tensor grad, FlashOutputs saved, FlashGrads out) {
  NPU_TRY(attention_fits(f));
  NPU_TRY(attention_fits(f, saved));
  OP_CHECK(grad.same_sizes(saved.attention), "the gradient must have the shape of the attention");
  const auto like = [](const char* name, const Tensor& grad_of, const Tensor& t) {
    return holds(name, grad_of, sizes(t), t.dtype);
  };
  NPU_TRY(like("the query's gradient", out.query, f.query));
  NPU_TRY(like("the key's gradient", out.key, f.key));
  NPU_TRY(like("the value's gradient", out.value, f.value));
  const bool wants_pse = f.pse.defined() && out.pse.defined() && out.pse.numel() > 0;
  if (wants_pse) NPU_TRY(like("the pse's gradient", out.pse, f.pse));
  const bool wants_sink = f.sink.defined() && out.sink.defined();
  if (wants_sink) NPU_TRY(like("the sink's gradient", out.sink, f.sink));
  return [f = std::move(f), grad, saved, out, wants_pse, wants_sink](void*) {
    const auto grad_out = heads_first(aten_view(grad), f.layout, f.heads);
    const auto attention = heads_first(aten_view(saved.attention), f.layout, f.heads);
    const auto max = stats(saved.max, f), sum = stats(saved.sum, f);
    const auto query = heads_first(aten_view(out.query), f.layout, f.heads);
    const auto key = heads_first(aten_view(out.key), f.layout, key_heads(f));
    const auto value = heads_first(aten_view(out.value), f.layout, key_heads(f));
    if (wants_pse) aten_view(out.pse).zero_();
    if (wants_sink) aten_view(out.sink).zero_();
    for_each_sequence(f, [&](const Sequence& s) {
      const kernels::AttentionResult before{s.queries(attention), s.queries(max).narrow(2, 0, 1),
                                            s.queries(sum).narrow(2, 0, 1)};
      const auto grads = kernels::attention_backward(s.attention, before, s.queries(grad_out));
      s.queries(query).copy_(grads.query);
      s.keys(key).copy_(grads.key);
      s.keys(value).copy_(grads.value);
      if (wants_pse) {
        auto pse = part(out.pse, s.batch, s.query_size, s.key_size);
        pse.add_(grads.bias.sum_to_size(pse.sizes()));
      }
      if (wants_sink) aten_view(out.sink).add_(grads.sink);
    });
  };
}

constexpr const char* kNoRope = "UNIMPLEMENTED: a separate rope part of query and key";
constexpr const char* kNoQuant = "UNIMPLEMENTED: quantized attention";

}  // namespace

ACLNN_OP(aclnnFlashAttentionScore, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale,
         keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, softmax_max,
         softmax_sum, softmax_out, attention_out) {
  return forward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                  next_tokens, head_num, input_layout, sparse_mode},
                 {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreV2, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, q_start_idx,
         kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode,
         pse_type, softmax_max, softmax_sum, softmax_out, attention_out) {
  return forward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                  next_tokens, head_num, input_layout, sparse_mode, pse_type},
                 {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreV3, query, key, value, pse, drop_mask, padding_mask, atten_mask, sink, prefix,
         q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise,
         sparse_mode, pse_type, softmax_max, softmax_sum, softmax_out, attention_out) {
  return forward({query,
                  key,
                  value,
                  pse,
                  drop_mask,
                  padding_mask,
                  atten_mask,
                  prefix,
                  scale,
                  keep_prob,
                  pre_tokens,
                  next_tokens,
                  head_num,
                  input_layout,
                  sparse_mode,
                  pse_type,
                  {},
                  {},
                  sink},
                 {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreV4, query, key, value, pse, drop_mask, padding_mask, atten_mask, query_rope, key_rope,
         d_scale_q, d_scale_k, d_scale_v, sink, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx,
         scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, out_dtype,
         pse_type, softmax_out_layout, seed, philox_offset, softmax_max, softmax_sum, softmax_out, attention_out) {
  OP_CHECK(!query_rope.defined() && !key_rope.defined(), kNoRope);
  OP_CHECK(!d_scale_q.defined() && !d_scale_k.defined() && !d_scale_v.defined(), kNoQuant);
  return forward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                  next_tokens, head_num, input_layout, sparse_mode, pse_type, actual_seq_qlen, actual_seq_kvlen, sink},
                 {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScore, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix,
         actual_seq_qlen, actual_seq_kvlen, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout,
         inner_precise, sparse_mode, softmax_max, softmax_sum, softmax_out, attention_out) {
  return forward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                  next_tokens, head_num, input_layout, sparse_mode, 1, actual_seq_qlen, actual_seq_kvlen},
                 {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScoreV2, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix,
         actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens, next_tokens,
         head_num, input_layout, inner_precise, sparse_mode, pse_type, softmax_max, softmax_sum, softmax_out,
         attention_out) {
  return forward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                  next_tokens, head_num, input_layout, sparse_mode, pse_type, actual_seq_qlen, actual_seq_kvlen},
                 {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScoreV4, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix,
         actual_seq_qlen, actual_seq_kvlen, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout,
         inner_precise, sparse_mode, softmax_out_layout, softmax_max, softmax_sum, softmax_out, attention_out) {
  return forward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                  next_tokens, head_num, input_layout, sparse_mode, 1, actual_seq_qlen, actual_seq_kvlen},
                 {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreGrad, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, prefix, scale, keep_prob, pre_tokens, next_tokens, head_num,
         input_layout, inner_precise, sparse_mode, grad_query, grad_key, grad_value, grad_pse) {
  return backward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                   next_tokens, head_num, input_layout, sparse_mode},
                  grad, {softmax_max, softmax_sum, attention_in}, {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionScoreGradV2, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, prefix, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens,
         next_tokens, head_num, input_layout, inner_precise, sparse_mode, pse_type, grad_query, grad_key, grad_value,
         grad_pse) {
  return backward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                   next_tokens, head_num, input_layout, sparse_mode, pse_type},
                  grad, {softmax_max, softmax_sum, attention_in}, {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionScoreGradV3, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, sink, prefix, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens,
         next_tokens, head_num, input_layout, inner_precise, sparse_mode, pse_type, grad_query, grad_key, grad_value,
         grad_pse, grad_sink) {
  return backward({query,
                   key,
                   value,
                   pse,
                   drop_mask,
                   padding_mask,
                   atten_mask,
                   prefix,
                   scale,
                   keep_prob,
                   pre_tokens,
                   next_tokens,
                   head_num,
                   input_layout,
                   sparse_mode,
                   pse_type,
                   {},
                   {},
                   sink},
                  grad, {softmax_max, softmax_sum, attention_in},
                  {grad_query, grad_key, grad_value, grad_pse, grad_sink});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGrad, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask,
         softmax_max, softmax_sum, softmax_in, attention_in, prefix, actual_seq_qlen, actual_seq_kvlen, scale,
         keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, grad_query, grad_key,
         grad_value, grad_pse) {
  return backward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                   next_tokens, head_num, input_layout, sparse_mode, 1, actual_seq_qlen, actual_seq_kvlen},
                  grad, {softmax_max, softmax_sum, attention_in}, {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGradV2, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask,
         softmax_max, softmax_sum, softmax_in, attention_in, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx,
         kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode,
         pse_type, grad_query, grad_key, grad_value, grad_pse) {
  return backward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                   next_tokens, head_num, input_layout, sparse_mode, pse_type, actual_seq_qlen, actual_seq_kvlen},
                  grad, {softmax_max, softmax_sum, attention_in}, {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGradV4, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask,
         softmax_max, softmax_sum, softmax_in, attention_in, prefix, actual_seq_qlen, actual_seq_kvlen, scale,
         keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, grad_query, grad_key,
         grad_value, grad_pse, softmax_in_layout) {
  return backward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                   next_tokens, head_num, input_layout, sparse_mode, 1, actual_seq_qlen, actual_seq_kvlen},
                  grad, {softmax_max, softmax_sum, attention_in}, {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionScoreGradV4, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, sink, query_rope, key_rope, d_scale_q, d_scale_k, d_scale_v, d_scale_dy,
         d_scale_o, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens,
         next_tokens, head_num, input_layout, softmax_in_layout, inner_precise, sparse_mode, pse_type, seed,
         philox_offset, out_dtype, grad_query, grad_key, grad_value, grad_query_rope, grad_key_rope, grad_pse,
         grad_sink) {
  OP_CHECK(!query_rope.defined() && !key_rope.defined(), kNoRope);
  OP_CHECK(!d_scale_q.defined() && !d_scale_k.defined() && !d_scale_v.defined(), kNoQuant);
  return backward({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens,
                   next_tokens, head_num, input_layout, sparse_mode, pse_type, actual_seq_qlen, actual_seq_kvlen, sink},
                  grad, {softmax_max, softmax_sum, attention_in},
                  {grad_query, grad_key, grad_value, grad_pse, grad_sink});
}

}  // namespace npu
