/* Operators: linalg. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnLinalgCross, const aclTensor* self, const aclTensor* other, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnLinalgCholesky, const aclTensor* self, bool upper, aclTensor* out);
ACLNN_DECLARE(aclnnLinalgQr, const aclTensor* self, int64_t mode, aclTensor* q, aclTensor* r);
ACLNN_DECLARE(aclnnInverse, const aclTensor* self, aclTensor* out);
ACLNN_DECLARE(aclnnSlogdet, const aclTensor* self, aclTensor* sign, aclTensor* log);
ACLNN_DECLARE(aclnnSvd, const aclTensor* self, bool full_matrices, bool compute_uv, aclTensor* s, aclTensor* u,
              aclTensor* v);
ACLNN_DECLARE(aclnnTriangularSolve, const aclTensor* self, const aclTensor* a, bool upper, bool transpose,
              bool unitriangular, aclTensor* x, aclTensor* a_clone);
ACLNN_DECLARE(aclnnCdist, const aclTensor* x1, const aclTensor* x2, float p, int32_t mode, aclTensor* out);
ACLNN_DECLARE(aclnnCdistBackward, const aclTensor* grad, const aclTensor* x1, const aclTensor* x2,
              const aclTensor* cdist, float p, aclTensor* out);
ACLNN_DECLARE(aclnnPdist, const aclTensor* self, float p, aclTensor* out);
ACL_END
