// extern "C" of HCCL. The collectives are not built yet: each call that would need them says so.
#include "hccl/hccl.h"

#include <atomic>
#include <iterator>
#include <string>
#include <utility>

#include "npu/base/status.h"

namespace {

HcclResult refuse(HcclResult code, std::string text) {
  return static_cast<HcclResult>(npu::remember({code, std::move(text)}));
}
HcclResult unimplemented(const char* call) {
  return refuse(HCCL_E_NOT_SUPPORT,
                std::string("UNIMPLEMENTED: ") + call + ": this CANN has no collectives yet; use one device");
}

std::atomic<int32_t> configs[HCCL_CONFIG_RESERVED];

HcclResult check(HcclConfig config) {
  if (config >= 0 && config < HCCL_CONFIG_RESERVED) return HCCL_SUCCESS;
  return refuse(HCCL_E_PARA, "there is no HcclConfig " + std::to_string(static_cast<int>(config)));
}

// By code.
constexpr const char* kErrors[] = {"no error",
                                   "parameter error",
                                   "null pointer",
                                   "memory error",
                                   "internal error",
                                   "not supported",
                                   "not found",
                                   "resource unavailable",
                                   "system call error",
                                   "timeout",
                                   "cannot open a file",
                                   "cannot connect (tcp)",
                                   "cannot connect (roce)",
                                   "transfer error (tcp)",
                                   "transfer error (roce)",
                                   "runtime error",
                                   "driver error",
                                   "profiling error",
                                   "compute engine error",
                                   "network error",
                                   "try again",
                                   "remote error",
                                   "communicator suspending",
                                   "retry failed",
                                   "out of memory"};
static_assert(std::size(kErrors) == HCCL_E_RESERVED);

}  // namespace

const char* HcclGetErrorString(HcclResult code) {
  return code >= 0 && code < HCCL_E_RESERVED ? kErrors[code] : "unknown error";
}
uint32_t HcclGetCommConfigCapability() { return 0; }

HcclResult HcclSetConfig(HcclConfig config, HcclConfigValue value) {
  if (const HcclResult bad = check(config); bad != HCCL_SUCCESS) return bad;
  configs[config] = value.value;
  return HCCL_SUCCESS;
}
HcclResult HcclGetConfig(HcclConfig config, HcclConfigValue* value) {
  if (const HcclResult bad = check(config); bad != HCCL_SUCCESS) return bad;
  if (!value) return refuse(HCCL_E_PTR, "value is null");
  value->value = configs[config];
  return HCCL_SUCCESS;
}

HcclResult HcclGetRootInfo(HcclRootInfo*) { return unimplemented(__func__); }
HcclResult HcclCommInitRootInfo(uint32_t, const HcclRootInfo*, uint32_t, HcclComm*) { return unimplemented(__func__); }
HcclResult HcclCommInitRootInfoConfig(uint32_t, const HcclRootInfo*, uint32_t, const HcclCommConfig*, HcclComm*) {
  return unimplemented(__func__);
}
HcclResult HcclCommInitClusterInfo(const char*, uint32_t, HcclComm*) { return unimplemented(__func__); }
HcclResult HcclCommInitAll(uint32_t, int32_t*, HcclComm*) { return unimplemented(__func__); }
HcclResult HcclCommDestroy(HcclComm) { return unimplemented(__func__); }
HcclResult HcclGetCommName(HcclComm, char*) { return unimplemented(__func__); }
HcclResult HcclGetRankSize(HcclComm, uint32_t*) { return unimplemented(__func__); }
HcclResult HcclGetRankId(HcclComm, uint32_t*) { return unimplemented(__func__); }
HcclResult HcclGetCommAsyncError(HcclComm, HcclResult*) { return unimplemented(__func__); }
HcclResult HcclAllReduce(void*, void*, uint64_t, HcclDataType, HcclReduceOp, HcclComm, aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclReduce(void*, void*, uint64_t, HcclDataType, HcclReduceOp, uint32_t, HcclComm, aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclBroadcast(void*, uint64_t, HcclDataType, uint32_t, HcclComm, aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclAllGather(void*, void*, uint64_t, HcclDataType, HcclComm, aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclReduceScatter(void*, void*, uint64_t, HcclDataType, HcclReduceOp, HcclComm, aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclScatter(void*, void*, uint64_t, HcclDataType, uint32_t, HcclComm, aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclAlltoAll(const void*, uint64_t, HcclDataType, const void*, uint64_t, HcclDataType, HcclComm,
                        aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclAlltoAllV(const void*, const void*, const void*, HcclDataType, const void*, const void*, const void*,
                         HcclDataType, HcclComm, aclrtStream) {
  return unimplemented(__func__);
}
HcclResult HcclSend(void*, uint64_t, HcclDataType, uint32_t, HcclComm, aclrtStream) { return unimplemented(__func__); }
HcclResult HcclRecv(void*, uint64_t, HcclDataType, uint32_t, HcclComm, aclrtStream) { return unimplemented(__func__); }
HcclResult HcclBatchSendRecv(HcclSendRecvItem*, uint32_t, HcclComm, aclrtStream) { return unimplemented(__func__); }
HcclResult HcclBarrier(HcclComm, aclrtStream) { return unimplemented(__func__); }
