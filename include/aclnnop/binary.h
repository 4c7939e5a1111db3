/* Operators: binary. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAdd, const aclTensor* self, const aclTensor* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnMul, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACL_END
