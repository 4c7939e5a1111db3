/* Devices: choose, reset, wait, ask. C only. */
#pragma once
#include "acl/acl_base.h"

typedef enum { ACL_DEVICE, ACL_HOST } aclrtRunMode;
typedef enum { ACL_TS_ID_AICORE = 0, ACL_TS_ID_AIVECTOR = 1, ACL_TS_ID_RESERVED = 2 } aclrtTsId;

typedef enum {
  ACL_RT_DEVICE_STATUS_NORMAL = 0,
  ACL_RT_DEVICE_STATUS_ABNORMAL,
  ACL_RT_DEVICE_STATUS_END = 0xFFFF
} aclrtDeviceStatus;

typedef enum {
  ACL_RT_OVERFLOW_MODE_SATURATION = 0,
  ACL_RT_OVERFLOW_MODE_INFNAN,
  ACL_RT_OVERFLOW_MODE_UNDEF
} aclrtFloatOverflowMode;

typedef enum {
  ACL_DEV_ATTR_AICPU_CORE_NUM = 1,
  ACL_DEV_ATTR_AICORE_CORE_NUM = 101,
  ACL_DEV_ATTR_CUBE_CORE_NUM = 102,
  ACL_DEV_ATTR_VECTOR_CORE_NUM = 201,
  ACL_DEV_ATTR_WARP_SIZE = 202,
  ACL_DEV_ATTR_MAX_THREAD_PER_VECTOR_CORE = 203,
  ACL_DEV_ATTR_LOCAL_MEM_PER_VECTOR_CORE = 204,
  ACL_DEV_ATTR_UBUF_PER_VECTOR_CORE = 204,
  ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE = 301,
  ACL_DEV_ATTR_L2_CACHE_SIZE = 302,
  ACL_DEV_ATTR_SMP_ID = 401,
  ACL_DEV_ATTR_PHY_CHIP_ID = 402,
  ACL_DEV_ATTR_SUPER_POD_DEVICE_ID = 403,
  ACL_DEV_ATTR_SUPER_POD_SERVER_ID = 404,
  ACL_DEV_ATTR_SUPER_POD_ID = 405,
  ACL_DEV_ATTR_CUST_OP_PRIVILEGE = 406,
  ACL_DEV_ATTR_MAINBOARD_ID = 407,
  ACL_DEV_ATTR_IS_VIRTUAL = 501,
  ACL_DEV_ATTR_NPU_ARCH = 601
} aclrtDevAttr;

#define ACL_DEV_FEATURE_NOT_SUPPORT 0
#define ACL_DEV_FEATURE_SUPPORT 1
typedef enum {
  ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV = 1,
  ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV = 21
} aclrtDevFeatureType;

typedef enum { ACL_RT_DEV_RES_CUBE_CORE = 0, ACL_RT_DEV_RES_VECTOR_CORE } aclrtDevResLimitType;

typedef struct { char bytes[16]; } aclrtUuid;

typedef struct aclrtUtilizationExtendInfo aclrtUtilizationExtendInfo;
typedef struct {
  int32_t cubeUtilization;
  int32_t vectorUtilization;
  int32_t aicpuUtilization;
  int32_t memoryUtilization;
  aclrtUtilizationExtendInfo* utilizationExtend;
} aclrtUtilizationInfo;

#define ACL_RT_MEM_UCE_INFO_MAX_NUM 20
typedef struct {
  void* addr;
  size_t len;
  size_t reserved[14];
} aclrtMemUceInfo;

typedef enum {
  ACL_RT_NO_ERROR = 0,
  ACL_RT_ERROR_MEMORY = 1,
  ACL_RT_ERROR_L2 = 2,
  ACL_RT_ERROR_AICORE = 3,
  ACL_RT_ERROR_LINK = 4,
  ACL_RT_ERROR_OTHERS = 0xFFFF
} aclrtErrorType;
typedef enum { ACL_RT_AICORE_ERROR_UNKNOWN, ACL_RT_AICORE_ERROR_SW, ACL_RT_AICORE_ERROR_HW_LOCAL } aclrtAicoreErrorType;
typedef struct {
  size_t arraySize;
  aclrtMemUceInfo memUceInfoArray[ACL_RT_MEM_UCE_INFO_MAX_NUM];
} aclrtMemUceInfoArray;
typedef union {
  aclrtMemUceInfoArray uceInfo;
  aclrtAicoreErrorType aicoreErrType;
} aclrtErrorInfoDetail;
typedef struct {
  uint8_t tryRepair;
  uint8_t hasDetail;
  uint8_t reserved[2];
  aclrtErrorType errorType;
  aclrtErrorInfoDetail detail;
} aclrtErrorInfo;

typedef struct rtExceptionInfo aclrtExceptionInfo;
typedef void (*aclrtExceptionInfoCallback)(aclrtExceptionInfo* info);

ACL_BEGIN
/* Counts up; the first call makes the device's primary context. The device and the context are this thread's. */
ACL_API aclError aclrtSetDevice(int32_t device);
/* Counts down; at zero waits for the primary context's work, and destroys it with its streams. */
ACL_API aclError aclrtResetDevice(int32_t device);
ACL_API aclError aclrtResetDeviceForce(int32_t device);
ACL_API aclError aclrtGetDevice(int32_t* device);
ACL_API aclError aclrtGetDeviceCount(uint32_t* count);
ACL_API aclError aclrtGetRunMode(aclrtRunMode* mode);
ACL_API aclError aclrtSetTsDevice(aclrtTsId id);
ACL_API aclError aclrtQueryDeviceStatus(int32_t device, aclrtDeviceStatus* status);

/* Waits for every stream of the current device; timeout in ms, -1 for ever. */
ACL_API aclError aclrtSynchronizeDevice(void);
ACL_API aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout);
/* Drops what is queued on every stream of the device, and what failed before. */
ACL_API aclError aclrtDeviceTaskAbort(int32_t device, uint32_t timeout);

ACL_API aclError aclrtDeviceCanAccessPeer(int32_t* can, int32_t device, int32_t peer);
ACL_API aclError aclrtDeviceEnablePeerAccess(int32_t peer, uint32_t flags);
ACL_API aclError aclrtDeviceDisablePeerAccess(int32_t peer);
ACL_API aclError aclrtDevicePeerAccessStatus(int32_t device, int32_t peer, int32_t* status);

ACL_API aclError aclrtGetDeviceInfo(uint32_t device, aclrtDevAttr attribute, int64_t* value);
ACL_API aclError aclrtGetDeviceCapability(int32_t device, aclrtDevFeatureType feature, int32_t* value);
ACL_API aclError aclrtDeviceGetStreamPriorityRange(int32_t* least, int32_t* greatest);
ACL_API aclError aclrtDeviceGetBareTgid(int32_t* pid);
ACL_API aclError aclrtDeviceGetUuid(int32_t device, aclrtUuid* uuid);
ACL_API aclError aclrtGetDeviceUtilizationRate(int32_t device, aclrtUtilizationInfo* info);
/* User ids count the devices ASCEND_RT_VISIBLE_DEVICES leaves; logic and physical ids count all. */
ACL_API aclError aclrtGetLogicDevIdByUserDevId(int32_t user, int32_t* logic);
ACL_API aclError aclrtGetUserDevIdByLogicDevId(int32_t logic, int32_t* user);
ACL_API aclError aclrtGetPhyDevIdByUserDevId(int32_t user, int32_t* physical);
ACL_API aclError aclrtGetUserDevIdByPhyDevId(int32_t physical, int32_t* user);
ACL_API aclError aclrtGetPhyDevIdByLogicDevId(int32_t logic, int32_t* physical);
ACL_API aclError aclrtGetLogicDevIdByPhyDevId(int32_t physical, int32_t* logic);

ACL_API aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode);
ACL_API aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode* mode);
ACL_API aclError aclrtGetOverflowStatus(void* output, size_t output_size, aclrtStream stream);
ACL_API aclError aclrtResetOverflowStatus(aclrtStream stream);

/* Seconds, milliseconds, microseconds. Kept and reported; host time says nothing about a chip's, so never enforced on
   operators. The wait timeout is enforced: a stream that waits longer for an event fails. 0: for ever. */
ACL_API aclError aclrtSetOpExecuteTimeOut(uint32_t seconds);
ACL_API aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t milliseconds);
ACL_API aclError aclrtSetOpExecuteTimeOutV2(uint64_t microseconds, uint64_t* actual);
ACL_API aclError aclrtGetOpExecuteTimeout(uint32_t* milliseconds);
ACL_API aclError aclrtGetOpTimeOutInterval(uint64_t* microseconds);
ACL_API aclError aclrtSetOpWaitTimeout(uint32_t seconds);

ACL_API aclError aclrtGetDeviceResLimit(int32_t device, aclrtDevResLimitType type, uint32_t* value);
ACL_API aclError aclrtSetDeviceResLimit(int32_t device, aclrtDevResLimitType type, uint32_t value);
ACL_API aclError aclrtResetDeviceResLimit(int32_t device);

/* What a faulty chip would tell. */
ACL_API aclError aclrtGetMemUceInfo(int32_t device, aclrtMemUceInfo* infos, size_t capacity, size_t* count);
ACL_API aclError aclrtMemUceRepair(int32_t device, aclrtMemUceInfo* infos, size_t count);
ACL_API aclError aclrtGetErrorVerbose(int32_t device, aclrtErrorInfo* info);
ACL_API aclError aclrtRepairError(int32_t device, const aclrtErrorInfo* info);
/* Called once for each stream that fails, on that stream's thread. Null: none. */
ACL_API aclError aclrtSetExceptionInfoCallback(aclrtExceptionInfoCallback callback);
/* 0xFFFFFFFF for a null info. */
ACL_API uint32_t aclrtGetTaskIdFromExceptionInfo(const aclrtExceptionInfo* info);
ACL_API uint32_t aclrtGetStreamIdFromExceptionInfo(const aclrtExceptionInfo* info);
ACL_API uint32_t aclrtGetThreadIdFromExceptionInfo(const aclrtExceptionInfo* info);
ACL_API uint32_t aclrtGetDeviceIdFromExceptionInfo(const aclrtExceptionInfo* info);
ACL_API uint32_t aclrtGetErrorCodeFromExceptionInfo(const aclrtExceptionInfo* info);
ACL_END
