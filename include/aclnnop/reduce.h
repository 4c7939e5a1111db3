/* Operators: reduce. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnAll, const aclTensor* self, const aclIntArray* dims, bool keepdim, aclTensor* out);
ACLNN_DECLARE(aclnnAmax, const aclTensor* self, const aclIntArray* dim, bool keepdim, aclTensor* out);
ACLNN_DECLARE(aclnnAmin, const aclTensor* self, const aclIntArray* dim, bool keepdim, aclTensor* out);
ACLNN_DECLARE(aclnnAminmax, const aclTensor* self, const aclIntArray* dims, bool keepdim, aclTensor* min,
              aclTensor* max);
ACLNN_DECLARE(aclnnAminmaxAll, const aclTensor* self, aclTensor* min, aclTensor* max);
ACLNN_DECLARE(aclnnAminmaxDim, const aclTensor* self, int64_t dim, bool keepdim, aclTensor* min, aclTensor* max);
ACLNN_DECLARE(aclnnAny, const aclTensor* self, const aclIntArray* dims, bool keepdim, aclTensor* out);
ACLNN_DECLARE(aclnnArgMax, const aclTensor* self, int64_t dim, bool keepdim, aclTensor* out);
ACLNN_DECLARE(aclnnArgMin, const aclTensor* self, int64_t dim, bool keepdim, aclTensor* out);
ACLNN_DECLARE(aclnnLinalgVectorNorm, const aclTensor* self, const aclScalar* ord, const aclIntArray* dim, bool keepdim,
              aclDataType dtype, aclTensor* out);
ACLNN_DECLARE(aclnnLogSumExp, const aclTensor* self, const aclIntArray* dims, bool keepdim, aclTensor* out);
ACLNN_DECLARE(aclnnMax, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnMaxDim, const aclTensor* self, int64_t dim, bool keepdim, aclTensor* out, aclTensor* indices);
ACLNN_DECLARE(aclnnMean, const aclTensor* self, const aclIntArray* dim, bool keepdim, aclDataType dtype,
              aclTensor* out);
ACLNN_DECLARE(aclnnMedian, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnMedianDim, const aclTensor* self, int64_t dim, bool keepdim, aclTensor* values, aclTensor* indices);
ACLNN_DECLARE(aclnnMin, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnMinDim, const aclTensor* self, int64_t dim, bool keepdim, aclTensor* out, aclTensor* indices);
ACLNN_DECLARE(aclnnNanMedian, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnNanMedianDim, const aclTensor* self, int64_t dim, bool keepdim, aclTensor* out, aclTensor* indices);
ACLNN_DECLARE(aclnnNorm, const aclTensor* self, const aclScalar* p, const aclIntArray* dim, bool keepdim,
              aclTensor* out);
ACLNN_DECLARE(aclnnProd, const aclTensor* self, aclDataType dtype, aclTensor* out);
ACLNN_DECLARE(aclnnProdDim, const aclTensor* self, int64_t dim, bool keepdim, aclDataType dtype, aclTensor* out);
ACLNN_DECLARE(aclnnReduceNansum, const aclTensor* self, const aclIntArray* dim, bool keepdim, aclDataType dtype,
              aclTensor* out);
ACLNN_DECLARE(aclnnReduceSum, const aclTensor* self, const aclIntArray* dim, bool keepdim, aclDataType dtype,
              aclTensor* out);
ACLNN_DECLARE(aclnnStd, const aclTensor* self, const aclIntArray* dim, int64_t correction, bool keepdim,
              aclTensor* out);
ACLNN_DECLARE(aclnnStdMeanCorrection, const aclTensor* self, const aclIntArray* dim, int64_t correction, bool keepdim,
              aclTensor* std_out, aclTensor* mean);
ACLNN_DECLARE(aclnnTrace, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnVarCorrection, const aclTensor* self, const aclIntArray* dim, int64_t correction, bool keepdim,
              aclTensor* out);
ACLNN_DECLARE(aclnnVarMean, const aclTensor* self, const aclIntArray* dim, int64_t correction, bool keepdim,
              aclTensor* var, aclTensor* mean);
ACLNN_DECLARE(aclnnRenorm, const aclTensor* self, const aclScalar* p, int64_t dim, const aclScalar* maxnorm,
              aclTensor* out);
ACLNN_DECLARE(aclnnInplaceRenorm, aclTensor* self, const aclScalar* p, int64_t dim, const aclScalar* maxnorm);
ACLNN_DECLARE(aclnnBincount, const aclTensor* self, const aclTensor* weight, int64_t minlength, aclTensor* out);
ACLNN_DECLARE(aclnnHistc, const aclTensor* self, int64_t bins, const aclScalar* min, const aclScalar* max,
              aclTensor* out);
ACLNN_DECLARE(aclnnSum, const aclTensorList* tensors, aclTensor* out);
ACL_END
