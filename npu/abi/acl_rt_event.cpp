// extern "C": events.
#include "acl/acl_rt_event.h"

#include "npu/abi/entry.h"
#include "npu/runtime/device.h"
#include "npu/runtime/event.h"

using namespace npu;

namespace {

std::atomic<uint32_t> event_count = 0;  // of those that hardware limits: not reusable

Status create_event(uint32_t flags, bool reusable, aclrtEvent* event) {
  NPU_NOT_NULL(event);
  Context* context;
  NPU_TRY(current_context(context));
  constexpr uint32_t kKnown = ACL_EVENT_SYNC | ACL_EVENT_CAPTURE_STREAM_PROGRESS | ACL_EVENT_TIME_LINE |
                              ACL_EVENT_DEVICE_USE_ONLY | ACL_EVENT_EXTERNAL | ACL_EVENT_IPC;
  NPU_REQUIRE(flags != 0 && (flags & ~kKnown) == 0, ACL_ERROR_RT_PARAM_INVALID, "flags ", flags,
              " are no combination of ACL_EVENT_*");
  if (flags & (ACL_EVENT_DEVICE_USE_ONLY | ACL_EVENT_EXTERNAL | ACL_EVENT_IPC))
    return unimplemented("events for device code, for graphs or between processes (flags " + std::to_string(flags) +
                         ")");
  NPU_REQUIRE(reusable || event_count < kMaxEvents, ACL_ERROR_RT_NO_EVENT_RESOURCE, "there are ", kMaxEvents,
              " events, and there can be no more");
  *event = events().add(std::make_shared<Event>(flags, reusable));
  NPU_REQUIRE(*event, ACL_ERROR_RT_NO_EVENT_RESOURCE, "there are too many events");
  if (!reusable) ++event_count;
  return {};
}

Status event_and_stream(aclrtEvent event, aclrtStream stream, std::shared_ptr<Event>& e, std::shared_ptr<Stream>& s) {
  NPU_TRY(event_of(event, e));
  return stream_of(stream, s);
}

}  // namespace

aclError aclrtCreateEvent(aclrtEvent* event) {
  return NPU_ENTRY { return create_event(ACL_EVENT_SYNC | ACL_EVENT_TIME_LINE, false, event); };
}
aclError aclrtCreateEventWithFlag(aclrtEvent* event, uint32_t flags) {
  return NPU_ENTRY { return create_event(flags, false, event); };
}
aclError aclrtCreateEventExWithFlag(aclrtEvent* event, uint32_t flags) {
  return NPU_ENTRY { return create_event(flags, true, event); };
}
aclError aclrtDestroyEvent(aclrtEvent event) {
  return NPU_ENTRY {
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    NPU_REQUIRE(events().remove(event), ACL_ERROR_RT_INVALID_HANDLE, "the event was destroyed");
    if (!e->reusable) --event_count;
    return {};
  };
}

aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Event> e;
    std::shared_ptr<Stream> s;
    NPU_TRY(event_and_stream(event, stream, e, s));
    return e->record(*s);
  };
}
aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event) {
  return NPU_ENTRY {
    std::shared_ptr<Event> e;
    std::shared_ptr<Stream> s;
    NPU_TRY(event_and_stream(event, stream, e, s));
    return e->wait(*s, event_wait_timeout_ms());
  };
}
aclError aclrtStreamWaitEventWithTimeout(aclrtStream stream, aclrtEvent event, int32_t timeout) {
  return NPU_ENTRY {
    NPU_REQUIRE(timeout >= 0, ACL_ERROR_RT_PARAM_INVALID, "timeout ", timeout, " is negative");
    std::shared_ptr<Event> e;
    std::shared_ptr<Stream> s;
    NPU_TRY(event_and_stream(event, stream, e, s));
    return e->wait(*s, timeout);
  };
}
aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Event> e;
    std::shared_ptr<Stream> s;
    NPU_TRY(event_and_stream(event, stream, e, s));
    return e->reset(*s);
  };
}

aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus* status) {
  return NPU_ENTRY {
    NPU_NOT_NULL(status);
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    NPU_REQUIRE(!e->reusable, ACL_ERROR_RT_PARAM_INVALID,
                "an event of aclrtCreateEventExWithFlag is asked with aclrtQueryEventStatus");
    bool complete;
    NPU_TRY(e->query(complete));
    *status = complete ? ACL_EVENT_STATUS_COMPLETE : ACL_EVENT_STATUS_NOT_READY;
    return {};
  };
}
aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus* status) {
  return NPU_ENTRY {
    NPU_NOT_NULL(status);
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    bool complete;
    NPU_TRY(e->query(complete));
    *status = complete ? ACL_EVENT_RECORDED_STATUS_COMPLETE : ACL_EVENT_RECORDED_STATUS_NOT_READY;
    return {};
  };
}
aclError aclrtQueryEventWaitStatus(aclrtEvent event, aclrtEventWaitStatus* status) {
  return NPU_ENTRY {
    NPU_NOT_NULL(status);
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    bool complete;
    NPU_TRY(e->query_waits(complete));
    *status = complete ? ACL_EVENT_WAIT_STATUS_COMPLETE : ACL_EVENT_WAIT_STATUS_NOT_READY;
    return {};
  };
}
aclError aclrtSynchronizeEvent(aclrtEvent event) {
  return NPU_ENTRY {
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    return e->synchronize(-1);
  };
}
aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout) {
  return NPU_ENTRY {
    NPU_REQUIRE(timeout >= -1, ACL_ERROR_RT_PARAM_INVALID, "timeout ", timeout, " is less than -1");
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    return e->synchronize(timeout);
  };
}

aclError aclrtEventElapsedTime(float* milliseconds, aclrtEvent start, aclrtEvent end) {
  return NPU_ENTRY {
    NPU_NOT_NULL(milliseconds);
    std::shared_ptr<Event> first, last;
    NPU_TRY(event_of(start, first));
    NPU_TRY(event_of(end, last));
    Record::Clock::time_point from, to;
    NPU_TRY(first->time(from));
    NPU_TRY(last->time(to));
    NPU_REQUIRE(from <= to, ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL, "the end was complete before the start");
    *milliseconds = std::chrono::duration<float, std::milli>(to - from).count();
    return {};
  };
}
aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t* microseconds) {
  return NPU_ENTRY {
    NPU_NOT_NULL(microseconds);
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    Record::Clock::time_point when;
    NPU_TRY(e->time(when));
    *microseconds = std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
    return {};
  };
}
aclError aclrtGetEventId(aclrtEvent event, uint32_t* id) {
  return NPU_ENTRY {
    NPU_NOT_NULL(id);
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    *id = e->id;
    return {};
  };
}
aclError aclrtGetEventAvailNum(uint32_t* count) {
  return NPU_ENTRY {
    NPU_NOT_NULL(count);
    const uint32_t used = event_count;
    *count = used < kMaxEvents ? kMaxEvents - used : 0;
    return {};
  };
}

aclError aclrtIpcGetEventHandle(aclrtEvent event, aclrtIpcEventHandle* handle) {
  return NPU_ENTRY {
    NPU_NOT_NULL(handle);
    std::shared_ptr<Event> e;
    NPU_TRY(event_of(event, e));
    return unimplemented("events between processes");
  };
}
aclError aclrtIpcOpenEventHandle(aclrtIpcEventHandle, aclrtEvent* event) {
  return NPU_ENTRY {
    NPU_NOT_NULL(event);
    return unimplemented("events between processes");
  };
}
