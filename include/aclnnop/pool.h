/* Operators: pool. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAdaptiveAvgPool2d, const aclTensor* self, const aclIntArray* output_size, aclTensor* out);
ACLNN_DECLARE(aclnnAdaptiveAvgPool2dBackward, const aclTensor* grad_output, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnAdaptiveAvgPool3d, const aclTensor* self, const aclIntArray* output_size, aclTensor* out);
ACLNN_DECLARE(aclnnAdaptiveAvgPool3dBackward, const aclTensor* grad_output, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnAdaptiveMaxPool2d, const aclTensor* self, const aclIntArray* output_size, aclTensor* out,
              aclTensor* indices);
ACLNN_DECLARE(aclnnAdaptiveMaxPool2dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* indices, aclTensor* out);
ACLNN_DECLARE(aclnnAdaptiveMaxPool3d, const aclTensor* self, const aclIntArray* output_size, aclTensor* out,
              aclTensor* indices);
ACLNN_DECLARE(aclnnAdaptiveMaxPool3dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* indices, aclTensor* grad_input);
ACLNN_DECLARE(aclnnAvgPool2d, const aclTensor* self, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, bool ceil_mode, bool count_include_pad, int64_t divisor_override,
              int8_t cube_math_type, aclTensor* out);
ACLNN_DECLARE(aclnnAvgPool2dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* kernel_size, const aclIntArray* stride, const aclIntArray* padding, bool ceil_mode,
              bool count_include_pad, int64_t divisor_override, int8_t cube_math_type, aclTensor* grad_input);
ACLNN_DECLARE(aclnnAvgPool3d, const aclTensor* self, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, bool ceil_mode, bool count_include_pad, int64_t divisor_override,
              aclTensor* out);
ACLNN_DECLARE(aclnnAvgPool3dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* kernel_size, const aclIntArray* stride, const aclIntArray* padding, bool ceil_mode,
              bool count_include_pad, int64_t divisor_override, aclTensor* grad_input);
ACLNN_DECLARE(aclnnMaxPool2dWithIndices, const aclTensor* self, const aclIntArray* kernel_size,
              const aclIntArray* stride, const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode,
              aclTensor* out, aclTensor* indices);
ACLNN_DECLARE(aclnnMaxPool2dWithIndicesBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* indices, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode, aclTensor* grad_input);
ACLNN_DECLARE(aclnnMaxPool2dWithMask, const aclTensor* self, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode, aclTensor* out,
              aclTensor* indices);
ACLNN_DECLARE(aclnnMaxPool2dWithMaskBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* indices, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode, aclTensor* grad_input);
ACLNN_DECLARE(aclnnMaxPool3dWithArgmax, const aclTensor* self, const aclIntArray* kernel_size,
              const aclIntArray* stride, const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode,
              aclTensor* out, aclTensor* indices);
ACLNN_DECLARE(aclnnMaxPool3dWithArgmaxBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* indices, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode, aclTensor* grad_input);
ACLNN_DECLARE(aclnnMaxUnpool2d, const aclTensor* self, const aclTensor* indices, const aclIntArray* output_size,
              aclTensor* out);
ACLNN_DECLARE(aclnnMaxUnpool3d, const aclTensor* self, const aclTensor* indices, const aclIntArray* output_size,
              const aclIntArray* stride, const aclIntArray* padding, aclTensor* out);
ACLNN_DECLARE(aclnnMaxPool, const aclTensor* self, const aclIntArray* kernel_shape, const aclIntArray* strides,
              const int64_t auto_pad, const aclIntArray* pads, const aclIntArray* dilations, const int64_t ceil_mode,
              aclTensor* out);
ACL_END
