// The feed-forward part of a transformer: two products with an activation between them, for experts' rows each.
#include "aclnnop/grouped_matmul.h"
#include "npu/ops/quant_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/silu.h>

namespace npu {
namespace {

at::Tensor activated(const at::Tensor& x, const std::string& by) {
  if (by == "relu" || by == "reglu") return x.relu();
  if (by == "silu" || by == "swiglu") return at::silu(x);
  if (by == "fastgelu") return x * (x * 1.702).sigmoid();
  return at::gelu(x, "tanh");
}
bool is_gated(const std::string& by) { return by.size() > 3 && by.ends_with("glu"); }

struct FFN {
  Tensor x, weight1, weight2;
  std::vector<int64_t> ends;  // of the experts' rows; empty: no experts
  Tensor bias1, bias2, scale, offset, deq_scale1, deq_scale2, anti_scale1, anti_scale2, anti_offset1, anti_offset2;
  std::string activation;
  Tensor y;

  int64_t rows() const { return x.size(-1) ? x.numel() / x.size(-1) : 0; }
  bool quantized() const { return x.dtype == ACL_INT8; }
  bool undoes() const { return !quantized() && is_whole(weight1); }
  int64_t experts() const { return ends.empty() ? 1 : static_cast<int64_t>(ends.size()); }

  Status fits() const {
    OP_GIVEN(x.defined() && weight1.defined() && weight2.defined());
    NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16, ACL_INT8}));
    for (const Tensor* w : {&weight1, &weight2}) {
      if (quantized()) NPU_TRY(is_one_of("a weight", *w, {ACL_INT8}));
      else NPU_TRY(is_one_of("a weight", *w, {x.dtype, ACL_INT8}));
      OP_CHECK(w->dims == (ends.empty() ? 2 : 3), "the weights must be [k, n], with experts [experts, k, n]");
      OP_CHECK(ends.empty() || w->sizes[0] == experts(), "expert_tokens must have one element for each weight");
    }
    OP_CHECK(weight1.dtype == weight2.dtype, "the weights must have one dtype");
    for (const char* known : {"fastgelu", "gelu", "relu", "silu", "geglu", "swiglu", "reglu"})
      if (activation == known) return shapes_fit();
    return {ACLNN_ERR_PARAM_INVALID, "activation must be fastgelu, gelu, relu, silu, geglu, swiglu or reglu"};
  }
  Status shapes_fit() const {
    const int64_t n1 = weight1.size(-1), n2 = weight2.size(-1);
    OP_CHECK(x.dims >= 2 && x.size(-1) == weight1.size(-2), "x must be [.., k] with the rows of weight1");
    OP_CHECK(weight2.size(-2) * (is_gated(activation) ? 2 : 1) == n1,
             "weight2 must have as many rows as weight1 has columns, half of them for a gate");
    OP_CHECK(!is_gated(activation) || (ends.empty() && x.dtype == ACL_FLOAT16 && !undoes()),
             "a gate is for float16 without experts");
    for (size_t i = 0; i < ends.size(); ++i)
      OP_CHECK(ends[i] >= (i ? ends[i - 1] : 0), "expert_tokens must not be negative, nor its ends decrease");
    OP_CHECK(ends.empty() || ends.back() == rows(), "expert_tokens must cover x's rows");
    for (const Tensor* t : {&bias1, &deq_scale1}) NPU_TRY(per_expert(*t, n1));
    for (const Tensor* t : {&bias2, &deq_scale2}) NPU_TRY(per_expert(*t, n2));
    for (const Tensor* t : {&scale, &offset})
      OP_CHECK(!given(*t) || t->numel() == experts() || t->numel() == experts() * n1,
               "scale and offset must have one element, or a row, for each expert");
    for (const Tensor* t : {&anti_scale1, &anti_offset1, &anti_scale2, &anti_offset2})
      OP_CHECK(!given(*t) || (t->size(-1) == weight_of_scale(t).size(-1) && (ends.empty() || t->sizes[0] == experts())),
               "the antiquant scales and offsets must have the weights' columns");
    OP_CHECK(quantized() == (given(scale) && given(deq_scale1) && given(deq_scale2)),
             "x of int8 needs scale, deq_scale1 and deq_scale2, and no others do");
    OP_CHECK(undoes() == (given(anti_scale1) && given(anti_scale2)),
             "weights of int8 under an x of 16 bits need antiquant scales, and no others do");
    auto wanted = sizes(x).vec();
    wanted.back() = n2;
    if (quantized()) NPU_TRY(is_one_of("y", y, {ACL_FLOAT16, ACL_BF16}));
    else NPU_TRY(is_one_of("y", y, {x.dtype}));
    return holds("y", y, wanted, ACL_FLOAT16);
  }
  const Tensor& weight_of_scale(const Tensor* t) const {
    return t == &anti_scale1 || t == &anti_offset1 ? weight1 : weight2;
  }
  Status per_expert(const Tensor& t, int64_t n) const {
    OP_CHECK(!given(t) || (t.size(-1) == n && t.numel() == n * experts()),
             "biases and deq_scales must have the weight's columns, for each expert");
    return {};
  }

  Tensor own(const Tensor& t, int64_t i) const {
    if (!given(t)) return {};
    return ends.empty() ? t : nth(t, i);
  }
  // x of int8 gives whole numbers, which the scale turns into others.
  at::Tensor layer(const at::Tensor& in, const Tensor& weight, const Tensor& bias, const Tensor& deq_scale,
                   const Tensor& anti_scale, const Tensor& anti_offset) const {
    const auto w = aten_view(weight);
    if (quantized()) {
      auto sum = product(in, w);
      const bool whole = bias.defined() && bias.dtype == ACL_INT32;
      if (whole) sum = sum + aten_view(bias);
      const auto out = sum.to(at::kFloat) * scale_of(deq_scale);
      return bias.defined() && !whole ? out + float32(bias) : out;
    }
    const auto full =
        undoes() ? weight_of(w, float32(anti_scale), float32(anti_offset), 0, aten_dtype(x.dtype)) : w.to(at::kFloat);
    const auto out = at::matmul(in.to(at::kFloat), full);
    return bias.defined() ? out + float32(bias) : out;
  }
  void operator()(void*) const {
    const auto in = aten_view(x).reshape({rows(), -1});
    std::vector<at::Tensor> parts;
    for (int64_t i = 0, from = 0; i < experts(); ++i) {
      const int64_t to = ends.empty() ? rows() : ends[i];
      auto h = layer(in.narrow(0, from, to - from), own(weight1, i), own(bias1, i), own(deq_scale1, i),
                     own(anti_scale1, i), own(anti_offset1, i));
      if (is_gated(activation)) {
        const auto halves = h.chunk(2, -1);
        h = halves[0] * activated(halves[1], activation);
      } else {
        h = activated(h, activation);
      }
      if (quantized()) {
        h = h * float32(own(scale, i));
        if (given(offset)) h = h + float32(own(offset, i));
        h = h.round().nan_to_num(0).clamp(-128, 127).to(at::kChar);
      } else {
        h = h.to(in.scalar_type());
      }
      parts.push_back(
          layer(h, own(weight2, i), own(bias2, i), own(deq_scale2, i), own(anti_scale2, i), own(anti_offset2, i)));
      from = to;
    }
    copy_result(at::cat(parts).reshape(sizes(y)), y);
  }
};

}  // namespace

ACLNN_OP(aclnnFFNV2, x, weight1, weight2, expert_tokens, bias1, bias2, scale, offset, deq_scale1, deq_scale2,
         antiquant_scale1, antiquant_scale2, antiquant_offset1, antiquant_offset2, activation, inner_precise,
         tokens_index_flag, y) {
  OP_CHECK(inner_precise == 0 || inner_precise == 1, "inner_precise must be 0 or 1");
  OP_CHECK(expert_tokens.size() <= 256, "there are more than 256 experts");
  std::vector<int64_t> ends = expert_tokens;
  for (size_t i = 1; !tokens_index_flag && i < ends.size(); ++i) ends[i] += ends[i - 1];
  FFN op{x,
         weight1,
         weight2,
         ends,
         bias1,
         bias2,
         scale,
         offset,
         deq_scale1,
         deq_scale2,
         antiquant_scale1,
         antiquant_scale2,
         antiquant_offset1,
         antiquant_offset2,
         activation,
         y};
  NPU_TRY(op.fits());
  return op;
}

}  // namespace npu
