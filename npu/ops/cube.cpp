#include "npu/ops/cube.h"

#include <ATen/core/dispatch/Dispatcher.h>

namespace npu {

// oneDNN decides by the processor, and ATen asks it through these operators.
static bool has_instructions(const char* asks) {
  const auto op = c10::Dispatcher::singleton().findSchema({asks, ""});
  return op && op->typed<bool()>().call();
}

bool slow_in_matrices(at::ScalarType dtype) {
  static const bool half = !has_instructions("mkldnn::_is_mkldnn_fp16_supported");
  static const bool bfloat16 = !has_instructions("mkldnn::_is_mkldnn_bf16_supported");
  return (dtype == at::kHalf && half) || (dtype == at::kBFloat16 && bfloat16);
}

}  // namespace npu
