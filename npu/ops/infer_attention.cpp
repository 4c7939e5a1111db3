// Attention for inference: no dropout, no statistics for a backward pass.
#include "aclnnop/attention.h"
#include "npu/ops/attention.h"

namespace npu {

ACLNN_OP(aclnnFusedInferAttentionScoreV2, query, key, value, pse_shift, atten_mask, actual_seq_lengths,
         actual_seq_lengths_kv, deq_scale1, quant_scale1, deq_scale2, quant_scale2, quant_offset2, antiquant_scale,
         antiquant_offset, block_table, query_padding_size, kv_padding_size, key_antiquant_scale, key_antiquant_offset,
         value_antiquant_scale, value_antiquant_offset, key_shared_prefix, value_shared_prefix,
         actual_shared_prefix_len, num_heads, scale_value, pre_tokens, next_tokens, input_layout, num_key_value_heads,
         sparse_mode, inner_precise, block_size, antiquant_mode, softmax_lse_flag, key_antiquant_mode,
         value_antiquant_mode, attention_out, softmax_lse) {
  OP_GIVEN(query.defined() && attention_out.defined());
  OP_CHECK(key.size() == 1 && value.size() == 1, "UNIMPLEMENTED: key and value in several tensors");
  for (const Tensor* t :
       {&deq_scale1, &quant_scale1, &deq_scale2, &quant_scale2, &quant_offset2, &antiquant_scale, &antiquant_offset,
        &key_antiquant_scale, &key_antiquant_offset, &value_antiquant_scale, &value_antiquant_offset})
    OP_CHECK(!t->defined(), "UNIMPLEMENTED: quantized attention");
  OP_CHECK(!block_table.defined(), "UNIMPLEMENTED: a paged cache of keys and values");
  OP_CHECK(!query_padding_size.defined() && !kv_padding_size.defined(), "UNIMPLEMENTED: padding at the left");
  OP_CHECK(!key_shared_prefix.defined() && !value_shared_prefix.defined(), "UNIMPLEMENTED: a shared prefix");
  OP_CHECK(input_layout == "BSH" || input_layout == "BSND" || input_layout == "BNSD",
           "UNIMPLEMENTED: the layout " + input_layout + "; BSH, BSND and BNSD are there");
  OP_CHECK(sparse_mode >= kGivenMask && sparse_mode <= kBand, "the device has sparse_mode 0 to 4 here");
  FlashAttention f{.query = query,
                   .key = key[0],
                   .value = value[0],
                   .pse = pse_shift,
                   .atten_mask = atten_mask,
                   .scale = scale_value,
                   .keep = 1,
                   .pre = pre_tokens,
                   .next = next_tokens,
                   .heads = num_heads,
                   .layout = input_layout,
                   .sparse_mode = sparse_mode,
                   .pse_type = 0,
                   .infers = true,
                   .query_lengths = actual_seq_lengths,
                   .key_lengths = actual_seq_lengths_kv};
  NPU_TRY(attention_fits(f));
  OP_CHECK(num_key_value_heads == 0 || num_key_value_heads == key_heads(f),
           "num_key_value_heads is not the number of heads that key has");
  return attention_plan(std::move(f), {.attention = attention_out, .lse = softmax_lse_flag ? softmax_lse : Tensor()});
}

}  // namespace npu
