/* Operators: fused_matmul. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAddLora, const aclTensor* y, const aclTensor* x, const aclTensor* weight_b, const aclTensor* indices,
              const aclTensor* weight_a, int64_t layer_idx, double scale, int64_t y_offset, int64_t y_slice_size,
              aclTensor* out);
ACLNN_DECLARE(aclnnFusedMatmul, const aclTensor* x1, const aclTensor* x2, const aclTensor* bias, const aclTensor* x3,
              const char* fused_op_type, int8_t cube_math_type, aclTensor* y);
ACLNN_DECLARE(aclnnTransposeBatchMatMul, const aclTensor* x1, const aclTensor* x2, const aclTensor* bias,
              const aclTensor* scale, const aclIntArray* perm_x1, const aclIntArray* perm_x2, const aclIntArray* perm_y,
              int8_t cube_math_type, const int32_t batch_split_factor, aclTensor* out);
ACLNN_DECLARE(aclnnTransposeBatchMatMulWeightNz, const aclTensor* x1, const aclTensor* x2, const aclTensor* bias,
              const aclTensor* scale, const aclIntArray* perm_x1, const aclIntArray* perm_x2, const aclIntArray* perm_y,
              int8_t cube_math_type, const int32_t batch_split_factor, aclTensor* out);
ACL_END
