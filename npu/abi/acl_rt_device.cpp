// extern "C": devices.
#include "acl/acl_rt_device.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "npu/abi/entry.h"
#include "npu/base/options.h"
#include "npu/runtime/copy.h"
#include "npu/runtime/device.h"
#include "npu/runtime/event.h"
#include "npu/runtime/exception_info.h"

using namespace npu;

namespace {

constexpr Description kOverflowStatus{"an overflow status read"}, kOverflowReset{"an overflow status reset"};
constexpr uint32_t kNoInfo = 0xFFFFFFFF;

std::atomic<uint64_t> op_timeout_us = 0;

Status user_to_logic(int32_t user, int32_t* logic) {
  NPU_NOT_NULL(logic);
  Device* device;
  NPU_TRY(device_of(user, device));
  *logic = device->logic_id;
  return {};
}
Status logic_to_user(int32_t logic, int32_t* user) {
  NPU_NOT_NULL(user);
  NPU_TRY(options().status);
  const auto& visible = options().visible;
  const auto found = std::find(visible.begin(), visible.end(), logic);
  NPU_REQUIRE(found != visible.end(), ACL_ERROR_RT_INVALID_DEVICEID, "device ", logic,
              " does not exist or is not visible");
  *user = static_cast<int32_t>(found - visible.begin());
  return {};
}
Status same_id(int32_t id, int32_t* same) {
  NPU_NOT_NULL(same);
  NPU_TRY(options().status);
  NPU_REQUIRE(id >= 0 && id < options().devices, ACL_ERROR_RT_INVALID_DEVICEID, "there is no device ", id);
  *same = id;
  return {};
}

Status device_limit(int32_t device, aclrtDevResLimitType type, Device*& found) {
  NPU_TRY(device_of(device, found));
  NPU_REQUIRE(type == ACL_RT_DEV_RES_CUBE_CORE || type == ACL_RT_DEV_RES_VECTOR_CORE, ACL_ERROR_INVALID_PARAM,
              "there is no resource ", static_cast<int>(type));
  return {};
}

Status set_op_timeout(uint64_t microseconds) {
  op_timeout_us = microseconds;
  return {};
}

Status current_device(Device*& device) {
  Context* context;
  NPU_TRY(current_context(context));
  device = &context->device;
  return {};
}

// The other device of a pair: not the same one.
Status peer_of(Device& device, int32_t peer, Device*& other) {
  NPU_TRY(device_of(peer, other));
  NPU_REQUIRE(other != &device, ACL_ERROR_INVALID_PARAM, "device ", peer, " is no peer of itself");
  return {};
}

}  // namespace

aclError aclrtSetDevice(int32_t device) {
  return NPU_ENTRY {
    Device* found;
    NPU_TRY(device_of(device, found));
    set_current_context(found->retain());
    return {};
  };
}
aclError aclrtResetDevice(int32_t device) {
  return NPU_ENTRY {
    Device* found;
    NPU_TRY(device_of(device, found));
    return found->release(false);
  };
}
aclError aclrtResetDeviceForce(int32_t device) {
  return NPU_ENTRY {
    Device* found;
    NPU_TRY(device_of(device, found));
    return found->release(true);
  };
}
aclError aclrtGetDevice(int32_t* device) {
  return NPU_ENTRY {
    NPU_NOT_NULL(device);
    Device* current;
    NPU_TRY(current_device(current));
    *device = current->id;
    return {};
  };
}
aclError aclrtGetDeviceCount(uint32_t* count) {
  return NPU_QUERY {
    NPU_NOT_NULL(count);
    NPU_TRY(options().status);
    *count = static_cast<uint32_t>(options().visible.size());
    NPU_REQUIRE(*count, ACL_ERROR_RT_NO_DEVICE, "ASCEND_RT_VISIBLE_DEVICES leaves no device");
    return {};
  };
}
aclError aclrtGetRunMode(aclrtRunMode* mode) {
  return NPU_QUERY {
    NPU_NOT_NULL(mode);
    *mode = ACL_HOST;
    return {};
  };
}
aclError aclrtSetTsDevice(aclrtTsId id) {
  return NPU_QUERY {
    NPU_REQUIRE(id == ACL_TS_ID_AICORE || id == ACL_TS_ID_AIVECTOR, ACL_ERROR_INVALID_PARAM,
                "there is no task scheduler ", static_cast<int>(id));
    return {};
  };
}
aclError aclrtQueryDeviceStatus(int32_t device, aclrtDeviceStatus* status) {
  return NPU_QUERY {
    NPU_NOT_NULL(status);
    Device* found;
    NPU_TRY(device_of(device, found));
    *status = ACL_RT_DEVICE_STATUS_NORMAL;
    return {};
  };
}

aclError aclrtSynchronizeDevice() {
  return NPU_ENTRY {
    Device* current;
    NPU_TRY(current_device(current));
    return current->synchronize(-1);
  };
}
aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout) {
  return NPU_ENTRY {
    NPU_REQUIRE(timeout >= -1, ACL_ERROR_RT_PARAM_INVALID, "timeout ", timeout, " is less than -1");
    Device* current;
    NPU_TRY(current_device(current));
    return current->synchronize(timeout);
  };
}
aclError aclrtDeviceTaskAbort(int32_t device, uint32_t) {
  return NPU_ENTRY {
    Device* found;
    NPU_TRY(device_of(device, found));
    return found->abort();
  };
}

aclError aclrtDeviceCanAccessPeer(int32_t* can, int32_t device, int32_t peer) {
  return NPU_QUERY {
    NPU_NOT_NULL(can);
    Device *one, *other;
    NPU_TRY(device_of(device, one));
    NPU_TRY(peer_of(*one, peer, other));
    *can = 1;
    return {};
  };
}
aclError aclrtDeviceEnablePeerAccess(int32_t peer, uint32_t flags) {
  return NPU_ENTRY {
    NPU_REQUIRE(flags == 0, ACL_ERROR_FEATURE_UNSUPPORTED, "flags must be 0, not ", flags);
    Device *current, *other;
    NPU_TRY(current_device(current));
    NPU_TRY(peer_of(*current, peer, other));
    current->peers |= uint64_t{1} << other->id;
    return {};
  };
}
aclError aclrtDeviceDisablePeerAccess(int32_t peer) {
  return NPU_ENTRY {
    Device *current, *other;
    NPU_TRY(current_device(current));
    NPU_TRY(peer_of(*current, peer, other));
    current->peers &= ~(uint64_t{1} << other->id);
    return {};
  };
}
aclError aclrtDevicePeerAccessStatus(int32_t device, int32_t peer, int32_t* status) {
  return NPU_QUERY {
    NPU_NOT_NULL(status);
    Device *one, *other;
    NPU_TRY(device_of(device, one));
    NPU_TRY(peer_of(*one, peer, other));
    *status = one->peers >> other->id & 1;
    return {};
  };
}

aclError aclrtGetDeviceInfo(uint32_t device, aclrtDevAttr attribute, int64_t* value) {
  return NPU_QUERY {
    NPU_NOT_NULL(value);
    Device* found;
    NPU_TRY(device_of(device, found));
    const Soc& soc = *options().soc;
    switch (attribute) {
      case ACL_DEV_ATTR_AICPU_CORE_NUM: *value = soc.cpu_cores; return {};
      case ACL_DEV_ATTR_AICORE_CORE_NUM:
      case ACL_DEV_ATTR_CUBE_CORE_NUM: *value = soc.cube_cores; return {};
      case ACL_DEV_ATTR_VECTOR_CORE_NUM: *value = soc.vector_cores; return {};
      case ACL_DEV_ATTR_UBUF_PER_VECTOR_CORE: *value = soc.unified_buffer_bytes; return {};
      case ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE: *value = static_cast<int64_t>(found->hbm_bytes); return {};
      case ACL_DEV_ATTR_L2_CACHE_SIZE: *value = static_cast<int64_t>(soc.l2_bytes); return {};
      case ACL_DEV_ATTR_PHY_CHIP_ID:
      case ACL_DEV_ATTR_SUPER_POD_DEVICE_ID: *value = found->logic_id; return {};
      case ACL_DEV_ATTR_SMP_ID:
      case ACL_DEV_ATTR_SUPER_POD_SERVER_ID:
      case ACL_DEV_ATTR_SUPER_POD_ID:
      case ACL_DEV_ATTR_CUST_OP_PRIVILEGE:
      case ACL_DEV_ATTR_MAINBOARD_ID:
      case ACL_DEV_ATTR_IS_VIRTUAL: *value = 0; return {};
      case ACL_DEV_ATTR_NPU_ARCH: *value = soc.arch; return {};
      case ACL_DEV_ATTR_WARP_SIZE:
      case ACL_DEV_ATTR_MAX_THREAD_PER_VECTOR_CORE: return unsupported(text(soc.name, " has no SIMT units"));
    }
    return {ACL_ERROR_INVALID_PARAM, text("there is no aclrtDevAttr ", static_cast<int>(attribute))};
  };
}
aclError aclrtGetDeviceCapability(int32_t device, aclrtDevFeatureType feature, int32_t* value) {
  return NPU_QUERY {
    NPU_NOT_NULL(value);
    Device* found;
    NPU_TRY(device_of(device, found));
    NPU_REQUIRE(
        feature == ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV || feature == ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV,
        ACL_ERROR_INVALID_PARAM, "there is no aclrtDevFeatureType ", static_cast<int>(feature));
    *value = ACL_DEV_FEATURE_NOT_SUPPORT;
    return {};
  };
}
aclError aclrtDeviceGetStreamPriorityRange(int32_t* least, int32_t* greatest) {
  return NPU_QUERY {
    NPU_NOT_NULL(least);
    NPU_NOT_NULL(greatest);
    *least = 7;
    *greatest = 0;
    return {};
  };
}
aclError aclrtDeviceGetBareTgid(int32_t* pid) {
  return NPU_QUERY {
    NPU_NOT_NULL(pid);
    *pid = getpid();
    return {};
  };
}
aclError aclrtDeviceGetUuid(int32_t device, aclrtUuid* uuid) {
  return NPU_QUERY {
    NPU_NOT_NULL(uuid);
    Device* found;
    NPU_TRY(device_of(device, found));
    *uuid = {};
    std::snprintf(uuid->bytes, sizeof uuid->bytes, "softnpu-%07d", found->logic_id);
    return {};
  };
}
aclError aclrtGetDeviceUtilizationRate(int32_t device, aclrtUtilizationInfo* info) {
  return NPU_QUERY {
    NPU_NOT_NULL(info);
    Device* found;
    NPU_TRY(device_of(device, found));
    constexpr int kNotMeasured = -1;  // As the device says where it cannot tell.
    *info = {kNotMeasured, kNotMeasured, kNotMeasured, static_cast<int32_t>(found->used() * 100 / found->hbm_bytes),
             nullptr};
    return {};
  };
}

aclError aclrtGetLogicDevIdByUserDevId(int32_t user, int32_t* logic) {
  return NPU_QUERY { return user_to_logic(user, logic); };
}
aclError aclrtGetUserDevIdByLogicDevId(int32_t logic, int32_t* user) {
  return NPU_QUERY { return logic_to_user(logic, user); };
}
aclError aclrtGetPhyDevIdByUserDevId(int32_t user, int32_t* physical) {
  return NPU_QUERY { return user_to_logic(user, physical); };
}
aclError aclrtGetUserDevIdByPhyDevId(int32_t physical, int32_t* user) {
  return NPU_QUERY { return logic_to_user(physical, user); };
}
aclError aclrtGetPhyDevIdByLogicDevId(int32_t logic, int32_t* physical) {
  return NPU_QUERY { return same_id(logic, physical); };
}
aclError aclrtGetLogicDevIdByPhyDevId(int32_t physical, int32_t* logic) {
  return NPU_QUERY { return same_id(physical, logic); };
}

aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode) {
  return NPU_ENTRY {
    NPU_REQUIRE(mode == ACL_RT_OVERFLOW_MODE_SATURATION || mode == ACL_RT_OVERFLOW_MODE_INFNAN,
                ACL_ERROR_RT_PARAM_INVALID, "there is no overflow mode ", static_cast<int>(mode));
    const Soc& soc = *options().soc;
    if (mode == ACL_RT_OVERFLOW_MODE_INFNAN && !soc.inf_nan) return unsupported(text(soc.name, " always saturates"));
    if (mode == ACL_RT_OVERFLOW_MODE_SATURATION && soc.inf_nan_only)
      return unsupported(text(soc.name, " never saturates"));
    Device* current;
    NPU_TRY(current_device(current));
    current->overflow_mode = mode;
    return {};
  };
}
aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode* mode) {
  return NPU_ENTRY {
    NPU_NOT_NULL(mode);
    Device* current;
    NPU_TRY(current_device(current));
    *mode = static_cast<aclrtFloatOverflowMode>(current->overflow_mode.load());
    return {};
  };
}
aclError aclrtGetOverflowStatus(void* output, size_t output_size, aclrtStream stream) {
  return NPU_ENTRY {
    constexpr size_t kStatusBytes = 64;
    NPU_REQUIRE(output_size >= kStatusBytes, ACL_ERROR_RT_PARAM_INVALID, "output needs ", kStatusBytes, " bytes, not ",
                output_size);
    NPU_TRY(check_on_device("output", output, kStatusBytes));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    Device* device = find_device(on->owner.device);
    return on->enqueue(make_task(kOverflowStatus, [=] {
      auto* words = static_cast<uint32_t*>(output);
      std::fill_n(words, kStatusBytes / sizeof *words, 0);
      words[0] = device->overflowed;
    }));
  };
}
aclError aclrtResetOverflowStatus(aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    Device* device = find_device(on->owner.device);
    return on->enqueue(make_task(kOverflowReset, [=] { device->overflowed = false; }));
  };
}

aclError aclrtSetOpExecuteTimeOut(uint32_t seconds) {
  return NPU_ENTRY { return set_op_timeout(uint64_t{seconds} * 1000000); };
}
aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t milliseconds) {
  return NPU_ENTRY { return set_op_timeout(uint64_t{milliseconds} * 1000); };
}
aclError aclrtSetOpExecuteTimeOutV2(uint64_t microseconds, uint64_t* actual) {
  return NPU_ENTRY {
    NPU_NOT_NULL(actual);
    *actual = microseconds;
    return set_op_timeout(microseconds);
  };
}
aclError aclrtGetOpExecuteTimeout(uint32_t* milliseconds) {
  return NPU_ENTRY {
    NPU_NOT_NULL(milliseconds);
    *milliseconds = static_cast<uint32_t>(op_timeout_us / 1000);
    return {};
  };
}
aclError aclrtGetOpTimeOutInterval(uint64_t* microseconds) {
  return NPU_ENTRY {
    NPU_NOT_NULL(microseconds);
    *microseconds = 1;
    return {};
  };
}
aclError aclrtSetOpWaitTimeout(uint32_t seconds) {
  return NPU_ENTRY {
    constexpr uint32_t kMost = INT32_MAX / 1000;
    NPU_REQUIRE(seconds <= kMost, ACL_ERROR_RT_PARAM_INVALID, "timeout ", seconds, " s is more than ", kMost);
    set_event_wait_timeout_ms(static_cast<int>(seconds * 1000));
    return {};
  };
}

aclError aclrtGetDeviceResLimit(int32_t device, aclrtDevResLimitType type, uint32_t* value) {
  return NPU_ENTRY {
    NPU_NOT_NULL(value);
    Device* found;
    NPU_TRY(device_limit(device, type, found));
    *value = found->core_limits[type];
    return {};
  };
}
aclError aclrtSetDeviceResLimit(int32_t device, aclrtDevResLimitType type, uint32_t value) {
  return NPU_ENTRY {
    Device* found;
    NPU_TRY(device_limit(device, type, found));
    const Soc& soc = *options().soc;
    const auto most = static_cast<uint32_t>(type == ACL_RT_DEV_RES_CUBE_CORE ? soc.cube_cores : soc.vector_cores);
    NPU_REQUIRE(value >= 1 && value <= most, ACL_ERROR_RT_PARAM_INVALID, soc.name, " has ", most, " such cores, not ",
                value);
    found->core_limits[type] = value;
    return {};
  };
}
aclError aclrtResetDeviceResLimit(int32_t device) {
  return NPU_ENTRY {
    Device* found;
    NPU_TRY(device_of(device, found));
    found->core_limits[ACL_RT_DEV_RES_CUBE_CORE] = options().soc->cube_cores;
    found->core_limits[ACL_RT_DEV_RES_VECTOR_CORE] = options().soc->vector_cores;
    return {};
  };
}

// A software device has no faulty memory.
aclError aclrtGetMemUceInfo(int32_t device, aclrtMemUceInfo* infos, size_t capacity, size_t* count) {
  return NPU_ENTRY {
    NPU_NOT_NULL(infos);
    NPU_NOT_NULL(count);
    NPU_REQUIRE(capacity > 0, ACL_ERROR_INVALID_PARAM, "capacity is 0");
    Device* found;
    NPU_TRY(device_of(device, found));
    *count = 0;
    return {};
  };
}
aclError aclrtMemUceRepair(int32_t device, aclrtMemUceInfo* infos, size_t count) {
  return NPU_ENTRY {
    NPU_NOT_NULL(infos);
    NPU_REQUIRE(count > 0 && count <= ACL_RT_MEM_UCE_INFO_MAX_NUM, ACL_ERROR_INVALID_PARAM, "count ", count,
                " is not from 1 to ", ACL_RT_MEM_UCE_INFO_MAX_NUM);
    Device* found;
    return device_of(device, found);
  };
}
aclError aclrtGetErrorVerbose(int32_t device, aclrtErrorInfo* info) {
  return NPU_ENTRY {
    NPU_NOT_NULL(info);
    Device* found;
    NPU_TRY(device_of(device, found));
    *info = {};
    info->errorType = ACL_RT_NO_ERROR;
    return {};
  };
}
aclError aclrtRepairError(int32_t device, const aclrtErrorInfo* info) {
  return NPU_ENTRY {
    NPU_NOT_NULL(info);
    Device* found;
    NPU_TRY(device_of(device, found));
    NPU_REQUIRE(info->errorType == ACL_RT_NO_ERROR, ACL_ERROR_RT_PARAM_INVALID, "device ", device,
                " has no error of type ", static_cast<int>(info->errorType));
    return {};
  };
}

aclError aclrtSetExceptionInfoCallback(aclrtExceptionInfoCallback callback) {
  return NPU_ENTRY {
    set_exception_callback(callback);
    return {};
  };
}
uint32_t aclrtGetTaskIdFromExceptionInfo(const aclrtExceptionInfo* info) { return info ? info->task : kNoInfo; }
uint32_t aclrtGetStreamIdFromExceptionInfo(const aclrtExceptionInfo* info) { return info ? info->stream : kNoInfo; }
uint32_t aclrtGetThreadIdFromExceptionInfo(const aclrtExceptionInfo* info) { return info ? info->thread : kNoInfo; }
uint32_t aclrtGetDeviceIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return info ? static_cast<uint32_t>(info->device) : kNoInfo;
}
uint32_t aclrtGetErrorCodeFromExceptionInfo(const aclrtExceptionInfo* info) {
  return info ? static_cast<uint32_t>(info->code) : kNoInfo;
}
