/* Events: a record captures what its stream was given so far; a wait means the record that was last when the wait was
   issued, whatever is recorded later. C only. */
#pragma once
#include "acl/acl_base.h"

#define ACL_EVENT_SYNC 0x00000001U
#define ACL_EVENT_CAPTURE_STREAM_PROGRESS 0x00000002U
#define ACL_EVENT_TIME_LINE 0x00000008U
#define ACL_EVENT_DEVICE_USE_ONLY 0x00000010U
#define ACL_EVENT_EXTERNAL 0x00000020U
#define ACL_EVENT_IPC 0x00000040U

typedef enum {
  ACL_EVENT_STATUS_COMPLETE = 0,
  ACL_EVENT_STATUS_NOT_READY = 1,
  ACL_EVENT_STATUS_RESERVED = 2
} aclrtEventStatus;
typedef enum {
  ACL_EVENT_RECORDED_STATUS_NOT_READY = 0,
  ACL_EVENT_RECORDED_STATUS_COMPLETE = 1
} aclrtEventRecordedStatus;
typedef enum {
  ACL_EVENT_WAIT_STATUS_COMPLETE = 0,
  ACL_EVENT_WAIT_STATUS_NOT_READY = 1,
  ACL_EVENT_WAIT_STATUS_RESERVED = 0xFFFF
} aclrtEventWaitStatus;

#define ACL_IPC_EVENT_HANDLE_SIZE 64
typedef struct { char reserved[ACL_IPC_EVENT_HANDLE_SIZE]; } aclrtIpcEventHandle;

ACL_BEGIN
ACL_API aclError aclrtCreateEvent(aclrtEvent* event);
ACL_API aclError aclrtCreateEventWithFlag(aclrtEvent* event, uint32_t flags);
ACL_API aclError aclrtCreateEventExWithFlag(aclrtEvent* event, uint32_t flags);
/* Does not wait: work that still needs the event keeps what it needs. */
ACL_API aclError aclrtDestroyEvent(aclrtEvent event);

ACL_API aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream);
ACL_API aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event);
/* ms; 0 for ever. */
ACL_API aclError aclrtStreamWaitEventWithTimeout(aclrtStream stream, aclrtEvent event, int32_t timeout);
/* Only for events of aclrtCreateEventWithFlag with ACL_EVENT_SYNC. */
ACL_API aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream);

ACL_API aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus* status);
ACL_API aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus* status);
ACL_API aclError aclrtQueryEventWaitStatus(aclrtEvent event, aclrtEventWaitStatus* status);
/* Wait for the last record; hand over the failure of the stream it was recorded on. ms, -1 for ever. */
ACL_API aclError aclrtSynchronizeEvent(aclrtEvent event);
ACL_API aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout);

/* Both events record time (aclrtCreateEvent, or ACL_EVENT_TIME_LINE) and are complete. */
ACL_API aclError aclrtEventElapsedTime(float* milliseconds, aclrtEvent start, aclrtEvent end);
ACL_API aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t* microseconds);
ACL_API aclError aclrtGetEventId(aclrtEvent event, uint32_t* id);
ACL_API aclError aclrtGetEventAvailNum(uint32_t* count);

ACL_API aclError aclrtIpcGetEventHandle(aclrtEvent event, aclrtIpcEventHandle* handle);
ACL_API aclError aclrtIpcOpenEventHandle(aclrtIpcEventHandle handle, aclrtEvent* event);
ACL_END
