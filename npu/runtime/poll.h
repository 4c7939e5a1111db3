// Polling before sleeping: waking a sleeper costs a system call on both sides.
#pragma once
#include <chrono>
#include <mutex>

#include "npu/base/options.h"

namespace npu {

inline void pause_cpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Without any lock: a poller that takes it makes every submit wait for it. True: the condition holds.
template <class Condition> bool poll(Condition holds) {
  static const auto spin = options().spin;
  if (holds()) return true;
  const auto end = std::chrono::steady_clock::now() + spin;
  do {
    for (int i = 0; i < 8; ++i) {
      pause_cpu();
      if (holds()) return true;
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

// For a lock that is held for a few instructions only: who sleeps on it costs its holder a system call.
inline void lock_soon(std::unique_lock<std::mutex>& lock) {
  for (int i = 0; i < 100; ++i) {
    if (lock.try_lock()) return;
    pause_cpu();
  }
  lock.lock();
}

}  // namespace npu
