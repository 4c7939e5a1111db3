// extern "C": start, end, versions, errors, log, chip.
#include "acl/acl_rt.h"

#include <algorithm>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string_view>

#include "npu/abi/entry.h"
#include "npu/base/error.h"
#include "npu/base/log.h"
#include "npu/base/options.h"
#include "npu/base/version.h"
#include "npu/runtime/device.h"

using namespace npu;

namespace {

std::mutex init_mutex;
uint64_t init_count = 0;

// The packages a client asks the version of.
struct Package {
  aclCANNPackageName name;
  const char* text;
  const char* version;
};
constexpr Package kPackages[] = {
    {ACL_PKG_NAME_CANN, "CANN", kCannVersion},
    {ACL_PKG_NAME_RUNTIME, "runtime", kCannVersion},
    {ACL_PKG_NAME_COMPILER, "compiler", kCannVersion},
    {ACL_PKG_NAME_HCCL, "hccl", kCannVersion},
    {ACL_PKG_NAME_TOOLKIT, "toolkit", kCannVersion},
    {ACL_PKG_NAME_OPP, "opp", kCannVersion},
    {ACL_PKG_NAME_OPP_KERNEL, "opp_kernel", kCannVersion},
    {ACL_PKG_NAME_DRIVER, "driver", kDriverVersion},
};

// "runtime" is also asked for as "RUNTIME" and "npu-runtime".
const Package* find_package(const char* name) {
  if (std::strncmp(name, "npu-", 4) == 0) name += 4;
  for (const Package& p : kPackages)
    if (strcasecmp(p.text, name) == 0) return &p;
  return nullptr;
}

// aclInit's JSON. Of what it may hold only {"defaultDevice": {"default_device": "0"}} means something here: dumps and
// profiles have their own ways.
Status read_config(const char* path, int& default_device) {
  std::ifstream file(path);
  NPU_REQUIRE(file.good(), ACL_ERROR_INVALID_FILE, "cannot read ", path);
  const std::string json(std::istreambuf_iterator<char>(file), {});
  constexpr std::string_view kKey = "\"default_device\"";
  size_t at = json.find(kKey);
  if (at == std::string::npos) return {};
  at = std::min(json.find_first_not_of(" \t\r\n:\"", at + kKey.size()), json.size());
  const auto parsed = std::from_chars(json.data() + at, json.data() + json.size(), default_device);
  NPU_REQUIRE(parsed.ec == std::errc(), ACL_ERROR_PARSE_FILE, path, " gives no number as default_device");
  NPU_REQUIRE(find_device(default_device), ACL_ERROR_RT_INVALID_DEVICEID, path, " makes device ", default_device,
              " the default, but there are ", device_count());
  return {};
}

struct Version {
  int major = 0, minor = 0, patch = 0;
  explicit Version(const char* text) { std::sscanf(text, "%d.%d.%d", &major, &minor, &patch); }
};

}  // namespace

aclError aclInit(const char* config_path) {
  return NPU_ENTRY {
    NPU_TRY(options().status);
    int default_device = -1;
    if (config_path && *config_path) NPU_TRY(read_config(config_path, default_device));
    std::lock_guard lock(init_mutex);
    ++init_count;
    NPU_REQUIRE(init_count == 1, ACL_ERROR_REPEAT_INITIALIZE, "called ", init_count, " times; the first one counts");
    if (default_device >= 0) set_default_device(default_device);
    return {};
  };
}

aclError aclFinalize() {
  return NPU_ENTRY {
    std::lock_guard lock(init_mutex);
    NPU_REQUIRE(init_count > 0, ACL_ERROR_REPEAT_FINALIZE, "aclInit was not called, or its end was");
    init_count = 0;
    return {};
  };
}

aclError aclFinalizeReference(uint64_t* count) {
  return NPU_ENTRY {
    std::lock_guard lock(init_mutex);
    if (count) *count = init_count;
    NPU_REQUIRE(init_count > 0, ACL_ERROR_REPEAT_FINALIZE, "aclInit was not called, or its end was");
    --init_count;
    if (count) *count = init_count;
    return {};
  };
}

aclError aclrtGetVersion(int32_t* major, int32_t* minor, int32_t* patch) {
  return NPU_QUERY {
    NPU_NOT_NULL(major);
    NPU_NOT_NULL(minor);
    NPU_NOT_NULL(patch);
    *major = ACL_MAJOR_VERSION;
    *minor = ACL_MINOR_VERSION;
    *patch = ACL_PATCH_VERSION;
    return {};
  };
}

aclError aclsysGetCANNVersion(aclCANNPackageName name, aclCANNPackageVersion* version) {
  return NPU_QUERY {
    NPU_NOT_NULL(version);
    for (const Package& p : kPackages) {
      if (p.name != name) continue;
      *version = {};
      const Version parts(p.version);
      std::snprintf(version->version, sizeof version->version, "%s", p.version);
      std::snprintf(version->majorVersion, sizeof version->majorVersion, "%d", parts.major);
      std::snprintf(version->minorVersion, sizeof version->minorVersion, "%d", parts.minor);
      std::snprintf(version->releaseVersion, sizeof version->releaseVersion, "%d", parts.patch);
      return {};
    }
    return {ACL_ERROR_INVALID_PARAM, text("there is no package ", static_cast<int>(name))};
  };
}

aclError aclsysGetVersionStr(char* package, char* version) {
  return NPU_QUERY {
    NPU_NOT_NULL(package);
    NPU_NOT_NULL(version);
    const Package* found = find_package(package);
    NPU_REQUIRE(found, ACL_ERROR_INVALID_PARAM, "there is no package ", package);
    std::snprintf(version, ACL_PKG_VERSION_MAX_SIZE, "%s", found->version);
    return {};
  };
}

aclError aclsysGetVersionNum(char* package, int32_t* version) {
  return NPU_QUERY {
    NPU_NOT_NULL(package);
    NPU_NOT_NULL(version);
    const Package* found = find_package(package);
    NPU_REQUIRE(found, ACL_ERROR_INVALID_PARAM, "there is no package ", package);
    const Version parts(found->version);
    *version = parts.major * 10000000 + parts.minor * 100000 + parts.patch * 1000;
    return {};
  };
}

const char* aclGetRecentErrMsg() { return take_recent_text(); }

aclError aclrtPeekAtLastError(aclrtLastErrLevel level) {
  return level == ACL_RT_THREAD_LEVEL ? peek_last_error() : NPU_QUERY {
    return {ACL_ERROR_INVALID_PARAM, text("there is no level ", static_cast<int>(level))};
  };
}

aclError aclrtGetLastError(aclrtLastErrLevel level) {
  return level == ACL_RT_THREAD_LEVEL ? take_last_error() : NPU_QUERY {
    return {ACL_ERROR_INVALID_PARAM, text("there is no level ", static_cast<int>(level))};
  };
}

const char* aclrtGetSocName() { return options().soc->name; }

aclError aclGetDeviceCapability(uint32_t device, aclDeviceInfo info, int64_t* value) {
  return NPU_QUERY {
    NPU_NOT_NULL(value);
    Device* found;
    NPU_TRY(device_of(device, found));
    const Soc& soc = *options().soc;
    switch (info) {
      case ACL_DEVICE_INFO_AI_CORE_NUM: *value = soc.cube_cores; return {};
      case ACL_DEVICE_INFO_VECTOR_CORE_NUM: *value = soc.vector_cores; return {};
      case ACL_DEVICE_INFO_L2_SIZE: *value = static_cast<int64_t>(soc.l2_bytes); return {};
      default: return {ACL_ERROR_INVALID_PARAM, text("there is no aclDeviceInfo ", static_cast<int>(info))};
    }
  };
}

aclError aclGetCannAttributeList(const aclCannAttr** attributes, size_t* count) {
  return NPU_QUERY {
    NPU_NOT_NULL(attributes);
    NPU_NOT_NULL(count);
    static constexpr aclCannAttr kAll[] = {ACL_CANN_ATTR_INF_NAN, ACL_CANN_ATTR_BF16, ACL_CANN_ATTR_JIT_COMPILE};
    *attributes = kAll;
    *count = std::size(kAll);
    return {};
  };
}

aclError aclGetCannAttribute(aclCannAttr attribute, int32_t* value) {
  return NPU_QUERY {
    NPU_NOT_NULL(value);
    const Soc& soc = *options().soc;
    switch (attribute) {
      case ACL_CANN_ATTR_INF_NAN: *value = soc.inf_nan; return {};
      case ACL_CANN_ATTR_BF16: *value = soc.bf16; return {};
      case ACL_CANN_ATTR_JIT_COMPILE: *value = 0; return {};  // Nothing is compiled at run time.
      default: return {ACL_ERROR_INVALID_PARAM, text("there is no aclCannAttr ", static_cast<int>(attribute))};
    }
  };
}

void aclAppLog(aclLogLevel level, const char* function, const char* file, uint32_t line, const char* format, ...) {
  if (!format || !log_enabled(level)) return;
  char message[1024];
  va_list args;
  va_start(args, format);
  std::vsnprintf(message, sizeof message, format, args);
  va_end(args);
  (void)entry<false>("aclAppLog", [&]() -> Status {
    write_log(level, function ? function : "", file ? file : "", line, message);
    return {};
  });
}
