/* Operators: quant_matmul. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnQuantBatchMatmulInplaceAdd, const aclTensor* x1, const aclTensor* x2, const aclTensor* x1_scale,
              const aclTensor* x2_scale, aclTensor* y, bool transpose_x1, bool transpose_x2, int64_t group_size);
ACLNN_DECLARE(aclnnQuantMatmulDequant, const aclTensor* x, const aclTensor* weight, const aclTensor* weight_scale,
              const aclTensor* bias, const aclTensor* x_scale, const aclTensor* x_offset, const aclTensor* smooth_scale,
              char* x_quant_mode, bool transpose_weight, aclTensor* out);
ACLNN_DECLARE(aclnnQuantMatmulV5, const aclTensor* x1, const aclTensor* x2, const aclTensor* x1_scale,
              const aclTensor* x2_scale, const aclTensor* y_scale, const aclTensor* x1_offset,
              const aclTensor* x2_offset, const aclTensor* y_offset, const aclTensor* bias, bool transpose_x1,
              bool transpose_x2, int64_t group_size, aclTensor* out);
ACLNN_DECLARE(aclnnQuantMatmulWeightNz, const aclTensor* x1, const aclTensor* x2, const aclTensor* x1_scale,
              const aclTensor* x2_scale, const aclTensor* y_scale, const aclTensor* x1_offset,
              const aclTensor* x2_offset, const aclTensor* y_offset, const aclTensor* bias, bool transpose_x1,
              bool transpose_x2, int64_t group_size, aclTensor* out);
ACLNN_DECLARE(aclnnWeightQuantBatchMatmulNz, const aclTensor* x, const aclTensor* weight,
              const aclTensor* antiquant_scale, const aclTensor* antiquant_offset, const aclTensor* quant_scale,
              const aclTensor* quant_offset, const aclTensor* bias, int antiquant_group_size, aclTensor* y);
ACLNN_DECLARE(aclnnWeightQuantBatchMatmulV2, const aclTensor* x, const aclTensor* weight,
              const aclTensor* antiquant_scale, const aclTensor* antiquant_offset, const aclTensor* quant_scale,
              const aclTensor* quant_offset, const aclTensor* bias, int antiquant_group_size, aclTensor* y);
ACLNN_DECLARE(aclnnWeightQuantBatchMatmulV3, const aclTensor* x, const aclTensor* weight,
              const aclTensor* antiquant_scale, const aclTensor* antiquant_offset, const aclTensor* quant_scale,
              const aclTensor* quant_offset, const aclTensor* bias, int antiquant_group_size, int inner_precise,
              aclTensor* y);
ACL_END
