// What a device says of itself.
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "runtime/NPUFunctions.h"

namespace c10_npu {

struct NPUProperties {
  std::string name;  // as aclrtGetSocName: Ascend910B3
  int64_t total_memory = 0;
  int64_t cube_core_num = 0;
  int64_t vector_core_num = 0;
  int64_t L2_cache_size = 0;
  std::array<uint8_t, 16> uuid{};
};

// Read once and kept; -1 is the current device. The reference lives as long as the process.
const NPUProperties& properties(DeviceIndex device = -1);
std::string device_name();  // makes no context
std::string to_string(const std::array<uint8_t, 16>& uuid);

// False on the chips before Atlas A2, whose matrix units have no bfloat16.
bool supports_bfloat16();
bool can_access_peer(DeviceIndex device, DeviceIndex peer);
// Percent of time the cores were busy; throws where the device does not measure it.
int utilization(DeviceIndex device);

}  // namespace c10_npu
