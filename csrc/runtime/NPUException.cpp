#include "runtime/NPUException.h"

#include <c10/util/Exception.h>

#include <string>

#include "acl/acl_rt.h"

namespace c10_npu {
namespace {

// The call's name and arguments, without what the compiler would print of a long expression.
std::string describe(const char* call, int code) {
  constexpr size_t kLongest = 120;
  std::string text(call);
  if (text.size() > kLongest) text = text.substr(0, text.find('(')) + "(...)";
  const char* reason = aclGetRecentErrMsg();
  return c10::str("NPU error ", code, " in ", text, ": ", reason && *reason ? reason : "CANN gave no text");
}

bool is_out_of_memory(int code) { return code == ACL_ERROR_RT_MEMORY_ALLOCATION || code == ACL_ERROR_BAD_ALLOC; }
// The runtime's codes have six digits from 100000 on in decades 1, 2 and 5 of their own; aclnn's start with 16, 36, 56.
bool is_operator_refusal(int code) {
  const int decade = code / 10000;
  return decade == 16 || decade == 36 || decade == 56;
}

}  // namespace

void fail(const char* call, int code) {
  const c10::SourceLocation where{call, __FILE__, __LINE__};
  auto text = describe(call, code);
  if (is_out_of_memory(code)) throw c10::OutOfMemoryError(where, std::move(text));
  if (is_operator_refusal(code)) throw c10::Error(where, std::move(text));
  throw c10::AcceleratorError(where, code, std::move(text));
}

void warn(const char* call, int code) noexcept {
  try {
    TORCH_WARN(describe(call, code));
  } catch (...) {  // A warning turned into an exception has nowhere to go from a destructor.
  }
}

}  // namespace c10_npu
