// What indexing operators ask of an index.
#pragma once
#include "npu/ops/check.h"

namespace npu {

inline Status is_index(const Tensor& index) {
  OP_GIVEN(index.defined());
  OP_CHECK(index.dtype == ACL_INT64 || index.dtype == ACL_INT32, "the index must be int32 or int64");
  return {};
}

}  // namespace npu
