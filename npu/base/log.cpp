#include "npu/base/log.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace npu {
namespace {

struct Sink {
  int level = ACL_ERROR;
  FILE* file = nullptr;  // Not closed: others may log until the very end.
};

Sink make_sink() {
  Sink sink;
  if (const char* level = std::getenv("ASCEND_GLOBAL_LOG_LEVEL")) {
    if (std::strlen(level) == 1 && level[0] >= '0' && level[0] <= '4') sink.level = level[0] - '0';
  }
  if (const char* print = std::getenv("ASCEND_SLOG_PRINT_TO_STDOUT"); print && std::strcmp(print, "1") == 0) {
    sink.file = stdout;
  } else if (const char* folder = std::getenv("ASCEND_PROCESS_LOG_PATH"); folder && *folder) {
    sink.file = std::fopen(text(folder, "/plog-", getpid(), ".log").c_str(), "ae");
  }
  return sink;
}

const Sink& sink() {
  static const Sink one = make_sink();
  return one;
}

}  // namespace

bool log_enabled(aclLogLevel level) { return sink().file && level >= sink().level; }

void write_log(aclLogLevel level, const char* function, const char* file, unsigned line, const std::string& message) {
  static constexpr const char* kNames[] = {"DEBUG", "INFO", "WARNING", "ERROR"};
  if (level < ACL_DEBUG || level > ACL_ERROR) level = ACL_ERROR;
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  tm when;
  localtime_r(&now.tv_sec, &when);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%d-%H:%M:%S", &when);
  const char* base = std::strrchr(file, '/');
  // One call, so that the lines of several threads do not mix.
  std::fprintf(sink().file, "[%s] ASCENDCL(%d,%s):%s.%03ld [%s:%u]%d %s:%s\n", kNames[level], getpid(),
               program_invocation_short_name, stamp, now.tv_nsec / 1000000, base ? base + 1 : file, line, gettid(),
               function, message.c_str());
  std::fflush(sink().file);
}

}  // namespace npu
