#include <c10/util/Exception.h>

#include "acl/acl_mdl.h"
#include "acl/acl_op_compiler.h"
#include "acl/acl_rt.h"
#include "python/runtime.h"
#include "runtime/NPUException.h"
#include "runtime/NPUFunctions.h"
#include "runtime/NPUStream.h"

namespace torch_npu {
namespace {

constexpr std::pair<const char*, aclCompileOpt> kCompileOptions[] = {
    {"ACL_PRECISION_MODE", ACL_PRECISION_MODE},
    {"ACL_AICORE_NUM", ACL_AICORE_NUM},
    {"ACL_OP_SELECT_IMPL_MODE", ACL_OP_SELECT_IMPL_MODE},
    {"ACL_OPTYPELIST_FOR_IMPLMODE", ACL_OPTYPELIST_FOR_IMPLMODE},
    {"ACL_OP_DEBUG_LEVEL", ACL_OP_DEBUG_LEVEL},
    {"ACL_DEBUG_DIR", ACL_DEBUG_DIR},
    {"ACL_OP_COMPILER_CACHE_MODE", ACL_OP_COMPILER_CACHE_MODE},
    {"ACL_OP_COMPILER_CACHE_DIR", ACL_OP_COMPILER_CACHE_DIR},
    {"ACL_OP_DEBUG_OPTION", ACL_OP_DEBUG_OPTION},
    {"jitCompile", ACL_OP_JIT_COMPILE},
};

// Whether it is an option of CANN's; others are torch_npu's own.
bool set_compile_option(const std::string& name, const std::string& value) {
  for (const auto& [known, option] : kCompileOptions) {
    if (name != known) continue;
    NPU_CHECK(aclSetCompileopt(option, value.c_str()));
    return true;
  }
  return false;
}

uint32_t device_limit(int device, int type) {
  uint32_t value = 0;
  NPU_CHECK(aclrtGetDeviceResLimit(device, static_cast<aclrtDevResLimitType>(type), &value));
  return value;
}
void set_device_limit(int device, int type, uint32_t value) {
  NPU_CHECK(aclrtSetDeviceResLimit(device, static_cast<aclrtDevResLimitType>(type), value));
}
aclrtStream handle(uint64_t address) {
  return reinterpret_cast<aclrtStream>(address);  // NOLINT(performance-no-int-to-ptr): Stream.npu_stream
}
uint32_t stream_limit(uint64_t stream, int type) {
  uint32_t value = 0;
  NPU_CHECK(aclrtGetStreamResLimit(handle(stream), static_cast<aclrtDevResLimitType>(type), &value));
  return value;
}
void set_stream_limit(uint64_t stream, int type, uint32_t value) {
  NPU_CHECK(aclrtSetStreamResLimit(handle(stream), static_cast<aclrtDevResLimitType>(type), value));
}

// Whether a result that is too large is infinite, and not the largest number.
bool overflows_to_inf() {
  aclrtFloatOverflowMode mode = ACL_RT_OVERFLOW_MODE_INFNAN;
  NPU_CHECK(aclrtGetDeviceSatMode(&mode));
  return mode == ACL_RT_OVERFLOW_MODE_INFNAN;
}

// Empty for a package that CANN does not have.
std::string cann_version(const std::string& package) {
  constexpr const char* kPackages[] = {"CANN", "RUNTIME", "COMPILER", "HCCL", "TOOLKIT", "OPP", "OPP_KERNEL", "DRIVER"};
  aclCANNPackageVersion version{};
  for (size_t i = 0; i < std::size(kPackages); ++i)
    if (package == kPackages[i] && aclsysGetCANNVersion(static_cast<aclCANNPackageName>(i), &version) == ACL_SUCCESS)
      return version.version;
  return {};
}

}  // namespace

void bind_config(py::module_& m) {
  const py::call_guard<py::gil_scoped_release> no_gil;
  m.def("set_compile_option", &set_compile_option, no_gil);
  m.def("device_limit", &device_limit, no_gil);
  m.def("set_device_limit", &set_device_limit, no_gil);
  m.def("stream_limit", &stream_limit, no_gil);
  m.def("set_stream_limit", &set_stream_limit, no_gil);
  m.def("reset_stream_limit", [](uint64_t stream) { NPU_CHECK(aclrtResetStreamResLimit(handle(stream))); }, no_gil);
  m.def("set_op_timeout_ms", [](uint32_t ms) { NPU_CHECK(aclrtSetOpExecuteTimeOutWithMs(ms)); }, no_gil);
  m.def("init_dump", [] { NPU_CHECK(aclmdlInitDump()); }, no_gil);
  m.def("set_dump", [](const std::string& path) { NPU_CHECK(aclmdlSetDump(path.c_str())); }, no_gil);
  m.def("finalize_dump", [] { NPU_CHECK(aclmdlFinalizeDump()); }, no_gil);
  m.def("cann_version", &cann_version);
  m.def("overflows_to_inf", &overflows_to_inf, no_gil);
}

}  // namespace torch_npu
