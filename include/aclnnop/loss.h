/* Operators: loss. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnBinaryCrossEntropy, const aclTensor* self, const aclTensor* target, const aclTensor* weight,
              int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnBinaryCrossEntropyBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* target, const aclTensor* weight, int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnBinaryCrossEntropyWithLogits, const aclTensor* self, const aclTensor* target,
              const aclTensor* weight, const aclTensor* pos_weight, int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnBinaryCrossEntropyWithLogitsBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclTensor* target, const aclTensor* weight, const aclTensor* pos_weight, int64_t reduction,
              aclTensor* out);
ACLNN_DECLARE(aclnnCtcLoss, const aclTensor* log_probs, const aclTensor* targets, const aclIntArray* input_lengths,
              const aclIntArray* target_lengths, int64_t blank, bool zero_infinity, aclTensor* neg_log_likelihood,
              aclTensor* log_alpha);
ACLNN_DECLARE(aclnnCtcLossBackward, const aclTensor* grad, const aclTensor* log_probs, const aclTensor* targets,
              const aclIntArray* input_lengths, const aclIntArray* target_lengths, const aclTensor* neg_log_likelihood,
              const aclTensor* log_alpha, int64_t blank, bool zero_infinity, aclTensor* out);
ACLNN_DECLARE(aclnnKlDiv, const aclTensor* self, const aclTensor* target, int64_t reduction, bool log_target,
              aclTensor* out);
ACLNN_DECLARE(aclnnKlDivBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              int64_t reduction, bool log_target, aclTensor* out);
ACLNN_DECLARE(aclnnL1Loss, const aclTensor* self, const aclTensor* target, int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnL1LossBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              int64_t reduction, aclTensor* grad_input);
ACLNN_DECLARE(aclnnMseLoss, const aclTensor* self, const aclTensor* target, int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnMseLossBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnMultilabelMarginLoss, const aclTensor* self, const aclTensor* target, int64_t reduction,
              aclTensor* out, aclTensor* is_target);
ACLNN_DECLARE(aclnnNLLLoss, const aclTensor* self, const aclTensor* target, const aclTensor* weight, int64_t reduction,
              int64_t ignore_index, aclTensor* out, aclTensor* total_weight);
ACLNN_DECLARE(aclnnNLLLoss2d, const aclTensor* self, const aclTensor* target, const aclTensor* weight,
              int64_t reduction, int64_t ignore_index, aclTensor* out, aclTensor* total_weight);
ACLNN_DECLARE(aclnnNLLLoss2dBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              const aclTensor* weight, int64_t reduction, int64_t ignore_index, const aclTensor* total_weight,
              aclTensor* grad_input);
ACLNN_DECLARE(aclnnNLLLossBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              const aclTensor* weight, int64_t reduction, int64_t ignore_index, const aclTensor* total_weight,
              aclTensor* grad_input);
ACLNN_DECLARE(aclnnSmoothL1Loss, const aclTensor* self, const aclTensor* target, int64_t reduction, float beta,
              aclTensor* out);
ACLNN_DECLARE(aclnnSmoothL1LossBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              int64_t reduction, float beta, aclTensor* grad_input);
ACLNN_DECLARE(aclnnSoftMarginLoss, const aclTensor* self, const aclTensor* target, int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnSoftMarginLossBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              int64_t reduction, aclTensor* grad_input);
ACLNN_DECLARE(aclnnKlDivTargetBackward, const aclTensor* grad_output, const aclTensor* self, const aclTensor* target,
              int64_t reduction, bool log_target, aclTensor* grad_target);
ACLNN_DECLARE(aclnnCrossEntropyLoss, const aclTensor* input, const aclTensor* target, const aclTensor* weight,
              char* reduction, int64_t ignore_index, double label_smoothing, double lse_square_scale_for_zloss,
              bool return_zloss, aclTensor* loss, aclTensor* log_prob, aclTensor* zloss, aclTensor* lse_for_zloss);
ACLNN_DECLARE(aclnnCrossEntropyLossGrad, const aclTensor* grad_loss, const aclTensor* log_prob, const aclTensor* target,
              const aclTensor* weight, const aclTensor* grad_zloss, const aclTensor* lse_for_zloss, char* reduction,
              int64_t ignore_index, double label_smoothing, double lse_square_scale_for_zloss, aclTensor* x_grad);
ACLNN_DECLARE(aclnnSoftmaxCrossEntropyWithLogits, const aclTensor* features, const aclTensor* labels, aclTensor* loss,
              aclTensor* backprop);
ACL_END
