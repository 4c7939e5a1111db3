// Resizing of images, and sampling on a grid.
#include "aclnnop/upsample.h"
#include "npu/ops/check.h"

#include <ATen/ops/_upsample_bicubic2d_aa_backward_meta_dispatch.h>
#include <ATen/ops/_upsample_bicubic2d_aa_backward_ops.h>
#include <ATen/ops/_upsample_bicubic2d_aa_meta_dispatch.h>
#include <ATen/ops/_upsample_bicubic2d_aa_ops.h>
#include <ATen/ops/_upsample_bilinear2d_aa_backward_meta_dispatch.h>
#include <ATen/ops/_upsample_bilinear2d_aa_backward_ops.h>
#include <ATen/ops/_upsample_bilinear2d_aa_meta_dispatch.h>
#include <ATen/ops/_upsample_bilinear2d_aa_ops.h>
#include <ATen/ops/_upsample_nearest_exact1d_backward_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact1d_backward_ops.h>
#include <ATen/ops/_upsample_nearest_exact1d_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact1d_ops.h>
#include <ATen/ops/_upsample_nearest_exact2d_backward_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact2d_backward_ops.h>
#include <ATen/ops/_upsample_nearest_exact2d_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact2d_ops.h>
#include <ATen/ops/_upsample_nearest_exact3d_backward_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact3d_backward_ops.h>
#include <ATen/ops/_upsample_nearest_exact3d_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact3d_ops.h>
#include <ATen/ops/grid_sampler_2d_backward_ops.h>
#include <ATen/ops/grid_sampler_2d_ops.h>
#include <ATen/ops/grid_sampler_3d_backward_ops.h>
#include <ATen/ops/grid_sampler_3d_ops.h>
#include <ATen/ops/upsample_bicubic2d_backward_meta_dispatch.h>
#include <ATen/ops/upsample_bicubic2d_backward_ops.h>
#include <ATen/ops/upsample_bicubic2d_meta_dispatch.h>
#include <ATen/ops/upsample_bicubic2d_ops.h>
#include <ATen/ops/upsample_bilinear2d_backward_meta_dispatch.h>
#include <ATen/ops/upsample_bilinear2d_backward_ops.h>
#include <ATen/ops/upsample_bilinear2d_meta_dispatch.h>
#include <ATen/ops/upsample_bilinear2d_ops.h>
#include <ATen/ops/upsample_linear1d_backward_meta_dispatch.h>
#include <ATen/ops/upsample_linear1d_backward_ops.h>
#include <ATen/ops/upsample_linear1d_meta_dispatch.h>
#include <ATen/ops/upsample_linear1d_ops.h>
#include <ATen/ops/upsample_nearest1d_backward_meta_dispatch.h>
#include <ATen/ops/upsample_nearest1d_backward_ops.h>
#include <ATen/ops/upsample_nearest1d_meta_dispatch.h>
#include <ATen/ops/upsample_nearest1d_ops.h>
#include <ATen/ops/upsample_nearest2d_backward_meta_dispatch.h>
#include <ATen/ops/upsample_nearest2d_backward_ops.h>
#include <ATen/ops/upsample_nearest2d_meta_dispatch.h>
#include <ATen/ops/upsample_nearest2d_ops.h>
#include <ATen/ops/upsample_nearest3d_backward_meta_dispatch.h>
#include <ATen/ops/upsample_nearest3d_backward_ops.h>
#include <ATen/ops/upsample_nearest3d_meta_dispatch.h>
#include <ATen/ops/upsample_nearest3d_ops.h>
#include <ATen/ops/upsample_trilinear3d_backward_meta_dispatch.h>
#include <ATen/ops/upsample_trilinear3d_backward_ops.h>
#include <ATen/ops/upsample_trilinear3d_meta_dispatch.h>
#include <ATen/ops/upsample_trilinear3d_ops.h>

namespace npu {

// A scale that is not positive stands for none: the sizes alone decide.
static std::optional<double> optional_scale(double scale) { return scale > 0 ? std::optional(scale) : std::nullopt; }

#define LINEAR_1D(name, kernel)                                                                              \
  ACLNN_OP(aclnn##name, self, output_size, align_corners, scale, out) {                                      \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_symint_outf>(self, output_size, align_corners, \
                                                                           optional_scale(scale), out);      \
  }                                                                                                          \
  ACLNN_OP(aclnn##name##Backward, grad_output, output_size, input_size, align_corners, scale, grad_input) {  \
    return checked<at::_ops::kernel##_backward_grad_input, at::meta::kernel##_backward_symint_outf>(         \
        grad_output, output_size, input_size, align_corners, optional_scale(scale), grad_input);             \
  }
#define LINEAR_2D(name, kernel)                                                                   \
  ACLNN_OP(aclnn##name, self, output_size, align_corners, scale_h, scale_w, out) {                \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_symint_outf>(                       \
        self, output_size, align_corners, optional_scale(scale_h), optional_scale(scale_w), out); \
  }
#define LINEAR_2D_BACKWARD(name, kernel)                                                                       \
  ACLNN_OP(aclnn##name, grad_output, output_size, input_size, align_corners, scale_h, scale_w, grad_input) {   \
    return checked<at::_ops::kernel##_backward_grad_input, at::meta::kernel##_backward_symint_outf>(           \
        grad_output, output_size, input_size, align_corners, optional_scale(scale_h), optional_scale(scale_w), \
        grad_input);                                                                                           \
  }
#define LINEAR_3D(name, kernel)                                                                                      \
  ACLNN_OP(aclnn##name, self, output_size, align_corners, scale_d, scale_h, scale_w, out) {                          \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_symint_outf>(                                          \
        self, output_size, align_corners, optional_scale(scale_d), optional_scale(scale_h), optional_scale(scale_w), \
        out);                                                                                                        \
  }                                                                                                                  \
  ACLNN_OP(aclnn##name##Backward, grad_output, output_size, input_size, align_corners, scale_d, scale_h, scale_w,    \
           grad_input) {                                                                                             \
    return checked<at::_ops::kernel##_backward_grad_input, at::meta::kernel##_backward_symint_outf>(                 \
        grad_output, output_size, input_size, align_corners, optional_scale(scale_d), optional_scale(scale_h),       \
        optional_scale(scale_w), grad_input);                                                                        \
  }
#define NEAREST_1D(name, kernel)                                                                                     \
  ACLNN_OP(aclnn##name, self, output_size, scale, out) {                                                             \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_symint_outf>(self, output_size, optional_scale(scale), \
                                                                           out);                                     \
  }
#define NEAREST_1D_BACKWARD(name, kernel)                                                            \
  ACLNN_OP(aclnn##name, grad_output, output_size, input_size, scale, grad_input) {                   \
    return checked<at::_ops::kernel##_backward_grad_input, at::meta::kernel##_backward_symint_outf>( \
        grad_output, output_size, input_size, optional_scale(scale), grad_input);                    \
  }
#define NEAREST_2D(name, kernel)                                                                                       \
  ACLNN_OP(aclnn##name, self, output_size, scale_h, scale_w, out) {                                                    \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_symint_outf>(self, output_size, optional_scale(scale_h), \
                                                                           optional_scale(scale_w), out);              \
  }
#define NEAREST_2D_BACKWARD(name, kernel)                                                                    \
  ACLNN_OP(aclnn##name, grad_output, output_size, input_size, scale_h, scale_w, grad_input) {                \
    return checked<at::_ops::kernel##_backward_grad_input, at::meta::kernel##_backward_symint_outf>(         \
        grad_output, output_size, input_size, optional_scale(scale_h), optional_scale(scale_w), grad_input); \
  }
#define NEAREST_3D(name, kernel)                                                                                 \
  ACLNN_OP(aclnn##name, self, output_size, scale_d, scale_h, scale_w, out) {                                     \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_symint_outf>(                                      \
        self, output_size, optional_scale(scale_d), optional_scale(scale_h), optional_scale(scale_w), out);      \
  }                                                                                                              \
  ACLNN_OP(aclnn##name##Backward, grad_output, output_size, input_size, scale_d, scale_h, scale_w, grad_input) { \
    return checked<at::_ops::kernel##_backward_grad_input, at::meta::kernel##_backward_symint_outf>(             \
        grad_output, output_size, input_size, optional_scale(scale_d), optional_scale(scale_h),                  \
        optional_scale(scale_w), grad_input);                                                                    \
  }

LINEAR_1D(UpsampleLinear1d, upsample_linear1d)
LINEAR_2D(UpsampleBilinear2d, upsample_bilinear2d)
LINEAR_2D(UpsampleBilinear2dAA, _upsample_bilinear2d_aa)
LINEAR_2D(UpsampleBicubic2d, upsample_bicubic2d)
LINEAR_2D(UpsampleBicubic2dAA, _upsample_bicubic2d_aa)
LINEAR_2D_BACKWARD(UpsampleBilinear2dBackward, upsample_bilinear2d)
LINEAR_2D_BACKWARD(UpsampleBilinear2dBackwardV2, upsample_bilinear2d)
LINEAR_2D_BACKWARD(UpsampleBilinear2dAABackward, _upsample_bilinear2d_aa)
LINEAR_2D_BACKWARD(UpsampleBicubic2dBackward, upsample_bicubic2d)
LINEAR_2D_BACKWARD(UpsampleBicubic2dAAGrad, _upsample_bicubic2d_aa)
LINEAR_3D(UpsampleTrilinear3d, upsample_trilinear3d)
NEAREST_1D(UpsampleNearest1dV2, upsample_nearest1d)
NEAREST_1D(UpsampleNearestExact1d, _upsample_nearest_exact1d)
NEAREST_1D_BACKWARD(UpsampleNearest1dBackward, upsample_nearest1d)
NEAREST_1D_BACKWARD(UpsampleNearestExact1dBackward, _upsample_nearest_exact1d)
NEAREST_2D(UpsampleNearest2dV2, upsample_nearest2d)
NEAREST_2D(UpsampleNearestExact2d, _upsample_nearest_exact2d)
NEAREST_2D_BACKWARD(UpsampleNearest2dBackward, upsample_nearest2d)
NEAREST_2D_BACKWARD(UpsampleNearestExact2dBackward, _upsample_nearest_exact2d)
NEAREST_3D(UpsampleNearest3d, upsample_nearest3d)
NEAREST_3D(UpsampleNearestExact3d, _upsample_nearest_exact3d)

ACLNN_OP(aclnnUpsampleNearest1d, self, output_size, out) {
  return checked<at::_ops::upsample_nearest1d_out, at::meta::upsample_nearest1d_symint_outf>(self, output_size, None{},
                                                                                             out);
}
ACLNN_OP(aclnnUpsampleNearest2d, self, output_size, out) {
  return checked<at::_ops::upsample_nearest2d_out, at::meta::upsample_nearest2d_symint_outf>(self, output_size, None{},
                                                                                             None{}, out);
}

// The grid has a place for each output element, with a coordinate for each spatial dimension.
static Status grid_fits(const Tensor& input, const Tensor& grid, const Tensor& out, int dims) {
  OP_GIVEN(input.defined() && grid.defined() && out.defined());
  OP_CHECK(input.dims == dims + 2 && grid.dims == dims + 2 && grid.sizes[dims + 1] == dims &&
               grid.sizes[0] == input.sizes[0],
           "input and grid must have the same batch, and grid a coordinate for each spatial dimension");
  OP_CHECK(out.dims == dims + 2 && out.sizes[0] == input.sizes[0] && out.sizes[1] == input.sizes[1] &&
               std::equal(grid.sizes + 1, grid.sizes + 1 + dims, out.sizes + 2),
           "out must have input's channels and grid's sizes");
  return {};
}
#define GRID(dims, name, kernel)                                                                                   \
  ACLNN_OP(aclnn##name, input, grid, interpolation_mode, padding_mode, align_corners, out) {                       \
    NPU_TRY(grid_fits(input, grid, out, dims));                                                                    \
    return copied<at::_ops::kernel>({out}, input, grid, interpolation_mode, padding_mode, align_corners);          \
  }                                                                                                                \
  ACLNN_OP(aclnn##name##Backward, grad_output, input, grid, interpolation_mode, padding_mode, align_corners,       \
           output_mask, grad_input, grad_grid) {                                                                   \
    NPU_TRY(grid_fits(input, grid, grad_output, dims));                                                            \
    OP_CHECK(output_mask.size() == 2, "output_mask says which of two gradients are wanted");                       \
    if (output_mask[0]) NPU_TRY(holds("grad_input", grad_input, sizes(input), input.dtype));                       \
    if (output_mask[1]) NPU_TRY(holds("grad_grid", grad_grid, sizes(grid), input.dtype));                          \
    return copied<at::_ops::kernel##_backward>(                                                                    \
        {output_mask[0] ? grad_input : Tensor(), output_mask[1] ? grad_grid : Tensor()}, grad_output, input, grid, \
        interpolation_mode, padding_mode, align_corners, output_mask);                                             \
  }
GRID(2, GridSampler2D, grid_sampler_2d)
GRID(3, GridSampler3D, grid_sampler_3d)

}  // namespace npu
