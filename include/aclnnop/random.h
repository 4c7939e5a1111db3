/* Operators: random. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnDropoutDoMask, const aclTensor* self, const aclTensor* mask, double p, aclTensor* out);
ACLNN_DECLARE(aclnnDropoutGenMask, const aclIntArray* shape, double p, int64_t seed, int64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnDropoutGenMaskV2, const aclIntArray* shape, double prob, int64_t seed, int64_t offset,
              aclDataType prob_data_type, aclTensor* out);
ACLNN_DECLARE(aclnnDropoutGenMaskV2Tensor, const aclIntArray* shape, double prob, const aclTensor* seed_tensor,
              const aclTensor* offset_tensor, int64_t offset, aclDataType prob_data_type, aclTensor* out);
ACLNN_DECLARE(aclnnDropoutV3, const aclTensor* self, const aclTensor* noise_shape, double p, uint64_t seed,
              uint64_t offset, aclTensor* out, aclTensor* mask);
ACLNN_DECLARE(aclnnInplaceBernoulli, aclTensor* self, const aclScalar* p, uint64_t seed, uint64_t offset);
ACLNN_DECLARE(aclnnInplaceBernoulliTensor, aclTensor* self, const aclTensor* p, uint64_t seed, uint64_t offset);
ACLNN_DECLARE(aclnnInplaceNormal, aclTensor* self, float mean, float std, int64_t seed, int64_t offset);
ACLNN_DECLARE(aclnnInplaceNormalTensor, aclTensor* self, float mean, float std, const aclTensor* seed_tensor,
              const aclTensor* offset_tensor, int64_t offset);
ACLNN_DECLARE(aclnnInplaceRandom, aclTensor* self, int64_t from, int64_t to, uint64_t seed, uint64_t offset);
ACLNN_DECLARE(aclnnInplaceRandomWithoutFromTo, aclTensor* self, uint64_t seed, uint64_t offset);
ACLNN_DECLARE(aclnnInplaceRandomTensor, aclTensor* self, int64_t from, int64_t to, const aclTensor* seed_tensor,
              const aclTensor* offset_tensor, int64_t offset);
ACLNN_DECLARE(aclnnInplaceRandomWithoutFromToTensor, aclTensor* self, const aclTensor* seed_tensor,
              const aclTensor* offset_tensor, int64_t offset);
ACLNN_DECLARE(aclnnInplaceUniform, aclTensor* self, double from, double to, int64_t seed, int64_t offset);
ACLNN_DECLARE(aclnnInplaceUniformTensor, aclTensor* self, double from, double to, const aclTensor* seed_tensor,
              const aclTensor* offset_tensor, uint64_t offset);
ACLNN_DECLARE(aclnnInplaceRReluWithNoise, aclTensor* self, const aclTensor* noise, const aclScalar* lower,
              const aclScalar* upper, bool training, int64_t seed, int64_t offset);
ACLNN_DECLARE(aclnnRReluWithNoise, const aclTensor* self, const aclTensor* noise, const aclScalar* lower,
              const aclScalar* upper, bool training, int64_t seed, int64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnMultinomial, const aclTensor* self, int64_t num_samples, bool replacement, uint64_t seed,
              uint64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnMultinomialTensor, const aclTensor* self, int64_t num_samples, bool replacement,
              const aclTensor* seed_tensor, const aclTensor* offset_tensor, int64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnNormalFloatFloat, float mean, float std, int64_t seed, int64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnNormalFloatTensor, float mean, const aclTensor* std, int64_t seed, int64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnNormalTensorFloat, const aclTensor* mean, float std, int64_t seed, int64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnNormalTensorTensor, const aclTensor* mean, const aclTensor* std, int64_t seed, int64_t offset,
              aclTensor* out);
ACLNN_DECLARE(aclnnRandperm, int64_t n, uint64_t seed, uint64_t offset, aclTensor* out);
ACLNN_DECLARE(aclnnSimThreadExponential, aclTensor* self, int64_t count, double lambd, int64_t seed, int64_t offset);
ACL_END
