#include "aten/row.h"

#include <ATen/ops/_upsample_bicubic2d_aa_backward_ops.h>
#include <ATen/ops/_upsample_bicubic2d_aa_ops.h>
#include <ATen/ops/_upsample_bilinear2d_aa_backward_ops.h>
#include <ATen/ops/_upsample_bilinear2d_aa_ops.h>
#include <ATen/ops/_upsample_nearest_exact1d_backward_ops.h>
#include <ATen/ops/_upsample_nearest_exact1d_ops.h>
#include <ATen/ops/_upsample_nearest_exact2d_backward_ops.h>
#include <ATen/ops/_upsample_nearest_exact2d_ops.h>
#include <ATen/ops/_upsample_nearest_exact3d_backward_ops.h>
#include <ATen/ops/_upsample_nearest_exact3d_ops.h>
#include <ATen/ops/grid_sampler_2d_backward_ops.h>
#include <ATen/ops/grid_sampler_2d_ops.h>
#include <ATen/ops/grid_sampler_3d_backward_ops.h>
#include <ATen/ops/grid_sampler_3d_ops.h>
#include <ATen/ops/upsample_bicubic2d_backward_ops.h>
#include <ATen/ops/upsample_bicubic2d_ops.h>
#include <ATen/ops/upsample_bilinear2d_backward_ops.h>
#include <ATen/ops/upsample_bilinear2d_ops.h>
#include <ATen/ops/upsample_linear1d_backward_ops.h>
#include <ATen/ops/upsample_linear1d_ops.h>
#include <ATen/ops/upsample_nearest1d_backward_ops.h>
#include <ATen/ops/upsample_nearest1d_ops.h>
#include <ATen/ops/upsample_nearest2d_backward_ops.h>
#include <ATen/ops/upsample_nearest2d_ops.h>
#include <ATen/ops/upsample_nearest3d_backward_ops.h>
#include <ATen/ops/upsample_nearest3d_ops.h>
#include <ATen/ops/upsample_trilinear3d_backward_ops.h>
#include <ATen/ops/upsample_trilinear3d_ops.h>

#include "aclnnop/upsample.h"

namespace at_npu {
namespace {

constexpr double kFromSizes = 0;  // no scale was given: it follows from the sizes
float scale_or_sizes(std::optional<double> scale) { return static_cast<float>(scale.value_or(kFromSizes)); }

}  // namespace

template <size_t I> using scale = or_else<I, kFromSizes>;
template <size_t I> using scale32 = call<scale_or_sizes, I>;

NPU_OPS {
  NPU_OP(upsample_nearest1d_out, aclnnUpsampleNearest1dV2, arg<0>, arg<1>, scale32<2>, arg<3>);
  NPU_OP(upsample_nearest1d_backward_grad_input, aclnnUpsampleNearest1dBackward, arg<0>, arg<1>, arg<2>, scale<3>,
         arg<4>);
  NPU_OP(upsample_nearest2d_out, aclnnUpsampleNearest2dV2, arg<0>, arg<1>, scale32<2>, scale32<3>, arg<4>);
  NPU_OP(upsample_nearest2d_backward_grad_input, aclnnUpsampleNearest2dBackward, arg<0>, arg<1>, arg<2>, scale<3>,
         scale<4>, arg<5>);
  NPU_OP(upsample_nearest3d_out, aclnnUpsampleNearest3d, arg<0>, arg<1>, scale<2>, scale<3>, scale<4>, arg<5>);
  NPU_OP(upsample_nearest3d_backward_grad_input, aclnnUpsampleNearest3dBackward, arg<0>, arg<1>, arg<2>, scale<3>,
         scale<4>, scale<5>, arg<6>);
  NPU_OP(_upsample_nearest_exact1d_out, aclnnUpsampleNearestExact1d, arg<0>, arg<1>, scale<2>, arg<3>);
  NPU_OP(_upsample_nearest_exact1d_backward_grad_input, aclnnUpsampleNearestExact1dBackward, arg<0>, arg<1>, arg<2>,
         scale<3>, arg<4>);
  NPU_OP(_upsample_nearest_exact2d_out, aclnnUpsampleNearestExact2d, arg<0>, arg<1>, scale<2>, scale<3>, arg<4>);
  NPU_OP(_upsample_nearest_exact2d_backward_grad_input, aclnnUpsampleNearestExact2dBackward, arg<0>, arg<1>, arg<2>,
         scale<3>, scale<4>, arg<5>);
  NPU_OP(_upsample_nearest_exact3d_out, aclnnUpsampleNearestExact3d, arg<0>, arg<1>, scale<2>, scale<3>, scale<4>,
         arg<5>);
  NPU_OP(_upsample_nearest_exact3d_backward_grad_input, aclnnUpsampleNearestExact3dBackward, arg<0>, arg<1>, arg<2>,
         scale<3>, scale<4>, scale<5>, arg<6>);

  NPU_OP(upsample_linear1d_out, aclnnUpsampleLinear1d, arg<0>, arg<1>, arg<2>, scale<3>, arg<4>);
  NPU_OP(upsample_linear1d_backward_grad_input, aclnnUpsampleLinear1dBackward, arg<0>, arg<1>, arg<2>, arg<3>, scale<4>,
         arg<5>);
  NPU_OP(upsample_bilinear2d_out, aclnnUpsampleBilinear2d, arg<0>, arg<1>, arg<2>, scale<3>, scale<4>, arg<5>);
  NPU_OP(upsample_bilinear2d_backward_grad_input, aclnnUpsampleBilinear2dBackward, arg<0>, arg<1>, arg<2>, arg<3>,
         scale<4>, scale<5>, arg<6>);
  NPU_OP(_upsample_bilinear2d_aa_out, aclnnUpsampleBilinear2dAA, arg<0>, arg<1>, arg<2>, scale<3>, scale<4>, arg<5>);
  NPU_OP(_upsample_bilinear2d_aa_backward_grad_input, aclnnUpsampleBilinear2dAABackward, arg<0>, arg<1>, arg<2>, arg<3>,
         scale<4>, scale<5>, arg<6>);
  NPU_OP(upsample_trilinear3d_out, aclnnUpsampleTrilinear3d, arg<0>, arg<1>, arg<2>, scale<3>, scale<4>, scale<5>,
         arg<6>);
  NPU_OP(upsample_trilinear3d_backward_grad_input, aclnnUpsampleTrilinear3dBackward, arg<0>, arg<1>, arg<2>, arg<3>,
         scale<4>, scale<5>, scale<6>, arg<7>);
  NPU_OP(upsample_bicubic2d_out, aclnnUpsampleBicubic2d, arg<0>, arg<1>, arg<2>, scale<3>, scale<4>, arg<5>);
  NPU_OP(upsample_bicubic2d_backward_grad_input, aclnnUpsampleBicubic2dBackward, arg<0>, arg<1>, arg<2>, arg<3>,
         scale<4>, scale<5>, arg<6>);
  NPU_OP(_upsample_bicubic2d_aa_out, aclnnUpsampleBicubic2dAA, arg<0>, arg<1>, arg<2>, scale<3>, scale<4>, arg<5>);
  NPU_OP(_upsample_bicubic2d_aa_backward_grad_input, aclnnUpsampleBicubic2dAAGrad, arg<0>, arg<1>, arg<2>, arg<3>,
         scale<4>, scale<5>, arg<6>);

  NPU_OP(grid_sampler_2d, aclnnGridSampler2D, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, inferred<0>);
  NPU_OP(grid_sampler_3d, aclnnGridSampler3D, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, inferred<0>);
  NPU_OP(grid_sampler_2d_backward, aclnnGridSampler2DBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         fresh<like, 1>, fresh<like, 2>);
  NPU_OP(grid_sampler_3d_backward, aclnnGridSampler3DBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<6>,
         fresh<like, 1>, fresh<like, 2>);
}

}  // namespace at_npu
