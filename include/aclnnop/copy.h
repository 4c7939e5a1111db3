/* Operators: copy. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnInplaceCopy, aclTensor* self, const aclTensor* src);
ACLNN_DECLARE(aclnnInplaceFillScalar, aclTensor* self, const aclScalar* value);
ACL_END
