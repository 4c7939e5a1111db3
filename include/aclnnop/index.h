/* Operators: index. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnEmbedding, const aclTensor* weight, const aclTensor* indices, aclTensor* out);
ACLNN_DECLARE(aclnnEmbeddingBag, const aclTensor* weight, const aclTensor* indices, const aclTensor* offsets,
              bool scale_grad_by_freq, int64_t mode, bool sparse, const aclTensor* per_sample_weights,
              bool include_last_offset, int64_t padding_idx, aclTensor* out, aclTensor* offset2bag, aclTensor* bag_size,
              aclTensor* max_indices);
ACLNN_DECLARE(aclnnEmbeddingDenseBackward, const aclTensor* grad_output, const aclTensor* indices, int64_t num_weights,
              int64_t padding_idx, bool scale_grad_by_freq, aclTensor* out);
ACLNN_DECLARE(aclnnEmbeddingRenorm, aclTensor* self, const aclTensor* indices, double max_norm, double norm_type);
ACLNN_DECLARE(aclnnGather, const aclTensor* self, int64_t dim, const aclTensor* index, aclTensor* out);
ACLNN_DECLARE(aclnnGatherV3, const aclTensor* self, int64_t dim, const aclTensor* index, int64_t batch_dims,
              int64_t mode, aclTensor* out);
ACLNN_DECLARE(aclnnIndex, const aclTensor* self, const aclTensorList* indices, aclTensor* out);
ACLNN_DECLARE(aclnnIndexAdd, const aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* source,
              const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnIndexAddV2, const aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* source,
              const aclScalar* alpha, int64_t mode, aclTensor* out);
ACLNN_DECLARE(aclnnIndexCopy, const aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* source,
              aclTensor* out);
ACLNN_DECLARE(aclnnIndexFill, const aclTensor* self, int64_t dim, const aclTensor* index, const aclScalar* value,
              aclTensor* out);
ACLNN_DECLARE(aclnnIndexFillTensor, const aclTensor* self, int64_t dim, const aclIntArray* index,
              const aclScalar* value, aclTensor* out);
ACLNN_DECLARE(aclnnIndexPutImpl, aclTensor* self, const aclTensorList* indices, const aclTensor* value, bool accumulate,
              bool unsafe);
ACLNN_DECLARE(aclnnIndexSelect, const aclTensor* self, int64_t dim, const aclTensor* index, aclTensor* out);
ACLNN_DECLARE(aclnnInplaceIndexCopy, aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* source);
ACLNN_DECLARE(aclnnInplaceIndexFill, aclTensor* self, int64_t dim, const aclTensor* index, const aclScalar* value);
ACLNN_DECLARE(aclnnInplaceIndexFillTensor, aclTensor* self, int64_t dim, const aclIntArray* index,
              const aclScalar* value);
ACLNN_DECLARE(aclnnInplaceMaskedFillScalar, aclTensor* self, const aclTensor* mask, const aclScalar* value);
ACLNN_DECLARE(aclnnInplaceMaskedFillTensor, aclTensor* self, const aclTensor* mask, const aclTensor* value);
ACLNN_DECLARE(aclnnInplaceMaskedScatter, aclTensor* self, const aclTensor* mask, const aclTensor* source);
ACLNN_DECLARE(aclnnInplacePut, aclTensor* self, const aclTensor* index, const aclTensor* source, bool accumulate);
ACLNN_DECLARE(aclnnInplaceScatter, aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* src,
              int64_t reduction);
ACLNN_DECLARE(aclnnInplaceScatterReduce, aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* src,
              int64_t reduction, bool include_self);
ACLNN_DECLARE(aclnnInplaceScatterValue, aclTensor* self, int64_t dim, const aclTensor* index, const aclScalar* value,
              int64_t reduction);
ACLNN_DECLARE(aclnnMaskedScale, const aclTensor* self, const aclTensor* mask, double scale, aclTensor* out);
ACLNN_DECLARE(aclnnMaskedSelect, const aclTensor* self, const aclTensor* mask, aclTensor* out);
ACLNN_DECLARE(aclnnNonzero, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnNonzeroV2, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnScatter, const aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* src,
              int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnScatterAdd, const aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* src,
              aclTensor* out);
ACLNN_DECLARE(aclnnScatterNdUpdate, aclTensor* self, const aclTensor* indices, const aclTensor* updates);
ACLNN_DECLARE(aclnnScatterReduce, const aclTensor* self, int64_t dim, const aclTensor* index, const aclTensor* src,
              int64_t reduction, bool include_self, aclTensor* out);
ACLNN_DECLARE(aclnnScatterValue, const aclTensor* self, int64_t dim, const aclTensor* index, const aclScalar* value,
              int64_t reduction, aclTensor* out);
ACLNN_DECLARE(aclnnSWhere, const aclTensor* condition, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnTake, const aclTensor* self, const aclTensor* index, aclTensor* out);
ACLNN_DECLARE(aclnnOneHot, const aclTensor* self, int64_t depth, const aclTensor* on_value, const aclTensor* off_value,
              int64_t axis, aclTensor* out);
ACLNN_DECLARE(aclnnGatherV2, const aclTensor* self, int64_t dim, const aclTensor* index, aclTensor* out);
ACLNN_DECLARE(aclnnInplaceScatterUpdate, aclTensor* data, const aclTensor* indices, const aclTensor* updates,
              int64_t axis);
ACLNN_DECLARE(aclnnScatterList, aclTensorList* var, const aclTensor* indice, const aclTensor* updates,
              const aclTensor* mask, char* reduce, int64_t axis);
ACLNN_DECLARE(aclnnCoalesceSparse, const aclTensor* unique_len, const aclTensor* unique_indices,
              const aclTensor* indices, const aclTensor* values, aclTensor* new_indices, aclTensor* new_values);
ACL_END
