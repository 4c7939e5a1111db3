#include "aten/row.h"

#include <ATen/ops/arange_ops.h>
#include <ATen/ops/cat_ops.h>
#include <ATen/ops/channel_shuffle_ops.h>
#include <ATen/ops/col2im_ops.h>
#include <ATen/ops/constant_pad_nd_ops.h>
#include <ATen/ops/eye_ops.h>
#include <ATen/ops/flip_ops.h>
#include <ATen/ops/im2col_ops.h>
#include <ATen/ops/linspace_ops.h>
#include <ATen/ops/logspace_ops.h>
#include <ATen/ops/range_ops.h>
#include <ATen/ops/reflection_pad1d_backward_ops.h>
#include <ATen/ops/reflection_pad1d_ops.h>
#include <ATen/ops/reflection_pad2d_backward_ops.h>
#include <ATen/ops/reflection_pad2d_ops.h>
#include <ATen/ops/reflection_pad3d_backward_ops.h>
#include <ATen/ops/reflection_pad3d_ops.h>
#include <ATen/ops/replication_pad1d_backward_ops.h>
#include <ATen/ops/replication_pad1d_ops.h>
#include <ATen/ops/replication_pad2d_backward_ops.h>
#include <ATen/ops/replication_pad2d_ops.h>
#include <ATen/ops/replication_pad3d_backward_ops.h>
#include <ATen/ops/replication_pad3d_ops.h>
#include <ATen/ops/roll_ops.h>
#include <ATen/ops/tril_ops.h>
#include <ATen/ops/triu_ops.h>
#include <ATen/ops/unfold_backward_ops.h>

#include "aclnnop/shape.h"

namespace at_npu {
namespace {

at::DimVector eye_sizes(const c10::SymInt& n, const c10::SymInt& m) { return {n.expect_int(), m.expect_int()}; }
at::DimVector square_sizes(const c10::SymInt& n) { return eye_sizes(n, n); }
at::DimVector closed_range_sizes(const at::Scalar& start, const at::Scalar& end, const at::Scalar& step) {
  const double a = start.toDouble(), b = end.toDouble(), by = step.toDouble();
  TORCH_CHECK(by != 0, "step must be nonzero");
  TORCH_CHECK(by > 0 ? b >= a : b <= a, "upper bound and lower bound inconsistent with step sign");
  return {static_cast<int64_t>((b - a) / by + 1)};
}
at::DimVector steps_sizes(int64_t steps, const at::Tensor& out) {
  TORCH_CHECK(steps >= 0, "number of steps must be non-negative");
  if (out.numel() == steps) return at::DimVector(out.sizes());
  return {steps};
}
at::Tensor of_sizes(const at::Tensor& t, c10::SymIntArrayRef sizes) {
  return make(C10_AS_INTARRAYREF_SLOW(sizes), t.scalar_type());
}

at::DimVector wrapped_dims(const at::Tensor& t, at::IntArrayRef dims) {
  at::DimVector out(dims);
  for (int64_t& dim : out) dim = at::maybe_wrap_dim(dim, t.dim());
  return out;
}

}  // namespace

NPU_OPS {
  NPU_OP(arange_start_out, aclnnArange, arg<0>, arg<1>, arg<2>, grown<3, range_sizes, 0, 1, 2, 3>);
  NPU_OP(range_out, aclnnRange, arg<0>, arg<1>, arg<2>, grown<3, closed_range_sizes, 0, 1, 2>);
  NPU_OP(linspace_out, aclnnLinspace, arg<0>, arg<1>, arg<2>, grown<3, steps_sizes, 2, 3>);
  NPU_OP(logspace_out, aclnnLogSpace, arg<0>, arg<1>, arg<2>, arg<3>, grown<4, steps_sizes, 2, 4>);
  NPU_OP(eye_out, aclnnEye, arg<0>, arg<0>, grown<1, square_sizes, 0>);
  NPU_OP(eye_m_out, aclnnEye, arg<0>, arg<1>, grown<2, eye_sizes, 0, 1>);

  NPU_OP(cat_out, aclnnCat);
  NPU_OP(flip, aclnnFlip, arg<0>, call<wrapped_dims, 0, 1>, fresh<like, 0>);
  NPU_OP(roll, aclnnRoll);
  NPU_OP(tril_out, aclnnTril);
  NPU_OP(triu_out, aclnnTriu);
  NPU_OP(channel_shuffle, aclnnChannelShuffle);

  NPU_OP(constant_pad_nd, aclnnConstantPadNd, arg<0>, arg<1>, arg<2>, fresh<padded, 0, 1>);
  NPU_OP(reflection_pad1d_out, aclnnReflectionPad1d);
  NPU_OP(reflection_pad1d_backward_grad_input, aclnnReflectionPad1dBackward);
  NPU_OP(reflection_pad2d, aclnnReflectionPad2d, arg<0>, arg<1>, fresh<padded, 0, 1>);
  NPU_OP(reflection_pad2d_out, aclnnReflectionPad2d, arg<0>, arg<1>, grown<2, padded_sizes, 0, 1>);
  NPU_OP(reflection_pad2d_backward, aclnnReflectionPad2dBackward, arg<0>, arg<1>, arg<2>, fresh<like, 1>);
  NPU_OP(reflection_pad2d_backward_grad_input, aclnnReflectionPad2dBackward, arg<0>, arg<1>, arg<2>,
         grown<3, sizes, 1>);
  NPU_OP(reflection_pad3d_out, aclnnReflectionPad3d);
  NPU_OP(reflection_pad3d_backward_grad_input, aclnnReflectionPad3dBackward);
  NPU_OP(replication_pad1d_out, aclnnReplicationPad1d);
  NPU_OP(replication_pad1d_backward_grad_input, aclnnReplicationPad1dBackward);
  NPU_OP(replication_pad2d_out, aclnnReplicationPad2d);
  NPU_OP(replication_pad2d_backward, aclnnReplicationPad2dBackward, arg<0>, arg<1>, arg<2>, fresh<like, 1>);
  NPU_OP(replication_pad2d_backward_grad_input, aclnnReplicationPad2dBackward, arg<0>, arg<1>, arg<2>,
         grown<3, sizes, 1>);
  NPU_OP(replication_pad3d_out, aclnnReplicationPad3d);
  NPU_OP(replication_pad3d_backward, aclnnReplicationPad3dBackward, arg<0>, arg<1>, arg<2>, fresh<like, 1>);
  NPU_OP(replication_pad3d_backward_grad_input, aclnnReplicationPad3dBackward, arg<0>, arg<1>, arg<2>,
         grown<3, sizes, 1>);

  NPU_OP(im2col, aclnnIm2col, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, inferred<0>);
  NPU_OP(im2col_out, aclnnIm2col);
  NPU_OP(col2im, aclnnIm2colBackward, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, inferred<0>);
  NPU_OP(col2im_out, aclnnIm2colBackward);
  NPU_OP(unfold_backward, aclnnUnfoldGrad, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, fresh<of_sizes, 0, 1>);
}

}  // namespace at_npu
