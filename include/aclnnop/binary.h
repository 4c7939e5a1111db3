/* Operators: binary. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAdd, const aclTensor* self, const aclTensor* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnAdds, const aclTensor* self, const aclScalar* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnAddV3, const aclScalar* self, const aclTensor* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnAddcdiv, const aclTensor* self, const aclTensor* tensor1, const aclTensor* tensor2,
              const aclScalar* value, aclTensor* out);
ACLNN_DECLARE(aclnnAddcmul, const aclTensor* self, const aclTensor* tensor1, const aclTensor* tensor2,
              const aclScalar* value, aclTensor* out);
ACLNN_DECLARE(aclnnAddRelu, const aclTensor* self, const aclTensor* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnAtan2, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnDiv, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnDivs, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnDivMod, const aclTensor* self, const aclTensor* other, int32_t mode, aclTensor* out);
ACLNN_DECLARE(aclnnDivMods, const aclTensor* self, const aclScalar* other, int32_t mode, aclTensor* out);
ACLNN_DECLARE(aclnnFloorDivide, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnFloorDivides, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnFmodScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnFmodTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnGcd, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLerp, const aclTensor* self, const aclTensor* end, const aclTensor* weight, aclTensor* out);
ACLNN_DECLARE(aclnnLerps, const aclTensor* self, const aclTensor* end, const aclScalar* weight, aclTensor* out);
ACLNN_DECLARE(aclnnLogAddExp, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnLogAddExp2, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnMaximum, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnMinimum, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnMul, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnMuls, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnPowScalarTensor, const aclScalar* self, const aclTensor* exponent, aclTensor* out);
ACLNN_DECLARE(aclnnPowTensorScalar, const aclTensor* self, const aclScalar* exponent, aclTensor* out);
ACLNN_DECLARE(aclnnPowTensorTensor, const aclTensor* self, const aclTensor* exponent, aclTensor* out);
ACLNN_DECLARE(aclnnRemainderScalarTensor, const aclScalar* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnRemainderTensorScalar, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnRemainderTensorTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnRsub, const aclTensor* self, const aclTensor* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnRsubs, const aclTensor* self, const aclScalar* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnSub, const aclTensor* self, const aclTensor* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnSubs, const aclTensor* self, const aclScalar* other, const aclScalar* alpha, aclTensor* out);
ACLNN_DECLARE(aclnnXLogYScalarOther, const aclTensor* self, const aclScalar* other, aclTensor* out);
ACLNN_DECLARE(aclnnXLogYScalarSelf, const aclScalar* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnXLogYTensor, const aclTensor* self, const aclTensor* other, aclTensor* out);
ACLNN_DECLARE(aclnnClamp, const aclTensor* self, const aclScalar* min, const aclScalar* max, aclTensor* out);
ACLNN_DECLARE(aclnnClampMax, const aclTensor* self, const aclScalar* max, aclTensor* out);
ACLNN_DECLARE(aclnnClampMaxTensor, const aclTensor* self, const aclTensor* max, aclTensor* out);
ACLNN_DECLARE(aclnnClampMin, const aclTensor* self, const aclScalar* min, aclTensor* out);
ACLNN_DECLARE(aclnnClampMinTensor, const aclTensor* self, const aclTensor* min, aclTensor* out);
ACLNN_DECLARE(aclnnClampTensor, const aclTensor* self, const aclTensor* min, const aclTensor* max, aclTensor* out);
ACLNN_DECLARE(aclnnComplex, const aclTensor* real, const aclTensor* imag, aclTensor* out);
ACLNN_DECLARE(aclnnPolar, const aclTensor* abs, const aclTensor* angle, aclTensor* out);
ACLNN_DECLARE(aclnnInplaceAdd, aclTensor* self, const aclTensor* other, const aclScalar* alpha);
ACLNN_DECLARE(aclnnInplaceAdds, aclTensor* self, const aclScalar* other, const aclScalar* alpha);
ACLNN_DECLARE(aclnnInplaceAddcdiv, aclTensor* self, const aclTensor* tensor1, const aclTensor* tensor2,
              const aclScalar* value);
ACLNN_DECLARE(aclnnInplaceAddcmul, aclTensor* self, const aclTensor* tensor1, const aclTensor* tensor2,
              const aclScalar* value);
ACLNN_DECLARE(aclnnInplaceAddRelu, aclTensor* self, const aclTensor* other, const aclScalar* alpha);
ACLNN_DECLARE(aclnnInplaceAtan2, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceDiv, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceDivs, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceDivMod, aclTensor* self, const aclTensor* other, int32_t mode);
ACLNN_DECLARE(aclnnInplaceDivMods, aclTensor* self, const aclScalar* other, int32_t mode);
ACLNN_DECLARE(aclnnInplaceFloorDivide, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceFloorDivides, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceFmodScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceFmodTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceLerp, aclTensor* self, const aclTensor* end, const aclTensor* weight);
ACLNN_DECLARE(aclnnInplaceLerps, aclTensor* self, const aclTensor* end, const aclScalar* weight);
ACLNN_DECLARE(aclnnInplaceMul, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceMuls, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplacePowTensorScalar, aclTensor* self, const aclScalar* exponent);
ACLNN_DECLARE(aclnnInplacePowTensorTensor, aclTensor* self, const aclTensor* exponent);
ACLNN_DECLARE(aclnnInplaceRemainderTensorScalar, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceRemainderTensorTensor, aclTensor* self, const aclTensor* other);
ACLNN_DECLARE(aclnnInplaceSub, aclTensor* self, const aclTensor* other, const aclScalar* alpha);
ACLNN_DECLARE(aclnnInplaceSubs, aclTensor* self, const aclScalar* other, const aclScalar* alpha);
ACLNN_DECLARE(aclnnInplaceXLogYScalarOther, aclTensor* self, const aclScalar* other);
ACLNN_DECLARE(aclnnInplaceClampMax, aclTensor* self, const aclScalar* max);
ACLNN_DECLARE(aclnnInplaceClampMaxTensor, aclTensor* self, const aclTensor* max);
ACLNN_DECLARE(aclnnInplaceClampMinTensor, aclTensor* self, const aclTensor* min);
ACL_END
