/* Operators: compare. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnEqScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnEqTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnEqual, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnGeScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnGeTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnGtScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnGtTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLeScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnLeTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLessScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnLtScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnLtTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnNeScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnNeTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnIsClose, const aclTensor* self, const aclTensor* other, double rtol, double atol, bool equal_nan,
              aclTensor* out);
ACLNN_DECLARE(aclnnLogicalAnd, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLogicalOr, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLogicalXor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnBitwiseAndScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnBitwiseAndTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnBitwiseOrScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnBitwiseOrTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnBitwiseXorScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnBitwiseXorTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLeftShift, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLeftShifts, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnRightShift, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnIsInScalarTensor, const aclScalar* element, const aclTensor* test_elements, bool assume_unique,
              bool invert, aclTensor* out);
ACLNN_DECLARE(aclnnIsInTensorScalar, const aclTensor* element, const aclScalar* test_elements, bool assume_unique,
              bool invert, aclTensor* out);
ACLNN_DECLARE(aclnnInplaceEqScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceEqTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceGeScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceGeTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceGtScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceGtTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceLeScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceLeTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceLtScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceLtTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceNeScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceNeTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceLogicalAnd, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceLogicalOr, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceBitwiseAndScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceBitwiseAndTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceBitwiseXorScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceBitwiseXorTensor, aclTensor* self, const aclTensor* other);
ACL_END
