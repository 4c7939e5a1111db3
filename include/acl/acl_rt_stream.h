/* Streams: work in order. A null stream is the current context's default stream. C only. */
#pragma once
#include "acl/acl_base.h"
#include "acl/acl_rt_device.h"

#define ACL_STREAM_FAST_LAUNCH 0x00000001U
#define ACL_STREAM_FAST_SYNC 0x00000002U
#define ACL_STREAM_PERSISTENT 0x00000004U
#define ACL_STREAM_HUGE 0x00000008U
#define ACL_STREAM_CPU_SCHEDULE 0x00000010U
#define ACL_STREAM_DEVICE_USE_ONLY 0x00000020U

#define ACL_CONTINUE_ON_FAILURE 0x00000000U
#define ACL_STOP_ON_FAILURE 0x00000001U

typedef enum {
  ACL_STREAM_STATUS_COMPLETE = 0,
  ACL_STREAM_STATUS_NOT_READY = 1,
  ACL_STREAM_STATUS_RESERVED = 0xFFFF
} aclrtStreamStatus;

typedef enum {
  ACL_STREAM_ATTR_FAILURE_MODE = 1,
  ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK = 2,
  ACL_STREAM_ATTR_USER_CUSTOM_TAG = 3,
  ACL_STREAM_ATTR_CACHE_OP_INFO = 4,
  ACL_STREAM_ATTR_PRIORITY = 5
} aclrtStreamAttr;

typedef union {
  uint64_t failureMode;
  uint32_t overflowSwitch;
  uint32_t userCustomTag;
  uint32_t cacheOpInfoSwitch;
  uint32_t streamPriority;
  uint32_t reserve[4];
} aclrtStreamAttrValue;

typedef enum { ACL_CALLBACK_NO_BLOCK, ACL_CALLBACK_BLOCK } aclrtCallbackBlockType;
typedef void (*aclrtCallback)(void* user_data);
typedef void (*aclrtHostFunc)(void* args);

ACL_BEGIN
ACL_API aclError aclrtCreateStream(aclrtStream* stream);
ACL_API aclError aclrtCreateStreamWithConfig(aclrtStream* stream, uint32_t priority, uint32_t flags);
/* Waits for the stream's work; Force drops what has not started. */
ACL_API aclError aclrtDestroyStream(aclrtStream stream);
ACL_API aclError aclrtDestroyStreamForce(aclrtStream stream);

/* Wait, and hand over the first failure. A stream whose work failed refuses further work until a wait has handed the
   failure over; with ACL_STOP_ON_FAILURE it refuses until it is aborted or destroyed; with an explicit
   ACL_CONTINUE_ON_FAILURE it goes on. Timeout in ms, -1 for ever. */
ACL_API aclError aclrtSynchronizeStream(aclrtStream stream);
ACL_API aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout);
ACL_API aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus* status);
/* Drops what has not started and what failed. Those who wait get ACL_ERROR_RT_STREAM_ABORT. */
ACL_API aclError aclrtStreamAbort(aclrtStream stream);
ACL_API aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode);

ACL_API aclError aclrtStreamGetId(aclrtStream stream, int32_t* id);
ACL_API aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t* priority);
ACL_API aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t* flags);
ACL_API aclError aclrtGetStreamAvailableNum(uint32_t* count);
ACL_API aclError aclrtSetStreamAttribute(aclrtStream stream, aclrtStreamAttr attribute, aclrtStreamAttrValue* value);
ACL_API aclError aclrtGetStreamAttribute(aclrtStream stream, aclrtStreamAttr attribute, aclrtStreamAttrValue* value);
ACL_API aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t on);
ACL_API aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t* on);

/* How many cores work on this stream may use: kept for the time model. */
ACL_API aclError aclrtSetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t value);
ACL_API aclError aclrtGetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t* value);
ACL_API aclError aclrtResetStreamResLimit(aclrtStream stream);
ACL_API aclError aclrtUseStreamResInCurrentThread(aclrtStream stream);
ACL_API aclError aclrtUnuseStreamResInCurrentThread(aclrtStream stream);
ACL_API aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type, uint32_t* value);

/* Runs a host function in stream order, on a thread of the runtime. It must not call back into the device. */
ACL_API aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc function, void* args);
/* Runs a callback on the thread that subscribed to the stream and calls aclrtProcessReport (ms, -1 for ever). */
ACL_API aclError aclrtSubscribeReport(uint64_t thread, aclrtStream stream);
ACL_API aclError aclrtUnSubscribeReport(uint64_t thread, aclrtStream stream);
ACL_API aclError aclrtLaunchCallback(aclrtCallback callback, void* user_data, aclrtCallbackBlockType block,
                                     aclrtStream stream);
ACL_API aclError aclrtProcessReport(int32_t timeout);
ACL_END
