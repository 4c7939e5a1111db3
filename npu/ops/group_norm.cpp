// Group normalization with the activation that follows it.
#include "aclnnop/norm.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/native_group_norm.h>
#include <ATen/ops/native_group_norm_backward.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>

namespace npu {
namespace {

Status groups_fit(const Tensor& input, int64_t group, const Tensor& weight, const Tensor& bias) {
  OP_GIVEN(input.defined());
  OP_CHECK(input.dims >= 2, "input must have 2 dimensions or more");
  for (const Tensor* t : {&weight, &bias})
    OP_CHECK(!t->defined() || (t->dims == 1 && t->sizes[0] == input.sizes[1]),
             "weight and bias must have one element for each channel");
  OP_CHECK(group > 0 && input.sizes[1] % group == 0, "group must divide the channels");
  return {};
}
int64_t pixels(const at::Tensor& x) {
  const int64_t planes = x.size(0) * x.size(1);
  return planes > 0 ? x.numel() / planes : 0;
}

}  // namespace

ACLNN_OP(aclnnGroupNormSilu, input, weight, bias, group, eps, out, mean, rstd) {
  NPU_TRY(groups_fit(input, group, weight, bias));
  NPU_TRY(holds("out", out, sizes(input), input.dtype));
  NPU_TRY(holds("mean", mean, {input.sizes[0], group}, input.dtype));
  NPU_TRY(holds("rstd", rstd, {input.sizes[0], group}, input.dtype));
  return [=](void*) {
    const auto x = aten_view(input);
    const auto [y, m, r] = at::native_group_norm(x.contiguous(), aten_view(weight), aten_view(bias), x.size(0),
                                                 x.size(1), pixels(x), group, eps);
    copy_result(at::silu(y), out);
    copy_result(m, mean);
    copy_result(r, rstd);
  };
}

// swish(y) = y * sigmoid(scale * y)
static Status swish_fits(const Tensor& x, const Tensor& gamma, const Tensor& beta, int64_t num_groups,
                         const std::string& data_format) {
  NPU_TRY(is_real("x", x));
  OP_GIVEN(gamma.defined() && beta.defined());
  NPU_TRY(groups_fit(x, num_groups, gamma, beta));
  OP_CHECK(gamma.dtype == beta.dtype && (gamma.dtype == x.dtype || gamma.dtype == ACL_FLOAT),
           "gamma and beta must have one dtype, x's or float32");
  OP_CHECK(data_format.empty() || data_format == "NCHW", "data_format must be NCHW");
  return {};
}
ACLNN_OP(aclnnGroupNormSwish, x, gamma, beta, num_groups, data_format, eps, activate_swish, swish_scale, y, mean,
         rstd) {
  NPU_TRY(swish_fits(x, gamma, beta, num_groups, data_format));
  NPU_TRY(is("y", y, sizes(x), x.dtype));
  NPU_TRY(is("mean", mean, {x.sizes[0], num_groups}, gamma.dtype));
  NPU_TRY(is("rstd", rstd, {x.sizes[0], num_groups}, gamma.dtype));
  return [=](void*) {
    const auto from = wide(x).contiguous();
    const auto [normal, m, r] = at::native_group_norm(from, wide(gamma).contiguous(), wide(beta).contiguous(),
                                                      from.size(0), from.size(1), pixels(from), num_groups, eps);
    copy_result(activate_swish ? normal * at::sigmoid(normal * swish_scale) : normal, y);
    copy_result(m, mean);
    copy_result(r, rstd);
  };
}
ACLNN_OP(aclnnGroupNormSwishGrad, dy, mean, rstd, x, gamma, beta, num_groups, data_format, swish_scale, wants_dgamma,
         wants_dbeta, dx, dgamma, dbeta) {
  NPU_TRY(swish_fits(x, gamma, beta, num_groups, data_format));
  OP_CHECK(x.sizes[1] / num_groups <= 4000, "a group has 4000 channels at most");
  NPU_TRY(is("dy", dy, sizes(x), x.dtype));
  NPU_TRY(is("mean", mean, {x.sizes[0], num_groups}, gamma.dtype));
  NPU_TRY(is("rstd", rstd, {x.sizes[0], num_groups}, gamma.dtype));
  NPU_TRY(is("dx", dx, sizes(x), x.dtype));
  if (wants_dgamma) NPU_TRY(is("dgamma", dgamma, sizes(gamma), gamma.dtype));
  if (wants_dbeta) NPU_TRY(is("dbeta", dbeta, sizes(gamma), gamma.dtype));
  return [=](void*) {
    const auto from = wide(x).contiguous(), m = wide(mean).contiguous(), r = wide(rstd).contiguous();
    const auto g = wide(gamma).contiguous();
    std::vector<int64_t> channels(x.dims, 1);
    channels[1] = x.sizes[1];
    const auto centered = from.view({x.sizes[0], num_groups, -1}) - m.unsqueeze(-1);
    const auto normal = (centered * r.unsqueeze(-1)).view_as(from) * g.view(channels) + wide(beta).reshape(channels);
    const auto s = at::sigmoid(normal * swish_scale);
    const auto grad = wide(dy) * s * (1 + normal * swish_scale * (1 - s));
    const auto [a, b, c] = at::native_group_norm_backward(grad.contiguous(), from, m, r, g, from.size(0), from.size(1),
                                                          pixels(from), num_groups, {true, true, true});
    copy_result(a, dx);
    if (wants_dgamma) copy_result(b, dgamma);
    if (wants_dbeta) copy_result(c, dbeta);
  };
}

}  // namespace npu
