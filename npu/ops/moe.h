// What the operators for mixtures of experts share.
#pragma once
#include "npu/ops/fused.h"

#include <ATen/ops/arange.h>

namespace npu {

constexpr int64_t kMaxTopK = 512;  // experts of one token

inline at::Tensor count_up(int64_t n) { return at::arange(n, at::kLong); }

// Weights have the tokens' dtype, or are float32 with bfloat16.
inline Status is_weight(const char* name, const Tensor& t, at::IntArrayRef wanted, const Tensor& tokens) {
  return is(name, t, wanted, t.dtype == ACL_FLOAT && tokens.dtype == ACL_BF16 ? ACL_FLOAT : tokens.dtype);
}

}  // namespace npu
