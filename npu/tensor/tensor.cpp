#include "npu/tensor/tensor.h"

namespace npu {

std::string text(const Tensor& t) {
  if (!t.defined()) return "null";
  std::string out = info(t.dtype).name;
  out += '[';
  for (int i = 0; i < t.dims; ++i) out += (i ? ", " : "") + std::to_string(t.sizes[i]);
  return out + ']';
}

}  // namespace npu
