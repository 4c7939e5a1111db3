/* Operators: optimizer. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnForeachNonFiniteCheckAndUnscale, aclTensorList* scaled_grads, aclTensor* found_inf,
              const aclTensor* inv_scale);
ACLNN_DECLARE(aclnnAmpUpdateScale, aclTensor* current_scale, aclTensor* growth_tracker, const aclTensor* found_inf,
              double growth_factor, double backoff_factor, int64_t growth_interval, aclTensor* new_scale,
              aclTensor* new_tracker);
ACL_END
