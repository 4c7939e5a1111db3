/* Operators: matmul. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnMm, const aclTensor* self, const aclTensor* mat2, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnAddmm, const aclTensor* self, const aclTensor* mat1, const aclTensor* mat2, const aclScalar* beta,
              const aclScalar* alpha, aclTensor* out, int8_t cube_math_type);
ACL_END
