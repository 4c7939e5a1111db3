/* Operators: sampling. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnApplyTopKTopP, const aclTensor* logits, const aclTensor* p, const aclTensor* k, aclTensor* out);
ACLNN_DECLARE(aclnnAdvanceStep, aclTensor* input_tokens, const aclTensor* sampled_token_ids, aclTensor* input_positions,
              aclTensor* seq_lens, aclTensor* slot_mapping, const aclTensor* block_tables, int64_t num_seqs,
              int64_t num_queries, int64_t block_size);
ACL_END
