/* Operators: scan. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnCummax, const aclTensor* self, int64_t dim, aclTensor* values, aclTensor* indices);
ACLNN_DECLARE(aclnnCummin, const aclTensor* self, int64_t dim, aclTensor* values, aclTensor* indices);
ACLNN_DECLARE(aclnnCumprod, const aclTensor* self, const aclScalar* dim, aclDataType dtype, aclTensor* out);
ACLNN_DECLARE(aclnnCumsum, const aclTensor* self, int64_t dim, aclDataType dtype, aclTensor* out);
ACL_END
