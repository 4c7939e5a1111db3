#include "npu/ops/attention.h"

#include <ATen/ops/cat.h>

#include "npu/kernels/attention.h"

namespace npu {
namespace {

// Any layout as [B, N, S, D]; TND is one batch, of which a sequence is a part.
at::Tensor heads_first(const at::Tensor& t, const std::string& layout, int64_t heads) {
  if (layout == "BNSD") return t;
  if (layout == "BSND") return t.transpose(1, 2);
  if (layout == "TND") return t.transpose(0, 1).unsqueeze(0);
  const auto batch_first = layout == "SBH" ? t.transpose(0, 1) : t;
  return batch_first.unflatten(2, {heads, -1}).transpose(1, 2);
}

// The part of a mask or bias that belongs to batch b, for `rows` queries and `columns` keys.
at::Tensor part(const Tensor& t, int64_t b, int64_t rows, int64_t columns) {
  if (!t.defined()) return {};
  auto out = aten_view(t);
  if (out.dim() == 4) out = out.select(0, out.size(0) == 1 ? 0 : b);
  const auto fit = [&out](int64_t dim, int64_t size) {
    TORCH_CHECK(out.size(dim) >= size || out.size(dim) == 1, "a mask or pse of ", out.sizes(), " has no ", size,
                " in dimension ", dim);
    if (out.size(dim) > size) out = out.narrow(dim, 0, size);
  };
  fit(-2, rows), fit(-1, columns);
  return out;
}

// One sequence of the batch: what the kernel takes, and where the sequence lies.
struct Sequence {
  kernels::Attention attention;
  int64_t batch, query_start, query_size, key_start, key_size;

  at::Tensor queries(const at::Tensor& t) const { return t[batch].narrow(1, query_start, query_size); }
  at::Tensor keys(const at::Tensor& t) const { return t[batch].narrow(1, key_start, key_size); }
};

// Query or key, whose rope part is so many more numbers of each head.
at::Tensor with_rope(const Tensor& t, const Tensor& rope) {
  return rope.defined() ? at::cat({aten_view(t), aten_view(rope)}, -1) : aten_view(t);
}

// Calls f(Sequence) for each sequence.
template <class F> void for_each_sequence(const FlashAttention& f, F call) {
  const bool tnd = f.layout == "TND";
  const auto query = heads_first(with_rope(f.query, f.query_rope), f.layout, f.heads);
  const auto key = heads_first(with_rope(f.key, f.key_rope), f.layout, key_heads(f));
  const auto value = heads_first(aten_view(f.value), f.layout, key_heads(f));
  const int64_t count = tnd ? static_cast<int64_t>(f.query_ends.size()) : query.size(0);
  const auto drop_mask = f.drop_mask.defined() ? aten_view(f.drop_mask).contiguous() : at::Tensor();
  int64_t bits = 0;
  for (int64_t b = 0; b < count; ++b) {
    Sequence s{{}, tnd ? 0 : b, 0, query.size(2), 0, key.size(2)};
    if (tnd) {
      s.query_start = b ? f.query_ends[b - 1] : 0, s.query_size = f.query_ends[b] - s.query_start;
      s.key_start = b ? f.key_ends[b - 1] : 0, s.key_size = f.key_ends[b] - s.key_start;
    }
    auto& a = s.attention;
    a.query = s.queries(query), a.key = s.keys(key), a.value = s.keys(value);
    a.scale = f.scale, a.keep = f.keep, a.scale_bias = f.pse_type == 1;
    a.bias = part(f.pse, b, s.query_size, s.key_size);
    if (f.sink.defined()) a.sink = aten_view(f.sink);
    const int64_t ahead = s.key_size - s.query_size;
    switch (f.sparse_mode) {
      case kCausal: a.last = 0; break;
      case kCausalFromEnd: a.last = ahead; break;
      case kBand: a.first = ahead - f.pre, a.last = ahead + f.next; break;
      case kPrefix: a.last = ahead, a.prefix = f.prefix.at(b); break;
      case kGivenMask:
        if (f.atten_mask.defined()) a.first = -f.pre, a.last = f.next;
        [[fallthrough]];
      default: a.masked = part(f.atten_mask, b, s.query_size, s.key_size);
    }
    if (a.masked.defined()) a.masked = a.masked.to(at::kBool);
    if (f.drop_mask.defined()) {
      a.dropped = kernels::dropped_of_bits(static_cast<const uint8_t*>(drop_mask.const_data_ptr()), bits,
                                           {f.heads, s.query_size, s.key_size});
      bits += a.dropped.numel();
    }
    call(s);
  }
}

// Where a sequence has its softmax's maxima or sums, each eight times: [N, S, 8] of [B, N, S, 8]. In TND it is [S, N,
// 8] of [T, N, 8], but holds [N, S, 8] one after another unless softmax_layout asks for the input's order.
at::Tensor stats(const FlashAttention& f, const Sequence& s, const Tensor& t) {
  if (f.layout != "TND") return aten_view(t)[s.batch];
  const auto rows = aten_view(t).narrow(0, s.query_start, s.query_size);
  return f.softmax_layout == "same_as_input" ? rows.transpose(0, 1) : rows;
}
void write_stats(const FlashAttention& f, const Sequence& s, const Tensor& t, const at::Tensor& value) {
  const auto to = stats(f, s, t);
  to.copy_(value.expand({-1, -1, 8}).reshape(to.sizes()));
}
at::Tensor read_stats(const FlashAttention& f, const Sequence& s, const Tensor& t) {
  return stats(f, s, t).reshape({f.heads, s.query_size, 8}).narrow(2, 0, 1);
}

// Hands a gradient of with_rope(t, rope) to its two parts.
void write_grad(const at::Tensor& grad, const at::Tensor& t, const at::Tensor& rope) {
  t.copy_(grad.narrow(2, 0, t.size(2)));
  if (rope.defined()) rope.copy_(grad.narrow(2, t.size(2), rope.size(2)));
}

}  // namespace

Plan attention_plan(FlashAttention f, FlashOutputs out) {
  NPU_TRY(attention_fits(f));
  NPU_TRY(attention_fits(f, out));
  return [f = std::move(f), out](void*) {
    const auto attention = heads_first(aten_view(out.attention), f.layout, f.heads);
    for_each_sequence(f, [&](const Sequence& s) {
      const auto result = kernels::attention(s.attention);
      s.queries(attention).copy_(result.output);
      write_stats(f, s, out.max, result.max);
      write_stats(f, s, out.sum, result.sum);
    });
  };
}

Plan attention_backward_plan(FlashAttention f, Tensor grad, FlashOutputs saved, FlashGrads out) {
  NPU_TRY(attention_fits(f));
  NPU_TRY(attention_fits(f, saved));
  OP_CHECK(grad.same_sizes(saved.attention), "the gradient must have the shape of the attention");
  const auto like = [](const char* name, const Tensor& grad_of, const Tensor& t) {
    return holds(name, grad_of, sizes(t), t.dtype);
  };
  NPU_TRY(like("the query's gradient", out.query, f.query));
  NPU_TRY(like("the key's gradient", out.key, f.key));
  NPU_TRY(like("the value's gradient", out.value, f.value));
  const bool wants_rope = f.query_rope.defined();
  if (wants_rope) NPU_TRY(like("the query_rope's gradient", out.query_rope, f.query_rope));
  if (wants_rope) NPU_TRY(like("the key_rope's gradient", out.key_rope, f.key_rope));
  const bool wants_pse = f.pse.defined() && out.pse.defined() && out.pse.numel() > 0;
  if (wants_pse) NPU_TRY(like("the pse's gradient", out.pse, f.pse));
  const bool wants_sink = f.sink.defined() && out.sink.defined();
  if (wants_sink) NPU_TRY(like("the sink's gradient", out.sink, f.sink));
  return [f = std::move(f), grad, saved, out, wants_rope, wants_pse, wants_sink](void*) {
    const auto grad_out = heads_first(aten_view(grad), f.layout, f.heads);
    const auto attention = heads_first(aten_view(saved.attention), f.layout, f.heads);
    const auto query = heads_first(aten_view(out.query), f.layout, f.heads);
    const auto key = heads_first(aten_view(out.key), f.layout, key_heads(f));
    const auto rope = [&](const Tensor& t, int64_t heads) {
      return wants_rope ? heads_first(aten_view(t), f.layout, heads) : at::Tensor();
    };
    const auto query_rope = rope(out.query_rope, f.heads), key_rope = rope(out.key_rope, key_heads(f));
    const auto value = heads_first(aten_view(out.value), f.layout, key_heads(f));
    if (wants_pse) aten_view(out.pse).zero_();
    if (wants_sink) aten_view(out.sink).zero_();
    for_each_sequence(f, [&](const Sequence& s) {
      const kernels::AttentionResult before{s.queries(attention), read_stats(f, s, saved.max),
                                            read_stats(f, s, saved.sum)};
      const auto grads = kernels::attention_backward(s.attention, before, s.queries(grad_out));
      write_grad(grads.query, s.queries(query), wants_rope ? s.queries(query_rope) : query_rope);
      write_grad(grads.key, s.keys(key), wants_rope ? s.keys(key_rope) : key_rope);
      s.keys(value).copy_(grads.value);
      if (wants_pse) {
        auto pse = part(out.pse, s.batch, s.query_size, s.key_size);
        pse.add_(grads.bias.sum_to_size(pse.sizes()));
      }
      if (wants_sink) aten_view(out.sink).add_(grads.sink);
    });
  };
}

}  // namespace npu
