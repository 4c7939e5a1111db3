/* Operators: shape. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnCat, const aclTensorList* tensors, int64_t dim, aclTensor* out);
ACL_END
