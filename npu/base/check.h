// Conditions on what a caller passed. Each gives a Status with a text that names the value.
#pragma once
#include "npu/base/status.h"
#include "npu/base/text.h"

// NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0"): the parts of the text are streamed together.
#define NPU_REQUIRE(condition, code, ...)                   \
  do {                                                      \
    if (!(condition)) [[unlikely]]                          \
      return ::npu::Status{code, ::npu::text(__VA_ARGS__)}; \
  } while (0)

#define NPU_NOT_NULL(pointer) NPU_REQUIRE((pointer) != nullptr, ACL_ERROR_INVALID_PARAM, #pointer " is null")

namespace npu {

// A gap of ours: the device can do it.
inline Status unimplemented(const std::string& what) {
  return {ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "UNIMPLEMENTED: " + what};
}
// The device, or any software device, cannot do it either.
inline Status unsupported(const std::string& what) {
  return {ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "UNSUPPORTED: " + what};
}

}  // namespace npu
