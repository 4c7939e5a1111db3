// The log, as CANN's environment steers it: ASCEND_GLOBAL_LOG_LEVEL (0 debug ... 3 error, the default, 4 none);
// ASCEND_SLOG_PRINT_TO_STDOUT=1 to stdout, else to plog-<pid>.log under ASCEND_PROCESS_LOG_PATH, else nowhere.
#pragma once
#include <string>

#include "acl/acl_base.h"
#include "npu/base/text.h"

namespace npu {

bool log_enabled(aclLogLevel level);
void write_log(aclLogLevel level, const char* function, const char* file, unsigned line, const std::string& message);

}  // namespace npu

// The text is only made when someone reads it.
#define NPU_LOG(level, ...)                                                                                         \
  do {                                                                                                              \
    if (::npu::log_enabled(level)) ::npu::write_log(level, __func__, __FILE__, __LINE__, ::npu::text(__VA_ARGS__)); \
  } while (0)
