/* Operators: grouped_matmul. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnFFNV2, const aclTensor* x, const aclTensor* weight1, const aclTensor* weight2,
              const aclIntArray* expert_tokens, const aclTensor* bias1, const aclTensor* bias2, const aclTensor* scale,
              const aclTensor* offset, const aclTensor* deq_scale1, const aclTensor* deq_scale2,
              const aclTensor* antiquant_scale1, const aclTensor* antiquant_scale2, const aclTensor* antiquant_offset1,
              const aclTensor* antiquant_offset2, const char* activation, int64_t inner_precise, bool tokens_index_flag,
              aclTensor* y);
ACLNN_DECLARE(aclnnGroupedMatmul, const aclTensorList* x, const aclTensorList* weight, const aclTensorList* bias,
              const aclTensorList* scale, const aclTensorList* offset, const aclTensorList* antiquant_scale,
              const aclTensorList* antiquant_offset, const aclIntArray* group_list, int64_t split_item,
              aclTensorList* y);
ACLNN_DECLARE(aclnnGroupedMatmulAdd, const aclTensor* x, const aclTensor* weight, const aclTensor* group_list,
              aclTensor* y, bool transpose_x, bool transpose_weight, int64_t group_type);
ACLNN_DECLARE(aclnnGroupedMatmulAddV2, const aclTensor* x, const aclTensor* weight, const aclTensor* group_list,
              aclTensor* y, bool transpose_x, bool transpose_weight, int64_t group_type, int64_t group_list_type);
ACLNN_DECLARE(aclnnGroupedMatmulV3, const aclTensorList* x, const aclTensorList* weight, const aclTensorList* bias,
              const aclTensorList* scale, const aclTensorList* offset, const aclTensorList* antiquant_scale,
              const aclTensorList* antiquant_offset, const aclTensor* group_list, int64_t split_item,
              int64_t group_type, const aclTensorList* y);
ACLNN_DECLARE(aclnnGroupedMatmulV4, const aclTensorList* x, const aclTensorList* weight, const aclTensorList* bias,
              const aclTensorList* scale, const aclTensorList* offset, const aclTensorList* antiquant_scale,
              const aclTensorList* antiquant_offset, const aclTensorList* per_token_scale, const aclTensor* group_list,
              const aclTensorList* activation_input, const aclTensorList* activation_quant_scale,
              const aclTensorList* activation_quant_offset, int64_t split_item, int64_t group_type,
              int64_t group_list_type, int64_t act_type, aclTensorList* out, aclTensorList* activation_feature_out,
              aclTensorList* dyn_quant_scale_out);
ACLNN_DECLARE(aclnnGroupedMatmulV5, const aclTensorList* x, const aclTensorList* weight, const aclTensorList* bias,
              const aclTensorList* scale, const aclTensorList* offset, const aclTensorList* antiquant_scale,
              const aclTensorList* antiquant_offset, const aclTensorList* per_token_scale, const aclTensor* group_list,
              const aclTensorList* activation_input, const aclTensorList* activation_quant_scale,
              const aclTensorList* activation_quant_offset, int64_t split_item, int64_t group_type,
              int64_t group_list_type, int64_t act_type, aclIntArray* tuning_config, aclTensorList* out,
              aclTensorList* activation_feature_out, aclTensorList* dyn_quant_scale_out);
ACLNN_DECLARE(aclnnGroupedMatmulWeightNz, const aclTensorList* x, const aclTensorList* weight,
              const aclTensorList* bias, const aclTensorList* scale, const aclTensorList* offset,
              const aclTensorList* antiquant_scale, const aclTensorList* antiquant_offset,
              const aclTensorList* per_token_scale, const aclTensor* group_list, const aclTensorList* activation_input,
              const aclTensorList* activation_quant_scale, const aclTensorList* activation_quant_offset,
              int64_t split_item, int64_t group_type, int64_t group_list_type, int64_t act_type,
              aclIntArray* tuning_config, int64_t quant_group_size, aclTensorList* out,
              aclTensorList* activation_feature_out, aclTensorList* dyn_quant_scale_out);
ACL_END
