// Fork and exit: nothing hangs, nothing is lost without a word.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "acl_test.h"

namespace acl_test {
namespace {

// What a forked child gets from everything that would touch the device.
int use_the_device_in_a_forked_child() {
  aclrtStream stream;
  aclrtEvent event;
  void* pointer;
  const aclError codes[] = {aclrtSetDevice(0),
                            aclrtSynchronizeDevice(),
                            aclrtSynchronizeStream(nullptr),
                            aclrtCreateStream(&stream),
                            aclrtCreateEvent(&event),
                            aclrtMalloc(&pointer, 8, ACL_MEM_MALLOC_HUGE_FIRST),
                            aclrtMallocHost(&pointer, 8),
                            aclrtResetDevice(0)};
  for (const aclError code : codes)
    if (code != ACL_ERROR_RT_CONTEXT_NULL) return 1;
  return recent_text().find("spawn") == std::string::npos ? 2 : 0;
}

int exit_code_of(pid_t child) {
  int status = 0;
  for (int i = 0; i < 2000; ++i) {
    if (waitpid(child, &status, WNOHANG) == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    usleep(10000);
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return 129;  // It hung.
}

// What the parent's threads held is out of reach in the child: that is no leak.
[[maybe_unused]] bool in_forked_child = false;
#if defined(__SANITIZE_ADDRESS__)
extern "C" __attribute__((visibility("default"))) int __lsan_is_turned_off() { return in_forked_child; }
#endif

PROCESS(forks_after_use) {
  aclrtStream stream;
  if (aclrtSetDevice(0) || aclrtCreateStream(&stream)) return 10;
  Gate gate;
  if (gate.close(stream)) return 11;  // A busy stream: its thread stays behind.
  const pid_t child = fork();
  if (child == 0) {
    in_forked_child = true;
    std::exit(use_the_device_in_a_forked_child());  // exit, not _exit: its end must not hang either
  }
  const int code = exit_code_of(child);
  gate.open();
  return code ? code : aclrtSynchronizeStream(stream);
}
TEST(ForkTest, AChildThatTouchesTheDeviceIsToldSo) {
  const auto result = run_process("forks_after_use");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

PROCESS(forks_before_use) {
  uint32_t count;
  if (aclInit(nullptr) || aclrtGetDeviceCount(&count)) return 10;
  const pid_t child = fork();
  if (child == 0) {
    std::function<void()> nothing = [] {};
    if (aclrtSetDevice(0) || run_on(nullptr, nothing) || aclrtSynchronizeStream(nullptr)) std::exit(1);
    std::exit(0);
  }
  return exit_code_of(child);
}
TEST(ForkTest, AChildForkedBeforeTheFirstUseMayUseTheDevice) {
  const auto result = run_process("forks_before_use");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

std::function<void()> says_done = [] {
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  (void)!write(1, "done", 4);
};

PROCESS(exits_with_work_left) {
  if (aclrtSetDevice(0)) return 10;
  aclrtStream stream;
  if (aclrtCreateStream(&stream) || run_on(stream, says_done)) return 11;
  std::exit(3);
}
TEST(ExitTest, FinishesTheWork) {
  const auto result = run_process("exits_with_work_left");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.output, "done");
}

PROCESS(exits_while_others_issue) {
  if (aclrtSetDevice(0)) return 10;
  static std::function<void()> nothing = [] {};
  for (int i = 0; i < 4; ++i)
    std::thread([] {
      aclrtStream stream;
      aclrtEvent event;
      if (aclrtSetDevice(0) || aclrtCreateStream(&stream)) return;
      if (aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC)) return;
      for (;;) {
        if (run_on(stream, nothing) || aclrtRecordEvent(event, stream)) break;
        if (aclrtStreamWaitEvent(nullptr, event)) break;
      }
    }).detach();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  std::exit(4);
}
TEST(ExitTest, DoesNotHangWhileOtherThreadsIssue) {
  const auto result = run_process("exits_while_others_issue");
  EXPECT_EQ(result.exit_code, 4) << result.output;
}

PROCESS(exits_from_a_host_function) {
  if (aclrtSetDevice(0)) return 10;
  static std::function<void()> leaves = [] { std::exit(5); };
  if (run_on(nullptr, leaves)) return 11;
  (void)aclrtSynchronizeDevice();
  std::this_thread::sleep_for(std::chrono::seconds(30));
  return 12;
}
TEST(ExitTest, FromAHostFunction) {
  const auto result = run_process("exits_from_a_host_function");
  EXPECT_EQ(result.exit_code, 5) << result.output;
}

PROCESS(exits_with_a_wait_nobody_ends) {
  if (aclrtSetDevice(0)) return 10;
  void* word;
  if (aclrtMalloc(&word, 8, ACL_MEM_MALLOC_HUGE_FIRST) || aclrtMemset(word, 8, 0, 8)) return 11;
  if (aclrtValueWait(word, 1, ACL_STREAM_WAIT_VALUE_EQ, nullptr)) return 12;
  std::exit(6);
}
TEST(ExitTest, EndsAWaitThatNobodyEnds) {
  const auto result = run_process("exits_with_a_wait_nobody_ends");
  EXPECT_EQ(result.exit_code, 6) << result.output;
  EXPECT_LT(result.seconds, 30);
}

PROCESS(is_interrupted) {
  static volatile sig_atomic_t interrupted = 0;
  static std::atomic<bool> on_worker = false;
  if (aclrtSetDevice(0)) return 10;
  const pthread_t main_thread = pthread_self();
  struct sigaction action{};
  action.sa_handler = [](int) { interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  static std::function<void()> slow = [] {
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    on_worker = sigismember(&blocked, SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  };
  if (run_on(nullptr, slow)) return 11;
  std::thread([main_thread] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    pthread_kill(main_thread, SIGINT);
  }).detach();
  if (aclrtSynchronizeDevice()) return 12;
  return interrupted && on_worker ? 7 : 13;  // Signals are the program's: the worker blocks them.
}
TEST(ExitTest, SignalsReachTheProgramNotTheWorkers) {
  const auto result = run_process("is_interrupted");
  EXPECT_EQ(result.exit_code, 7) << result.output;
}

}  // namespace
}  // namespace acl_test
