#include "npu/kernels/attention.h"

#include <ATen/ops/amax.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>

namespace npu::kernels {
namespace {

constexpr double kLowest = std::numeric_limits<float>::lowest();

at::Tensor f32(const at::Tensor& t) { return t.to(at::kFloat); }

// Heads that share keys are rows of one product: [N, S, D] -> [Nkv, N / Nkv * S, D].
at::Tensor grouped(const at::Tensor& t, const Attention& a) {
  return f32(t).contiguous().view({a.key.size(0), -1, t.size(2)});
}
at::Tensor ungrouped(const at::Tensor& t, const Attention& a) {
  return t.view({a.query.size(0), a.query.size(1), t.size(2)});
}

at::Tensor outside_band(const Attention& a) {
  const int64_t rows = a.query.size(1), columns = a.key.size(1);
  const int64_t first = std::max(a.first, -rows), last = std::min(a.last, columns);
  at::Tensor out;
  if (last < columns - 1) out = at::ones({rows, columns}, at::kBool).triu_(last + 1);
  if (first > 1 - rows) {
    const auto before = at::ones({rows, columns}, at::kBool).tril_(first - 1);
    out = out.defined() ? out.logical_or_(before) : before;
  }
  if (out.defined() && a.prefix > 0) out.narrow(1, 0, std::min(a.prefix, columns)).zero_();
  return out;
}

at::Tensor scores(const Attention& a) {
  auto x = ungrouped(at::bmm(grouped(a.query, a), f32(a.key).transpose(1, 2)), a);
  if (!a.scale_bias) x.mul_(a.scale);
  if (a.bias.defined()) x.add_(a.bias);
  if (a.scale_bias) x.mul_(a.scale);
  for (const auto& hidden : {a.masked, outside_band(a)})
    if (hidden.defined()) x.masked_fill_(hidden, -std::numeric_limits<float>::infinity());
  return x;
}

at::Tensor sink_of(const Attention& a) { return f32(a.sink).view({-1, 1, 1}); }

// What dropout leaves of x, scaled up; x is changed.
at::Tensor dropout(const Attention& a, at::Tensor x) {
  return a.dropped.defined() ? x.masked_fill_(a.dropped, 0).mul_(1 / a.keep) : x;
}

// The greatest score counts 1 in the sum: it is less only where there is no score.
at::Tensor divisor(const at::Tensor& sum) { return sum.clamp_min(1); }

}  // namespace

AttentionResult attention(const Attention& a) {
  auto x = scores(a);
  auto max = x.size(2) ? x.amax(2, true) : at::empty({x.size(0), x.size(1), 1}, at::kFloat).fill_(kLowest);
  if (a.sink.defined()) max = at::maximum(max, sink_of(a));
  max.clamp_min_(kLowest);
  x.sub_(max).exp_();
  auto sum = x.sum(2, true);
  if (a.sink.defined()) sum.add_(sink_of(a).sub(max).exp_());
  x = dropout(a, x.div_(divisor(sum)));
  return {ungrouped(at::bmm(grouped(x, a), f32(a.value)), a), max, sum};
}

AttentionGrads attention_backward(const Attention& a, const AttentionResult& forward, const at::Tensor& grad) {
  const auto p = scores(a).sub_(forward.max).exp_().div_(divisor(forward.sum));
  const auto grad_rows = grouped(grad, a);
  AttentionGrads out;
  out.value = at::bmm(grouped(dropout(a, p.clone()), a).transpose(1, 2), grad_rows);
  auto ds = dropout(a, ungrouped(at::bmm(grad_rows, f32(a.value).transpose(1, 2)), a));
  const auto row = f32(grad).mul(f32(forward.output)).sum(2, true);
  ds.sub_(row).mul_(p);
  if (a.sink.defined()) {
    const auto share = sink_of(a).sub(forward.max).exp_().div_(divisor(forward.sum));
    out.sink = share.mul_(row).sum({1, 2}).neg_();
  }
  const auto ds_rows = grouped(ds, a);
  out.query = ungrouped(at::bmm(ds_rows, f32(a.key)), a).mul_(a.scale);
  out.key = at::bmm(ds_rows.transpose(1, 2), grouped(a.query, a)).mul_(a.scale);
  if (a.bias.defined()) out.bias = a.scale_bias ? ds.mul_(a.scale) : ds;
  return out;
}

at::Tensor dropped_of_bits(const uint8_t* bits, int64_t skip, at::IntArrayRef sizes) {
  auto out = at::empty(sizes, at::kBool);
  auto* dropped = out.data_ptr<bool>();
  for (int64_t i = 0, n = out.numel(); i < n; ++i) {
    const int64_t bit = skip + i;
    dropped[i] = !(bits[bit / 8] >> (bit % 8) & 1);
  }
  return out;
}

}  // namespace npu::kernels
