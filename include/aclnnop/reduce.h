/* Operators: reduce. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnReduceSum, const aclTensor* self, const aclIntArray* dims, bool keep_dims, aclDataType dtype,
              aclTensor* out);
ACL_END
