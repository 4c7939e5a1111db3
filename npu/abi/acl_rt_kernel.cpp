// extern "C": binaries for the chip's cores, which no software device can run; the older rt* names for the same.
#include "acl/acl_rt_kernel.h"
#include "npu/abi/entry.h"
#include "runtime/kernel.h"

using namespace npu;

namespace {

Status no_binaries() {
  return unsupported("a software device cannot run binaries made for the chip's cores; use an aclnn operator");
}

}  // namespace

aclError aclrtBinaryLoadFromData(const void* data, size_t, const aclrtBinaryLoadOptions*, aclrtBinHandle* binary) {
  return NPU_QUERY {
    NPU_NOT_NULL(data);
    NPU_NOT_NULL(binary);
    return no_binaries();
  };
}
aclError aclrtBinaryGetFunction(aclrtBinHandle, const char*, aclrtFuncHandle*) {
  return NPU_QUERY { return no_binaries(); };
}
aclError aclrtGetFunctionAddr(aclrtFuncHandle, void**, void**) {
  return NPU_QUERY { return no_binaries(); };
}

rtError_t rtDevBinaryRegister(const rtDevBinary_t*, void**) {
  return NPU_QUERY { return no_binaries(); };
}
rtError_t rtFunctionRegister(void*, const void*, const char*, const void*, uint32_t) {
  return NPU_QUERY { return no_binaries(); };
}
rtError_t rtKernelLaunch(const void*, uint32_t, void*, uint32_t, rtSmDesc_t*, rtStream_t) {
  return NPU_QUERY { return no_binaries(); };
}
rtError_t rtGetC2cCtrlAddr(uint64_t*, uint32_t*) {
  return NPU_QUERY { return no_binaries(); };
}
