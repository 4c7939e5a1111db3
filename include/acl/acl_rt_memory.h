/* Memory: device, page-locked host, virtual ranges over physical blocks, copies. C only. */
#pragma once
#include "acl/acl_base.h"

typedef enum {
  ACL_MEMCPY_HOST_TO_HOST,
  ACL_MEMCPY_HOST_TO_DEVICE,
  ACL_MEMCPY_DEVICE_TO_HOST,
  ACL_MEMCPY_DEVICE_TO_DEVICE,
  ACL_MEMCPY_DEFAULT,
  ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE,
  ACL_MEMCPY_INNER_DEVICE_TO_DEVICE,
  ACL_MEMCPY_INTER_DEVICE_TO_DEVICE
} aclrtMemcpyKind;

typedef enum {
  ACL_MEM_MALLOC_HUGE_FIRST,
  ACL_MEM_MALLOC_HUGE_ONLY,
  ACL_MEM_MALLOC_NORMAL_ONLY,
  ACL_MEM_MALLOC_HUGE_FIRST_P2P,
  ACL_MEM_MALLOC_HUGE_ONLY_P2P,
  ACL_MEM_MALLOC_NORMAL_ONLY_P2P,
  ACL_MEM_MALLOC_HUGE1G_ONLY,
  ACL_MEM_MALLOC_HUGE1G_ONLY_P2P,
  ACL_MEM_TYPE_LOW_BAND_WIDTH = 0x0100,
  ACL_MEM_TYPE_HIGH_BAND_WIDTH = 0x1000,
  ACL_MEM_ACCESS_USER_SPACE_READONLY = 0x100000
} aclrtMemMallocPolicy;

typedef enum {
  ACL_RT_MEM_ATTR_RSV = 0,
  ACL_RT_MEM_ATTR_MODULE_ID,
  ACL_RT_MEM_ATTR_DEVICE_ID,
  ACL_RT_MEM_ATTR_VA_FLAG
} aclrtMallocAttrType;
typedef union {
  uint16_t moduleId;
  uint32_t deviceId;
  uint32_t vaFlag;
  uint8_t rsv[8];
} aclrtMallocAttrValue;
typedef struct {
  aclrtMallocAttrType attr;
  aclrtMallocAttrValue value;
} aclrtMallocAttribute;
typedef struct {
  aclrtMallocAttribute* attrs;
  size_t numAttrs;
} aclrtMallocConfig;

typedef enum {
  ACL_DDR_MEM,
  ACL_HBM_MEM,
  ACL_DDR_MEM_HUGE,
  ACL_DDR_MEM_NORMAL,
  ACL_HBM_MEM_HUGE,
  ACL_HBM_MEM_NORMAL,
  ACL_DDR_MEM_P2P_HUGE,
  ACL_DDR_MEM_P2P_NORMAL,
  ACL_HBM_MEM_P2P_HUGE,
  ACL_HBM_MEM_P2P_NORMAL,
  ACL_HBM_MEM_HUGE1G,
  ACL_HBM_MEM_P2P_HUGE1G,
  ACL_MEM_NORMAL,
  ACL_MEM_HUGE,
  ACL_MEM_HUGE1G,
  ACL_MEM_P2P_NORMAL,
  ACL_MEM_P2P_HUGE,
  ACL_MEM_P2P_HUGE1G
} aclrtMemAttr;

typedef enum {
  ACL_HOST_REGISTER_MAPPED = 0,
  ACL_HOST_REGISTER_IOMEMORY = 0x04,
  ACL_HOST_REGISTER_READONLY = 0x08
} aclrtHostRegisterType;
#define ACL_HOST_REG_MAPPED 0x2UL
#define ACL_HOST_REG_PINNED 0x10000000UL

typedef enum {
  ACL_MEM_LOCATION_TYPE_HOST = 0,
  ACL_MEM_LOCATION_TYPE_DEVICE,
  ACL_MEM_LOCATION_TYPE_UNREGISTERED,
  ACL_MEM_LOCATION_TYPE_MANAGED,
  ACL_MEM_LOCATION_TYPE_HOST_NUMA
} aclrtMemLocationType;
typedef struct {
  uint32_t id;
  aclrtMemLocationType type;
} aclrtMemLocation;
typedef struct {
  aclrtMemLocation location;
  uint32_t pageSize;
  uint32_t rsv[4];
} aclrtPtrAttributes;

typedef struct {
  char name[32];
  uint64_t curMemSize;
  uint64_t memPeakSize;
  size_t reserved[8];
} aclrtMemUsageInfo;

typedef enum { ACL_MEM_ALLOCATION_TYPE_PINNED = 0 } aclrtMemAllocationType;
typedef enum { ACL_MEM_HANDLE_TYPE_NONE = 0, ACL_MEM_HANDLE_TYPE_POSIX = 2 } aclrtMemHandleType;
typedef struct {
  aclrtMemHandleType handleType;
  aclrtMemAllocationType allocationType;
  aclrtMemAttr memAttr;
  aclrtMemLocation location;
  uint64_t reserve;
} aclrtPhysicalMemProp;
typedef enum {
  ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM,
  ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
  ACL_RT_MEM_ALLOC_GRANULARITY_UNDEF = 0xFFFF
} aclrtMemGranularityOptions;
typedef void* aclrtDrvMemHandle;

typedef enum {
  ACL_RT_MEM_ACCESS_FLAGS_NONE = 0,
  ACL_RT_MEM_ACCESS_FLAGS_READ = 1,
  ACL_RT_MEM_ACCESS_FLAGS_READWRITE = 3
} aclrtMemAccessFlags;
typedef struct {
  aclrtMemAccessFlags flags;
  aclrtMemLocation location;
  uint8_t rsv[12];
} aclrtMemAccessDesc;

#define ACL_RT_VMM_EXPORT_FLAG_DEFAULT 0x0UL
#define ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION 0x1UL
#define ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT 0x0UL
#define ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION 0x1UL
#define ACL_RT_IPC_MEM_IMPORT_FLAG_DEFAULT 0x0UL
#define ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS 0x1UL
#define ACL_IPC_HANDLE_SIZE 65

typedef struct {
  aclrtMemLocation dstLoc;
  aclrtMemLocation srcLoc;
  uint8_t rsv[16];
} aclrtMemcpyBatchAttr;

typedef enum {
  ACL_RT_CMO_TYPE_PREFETCH = 0,
  ACL_RT_CMO_TYPE_WRITEBACK,
  ACL_RT_CMO_TYPE_INVALID,
  ACL_RT_CMO_TYPE_FLUSH
} aclrtCmoType;

#define ACL_STREAM_WAIT_VALUE_GEQ 0x00000000U
#define ACL_STREAM_WAIT_VALUE_EQ 0x00000001U
#define ACL_STREAM_WAIT_VALUE_AND 0x00000002U
#define ACL_STREAM_WAIT_VALUE_NOR 0x00000003U

ACL_BEGIN
/* Device memory of the current device, not initialized. Past the HBM: ACL_ERROR_RT_MEMORY_ALLOCATION. */
ACL_API aclError aclrtMalloc(void** pointer, size_t size, aclrtMemMallocPolicy policy);
ACL_API aclError aclrtMallocAlign32(void** pointer, size_t size, aclrtMemMallocPolicy policy);
ACL_API aclError aclrtMallocCached(void** pointer, size_t size, aclrtMemMallocPolicy policy);
ACL_API aclError aclrtMallocWithCfg(void** pointer, size_t size, aclrtMemMallocPolicy policy,
                                    aclrtMallocConfig* config);
/* Frees at once, even while work still uses the memory; WithDevSync waits for the device first. */
ACL_API aclError aclrtFree(void* pointer);
ACL_API aclError aclrtFreeWithDevSync(void* pointer);
ACL_API aclError aclrtGetMemInfo(aclrtMemAttr attribute, size_t* free, size_t* total);
ACL_API aclError aclrtGetMemUsageInfo(int32_t device, aclrtMemUsageInfo* infos, size_t capacity, size_t* count);

/* Page-locked host memory. */
ACL_API aclError aclrtMallocHost(void** pointer, size_t size);
ACL_API aclError aclrtMallocHostWithCfg(void** pointer, uint64_t size, aclrtMallocConfig* config);
ACL_API aclError aclrtFreeHost(void* pointer);
ACL_API aclError aclrtFreeHostWithDevSync(void* pointer);
ACL_API aclError aclrtHostRegister(void* pointer, uint64_t size, aclrtHostRegisterType type, void** device_pointer);
ACL_API aclError aclrtHostRegisterV2(void* pointer, uint64_t size, uint32_t flags);
ACL_API aclError aclrtHostUnregister(void* pointer);
ACL_API aclError aclrtHostGetDevicePointer(void* pointer, void** device_pointer, uint32_t flags);

ACL_API aclError aclrtPointerGetAttributes(const void* pointer, aclrtPtrAttributes* attributes);
ACL_API aclError aclrtMemGetAddressRange(void* pointer, void** base, size_t* size);
ACL_API aclError aclrtMemFlush(void* pointer, size_t size);
ACL_API aclError aclrtMemInvalidate(void* pointer, size_t size);
ACL_API aclError aclrtCmoAsync(void* pointer, size_t size, aclrtCmoType type, aclrtStream stream);

/* Copies at once, without waiting for any stream. The kind must fit where the pointers are. */
ACL_API aclError aclrtMemcpy(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind kind);
/* In stream order. With host memory that is not page-locked it returns when the copy is done. */
ACL_API aclError aclrtMemcpyAsync(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind kind,
                                  aclrtStream stream);
ACL_API aclError aclrtMemcpyAsyncWithCondition(void* dst, size_t dst_max, const void* src, size_t count,
                                               aclrtMemcpyKind kind, aclrtStream stream);
ACL_API aclError aclrtMemcpy2d(void* dst, size_t dst_pitch, const void* src, size_t src_pitch, size_t width,
                               size_t height, aclrtMemcpyKind kind);
ACL_API aclError aclrtMemcpy2dAsync(void* dst, size_t dst_pitch, const void* src, size_t src_pitch, size_t width,
                                    size_t height, aclrtMemcpyKind kind, aclrtStream stream);
/* Attribute i holds from copy attribute_starts[i] on. failed: the first copy refused, SIZE_MAX when none was. */
ACL_API aclError aclrtMemcpyBatch(void** dsts, size_t* dst_maxs, void** srcs, size_t* sizes, size_t count,
                                  aclrtMemcpyBatchAttr* attributes, size_t* attribute_starts, size_t attribute_count,
                                  size_t* failed);
ACL_API aclError aclrtMemcpyBatchAsync(void** dsts, size_t* dst_maxs, void** srcs, size_t* sizes, size_t count,
                                       aclrtMemcpyBatchAttr* attributes, size_t* attribute_starts,
                                       size_t attribute_count, size_t* failed, aclrtStream stream);
ACL_API aclError aclrtMemset(void* pointer, size_t max, int32_t value, size_t count);
ACL_API aclError aclrtMemsetAsync(void* pointer, size_t max, int32_t value, size_t count, aclrtStream stream);
/* A 64-bit word on the device: written, or waited for, in stream order. */
ACL_API aclError aclrtValueWrite(void* pointer, uint64_t value, uint32_t flags, aclrtStream stream);
ACL_API aclError aclrtValueWait(void* pointer, uint64_t value, uint32_t condition, aclrtStream stream);

/* Virtual ranges and the physical blocks mapped into them. */
ACL_API aclError aclrtReserveMemAddress(void** pointer, size_t size, size_t alignment, void* expected, uint64_t flags);
ACL_API aclError aclrtReleaseMemAddress(void* pointer);
ACL_API aclError aclrtMallocPhysical(aclrtDrvMemHandle* handle, size_t size, const aclrtPhysicalMemProp* properties,
                                     uint64_t flags);
/* A block that is still mapped lives until it is unmapped. */
ACL_API aclError aclrtFreePhysical(aclrtDrvMemHandle handle);
ACL_API aclError aclrtMapMem(void* pointer, size_t size, size_t offset, aclrtDrvMemHandle handle, uint64_t flags);
ACL_API aclError aclrtUnmapMem(void* pointer);
ACL_API aclError aclrtMemSetAccess(void* pointer, size_t size, aclrtMemAccessDesc* access, size_t count);
ACL_API aclError aclrtMemGetAllocationGranularity(aclrtPhysicalMemProp* properties, aclrtMemGranularityOptions option,
                                                  size_t* granularity);
/* To other processes. Unless exported with DISABLE_PID_VALIDATION, only listed processes may import. */
ACL_API aclError aclrtMemExportToShareableHandle(aclrtDrvMemHandle handle, aclrtMemHandleType type, uint64_t flags,
                                                 uint64_t* shareable);
ACL_API aclError aclrtMemSetPidToShareableHandle(uint64_t shareable, int32_t* pids, size_t count);
ACL_API aclError aclrtMemImportFromShareableHandle(uint64_t shareable, int32_t device, aclrtDrvMemHandle* handle);

ACL_API aclError aclrtIpcMemGetExportKey(void* pointer, size_t size, char* key, size_t length, uint64_t flags);
ACL_API aclError aclrtIpcMemSetImportPid(const char* key, int32_t* pids, size_t count);
ACL_API aclError aclrtIpcMemImportByKey(void** pointer, const char* key, uint64_t flags);
ACL_API aclError aclrtIpcMemClose(const char* key);
ACL_END
