// Random numbers: Philox on the device. What a row draws moves the generator on, as CUDA's kernels do: a row says how
// many numbers an element takes.
#include "aten/row.h"

#include <ATen/ops/bernoulli_ops.h>
#include <ATen/ops/exponential_ops.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/multinomial_ops.h>
#include <ATen/ops/native_dropout_backward_ops.h>
#include <ATen/ops/native_dropout_ops.h>
#include <ATen/ops/normal_ops.h>
#include <ATen/ops/random_ops.h>
#include <ATen/ops/randperm_ops.h>
#include <ATen/ops/rrelu_with_noise_ops.h>
#include <ATen/ops/uniform_ops.h>
#include <ATen/ops/view_as_real.h>

#include <cmath>

#include "aclnnop/random.h"
#include "runtime/NPUGenerator.h"

namespace at_npu {
namespace {

using OptGenerator = std::optional<at::Generator>;
using State = std::pair<uint64_t, uint64_t>;  // seed, offset

constexpr uint64_t kNumbers = 10;  // an element's share of the counter, enough for rejection

State draw(const OptGenerator& generator) { return c10_npu::philox_state(generator, kNumbers); }

at::Tensor& normal_(at::Tensor& self, double mean, double std, OptGenerator generator) {
  TORCH_CHECK(std >= 0, "normal expects std >= 0.0, but found std ", std);
  if (self.is_complex()) {  // half of the variance each
    at::view_as_real(self).normal_(mean, std * M_SQRT1_2, generator);
    return self;
  }
  const c10_npu::NPUGuard guard(self.device());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnInplaceNormal, self, static_cast<float>(mean), static_cast<float>(std), static_cast<int64_t>(seed),
             static_cast<int64_t>(offset));
  return self;
}

// One mean or one standard deviation for each number.
at::Tensor& normal_each_out(const at::Tensor& mean, const at::Tensor& std, OptGenerator generator, at::Tensor& out) {
  const c10_npu::NPUGuard guard(out.device());
  at::native::resize_output(out, broadcast_sizes(mean, std));
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnNormalTensorTensor, mean.expand(out.sizes()), std.expand(out.sizes()), static_cast<int64_t>(seed),
             static_cast<int64_t>(offset), out);
  return out;
}
at::Tensor normal_each(const at::Tensor& mean, const at::Tensor& std, OptGenerator generator) {
  const c10_npu::NPUGuard guard(mean.device());
  auto out = promoted(mean, std);
  return normal_each_out(mean, std, std::move(generator), out);
}
at::Tensor& normal_mean_out(const at::Tensor& mean, double std, OptGenerator generator, at::Tensor& out) {
  TORCH_CHECK(std >= 0, "normal expects std >= 0.0, but found std ", std);
  const c10_npu::NPUGuard guard(mean.device());
  at::native::resize_output(out, mean.sizes());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnNormalTensorFloat, mean, static_cast<float>(std), static_cast<int64_t>(seed),
             static_cast<int64_t>(offset), out);
  return out;
}
at::Tensor normal_mean(const at::Tensor& mean, double std, OptGenerator generator) {
  auto out = like(mean);
  return normal_mean_out(mean, std, std::move(generator), out);
}
at::Tensor& normal_std_out(double mean, const at::Tensor& std, OptGenerator generator, at::Tensor& out) {
  const c10_npu::NPUGuard guard(std.device());
  at::native::resize_output(out, std.sizes());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnNormalFloatTensor, static_cast<float>(mean), std, static_cast<int64_t>(seed),
             static_cast<int64_t>(offset), out);
  return out;
}
at::Tensor normal_std(double mean, const at::Tensor& std, OptGenerator generator) {
  auto out = like(std);
  return normal_std_out(mean, std, std::move(generator), out);
}

at::Tensor& exponential_(at::Tensor& self, double lambd, OptGenerator generator) {
  TORCH_CHECK(lambd > 0, "exponential_ expects lambda > 0.0, but found lambda=", lambd);
  const c10_npu::NPUGuard guard(self.device());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnSimThreadExponential, self, self.numel(), lambd, static_cast<int64_t>(seed),
             static_cast<int64_t>(offset));
  return self;
}

at::Tensor& rrelu_out(const at::Tensor& self, at::Tensor& noise, const at::Scalar& lower, const at::Scalar& upper,
                      bool training, OptGenerator generator, at::Tensor& out) {
  const c10_npu::NPUGuard guard(self.device());
  at::native::resize_output(out, self.sizes());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnRReluWithNoise, self, noise, lower, upper, training, static_cast<int64_t>(seed),
             static_cast<int64_t>(offset), out);
  return out;
}
at::Tensor rrelu(const at::Tensor& self, at::Tensor& noise, const at::Scalar& lower, const at::Scalar& upper,
                 bool training, OptGenerator generator) {
  auto out = like(self);
  return rrelu_out(self, noise, lower, upper, training, std::move(generator), out);
}
at::Tensor& rrelu_(at::Tensor& self, at::Tensor& noise, const at::Scalar& lower, const at::Scalar& upper, bool training,
                   OptGenerator generator) {
  return rrelu_out(self, noise, lower, upper, training, std::move(generator), self);
}

at::Tensor& uniform_(at::Tensor& self, double from, double to, OptGenerator generator) {
  TORCH_CHECK(from <= to, "uniform_ expects to return a [from, to) range, but found from=", from, " > to=", to);
  if (self.is_complex()) {
    at::view_as_real(self).uniform_(from, to, generator);
    return self;
  }
  const c10_npu::NPUGuard guard(self.device());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnInplaceUniform, self, from, to, static_cast<int64_t>(seed), static_cast<int64_t>(offset));
  return self;
}

at::Tensor& random_between(at::Tensor& self, int64_t from, std::optional<int64_t> to, OptGenerator generator) {
  const int64_t end = to.value_or(std::numeric_limits<int64_t>::max());
  TORCH_CHECK(from < end, "random_ expects 'from' to be less than 'to', but got from=", from, " >= to=", end);
  const c10_npu::NPUGuard guard(self.device());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnInplaceRandom, self, from, end, seed, offset);
  return self;
}
at::Tensor& random_below(at::Tensor& self, int64_t to, OptGenerator generator) {
  return random_between(self, 0, to, std::move(generator));
}
// Every whole number that the dtype holds exactly.
int64_t exact_limit(at::ScalarType dtype) {
  switch (dtype) {
    case at::kBool: return 2;
    case at::kByte: return int64_t{1} << 8;
    case at::kChar: return int64_t{1} << 7;
    case at::kShort: return int64_t{1} << 15;
    case at::kInt: return int64_t{1} << 31;
    case at::kBFloat16: return (int64_t{1} << 8) + 1;
    case at::kHalf: return (int64_t{1} << 11) + 1;
    case at::kFloat: return (int64_t{1} << 24) + 1;
    case at::kDouble: return (int64_t{1} << 53) + 1;
    default: return std::numeric_limits<int64_t>::max();
  }
}
at::Tensor& random_(at::Tensor& self, OptGenerator generator) {
  return random_between(self, 0, exact_limit(self.scalar_type()), std::move(generator));
}

at::Tensor& bernoulli_p(at::Tensor& self, double p, OptGenerator generator) {
  TORCH_CHECK(0 <= p && p <= 1, "bernoulli_ expects p to be in [0, 1], but got p=", p);
  const c10_npu::NPUGuard guard(self.device());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnInplaceBernoulli, self, at::Scalar(p), seed, offset);
  return self;
}
at::Tensor& bernoulli_tensor(at::Tensor& self, const at::Tensor& p, OptGenerator generator) {
  const c10_npu::NPUGuard guard(self.device());
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnInplaceBernoulliTensor, self, p, seed, offset);
  return self;
}
at::Tensor& bernoulli_out(const at::Tensor& p, OptGenerator generator, at::Tensor& out) {
  at::native::resize_output(out, p.sizes());
  return bernoulli_tensor(out, p, std::move(generator));
}

at::Tensor& randperm_out(int64_t count, OptGenerator generator, at::Tensor& out) {
  TORCH_CHECK(count >= 0, "n must be non-negative, got", count);
  const c10_npu::NPUGuard guard(out.device());
  at::native::resize_output(out, {count});
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnRandperm, count, seed, offset, out);
  return out;
}

at::Tensor& multinomial_out(const at::Tensor& self, int64_t count, bool replacement, OptGenerator generator,
                            at::Tensor& out) {
  TORCH_CHECK(self.dim() == 1 || self.dim() == 2, "prob_dist must be 1 or 2 dim");
  TORCH_CHECK(count > 0, "cannot sample n_sample <= 0 samples");
  TORCH_CHECK(replacement || count <= self.size(-1),
              "cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  const c10_npu::NPUGuard guard(self.device());
  at::native::resize_output(out, self.dim() == 1 ? at::DimVector{count} : at::DimVector{self.size(0), count});
  const auto [seed, offset] = draw(generator);
  NPU_LAUNCH(aclnnMultinomial, self, count, replacement, seed, offset, out);
  return out;
}
at::Tensor multinomial(const at::Tensor& self, int64_t count, bool replacement, OptGenerator generator) {
  const c10_npu::NPUGuard guard(self.device());
  auto out = make({0}, at::kLong);
  return multinomial_out(self, count, replacement, std::move(generator), out);
}

// The device keeps one bit an element, in whole blocks of 128.
at::Tensor new_mask(const at::Tensor& input) { return make({(input.numel() + 127) / 128 * 16}, at::kByte); }

std::tuple<at::Tensor, at::Tensor> native_dropout(const at::Tensor& input, double p, std::optional<bool> train) {
  TORCH_CHECK(0 <= p && p <= 1, "dropout probability has to be between 0 and 1, but got ", p);
  const c10_npu::NPUGuard guard(input.device());
  auto out = like(input), mask = new_mask(input);
  if (!train.value_or(true)) {
    out.copy_(input);
    return {out, mask.fill_(255)};
  }
  const auto [seed, offset] = c10_npu::philox_state(std::nullopt, kNumbers);
  NPU_LAUNCH(aclnnDropoutGenMaskV2, input.sizes(), p, static_cast<int64_t>(seed), static_cast<int64_t>(offset),
             input.scalar_type(), mask);
  NPU_LAUNCH(aclnnDropoutDoMask, input, mask, p, out);
  return {out, mask};
}
at::Tensor native_dropout_backward(const at::Tensor& grad, const at::Tensor& mask, double scale) {
  const c10_npu::NPUGuard guard(grad.device());
  if (mask.scalar_type() == at::kBool) return at::mul(at::mul(grad, mask), scale);  // PyTorch's mask, not the device's
  auto out = like(grad);
  NPU_LAUNCH(aclnnDropoutDoMask, grad, mask, scale == 0 ? 1.0 : 1 - 1 / scale, out);
  return out;
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(normal_, aclnnInplaceNormal, normal_);
  NPU_CUSTOM(normal_Tensor_Tensor, aclnnNormalTensorTensor, normal_each);
  NPU_CUSTOM(normal_Tensor_Tensor_out, aclnnNormalTensorTensor, normal_each_out);
  NPU_CUSTOM(normal_Tensor_float, aclnnNormalTensorFloat, normal_mean);
  NPU_CUSTOM(normal_Tensor_float_out, aclnnNormalTensorFloat, normal_mean_out);
  NPU_CUSTOM(normal_float_Tensor, aclnnNormalFloatTensor, normal_std);
  NPU_CUSTOM(normal_float_Tensor_out, aclnnNormalFloatTensor, normal_std_out);
  NPU_CUSTOM(exponential_, aclnnSimThreadExponential, exponential_);
  NPU_CUSTOM(rrelu_with_noise, aclnnRReluWithNoise, rrelu);
  NPU_CUSTOM(rrelu_with_noise_, aclnnRReluWithNoise, rrelu_);
  NPU_CUSTOM(rrelu_with_noise_out, aclnnRReluWithNoise, rrelu_out);
  NPU_CUSTOM(uniform_, aclnnInplaceUniform, uniform_);
  NPU_CUSTOM(random_, aclnnInplaceRandom, random_);
  NPU_CUSTOM(random__to, aclnnInplaceRandom, random_below);
  NPU_CUSTOM(random__from, aclnnInplaceRandom, random_between);
  NPU_CUSTOM(bernoulli__float, aclnnInplaceBernoulli, bernoulli_p);
  NPU_CUSTOM(bernoulli__Tensor, aclnnInplaceBernoulliTensor, bernoulli_tensor);
  NPU_CUSTOM(bernoulli_out, aclnnInplaceBernoulliTensor, bernoulli_out);
  NPU_CUSTOM(randperm_generator_out, aclnnRandperm, randperm_out);
  NPU_CUSTOM(multinomial, aclnnMultinomial, multinomial);
  NPU_CUSTOM(multinomial_out, aclnnMultinomial, multinomial_out);
  NPU_CUSTOM(native_dropout, aclnnDropoutDoMask, native_dropout);
  NPU_CUSTOM(native_dropout_backward, aclnnDropoutDoMask, native_dropout_backward);
}

}  // namespace at_npu
