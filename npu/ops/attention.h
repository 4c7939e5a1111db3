// What every form of flash attention takes, and what phase one checks of it.
#pragma once
#include <string>

#include "npu/ops/check.h"

namespace npu {

enum SparseMode { kGivenMask, kWholeMask, kCausal, kCausalFromEnd, kBand, kPrefixMask, kPrefix };

// What every variant takes; those with fewer arguments leave the rest as it is here.
struct FlashAttention {
  Tensor query, key, value, pse, drop_mask, padding_mask, atten_mask;
  IntArray prefix;
  double scale, keep;
  int64_t pre, next, heads;
  std::string layout;
  int64_t sparse_mode;
  int64_t pse_type = 1;
  IntArray query_ends = {}, key_ends = {};  // TND: where each sequence ends
  Tensor sink = {};
  Tensor query_rope = {}, key_rope = {};  // more numbers of each head of query and key
  std::string softmax_layout = {};
};

struct FlashOutputs { Tensor max, sum, attention; };
struct FlashGrads { Tensor query, key, value, pse, sink = {}, query_rope = {}, key_rope = {}; };

int64_t key_heads(const FlashAttention& f);
// The rope part of query or key, where given, has the sizes of the rest but for the last.
Status rope_fits(const Tensor& rope, const Tensor& rest, const char* name);
// The inputs fit each other; then the masks and the results, of the forward pass or saved from it, fit the inputs.
Status attention_fits(const FlashAttention& f);
Status attention_fits(const FlashAttention& f, const FlashOutputs& out);

// What every form does: the checks above, then the task.
Plan attention_plan(FlashAttention f, FlashOutputs out);
Plan attention_backward_plan(FlashAttention f, Tensor grad, FlashOutputs saved, FlashGrads out);

}  // namespace npu
