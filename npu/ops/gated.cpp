// Activations that gate one half of a tensor with the other, and the fused softmax; ATen has none of them.
#include "aclnnop/activation.h"
#include "npu/ops/check.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>

namespace npu {
namespace {

Status halves(const Tensor& self, int64_t dim, const Tensor& out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.dims > 0 && self.has_dim(dim) && self.size(dim) % 2 == 0, "the dimension must exist and be even");
  Tensor half = self;
  half.sizes[self.wrap(dim)] /= 2;
  return holds("out", out, sizes(half), self.dtype);
}
// 16-bit numbers are widened, as the device's vector unit does.
at::Tensor wide(const Tensor& t) {
  const auto view = aten_view(t);
  return info(t.dtype).size == 2 ? view.to(at::kFloat) : view;
}
at::Tensor half(const at::Tensor& t, int64_t dim, int i) { return t.narrow(dim, i * t.size(dim) / 2, t.size(dim) / 2); }

}  // namespace

ACLNN_OP(aclnnSwiGlu, self, dim, out) {
  NPU_TRY(halves(self, dim, out));
  return [=](void*) {
    const auto x = wide(self);
    copy_result(at::silu(half(x, dim, 0)) * half(x, dim, 1), out);
  };
}
ACLNN_OP(aclnnSwiGluGrad, grad_output, self, dim, out) {
  NPU_TRY(halves(self, dim, grad_output));
  NPU_TRY(holds("out", out, sizes(self), self.dtype));
  return [=](void*) {
    const auto x = wide(self), grad = wide(grad_output);
    const auto a = half(x, dim, 0), b = half(x, dim, 1), s = at::sigmoid(a);
    copy_result(at::cat({grad * b * s * (1 + a * (1 - s)), grad * a * s}, dim), out);
  };
}

static const char* gelu_form(bool tanh) { return tanh ? "tanh" : "none"; }
// approximate 0: exact, 1: tanh.
ACLNN_OP(aclnnGeGluV3, self, dim, approximate, activate_left, out, gelu) {
  NPU_TRY(halves(self, dim, out));
  NPU_TRY(halves(self, dim, gelu));
  return [=](void*) {
    const auto x = wide(self);
    const auto active = at::gelu(half(x, dim, activate_left ? 0 : 1), gelu_form(approximate == 1));
    copy_result(active, gelu);
    copy_result(active * half(x, dim, activate_left ? 1 : 0), out);
  };
}
ACLNN_OP(aclnnGeluMul, self, approximate, out) {
  NPU_TRY(halves(self, -1, out));
  OP_CHECK(approximate == "none" || approximate == "tanh", "approximate must be none or tanh");
  return [=](void*) {
    const auto x = wide(self);
    copy_result(at::gelu(half(x, -1, 0), approximate) * half(x, -1, 1), out);
  };
}

// x * sigmoid(1.702 x)
ACLNN_OP(aclnnFastGelu, self, out) {
  NPU_TRY(elementwise_fits(self, out, Gives::kSame));
  return [=](void*) {
    const auto x = wide(self);
    copy_result(x * at::sigmoid(x * 1.702), out);
  };
}
ACLNN_OP(aclnnFastGeluBackward, grad, self, grad_input) {
  NPU_TRY(binary_fits(grad, self, grad_input, Gives::kSame));
  return [=](void*) {
    const auto x = wide(self), s = at::sigmoid(x * 1.702);
    copy_result(wide(grad) * s * (1 + x * 1.702 * (1 - s)), grad_input);
  };
}

// softmax(self * scale) over the last dimension; where the mask is set, -10000 instead.
static constexpr double kMasked = -10000;
static at::Tensor masked(const Tensor& self, const Tensor& mask, bool fixed_triu_mask) {
  return fixed_triu_mask ? at::ones({self.sizes[self.dims - 2], self.sizes[self.dims - 1]}, at::kBool).triu(1)
                         : aten_view(mask).to(at::kBool);
}
static Status softmax_fits(const Tensor& self, const Tensor& mask, bool fixed_triu_mask, const Tensor& out) {
  NPU_TRY(elementwise_fits(self, out, Gives::kSame));
  OP_CHECK(self.dims >= 2, "self must have 2 dimensions or more");
  OP_CHECK(fixed_triu_mask || broadcasts_to(mask, self), "mask must broadcast to self");
  return {};
}
ACLNN_OP(aclnnScaledMaskedSoftmax, self, mask, scale, fixed_triu_mask, out) {
  NPU_TRY(softmax_fits(self, mask, fixed_triu_mask, out));
  return [=](void*) {
    copy_result(at::softmax((wide(self) * scale).masked_fill_(masked(self, mask, fixed_triu_mask), kMasked), -1), out);
  };
}
ACLNN_OP(aclnnScaledMaskedSoftmaxBackward, grad_output, y, mask, scale, fixed_triu_mask, out) {
  NPU_TRY(softmax_fits(y, mask, fixed_triu_mask, out));
  OP_CHECK(grad_output.same_sizes(y), "grad_output must have the shape of y");
  return [=](void*) {
    const auto p = wide(y), g = wide(grad_output);
    auto grad = p * (g - (g * p).sum(-1, true)) * scale;
    copy_result(grad.masked_fill_(masked(y, mask, fixed_triu_mask), 0), out);
  };
}

}  // namespace npu
