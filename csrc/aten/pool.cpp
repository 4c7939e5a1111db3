#include "aten/row.h"

#include <ATen/ops/_adaptive_avg_pool2d_backward_ops.h>
#include <ATen/ops/_adaptive_avg_pool2d_ops.h>
#include <ATen/ops/_adaptive_avg_pool3d_backward_ops.h>
#include <ATen/ops/_adaptive_avg_pool3d_ops.h>
#include <ATen/ops/adaptive_avg_pool2d_ops.h>
#include <ATen/ops/adaptive_avg_pool3d_backward_ops.h>
#include <ATen/ops/adaptive_avg_pool3d_ops.h>
#include <ATen/ops/adaptive_max_pool2d_backward_ops.h>
#include <ATen/ops/adaptive_max_pool2d_ops.h>
#include <ATen/ops/adaptive_max_pool3d_backward_ops.h>
#include <ATen/ops/adaptive_max_pool3d_ops.h>
#include <ATen/ops/avg_pool2d_backward_ops.h>
#include <ATen/ops/avg_pool2d_ops.h>
#include <ATen/ops/avg_pool3d_backward_ops.h>
#include <ATen/ops/avg_pool3d_ops.h>
#include <ATen/ops/max_pool2d_with_indices_backward_ops.h>
#include <ATen/ops/max_pool2d_with_indices_ops.h>
#include <ATen/ops/max_pool3d_with_indices_backward_ops.h>
#include <ATen/ops/max_pool3d_with_indices_ops.h>
#include <ATen/ops/max_unpool2d_ops.h>
#include <ATen/ops/max_unpool3d_ops.h>

#include "aclnnop/pool.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(max_pool2d_with_indices_out, aclnnMaxPool2dWithIndices);
  NPU_OP(max_pool2d_with_indices_backward_grad_input, aclnnMaxPool2dWithIndicesBackward, arg<0>, arg<1>, arg<7>, arg<2>,
         arg<3>, arg<4>, arg<5>, arg<6>, arg<8>);
  NPU_OP(max_pool3d_with_indices, aclnnMaxPool3dWithArgmax, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, inferred<0>,
         inferred<1>);
  NPU_OP(max_pool3d_with_indices_backward, aclnnMaxPool3dWithArgmaxBackward, arg<0>, arg<1>, arg<7>, arg<2>, arg<3>,
         arg<4>, arg<5>, arg<6>, fresh<like, 1>);
  NPU_OP(max_pool3d_with_indices_out, aclnnMaxPool3dWithArgmax);
  NPU_OP(max_pool3d_with_indices_backward_grad_input, aclnnMaxPool3dWithArgmaxBackward, arg<0>, arg<1>, arg<7>, arg<2>,
         arg<3>, arg<4>, arg<5>, arg<6>, grown<8, sizes, 1>);
  NPU_OP(avg_pool2d_out, aclnnAvgPool2d, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, or_else<6, int64_t{0}>,
         value<kCubeMathType>, arg<7>);
  NPU_OP(avg_pool2d_backward_grad_input, aclnnAvgPool2dBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         or_else<7, int64_t{0}>, value<kCubeMathType>, arg<8>);
  NPU_OP(avg_pool3d_out, aclnnAvgPool3d, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, or_else<6, int64_t{0}>,
         arg<7>);
  NPU_OP(avg_pool3d_backward_grad_input, aclnnAvgPool3dBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         or_else<7, int64_t{0}>, arg<8>);

  NPU_OP(_adaptive_avg_pool2d, aclnnAdaptiveAvgPool2d, arg<0>, arg<1>, fresh<pooled, 0, 1>);
  NPU_OP(adaptive_avg_pool2d_out, aclnnAdaptiveAvgPool2d, arg<0>, arg<1>, grown<2, pooled_sizes, 0, 1>);
  NPU_OP(_adaptive_avg_pool2d_backward, aclnnAdaptiveAvgPool2dBackward, arg<0>, arg<1>, fresh<like, 1>);
  NPU_OP(_adaptive_avg_pool3d, aclnnAdaptiveAvgPool3d, arg<0>, arg<1>, fresh<pooled, 0, 1>);
  NPU_OP(adaptive_avg_pool3d_out, aclnnAdaptiveAvgPool3d, arg<0>, arg<1>, grown<2, pooled_sizes, 0, 1>);
  NPU_OP(_adaptive_avg_pool3d_backward, aclnnAdaptiveAvgPool3dBackward, arg<0>, arg<1>, fresh<like, 1>);
  NPU_OP(adaptive_avg_pool3d_backward_grad_input, aclnnAdaptiveAvgPool3dBackward, arg<0>, arg<1>, grown<2, sizes, 1>);
  NPU_OP(adaptive_max_pool2d_out, aclnnAdaptiveMaxPool2d);
  NPU_OP(adaptive_max_pool2d_backward_grad_input, aclnnAdaptiveMaxPool2dBackward);
  NPU_OP(adaptive_max_pool3d_out, aclnnAdaptiveMaxPool3d);
  NPU_OP(adaptive_max_pool3d_backward_grad_input, aclnnAdaptiveMaxPool3dBackward);

  NPU_OP(max_unpool2d, aclnnMaxUnpool2d, arg<0>, arg<1>, arg<2>, fresh<pooled, 0, 2>);
  NPU_OP(max_unpool2d_out, aclnnMaxUnpool2d, arg<0>, arg<1>, arg<2>, grown<3, pooled_sizes, 0, 2>);
  NPU_OP(max_unpool3d, aclnnMaxUnpool3d, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, fresh<pooled, 0, 2>);
  NPU_OP(max_unpool3d_out, aclnnMaxUnpool3d, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, grown<5, pooled_sizes, 0, 2>);
}

}  // namespace at_npu
