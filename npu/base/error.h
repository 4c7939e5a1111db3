// This thread's last failure, as aclGetRecentErrMsg and aclrt{Peek,Get}LastError report it.
#pragma once
#include "npu/base/status.h"

namespace npu {

// The text since it was last taken, null when none. Lives until this thread takes again.
const char* take_recent_text();
aclError peek_last_error();
aclError take_last_error();

}  // namespace npu
