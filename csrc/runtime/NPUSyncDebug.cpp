#include "runtime/NPUSyncDebug.h"

#include <c10/util/Exception.h>

#include <atomic>

namespace c10_npu {
namespace {
std::atomic<SyncDebugMode> mode{SyncDebugMode::kOff};
}

void set_sync_debug_mode(SyncDebugMode next) { mode = next; }
SyncDebugMode sync_debug_mode() { return mode.load(std::memory_order_relaxed); }

void about_to_wait() {
  const auto now = sync_debug_mode();
  if (C10_LIKELY(now == SyncDebugMode::kOff)) return;
  TORCH_CHECK(now != SyncDebugMode::kError, "called a synchronizing NPU operation");
  TORCH_WARN("called a synchronizing NPU operation");
}

}  // namespace c10_npu
