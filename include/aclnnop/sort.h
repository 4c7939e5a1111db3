/* Operators: sort. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnSort, const aclTensor* self, bool stable, int64_t dim, bool descending, aclTensor* values,
              aclTensor* indices);
ACLNN_DECLARE(aclnnTopk, const aclTensor* self, int64_t k, int64_t dim, bool largest, bool sorted, aclTensor* values,
              aclTensor* indices);
ACLNN_DECLARE(aclnnKthvalue, const aclTensor* self, int64_t k, int64_t dim, bool keepdim, aclTensor* values,
              aclTensor* indices);
ACLNN_DECLARE(aclnnSearchSorted, const aclTensor* sorted_sequence, const aclTensor* self, bool out_int32, bool right,
              const aclTensor* sorter, aclTensor* out);
ACLNN_DECLARE(aclnnSearchSorteds, const aclTensor* sorted_sequence, const aclScalar* self, bool out_int32, bool right,
              const aclTensor* sorter, aclTensor* out);
ACLNN_DECLARE(aclnnBucketize, const aclTensor* self, const aclTensor* boundaries, bool out_int32, bool right,
              aclTensor* out);
ACLNN_DECLARE(aclnnUnique, const aclTensor* self, bool sorted, bool return_inverse, aclTensor* values,
              aclTensor* inverse);
ACLNN_DECLARE(aclnnUnique2, const aclTensor* self, bool sorted, bool return_inverse, bool return_counts,
              aclTensor* values, aclTensor* inverse, aclTensor* counts);
ACLNN_DECLARE(aclnnUniqueConsecutive, const aclTensor* self, bool return_inverse, bool return_counts, int64_t dim,
              aclTensor* values, aclTensor* inverse, aclTensor* counts);
ACLNN_DECLARE(aclnnUniqueDim, const aclTensor* self, bool sorted, bool return_inverse, int64_t dim, aclTensor* values,
              aclTensor* inverse, aclTensor* counts);
ACLNN_DECLARE(aclnnArgsort, const aclTensor* self, int64_t dim, bool descending, aclTensor* out);
ACL_END
