/* Operators: index. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnMaskedSelect, const aclTensor* self, const aclTensor* mask, aclTensor* out);
ACLNN_DECLARE(aclnnNonzero, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnNonzeroV2, const aclTensor* self, aclTensor* out);
ACL_END
