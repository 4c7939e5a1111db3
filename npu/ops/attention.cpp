// The forms of flash attention: each passes on what it takes.
#include "aclnnop/attention.h"

#include "npu/ops/attention.h"

namespace npu {
namespace {

constexpr const char* kNoQuant = "UNIMPLEMENTED: quantized attention";

}  // namespace

ACLNN_OP(aclnnFlashAttentionScore, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale,
         keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, softmax_max,
         softmax_sum, softmax_out, attention_out) {
  return attention_plan({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob,
                         pre_tokens, next_tokens, head_num, input_layout, sparse_mode},
                        {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreV2, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, q_start_idx,
         kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode,
         pse_type, softmax_max, softmax_sum, softmax_out, attention_out) {
  return attention_plan({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob,
                         pre_tokens, next_tokens, head_num, input_layout, sparse_mode, pse_type},
                        {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreV3, query, key, value, pse, drop_mask, padding_mask, atten_mask, sink, prefix,
         q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise,
         sparse_mode, pse_type, softmax_max, softmax_sum, softmax_out, attention_out) {
  FlashAttention f{query, key,       value,      pse,         drop_mask, padding_mask, atten_mask,  prefix,
                   scale, keep_prob, pre_tokens, next_tokens, head_num,  input_layout, sparse_mode, pse_type};
  f.sink = sink;
  return attention_plan(f, {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreV4, query, key, value, pse, drop_mask, padding_mask, atten_mask, query_rope, key_rope,
         d_scale_q, d_scale_k, d_scale_v, sink, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx,
         scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, out_dtype,
         pse_type, softmax_out_layout, seed, philox_offset, softmax_max, softmax_sum, softmax_out, attention_out) {
  OP_CHECK(!d_scale_q.defined() && !d_scale_k.defined() && !d_scale_v.defined(), kNoQuant);
  return attention_plan({query,
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
                         actual_seq_qlen,
                         actual_seq_kvlen,
                         sink,
                         query_rope,
                         key_rope,
                         softmax_out_layout},
                        {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScore, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix,
         actual_seq_qlen, actual_seq_kvlen, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout,
         inner_precise, sparse_mode, softmax_max, softmax_sum, softmax_out, attention_out) {
  return attention_plan(
      {query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens, next_tokens,
       head_num, input_layout, sparse_mode, 1, actual_seq_qlen, actual_seq_kvlen},
      {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScoreV2, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix,
         actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens, next_tokens,
         head_num, input_layout, inner_precise, sparse_mode, pse_type, softmax_max, softmax_sum, softmax_out,
         attention_out) {
  return attention_plan(
      {query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens, next_tokens,
       head_num, input_layout, sparse_mode, pse_type, actual_seq_qlen, actual_seq_kvlen},
      {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScoreV3, query, query_rope, key, key_rope, value, pse, drop_mask, padding_mask,
         atten_mask, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens,
         next_tokens, head_num, input_layout, inner_precise, sparse_mode, pse_type, softmax_max, softmax_sum,
         softmax_out, attention_out) {
  return attention_plan({query,      key,          value,       pse,       drop_mask,       padding_mask,
                         atten_mask, prefix,       scale,       keep_prob, pre_tokens,      next_tokens,
                         head_num,   input_layout, sparse_mode, pse_type,  actual_seq_qlen, actual_seq_kvlen,
                         {},         query_rope,   key_rope},
                        {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScoreV4, query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix,
         actual_seq_qlen, actual_seq_kvlen, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout,
         inner_precise, sparse_mode, softmax_out_layout, softmax_max, softmax_sum, softmax_out, attention_out) {
  return attention_plan({query,
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
                         1,
                         actual_seq_qlen,
                         actual_seq_kvlen,
                         {},
                         {},
                         {},
                         softmax_out_layout},
                        {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionVarLenScoreV5, query, query_rope, key, key_rope, value, pse, drop_mask, padding_mask,
         atten_mask, sink, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob,
         pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, pse_type, softmax_layout,
         softmax_max, softmax_sum, softmax_out, attention_out) {
  return attention_plan({query,      key,          value,       pse,           drop_mask,       padding_mask,
                         atten_mask, prefix,       scale,       keep_prob,     pre_tokens,      next_tokens,
                         head_num,   input_layout, sparse_mode, pse_type,      actual_seq_qlen, actual_seq_kvlen,
                         sink,       query_rope,   key_rope,    softmax_layout},
                        {softmax_max, softmax_sum, attention_out});
}

ACLNN_OP(aclnnFlashAttentionScoreGrad, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, prefix, scale, keep_prob, pre_tokens, next_tokens, head_num,
         input_layout, inner_precise, sparse_mode, grad_query, grad_key, grad_value, grad_pse) {
  return attention_backward_plan({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob,
                                  pre_tokens, next_tokens, head_num, input_layout, sparse_mode},
                                 grad, {softmax_max, softmax_sum, attention_in},
                                 {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionScoreGradV2, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, prefix, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens,
         next_tokens, head_num, input_layout, inner_precise, sparse_mode, pse_type, grad_query, grad_key, grad_value,
         grad_pse) {
  return attention_backward_plan({query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob,
                                  pre_tokens, next_tokens, head_num, input_layout, sparse_mode, pse_type},
                                 grad, {softmax_max, softmax_sum, attention_in},
                                 {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionScoreGradV3, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, sink, prefix, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens,
         next_tokens, head_num, input_layout, inner_precise, sparse_mode, pse_type, grad_query, grad_key, grad_value,
         grad_pse, grad_sink) {
  FlashAttention f{query, key,       value,      pse,         drop_mask, padding_mask, atten_mask,  prefix,
                   scale, keep_prob, pre_tokens, next_tokens, head_num,  input_layout, sparse_mode, pse_type};
  f.sink = sink;
  return attention_backward_plan(f, grad, {softmax_max, softmax_sum, attention_in},
                                 {grad_query, grad_key, grad_value, grad_pse, grad_sink});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGrad, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask,
         softmax_max, softmax_sum, softmax_in, attention_in, prefix, actual_seq_qlen, actual_seq_kvlen, scale,
         keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, grad_query, grad_key,
         grad_value, grad_pse) {
  return attention_backward_plan(
      {query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens, next_tokens,
       head_num, input_layout, sparse_mode, 1, actual_seq_qlen, actual_seq_kvlen},
      grad, {softmax_max, softmax_sum, attention_in}, {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGradV2, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask,
         softmax_max, softmax_sum, softmax_in, attention_in, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx,
         kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode,
         pse_type, grad_query, grad_key, grad_value, grad_pse) {
  return attention_backward_plan(
      {query, key, value, pse, drop_mask, padding_mask, atten_mask, prefix, scale, keep_prob, pre_tokens, next_tokens,
       head_num, input_layout, sparse_mode, pse_type, actual_seq_qlen, actual_seq_kvlen},
      grad, {softmax_max, softmax_sum, attention_in}, {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGradV3, query, query_rope, key, key_rope, value, grad, pse, drop_mask,
         padding_mask, atten_mask, softmax_max, softmax_sum, softmax_in, attention_in, prefix, actual_seq_qlen,
         actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout,
         inner_precise, sparse_mode, pse_type, grad_query, grad_query_rope, grad_key, grad_key_rope, grad_value,
         grad_pse) {
  return attention_backward_plan({query,      key,          value,       pse,       drop_mask,       padding_mask,
                                  atten_mask, prefix,       scale,       keep_prob, pre_tokens,      next_tokens,
                                  head_num,   input_layout, sparse_mode, pse_type,  actual_seq_qlen, actual_seq_kvlen,
                                  {},         query_rope,   key_rope},
                                 grad, {softmax_max, softmax_sum, attention_in},
                                 {grad_query, grad_key, grad_value, grad_pse, {}, grad_query_rope, grad_key_rope});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGradV4, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask,
         softmax_max, softmax_sum, softmax_in, attention_in, prefix, actual_seq_qlen, actual_seq_kvlen, scale,
         keep_prob, pre_tokens, next_tokens, head_num, input_layout, inner_precise, sparse_mode, grad_query, grad_key,
         grad_value, grad_pse, softmax_in_layout) {
  return attention_backward_plan({query,
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
                                  1,
                                  actual_seq_qlen,
                                  actual_seq_kvlen,
                                  {},
                                  {},
                                  {},
                                  softmax_in_layout},
                                 grad, {softmax_max, softmax_sum, attention_in},
                                 {grad_query, grad_key, grad_value, grad_pse});
}

ACLNN_OP(aclnnFlashAttentionUnpaddingScoreGradV5, query, query_rope, key, key_rope, value, grad, pse, drop_mask,
         padding_mask, atten_mask, softmax_max, softmax_sum, softmax_in, attention_in, sink, prefix, actual_seq_qlen,
         actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens, next_tokens, head_num, input_layout,
         inner_precise, sparse_mode, pse_type, softmax_in_layout, grad_query, grad_query_rope, grad_key, grad_key_rope,
         grad_value, grad_pse, grad_sink) {
  return attention_backward_plan(
      {query,
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
       actual_seq_qlen,
       actual_seq_kvlen,
       sink,
       query_rope,
       key_rope,
       softmax_in_layout},
      grad, {softmax_max, softmax_sum, attention_in},
      {grad_query, grad_key, grad_value, grad_pse, grad_sink, grad_query_rope, grad_key_rope});
}

ACLNN_OP(aclnnFlashAttentionScoreGradV4, query, key, value, grad, pse, drop_mask, padding_mask, atten_mask, softmax_max,
         softmax_sum, softmax_in, attention_in, sink, query_rope, key_rope, d_scale_q, d_scale_k, d_scale_v, d_scale_dy,
         d_scale_o, prefix, actual_seq_qlen, actual_seq_kvlen, q_start_idx, kv_start_idx, scale, keep_prob, pre_tokens,
         next_tokens, head_num, input_layout, softmax_in_layout, inner_precise, sparse_mode, pse_type, seed,
         philox_offset, out_dtype, grad_query, grad_key, grad_value, grad_query_rope, grad_key_rope, grad_pse,
         grad_sink) {
  OP_CHECK(!d_scale_q.defined() && !d_scale_k.defined() && !d_scale_v.defined(), kNoQuant);
  return attention_backward_plan(
      {query,
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
       actual_seq_qlen,
       actual_seq_kvlen,
       sink,
       query_rope,
       key_rope,
       softmax_in_layout},
      grad, {softmax_max, softmax_sum, attention_in},
      {grad_query, grad_key, grad_value, grad_pse, grad_sink, grad_query_rope, grad_key_rope});
}

}  // namespace npu
