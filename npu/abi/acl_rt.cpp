// extern "C" of the runtime: thin casts and calls.
#include "acl/acl_rt.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "npu/runtime/stream.h"

namespace npu {

static thread_local std::string recent_text;
static thread_local int32_t current_device = -1;  // No device until this thread sets one.

aclError remember(Status status) {
  if (!status.ok()) recent_text = status.text();
  return status.code();
}

namespace {

int fail(int code, const char* text) { return remember(Status{code, text}); }
Stream* cast(aclrtStream stream) { return static_cast<Stream*>(stream); }

struct CopyTask final : Task {
  CopyTask(void* dst, const void* src, size_t count) : dst(dst), src(src), count(count) {}
  void run() override { std::memcpy(dst, src, count); }
  void* dst;
  const void* src;
  size_t count;
};

// Versioned: a record bumps `issued`; a wait captures the version it saw when it was issued.
struct Event {
  std::mutex mutex;
  std::condition_variable done_changed;
  uint64_t issued = 0, done = 0;
  void finish(uint64_t version) {
    { std::lock_guard lock(mutex); done = std::max(done, version); }
    done_changed.notify_all();
  }
  void wait(uint64_t version) {
    std::unique_lock lock(mutex);
    done_changed.wait(lock, [&] { return done >= version; });
  }
  uint64_t now() { std::lock_guard lock(mutex); return issued; }
};
using EventRef = std::shared_ptr<Event>;  // Tasks keep an event alive past its destruction.
EventRef& cast(aclrtEvent event, int) { return *static_cast<EventRef*>(event); }

struct RecordTask final : Task {
  RecordTask(EventRef event, uint64_t version) : event(std::move(event)), version(version) {}
  ~RecordTask() override { event->finish(version); }  // Also when the task is dropped: nobody waits for ever.
  void run() override {}
  EventRef event;
  uint64_t version;
};
struct WaitTask final : Task {
  WaitTask(EventRef event, uint64_t version) : event(std::move(event)), version(version) {}
  void run() override { event->wait(version); }
  EventRef event;
  uint64_t version;
};

}  // namespace
}  // namespace npu

using namespace npu;

const char* aclGetRecentErrMsg() { return recent_text.c_str(); }
aclError aclrtGetDeviceCount(uint32_t* count) { return *count = 1, ACL_SUCCESS; }
aclError aclrtSetDevice(int32_t device) {
  if (device != 0) return fail(ACL_ERROR_RT_PARAM_INVALID, "aclrtSetDevice: no such device");
  return current_device = device, ACL_SUCCESS;
}
aclError aclrtGetDevice(int32_t* device) {
  if (current_device < 0) return fail(ACL_ERROR_RT_CONTEXT_NULL, "aclrtGetDevice: this thread has set no device");
  return *device = current_device, ACL_SUCCESS;
}
aclError aclrtMalloc(void** ptr, size_t size, aclrtMemMallocPolicy) {
  *ptr = std::aligned_alloc(512, (size + 511) / 512 * 512);
  return *ptr ? ACL_SUCCESS : fail(ACL_ERROR_RT_MEMORY_ALLOCATION, "aclrtMalloc: out of device memory");
}
aclError aclrtFree(void* ptr) { return std::free(ptr), ACL_SUCCESS; }
aclError aclrtMallocHost(void** ptr, size_t size) { return aclrtMalloc(ptr, size, ACL_MEM_MALLOC_HUGE_FIRST); }
aclError aclrtFreeHost(void* ptr) { return aclrtFree(ptr); }
aclError aclrtMemcpy(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind) {
  if (count > dst_max) return fail(ACL_ERROR_RT_PARAM_INVALID, "aclrtMemcpy: count exceeds the destination");
  return std::memcpy(dst, src, count), ACL_SUCCESS;
}
aclError aclrtMemcpyAsync(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind,
                          aclrtStream stream) {
  if (count > dst_max) return fail(ACL_ERROR_RT_PARAM_INVALID, "aclrtMemcpyAsync: count exceeds the destination");
  return cast(stream)->submit(std::make_unique<CopyTask>(dst, src, count));
}
aclError aclrtCreateStream(aclrtStream* stream) { return *stream = new Stream, ACL_SUCCESS; }
aclError aclrtDestroyStream(aclrtStream stream) { return delete cast(stream), ACL_SUCCESS; }
aclError aclrtSynchronizeStream(aclrtStream stream) { return remember(cast(stream)->synchronize()); }
aclError aclrtCreateEvent(aclrtEvent* event) {
  return *event = new EventRef(std::make_shared<Event>()), ACL_SUCCESS;
}
aclError aclrtDestroyEvent(aclrtEvent event) { return delete &cast(event, 0), ACL_SUCCESS; }
aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream) {
  EventRef& e = cast(event, 0);
  uint64_t version;
  { std::lock_guard lock(e->mutex); version = ++e->issued; }
  return cast(stream)->submit(std::make_unique<RecordTask>(e, version));
}
aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event) {
  EventRef& e = cast(event, 0);
  return cast(stream)->submit(std::make_unique<WaitTask>(e, e->now()));
}
aclError aclrtSynchronizeEvent(aclrtEvent event) {
  EventRef& e = cast(event, 0);
  return e->wait(e->now()), ACL_SUCCESS;
}
aclError aclrtQueryEventStatus(aclrtEvent event, int* done) {
  EventRef& e = cast(event, 0);
  std::lock_guard lock(e->mutex);
  return *done = e->done >= e->issued, ACL_SUCCESS;
}
