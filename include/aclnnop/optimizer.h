/* Operators: optimizer. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnForeachNonFiniteCheckAndUnscale, aclTensorList* scaled_grads, aclTensor* found_inf,
              const aclTensor* inv_scale);
ACLNN_DECLARE(aclnnAmpUpdateScale, aclTensor* current_scale, aclTensor* growth_tracker, const aclTensor* found_inf,
              double growth_factor, double backoff_factor, int64_t growth_interval, aclTensor* new_scale,
              aclTensor* new_tracker);
ACLNN_DECLARE(aclnnApplyAdam, aclTensor* var, aclTensor* m, aclTensor* v, const aclTensor* beta1_power,
              const aclTensor* beta2_power, const aclTensor* lr, const aclTensor* beta1, const aclTensor* beta2,
              const aclTensor* epsilon, const aclTensor* grad, bool use_locking, bool use_nesterov);
ACLNN_DECLARE(aclnnApplyAdamW, aclTensor* var, aclTensor* m, aclTensor* v, const aclTensor* beta1_power,
              const aclTensor* beta2_power, const aclTensor* lr, const aclTensor* weight_decay, const aclTensor* beta1,
              const aclTensor* beta2, const aclTensor* eps, const aclTensor* grad, const aclTensor* max_grad_norm,
              bool amsgrad, bool maximize);
ACLNN_DECLARE(aclnnApplyAdamWV2, aclTensor* var, aclTensor* m, aclTensor* v, aclTensor* max_grad_norm,
              const aclTensor* grad, const aclTensor* step, float lr, float beta1, float beta2, float weight_decay,
              float eps, bool amsgrad, bool maximize);
ACLNN_DECLARE(aclnnFusedSgd, aclTensorList* params, aclTensorList* grads, aclTensorList* momentum_buffer_list,
              const aclTensor* grad_scale, float weight_decay, float momentum, float lr, float dampening, bool nesterov,
              bool maximize, bool is_first_step);
ACL_END
