#include "aclnnop/conv.h"
#include "npu/ops/aten.h"

#include <ATen/ops/convolution_ops.h>
#include <ATen/ops/convolution_backward_ops.h>

namespace npu {

static c10::SymIntArrayRef sym(const IntArray& a) { return c10::fromIntArrayRefSlow(a); }

ACLNN_OP(aclnnConvolution, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, out,
         cube_math_type) {
  OP_CHECK(input.dims == weight.dims, "input and weight must have as many dimensions");
  return [=](void*) {
    quiet();
    auto to = hold(out);
    to.copy_(at::_ops::convolution::call(hold(input), hold(weight), hold(bias), sym(stride), sym(padding),
                                         sym(dilation), transposed, sym(output_padding), groups));
  };
}

ACLNN_OP(aclnnConvolutionBackward, grad, input, weight, bias_sizes, stride, padding, dilation, transposed,
         output_padding, groups, mask, cube_math_type, grad_input, grad_weight, grad_bias) {
  OP_CHECK(mask.size() == 3, "mask says which of three gradients are wanted");
  return [=](void*) {
    quiet();
    auto grads = at::_ops::convolution_backward::call(
        hold(grad), hold(input), hold(weight), sym(bias_sizes), sym(stride), sym(padding), sym(dilation), transposed,
        sym(output_padding), groups, {mask[0], mask[1], mask[2]});
    if (mask[0]) hold(grad_input).copy_(std::get<0>(grads));
    if (mask[1]) hold(grad_weight).copy_(std::get<1>(grads));
    if (mask[2]) hold(grad_bias).copy_(std::get<2>(grads));
  };
}

}  // namespace npu
