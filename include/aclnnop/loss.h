/* Operators: loss. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnNLLLoss, const aclTensor* self, const aclTensor* target, const aclTensor* weight, int64_t reduction,
              int64_t ignore_index, aclTensor* out, aclTensor* total_weight);
ACLNN_DECLARE(aclnnNLLLossBackward, const aclTensor* grad, const aclTensor* self, const aclTensor* target,
              const aclTensor* weight, int64_t reduction, int64_t ignore_index, const aclTensor* total_weight,
              aclTensor* out);
ACL_END
