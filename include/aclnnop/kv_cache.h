/* Operators: the paged cache of keys and values. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnScatterPaKvCache, const aclTensor* key, aclTensor* key_cache, const aclTensor* slot_mapping,
              const aclTensor* value, aclTensor* value_cache, const aclTensor* compress_lens,
              const aclTensor* compress_seq_offsets, const aclTensor* seq_lens, char* cache_mode, char* scatter_mode,
              const aclIntArray* strides, const aclIntArray* offsets);
ACLNN_DECLARE(aclnnGatherPaKvCache, const aclTensor* key_cache, const aclTensor* value_cache,
              const aclTensor* block_tables, const aclTensor* seq_lens, aclTensor* key, aclTensor* value,
              const aclTensor* seq_offset, char* cache_mode, bool is_seq_lens_cumsum);
ACLNN_DECLARE(aclnnKvRmsNormRopeCache, const aclTensor* kv, const aclTensor* gamma, const aclTensor* cos,
              const aclTensor* sin, const aclTensor* index, aclTensor* k_cache, aclTensor* ckv_cache,
              const aclTensor* k_rope_scale, const aclTensor* c_kv_scale, const aclTensor* k_rope_offset,
              const aclTensor* c_kv_offset, double epsilon, char* cache_mode, bool is_output_kv, aclTensor* k_rope,
              aclTensor* c_kv);
ACL_END
