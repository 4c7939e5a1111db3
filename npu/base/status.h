// What an operation of the software NPU returns: success, or an ACL error code with a text for the user.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

#include "acl/acl_base.h"

#define NPU_EXPORT __attribute__((visibility("default")))

namespace npu {

class [[nodiscard]] Status {
 public:
  Status() = default;  // success
  Status(aclError code, std::string text) : code_(code), text_(std::move(text)) {}
  bool ok() const { return code_ == ACL_SUCCESS; }
  aclError code() const { return code_; }
  const std::string& text() const { return text_; }

 private:
  aclError code_ = ACL_SUCCESS;
  std::string text_;
};

// How a running task fails with a code of its own. Any other exception becomes ACL_ERROR_RT_AICORE_EXCEPTION.
class TaskError : public std::runtime_error {
 public:
  TaskError(aclError code, const std::string& text) : std::runtime_error(text), code(code) {}
  const aclError code;
};

// Keeps code and text of a failure for this thread's aclGetRecentErrMsg and aclrtPeekAtLastError, and hands back the
// code. Success changes nothing.
NPU_EXPORT aclError remember(const Status& status);

}  // namespace npu

#define NPU_TRY(...)                                                          \
  do {                                                                        \
    if (::npu::Status status_ = (__VA_ARGS__); !status_.ok()) return status_; \
  } while (0)
