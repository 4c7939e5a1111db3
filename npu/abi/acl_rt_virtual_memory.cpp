// extern "C": reserved ranges, physical blocks, and sharing them between processes.
#include "acl/acl_rt_memory.h"
#include "npu/abi/entry.h"
#include "npu/runtime/device.h"
#include "npu/runtime/memory.h"
#include "npu/runtime/virtual_memory.h"

using namespace npu;

namespace {

// The device a block belongs to; null for host memory.
Status place(const aclrtPhysicalMemProp& properties, Device*& device) {
  device = nullptr;
  NPU_REQUIRE(properties.memAttr >= ACL_DDR_MEM && properties.memAttr <= ACL_MEM_P2P_HUGE1G, ACL_ERROR_INVALID_PARAM,
              "there is no aclrtMemAttr ", static_cast<int>(properties.memAttr));
  switch (properties.location.type) {
    case ACL_MEM_LOCATION_TYPE_DEVICE: return device_of(properties.location.id, device);
    case ACL_MEM_LOCATION_TYPE_HOST:
    case ACL_MEM_LOCATION_TYPE_HOST_NUMA: return {};
    default:
      return {ACL_ERROR_INVALID_PARAM,
              text("location type ", static_cast<int>(properties.location.type), " is neither device nor host")};
  }
}

}  // namespace

aclError aclrtReserveMemAddress(void** pointer, size_t size, size_t alignment, void* expected, uint64_t flags) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0, it must be positive");
    NPU_REQUIRE(alignment == 0, ACL_ERROR_RT_PARAM_INVALID, "alignment must be 0, not ", alignment);
    NPU_REQUIRE(flags <= 1, ACL_ERROR_INVALID_PARAM, "flags must be 0 or 1, not ", flags);
    return reserve(size, expected, pointer);
  };
}
aclError aclrtReleaseMemAddress(void* pointer) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    return release(pointer);
  };
}
aclError aclrtMallocPhysical(aclrtDrvMemHandle* handle, size_t size, const aclrtPhysicalMemProp* properties,
                             uint64_t flags) {
  return NPU_ENTRY {
    NPU_NOT_NULL(handle);
    NPU_NOT_NULL(properties);
    NPU_REQUIRE(flags == 0, ACL_ERROR_INVALID_PARAM, "flags must be 0, not ", flags);
    Device* device;
    NPU_TRY(place(*properties, device));
    return make_physical(size, device, handle);
  };
}
aclError aclrtFreePhysical(aclrtDrvMemHandle handle) {
  return NPU_ENTRY { return free_physical(handle); };
}
aclError aclrtMapMem(void* pointer, size_t size, size_t offset, aclrtDrvMemHandle handle, uint64_t flags) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_REQUIRE(offset == 0, ACL_ERROR_RT_PARAM_INVALID, "offset must be 0, not ", offset);
    NPU_REQUIRE(flags == 0, ACL_ERROR_RT_PARAM_INVALID, "flags must be 0, not ", flags);
    return map_physical(pointer, size, handle);
  };
}
aclError aclrtUnmapMem(void* pointer) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    return unmap_physical(pointer);
  };
}
aclError aclrtMemSetAccess(void* pointer, size_t size, aclrtMemAccessDesc* access, size_t count) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_NOT_NULL(access);
    NPU_REQUIRE(size > 0 && count > 0, ACL_ERROR_RT_PARAM_INVALID, "size and count must be positive");
    Block block;
    NPU_REQUIRE(find_block(pointer, block) && block.kind == BlockKind::kMapped && size <= block.size,
                ACL_ERROR_RT_PARAM_INVALID, pointer, " is no mapped device memory of ", size, " bytes");
    for (size_t i = 0; i < count; ++i) {
      Device* device;
      NPU_REQUIRE(access[i].flags == ACL_RT_MEM_ACCESS_FLAGS_READWRITE, ACL_ERROR_RT_PARAM_INVALID,
                  "only ACL_RT_MEM_ACCESS_FLAGS_READWRITE can be given, not ", static_cast<int>(access[i].flags));
      if (access[i].location.type == ACL_MEM_LOCATION_TYPE_DEVICE) NPU_TRY(device_of(access[i].location.id, device));
    }
    return {};
  };
}
aclError aclrtMemGetAllocationGranularity(aclrtPhysicalMemProp* properties, aclrtMemGranularityOptions option,
                                          size_t* granularity) {
  return NPU_ENTRY {
    NPU_NOT_NULL(properties);
    NPU_NOT_NULL(granularity);
    NPU_REQUIRE(option == ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM || option == ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
                ACL_ERROR_INVALID_PARAM, "there is no aclrtMemGranularityOptions ", static_cast<int>(option));
    Device* device;
    NPU_TRY(place(*properties, device));
    *granularity = kGranularity;
    return {};
  };
}

aclError aclrtMemExportToShareableHandle(aclrtDrvMemHandle handle, aclrtMemHandleType type, uint64_t flags,
                                         uint64_t* shareable) {
  return NPU_ENTRY {
    NPU_NOT_NULL(shareable);
    NPU_REQUIRE(type == ACL_MEM_HANDLE_TYPE_NONE, ACL_ERROR_RT_PARAM_INVALID, "aclrtMemHandleType ",
                static_cast<int>(type), " is not ACL_MEM_HANDLE_TYPE_NONE");
    NPU_REQUIRE(flags <= ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, ACL_ERROR_RT_PARAM_INVALID,
                "flags must be 0 or 1, not ", flags);
    return export_physical(handle, flags == ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, shareable);
  };
}
aclError aclrtMemSetPidToShareableHandle(uint64_t shareable, int32_t* pids, size_t count) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pids);
    NPU_REQUIRE(count > 0, ACL_ERROR_RT_PARAM_INVALID, "count is 0");
    return allow_import(shareable, {pids, count});
  };
}
aclError aclrtMemImportFromShareableHandle(uint64_t shareable, int32_t device, aclrtDrvMemHandle* handle) {
  return NPU_ENTRY {
    NPU_NOT_NULL(handle);
    Device* on;
    NPU_TRY(device_of(device, on));
    return import_physical(shareable, *on, handle);
  };
}

// Blocks of aclrtMalloc are private to the process; blocks of aclrtMallocPhysical can be shared.
aclError aclrtIpcMemGetExportKey(void* pointer, size_t, char* key, size_t, uint64_t) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_NOT_NULL(key);
    return unimplemented(
        "sharing memory of aclrtMalloc; share aclrtMallocPhysical's with "
        "aclrtMemExportToShareableHandle");
  };
}
aclError aclrtIpcMemSetImportPid(const char* key, int32_t* pids, size_t) {
  return NPU_ENTRY {
    NPU_NOT_NULL(key);
    NPU_NOT_NULL(pids);
    return unimplemented("sharing memory of aclrtMalloc");
  };
}
aclError aclrtIpcMemImportByKey(void** pointer, const char* key, uint64_t) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_NOT_NULL(key);
    return unimplemented("sharing memory of aclrtMalloc");
  };
}
aclError aclrtIpcMemClose(const char* key) {
  return NPU_ENTRY {
    NPU_NOT_NULL(key);
    return unimplemented("sharing memory of aclrtMalloc");
  };
}
