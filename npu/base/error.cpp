#include "npu/base/error.h"

#include "npu/base/log.h"

namespace npu {
namespace {

// Static destructors may still fail after this thread's own are done: then there is nobody left to tell.
thread_local bool gone = false;
struct Recent {
  ~Recent() { gone = true; }
  std::string text, taken;
  aclError code = ACL_SUCCESS;
};
thread_local Recent recent;

}  // namespace

aclError remember(const Status& status) {
  if (status.ok()) return ACL_SUCCESS;
  NPU_LOG(ACL_ERROR, "[", status.code(), "] ", status.text());
  if (gone) return status.code();
  recent.code = status.code();
  recent.text = text("[", status.code(), "] ", status.text());
  return status.code();
}

const char* take_recent_text() {
  if (gone || recent.text.empty()) return nullptr;
  recent.taken = std::exchange(recent.text, {});
  return recent.taken.c_str();
}

aclError peek_last_error() { return gone ? ACL_SUCCESS : recent.code; }
aclError take_last_error() { return gone ? ACL_SUCCESS : std::exchange(recent.code, ACL_SUCCESS); }

}  // namespace npu
