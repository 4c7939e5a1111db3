#include "runtime/NPUProperties.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string_view>

#include "acl/acl.h"
#include "runtime/NPUException.h"
#include "runtime/NPUGuard.h"

namespace c10_npu {
namespace {

// Every chip since Atlas A2 has bfloat16. "Ascend910B" without a number is of the first generation.
constexpr std::string_view kWithoutBfloat16[] = {"Ascend910A", "Ascend910ProA", "Ascend910B", "Ascend910ProB",
                                                 "Ascend910PremiumA"};
constexpr std::string_view kSeriesWithoutBfloat16 = "Ascend310P";

int64_t info(DeviceIndex device, aclrtDevAttr attribute) {
  int64_t value = 0;
  NPU_CHECK(aclrtGetDeviceInfo(static_cast<uint32_t>(device), attribute, &value));
  return value;
}

NPUProperties read(DeviceIndex device) {
  const OnDevice here(device);
  NPUProperties p;
  p.name = device_name();
  p.total_memory = info(device, ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE);
  p.cube_core_num = info(device, ACL_DEV_ATTR_CUBE_CORE_NUM);
  p.vector_core_num = info(device, ACL_DEV_ATTR_VECTOR_CORE_NUM);
  p.L2_cache_size = info(device, ACL_DEV_ATTR_L2_CACHE_SIZE);
  aclrtUuid uuid{};
  NPU_CHECK(aclrtDeviceGetUuid(device, &uuid));
  std::memcpy(p.uuid.data(), uuid.bytes, p.uuid.size());
  return p;
}

}  // namespace

const NPUProperties& properties(DeviceIndex device) {
  struct Known {
    std::array<std::once_flag, kMaxDevices> once;
    std::array<NPUProperties, kMaxDevices> of_device;
  };
  static auto* known = new Known;
  device = checked_device(device);
  std::call_once(known->once[device], [&] { known->of_device[device] = read(device); });
  return known->of_device[device];
}

std::string device_name() {
  const char* name = aclrtGetSocName();
  TORCH_CHECK(name, "CANN does not know this machine's chip: aclrtGetSocName gives no name.");
  return name;
}

std::string to_string(const std::array<uint8_t, 16>& uuid) {
  std::string text;
  for (size_t i = 0; i < uuid.size(); ++i) {
    char byte[4];
    std::snprintf(byte, sizeof byte, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
    text += byte;
  }
  return text;
}

bool supports_bfloat16() {
  const std::string name = device_name();
  return !name.starts_with(kSeriesWithoutBfloat16) &&
         std::ranges::find(kWithoutBfloat16, name) == std::end(kWithoutBfloat16);
}

bool can_access_peer(DeviceIndex device, DeviceIndex peer) {
  device = checked_device(device);
  peer = checked_device(peer);
  if (device == peer) return false;  // As CUDA: a device is no peer of itself.
  ensure_context();
  int32_t can = 0;
  NPU_CHECK(aclrtDeviceCanAccessPeer(&can, device, peer));
  return can != 0;
}

int utilization(DeviceIndex device) {
  aclrtUtilizationInfo info{};
  NPU_CHECK(aclrtGetDeviceUtilizationRate(checked_device(device), &info));
  return std::max(info.cubeUtilization, info.vectorUtilization);
}

}  // namespace c10_npu
