#include "aten/row.h"

#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale_ops.h>
#include <ATen/ops/_amp_update_scale_ops.h>

#include "aclnnop/optimizer.h"

namespace at_npu {

NPU_OPS {
  NPU_OP(_amp_foreach_non_finite_check_and_unscale_, aclnnForeachNonFiniteCheckAndUnscale);
  NPU_OP(_amp_update_scale_, aclnnAmpUpdateScale, arg<0>, arg<1>, arg<2>, arg<3>, arg<4>, arg<5>, arg<0>, arg<1>);
}

}  // namespace at_npu
