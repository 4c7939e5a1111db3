// Sizes, offsets and values that a client was compiled with. Facts of the public ABI.
#include <acl/acl_op_compiler.h>

#include <cstddef>

#include "acl_test.h"

namespace {

static_assert(sizeof(aclError) == 4 && sizeof(aclFloat16) == 2);

static_assert(sizeof(aclCANNPackageVersion) == 512);
static_assert(offsetof(aclCANNPackageVersion, majorVersion) == 128);
static_assert(offsetof(aclCANNPackageVersion, minorVersion) == 192);
static_assert(offsetof(aclCANNPackageVersion, releaseVersion) == 256);
static_assert(offsetof(aclCANNPackageVersion, patchVersion) == 320);
static_assert(offsetof(aclCANNPackageVersion, reserved) == 384);

static_assert(sizeof(aclrtPtrAttributes) == 28);
static_assert(offsetof(aclrtPtrAttributes, location.type) == 4 && offsetof(aclrtPtrAttributes, pageSize) == 8);
static_assert(sizeof(aclrtPhysicalMemProp) == 32);
static_assert(offsetof(aclrtPhysicalMemProp, location) == 12 && offsetof(aclrtPhysicalMemProp, reserve) == 24);
static_assert(sizeof(aclrtMemUsageInfo) == 112 && offsetof(aclrtMemUsageInfo, memPeakSize) == 40);
static_assert(sizeof(aclrtMemcpyBatchAttr) == 32 && offsetof(aclrtMemcpyBatchAttr, srcLoc) == 8);
static_assert(sizeof(aclrtMemAccessDesc) == 24 && offsetof(aclrtMemAccessDesc, location) == 4);
static_assert(sizeof(aclrtMallocAttribute) == 12 && sizeof(aclrtMallocConfig) == 16);
static_assert(sizeof(aclrtUuid) == 16 && sizeof(aclrtIpcEventHandle) == 64);
static_assert(sizeof(aclrtUtilizationInfo) == 24);
static_assert(sizeof(aclrtMemUceInfo) == 128 && sizeof(aclrtMemUceInfoArray) == 2568);
static_assert(sizeof(aclrtErrorInfo) == 2576 && offsetof(aclrtErrorInfo, detail) == 8);
static_assert(sizeof(aclrtStreamAttrValue) == 16 && sizeof(aclrtBinaryLoadOption) == 20);

static_assert(ACL_BF16 == 27 && ACL_COMPLEX32 == 33 && ACL_FLOAT4_E1M2 == 41 && ACL_UINT64 == 10);
static_assert(ACL_FORMAT_FRACTAL_NZ == 29 && ACL_FORMAT_NCL == 47 && ACL_FORMAT_ND == 2);
static_assert(ACL_MEMCPY_DEVICE_TO_DEVICE == 3 && ACL_MEMCPY_INTER_DEVICE_TO_DEVICE == 7);
static_assert(ACL_MEM_MALLOC_HUGE1G_ONLY_P2P == 7 && ACL_HBM_MEM == 1 && ACL_HBM_MEM_P2P_HUGE1G == 11);
static_assert(ACL_EVENT_RECORDED_STATUS_COMPLETE == 1 && ACL_EVENT_STATUS_COMPLETE == 0);
static_assert(ACL_EVENT_TIME_LINE == 8 && ACL_EVENT_CAPTURE_STREAM_PROGRESS == 2 && ACL_EVENT_IPC == 0x40);
static_assert(ACL_RT_OVERFLOW_MODE_INFNAN == 1 && ACL_DEV_ATTR_L2_CACHE_SIZE == 302);
static_assert(ACL_STREAM_ATTR_PRIORITY == 5 && ACL_OPT_ENABLE_KERNEL_EARLY_START == 3);
static_assert(ACL_OP_DEBUG_OPTION == 16 && ACL_OP_JIT_COMPILE == 10 && ACL_ALLOW_HF32 == 14);
static_assert(ACL_ERROR_RT_MEMORY_ALLOCATION == 207001 && ACL_ERROR_RT_AICORE_EXCEPTION == 507015);
static_assert(ACL_ERROR_REPEAT_INITIALIZE == 100002 && ACL_ERROR_RT_CONTEXT_NULL == 107002);

}  // namespace
