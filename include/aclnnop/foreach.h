/* Operators: foreach. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnForeachAbs, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAcos, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddList, const aclTensorList* self, const aclTensorList* other, const aclTensor* alpha,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddListV2, const aclTensorList* self, const aclTensorList* other, const aclScalar* alpha,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddScalar, const aclTensorList* self, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddScalarList, const aclTensorList* self, const aclScalarList* scalars, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddScalarV2, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddcdivScalar, const aclTensorList* self, const aclTensorList* tensors1,
              const aclTensorList* tensors2, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddcdivScalarList, const aclTensorList* self, const aclTensorList* tensors1,
              const aclTensorList* tensors2, const aclTensor* scalars, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddcdivScalarV2, const aclTensorList* self, const aclTensorList* tensors1,
              const aclTensorList* tensors2, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddcmulScalar, const aclTensorList* self, const aclTensorList* tensors1,
              const aclTensorList* tensors2, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddcmulScalarList, const aclTensorList* self, const aclTensorList* tensors1,
              const aclTensorList* tensors2, const aclTensor* scalars, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAddcmulScalarV2, const aclTensorList* self, const aclTensorList* tensors1,
              const aclTensorList* tensors2, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAsin, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachAtan, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachCopy, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachCos, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachCosh, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachDivList, const aclTensorList* self, const aclTensorList* other, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachDivScalar, const aclTensorList* self, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachDivScalarList, const aclTensorList* self, const aclScalarList* scalars, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachDivScalarV2, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachErf, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachErfc, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachExp, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachExpm1, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachLerpList, const aclTensorList* self, const aclTensorList* other, const aclTensorList* weight,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachLerpScalar, const aclTensorList* self, const aclTensorList* other, const aclScalar* weight,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachLog, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachLog10, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachLog1p, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachLog2, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMaximumList, const aclTensorList* self, const aclTensorList* other, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMaximumScalar, const aclTensorList* self, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMaximumScalarList, const aclTensorList* self, const aclScalarList* scalars,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMaximumScalarV2, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMinimumList, const aclTensorList* self, const aclTensorList* other, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMinimumScalar, const aclTensorList* self, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMinimumScalarList, const aclTensorList* self, const aclScalarList* scalars,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMinimumScalarV2, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMulList, const aclTensorList* self, const aclTensorList* other, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMulScalar, const aclTensorList* self, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMulScalarList, const aclTensorList* self, const aclScalarList* scalars, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachMulScalarV2, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachNeg, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachNorm, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachPowList, const aclTensorList* self, const aclTensorList* other, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachPowScalar, const aclTensorList* self, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachPowScalarAndTensor, const aclScalar* scalar, const aclTensorList* exponent,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachPowScalarList, const aclTensorList* self, const aclScalarList* scalars, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachPowScalarV2, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachReciprocal, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachRoundOffNumber, const aclTensorList* self, const aclTensor* round_mode, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachRoundOffNumberV2, const aclTensorList* self, const aclScalar* round_mode, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSigmoid, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSign, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSin, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSinh, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSqrt, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSubList, const aclTensorList* self, const aclTensorList* other, const aclTensor* scalar,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSubListV2, const aclTensorList* self, const aclTensorList* other, const aclScalar* alpha,
              aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSubScalar, const aclTensorList* self, const aclTensor* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSubScalarList, const aclTensorList* self, const aclScalarList* scalars, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachSubScalarV2, const aclTensorList* self, const aclScalar* scalar, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachTan, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachTanh, const aclTensorList* self, aclTensorList* out);
ACLNN_DECLARE(aclnnForeachZeroInplace, aclTensorList* self);
ACL_END
