// What devices say of themselves, and how the environment chooses them.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>

#include "acl_test.h"

namespace acl_test {
namespace {

int64_t device_info(aclrtDevAttr attribute) {
  int64_t value = -1;
  EXPECT_TRUE(is(ACL_SUCCESS, aclrtGetDeviceInfo(0, attribute, &value), "aclrtGetDeviceInfo"));
  return value;
}

TEST(DeviceTest, TheDefaultIsAnAtlasA2OfEight) {
  EXPECT_STREQ(aclrtGetSocName(), "Ascend910B3");
  uint32_t count = 0;
  ACL_OK(aclrtGetDeviceCount(&count));
  EXPECT_EQ(count, 8u);
  int64_t value;
  ACL_OK(aclGetDeviceCapability(0, ACL_DEVICE_INFO_AI_CORE_NUM, &value));
  EXPECT_EQ(value, 20);
  ACL_OK(aclGetDeviceCapability(0, ACL_DEVICE_INFO_VECTOR_CORE_NUM, &value));
  EXPECT_EQ(value, 40);
  ACL_OK(aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, &value));
  EXPECT_EQ(value, 192 << 20);
  EXPECT_EQ(device_info(ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE), int64_t{64} << 30);
  EXPECT_EQ(device_info(ACL_DEV_ATTR_CUBE_CORE_NUM), 20);
  EXPECT_EQ(device_info(ACL_DEV_ATTR_NPU_ARCH), 2201);
}

TEST(DeviceTest, Attributes) {
  const aclCannAttr* attributes = nullptr;
  size_t count = 0;
  ACL_OK(aclGetCannAttributeList(&attributes, &count));
  EXPECT_EQ(count, 3u);
  for (size_t i = 0; i < count; ++i) {
    int32_t value = -1;
    ACL_OK(aclGetCannAttribute(attributes[i], &value));
    EXPECT_TRUE(value == 0 || value == 1);
  }
  std::set<std::string> uuids;
  for (int device = 0; device < 8; ++device) {
    aclrtUuid uuid;
    ACL_OK(aclrtDeviceGetUuid(device, &uuid));
    uuids.insert(std::string(uuid.bytes, sizeof uuid.bytes));
  }
  EXPECT_EQ(uuids.size(), 8u);
  int32_t pid, least, greatest;
  ACL_OK(aclrtDeviceGetBareTgid(&pid));
  EXPECT_EQ(pid, getpid());
  ACL_OK(aclrtDeviceGetStreamPriorityRange(&least, &greatest));
  EXPECT_GE(least, greatest);
  aclrtRunMode mode;
  ACL_OK(aclrtGetRunMode(&mode));
  EXPECT_EQ(mode, ACL_HOST);
  aclrtDeviceStatus status;
  ACL_OK(aclrtQueryDeviceStatus(0, &status));
  EXPECT_EQ(status, ACL_RT_DEVICE_STATUS_NORMAL);
  int32_t value;
  ACL_OK(aclrtGetDeviceCapability(0, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &value));
  EXPECT_EQ(value, ACL_DEV_FEATURE_NOT_SUPPORT);
}

TEST(DeviceTest, Versions) {
  aclCANNPackageVersion version;
  ACL_OK(aclsysGetCANNVersion(ACL_PKG_NAME_CANN, &version));
  EXPECT_EQ(std::string(version.majorVersion) + "." + version.minorVersion + "." + version.releaseVersion,
            version.version);
  char text[ACL_PKG_VERSION_MAX_SIZE];
  char runtime[] = "runtime", upper[] = "RUNTIME";
  ACL_OK(aclsysGetVersionStr(runtime, text));
  EXPECT_STREQ(text, version.version);
  ACL_OK(aclsysGetVersionStr(upper, text));
  int32_t number = 0, major, minor, patch;
  ACL_OK(aclsysGetVersionNum(runtime, &number));
  EXPECT_GT(number, 80000000);
  ACL_OK(aclrtGetVersion(&major, &minor, &patch));
  EXPECT_EQ(major, ACL_MAJOR_VERSION);
}

TEST(DeviceTest, OverflowModeFollowsTheChip) {
  ACL_OK(aclrtSetDevice(0));
  aclrtFloatOverflowMode mode;
  ACL_OK(aclrtGetDeviceSatMode(&mode));
  EXPECT_EQ(mode, ACL_RT_OVERFLOW_MODE_INFNAN);
  ACL_OK(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_SATURATION));
  ACL_OK(aclrtGetDeviceSatMode(&mode));
  EXPECT_EQ(mode, ACL_RT_OVERFLOW_MODE_SATURATION);
  ACL_OK(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_INFNAN));
  ACL_OK(aclrtResetDevice(0));
}

TEST(DeviceTest, TimeoutsAreKept) {
  uint64_t actual, interval;
  uint32_t milliseconds;
  ACL_OK(aclrtSetOpExecuteTimeOut(3));
  ACL_OK(aclrtGetOpExecuteTimeout(&milliseconds));
  EXPECT_EQ(milliseconds, 3000u);
  ACL_OK(aclrtSetOpExecuteTimeOutWithMs(7));
  ACL_OK(aclrtGetOpExecuteTimeout(&milliseconds));
  EXPECT_EQ(milliseconds, 7u);
  ACL_OK(aclrtSetOpExecuteTimeOutV2(5000000, &actual));
  EXPECT_EQ(actual, 5000000u);
  ACL_OK(aclrtGetOpTimeOutInterval(&interval));
  EXPECT_GT(interval, 0u);
}

TEST(DeviceTest, NothingIsBroken) {
  aclrtMemUceInfo infos[ACL_RT_MEM_UCE_INFO_MAX_NUM];
  size_t count = 1;
  ACL_OK(aclrtGetMemUceInfo(0, infos, ACL_RT_MEM_UCE_INFO_MAX_NUM, &count));
  EXPECT_EQ(count, 0u);
  ACL_OK(aclrtMemUceRepair(0, infos, 1));
  aclrtErrorInfo error;
  ACL_OK(aclrtGetErrorVerbose(0, &error));
  EXPECT_EQ(error.errorType, ACL_RT_NO_ERROR);
  ACL_OK(aclrtRepairError(0, &error));
}

TEST(DeviceTest, InitCounts) {
  const auto result = run_process("counts_inits");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}
PROCESS(counts_inits) {
  uint64_t count = 99;
  if (aclFinalize() != ACL_ERROR_REPEAT_FINALIZE) return 1;
  if (aclInit(nullptr) != ACL_SUCCESS || aclInit("") != ACL_ERROR_REPEAT_INITIALIZE) return 2;
  if (aclFinalizeReference(&count) != ACL_SUCCESS || count != 1) return 3;
  if (aclFinalizeReference(&count) != ACL_SUCCESS || count != 0) return 4;
  if (aclFinalizeReference(&count) != ACL_ERROR_REPEAT_FINALIZE || count != 0) return 5;
  if (aclInit(nullptr) != ACL_SUCCESS || aclInit(nullptr) != ACL_ERROR_REPEAT_INITIALIZE) return 6;
  if (aclFinalize() != ACL_SUCCESS || aclFinalize() != ACL_ERROR_REPEAT_FINALIZE) return 7;
  return 0;
}

// Prints what this process sees: chip, devices, HBM in MiB, bf16, overflow mode, cores.
// A thread that sets no device works on the one the file names.
PROCESS(reads_its_config) {
  const std::string path = testing::TempDir() + "acl_" + std::to_string(getpid()) + ".json";
  const auto init = [&](const char* json) {
    std::ofstream(path) << json;
    const aclError code = aclInit(path.c_str());
    std::remove(path.c_str());
    return code;
  };
  if (init(R"({"defaultDevice": {"default_device": "first"}})") != ACL_ERROR_PARSE_FILE) return 1;
  if (init(R"({"defaultDevice": {"default_device": "64"}})") != ACL_ERROR_RT_INVALID_DEVICEID) return 2;
  if (init(R"({"dump": {}, "defaultDevice": {"default_device": "1"}})") != ACL_SUCCESS) return 3;
  int32_t device = -1;
  void* memory;
  if (aclrtMalloc(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST) != ACL_SUCCESS) return 4;
  if (aclrtGetDevice(&device) != ACL_SUCCESS || device != 1) return 5;
  return aclrtFree(memory);
}

TEST(DeviceTest, ReadsTheDefaultDeviceOfItsConfig) {
  const Result result = run_process("reads_its_config");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

PROCESS(describes_the_device) {
  uint32_t count = 0;
  if (aclrtGetDeviceCount(&count) || aclrtSetDevice(0)) {
    std::puts(recent_text().c_str());
    return 1;
  }
  size_t free, total;
  int32_t bf16;
  int64_t cores;
  aclrtFloatOverflowMode mode;
  if (aclrtGetMemInfo(ACL_HBM_MEM, &free, &total) || aclGetCannAttribute(ACL_CANN_ATTR_BF16, &bf16) ||
      aclrtGetDeviceSatMode(&mode) || aclGetDeviceCapability(0, ACL_DEVICE_INFO_AI_CORE_NUM, &cores))
    return 2;
  std::printf("%s %u %zu %d %d %ld", aclrtGetSocName(), count, total >> 20, bf16, mode, static_cast<long>(cores));
  return 0;
}

TEST(DeviceTest, TheEnvironmentChooses) {
  const struct {
    std::vector<std::string> environment;
    const char* seen;
  } kCases[] = {
      {{}, "Ascend910B3 8 65536 1 1 20"},
      {{"SOFTNPU_SOC=Ascend910A"}, "Ascend910A 8 32768 0 0 32"},
      {{"SOFTNPU_SOC=Ascend910_9391", "SOFTNPU_DEVICES=16"}, "Ascend910_9391 16 65536 1 1 24"},
      {{"SOFTNPU_SOC=Ascend950"}, "Ascend950PR_9599 8 131072 1 1 36"},
      {{"SOFTNPU_DEVICES=1", "SOFTNPU_HBM_GB=0.5"}, "Ascend910B3 1 512 1 1 20"},
      {{"ASCEND_RT_VISIBLE_DEVICES=5,2"}, "Ascend910B3 2 65536 1 1 20"},
      {{"ASCEND_RT_VISIBLE_DEVICES=3,99,4"}, "Ascend910B3 1 65536 1 1 20"},
  };
  for (const auto& c : kCases) {
    const auto result = run_process("describes_the_device", c.environment);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.output, c.seen);
  }
}

TEST(DeviceTest, AnEnvironmentThatCannotBeIsRefused) {
  const struct {
    const char *variable, *words;
  } kCases[] = {
      {"SOFTNPU_SOC=Ascend999", "known are Ascend910B3"}, {"SOFTNPU_DEVICES=0", "not a number from 1"},
      {"SOFTNPU_DEVICES=many", "not a number"},           {"SOFTNPU_HBM_GB=-1", "not a number from"},
      {"ASCEND_RT_VISIBLE_DEVICES=", "leaves no device"}, {"SOFTNPU_SPIN_US=x", "not a number"},
  };
  for (const auto& c : kCases) {
    const auto result = run_process("describes_the_device", {c.variable});
    EXPECT_EQ(result.exit_code, 1) << c.variable;
    EXPECT_NE(result.output.find(c.words), std::string::npos) << c.variable << ": " << result.output;
  }
}

PROCESS(maps_device_ids) {
  int32_t id;
  if (aclrtGetLogicDevIdByUserDevId(0, &id) || id != 5) return 1;
  if (aclrtGetUserDevIdByLogicDevId(2, &id) || id != 1) return 2;
  if (aclrtGetPhyDevIdByUserDevId(1, &id) || id != 2) return 3;
  if (aclrtGetUserDevIdByPhyDevId(5, &id) || id != 0) return 4;
  if (aclrtGetPhyDevIdByLogicDevId(7, &id) || id != 7) return 5;
  if (aclrtGetLogicDevIdByPhyDevId(7, &id) || id != 7) return 6;
  return aclrtGetUserDevIdByLogicDevId(0, &id) == ACL_ERROR_RT_INVALID_DEVICEID ? 0 : 7;
}
TEST(DeviceTest, VisibleDevicesAreRenumbered) {
  const auto result = run_process("maps_device_ids", {"ASCEND_RT_VISIBLE_DEVICES=5,2"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

PROCESS(keeps_the_chips_overflow_mode) {
  if (aclrtSetDevice(0)) return 1;
  const bool infnan = std::strcmp(aclrtGetSocName(), "Ascend910A") != 0;
  const auto refused = infnan ? ACL_RT_OVERFLOW_MODE_SATURATION : ACL_RT_OVERFLOW_MODE_INFNAN;
  return aclrtSetDeviceSatMode(refused) == ACL_ERROR_RT_FEATURE_NOT_SUPPORT ? 0 : 2;
}
TEST(DeviceTest, SomeChipsKnowOneOverflowModeOnly) {
  for (const char* soc : {"SOFTNPU_SOC=Ascend910A", "SOFTNPU_SOC=Ascend950PR_9599"}) {
    const auto result = run_process("keeps_the_chips_overflow_mode", {soc});
    EXPECT_EQ(result.exit_code, 0) << soc << result.output;
  }
}

PROCESS(logs) {
  aclAppLog(ACL_WARNING, "function", "folder/file.cpp", 12, "%s %d", "answer", 42);
  (void)aclrtFree(nullptr);
  return 0;
}
TEST(DeviceTest, LogsWhereTheEnvironmentSays) {
  const auto all = run_process("logs", {"ASCEND_GLOBAL_LOG_LEVEL=2", "ASCEND_SLOG_PRINT_TO_STDOUT=1"});
  EXPECT_NE(all.output.find("[WARNING]"), std::string::npos) << all.output;
  EXPECT_NE(all.output.find("[file.cpp:12]"), std::string::npos) << all.output;
  EXPECT_NE(all.output.find("answer 42"), std::string::npos) << all.output;
  EXPECT_NE(all.output.find("aclrtFree: pointer is null"), std::string::npos) << all.output;
  const auto errors = run_process("logs", {"ASCEND_SLOG_PRINT_TO_STDOUT=1"});
  EXPECT_EQ(errors.output.find("answer 42"), std::string::npos) << errors.output;
  EXPECT_NE(errors.output.find("[ERROR]"), std::string::npos) << errors.output;
  EXPECT_EQ(run_process("logs").output, "");
}

}  // namespace
}  // namespace acl_test
