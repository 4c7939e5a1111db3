/* Operators: activation. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnCelu, const aclTensor* self, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnElu, const aclTensor* self, const aclScalar* alpha, const aclScalar* scale,
              const aclScalar* input_scale, aclTensor* out);
ACLNN_DECLARE(aclnnEluBackward, const aclTensor* grad_output, const aclScalar* alpha, const aclScalar* scale,
              const aclScalar* input_scale, bool is_result, const aclTensor* self_or_result, aclTensor* out);
ACLNN_DECLARE(aclnnFastGelu, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnFastGeluBackward, const aclTensor* grad, const aclTensor* self, aclTensor* grad_input);
ACLNN_DECLARE(aclnnGeGluV3, const aclTensor* self, int64_t dim, int64_t approximate, bool activate_left, aclTensor* out,
              aclTensor* result_gelu);
ACLNN_DECLARE(aclnnGelu, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnGeluBackward, const aclTensor* grad_output, const aclTensor* self, aclTensor* grad_input);
ACLNN_DECLARE(aclnnGeluBackwardV2, const aclTensor* grad_output, const aclTensor* self, const char* approximate,
              aclTensor* grad_input);
ACLNN_DECLARE(aclnnGeluMul, const aclTensor* input, const char* approximate, aclTensor* out);
ACLNN_DECLARE(aclnnGeluV2, const aclTensor* self, int64_t approximate, aclTensor* out);
ACLNN_DECLARE(aclnnGlu, const aclTensor* self, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnGluBackward, const aclTensor* grad_output, const aclTensor* self, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnHardshrink, const aclTensor* self, const aclScalar* lambd, aclTensor* out);
ACLNN_DECLARE(aclnnHardshrinkBackward, const aclTensor* grad_output, const aclTensor* self, const aclScalar* lambd,
              aclTensor* grad_input);
ACLNN_DECLARE(aclnnHardsigmoid, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnHardsigmoidBackward, const aclTensor* grad_output, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnHardswish, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnHardswishBackward, const aclTensor* grad_output, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnHardswishBackwardV2, const aclTensor* grad_output, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnHardtanh, const aclTensor* self, const aclScalar* min_val, const aclScalar* max_val, aclTensor* out);
ACLNN_DECLARE(aclnnHardtanhBackward, const aclTensor* grad_output, const aclTensor* self, const aclScalar* min_val,
              const aclScalar* max_val, aclTensor* grad_input);
ACLNN_DECLARE(aclnnInplaceCelu, aclTensor* self, const aclScalar* alpha);
ACLNN_DECLARE(aclnnInplaceElu, aclTensor* self, const aclScalar* alpha, const aclScalar* scale,
              const aclScalar* input_scale);
ACLNN_DECLARE(aclnnInplaceHardsigmoid, aclTensor* self);
ACLNN_DECLARE(aclnnInplaceHardswish, aclTensor* self);
ACLNN_DECLARE(aclnnInplaceHardtanh, aclTensor* self, const aclScalar* min_val, const aclScalar* max_val);
ACLNN_DECLARE(aclnnInplaceLeakyRelu, aclTensor* self, const aclScalar* negative_slope);
ACLNN_DECLARE(aclnnInplaceMish, aclTensor* self);
ACLNN_DECLARE(aclnnInplaceRelu, aclTensor* self);
ACLNN_DECLARE(aclnnInplaceThreshold, aclTensor* self, const aclScalar* threshold, const aclScalar* value);
ACLNN_DECLARE(aclnnLeakyRelu, const aclTensor* self, const aclScalar* negative_slope, aclTensor* out);
ACLNN_DECLARE(aclnnLeakyReluBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclScalar* negative_slope, bool self_is_result, aclTensor* out);
ACLNN_DECLARE(aclnnLogSigmoidBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* buffer,
              aclTensor* grad_input);
ACLNN_DECLARE(aclnnLogSigmoidForward, const aclTensor* self, aclTensor* out, aclTensor* buffer);
ACLNN_DECLARE(aclnnLogSoftmax, const aclTensor* self, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnLogSoftmaxBackward, const aclTensor* grad_output, const aclTensor* output, int64_t dim,
              aclTensor* out);
ACLNN_DECLARE(aclnnMish, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnMishBackward, const aclTensor* grad_output, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnPrelu, const aclTensor* self, const aclTensor* weight, aclTensor* out);
ACLNN_DECLARE(aclnnPreluBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* weight,
              aclTensor* grad_input, aclTensor* grad_weight);
ACLNN_DECLARE(aclnnRelu, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnSilu, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnSiluBackward, const aclTensor* grad_output, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnSoftmax, const aclTensor* self, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnSoftmaxBackward, const aclTensor* grad_output, const aclTensor* output, int64_t dim,
              aclTensor* grad_input);
ACLNN_DECLARE(aclnnSoftplus, const aclTensor* self, const aclScalar* beta, const aclScalar* threshold, aclTensor* out);
ACLNN_DECLARE(aclnnSoftplusBackward, const aclTensor* grad_output, const aclTensor* self, const aclScalar* beta,
              const aclScalar* threshold, aclTensor* grad_input);
ACLNN_DECLARE(aclnnSoftshrink, const aclTensor* self, const aclScalar* lambd, aclTensor* out);
ACLNN_DECLARE(aclnnSoftshrinkBackward, const aclTensor* grad_output, const aclTensor* self, const aclScalar* lambd,
              aclTensor* grad_input);
ACLNN_DECLARE(aclnnSwiGlu, const aclTensor* self, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnSwiGluGrad, const aclTensor* grad_output, const aclTensor* self, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnThreshold, const aclTensor* self, const aclScalar* threshold, const aclScalar* value,
              aclTensor* out);
ACLNN_DECLARE(aclnnThresholdBackward, const aclTensor* grad_output, const aclTensor* self, const aclScalar* threshold,
              aclTensor* out);
ACLNN_DECLARE(aclnnScaledMaskedSoftmax, const aclTensor* self, const aclTensor* mask, double scale,
              bool fixed_triu_mask, aclTensor* out);
ACLNN_DECLARE(aclnnScaledMaskedSoftmaxBackward, const aclTensor* y_grad, const aclTensor* y, const aclTensor* mask,
              double scale, bool fixed_triu_mask, aclTensor* out);
ACLNN_DECLARE(aclnnGeGluV3Backward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* gelu,
              int64_t dim, int64_t approximate, bool activate_left, aclTensor* grad_input);
ACLNN_DECLARE(aclnnClippedSwiglu, const aclTensor* x, const aclTensor* group_index, int64_t dim, double alpha,
              double limit, double bias, bool interleaved, aclTensor* out);
ACLNN_DECLARE(aclnnMaskedSoftmaxWithRelPosBias, const aclTensor* x, const aclTensor* atten_mask,
              const aclTensor* relative_pos_bias, double scale, int64_t inner_precision_mode, aclTensor* out);
ACLNN_DECLARE(aclnnGeGlu, const aclTensor* self, int64_t dim, int64_t approximate, aclTensor* out, aclTensor* gelu);
ACL_END
