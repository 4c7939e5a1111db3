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
ACLNN_DECLARE(aclnnBatchNormElemt, const aclTensor* input, const aclTensor* weight, const aclTensor* bias,
              const aclTensor* mean, const aclTensor* invstd, double eps, aclTensor* out);
ACLNN_DECLARE(aclnnBatchNormElemtBackward, const aclTensor* grad_output, const aclTensor* input, const aclTensor* mean,
              const aclTensor* invstd, const aclTensor* weight, const aclTensor* sum_dy, const aclTensor* sum_dy_xmu,
              const aclTensor* count, aclTensor* out);
ACLNN_DECLARE(aclnnBatchNormGatherStatsWithCounts, const aclTensor* input, const aclTensor* mean,
              const aclTensor* invstd, aclTensor* running_mean, aclTensor* running_var, double momentum, double eps,
              const aclTensor* counts, aclTensor* mean_all, aclTensor* invstd_all);
ACLNN_DECLARE(aclnnBatchNormReduce, const aclTensor* self, aclTensor* sum, aclTensor* square_sum);
ACLNN_DECLARE(aclnnBatchNormReduceBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* mean,
              const aclTensor* invstd, const aclTensor* weight, bool input_g, bool weight_g, bool bias_g,
              aclTensor* sum_dy, aclTensor* sum_dy_xmu, aclTensor* grad_weight, aclTensor* grad_bias);
ACLNN_DECLARE(aclnnBatchNormStats, const aclTensor* input, double eps, aclTensor* mean, aclTensor* invstd);
ACLNN_DECLARE(aclnnGroupNorm, const aclTensor* input, const aclTensor* weight, const aclTensor* bias, int64_t n,
              int64_t c, int64_t hxw, int64_t group, double eps, aclTensor* out, aclTensor* mean, aclTensor* rstd);
ACLNN_DECLARE(aclnnGroupNormBackward, const aclTensor* grad_output, const aclTensor* input, const aclTensor* mean,
              const aclTensor* rstd, const aclTensor* gamma, int64_t n, int64_t c, int64_t hxw, int64_t group,
              const aclBoolArray* output_mask, aclTensor* grad_x, aclTensor* grad_gamma, aclTensor* grad_beta);
ACLNN_DECLARE(aclnnGroupNormSilu, const aclTensor* input, const aclTensor* weight, const aclTensor* bias, int64_t group,
              double eps, aclTensor* out, aclTensor* mean, aclTensor* rstd);
ACLNN_DECLARE(aclnnLayerNorm, const aclTensor* input, const aclIntArray* normalized_shape, const aclTensor* weight,
              const aclTensor* bias, double eps, aclTensor* out, aclTensor* mean, aclTensor* rstd);
ACLNN_DECLARE(aclnnLayerNormBackward, const aclTensor* grad_output, const aclTensor* input,
              const aclIntArray* normalized_shape, const aclTensor* mean, const aclTensor* rstd,
              const aclTensor* weight, const aclTensor* bias, const aclBoolArray* output_mask, aclTensor* grad_input,
              aclTensor* grad_weight, aclTensor* grad_bias);
ACLNN_DECLARE(aclnnFastLayerNorm, const aclTensor* input, const aclIntArray* normalized_shape, const aclTensor* weight,
              const aclTensor* bias, double eps, aclTensor* out, aclTensor* mean, aclTensor* rstd);
ACLNN_DECLARE(aclnnRmsNorm, const aclTensor* self, const aclTensor* gamma, double epsilon, aclTensor* y,
              aclTensor* rstd);
ACLNN_DECLARE(aclnnRmsNormGrad, const aclTensor* dy, const aclTensor* self, const aclTensor* rstd,
              const aclTensor* gamma, aclTensor* dx, aclTensor* dgamma);
ACLNN_DECLARE(aclnnAddRmsNorm, const aclTensor* x1, const aclTensor* x2, const aclTensor* gamma, double epsilon,
              aclTensor* y, aclTensor* rstd, aclTensor* x);
ACLNN_DECLARE(aclnnAddLayerNorm, const aclTensor* x1, const aclTensor* x2, const aclTensor* gamma,
              const aclTensor* beta, const aclTensor* bias, double epsilon, bool additional_output, aclTensor* y,
              aclTensor* mean, aclTensor* rstd, aclTensor* x);
ACLNN_DECLARE(aclnnDeepNorm, const aclTensor* x, const aclTensor* gx, const aclTensor* beta, const aclTensor* gamma,
              double alpha, double epsilon, aclTensor* mean, aclTensor* rstd, aclTensor* y);
ACLNN_DECLARE(aclnnGemmaRmsNorm, const aclTensor* self, const aclTensor* gamma, double epsilon, aclTensor* y,
              aclTensor* rstd);
ACLNN_DECLARE(aclnnSyncBatchNormGatherStats, const aclTensor* sum, const aclTensor* square_sum, const aclTensor* counts,
              aclTensor* running_mean, aclTensor* running_var, float momentum, float eps, aclTensor* batch_mean,
              aclTensor* batch_invstd);
ACLNN_DECLARE(aclnnAddLayerNormGrad, const aclTensor* dy, const aclTensor* x1, const aclTensor* x2,
              const aclTensor* rstd, const aclTensor* mean, const aclTensor* gamma, const aclTensor* dsum,
              aclTensor* dx, aclTensor* dgamma, aclTensor* dbeta);
ACLNN_DECLARE(aclnnDeepNormGrad, const aclTensor* dy, const aclTensor* x, const aclTensor* gx, const aclTensor* gamma,
              const aclTensor* mean, const aclTensor* rstd, double alpha, aclTensor* dx, aclTensor* dgx,
              aclTensor* dbeta, aclTensor* dgamma);
ACLNN_DECLARE(aclnnAddRmsNormCast, const aclTensor* x1, const aclTensor* x2, const aclTensor* gamma, double epsilon,
              aclTensor* y1, aclTensor* y2, aclTensor* rstd, aclTensor* x);
ACLNN_DECLARE(aclnnInplaceAddRmsNorm, aclTensor* x1, aclTensor* x2, const aclTensor* gamma, double epsilon,
              aclTensor* rstd);
ACLNN_DECLARE(aclnnGroupNormSwish, const aclTensor* x, const aclTensor* gamma, const aclTensor* beta,
              int64_t num_groups, char* data_format, double eps, bool activate_swish, double swish_scale, aclTensor* y,
              aclTensor* mean, aclTensor* rstd);
ACLNN_DECLARE(aclnnGroupNormSwishGrad, const aclTensor* dy, const aclTensor* mean, const aclTensor* rstd,
              const aclTensor* x, const aclTensor* gamma, const aclTensor* beta, int64_t num_groups, char* data_format,
              double swish_scale, bool wants_dgamma, bool wants_dbeta, aclTensor* dx, aclTensor* dgamma,
              aclTensor* dbeta);
ACLNN_DECLARE(aclnnRmsNormGradQuant, const aclTensor* dy, const aclTensor* x, const aclTensor* rstd,
              const aclTensor* gamma, const aclTensor* scales_x, const aclTensor* offset_x, const char* quant_mode,
              bool div_mode, aclTensor* dx_out, aclTensor* dgamma_out);
ACL_END
