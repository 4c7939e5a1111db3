#include "npu/runtime/exception_info.h"

#include <unistd.h>

#include <atomic>

namespace npu {
namespace {
std::atomic<aclrtExceptionInfoCallback> callback = nullptr;
}

void set_exception_callback(aclrtExceptionInfoCallback wanted) { callback = wanted; }

void report_exception(rtExceptionInfo info) {
  info.thread = static_cast<uint32_t>(gettid());
  if (auto* call = callback.load()) call(&info);
}

}  // namespace npu
