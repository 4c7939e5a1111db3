/* Operators: matmul. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAddbmm, const aclTensor* self, const aclTensor* batch1, const aclTensor* batch2,
              const aclScalar* beta, const aclScalar* alpha, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnAddmm, const aclTensor* self, const aclTensor* mat1, const aclTensor* mat2, const aclScalar* beta,
              const aclScalar* alpha, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnAddmv, const aclTensor* self, const aclTensor* mat, const aclTensor* vec, const aclScalar* alpha,
              const aclScalar* beta, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnAddr, const aclTensor* self, const aclTensor* vec1, const aclTensor* vec2, const aclScalar* beta,
              const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnBaddbmm, const aclTensor* self, const aclTensor* batch1, const aclTensor* batch2,
              const aclScalar* beta, const aclScalar* alpha, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnBatchMatMul, const aclTensor* self, const aclTensor* mat2, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnDot, const aclTensor* self, const aclTensor* tensor, aclTensor* out);
ACLNN_DECLARE(aclnnInplaceAddmm, aclTensor* self, const aclTensor* mat1, const aclTensor* mat2, const aclScalar* beta,
              const aclScalar* alpha, int8_t cube_math_type);
ACLNN_DECLARE(aclnnInplaceAddr, aclTensor* self, const aclTensor* vec1, const aclTensor* vec2, const aclScalar* beta,
              const aclScalar* alpha);
ACLNN_DECLARE(aclnnMatmul, const aclTensor* self, const aclTensor* mat2, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnMm, const aclTensor* self, const aclTensor* mat2, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnMv, const aclTensor* self, const aclTensor* vec, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnGer, const aclTensor* self, const aclTensor* vec2, aclTensor* out);
/* Brings a weight into the order in which the device multiplies it. Here that order is the one it has. */
ACLNN_DECLARE(aclnnTransMatmulWeight, aclTensor* mm_weight);
/* How many elements a weight of this shape takes in that order. */
ACL_API aclnnStatus aclnnCalculateMatmulWeightSize(const aclIntArray* shape, uint64_t* elements);
ACL_API aclnnStatus aclnnCalculateMatmulWeightSizeV2(const aclIntArray* shape, aclDataType dtype, uint64_t* elements);
ACL_END
