// What every form of inference's attention takes.
#pragma once
#include <string>

#include "npu/ops/attention.h"

namespace npu {

struct InferAttention {
  Tensor query;
  TensorList keys, values;  // one with the whole batch, or one a sequence
  Tensor pse, mask;
  IntArray query_lengths, key_lengths;
  int64_t heads, key_heads;  // no key heads: as many as heads
  double scale;
  int64_t pre, next;
  std::string layout;  // of the inputs, or of inputs and result: BNSD_BSND
  int64_t sparse_mode;
  Tensor block_table = {};  // [B, blocks of a sequence]: keys and values are [blocks, block_size, H] or [.., N, .., D]
  int64_t block_size = 0;
  Tensor query_rope = {}, key_rope = {}, sink = {};
};

// `lse`, the logarithm of each row's sum of exponentials, only where given.
Plan infer_attention(InferAttention f, Tensor attention, Tensor lse);

}  // namespace npu
