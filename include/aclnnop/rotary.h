/* Operators: rotary position embedding. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnRotaryPositionEmbedding, const aclTensor* x, const aclTensor* cos, const aclTensor* sin,
              int64_t mode, aclTensor* out);
ACLNN_DECLARE(aclnnRotaryPositionEmbeddingV2, const aclTensor* x, const aclTensor* cos, const aclTensor* sin,
              int64_t mode, const aclTensor* rotate, aclTensor* out);
ACLNN_DECLARE(aclnnRotaryPositionEmbeddingGrad, const aclTensor* dy, const aclTensor* cos, const aclTensor* sin,
              const aclTensor* x, int64_t mode, aclTensor* dx, aclTensor* dcos, aclTensor* dsin);
ACLNN_DECLARE(aclnnApplyRotaryPosEmb, aclTensor* query, aclTensor* key, const aclTensor* cos, const aclTensor* sin,
              int64_t layout);
ACLNN_DECLARE(aclnnApplyRotaryPosEmbV2, aclTensor* query, aclTensor* key, const aclTensor* cos, const aclTensor* sin,
              int64_t layout, char* rotary_mode);
ACLNN_DECLARE(aclnnInterleaveRope, const aclTensor* x, const aclTensor* cos, const aclTensor* sin, aclTensor* out);
ACLNN_DECLARE(aclnnRopeWithSinCosCache, const aclTensor* positions, const aclTensor* query, const aclTensor* key,
              const aclTensor* cos_sin_cache, const aclIntArray* mrope_section, int64_t head_size, bool is_neox_style,
              aclTensor* query_out, aclTensor* key_out);
ACL_END
