/* Operators: quant. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAddRmsNormDynamicQuantV2, const aclTensor* x1, const aclTensor* x2, const aclTensor* gamma,
              const aclTensor* smooth_scale1, const aclTensor* smooth_scale2, const aclTensor* beta, double epsilon,
              const aclBoolArray* output_mask, aclTensor* y1, aclTensor* y2, aclTensor* x, aclTensor* scale1,
              aclTensor* scale2);
ACLNN_DECLARE(aclnnAddRmsNormQuant, const aclTensor* x1, const aclTensor* x2, const aclTensor* gamma,
              const aclTensor* scales1, const aclTensor* scales2, const aclTensor* zero_points1,
              const aclTensor* zero_points2, int64_t axis, double epsilon, bool div_mode, aclTensor* y1, aclTensor* y2,
              aclTensor* x);
ACLNN_DECLARE(aclnnAddRmsNormQuantV2, const aclTensor* x1, const aclTensor* x2, const aclTensor* gamma,
              const aclTensor* scales1, const aclTensor* scales2, const aclTensor* zero_points1,
              const aclTensor* zero_points2, const aclTensor* beta, int64_t axis, double epsilon, bool div_mode,
              aclTensor* y1, aclTensor* y2, aclTensor* x, aclTensor* rms_norm);
ACLNN_DECLARE(aclnnAscendAntiQuant, const aclTensor* x, const aclTensor* scale, const aclTensor* offset,
              int64_t dst_type, bool sqrt_mode, aclTensor* y);
ACLNN_DECLARE(aclnnAscendQuant, const aclTensor* x, const aclTensor* scale, const aclTensor* offset, bool sqrt_mode,
              const char* round_mode, int32_t dst_type, aclTensor* y);
ACLNN_DECLARE(aclnnAscendQuantV3, const aclTensor* x, const aclTensor* scale, const aclTensor* offset, bool sqrt_mode,
              const char* round_mode, int32_t dst_type, int32_t axis, aclTensor* y);
ACLNN_DECLARE(aclnnDequantBias, const aclTensor* x, const aclTensor* weight_scale, const aclTensor* activate_scale,
              const aclTensor* bias, int64_t output_dtype, aclTensor* out);
ACLNN_DECLARE(aclnnDequantSwigluQuant, const aclTensor* x, const aclTensor* weight_scale,
              const aclTensor* activation_scale, const aclTensor* bias, const aclTensor* quant_scale,
              const aclTensor* quant_offset, const aclTensor* group_index, bool activate_left, char* quant_mode,
              aclTensor* y, aclTensor* scale);
ACLNN_DECLARE(aclnnDequantSwigluQuantV2, const aclTensor* x, const aclTensor* weight_scale,
              const aclTensor* activation_scale, const aclTensor* bias, const aclTensor* quant_scale,
              const aclTensor* quant_offset, const aclTensor* group_index, bool activate_left, char* quant_mode,
              int64_t dst_type, char* round_mode, int64_t activate_dim, int64_t swiglu_mode, double clamp_limit,
              double glu_alpha, double glu_bias, aclTensor* y, aclTensor* scale);
ACLNN_DECLARE(aclnnDynamicQuant, const aclTensor* x, const aclTensor* smooth_scales, aclTensor* y, aclTensor* scale);
ACLNN_DECLARE(aclnnDynamicQuantV2, const aclTensor* x, const aclTensor* smooth_scales, const aclTensor* group_index,
              int64_t dst_type, aclTensor* y, aclTensor* scale, aclTensor* offset);
ACLNN_DECLARE(aclnnDynamicQuantV3, const aclTensor* x, const aclTensor* smooth_scales, const aclTensor* group_index,
              int64_t dst_type, bool is_symmetrical, const char* quant_mode, aclTensor* y, aclTensor* scale,
              aclTensor* offset);
ACLNN_DECLARE(aclnnDynamicQuantV4, const aclTensor* x, const aclTensor* smooth_scales, const aclTensor* group_index,
              int64_t dst_type, bool is_symmetrical, const char* quant_mode, float dst_type_max, aclTensor* y,
              aclTensor* scale, aclTensor* offset);
ACLNN_DECLARE(aclnnFakeQuantPerChannelAffineCachemask, const aclTensor* self, const aclTensor* scale,
              const aclTensor* zero_point, int64_t axis, int64_t quant_min, int64_t quant_max, aclTensor* out,
              aclTensor* mask);
ACLNN_DECLARE(aclnnFakeQuantPerTensorAffineCachemask, const aclTensor* self, const aclTensor* scale,
              const aclTensor* zero_point, float fake_quant_enabled, int64_t quant_min, int64_t quant_max,
              aclTensor* out, aclTensor* mask);
ACLNN_DECLARE(aclnnGeluQuant, const aclTensor* self, const aclTensor* input_scale, const aclTensor* input_offset,
              const char* approximate, const char* quant_mode, const char* round_mode, int64_t dst_type, aclTensor* y,
              aclTensor* out_scale);
ACLNN_DECLARE(aclnnGroupQuant, const aclTensor* x, const aclTensor* scale, const aclTensor* group_index,
              const aclTensor* offset, int32_t dst_type, aclTensor* y);
ACLNN_DECLARE(aclnnGroupedQuantMax, const aclTensor* x, const aclTensor* scale, const aclTensor* group_list,
              const char* round_mode, int64_t dst_type, aclTensor* y, aclTensor* amax);
ACLNN_DECLARE(aclnnInplaceQuantScatter, aclTensor* self, const aclTensor* indices, const aclTensor* updates,
              const aclTensor* quant_scales, const aclTensor* quant_zero_points, int64_t axis, int64_t quant_axis,
              int64_t reduction);
ACLNN_DECLARE(aclnnInplaceQuantScatterV2, aclTensor* self, const aclTensor* indices, const aclTensor* updates,
              const aclTensor* quant_scales, const aclTensor* quant_zero_points, int64_t axis, int64_t quant_axis,
              int64_t reduction, const char* round_mode);
ACLNN_DECLARE(aclnnQuantMax, const aclTensor* x, const aclTensor* scale, char* round_mode, int64_t dst_type,
              aclTensor* y, aclTensor* amax);
ACLNN_DECLARE(aclnnQuantize, const aclTensor* x, const aclTensor* scales, const aclTensor* zero_points,
              aclDataType dtype, int32_t axis, aclTensor* out);
ACLNN_DECLARE(aclnnRmsNormQuant, const aclTensor* x, const aclTensor* gamma, const aclTensor* beta,
              const aclTensor* scale, const aclTensor* offset, double epsilon, aclTensor* y);
ACLNN_DECLARE(aclnnSwiGluQuantV2, const aclTensor* x, const aclTensor* smooth_scales, const aclTensor* offsets,
              const aclTensor* group_index, bool activate_left, char* quant_mode, int64_t group_list_type,
              int64_t dst_type, aclTensor* y, aclTensor* scale);
ACLNN_DECLARE(aclnnTransQuantParamV2, const aclTensor* scale, const aclTensor* offset, aclTensor* out);
ACLNN_DECLARE(aclnnTransQuantParamV3, const aclTensor* scale, const aclTensor* offset, int64_t round_mode,
              aclTensor* out);
ACL_END
