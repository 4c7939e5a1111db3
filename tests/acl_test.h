// What the tests of the runtime share: checks that print the ABI's text, and owners of its handles.
#pragma once
#include <acl/acl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace acl_test {

inline std::string recent_text() {
  const char* text = aclGetRecentErrMsg();
  return text ? text : "";
}

inline testing::AssertionResult is(aclError expected, aclError code, const char* call) {
  const std::string text = recent_text();
  if (code != expected)
    return testing::AssertionFailure() << call << "\n  gave " << code << ", not " << expected << ": " << text;
  if (code != ACL_SUCCESS && text.empty())
    return testing::AssertionFailure() << call << "\n  gave " << code << " without a text";
  return testing::AssertionSuccess() << text;
}

// Success, or a failure with this code and any text.
#define ACL_OK(call) ASSERT_TRUE(::acl_test::is(ACL_SUCCESS, (call), #call))
#define ACL_FAILS(code, call) EXPECT_TRUE(::acl_test::is((code), (call), #call))
// ... whose text has these words.
#define ACL_FAILS_WITH(code, words, call)                                      \
  do {                                                                         \
    const aclError code_ = (call);                                             \
    const std::string text_ = ::acl_test::recent_text();                       \
    EXPECT_EQ(code_, (code)) << #call << ": " << text_;                        \
    EXPECT_NE(text_.find(words), std::string::npos) << #call << ": " << text_; \
  } while (0)

// A test on device 0, which it leaves idle.
class OnDevice : public testing::Test {
 protected:
  void SetUp() override { ACL_OK(aclrtSetDevice(0)); }
  void TearDown() override {
    (void)aclrtSynchronizeDevice();
    (void)aclGetRecentErrMsg();
    ACL_OK(aclrtResetDevice(0));
  }
};

class Stream {
 public:
  Stream() { EXPECT_TRUE(is(ACL_SUCCESS, aclrtCreateStream(&handle_), "aclrtCreateStream")); }
  ~Stream() {
    if (handle_) (void)aclrtDestroyStreamForce(handle_);
  }
  Stream(const Stream&) = delete;
  operator aclrtStream() const { return handle_; }
  aclrtStream release() { return std::exchange(handle_, nullptr); }

 private:
  aclrtStream handle_ = nullptr;
};

class Event {
 public:
  explicit Event(uint32_t flags = ACL_EVENT_SYNC | ACL_EVENT_TIME_LINE) {
    EXPECT_TRUE(is(ACL_SUCCESS, aclrtCreateEventExWithFlag(&handle_, flags), "aclrtCreateEventExWithFlag"));
  }
  ~Event() {
    if (handle_) (void)aclrtDestroyEvent(handle_);
  }
  Event(const Event&) = delete;
  operator aclrtEvent() const { return handle_; }
  aclrtEvent release() { return std::exchange(handle_, nullptr); }

 private:
  aclrtEvent handle_ = nullptr;
};

template <aclError (*kFree)(void*)> class Memory {
 public:
  Memory(void* pointer, size_t size) : pointer_(pointer), size_(size) {}
  ~Memory() {
    if (pointer_) (void)kFree(pointer_);
  }
  Memory(const Memory&) = delete;
  operator void*() const { return pointer_; }
  char* bytes() const { return static_cast<char*>(pointer_); }
  size_t size() const { return size_; }
  void* release() { return std::exchange(pointer_, nullptr); }

 private:
  void* pointer_;
  size_t size_;
};

class DeviceMemory : public Memory<aclrtFree> {
 public:
  explicit DeviceMemory(size_t size) : Memory(make(size), size) {}

 private:
  static void* make(size_t size) {
    void* pointer = nullptr;
    EXPECT_TRUE(is(ACL_SUCCESS, aclrtMalloc(&pointer, size, ACL_MEM_MALLOC_HUGE_FIRST), "aclrtMalloc"));
    return pointer;
  }
};

class HostMemory : public Memory<aclrtFreeHost> {
 public:
  explicit HostMemory(size_t size) : Memory(make(size), size) {}

 private:
  static void* make(size_t size) {
    void* pointer = nullptr;
    EXPECT_TRUE(is(ACL_SUCCESS, aclrtMallocHost(&pointer, size), "aclrtMallocHost"));
    return pointer;
  }
};

// Work for a stream: any function of the test. It must outlive its run.
inline aclError run_on(aclrtStream stream, std::function<void()>& work) {
  return aclrtLaunchHostFunc(stream, [](void* f) { (*static_cast<std::function<void()>*>(f))(); }, &work);
}

// Holds a stream until it is opened.
class Gate {
 public:
  aclError close(aclrtStream stream) { return aclrtLaunchHostFunc(stream, &Gate::wait, this); }
  void open() { open_ = true; }
  bool reached() const { return reached_; }
  ~Gate() { open(); }

 private:
  static void wait(void* self) {
    auto* gate = static_cast<Gate*>(self);
    gate->reached_ = true;
    while (!gate->open_) std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  std::atomic<bool> open_ = false, reached_ = false;
};

// Work that fails.
inline aclError fail_on(aclrtStream stream) {
  return aclrtLaunchHostFunc(stream, [](void*) { throw std::runtime_error("as the test wants"); }, nullptr);
}

template <class Condition> bool soon(Condition holds, int seconds = 20) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// One call on a thread of its own, on device 0.
class Caller {
 public:
  explicit Caller(std::function<aclError()> call);
  ~Caller();
  bool sleeps();      // Soon: it is in its call, and sleeps there.
  aclError result();  // When the call is over.

 private:
  std::atomic<int> id_ = 0;
  aclError result_ = ACL_SUCCESS;
  std::thread thread_;
};

// Runs a function of this program in a process of its own: for what only a fresh process, another environment or an
// end of the process can show. The function is found by its name (see PROCESS below).
struct Result {
  int exit_code = -1;  // 128 + signal when it was killed
  std::string output;
  double seconds = 0;
};
Result run_process(const std::string& name, const std::vector<std::string>& environment = {}, int timeout_s = 60);

using ProcessMain = int (*)();
struct RegisterProcess { RegisterProcess(const char* name, ProcessMain main); };

// PROCESS(name) { ...; return 0; }
#define PROCESS(name)                                                               \
  static int process_##name();                                                      \
  static const ::acl_test::RegisterProcess register_##name(#name, &process_##name); \
  static int process_##name()

}  // namespace acl_test
