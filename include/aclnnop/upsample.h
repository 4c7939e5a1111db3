/* Operators: upsample. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnUpsampleBicubic2d, const aclTensor* self, const aclIntArray* output_size, bool align_corners,
              double scale_h, double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleBicubic2dAA, const aclTensor* self, const aclIntArray* output_size, bool align_corners,
              double scale_h, double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleBicubic2dAAGrad, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, bool align_corners, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleBicubic2dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, bool align_corners, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleBilinear2d, const aclTensor* self, const aclIntArray* output_size, bool align_corners,
              double scale_h, double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleBilinear2dAA, const aclTensor* self, const aclIntArray* output_size, bool align_corners,
              double scale_h, double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleBilinear2dAABackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, bool align_corners, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleBilinear2dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, bool align_corners, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleBilinear2dBackwardV2, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, bool align_corners, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleLinear1d, const aclTensor* self, const aclIntArray* output_size, bool align_corners,
              double scale, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleLinear1dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, bool align_corners, double scale, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleNearest1d, const aclTensor* self, const aclIntArray* output_size, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearest1dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, double scale, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleNearest1dV2, const aclTensor* self, const aclIntArray* output_size, float scale,
              aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearest2d, const aclTensor* self, const aclIntArray* output_size, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearest2dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleNearest2dV2, const aclTensor* self, const aclIntArray* output_size, float scale_h,
              float scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearest3d, const aclTensor* self, const aclIntArray* output_size, double scale_d,
              double scale_h, double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearest3dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, double scale_d, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleNearestExact1d, const aclTensor* self, const aclIntArray* output_size, double scale,
              aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearestExact1dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, double scale, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleNearestExact2d, const aclTensor* self, const aclIntArray* output_size, double scale_h,
              double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearestExact2dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleNearestExact3d, const aclTensor* self, const aclIntArray* output_size, double scale_d,
              double scale_h, double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleNearestExact3dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, double scale_d, double scale_h, double scale_w, aclTensor* grad_input);
ACLNN_DECLARE(aclnnUpsampleTrilinear3d, const aclTensor* input, const aclIntArray* output_size, bool align_corners,
              double scale_d, double scale_h, double scale_w, aclTensor* out);
ACLNN_DECLARE(aclnnUpsampleTrilinear3dBackward, const aclTensor* grad_output, const aclIntArray* output_size,
              const aclIntArray* input_size, bool align_corners, double scale_d, double scale_h, double scale_w,
              aclTensor* out);
ACLNN_DECLARE(aclnnGridSampler2D, const aclTensor* input, const aclTensor* grid, int64_t interpolation_mode,
              int64_t padding_mode, bool align_corners, aclTensor* out);
ACLNN_DECLARE(aclnnGridSampler2DBackward, const aclTensor* grad_output, const aclTensor* input, const aclTensor* grid,
              int64_t interpolation_mode, int64_t padding_mode, bool align_corners, const aclBoolArray* output_mask,
              aclTensor* grad_input, aclTensor* grad_grid);
ACLNN_DECLARE(aclnnGridSampler3D, const aclTensor* input, const aclTensor* grid, int64_t interpolation_mode,
              int64_t padding_mode, bool align_corners, aclTensor* out);
ACLNN_DECLARE(aclnnGridSampler3DBackward, const aclTensor* grad_output, const aclTensor* input, const aclTensor* grid,
              int64_t interpolation_mode, int64_t padding_mode, bool align_corners, const aclBoolArray* output_mask,
              aclTensor* grad_input, aclTensor* grad_grid);
ACL_END
