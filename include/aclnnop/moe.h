/* Operators: mixtures of experts. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnMoeGatingTopKSoftmax, const aclTensor* x, const aclTensor* finished, int64_t k, aclTensor* y,
              aclTensor* expert_idx, aclTensor* row_idx);
ACLNN_DECLARE(aclnnMoeGatingTopKSoftmaxV2, const aclTensor* x, const aclTensor* finished, int64_t k, int64_t renorm,
              bool output_softmax, aclTensor* y, aclTensor* expert_idx, aclTensor* softmax_result);
ACLNN_DECLARE(aclnnMoeGatingTopK, const aclTensor* x, const aclTensor* bias, int64_t k, int64_t k_group,
              int64_t group_count, int64_t group_select_mode, int64_t renorm, int64_t norm_type, bool out_flag,
              double routed_scaling_factor, double eps, aclTensor* y, aclTensor* expert_idx, aclTensor* out);
ACLNN_DECLARE(aclnnMoeInitRouting, const aclTensor* x, const aclTensor* row_idx, const aclTensor* expert_idx,
              int64_t active_num, aclTensor* expanded_x, aclTensor* expanded_row_idx, aclTensor* expanded_expert_idx);
ACLNN_DECLARE(aclnnMoeInitRoutingV2, const aclTensor* x, const aclTensor* expert_idx, int64_t active_num,
              int64_t expert_capacity, int64_t expert_num, int64_t drop_pad_mode,
              int64_t expert_tokens_count_or_cumsum_flag, bool expert_tokens_before_capacity_flag,
              aclTensor* expanded_x, aclTensor* expanded_row_idx, aclTensor* expert_tokens_count_or_cumsum,
              aclTensor* expert_tokens_before_capacity);
ACLNN_DECLARE(aclnnMoeInitRoutingV3, const aclTensor* x, const aclTensor* expert_idx, const aclTensor* scale,
              const aclTensor* offset, int64_t active_num, int64_t expert_capacity, int64_t expert_num,
              int64_t drop_pad_mode, int64_t expert_tokens_num_type, bool expert_tokens_num_flag, int64_t quant_mode,
              const aclIntArray* active_expert_range, int64_t row_idx_type, aclTensor* expanded_x,
              aclTensor* expanded_row_idx, aclTensor* expert_tokens_count_or_cumsum, aclTensor* expanded_scale);
ACLNN_DECLARE(aclnnMoeFinalizeRouting, const aclTensor* expanded_x, const aclTensor* x1, const aclTensor* x2,
              const aclTensor* bias, const aclTensor* scales, const aclTensor* expanded_row_idx,
              const aclTensor* expert_idx, aclTensor* out);
ACLNN_DECLARE(aclnnMoeFinalizeRoutingV2, const aclTensor* expanded_x, const aclTensor* expanded_row_idx,
              const aclTensor* x1, const aclTensor* x2, const aclTensor* bias, const aclTensor* scales,
              const aclTensor* expert_idx, int64_t drop_pad_mode, aclTensor* out);
ACLNN_DECLARE(aclnnMoeComputeExpertTokens, const aclTensor* sorted_experts, int64_t num_experts, aclTensor* out);
ACLNN_DECLARE(aclnnMoeReRouting, const aclTensor* tokens, const aclTensor* expert_token_num_per_rank,
              const aclTensor* per_token_scales, int64_t expert_token_num_type, int64_t idx_type,
              aclTensor* permute_tokens, aclTensor* permute_per_token_scales, aclTensor* permute_token_idx,
              aclTensor* expert_token_num);
ACLNN_DECLARE(aclnnMoeTokenPermute, const aclTensor* tokens, const aclTensor* indices, int64_t num_out_tokens,
              bool padded_mode, aclTensor* permuted_tokens, aclTensor* sorted_indices);
ACLNN_DECLARE(aclnnMoeTokenPermuteGrad, const aclTensor* grad_permuted_tokens, const aclTensor* sorted_indices,
              int64_t num_topk, bool padded_mode, aclTensor* grad_tokens);
ACLNN_DECLARE(aclnnMoeTokenUnpermute, const aclTensor* permuted_tokens, const aclTensor* sorted_indices,
              const aclTensor* probs, bool padded_mode, const aclIntArray* restore_shape, aclTensor* out);
ACLNN_DECLARE(aclnnMoeTokenUnpermuteGrad, const aclTensor* permuted_tokens, const aclTensor* grad_unpermuted_tokens,
              const aclTensor* sorted_indices, const aclTensor* probs, bool padded_mode,
              const aclIntArray* restore_shape, aclTensor* grad_permuted_tokens, aclTensor* grad_probs);
ACLNN_DECLARE(aclnnMoeTokenPermuteWithRoutingMap, const aclTensor* tokens, const aclTensor* routing_map,
              const aclTensor* probs, int64_t num_out_tokens, bool drop_and_pad, aclTensor* permuted_tokens,
              aclTensor* permuted_probs, aclTensor* sorted_indices);
ACLNN_DECLARE(aclnnMoeTokenPermuteWithRoutingMapGrad, const aclTensor* grad_permuted_tokens,
              const aclTensor* grad_permuted_probs, const aclTensor* sorted_indices, const aclTensor* routing_map,
              int64_t experts_num, int64_t tokens_num, bool drop_and_pad, aclTensor* grad_tokens,
              aclTensor* grad_probs);
ACLNN_DECLARE(aclnnMoeTokenUnpermuteWithRoutingMap, const aclTensor* permuted_tokens, const aclTensor* sorted_indices,
              const aclTensor* routing_map, const aclTensor* probs, bool padded_mode, const aclIntArray* restore_shape,
              aclTensor* unpermuted_tokens, aclTensor* out_index, aclTensor* permute_token_id,
              aclTensor* permute_probs);
ACLNN_DECLARE(aclnnMoeTokenUnpermuteWithRoutingMapGrad, const aclTensor* grad_unpermuted_tokens,
              const aclTensor* out_index, const aclTensor* permute_token_id, const aclTensor* routing_map,
              const aclTensor* permuted_tokens, const aclTensor* probs, bool drop_and_pad,
              const aclIntArray* restore_shape, aclTensor* grad_permuted_tokens, aclTensor* grad_probs);
ACL_END
