// What an operation of the software NPU returns: success, or an ACL error code with a text for the user.
#pragma once
#include <string>
#include <utility>

#include "acl/acl_base.h"

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

// Keeps the text of a failure for this thread's aclGetRecentErrMsg and hands back the code. Success changes nothing.
__attribute__((visibility("default"))) aclError remember(Status status);

}  // namespace npu

#define NPU_TRY(expression)                                      \
  do {                                                           \
    if (::npu::Status status_ = (expression); !status_.ok()) return status_; \
  } while (0)
