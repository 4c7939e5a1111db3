// The parts of a batch normalization whose batch is spread over devices. Statistics are float32.
#include "aclnnop/norm.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>

namespace npu {
namespace {

Status channels_fit(const Tensor& input, std::initializer_list<const Tensor*> per_channel) {
  OP_GIVEN(input.defined());
  OP_CHECK(input.dims >= 2, "input must have 2 dimensions or more");
  for (const Tensor* t : per_channel)
    OP_CHECK(!t->defined() || (t->dims == 1 && t->sizes[0] == input.sizes[1]),
             "there must be one element for each channel");
  return {};
}
// A tensor for each channel, to go with an input of `dims` dimensions.
at::Tensor spread(const at::Tensor& t, int dims) {
  std::vector<int64_t> sizes(dims, 1);
  sizes[1] = t.numel();
  return t.reshape(sizes);
}
at::Tensor over_batch(const at::Tensor& t) {
  std::vector<int64_t> dims;
  for (int i = 0; i < t.dim(); ++i)
    if (i != 1) dims.push_back(i);
  return t.sum(dims);
}
void average_into(const Tensor& running, const at::Tensor& now, double momentum) {
  if (running.defined()) aten_view(running).mul_(1 - momentum).add_(now, momentum);
}
// One mean and one inverse deviation out of those of parts with `counts` elements each.
void gather(const at::Tensor& mean, const at::Tensor& variance, const at::Tensor& counts, double momentum, double eps,
            const Tensor& running_mean, const Tensor& running_var, const Tensor& mean_all, const Tensor& invstd_all) {
  const auto n = counts.sum();
  const auto weights = (counts / n).unsqueeze(1);
  const auto m = (mean * weights).sum(0);
  const auto v = ((variance + (mean - m).square()) * weights).sum(0);
  copy_result(m, mean_all);
  copy_result((v + eps).rsqrt(), invstd_all);
  average_into(running_mean, m, momentum);
  average_into(running_var, v * n / (n - 1), momentum);
}

}  // namespace

ACLNN_OP(aclnnBatchNormStats, input, eps, mean, invstd) {
  NPU_TRY(channels_fit(input, {}));
  NPU_TRY(holds("mean", mean, {input.sizes[1]}, ACL_FLOAT));
  NPU_TRY(holds("invstd", invstd, {input.sizes[1]}, ACL_FLOAT));
  return [=](void*) {
    const auto x = wide(input).transpose(0, 1).flatten(1);
    copy_result(x.mean(1), mean);
    copy_result((x.var(1, false) + eps).rsqrt(), invstd);
  };
}
ACLNN_OP(aclnnBatchNormReduce, self, sum, square_sum) {
  NPU_TRY(channels_fit(self, {}));
  NPU_TRY(holds("sum", sum, {self.sizes[1]}, ACL_FLOAT));
  NPU_TRY(holds("square_sum", square_sum, {self.sizes[1]}, ACL_FLOAT));
  return [=](void*) {
    const auto x = wide(self);
    copy_result(over_batch(x), sum);
    copy_result(over_batch(x.square()), square_sum);
  };
}
ACLNN_OP(aclnnBatchNormElemt, input, weight, bias, mean, invstd, eps, out) {
  NPU_TRY(channels_fit(input, {&weight, &bias, &mean, &invstd}));
  OP_GIVEN(mean.defined() && invstd.defined());
  NPU_TRY(holds("out", out, sizes(input), input.dtype));
  return [=](void*) {
    const int dims = input.dims;
    auto y = (wide(input) - spread(wide(mean), dims)) * spread(wide(invstd), dims);
    if (weight.defined()) y.mul_(spread(wide(weight), dims));
    if (bias.defined()) y.add_(spread(wide(bias), dims));
    copy_result(y, out);
  };
}
ACLNN_OP(aclnnBatchNormGatherStatsWithCounts, input, mean, invstd, running_mean, running_var, momentum, eps, counts,
         mean_all, invstd_all) {
  NPU_TRY(channels_fit(input, {&running_mean, &running_var}));
  NPU_TRY(holds("mean_all", mean_all, {input.sizes[1]}, ACL_FLOAT));
  NPU_TRY(holds("invstd_all", invstd_all, {input.sizes[1]}, ACL_FLOAT));
  OP_GIVEN(mean.defined() && invstd.defined() && counts.defined());
  OP_CHECK(mean.dims == 2 && mean.same_sizes(invstd) && counts.numel() == mean.sizes[0],
           "mean and invstd are [parts, channels], counts [parts]");
  return [=](void*) {
    gather(wide(mean), wide(invstd).pow(-2) - eps, wide(counts).flatten(), momentum, eps, running_mean, running_var,
           mean_all, invstd_all);
  };
}
ACLNN_OP(aclnnSyncBatchNormGatherStats, sum, square_sum, counts, running_mean, running_var, momentum, eps, batch_mean,
         batch_invstd) {
  OP_GIVEN(sum.defined() && square_sum.defined() && counts.defined());
  OP_CHECK(sum.dims == 2 && sum.same_sizes(square_sum) && counts.numel() == sum.sizes[0],
           "sum and square_sum are [parts, channels], counts [parts]");
  for (const Tensor* t : {&running_mean, &running_var})
    NPU_TRY(holds_if_given("a running statistic", *t, {sum.sizes[1]}, ACL_FLOAT));
  NPU_TRY(holds("batch_mean", batch_mean, {sum.sizes[1]}, ACL_FLOAT));
  NPU_TRY(holds("batch_invstd", batch_invstd, {sum.sizes[1]}, ACL_FLOAT));
  return [=](void*) {
    const auto n = wide(counts).reshape({-1, 1}), mean = wide(sum) / n;
    gather(mean, wide(square_sum) / n - mean.square(), n.flatten(), momentum, eps, running_mean, running_var,
           batch_mean, batch_invstd);
  };
}
ACLNN_OP(aclnnBatchNormReduceBackward, grad_output, self, mean, invstd, weight, input_g, weight_g, bias_g, sum_dy,
         sum_dy_xmu, grad_weight, grad_bias) {
  NPU_TRY(channels_fit(self, {&mean, &invstd, &weight}));
  const auto per_channel = [&](const char* name, const Tensor& t) {
    return holds(name, t, {self.sizes[1]}, ACL_FLOAT);
  };
  if (input_g) NPU_TRY(per_channel("sum_dy", sum_dy));
  if (input_g) NPU_TRY(per_channel("sum_dy_xmu", sum_dy_xmu));
  if (weight_g) NPU_TRY(per_channel("grad_weight", grad_weight));
  if (bias_g) NPU_TRY(per_channel("grad_bias", grad_bias));
  OP_CHECK(grad_output.same_sizes(self), "grad_output must have the shape of self");
  OP_GIVEN(mean.defined() && invstd.defined());
  return [=](void*) {
    const auto dy = wide(grad_output), sum = over_batch(dy);
    const auto sum_xmu = over_batch(dy * (wide(self) - spread(wide(mean), self.dims)));
    if (input_g) copy_result(sum, sum_dy), copy_result(sum_xmu, sum_dy_xmu);
    if (weight_g) copy_result(sum_xmu * wide(invstd), grad_weight);
    if (bias_g) copy_result(sum, grad_bias);
  };
}
ACLNN_OP(aclnnBatchNormElemtBackward, grad_output, input, mean, invstd, weight, sum_dy, sum_dy_xmu, count, out) {
  NPU_TRY(channels_fit(input, {&mean, &invstd, &weight, &sum_dy, &sum_dy_xmu}));
  OP_CHECK(grad_output.same_sizes(input), "grad_output must have the shape of input");
  NPU_TRY(holds("out", out, sizes(input), input.dtype));
  OP_GIVEN(mean.defined() && invstd.defined() && sum_dy.defined() && sum_dy_xmu.defined() && count.defined());
  return [=](void*) {
    const int dims = input.dims;
    const auto n = wide(count).sum(), r = wide(invstd);
    const auto mean_dy = spread(wide(sum_dy) / n, dims), mean_xmu = spread(wide(sum_dy_xmu) / n * r.square(), dims);
    auto dx = (wide(grad_output) - mean_dy - (wide(input) - spread(wide(mean), dims)) * mean_xmu) * spread(r, dims);
    if (weight.defined()) dx.mul_(spread(wide(weight), dims));
    copy_result(dx, out);
  };
}

}  // namespace npu
