/* Operators: norm. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnBatchNorm, const aclTensor* input, const aclTensor* weight, const aclTensor* bias,
              aclTensor* running_mean, aclTensor* running_var, bool training, double momentum, double eps,
              aclTensor* out, aclTensor* save_mean, aclTensor* save_invstd);
ACLNN_DECLARE(aclnnBatchNormBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* weight,
              const aclTensor* running_mean, const aclTensor* running_var, const aclTensor* save_mean,
              const aclTensor* save_invstd, bool train, double eps, const aclBoolArray* output_mask,
              aclTensor* grad_input, aclTensor* grad_weight, aclTensor* grad_bias);
ACLNN_DECLARE(aclnnGroupNorm, const aclTensor* input, const aclTensor* weight, const aclTensor* bias, int64_t n,
              int64_t c, int64_t hxw, int64_t group, double eps, aclTensor* out, aclTensor* mean, aclTensor* rstd);
ACLNN_DECLARE(aclnnGroupNormBackward, const aclTensor* grad_output, const aclTensor* input, const aclTensor* mean,
              const aclTensor* rstd, const aclTensor* gamma, int64_t n, int64_t c, int64_t hxw, int64_t group,
              const aclBoolArray* output_mask, aclTensor* grad_x, aclTensor* grad_gamma, aclTensor* grad_beta);
ACLNN_DECLARE(aclnnLayerNorm, const aclTensor* input, const aclIntArray* normalized_shape, const aclTensor* weight,
              const aclTensor* bias, double eps, aclTensor* out, aclTensor* mean, aclTensor* rstd);
ACLNN_DECLARE(aclnnLayerNormBackward, const aclTensor* grad_output, const aclTensor* input,
              const aclIntArray* normalized_shape, const aclTensor* mean, const aclTensor* rstd,
              const aclTensor* weight, const aclTensor* bias, const aclBoolArray* output_mask,
              aclTensor* grad_input, aclTensor* grad_weight, aclTensor* grad_bias);
ACLNN_DECLARE(aclnnFastLayerNorm, const aclTensor* input, const aclIntArray* normalized_shape,
              const aclTensor* weight, const aclTensor* bias, double eps, aclTensor* out, aclTensor* mean,
              aclTensor* rstd);
ACL_END
