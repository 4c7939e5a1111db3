// Who wants to know of failed tasks: aclrtSetExceptionInfoCallback.
#pragma once
#include "acl/acl_rt_device.h"

struct rtExceptionInfo {
  uint32_t task = 0, stream = 0;
  int device = 0;
  aclError code = 0;
  uint32_t thread = 0;
};

namespace npu {

void set_exception_callback(aclrtExceptionInfoCallback callback);  // null: nobody
void report_exception(rtExceptionInfo info);                       // on the failing stream's thread

}  // namespace npu
