/* Operators: detection. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnIou, const aclTensor* b_boxes, const aclTensor* gt_boxes, const char* mode, float eps, bool aligned,
              aclTensor* overlap);
ACLNN_DECLARE(aclnnCIoU, const aclTensor* b_boxes, const aclTensor* gt_boxes, bool trans, bool is_cross,
              const char* mode, aclTensor* overlap, aclTensor* atan_sub);
ACLNN_DECLARE(aclnnROIAlign, const aclTensor* features, const aclTensor* rois, float spatial_scale,
              int64_t pooled_height, int64_t pooled_width, int64_t sample_num, int64_t roi_end_mode, aclTensor* out);
ACLNN_DECLARE(aclnnROIAlignBackward, const aclTensor* ydiff, const aclTensor* rois, const aclIntArray* xdiff_shape,
              int64_t pooled_width, int64_t pooled_height, float spatial_scale, int64_t sample_num,
              int64_t roi_end_mode, aclTensor* out);
ACLNN_DECLARE(aclnnDeformableConv2d, const aclTensor* x, const aclTensor* weight, const aclTensor* offset,
              const aclTensor* bias, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, const aclIntArray* dilation, int64_t groups, int64_t deformable_groups,
              bool modulated, aclTensor* out, aclTensor* deform_out);
ACLNN_DECLARE(aclnnDeformableConv2dBackward, const aclTensor* input, const aclTensor* grad_output,
              const aclTensor* offset_out, const aclTensor* weight, const aclTensor* offset,
              const aclIntArray* kernel_size, const aclIntArray* stride, const aclIntArray* padding,
              const aclIntArray* dilation, int64_t groups, int64_t deformable_groups, bool modulated,
              aclTensor* grad_input, aclTensor* grad_weight, aclTensor* grad_offset, aclTensor* grad_bias);
ACL_END
