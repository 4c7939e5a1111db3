// The forms of attention of inference: each passes on what it takes.
#include "npu/ops/infer_attention.h"

#include "aclnnop/infer_attention.h"

namespace npu {
namespace {

Status not_given(const char* what, std::initializer_list<Tensor> tensors) {
  for (const Tensor& t : tensors) OP_CHECK(!t.defined(), std::string("UNIMPLEMENTED: ") + what);
  return {};
}
constexpr const char* kQuant = "quantized attention";
constexpr const char* kPadding = "sequences padded on the left";
constexpr const char* kSharedPrefix = "a shared prefix of keys and values";

}  // namespace

ACLNN_OP(aclnnPromptFlashAttentionV3, query, key, value, pse_shift, atten_mask, actual_seq_lengths,
         actual_seq_lengths_kv, deq_scale1, quant_scale1, deq_scale2, quant_scale2, quant_offset2, num_heads,
         scale_value, pre_tokens, next_tokens, input_layout, num_key_value_heads, sparse_mode, inner_precise,
         attention_out) {
  NPU_TRY(not_given(kQuant, {deq_scale1, quant_scale1, deq_scale2, quant_scale2, quant_offset2}));
  return infer_attention({query,
                          {key},
                          {value},
                          pse_shift,
                          atten_mask,
                          actual_seq_lengths,
                          actual_seq_lengths_kv,
                          num_heads,
                          num_key_value_heads,
                          scale_value,
                          pre_tokens,
                          next_tokens,
                          input_layout,
                          sparse_mode},
                         attention_out, {});
}

ACLNN_OP(aclnnIncreFlashAttentionV4, query, key, value, pse_shift, atten_mask, actual_seq_lengths, dequant_scale1,
         quant_scale1, dequant_scale2, quant_scale2, quant_offset2, antiquant_scale, antiquant_offset, block_table,
         kv_padding_size, num_heads, scale_value, input_layout, num_key_value_heads, block_size, inner_precise,
         attention_out) {
  NPU_TRY(not_given(kQuant, {dequant_scale1, quant_scale1, dequant_scale2, quant_scale2, quant_offset2, antiquant_scale,
                             antiquant_offset}));
  NPU_TRY(not_given(kPadding, {kv_padding_size}));
  constexpr int64_t kAll = INT32_MAX;
  return infer_attention({query,
                          key,
                          value,
                          pse_shift,
                          atten_mask,
                          {},
                          actual_seq_lengths,
                          num_heads,
                          num_key_value_heads,
                          scale_value,
                          kAll,
                          kAll,
                          input_layout,
                          kGivenMask,
                          block_table,
                          block_size},
                         attention_out, {});
}

ACLNN_OP(aclnnFusedInferAttentionScoreV2, query, key, value, pse_shift, atten_mask, actual_seq_lengths,
         actual_seq_lengths_kv, dequant_scale1, quant_scale1, dequant_scale2, quant_scale2, quant_offset2,
         antiquant_scale, antiquant_offset, block_table, query_padding_size, kv_padding_size, key_antiquant_scale,
         key_antiquant_offset, value_antiquant_scale, value_antiquant_offset, key_shared_prefix, value_shared_prefix,
         actual_shared_prefix_len, num_heads, scale_value, pre_tokens, next_tokens, input_layout, num_key_value_heads,
         sparse_mode, inner_precise, block_size, antiquant_mode, softmax_lse_flag, key_antiquant_mode,
         value_antiquant_mode, attention_out, softmax_lse) {
  NPU_TRY(not_given(kQuant, {quant_scale1, dequant_scale1, dequant_scale2, quant_scale2, quant_offset2, antiquant_scale,
                             antiquant_offset, key_antiquant_scale, key_antiquant_offset, value_antiquant_scale,
                             value_antiquant_offset}));
  NPU_TRY(not_given(kPadding, {query_padding_size, kv_padding_size}));
  NPU_TRY(not_given(kSharedPrefix, {key_shared_prefix, value_shared_prefix}));
  return infer_attention(
      {query, key, value, pse_shift, atten_mask, actual_seq_lengths, actual_seq_lengths_kv, num_heads,
       num_key_value_heads, scale_value, pre_tokens, next_tokens, input_layout, sparse_mode, block_table, block_size},
      attention_out, softmax_lse_flag ? softmax_lse : Tensor());
}

ACLNN_OP(aclnnFusedInferAttentionScoreV3, query, key, value, pse_shift, atten_mask, actual_seq_lengths,
         actual_seq_lengths_kv, dequant_scale1, quant_scale1, dequant_scale2, quant_scale2, quant_offset2,
         antiquant_scale, antiquant_offset, block_table, query_padding_size, kv_padding_size, key_antiquant_scale,
         key_antiquant_offset, value_antiquant_scale, value_antiquant_offset, key_shared_prefix, value_shared_prefix,
         actual_shared_prefix_len, query_rope, key_rope, key_rope_antiquant_scale, num_heads, scale_value, pre_tokens,
         next_tokens, input_layout, num_key_value_heads, sparse_mode, inner_precise, block_size, antiquant_mode,
         softmax_lse_flag, key_antiquant_mode, value_antiquant_mode, attention_out, softmax_lse) {
  NPU_TRY(not_given(kQuant, {quant_scale1, dequant_scale1, dequant_scale2, quant_scale2, quant_offset2, antiquant_scale,
                             antiquant_offset, key_antiquant_scale, key_antiquant_offset, value_antiquant_scale,
                             value_antiquant_offset, key_rope_antiquant_scale}));
  NPU_TRY(not_given(kPadding, {query_padding_size, kv_padding_size}));
  NPU_TRY(not_given(kSharedPrefix, {key_shared_prefix, value_shared_prefix}));
  return infer_attention({query, key, value, pse_shift, atten_mask, actual_seq_lengths, actual_seq_lengths_kv,
                          num_heads, num_key_value_heads, scale_value, pre_tokens, next_tokens, input_layout,
                          sparse_mode, block_table, block_size, query_rope, key_rope},
                         attention_out, softmax_lse_flag ? softmax_lse : Tensor());
}

ACLNN_OP(aclnnFusedInferAttentionScoreV4, query, key, value, pse_shift, atten_mask, actual_seq_lengths,
         actual_seq_lengths_kv, dequant_scale1, quant_scale1, dequant_scale2, quant_scale2, quant_offset2,
         antiquant_scale, antiquant_offset, block_table, query_padding_size, kv_padding_size, key_antiquant_scale,
         key_antiquant_offset, value_antiquant_scale, value_antiquant_offset, key_shared_prefix, value_shared_prefix,
         actual_shared_prefix_len, query_rope, key_rope, key_rope_antiquant_scale, dequant_scale_query, learnable_sink,
         num_heads, scale_value, pre_tokens, next_tokens, input_layout, num_key_value_heads, sparse_mode, inner_precise,
         block_size, antiquant_mode, softmax_lse_flag, key_antiquant_mode, value_antiquant_mode, query_quant_mode,
         attention_out, softmax_lse) {
  NPU_TRY(not_given(kQuant, {quant_scale1, dequant_scale1, dequant_scale2, quant_scale2, quant_offset2, antiquant_scale,
                             antiquant_offset, key_antiquant_scale, key_antiquant_offset, value_antiquant_scale,
                             value_antiquant_offset, key_rope_antiquant_scale, dequant_scale_query}));
  NPU_TRY(not_given(kPadding, {query_padding_size, kv_padding_size}));
  NPU_TRY(not_given(kSharedPrefix, {key_shared_prefix, value_shared_prefix}));
  return infer_attention({query, key, value, pse_shift, atten_mask, actual_seq_lengths, actual_seq_lengths_kv,
                          num_heads, num_key_value_heads, scale_value, pre_tokens, next_tokens, input_layout,
                          sparse_mode, block_table, block_size, query_rope, key_rope, learnable_sink},
                         attention_out, softmax_lse_flag ? softmax_lse : Tensor());
}

}  // namespace npu
