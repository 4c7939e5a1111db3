// Bad arguments: streams and events.
#include "bad_arguments.h"

namespace acl_test {

void stream_rows(std::vector<Row>& rows, World& w) {
  static aclrtStream made;
  static aclrtStreamStatus status;
  static int32_t id;
  static uint32_t value;
  static aclrtStreamAttrValue attribute{7};
  static const auto callback = [](void*) {};
  BAD(kInvalid, aclrtCreateStream(nullptr));
  BAD(kInvalid, aclrtCreateStreamWithConfig(nullptr, 0, 0));
  BAD(kMissing, aclrtCreateStreamWithConfig(&made, 0, ACL_STREAM_PERSISTENT));
  for (const bool force : {false, true}) {
    const auto destroy = force ? aclrtDestroyStreamForce : aclrtDestroyStream;
    const std::string name = force ? "aclrtDestroyStreamForce" : "aclrtDestroyStream";
    const auto row = [&rows, &w, destroy, name](const char* what, aclError code, auto handle) {
      rows.push_back({name + "(" + what + ")",
                      [&w, destroy, name, code, handle] { expect_refused(name, name, code, destroy(handle(w))); }});
    };
    row("null", kInvalid, [](World&) -> aclrtStream { return nullptr; });
    row("destroyed", kHandle, [](World& o) { return o.dead_stream; });
    row("an event", kHandle, [](World& o) { return o.event; });
    row("foreign memory", kHandle, [](World& o) -> aclrtStream { return o.mine; });
    row("of another context", ACL_ERROR_RT_STREAM_CONTEXT, [](World& o) { return o.other_stream; });
  }
  BAD(kHandle, aclrtSynchronizeStream(w.dead_stream));
  BAD(kHandle, aclrtSynchronizeStream(w.event));
  BAD(kHandle, aclrtSynchronizeStream(w.mine));
  BAD(ACL_ERROR_RT_STREAM_CONTEXT, aclrtSynchronizeStream(w.other_stream));
  BAD(kParam, aclrtSynchronizeStreamWithTimeout(w.stream, -2));
  BAD(kHandle, aclrtSynchronizeStreamWithTimeout(w.dead_stream, 1));
  BAD(kInvalid, aclrtStreamQuery(w.stream, nullptr));
  BAD(kHandle, aclrtStreamQuery(w.dead_stream, &status));
  BAD(kHandle, aclrtStreamAbort(w.dead_stream));
  BAD(kHandle, aclrtSetStreamFailureMode(w.dead_stream, ACL_STOP_ON_FAILURE));
  BAD(kParam, aclrtSetStreamFailureMode(w.stream, 2));
  BAD(kParam, aclrtSetStreamFailureMode(nullptr, ACL_STOP_ON_FAILURE));
  BAD(kInvalid, aclrtStreamGetId(w.stream, nullptr));
  BAD(kHandle, aclrtStreamGetId(w.dead_stream, &id));
  BAD(kInvalid, aclrtStreamGetPriority(w.stream, nullptr));
  BAD(kHandle, aclrtStreamGetPriority(w.dead_stream, &value));
  BAD(kInvalid, aclrtStreamGetFlags(w.stream, nullptr));
  BAD(kHandle, aclrtStreamGetFlags(w.dead_stream, &value));
  BAD(kInvalid, aclrtGetStreamAvailableNum(nullptr));
  BAD(kInvalid, aclrtSetStreamAttribute(w.stream, ACL_STREAM_ATTR_PRIORITY, nullptr));
  BAD(kInvalid, aclrtSetStreamAttribute(w.stream, odd<aclrtStreamAttr>(), &attribute));
  BAD(kParam, aclrtSetStreamAttribute(w.stream, ACL_STREAM_ATTR_FAILURE_MODE, &attribute));
  BAD(kHandle, aclrtSetStreamAttribute(w.dead_stream, ACL_STREAM_ATTR_PRIORITY, &attribute));
  BAD(kInvalid, aclrtGetStreamAttribute(w.stream, ACL_STREAM_ATTR_PRIORITY, nullptr));
  BAD(kInvalid, aclrtGetStreamAttribute(w.stream, odd<aclrtStreamAttr>(), &attribute));
  BAD(kHandle, aclrtGetStreamAttribute(w.dead_stream, ACL_STREAM_ATTR_PRIORITY, &attribute));
  BAD(kParam, aclrtSetStreamOverflowSwitch(w.stream, 2));
  BAD(kHandle, aclrtSetStreamOverflowSwitch(w.dead_stream, 1));
  BAD(kInvalid, aclrtGetStreamOverflowSwitch(w.stream, nullptr));
  BAD(kHandle, aclrtGetStreamOverflowSwitch(w.dead_stream, &value));
  BAD(kParam, aclrtSetStreamResLimit(w.stream, ACL_RT_DEV_RES_CUBE_CORE, 0));
  BAD(kParam, aclrtSetStreamResLimit(w.stream, ACL_RT_DEV_RES_CUBE_CORE, 1000));
  BAD(kInvalid, aclrtSetStreamResLimit(w.stream, odd<aclrtDevResLimitType>(), 1));
  BAD(kHandle, aclrtSetStreamResLimit(w.dead_stream, ACL_RT_DEV_RES_CUBE_CORE, 1));
  BAD(kInvalid, aclrtGetStreamResLimit(w.stream, ACL_RT_DEV_RES_CUBE_CORE, nullptr));
  BAD(kInvalid, aclrtGetStreamResLimit(w.stream, odd<aclrtDevResLimitType>(), &value));
  BAD(kHandle, aclrtGetStreamResLimit(w.dead_stream, ACL_RT_DEV_RES_CUBE_CORE, &value));
  BAD(kHandle, aclrtResetStreamResLimit(w.dead_stream));
  BAD(kHandle, aclrtUseStreamResInCurrentThread(w.dead_stream));
  BAD(kHandle, aclrtUnuseStreamResInCurrentThread(w.dead_stream));
  BAD(kInvalid, aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, nullptr));
  BAD(kInvalid, aclrtGetResInCurrentThread(odd<aclrtDevResLimitType>(), &value));
  BAD(kInvalid, aclrtLaunchHostFunc(w.stream, nullptr, nullptr));
  BAD(kHandle, aclrtLaunchHostFunc(w.dead_stream, callback, nullptr));
  BAD(kHandle, aclrtSubscribeReport(1, w.dead_stream));
  BAD(kHandle, aclrtUnSubscribeReport(1, w.dead_stream));
  BAD(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtUnSubscribeReport(99, w.stream));
  BAD(kInvalid, aclrtLaunchCallback(nullptr, nullptr, ACL_CALLBACK_BLOCK, w.stream));
  BAD(kInvalid, aclrtLaunchCallback(callback, nullptr, odd<aclrtCallbackBlockType>(), w.stream));
  BAD(kHandle, aclrtLaunchCallback(callback, nullptr, ACL_CALLBACK_BLOCK, w.dead_stream));
  BAD(ACL_ERROR_RT_STREAM_NO_CB_REG, aclrtLaunchCallback(callback, nullptr, ACL_CALLBACK_BLOCK, w.stream));
  BAD(kInvalid, aclrtProcessReport(0));
  BAD(kInvalid, aclrtProcessReport(-2));
  BAD(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtProcessReport(1));
}

void event_rows(std::vector<Row>& rows, World& w) {
  static aclrtEvent made;
  static aclrtEventStatus old;
  static aclrtEventRecordedStatus status;
  static aclrtEventWaitStatus waits;
  static float milliseconds;
  static uint64_t when;
  static uint32_t id;
  static aclrtIpcEventHandle shared;
  BAD(kInvalid, aclrtCreateEvent(nullptr));
  BAD(kInvalid, aclrtCreateEventWithFlag(nullptr, ACL_EVENT_SYNC));
  BAD(kParam, aclrtCreateEventWithFlag(&made, 0));
  BAD(kParam, aclrtCreateEventWithFlag(&made, 0x80000000));
  BAD(kInvalid, aclrtCreateEventExWithFlag(nullptr, ACL_EVENT_SYNC));
  BAD(kParam, aclrtCreateEventExWithFlag(&made, 0x4));
  BAD(kMissing, aclrtCreateEventExWithFlag(&made, ACL_EVENT_IPC));
  BAD(kInvalid, aclrtDestroyEvent(nullptr));
  BAD(kHandle, aclrtDestroyEvent(w.dead_event));
  BAD(kHandle, aclrtDestroyEvent(w.stream));
  BAD(kHandle, aclrtDestroyEvent(w.mine));
  BAD(kInvalid, aclrtRecordEvent(nullptr, w.stream));
  BAD(kHandle, aclrtRecordEvent(w.dead_event, w.stream));
  BAD(kHandle, aclrtRecordEvent(w.event, w.dead_stream));
  BAD(kHandle, aclrtRecordEvent(w.stream, w.event));
  BAD(ACL_ERROR_RT_STREAM_CONTEXT, aclrtRecordEvent(w.event, w.other_stream));
  BAD(kInvalid, aclrtStreamWaitEvent(w.stream, nullptr));
  BAD(kHandle, aclrtStreamWaitEvent(w.stream, w.dead_event));
  BAD(kHandle, aclrtStreamWaitEvent(w.dead_stream, w.event));
  BAD(kParam, aclrtStreamWaitEvent(w.stream, w.reusable));
  BAD(kParam, aclrtStreamWaitEventWithTimeout(w.stream, w.event, -1));
  BAD(kHandle, aclrtStreamWaitEventWithTimeout(w.stream, w.dead_event, 1));
  BAD(kInvalid, aclrtResetEvent(nullptr, w.stream));
  BAD(kHandle, aclrtResetEvent(w.dead_event, w.stream));
  BAD(kHandle, aclrtResetEvent(w.event, w.dead_stream));
  BAD(kParam, aclrtResetEvent(w.reusable, w.stream));
  BAD(kInvalid, aclrtQueryEvent(w.event, nullptr));
  BAD(kHandle, aclrtQueryEvent(w.dead_event, &old));
  BAD(kParam, aclrtQueryEvent(w.reusable, &old));
  BAD(kInvalid, aclrtQueryEventStatus(w.event, nullptr));
  BAD(kInvalid, aclrtQueryEventStatus(nullptr, &status));
  BAD(kHandle, aclrtQueryEventStatus(w.dead_event, &status));
  BAD(kInvalid, aclrtQueryEventWaitStatus(w.event, nullptr));
  BAD(kHandle, aclrtQueryEventWaitStatus(w.dead_event, &waits));
  BAD(kParam, aclrtQueryEventWaitStatus(w.reusable, &waits));
  BAD(kInvalid, aclrtSynchronizeEvent(nullptr));
  BAD(kHandle, aclrtSynchronizeEvent(w.dead_event));
  BAD(kHandle, aclrtSynchronizeEvent(w.mine));
  BAD(kParam, aclrtSynchronizeEventWithTimeout(w.event, -2));
  BAD(kHandle, aclrtSynchronizeEventWithTimeout(w.dead_event, 1));
  BAD(kInvalid, aclrtEventElapsedTime(nullptr, w.event, w.event));
  BAD(kInvalid, aclrtEventElapsedTime(&milliseconds, nullptr, w.event));
  BAD(kHandle, aclrtEventElapsedTime(&milliseconds, w.event, w.dead_event));
  BAD(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventElapsedTime(&milliseconds, w.event, w.event));
  BAD(kInvalid, aclrtEventGetTimestamp(w.event, nullptr));
  BAD(kHandle, aclrtEventGetTimestamp(w.dead_event, &when));
  BAD(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventGetTimestamp(w.reusable, &when));
  BAD(kInvalid, aclrtGetEventId(w.event, nullptr));
  BAD(kHandle, aclrtGetEventId(w.dead_event, &id));
  BAD(kInvalid, aclrtGetEventAvailNum(nullptr));
  BAD(kInvalid, aclrtIpcGetEventHandle(w.event, nullptr));
  BAD(kHandle, aclrtIpcGetEventHandle(w.dead_event, &shared));
  BAD(kMissing, aclrtIpcGetEventHandle(w.event, &shared));
  BAD(kInvalid, aclrtIpcOpenEventHandle(shared, nullptr));
  BAD(kMissing, aclrtIpcOpenEventHandle(shared, &made));
}

}  // namespace acl_test
