#include "npu/ops/infer_attention.h"

#include <ATen/ops/cat.h>

#include <algorithm>

#include "npu/kernels/attention.h"

namespace npu {
namespace {

// A layout with its letters in a tensor's order; H is N and D in one.
struct Layout {
  std::string letters;
  bool packed() const { return letters == "TND" || letters == "NTD"; }
  int dims() const { return static_cast<int>(letters.size()); }
  int64_t of(const Tensor& t, char letter) const {
    const auto at = letters.find(letter);
    return at == std::string::npos ? 1 : t.size(static_cast<int>(at));
  }
  int64_t tokens(const Tensor& t) const { return of(t, packed() ? 'T' : 'S'); }
  int64_t heads(const Tensor& t, int64_t given) const { return letters == "BSH" ? given : of(t, 'N'); }
  int64_t head_size(const Tensor& t, int64_t heads) const { return letters == "BSH" ? t.size(2) / heads : t.size(-1); }
  // [B, N, S, D]; of sequences end to end [1, N, T, D].
  at::Tensor heads_first(const at::Tensor& t, int64_t heads) const {
    if (letters == "BSH") return t.unflatten(2, {heads, -1}).transpose(1, 2);
    if (letters == "BSND") return t.transpose(1, 2);
    if (letters == "NBSD") return t.transpose(0, 1);
    if (letters == "TND") return t.transpose(0, 1).unsqueeze(0);
    return letters == "BNSD" ? t : t.unsqueeze(0);  // NTD, NSD
  }
  std::vector<int64_t> sizes(int64_t batch, int64_t heads, int64_t tokens, int64_t head_size) const {
    std::vector<int64_t> out;
    for (char c : letters)
      out.push_back(c == 'B' ? batch : c == 'N' ? heads : c == 'D' ? head_size : c == 'H' ? heads * head_size : tokens);
    return out;
  }
};

constexpr std::pair<const char*, const char*> kLayouts[] = {
    {"BSH", "BSH"},   {"BSH", "BNSD"},  {"BSH", "NBSD"},  {"BSND", "BSND"}, {"BSND", "BNSD"},
    {"BSND", "NBSD"}, {"BNSD", "BNSD"}, {"BNSD", "BSND"}, {"BNSD", "NBSD"}, {"TND", "TND"},
    {"TND", "NTD"},   {"NTD", "NTD"},   {"NTD", "TND"},   {"NSD", "NSD"},
};

struct Job : InferAttention {
  explicit Job(InferAttention f) : InferAttention(std::move(f)) {}
  Layout in, out;
  int64_t batch = 0;

  bool paged() const { return block_table.defined(); }
  // Decoding, where a mask may be [B, keys], and a sparse mode says nothing.
  bool one_query() const { return !in.packed() && in.tokens(query) == 1 && !query_rope.defined(); }
  bool row_each(const Tensor& t) const { return t.dims == 2 && one_query() && t.size(0) == batch; }
  // Where sequence b starts and how many tokens it has.
  std::pair<int64_t, int64_t> span(const IntArray& lengths, int64_t b, int64_t whole, bool running) const {
    if (running) return {b ? lengths[b - 1] : 0, lengths[b] - (b ? lengths[b - 1] : 0)};
    if (lengths.empty()) return {0, whole};
    return {0, lengths[lengths.size() == 1 ? 0 : b]};
  }
  std::pair<int64_t, int64_t> queries(int64_t b) const { return span(query_lengths, b, in.tokens(query), in.packed()); }
  std::pair<int64_t, int64_t> key_span(int64_t b) const {
    const auto& own = keys[keys.size() == 1 ? 0 : b];
    return span(key_lengths, b, paged() ? 0 : in.tokens(own), in.packed() && !paged());
  }
};

// Lengths that are given, one for all or one for each sequence; or running ends.
Status lengths_fit(const char* name, const IntArray& lengths, int64_t batch, int64_t most, bool running) {
  if (lengths.empty()) return {};
  const auto n = static_cast<int64_t>(lengths.size());
  OP_CHECK(n >= batch || (n == 1 && !running), std::string(name) + " must have one number for each sequence");
  for (int64_t i = 0; i < std::min(n, batch); ++i)
    OP_CHECK(lengths[i] >= (running && i ? lengths[i - 1] : 0) && lengths[i] <= most,
             std::string(name) + " has " + std::to_string(lengths[i]) + ", which is not from 0 to " +
                 std::to_string(most) + (running ? ", rising" : ""));
  return {};
}

Status cache_fits(const Job& f, const Tensor& t, const char* name, int64_t head_size) {
  OP_CHECK(t.dims == 3 || t.dims == 4, std::string("UNIMPLEMENTED: a paged ") + name + " of " + text(t));
  const bool flat = t.dims == 3;
  OP_CHECK(flat ? t.size(1) == f.block_size && t.size(2) == f.key_heads * head_size
                : t.size(1) == f.key_heads && t.size(2) == f.block_size && t.size(3) == head_size,
           std::string("a paged ") + name + " is [blocks, block_size, H] or [blocks, N, block_size, D], but it is " +
               text(t));
  return {};
}

Status keys_fit(const Job& f) {
  OP_CHECK(!f.keys.empty() && f.keys.size() == f.values.size(), "key and value are not equally many");
  for (size_t i = 0; i < f.keys.size(); ++i) OP_GIVEN(f.keys[i].defined() && f.values[i].defined());
  const int64_t head_size = f.in.head_size(f.query, f.heads);
  const auto count = static_cast<int64_t>(f.keys.size());
  OP_CHECK(count == 1 || (count == f.batch && !f.paged() && !f.in.packed()),
           "keys and values come in one tensor, or in one for each sequence");
  for (size_t i = 0; i < f.keys.size(); ++i) {
    const Tensor &key = f.keys[i], &value = f.values[i];
    OP_CHECK(key.dtype == f.query.dtype && value.dtype == f.query.dtype,
             "UNIMPLEMENTED: keys and values of another dtype than the query");
    if (f.paged()) {
      NPU_TRY(cache_fits(f, key, "key", head_size));
      NPU_TRY(cache_fits(f, value, "value", value.dims == 3 ? value.size(2) / f.key_heads : value.size(-1)));
      continue;
    }
    OP_CHECK(key.dims == f.in.dims() && value.dims == f.in.dims(), "key and value must have the query's dimensions");
    OP_CHECK(f.in.letters != "BSH" || value.size(2) % f.key_heads == 0, "the value's H is no multiple of its heads");
    OP_CHECK(f.in.heads(key, f.key_heads) == f.key_heads && f.in.heads(value, f.key_heads) == f.key_heads,
             "key and value must have num_key_value_heads heads");
    OP_CHECK(f.in.letters == "BSH" ? key.size(2) == f.key_heads * head_size : key.size(-1) == head_size,
             "query and key differ in the size of a head");
    OP_CHECK(f.in.of(key, 'B') == f.in.of(value, 'B') && f.in.tokens(key) == f.in.tokens(value),
             "key and value differ in batch or length");
    OP_CHECK(f.in.packed() || f.in.of(key, 'B') == (count == 1 ? f.batch : 1), "the key has another batch");
  }
  return {};
}

Status scores_fit(const Job& f, const Tensor& t, const char* name, bool heads) {
  if (!t.defined()) return {};
  int64_t most = 0, rows = 0;
  for (int64_t b = 0; b < f.batch; ++b) {
    most = std::max(most, f.key_span(b).second);
    rows = std::max(rows, f.queries(b).second);
  }
  OP_CHECK(t.dims >= 2 && t.dims <= 4, std::string(name) + " must have 2 to 4 dimensions");
  OP_CHECK((f.row_each(t) || t.size(-2) >= rows) && t.size(-1) >= most,
           std::string(name) + " is " + text(t) + ", but there are " + std::to_string(rows) + " queries and " +
               std::to_string(most) + " keys");
  OP_CHECK(t.dims < 3 || t.size(0) == 1 || t.size(0) == f.batch, std::string(name) + " has another batch");
  OP_CHECK(t.dims < 4 || t.size(1) == 1 || (heads && t.size(1) == f.heads), std::string(name) + " has other heads");
  return {};
}

Status fits(Job& f, const Tensor& attention, const Tensor& lse) {
  OP_GIVEN(f.query.defined() && attention.defined());
  const auto* known = std::find_if(std::begin(kLayouts), std::end(kLayouts), [&](const auto& pair) {
    return f.layout ==
           (std::string(pair.first) == pair.second ? pair.first : std::string(pair.first) + "_" + pair.second);
  });
  OP_CHECK(known != std::end(kLayouts),
           "the layout is none of BSH, BSND, BNSD, TND, NTD, NSD and their changes, as BNSD_BSND");
  f.in = {known->first}, f.out = {known->second};
  OP_CHECK(f.query.dtype == ACL_FLOAT16 || f.query.dtype == ACL_BF16, "the query must be float16 or bfloat16");
  OP_CHECK(f.query.dims == f.in.dims(), "the query must have the dimensions of the layout " + f.layout);
  OP_CHECK(f.heads > 0 && f.in.heads(f.query, f.heads) == f.heads, "the query has not num_heads heads");
  OP_CHECK(f.in.letters != "BSH" || f.query.size(2) % f.heads == 0, "num_heads does not divide the query's H");
  if (f.key_heads == 0) f.key_heads = f.heads;
  OP_CHECK(f.key_heads > 0 && f.heads % f.key_heads == 0, "num_heads is no multiple of num_key_value_heads");
  OP_CHECK(!f.in.packed() || (!f.query_lengths.empty() && !f.key_lengths.empty()),
           f.layout + " needs actual_seq_lengths and actual_seq_lengths_kv");
  f.batch = f.in.packed() ? static_cast<int64_t>(f.query_lengths.size()) : f.in.of(f.query, 'B');

  if (f.paged()) {
    OP_CHECK(f.block_table.dims == 2 && f.block_table.dtype == ACL_INT32 && f.block_table.size(0) == f.batch,
             "block_table must be int32 [B, blocks of a sequence]");
    OP_CHECK(f.block_size > 0 && f.block_size % 16 == 0 && f.block_size <= 512,
             "block_size must be a multiple of 16 up to 512");
    OP_CHECK(!f.key_lengths.empty(), "a paged cache needs actual_seq_lengths_kv");
  }
  NPU_TRY(keys_fit(f));
  int64_t keys = f.paged() ? f.block_table.size(1) * f.block_size : 0;
  for (size_t i = 0; !f.paged() && i < f.keys.size(); ++i) keys = std::max(keys, f.in.tokens(f.keys[i]));
  NPU_TRY(lengths_fit("actual_seq_lengths", f.query_lengths, f.batch, f.in.tokens(f.query), f.in.packed()));
  NPU_TRY(lengths_fit("actual_seq_lengths_kv", f.key_lengths, f.batch, keys, f.in.packed() && !f.paged()));
  for (int64_t b = 0; f.keys.size() > 1 && b < f.batch; ++b)
    OP_CHECK(f.key_span(b).second <= f.in.tokens(f.keys[b]), "a sequence is longer than its keys");

  OP_CHECK(f.query_rope.defined() == f.key_rope.defined(), "query_rope and key_rope come together");
  OP_CHECK(!f.query_rope.defined() || f.keys.size() == 1, "UNIMPLEMENTED: rope parts of a list of keys");
  NPU_TRY(rope_fits(f.query_rope, f.query, "query_rope"));
  NPU_TRY(rope_fits(f.key_rope, f.keys[0], "key_rope"));
  OP_CHECK(!f.sink.defined() || (f.sink.dims == 1 && f.sink.size(0) == f.heads), "the sink has one value a head");
  OP_CHECK(f.sparse_mode >= kGivenMask && f.sparse_mode <= kBand,
           "UNSUPPORTED: sparse_mode " + std::to_string(f.sparse_mode));
  const bool given = f.sparse_mode == kGivenMask;
  OP_CHECK(given || f.mask.defined(), "sparse_mode " + std::to_string(f.sparse_mode) + " needs an atten_mask");
  if (given || f.sparse_mode == kWholeMask) NPU_TRY(scores_fit(f, f.mask, "atten_mask", false));
  NPU_TRY(scores_fit(f, f.pse, "pse_shift", true));

  const Tensor& value = f.values[0];
  const int64_t width = !f.paged()        ? f.in.head_size(value, f.key_heads)
                        : value.dims == 3 ? value.size(2) / f.key_heads
                                          : value.size(-1);
  const int64_t tokens = f.in.tokens(f.query);
  NPU_TRY(holds("the attention", attention, f.out.sizes(f.batch, f.heads, tokens, width), f.query.dtype));
  const std::vector<int64_t> each =
      f.in.packed() ? std::vector{tokens, f.heads, int64_t{1}} : std::vector{f.batch, f.heads, tokens, int64_t{1}};
  return lse.defined() ? holds("softmax_lse", lse, each, ACL_FLOAT) : Status();
}

// The first `size` tokens of sequence b, [N, size, D], gathered from its blocks.
at::Tensor from_blocks(const Job& f, const Tensor& t, int64_t b, int64_t size) {
  const auto cache = aten_view(t);
  const auto blocks = aten_view(f.block_table)[b].narrow(0, 0, (size + f.block_size - 1) / f.block_size);
  const auto picked = cache.index_select(0, blocks.to(at::kLong));
  const auto tokens = t.dims == 3 ? picked.flatten(0, 1).unflatten(1, {f.key_heads, -1}).transpose(0, 1)
                                  : picked.transpose(0, 1).flatten(1, 2);
  return tokens.narrow(1, 0, size);
}
at::Tensor keys_of(const Job& f, const TensorList& list, int64_t b) {
  const auto [start, size] = f.key_span(b);
  if (f.paged()) return from_blocks(f, list[0], b, size);
  const bool own = list.size() > 1;
  const auto all = f.in.heads_first(aten_view(list[own ? b : 0]), f.key_heads);
  return all[own || f.in.packed() ? 0 : b].narrow(1, start, size);
}

// What belongs to sequence b, from its first query on: [.., rows, columns].
at::Tensor scores_of(const Tensor& t, int64_t b, int64_t rows, int64_t columns) {
  if (!t.defined()) return {};
  auto out = aten_view(t);
  if (t.dims > 2) out = out[out.size(0) == 1 ? 0 : b];
  return out.narrow(-2, 0, rows).narrow(-1, 0, columns);
}

kernels::Attention sequence(const Job& f, int64_t b) {
  const auto [start, size] = f.queries(b);
  const auto of = [&](const Tensor& t) {
    return f.in.heads_first(aten_view(t), f.heads)[f.in.packed() ? 0 : b].narrow(1, start, size);
  };
  kernels::Attention a;
  a.query = of(f.query), a.key = keys_of(f, f.keys, b), a.value = keys_of(f, f.values, b);
  if (f.query_rope.defined()) {
    a.query = at::cat({a.query, of(f.query_rope)}, 2);
    a.key = at::cat({a.key, keys_of(f, {f.key_rope}, b)}, 2);
  }
  a.scale = f.scale, a.scale_bias = false;
  const int64_t keys = a.key.size(1), ahead = keys - size;
  a.bias = scores_of(f.pse, b, size, keys);
  if (f.sink.defined()) a.sink = aten_view(f.sink);
  const bool given = f.sparse_mode == kGivenMask || f.sparse_mode == kWholeMask;
  if (given && f.mask.defined()) {
    a.masked =
        f.row_each(f.mask) ? aten_view(f.mask).narrow(0, b, 1).narrow(1, 0, keys) : scores_of(f.mask, b, size, keys);
    a.masked = a.masked.to(at::kBool);
  }
  if (f.one_query()) return a;
  switch (f.sparse_mode) {
    case kGivenMask:
      if (f.mask.defined()) a.first = -f.pre, a.last = f.next;
      break;
    case kCausal: a.last = 0; break;
    case kCausalFromEnd: a.last = ahead; break;
    case kBand: a.first = ahead - f.pre, a.last = ahead + f.next; break;
  }
  return a;
}

}  // namespace

Plan infer_attention(InferAttention given, Tensor attention, Tensor lse) {
  Job f(std::move(given));
  NPU_TRY(fits(f, attention, lse));
  return [f = std::move(f), attention, lse](void*) {
    const auto out = f.out.heads_first(aten_view(attention), f.heads);
    const auto logs = !lse.defined()  ? at::Tensor()
                      : f.in.packed() ? aten_view(lse).transpose(0, 1).unsqueeze(0)
                                      : aten_view(lse);
    if (!f.in.packed()) out.zero_();                                        // what lies behind a sequence's end
    if (lse.defined()) logs.fill_(std::numeric_limits<float>::infinity());  // as a row that sees no key
    for (int64_t b = 0; b < f.batch; ++b) {
      const auto [start, size] = f.queries(b);
      const int64_t at = f.in.packed() ? 0 : b;
      const auto result = kernels::attention(sequence(f, b));
      out[at].narrow(1, start, size).copy_(result.output);
      if (!lse.defined()) continue;
      const auto sums = result.sum.log().add_(result.max);
      logs[at]
          .narrow(1, start, size)
          .copy_(sums.masked_fill_(result.sum.eq(0), std::numeric_limits<float>::infinity()));
    }
  };
}

}  // namespace npu
