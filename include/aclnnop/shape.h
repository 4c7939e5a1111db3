/* Operators: shape. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnArange, const aclScalar* start, const aclScalar* end, const aclScalar* step, aclTensor* out);
ACLNN_DECLARE(aclnnRange, const aclScalar* start, const aclScalar* end, const aclScalar* step, aclTensor* out);
ACLNN_DECLARE(aclnnLinspace, const aclScalar* start, const aclScalar* end, int64_t steps, aclTensor* out);
ACLNN_DECLARE(aclnnLogSpace, const aclScalar* start, const aclScalar* end, int64_t steps, double base, aclTensor* out);
ACLNN_DECLARE(aclnnEye, int64_t n, int64_t m, aclTensor* out);
ACLNN_DECLARE(aclnnCat, const aclTensorList* tensors, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnChunkCat, const aclTensorList* tensors, int64_t dim, int64_t num_chunks, aclTensor* out);
ACLNN_DECLARE(aclnnStack, const aclTensorList* tensors, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnSplitWithSize, const aclTensor* self, const aclIntArray* split_sizes, int64_t dim,
              aclTensorList* out);
ACLNN_DECLARE(aclnnConstantPadNd, const aclTensor* self, const aclIntArray* pad, const aclScalar* value,
              aclTensor* out);
ACLNN_DECLARE(aclnnReflectionPad1d, const aclTensor* self, const aclIntArray* padding, aclTensor* out);
ACLNN_DECLARE(aclnnReflectionPad1dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* padding, aclTensor* grad_input);
ACLNN_DECLARE(aclnnReflectionPad2d, const aclTensor* self, const aclIntArray* padding, aclTensor* out);
ACLNN_DECLARE(aclnnReflectionPad2dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* padding, aclTensor* grad_input);
ACLNN_DECLARE(aclnnReflectionPad3d, const aclTensor* self, const aclIntArray* padding, aclTensor* out);
ACLNN_DECLARE(aclnnReflectionPad3dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* padding, aclTensor* grad_input);
ACLNN_DECLARE(aclnnReplicationPad1d, const aclTensor* self, const aclIntArray* padding, aclTensor* out);
ACLNN_DECLARE(aclnnReplicationPad1dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* padding, aclTensor* grad_input);
ACLNN_DECLARE(aclnnReplicationPad2d, const aclTensor* self, const aclIntArray* padding, aclTensor* out);
ACLNN_DECLARE(aclnnReplicationPad2dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* padding, aclTensor* grad_input);
ACLNN_DECLARE(aclnnReplicationPad3d, const aclTensor* self, const aclIntArray* padding, aclTensor* out);
ACLNN_DECLARE(aclnnReplicationPad3dBackward, const aclTensor* grad_output, const aclTensor* self,
              const aclIntArray* padding, aclTensor* grad_input);
ACLNN_DECLARE(aclnnFlip, const aclTensor* self, const aclIntArray* dims, aclTensor* out);
ACLNN_DECLARE(aclnnRoll, const aclTensor* self, const aclIntArray* shifts, const aclIntArray* dims, aclTensor* out);
ACLNN_DECLARE(aclnnRepeat, const aclTensor* self, const aclIntArray* repeats, aclTensor* out);
ACLNN_DECLARE(aclnnRepeatInterleave, const aclTensor* self, const aclTensor* repeats, int64_t output_size,
              aclTensor* out);
ACLNN_DECLARE(aclnnRepeatInterleaveGrad, const aclTensor* grad, const aclTensor* repeats, int64_t dim, aclTensor* out);
ACLNN_DECLARE(aclnnRepeatInterleaveInt, const aclTensor* self, int64_t repeats, int64_t output_size, aclTensor* out);
ACLNN_DECLARE(aclnnRepeatInterleaveIntWithDim, const aclTensor* self, int64_t repeats, int64_t dim, int64_t output_size,
              aclTensor* out);
ACLNN_DECLARE(aclnnRepeatInterleaveTensor, const aclTensor* repeats, int64_t total, aclTensor* out);
ACLNN_DECLARE(aclnnRepeatInterleaveWithDim, const aclTensor* self, const aclTensor* repeats, int64_t dim,
              int64_t output_size, aclTensor* out);
ACLNN_DECLARE(aclnnStridedSlice, const aclTensor* self, const aclIntArray* begin, const aclIntArray* end,
              const aclIntArray* strides, int64_t begin_mask, int64_t end_mask, int64_t ellipsis_mask,
              int64_t new_axis_mask, int64_t shrink_axis_mask, aclTensor* out);
ACLNN_DECLARE(aclnnTril, const aclTensor* self, int64_t diagonal, aclTensor* out);
ACLNN_DECLARE(aclnnTriu, const aclTensor* self, int64_t diagonal, aclTensor* out);
ACLNN_DECLARE(aclnnInplaceTril, aclTensor* self, int64_t diagonal);
ACLNN_DECLARE(aclnnInplaceTriu, aclTensor* self, int64_t diagonal);
ACLNN_DECLARE(aclnnIm2col, const aclTensor* self, const aclIntArray* kernel_size, const aclIntArray* dilation,
              const aclIntArray* padding, const aclIntArray* stride, aclTensor* out);
ACLNN_DECLARE(aclnnIm2colBackward, const aclTensor* self, const aclIntArray* output_size,
              const aclIntArray* kernel_size, const aclIntArray* dilation, const aclIntArray* padding,
              const aclIntArray* stride, aclTensor* out);
ACLNN_DECLARE(aclnnUnfoldGrad, const aclTensor* grad_in, const aclIntArray* input_sizes, int64_t dim, int64_t size,
              int64_t step, aclTensor* out);
ACLNN_DECLARE(aclnnChannelShuffle, const aclTensor* self, int64_t groups, aclTensor* out);
ACLNN_DECLARE(aclnnConfusionTranspose, const aclTensor* self, const aclIntArray* perm, const aclIntArray* shape,
              bool transpose_first, aclTensor* out);
ACLNN_DECLARE(aclnnAffineGrid, const aclTensor* theta, const aclIntArray* size, bool align_corners, aclTensor* out);
ACLNN_DECLARE(aclnnPermute, const aclTensor* self, const aclIntArray* dims, aclTensor* out);
ACLNN_DECLARE(aclnnSlice, const aclTensor* self, int64_t dim, int64_t start, int64_t end, int64_t step, aclTensor* out);
ACL_END
