/* Operators: conv. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnConvolution, const aclTensor* input, const aclTensor* weight, const aclTensor* bias,
              const aclIntArray* stride, const aclIntArray* padding, const aclIntArray* dilation, bool transposed,
              const aclIntArray* output_padding, int64_t groups, aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnConvolutionBackward, const aclTensor* grad_output, const aclTensor* input, const aclTensor* weight,
              const aclIntArray* bias_sizes, const aclIntArray* stride, const aclIntArray* padding,
              const aclIntArray* dilation, bool transposed, const aclIntArray* output_padding, int64_t groups,
              const aclBoolArray* output_mask, int8_t cube_math_type, aclTensor* grad_input, aclTensor* grad_weight,
              aclTensor* grad_bias);
ACLNN_DECLARE(aclnnConvDepthwise2d, const aclTensor* self, const aclTensor* weight, const aclIntArray* kernel_size,
              const aclTensor* bias, const aclIntArray* stride, const aclIntArray* padding, const aclIntArray* dilation,
              aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnConvTbc, const aclTensor* self, const aclTensor* weight, const aclTensor* bias, int64_t pad,
              aclTensor* out, int8_t cube_math_type);
ACLNN_DECLARE(aclnnConvTbcBackward, const aclTensor* self, const aclTensor* input, const aclTensor* weight,
              const aclTensor* bias, int64_t pad, int8_t cube_math_type, aclTensor* grad_input, aclTensor* grad_weight,
              aclTensor* grad_bias);
ACL_END
