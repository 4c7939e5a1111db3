// main() of the test programs: either the tests, or one of their processes.
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>

#include "acl_test.h"

extern char** environ;

namespace acl_test {
namespace {

constexpr const char* kProcess = "ACL_TEST_PROCESS";

std::map<std::string, ProcessMain>& processes() {
  static std::map<std::string, ProcessMain> all;
  return all;
}

}  // namespace

Caller::Caller(std::function<aclError()> call)
    : thread_([this, call = std::move(call)] {
        EXPECT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
        id_ = gettid();
        result_ = call();
        EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
      }) {}

Caller::~Caller() {
  if (thread_.joinable()) thread_.join();
}

aclError Caller::result() {
  thread_.join();
  return result_;
}

bool Caller::sleeps() {
  int asleep = 0;  // A lock that somebody else holds may make it sleep for a moment.
  return soon([&] {
    if (!id_) return false;
    std::ifstream status("/proc/self/task/" + std::to_string(id_) + "/stat");
    std::string line;
    std::getline(status, line);
    const auto name_end = line.rfind(')');
    const bool sleeping = name_end != std::string::npos && line.compare(name_end, 3, ") S") == 0;
    return (asleep = sleeping ? asleep + 1 : 0) == 10;
  });
}

RegisterProcess::RegisterProcess(const char* name, ProcessMain main) { processes()[name] = main; }

Result run_process(const std::string& name, const std::vector<std::string>& environment, int timeout_s) {
  std::vector<std::string> values = environment;
  values.push_back(std::string(kProcess) + "=" + name);
  const auto replaced = [&](const char* old) {
    const std::string key(old, std::strcspn(old, "=") + 1);
    for (const auto& value : values)
      if (value.compare(0, key.size(), key) == 0) return true;
    return false;
  };
  std::vector<char*> env;
  for (char** old = environ; *old; ++old)
    if (!replaced(*old)) env.push_back(*old);
  for (auto& value : values) env.push_back(value.data());
  env.push_back(nullptr);

  int out[2];
  EXPECT_EQ(pipe(out), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, out[1], 2);
  posix_spawn_file_actions_addclose(&actions, out[0]);
  std::string self = "/proc/self/exe";
  char* argv[] = {self.data(), nullptr};
  pid_t pid = -1;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, argv, env.data()), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);

  Result result;
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  for (;;) {
    pollfd readable{out[0], POLLIN, 0};
    const int left = static_cast<int>((timeout_s - elapsed()) * 1000);
    if (left <= 0 || ::poll(&readable, 1, left) <= 0) {
      result.output += "\n(killed by the test: it took too long)";
      kill(pid, SIGKILL);
      break;
    }
    char buffer[4096];
    const ssize_t count = read(out[0], buffer, sizeof buffer);
    if (count <= 0) break;
    result.output.append(buffer, static_cast<size_t>(count));
  }
  close(out[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.seconds = elapsed();
  return result;
}

}  // namespace acl_test

int main(int argc, char** argv) {
  if (const char* name = std::getenv(acl_test::kProcess)) {
    const auto found = acl_test::processes().find(name);
    return found == acl_test::processes().end() ? 99 : found->second();
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
