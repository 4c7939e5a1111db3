#include "npu/ops/attention.h"

#include <algorithm>

namespace npu {

int64_t key_heads(const FlashAttention& f) {
  if (f.layout == "BNSD") return f.key.size(1);
  if (f.layout == "BSND") return f.key.size(2);
  if (f.layout == "TND") return f.key.size(1);
  return f.key.size(2) / (f.query.size(2) / f.heads);
}

namespace {

int64_t length(const Tensor& t, const std::string& layout) {
  return t.size(layout == "SBH" || layout == "TND" ? 0 : layout == "BNSD" ? 2 : 1);
}

int64_t batch(const FlashAttention& f) {
  return f.layout == "TND" ? static_cast<int64_t>(f.query_ends.size()) : f.query.size(f.layout == "SBH");
}

bool rising(const IntArray& ends, int64_t last) {
  return std::is_sorted(ends.begin(), ends.end()) && ends.front() >= 0 && ends.back() <= last;
}

// How many there are, of all heads and sequences.
int64_t scores(const FlashAttention& f) {
  int64_t count = 0;
  for (size_t i = 0; i < f.query_ends.size(); ++i)
    count += (f.query_ends[i] - (i ? f.query_ends[i - 1] : 0)) * (f.key_ends[i] - (i ? f.key_ends[i - 1] : 0));
  if (f.layout != "TND") count = batch(f) * length(f.query, f.layout) * length(f.key, f.layout);
  return count * f.heads;
}
// A mask or bias has the scores of the longest sequence, or one for all of a dimension.
Status scores_fit(const FlashAttention& f, const Tensor& t, const char* name) {
  if (!t.defined()) return {};
  const auto longest = [&](const Tensor& all, const IntArray& ends) {
    int64_t most = ends.empty() ? length(all, f.layout) : ends[0];
    for (size_t i = 1; i < ends.size(); ++i) most = std::max(most, ends[i] - ends[i - 1]);
    return most;
  };
  const auto covers = [&t](int64_t dim, int64_t size) { return t.size(dim) >= size || t.size(dim) == 1; };
  OP_CHECK(t.dims >= 2 && t.dims <= 4, std::string(name) + " must have 2 to 4 dimensions");
  OP_CHECK(covers(-2, longest(f.query, f.query_ends)) && covers(-1, longest(f.key, f.key_ends)),
           std::string(name) + " is " + text(t) + ": its last dimensions must be the queries and the keys");
  OP_CHECK(t.dims < 3 || t.size(-3) == 1 || t.size(-3) == f.heads, std::string(name) + " must have 1 or all heads");
  OP_CHECK(t.dims < 4 || t.size(0) == 1 || t.size(0) == batch(f),
           std::string(name) + " must have 1 or all of the batch");
  return {};
}

}  // namespace

Status rope_fits(const Tensor& rope, const Tensor& rest, const char* name) {
  if (!rope.defined()) return {};
  OP_CHECK(rope.dims == rest.dims && rope.dtype == rest.dtype, std::string(name) + " has other dimensions or dtype");
  for (int64_t i = 0; i + 1 < rest.dims; ++i)
    OP_CHECK(rope.size(i) == rest.size(i), std::string(name) + " is " + text(rope) + ", its other part " + text(rest));
  return {};
}

Status attention_fits(const FlashAttention& f) {
  OP_GIVEN(f.query.defined() && f.key.defined() && f.value.defined());
  const bool flat = f.layout == "BSH" || f.layout == "SBH", tnd = f.layout == "TND";
  OP_CHECK(flat || tnd || f.layout == "BNSD" || f.layout == "BSND", "the layout is none of BSH, SBH, BNSD, BSND, TND");
  const int dims = flat || tnd ? 3 : 4;
  OP_CHECK(f.query.dims == dims && f.key.dims == dims && f.value.dims == dims,
           "query, key and value must have the dimensions of the layout " + f.layout);
  OP_CHECK(!f.query_rope.defined() || !flat, "UNIMPLEMENTED: query_rope in the layout " + f.layout);
  OP_CHECK(f.query.dtype == f.key.dtype && f.query.dtype == f.value.dtype, "query, key and value differ in dtype");
  OP_CHECK(f.heads > 0, "head_num must be positive");
  OP_CHECK(!flat || (f.query.size(2) % f.heads == 0 && f.query.size(2) > 0), "head_num does not divide the query's H");
  OP_CHECK(key_heads(f) > 0 && f.heads % key_heads(f) == 0, "head_num is no multiple of the key's heads");
  OP_CHECK(flat || f.query.size(f.layout == "BSND" ? 2 : 1) == f.heads, "the query has not head_num heads");
  OP_CHECK(flat ? f.key.size(2) % key_heads(f) == 0 && f.key.size(2) / key_heads(f) == f.query.size(2) / f.heads
                : f.key.size(-1) == f.query.size(-1),
           "query and key differ in the size of a head");
  OP_CHECK(flat ? f.value.size(2) % key_heads(f) == 0 : f.value.size(f.layout == "BSND" ? 2 : 1) == key_heads(f),
           "key and value differ in heads");
  OP_CHECK(length(f.key, f.layout) == length(f.value, f.layout), "key and value differ in length");
  if (!tnd) {
    const int at = f.layout == "SBH";
    OP_CHECK(f.key.size(at) == f.query.size(at) && f.value.size(at) == f.query.size(at),
             "query, key and value differ in the batch");
  }
  OP_CHECK(f.keep > 0 && f.keep <= 1, "keep_prob must be in (0, 1]");
  OP_CHECK(!tnd || (!f.query_ends.empty() && f.query_ends.size() == f.key_ends.size()),
           "TND needs actual_seq_qlen and actual_seq_kvlen of the same length");
  OP_CHECK(!tnd || (rising(f.query_ends, f.query.size(0)) && rising(f.key_ends, f.key.size(0))),
           "actual_seq_qlen and actual_seq_kvlen must rise to the number of queries and keys");
  OP_CHECK(f.query_rope.defined() == f.key_rope.defined(), "query_rope and key_rope come together");
  NPU_TRY(rope_fits(f.query_rope, f.query, "query_rope"));
  NPU_TRY(rope_fits(f.key_rope, f.key, "key_rope"));
  OP_CHECK(!f.query_rope.defined() || f.query_rope.size(-1) == f.key_rope.size(-1),
           "query_rope and key_rope differ in the size of a head");
  OP_CHECK(f.softmax_layout.empty() || f.softmax_layout == "same_as_input",
           "softmax_layout is empty or same_as_input, not " + f.softmax_layout);
  OP_CHECK(!f.sink.defined() || (f.sink.dims == 1 && f.sink.size(0) == f.heads), "sink must have one value a head");
  OP_CHECK(f.keep == 1 || f.drop_mask.defined(), "UNIMPLEMENTED: dropout without a drop_mask");
  OP_CHECK(!f.drop_mask.defined() ||
               f.drop_mask.numel() * static_cast<int64_t>(info(f.drop_mask.dtype).size) * 8 >= scores(f),
           "drop_mask must have a bit for each score, " + std::to_string(scores(f)));
  OP_CHECK(!f.padding_mask.defined(), "UNSUPPORTED: padding_mask is reserved");
  OP_CHECK(f.sparse_mode >= kGivenMask && f.sparse_mode <= kPrefix,
           "UNIMPLEMENTED: sparse_mode " + std::to_string(f.sparse_mode));
  OP_CHECK(f.sparse_mode != kPrefix || static_cast<int64_t>(f.prefix.size()) >= batch(f),
           "sparse_mode 6 needs a prefix for each of the batch");
  OP_CHECK(!f.pse.defined() || f.pse_type == 0 || f.pse_type == 1, "UNIMPLEMENTED: pse_type 2 and 3");
  return {};
}

Status attention_fits(const FlashAttention& f, const FlashOutputs& out) {
  NPU_TRY(scores_fit(f, f.pse, "pse"));
  // The compressed masks of the other modes say nothing that the mode does not.
  const bool given = f.sparse_mode == kGivenMask || f.sparse_mode == kWholeMask || f.sparse_mode == kPrefixMask;
  if (given) NPU_TRY(scores_fit(f, f.atten_mask, "atten_mask"));
  // The result has the query's layout, and as many numbers a head as the value.
  std::vector<int64_t> result(f.query.sizes, f.query.sizes + f.query.dims), statistic;
  const bool tnd = f.layout == "TND", flat = !tnd && f.query.dims == 3;
  result.back() = flat ? f.value.size(2) / key_heads(f) * f.heads : f.value.size(-1);
  if (tnd) statistic = {f.query.size(0), f.query.size(1), 8};
  else statistic = {f.query.size(f.layout == "SBH"), f.heads, length(f.query, f.layout), 8};
  NPU_TRY(holds("the attention", out.attention, result, f.query.dtype));
  NPU_TRY(holds("softmax_max", out.max, statistic, ACL_FLOAT));
  return holds("softmax_sum", out.sum, statistic, ACL_FLOAT);
}

}  // namespace npu
