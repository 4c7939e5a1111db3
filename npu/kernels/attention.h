// Scaled dot-product attention over one sequence, forward and backward, computed in float32.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace npu::kernels {

struct Attention {
  // Queries [N, Sq, D], keys [Nkv, Sk, D], values [Nkv, Sk, Dv]; N is a multiple of Nkv.
  at::Tensor query, key, value;
  // Each may be undefined, or broadcasts to [N, Sq, Sk].
  at::Tensor bias;     // added to the scores
  at::Tensor masked;   // bool: true hides a key from a query
  at::Tensor dropped;  // bool: true drops a probability
  at::Tensor sink;     // [N]: one more score for each query, of a key that has no value
  double scale = 1;
  bool scale_bias = true;  // the bias is scaled too
  double keep = 1;         // the share dropout keeps
  // Key j is visible to query i where first <= j - i <= last, or where j < prefix.
  int64_t first = INT64_MIN, last = INT64_MAX, prefix = 0;
};

struct AttentionResult {
  at::Tensor output;    // [N, Sq, Dv]; 0 for a query that sees no key
  at::Tensor max, sum;  // [N, Sq, 1]: the greatest score and the sum of exp(score - max)
};

struct AttentionGrads {
  at::Tensor query, key, value, bias, sink;  // float32; bias [N, Sq, Sk] and sink [N] only where given
};

AttentionResult attention(const Attention& a);
// `forward` as attention() gave it.
AttentionGrads attention_backward(const Attention& a, const AttentionResult& forward, const at::Tensor& grad);

// Bits as the dropout mask operators write them (1 keeps, the lowest bit of a byte first) to a bool [N, Sq, Sk] that
// says what is dropped. `skip` bits come before.
at::Tensor dropped_of_bits(const uint8_t* bits, int64_t skip, at::IntArrayRef sizes);

}  // namespace npu::kernels
