/* Operators: unary. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnExp, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnExpm1, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnErfinv, const aclTensor* self, aclTensor* out);
ACL_END
