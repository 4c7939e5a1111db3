/* Operators: format. A matrix may lie in the matrix unit's blocks: [.., n / c0, k / 16, 16, c0] instead of [.., k, n].
 */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAddmmWeightNz, const aclTensor* self, const aclTensor* mat1, const aclTensor* mat2,
              const aclScalar* beta, const aclScalar* alpha, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnBatchMatMulWeightNz, const aclTensor* self, const aclTensor* mat2, aclTensor* out,
              int8_t cube_math_type);
ACLNN_DECLARE(aclnnMatmulWeightNz, const aclTensor* self, const aclTensor* mat2, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnNpuFormatCast, const aclTensor* src, aclTensor* dst);
/* The shape of the memory that src takes in another format; the caller frees it with delete[]. additional_dtype: whose
   elements fill a row of 32 bytes, -1 for src's own. */
ACLNN_API aclnnStatus aclnnNpuFormatCastCalculateSizeAndFormat(const aclTensor* src, const int dst_format,
                                                               int additional_dtype, int64_t** dst_shape,
                                                               uint64_t* dst_shape_size, int* actual_format);
ACL_END
