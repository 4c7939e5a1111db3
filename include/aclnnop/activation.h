/* Operators: activation. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnRelu, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnThresholdBackward, const aclTensor* grad, const aclTensor* self, const aclScalar* threshold,
              aclTensor* out);
ACLNN_DECLARE(aclnnLogSoftmax, const aclTensor* self, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnLogSoftmaxBackward, const aclTensor* grad, const aclTensor* output, int64_t dim, aclTensor* out);
ACL_END
