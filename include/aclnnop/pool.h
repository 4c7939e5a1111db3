/* Operators: pool. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnMaxPool2dWithIndices, const aclTensor* self, const aclIntArray* kernel_size,
              const aclIntArray* stride, const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode,
              aclTensor* out, aclTensor* indices);
ACLNN_DECLARE(aclnnMaxPool2dWithIndicesBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* indices, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode, aclTensor* grad_input);
ACLNN_DECLARE(aclnnMaxPool2dWithMask, const aclTensor* self, const aclIntArray* kernel_size,
              const aclIntArray* stride, const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode,
              aclTensor* out, aclTensor* indices);
ACLNN_DECLARE(aclnnMaxPool2dWithMaskBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* indices, const aclIntArray* kernel_size, const aclIntArray* stride,
              const aclIntArray* padding, const aclIntArray* dilation, bool ceil_mode, aclTensor* grad_input);
ACL_END
