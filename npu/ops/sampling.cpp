// The steps of a language model that generates: which words may be drawn, and the state of the next step.
#include "aclnnop/sampling.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>

namespace npu {

// Words that are not among a row's k most likely become -inf; then those that are not among the most likely ones whose
// probabilities add up to p. The most likely one stays.
ACLNN_OP(aclnnApplyTopKTopP, logits, p, k, out) {
  OP_GIVEN(logits.defined() && out.defined() && (p.defined() || k.defined()));
  OP_CHECK(logits.dims == 2, "logits must have 2 dimensions");
  OP_CHECK(logits.dtype == ACL_FLOAT || logits.dtype == ACL_FLOAT16 || logits.dtype == ACL_BF16,
           "logits must be float32, float16 or bfloat16");
  OP_CHECK(!p.defined() || (p.dtype == logits.dtype && p.dims == 1 && p.sizes[0] == logits.sizes[0]),
           "p must have the dtype of logits, and an element for each row");
  OP_CHECK(!k.defined() || (k.dtype == ACL_INT32 && k.dims == 1 && k.sizes[0] == logits.sizes[0]),
           "k must be int32, with an element for each row");
  NPU_TRY(holds("out", out, sizes(logits), logits.dtype));
  OP_CHECK(out.dtype == logits.dtype, "out must have the dtype of logits");
  return [=](void*) {
    constexpr double kNever = -std::numeric_limits<double>::infinity();
    const auto x = aten_view(logits);
    const int64_t words = x.size(1);
    if (x.numel() == 0) return;
    auto [sorted, order] = x.sort(/*stable=*/true, /*dim=*/-1, /*descending=*/false);
    if (k.defined()) {
      auto most = aten_long(k);
      most.masked_fill_((most <= 0) | (most >= words), words);  // no limit
      sorted.masked_fill_(sorted < sorted.gather(1, (words - most).unsqueeze(1)), kNever);
    }
    if (p.defined()) {
      auto unlikely = sorted.to(at::kFloat).softmax(-1).cumsum(-1) <= 1 - wide(p).unsqueeze(1);
      unlikely.select(1, words - 1).fill_(false);
      sorted.masked_fill_(unlikely, kNever);
    }
    copy_result(at::empty_like(sorted).scatter_(1, order, sorted), out);
  };
}

// The slot is what the device's kernel computes: it looks a block up in the first row of the tables, and adds to it
// where the query's own row begins.
ACLNN_OP(aclnnAdvanceStep, input_tokens, sampled_token_ids, input_positions, seq_lens, slot_mapping, block_tables,
         num_seqs, num_queries, block_size) {
  for (const Tensor* t :
       {&input_tokens, &sampled_token_ids, &input_positions, &seq_lens, &slot_mapping, &block_tables}) {
    OP_GIVEN(t->defined());
    OP_CHECK(t->dtype == ACL_INT64, "the tensors must be int64");
    OP_CHECK(t->dims > 0 && t->numel() > 0, "the tensors must not be empty");
  }
  OP_CHECK(num_queries > 0 && num_seqs > num_queries && block_size > 0,
           "num_queries and block_size must be positive, and there must be more sequences than queries");
  for (const Tensor* t : {&input_tokens, &input_positions, &seq_lens, &slot_mapping, &block_tables})
    OP_CHECK(t->sizes[0] == num_seqs, "the tensors must have a row for each sequence");
  for (const Tensor* t : {&input_tokens, &input_positions, &seq_lens, &slot_mapping})
    OP_CHECK(t->dims == 1, "what is updated has 1 dimension");
  OP_CHECK(sampled_token_ids.dims == 2 && sampled_token_ids.sizes[0] == num_queries && sampled_token_ids.sizes[1] == 1,
           "sampled_token_ids is [num_queries, 1]");
  OP_CHECK(block_tables.dims == 2, "block_tables must have 2 dimensions");
  return [=](void*) {
    const auto queries = [&](const Tensor& t) { return aten_view(t).narrow(0, 0, num_queries); };
    const auto padding = [&](const Tensor& t) { return aten_view(t).narrow(0, num_queries, num_seqs - num_queries); };
    const auto table = aten_view(block_tables).contiguous();
    const auto positions = queries(seq_lens).contiguous();
    auto slots = at::empty_like(positions);
    const auto* position = positions.const_data_ptr<int64_t>();
    for (int64_t i = 0; i < num_queries; ++i) {
      const int64_t block = position[i] / block_size;
      if (position[i] < 0 || block >= table.numel())
        throw std::out_of_range("block_tables has no block " + std::to_string(block));
      slots.mutable_data_ptr<int64_t>()[i] =
          (table.const_data_ptr<int64_t>()[block] + table.size(1) * i) * block_size + position[i] % block_size;
    }
    queries(input_tokens).copy_(aten_view(sampled_token_ids).flatten());
    queries(input_positions).copy_(positions);
    queries(seq_lens).add_(1);
    queries(slot_mapping).copy_(slots);
    padding(input_tokens).fill_(0);
    padding(input_positions).fill_(0);
    padding(slot_mapping).fill_(-1);
  };
}

}  // namespace npu
