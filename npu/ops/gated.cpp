// Activations that gate one half of a tensor with the other, and the fused softmax; ATen has none of them.
#include "aclnnop/activation.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

namespace npu {
namespace {

Status halves(const Tensor& self, int64_t dim, const Tensor& out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.dims > 0 && self.has_dim(dim) && self.size(dim) % 2 == 0, "the dimension must exist and be even");
  Tensor half = self;
  half.sizes[self.wrap(dim)] /= 2;
  return holds("out", out, sizes(half), self.dtype);
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
static Plan geglu(const Tensor& self, int64_t dim, int64_t approximate, bool activate_left, const Tensor& out,
                  const Tensor& gelu) {
  NPU_TRY(halves(self, dim, out));
  NPU_TRY(halves(self, dim, gelu));
  return [=](void*) {
    const auto x = wide(self);
    const auto active = at::gelu(half(x, dim, activate_left ? 0 : 1), gelu_form(approximate == 1));
    copy_result(active, gelu);
    copy_result(active * half(x, dim, activate_left ? 1 : 0), out);
  };
}
ACLNN_OP(aclnnGeGlu, self, dim, approximate, out, gelu) { return geglu(self, dim, approximate, false, out, gelu); }
ACLNN_OP(aclnnGeGluV3, self, dim, approximate, activate_left, out, gelu) {
  return geglu(self, dim, approximate, activate_left, out, gelu);
}
ACLNN_OP(aclnnGeGluV3Backward, grad_output, self, gelu, dim, approximate, activate_left, grad_input) {
  NPU_TRY(is_real("self", self));
  OP_CHECK(approximate == 0 || approximate == 1, "approximate must be 0 (none) or 1 (tanh)");
  NPU_TRY(halves(self, dim, grad_output));
  NPU_TRY(is("grad_output", grad_output, sizes(grad_output), self.dtype));
  NPU_TRY(is("gelu", gelu, sizes(grad_output), self.dtype));
  NPU_TRY(is("grad_input", grad_input, sizes(self), self.dtype));
  return [=](void*) {
    const auto x = wide(self), grad = wide(grad_output);
    const auto active = at::gelu_backward(grad * half(x, dim, activate_left ? 1 : 0),
                                          half(x, dim, activate_left ? 0 : 1), gelu_form(approximate == 1));
    const auto other = grad * wide(gelu);
    copy_result(activate_left ? at::cat({active, other}, dim) : at::cat({other, active}, dim), grad_input);
  };
}
// Everything from dim on counts as one dimension; interleaved, its even numbers gate its odd ones. Rows behind those
// that the groups count are zeros.
ACLNN_OP(aclnnClippedSwiglu, x, group_index, dim, alpha, limit, bias, interleaved, out) {
  NPU_TRY(is_real("x", x));
  NPU_TRY(halves(x, dim, out));
  NPU_TRY(is("out", out, sizes(out), x.dtype));
  OP_CHECK(limit > 0, "limit must be positive");
  OP_CHECK(!group_index.defined() ||
               (group_index.dims == 1 && group_index.sizes[0] <= 8192 && group_index.dtype == ACL_INT64),
           "group_index must be int64 of one dimension, 8192 long at most");
  return [=](void*) {
    auto from = wide(x).flatten(x.wrap(dim));
    const int64_t width = from.size(-1);
    from = from.reshape({width ? from.numel() / width : 0, width});
    int64_t rows = from.size(0);
    if (group_index.defined()) {
      const auto groups = aten_view(group_index);
      if (groups.lt(0).any().item<bool>()) throw std::invalid_argument("group_index must not be negative");
      rows = std::min(rows, groups.sum().item<int64_t>());
    }
    const auto used = from.narrow(0, 0, rows);
    const auto pairs = interleaved ? used.unflatten(1, {-1, 2}) : used.unflatten(1, {2, -1}).transpose(1, 2);
    const auto gate = pairs.select(2, 0).clamp_max(limit), linear = pairs.select(2, 1).clamp(-limit, limit);
    auto result = at::zeros({from.size(0), width / 2}, from.options());
    result.narrow(0, 0, rows).copy_(gate * at::sigmoid(gate * alpha) * (linear + bias));
    copy_result(result.view(sizes(out)), out);
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

// The softmax of a window's attention: a mask for each window, a bias for each head.
ACLNN_OP(aclnnMaskedSoftmaxWithRelPosBias, x, atten_mask, relative_pos_bias, scale, inner_precision_mode, out) {
  NPU_TRY(is_real("x", x));
  OP_CHECK(x.dims == 4 || x.dims == 5, "x must be [batch * windows, heads, s1, s2] or [batch, windows, heads, s1, s2]");
  const int64_t heads = x.size(-3), s1 = x.size(-2), s2 = x.size(-1);
  const Tensor &mask = atten_mask, &bias = relative_pos_bias;
  OP_GIVEN(bias.defined());
  const auto ends = [&](const Tensor& t) { return t.size(-2) == s1 && t.size(-1) == s2 && t.dtype == x.dtype; };
  OP_CHECK(bias.dims >= 3 && bias.dims <= 5 && ends(bias) && bias.size(-3) == heads && bias.numel() == heads * s1 * s2,
           "relative_pos_bias must be [heads, s1, s2], after ones, of x's dtype");
  OP_CHECK(!mask.defined() || (mask.dims >= 3 && mask.dims <= 5 && ends(mask)),
           "atten_mask must be [windows, s1, s2], [windows, 1, s1, s2] or [1, windows, 1, s1, s2], of x's dtype");
  const int64_t windows = !mask.defined() ? 1 : mask.sizes[mask.dims == 5 ? 1 : 0];
  OP_CHECK(!mask.defined() || mask.numel() == windows * s1 * s2, "atten_mask must have one mask for each window");
  OP_CHECK(windows > 0 && (x.dims == 4 ? x.sizes[0] % windows == 0 : !mask.defined() || x.sizes[1] == windows),
           "x and atten_mask must have as many windows as each other");
  NPU_TRY(is("out", out, sizes(x), x.dtype));
  return [=](void*) {
    auto scores = wide(x) * scale + wide(bias).reshape({heads, s1, s2});
    if (mask.defined())
      scores = scores.reshape({x.numel() ? x.numel() / (windows * heads * s1 * s2) : 0, windows, heads, s1, s2}) +
               wide(mask).reshape({1, windows, 1, s1, s2});
    copy_result(at::softmax(scores, -1).reshape(sizes(x)), out);
  };
}

}  // namespace npu
