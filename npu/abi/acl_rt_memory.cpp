// extern "C": memory, copies, fills.
#include "acl/acl_rt_memory.h"

#include <cstring>

#include "npu/abi/entry.h"
#include "npu/runtime/copy.h"
#include "npu/runtime/device.h"
#include "npu/runtime/memory.h"

using namespace npu;

namespace {

constexpr Description kValueWrite{"a value write"}, kValueWait{"a value wait"}, kCacheOperation{"a cache operation"};

Status current_device(Device*& device) {
  Context* context;
  NPU_TRY(current_context(context));
  device = &context->device;
  return {};
}

Status check_config(const aclrtMallocConfig* config) {
  if (config) NPU_REQUIRE(!config->numAttrs || config->attrs, ACL_ERROR_INVALID_PARAM, "config has no attrs");
  return {};
}

// The policy only advises: an unknown one is taken as the device takes it, by size.
Status malloc_on_current(void** pointer, size_t size) {
  Device* device;
  NPU_TRY(current_device(device));
  return malloc_device(*device, size, pointer);
}

Status malloc_on_host(void** pointer, size_t size) {
  Device* device;  // Page-locking is the driver's: it needs a device.
  NPU_TRY(current_device(device));
  return malloc_host(size, pointer);
}

Status synchronize_device_of(const void* pointer) {
  Block block;
  if (find_block(pointer, block) && block.device >= 0) return find_device(block.device)->synchronize(-1);
  Device* device;
  NPU_TRY(current_device(device));
  return device->synchronize(-1);
}

Status one_row(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind kind, Copy& copy) {
  NPU_REQUIRE(count <= dst_max, ACL_ERROR_RT_PARAM_INVALID, "count ", count, " is more than dst_max ", dst_max);
  copy = {dst, dst_max, src, count, count, 1, kind};
  return {};
}

Status box(void* dst, size_t dst_pitch, const void* src, size_t src_pitch, size_t width, size_t height,
           aclrtMemcpyKind kind, Copy& copy) {
  NPU_REQUIRE(width > 0 && height > 0, ACL_ERROR_RT_PARAM_INVALID, "width and height must be positive");
  NPU_REQUIRE(width <= dst_pitch && width <= src_pitch, ACL_ERROR_RT_PARAM_INVALID, "width ", width,
              " is more than a pitch (", dst_pitch, " and ", src_pitch, ")");
  NPU_REQUIRE(dst_pitch <= SIZE_MAX / height && src_pitch <= SIZE_MAX / height, ACL_ERROR_RT_PARAM_INVALID, "height ",
              height, " is more than the address space holds");
  copy = {dst, dst_pitch, src, src_pitch, width, height, kind};
  return {};
}

template <class Each>
Status batch(void** dsts, size_t* dst_maxs, void** srcs, size_t* sizes, size_t count, aclrtMemcpyBatchAttr* attributes,
             size_t* starts, size_t attribute_count, size_t* failed, Each each) {
  if (failed) *failed = SIZE_MAX;
  NPU_REQUIRE(dsts && dst_maxs && srcs && sizes && attributes && starts, ACL_ERROR_INVALID_PARAM, "an array is null");
  NPU_REQUIRE(count > 0 && attribute_count > 0 && attribute_count <= count, ACL_ERROR_INVALID_PARAM, "there are ",
              count, " copies and ", attribute_count, " attributes");
  for (size_t i = 0; i < attribute_count; ++i)
    NPU_REQUIRE(i == 0 ? starts[i] == 0 : starts[i] > starts[i - 1] && starts[i] < count, ACL_ERROR_INVALID_PARAM,
                "attribute ", i, " starts at copy ", starts[i], "; they must start at 0 and rise");
  for (size_t i = 0, a = 0; i < count; ++i) {
    if (a + 1 < attribute_count && i >= starts[a + 1]) ++a;
    const bool to_device = attributes[a].dstLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE;
    const bool from_device = attributes[a].srcLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE;
    const auto kind = to_device ? (from_device ? ACL_MEMCPY_DEVICE_TO_DEVICE : ACL_MEMCPY_HOST_TO_DEVICE)
                                : (from_device ? ACL_MEMCPY_DEVICE_TO_HOST : ACL_MEMCPY_HOST_TO_HOST);
    Copy copy;
    Status status = one_row(dsts[i], dst_maxs[i], srcs[i], sizes[i], kind, copy);
    if (status.ok()) status = each(copy);
    if (status.ok()) continue;
    if (failed) *failed = i;
    return {status.code(), text("copy ", i, ": ", status.text())};
  }
  return {};
}

Status check_word(const void* pointer, const char* what) {
  NPU_TRY(check_on_device(what, pointer, sizeof(uint64_t)));
  NPU_REQUIRE(reinterpret_cast<uintptr_t>(pointer) % sizeof(uint64_t) == 0, ACL_ERROR_RT_ADDR_UNALIGNED, what, " ",
              pointer, " is not a multiple of 8");
  return {};
}

bool holds(uint64_t have, uint64_t want, uint32_t condition) {
  switch (condition) {
    case ACL_STREAM_WAIT_VALUE_GEQ: return static_cast<int64_t>(have - want) >= 0;
    case ACL_STREAM_WAIT_VALUE_EQ: return have == want;
    case ACL_STREAM_WAIT_VALUE_AND: return have & want;
    default: return ~(have | want);
  }
}

}  // namespace

aclError aclrtMalloc(void** pointer, size_t size, aclrtMemMallocPolicy) {
  return NPU_ENTRY { return malloc_on_current(pointer, size); };
}
aclError aclrtMallocAlign32(void** pointer, size_t size, aclrtMemMallocPolicy) {
  return NPU_ENTRY { return malloc_on_current(pointer, size); };
}
aclError aclrtMallocCached(void** pointer, size_t size, aclrtMemMallocPolicy) {
  return NPU_ENTRY { return malloc_on_current(pointer, size); };
}
aclError aclrtMallocWithCfg(void** pointer, size_t size, aclrtMemMallocPolicy, aclrtMallocConfig* config) {
  return NPU_ENTRY {
    NPU_TRY(check_config(config));
    return malloc_on_current(pointer, size);
  };
}
aclError aclrtFree(void* pointer) {
  return NPU_ENTRY { return free_device(pointer); };
}
aclError aclrtFreeWithDevSync(void* pointer) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_TRY(synchronize_device_of(pointer));
    return free_device(pointer);
  };
}

aclError aclrtGetMemInfo(aclrtMemAttr attribute, size_t* free, size_t* total) {
  return NPU_ENTRY {
    NPU_NOT_NULL(free);
    NPU_NOT_NULL(total);
    NPU_REQUIRE(attribute >= ACL_DDR_MEM && attribute <= ACL_MEM_P2P_HUGE1G, ACL_ERROR_INVALID_PARAM,
                "there is no aclrtMemAttr ", static_cast<int>(attribute));
    Device* device;
    NPU_TRY(current_device(device));
    const bool ddr = attribute == ACL_DDR_MEM || attribute == ACL_DDR_MEM_HUGE || attribute == ACL_DDR_MEM_NORMAL ||
                     attribute == ACL_DDR_MEM_P2P_HUGE || attribute == ACL_DDR_MEM_P2P_NORMAL;
    *total = ddr ? 0 : device->hbm_bytes;  // The chips have no DDR memory.
    *free = ddr ? 0 : device->hbm_bytes - device->used();
    return {};
  };
}
aclError aclrtGetMemUsageInfo(int32_t device, aclrtMemUsageInfo* infos, size_t capacity, size_t* count) {
  return NPU_ENTRY {
    NPU_NOT_NULL(infos);
    NPU_NOT_NULL(count);
    NPU_REQUIRE(capacity > 0, ACL_ERROR_INVALID_PARAM, "capacity is 0");
    Device* found;
    NPU_TRY(device_of(device, found));
    infos[0] = {};
    std::strncpy(infos[0].name, "APP", sizeof infos[0].name - 1);
    infos[0].curMemSize = found->used();
    infos[0].memPeakSize = found->peak();
    *count = 1;
    return {};
  };
}

aclError aclrtMallocHost(void** pointer, size_t size) {
  return NPU_ENTRY { return malloc_on_host(pointer, size); };
}
aclError aclrtMallocHostWithCfg(void** pointer, uint64_t size, aclrtMallocConfig* config) {
  return NPU_ENTRY {
    NPU_TRY(check_config(config));
    return malloc_on_host(pointer, size);
  };
}
aclError aclrtFreeHost(void* pointer) {
  return NPU_ENTRY { return free_host(pointer); };
}
aclError aclrtFreeHostWithDevSync(void* pointer) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_TRY(synchronize_device_of(pointer));
    return free_host(pointer);
  };
}

aclError aclrtHostRegister(void* pointer, uint64_t size, aclrtHostRegisterType type, void** device_pointer) {
  return NPU_ENTRY {
    NPU_NOT_NULL(device_pointer);
    NPU_REQUIRE(type == ACL_HOST_REGISTER_MAPPED, ACL_ERROR_RT_PARAM_INVALID, "aclrtHostRegisterType ",
                static_cast<int>(type), " is not ACL_HOST_REGISTER_MAPPED");
    NPU_TRY(register_host(pointer, size));
    *device_pointer = pointer;
    return {};
  };
}
aclError aclrtHostRegisterV2(void* pointer, uint64_t size, uint32_t flags) {
  return NPU_ENTRY {
    NPU_REQUIRE(flags && (flags & ~(ACL_HOST_REG_MAPPED | ACL_HOST_REG_PINNED)) == 0, ACL_ERROR_RT_PARAM_INVALID,
                "flags ", flags, " are no combination of ACL_HOST_REG_MAPPED and ACL_HOST_REG_PINNED");
    return register_host(pointer, size);
  };
}
aclError aclrtHostUnregister(void* pointer) {
  return NPU_ENTRY { return unregister_host(pointer); };
}
aclError aclrtHostGetDevicePointer(void* pointer, void** device_pointer, uint32_t flags) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_NOT_NULL(device_pointer);
    NPU_REQUIRE(flags == 0, ACL_ERROR_INVALID_PARAM, "flags must be 0, not ", flags);
    Block block;
    NPU_REQUIRE(find_block(pointer, block) && block.host_locked(), ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, pointer,
                " is no page-locked host memory");
    *device_pointer = pointer;
    return {};
  };
}

aclError aclrtPointerGetAttributes(const void* pointer, aclrtPtrAttributes* attributes) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    NPU_NOT_NULL(attributes);
    *attributes = {};
    attributes->location.type = ACL_MEM_LOCATION_TYPE_UNREGISTERED;
    attributes->pageSize = 4096;
    Block block;
    if (!find_block(pointer, block)) return {};
    if (block.on_device()) {
      attributes->location = {static_cast<uint32_t>(block.device), ACL_MEM_LOCATION_TYPE_DEVICE};
      attributes->pageSize = 2 << 20;
    } else if (block.host_locked()) {
      attributes->location.type = ACL_MEM_LOCATION_TYPE_HOST;
    }
    return {};
  };
}
aclError aclrtMemGetAddressRange(void* pointer, void** base, size_t* size) {
  return NPU_ENTRY {
    NPU_NOT_NULL(pointer);
    Block block;
    NPU_REQUIRE(find_block(pointer, block), ACL_ERROR_RT_PARAM_INVALID, pointer, " is no memory of the runtime");
    if (base) *base = block.base;
    if (size) *size = block.size;
    return {};
  };
}

// Caches of the host are coherent with themselves: only the range is checked.
aclError aclrtMemFlush(void* pointer, size_t size) {
  return NPU_ENTRY {
    NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0, it must be positive");
    return check_on_device("pointer", pointer, size);
  };
}
aclError aclrtMemInvalidate(void* pointer, size_t size) {
  return NPU_ENTRY {
    NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0, it must be positive");
    return check_on_device("pointer", pointer, size);
  };
}
aclError aclrtCmoAsync(void* pointer, size_t size, aclrtCmoType type, aclrtStream stream) {
  return NPU_ENTRY {
    NPU_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "size is 0, it must be positive");
    NPU_REQUIRE(type >= ACL_RT_CMO_TYPE_PREFETCH && type <= ACL_RT_CMO_TYPE_FLUSH, ACL_ERROR_INVALID_PARAM,
                "there is no aclrtCmoType ", static_cast<int>(type));
    NPU_TRY(check_on_device("pointer", pointer, size));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return on->enqueue(make_task(kCacheOperation, [=] {
      if (type == ACL_RT_CMO_TYPE_PREFETCH) __builtin_prefetch(pointer);
    }));
  };
}

aclError aclrtMemcpy(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind kind) {
  return NPU_ENTRY {
    Copy copy;
    NPU_TRY(one_row(dst, dst_max, src, count, kind, copy));
    return copy_now(copy);
  };
}
aclError aclrtMemcpyAsync(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind kind,
                          aclrtStream stream) {
  return NPU_ENTRY {
    Copy copy;
    NPU_TRY(one_row(dst, dst_max, src, count, kind, copy));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return copy_async(copy, *on);
  };
}
aclError aclrtMemcpyAsyncWithCondition(void* dst, size_t dst_max, const void* src, size_t count, aclrtMemcpyKind kind,
                                       aclrtStream stream) {
  return NPU_ENTRY {
    Copy copy;
    NPU_TRY(one_row(dst, dst_max, src, count, kind, copy));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return copy_async(copy, *on);
  };
}
aclError aclrtMemcpy2d(void* dst, size_t dst_pitch, const void* src, size_t src_pitch, size_t width, size_t height,
                       aclrtMemcpyKind kind) {
  return NPU_ENTRY {
    Copy copy;
    NPU_TRY(box(dst, dst_pitch, src, src_pitch, width, height, kind, copy));
    return copy_now(copy);
  };
}
aclError aclrtMemcpy2dAsync(void* dst, size_t dst_pitch, const void* src, size_t src_pitch, size_t width, size_t height,
                            aclrtMemcpyKind kind, aclrtStream stream) {
  return NPU_ENTRY {
    Copy copy;
    NPU_TRY(box(dst, dst_pitch, src, src_pitch, width, height, kind, copy));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return copy_async(copy, *on);
  };
}
aclError aclrtMemcpyBatch(void** dsts, size_t* dst_maxs, void** srcs, size_t* sizes, size_t count,
                          aclrtMemcpyBatchAttr* attributes, size_t* attribute_starts, size_t attribute_count,
                          size_t* failed) {
  return NPU_ENTRY {
    return batch(dsts, dst_maxs, srcs, sizes, count, attributes, attribute_starts, attribute_count, failed, copy_now);
  };
}
aclError aclrtMemcpyBatchAsync(void** dsts, size_t* dst_maxs, void** srcs, size_t* sizes, size_t count,
                               aclrtMemcpyBatchAttr* attributes, size_t* attribute_starts, size_t attribute_count,
                               size_t* failed, aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return batch(dsts, dst_maxs, srcs, sizes, count, attributes, attribute_starts, attribute_count, failed,
                 [&](const Copy& copy) { return copy_async(copy, *on); });
  };
}

aclError aclrtMemset(void* pointer, size_t max, int32_t value, size_t count) {
  return NPU_ENTRY { return fill_now(pointer, max, value, count); };
}
aclError aclrtMemsetAsync(void* pointer, size_t max, int32_t value, size_t count, aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return fill_async(pointer, max, value, count, *on);
  };
}

aclError aclrtValueWrite(void* pointer, uint64_t value, uint32_t flags, aclrtStream stream) {
  return NPU_ENTRY {
    NPU_REQUIRE(flags == 0, ACL_ERROR_RT_PARAM_INVALID, "flags must be 0, not ", flags);
    NPU_TRY(check_word(pointer, "pointer"));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return on->enqueue(
        make_task(kValueWrite, [=] { __atomic_store_n(static_cast<uint64_t*>(pointer), value, __ATOMIC_RELEASE); }));
  };
}
aclError aclrtValueWait(void* pointer, uint64_t value, uint32_t condition, aclrtStream stream) {
  return NPU_ENTRY {
    NPU_REQUIRE(condition <= ACL_STREAM_WAIT_VALUE_NOR, ACL_ERROR_RT_PARAM_INVALID, "there is no condition ",
                condition);
    NPU_TRY(check_word(pointer, "pointer"));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return on->enqueue(make_task(kValueWait, [=] {
      const auto* word = static_cast<const uint64_t*>(pointer);
      const auto now = [=] { return holds(__atomic_load_n(word, __ATOMIC_ACQUIRE), value, condition); };
      Stream::running()->wait_in_task(0, "a value", [&](int) {
        constexpr timespec kPause{0, 50000};
        if (now()) return true;
        nanosleep(&kPause, nullptr);
        return now();
      });
    }));
  };
}
