#include "npu/runtime/process.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "npu/base/text.h"
#include "npu/runtime/device.h"

namespace npu {
namespace {

std::atomic<bool> in_use = false, is_forked = false, is_exiting = false;

// Registered when the first context is made, after the libraries whose code tasks run: so it runs before they go.
void at_exit() {
  if (forked()) return;
  is_exiting = true;
  drain_for_exit();
}

}  // namespace

void mark_in_use() {
  static const bool once = [] {
    pthread_atfork(nullptr, nullptr, [] { is_forked = true; });
    std::atexit(at_exit);
    return true;
  }();
  (void)once;
  in_use = true;
}

bool forked() { return is_forked.load(std::memory_order_relaxed); }
bool exiting() { return is_exiting.load(std::memory_order_relaxed); }

Status forked_status() {
  return {ACL_ERROR_RT_CONTEXT_NULL,
          text("process ", getpid(),
               " was forked from one that used the NPU, and cannot use it itself: its streams' "
               "threads stayed behind. Start it with the 'spawn' method, or fork before the first use")};
}

}  // namespace npu
