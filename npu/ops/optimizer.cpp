// Gradient scaling and fused optimizers.
#include "aclnnop/optimizer.h"
#include "npu/ops/check.h"

#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale_ops.h>
#include <ATen/ops/_amp_update_scale_ops.h>

namespace npu {

ACLNN_OP(aclnnForeachNonFiniteCheckAndUnscale, scaled_grads, found_inf, inv_scale) {
  OP_GIVEN(found_inf.defined() && inv_scale.defined());
  OP_CHECK(found_inf.dtype == ACL_FLOAT && inv_scale.dtype == ACL_FLOAT && found_inf.numel() == 1 && inv_scale.numel() == 1,
           "found_inf and inv_scale must be one float32 each");
  for (const Tensor& grad : scaled_grads)
    OP_CHECK(grad.defined() && info(grad.dtype).kind == Kind::kFloat, "the gradients must be floating point");
  return aten<at::_ops::_amp_foreach_non_finite_check_and_unscale_>(scaled_grads, found_inf, inv_scale);
}

ACLNN_OP(aclnnAmpUpdateScale, current_scale, growth_tracker, found_inf, growth_factor, backoff_factor, growth_interval,
         new_scale, new_tracker) {
  OP_GIVEN(current_scale.defined() && growth_tracker.defined() && found_inf.defined() && new_scale.defined() &&
           new_tracker.defined());
  OP_CHECK(current_scale.dtype == ACL_FLOAT && found_inf.dtype == ACL_FLOAT && growth_tracker.dtype == ACL_INT32,
           "the scale and found_inf are float32, the tracker int32");
  OP_CHECK(current_scale.numel() == 1 && growth_tracker.numel() == 1 && found_inf.numel() == 1,
           "the scale, the tracker and found_inf have one element");
  return [=](void*) {
    auto scale = aten_view(new_scale), tracker = aten_view(new_tracker);
    if (new_scale.data != current_scale.data) scale.copy_(aten_view(current_scale));
    if (new_tracker.data != growth_tracker.data) tracker.copy_(aten_view(growth_tracker));
    at::_ops::_amp_update_scale_::call(scale, tracker, aten_view(found_inf), growth_factor, backoff_factor,
                                       growth_interval);
  };
}

}  // namespace npu
