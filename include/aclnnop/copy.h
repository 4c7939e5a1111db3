/* Operators: copy. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnInplaceCopy, aclTensor* self, const aclTensor* src);
ACLNN_DECLARE(aclnnInplaceFillScalar, aclTensor* self, const aclScalar* value);
ACLNN_DECLARE(aclnnInplaceFillTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceFillDiagonal, aclTensor* self, const aclScalar* fill, bool wrap);
ACLNN_DECLARE(aclnnInplaceOne, aclTensor* self);
ACLNN_DECLARE(aclnnInplaceZero, aclTensor* self);
ACLNN_DECLARE(aclnnCast, const aclTensor* input, aclDataType dtype, aclTensor* out);
ACL_END
