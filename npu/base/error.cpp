#include "npu/base/error.h"

#include "npu/base/log.h"

namespace npu {
namespace {

struct Recent {
  std::string text, taken;
  aclError code = ACL_SUCCESS;
};
thread_local Recent recent;

}  // namespace

aclError remember(const Status& status) {
  if (status.ok()) return ACL_SUCCESS;
  recent.code = status.code();
  recent.text = text("[", status.code(), "] ", status.text());
  NPU_LOG(ACL_ERROR, recent.text);
  return status.code();
}

const char* take_recent_text() {
  if (recent.text.empty()) return nullptr;
  recent.taken = std::exchange(recent.text, {});
  return recent.taken.c_str();
}

aclError peek_last_error() { return recent.code; }
aclError take_last_error() { return std::exchange(recent.code, ACL_SUCCESS); }

}  // namespace npu
