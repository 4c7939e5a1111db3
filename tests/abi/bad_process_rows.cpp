// Bad arguments: the library, operators by name, processes, contexts, devices.
#include "bad_arguments.h"

#include <acl/acl_op_compiler.h>
#include <profiling/prof_api.h>
#include <runtime/kernel.h>
#include <sys/mman.h>

namespace acl_test {

void base_rows(std::vector<Row>& rows, World& w) {
  static int64_t value;
  static int32_t small;
  static size_t count;
  static const aclCannAttr* attributes;
  static int64_t dims[] = {1, 2};
  TAKES_ANYTHING(aclrtGetSocName());
  BAD(kInvalid, aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, nullptr));
  BAD(kInvalid, aclGetDeviceCapability(0, odd<aclDeviceInfo>(), &value));
  BAD(kDevice, aclGetDeviceCapability(64, ACL_DEVICE_INFO_L2_SIZE, &value));
  BAD(kInvalid, aclGetCannAttributeList(nullptr, &count));
  BAD(kInvalid, aclGetCannAttributeList(&attributes, nullptr));
  BAD(kInvalid, aclGetCannAttribute(ACL_CANN_ATTR_BF16, nullptr));
  BAD(kInvalid, aclGetCannAttribute(ACL_CANN_ATTR_UNDEFINED, &small));
  TAKES_ANYTHING((aclAppLog(odd<aclLogLevel>(), nullptr, nullptr, 0, "%s", "text"), 0));
  TAKES_ANYTHING(aclFloat16ToFloat(0x7C01));
  TAKES_ANYTHING(aclFloatToFloat16(-1e30f));
  ANSWERS(aclDataTypeSize(odd<aclDataType>()), == 0);
  rows.push_back({"aclCreateDataBuffer(nullptr, 0)", [] {
                    const aclDataBuffer* empty = aclCreateDataBuffer(nullptr, 0);
                    EXPECT_EQ(aclDestroyDataBuffer(empty), ACL_SUCCESS);
                  }});
  BAD(kInvalid, aclDestroyDataBuffer(nullptr));
  BAD(kInvalid, aclUpdateDataBuffer(nullptr, w.mine, 1));
  ANSWERS(aclGetDataBufferAddr(nullptr), == nullptr);
  ANSWERS(aclGetDataBufferSize(nullptr), == 0);
  ANSWERS(aclGetDataBufferSizeV2(nullptr), == 0);
  ANSWERS(aclCreateTensorDesc(ACL_FLOAT, -1, dims, ACL_FORMAT_ND), == nullptr);
  ANSWERS(aclCreateTensorDesc(ACL_FLOAT, 1 << 30, dims, ACL_FORMAT_ND), == nullptr);
  ANSWERS(aclCreateTensorDesc(ACL_FLOAT, 2, nullptr, ACL_FORMAT_ND), == nullptr);
  ANSWERS(aclCreateTensorDesc(ACL_FLOAT, 2, dims, odd<aclFormat>()), == nullptr);
  TAKES_ANYTHING((aclDestroyTensorDesc(nullptr), 0));
  ANSWERS(aclGetTensorDescType(nullptr), == ACL_DT_UNDEFINED);
  ANSWERS(aclGetTensorDescFormat(nullptr), == ACL_FORMAT_UNDEFINED);
  ANSWERS(aclGetTensorDescSize(nullptr), == 0);
  ANSWERS(aclGetTensorDescElementCount(nullptr), == 0);
  ANSWERS(aclGetTensorDescNumDims(nullptr), == 0);
  ANSWERS(aclGetTensorDescDim(nullptr, 0), == -1);
  ANSWERS(aclGetTensorDescDim(w.desc, 9), == -1);
  BAD(kInvalid, aclGetTensorDescDimV2(nullptr, 0, &value));
  BAD(kInvalid, aclGetTensorDescDimV2(w.desc, 0, nullptr));
  BAD(kInvalid, aclGetTensorDescDimV2(w.desc, 1, &value));
  ANSWERS(std::string(aclGetTensorDescName(nullptr)), .empty());
  rows.back().call = "aclGetTensorDescName(nullptr)";
  TAKES_ANYTHING((aclSetTensorDescName(nullptr, "name"), 0));
  TAKES_ANYTHING((aclSetTensorDescName(w.desc, nullptr), 0));
  BAD(kInvalid, aclSetTensorFormat(nullptr, ACL_FORMAT_ND));
  BAD(kInvalid, aclSetTensorFormat(w.desc, odd<aclFormat>()));
  BAD(kInvalid, aclSetTensorShape(nullptr, 1, dims));
  BAD(kInvalid, aclSetTensorShape(w.desc, -2, dims));
  BAD(kInvalid, aclSetTensorShape(w.desc, 1, nullptr));
  BAD(kInvalid, aclSetTensorPlaceMent(nullptr, ACL_MEMTYPE_HOST));
  BAD(kInvalid, aclSetTensorPlaceMent(w.desc, odd<aclMemType>()));
  BAD(kInvalid, aclSetTensorConst(nullptr, w.mine, 4));
  BAD(kInvalid, aclSetTensorConst(w.desc, nullptr, 4));
  BAD(kInvalid, aclSetTensorConst(w.desc, w.mine, 0));
}

void operator_rows(std::vector<Row>& rows, World& w) {
  static const int64_t ints[] = {1};
  static const uint8_t bools[] = {1};
  static const float floats[] = {1};
  static const char* words[] = {nullptr};
  static const aclDataType dtypes[] = {ACL_FLOAT};
  static const int counts[] = {1}, negative[] = {-1};
  static const int64_t* lists[] = {ints};
  static char text[4];
  TAKES_ANYTHING((aclopDestroyAttr(aclopCreateAttr()), 0));
  rows.push_back({"aclopCreateAttr()", [] {}});
  TAKES_ANYTHING((aclopDestroyAttr(nullptr), 0));
  BAD(kInvalid, aclopSetAttrBool(nullptr, "a", 1));
  BAD(kInvalid, aclopSetAttrBool(w.attr, nullptr, 1));
  BAD(kInvalid, aclopSetAttrInt(nullptr, "a", 1));
  BAD(kInvalid, aclopSetAttrInt(w.attr, nullptr, 1));
  BAD(kInvalid, aclopSetAttrFloat(nullptr, "a", 1));
  BAD(kInvalid, aclopSetAttrString(nullptr, "a", "b"));
  BAD(kInvalid, aclopSetAttrString(w.attr, "a", nullptr));
  BAD(kInvalid, aclopSetAttrDataType(nullptr, "a", ACL_FLOAT));
  BAD(kInvalid, aclopSetAttrListBool(w.attr, "a", -1, bools));
  BAD(kInvalid, aclopSetAttrListBool(nullptr, "a", 1, bools));
  BAD(kInvalid, aclopSetAttrListInt(w.attr, "a", 1, nullptr));
  BAD(kInvalid, aclopSetAttrListInt(w.attr, nullptr, 1, ints));
  BAD(kInvalid, aclopSetAttrListFloat(nullptr, "a", 1, floats));
  BAD(kInvalid, aclopSetAttrListString(w.attr, "a", 1, words));
  BAD(kInvalid, aclopSetAttrListDataType(nullptr, "a", 1, dtypes));
  BAD(kInvalid, aclopSetAttrListListInt(w.attr, "a", 1, nullptr, lists));
  BAD(kInvalid, aclopSetAttrListListInt(w.attr, "a", 1, negative, lists));
  BAD(kInvalid, aclopSetAttrListListInt(nullptr, "a", 1, counts, lists));
  BAD(kInvalid, aclopCompileAndExecute(nullptr, 0, nullptr, nullptr, 0, nullptr, nullptr, nullptr, ACL_ENGINE_SYS,
                                       ACL_COMPILE_SYS, nullptr, nullptr));
  BAD(kMissing, aclopCompileAndExecute("Ghost", 3, nullptr, nullptr, -1, nullptr, nullptr, nullptr, ACL_ENGINE_SYS,
                                       ACL_COMPILE_SYS, nullptr, w.dead_stream));
  BAD(kInvalid, aclopCompileAndExecuteV2(nullptr, 0, nullptr, nullptr, 0, nullptr, nullptr, nullptr, ACL_ENGINE_SYS,
                                         ACL_COMPILE_SYS, nullptr, nullptr));
  BAD(kInvalid, aclopSetCompileFlag(odd<aclOpCompileFlag>()));
  BAD(kInvalid, aclSetCompileopt(ACL_OP_JIT_COMPILE, nullptr));
  BAD(kInvalid, aclSetCompileopt(odd<aclCompileOpt>(), "x"));
  ANSWERS(aclGetCompileoptSize(odd<aclCompileOpt>()), == 0);
  BAD(kInvalid, aclGetCompileopt(ACL_OP_JIT_COMPILE, nullptr, 4));
  BAD(kInvalid, aclGetCompileopt(odd<aclCompileOpt>(), text, 4));
  BAD(kInvalid, aclGetCompileopt(ACL_OP_JIT_COMPILE, text, 0));
  rows.push_back({"aclCreateGraphDumpOpt()", [] { EXPECT_EQ(aclDestroyGraphDumpOpt(aclCreateGraphDumpOpt()), 0); }});
  BAD(kInvalid, aclDestroyGraphDumpOpt(nullptr));
  BAD(kInvalid, aclGenGraphAndDumpForOp(nullptr, 0, nullptr, nullptr, 0, nullptr, nullptr, nullptr, ACL_ENGINE_SYS,
                                        nullptr, nullptr));
}

void process_rows(std::vector<Row>& rows, World& w) {
  static int32_t number;
  static char unknown[] = "no such package", known[] = "runtime", version[ACL_PKG_VERSION_MAX_SIZE];
  static aclCANNPackageVersion package;
  BAD(ACL_ERROR_INVALID_FILE, aclInit("/no/such/file.json"));
  BAD(ACL_ERROR_REPEAT_FINALIZE, aclFinalize());
  BAD(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(nullptr));
  BAD(kInvalid, aclrtGetVersion(nullptr, &number, &number));
  BAD(kInvalid, aclrtGetVersion(&number, nullptr, &number));
  BAD(kInvalid, aclrtGetVersion(&number, &number, nullptr));
  BAD(kInvalid, aclsysGetCANNVersion(ACL_PKG_NAME_CANN, nullptr));
  BAD(kInvalid, aclsysGetCANNVersion(odd<aclCANNPackageName>(), &package));
  BAD(kInvalid, aclsysGetVersionStr(nullptr, version));
  BAD(kInvalid, aclsysGetVersionStr(known, nullptr));
  BAD(kInvalid, aclsysGetVersionStr(unknown, version));
  BAD(kInvalid, aclsysGetVersionNum(nullptr, &number));
  BAD(kInvalid, aclsysGetVersionNum(known, nullptr));
  BAD(kInvalid, aclsysGetVersionNum(unknown, &number));
  ANSWERS(aclGetRecentErrMsg(), == nullptr);
  BAD(kInvalid, aclrtPeekAtLastError(odd<aclrtLastErrLevel>()));
  BAD(kInvalid, aclrtGetLastError(odd<aclrtLastErrLevel>()));
  BAD(kMissing, aclmdlInitDump());
  BAD(kMissing, aclmdlSetDump(nullptr));
  BAD(kMissing, aclmdlFinalizeDump());
  BAD(kInvalid, MsprofRegisterCallback(0, nullptr));
  BAD(kInvalid, MsprofReportApi(0, nullptr));
  BAD(kInvalid, MsprofReportCompactInfo(0, nullptr, 4));
  BAD(kInvalid, MsprofReportAdditionalInfo(0, nullptr, 4));
  ANSWERS(MsprofGetHashId(nullptr, 4), == 0);
  TAKES_ANYTHING(MsprofSysCycleTime());
  static aclrtBinHandle binary;
  static aclrtFuncHandle function;
  static void* address;
  BAD(kInvalid, aclrtBinaryLoadFromData(nullptr, 4, nullptr, &binary));
  BAD(kInvalid, aclrtBinaryLoadFromData(w.mine, 4, nullptr, nullptr));
  BAD(kMissing, aclrtBinaryLoadFromData(w.mine, 4, nullptr, &binary));
  BAD(kMissing, aclrtBinaryGetFunction(nullptr, nullptr, &function));
  BAD(kMissing, aclrtGetFunctionAddr(nullptr, &address, nullptr));
  BAD(kMissing, rtDevBinaryRegister(nullptr, nullptr));
  BAD(kMissing, rtFunctionRegister(nullptr, nullptr, nullptr, nullptr, 0));
  BAD(kMissing, rtKernelLaunch(nullptr, 0, nullptr, 0, nullptr, nullptr));
  BAD(kMissing, rtGetC2cCtrlAddr(nullptr, nullptr));
}

void context_rows(std::vector<Row>& rows, World& w) {
  static aclrtContext context;
  static int64_t value;
  static int32_t active;
  BAD(kInvalid, aclrtCreateContext(nullptr, 0));
  BAD(kDevice, aclrtCreateContext(&context, -1));
  BAD(kDevice, aclrtCreateContext(&context, 8));
  BAD(kInvalid, aclrtDestroyContext(nullptr));
  BAD(ACL_ERROR_RT_CONTEXT_NULL, aclrtDestroyContext(w.dead_context));
  BAD(ACL_ERROR_RT_CONTEXT_NULL, aclrtDestroyContext(w.mine));
  BAD(ACL_ERROR_RT_CONTEXT_NULL, aclrtDestroyContext(w.stream));
  BAD(kParam, aclrtDestroyContext(w.context));
  BAD(kInvalid, aclrtSetCurrentContext(nullptr));
  BAD(ACL_ERROR_RT_CONTEXT_NULL, aclrtSetCurrentContext(w.dead_context));
  BAD(ACL_ERROR_RT_CONTEXT_NULL, aclrtSetCurrentContext(w.mine));
  BAD(kInvalid, aclrtGetCurrentContext(nullptr));
  BAD(kInvalid, aclrtCtxGetCurrentDefaultStream(nullptr));
  BAD(kInvalid, aclrtGetPrimaryCtxState(0, nullptr, nullptr));
  BAD(kDevice, aclrtGetPrimaryCtxState(99, nullptr, &active));
  BAD(kInvalid, aclrtSetSysParamOpt(odd<aclSysParamOpt>(), 1));
  BAD(kInvalid, aclrtSetSysParamOpt(static_cast<aclSysParamOpt>(-1), 1));
  BAD(kInvalid, aclrtGetSysParamOpt(ACL_OPT_DETERMINISTIC, nullptr));
  BAD(kInvalid, aclrtGetSysParamOpt(odd<aclSysParamOpt>(), &value));
  BAD(kInvalid, aclrtCtxSetSysParamOpt(odd<aclSysParamOpt>(), 1));
  BAD(kInvalid, aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, nullptr));
  BAD(kInvalid, aclrtCtxGetSysParamOpt(odd<aclSysParamOpt>(), &value));
}

void device_rows(std::vector<Row>& rows, World& w) {
  static int32_t number;
  static int64_t value;
  static uint32_t limit;
  static size_t count;
  static aclrtDeviceStatus status;
  static aclrtUuid uuid;
  static aclrtUtilizationInfo rate;
  static aclrtMemUceInfo uce[ACL_RT_MEM_UCE_INFO_MAX_NUM];
  static aclrtErrorInfo error;
  static aclrtErrorInfo broken{0, 0, {}, ACL_RT_ERROR_MEMORY, {}};
  BAD(kDevice, aclrtSetDevice(-1));
  BAD(kDevice, aclrtSetDevice(8));
  BAD(kDevice, aclrtResetDevice(-1));
  BAD(ACL_ERROR_RT_CONTEXT_NULL, aclrtResetDevice(7));
  BAD(kDevice, aclrtResetDeviceForce(INT32_MAX));
  BAD(ACL_ERROR_RT_CONTEXT_NULL, aclrtResetDeviceForce(7));
  BAD(kInvalid, aclrtGetDevice(nullptr));
  BAD(kInvalid, aclrtGetDeviceCount(nullptr));
  BAD(kInvalid, aclrtGetRunMode(nullptr));
  BAD(kInvalid, aclrtSetTsDevice(odd<aclrtTsId>()));
  BAD(kInvalid, aclrtQueryDeviceStatus(0, nullptr));
  BAD(kDevice, aclrtQueryDeviceStatus(-5, &status));
  rows.push_back({"aclrtSynchronizeDevice()", [] {
                    std::thread([] {  // No context, no device.
                      expect_refused("aclrtSynchronizeDevice()", "aclrtSynchronizeDevice", ACL_ERROR_RT_CONTEXT_NULL,
                                     aclrtSynchronizeDevice());
                    })
                        .join();
                  }});
  BAD(kParam, aclrtSynchronizeDeviceWithTimeout(-2));
  BAD(kDevice, aclrtDeviceTaskAbort(-1, 0));
  BAD(kInvalid, aclrtDeviceCanAccessPeer(nullptr, 0, 1));
  BAD(kInvalid, aclrtDeviceCanAccessPeer(&number, 0, 0));
  BAD(kDevice, aclrtDeviceCanAccessPeer(&number, 0, 9));
  BAD(kDevice, aclrtDeviceCanAccessPeer(&number, -1, 0));
  BAD(kInvalid, aclrtDeviceEnablePeerAccess(0, 0));
  BAD(kDevice, aclrtDeviceEnablePeerAccess(9, 0));
  BAD(ACL_ERROR_FEATURE_UNSUPPORTED, aclrtDeviceEnablePeerAccess(1, 1));
  BAD(kInvalid, aclrtDeviceDisablePeerAccess(0));
  BAD(kDevice, aclrtDeviceDisablePeerAccess(-3));
  BAD(kInvalid, aclrtDevicePeerAccessStatus(0, 1, nullptr));
  BAD(kDevice, aclrtDevicePeerAccessStatus(0, 10, &number));
  BAD(kInvalid, aclrtGetDeviceInfo(0, ACL_DEV_ATTR_L2_CACHE_SIZE, nullptr));
  BAD(kDevice, aclrtGetDeviceInfo(UINT32_MAX, ACL_DEV_ATTR_L2_CACHE_SIZE, &value));
  BAD(kInvalid, aclrtGetDeviceInfo(0, odd<aclrtDevAttr>(), &value));
  BAD(kMissing, aclrtGetDeviceInfo(0, ACL_DEV_ATTR_WARP_SIZE, &value));
  BAD(kInvalid, aclrtGetDeviceCapability(0, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, nullptr));
  BAD(kInvalid, aclrtGetDeviceCapability(0, odd<aclrtDevFeatureType>(), &number));
  BAD(kDevice, aclrtGetDeviceCapability(-1, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &number));
  BAD(kInvalid, aclrtDeviceGetStreamPriorityRange(nullptr, &number));
  BAD(kInvalid, aclrtDeviceGetStreamPriorityRange(&number, nullptr));
  BAD(kInvalid, aclrtDeviceGetBareTgid(nullptr));
  BAD(kInvalid, aclrtDeviceGetUuid(0, nullptr));
  BAD(kDevice, aclrtDeviceGetUuid(8, &uuid));
  BAD(kInvalid, aclrtGetDeviceUtilizationRate(0, nullptr));
  BAD(kDevice, aclrtGetDeviceUtilizationRate(8, &rate));
  BAD(kInvalid, aclrtGetLogicDevIdByUserDevId(0, nullptr));
  BAD(kDevice, aclrtGetLogicDevIdByUserDevId(8, &number));
  BAD(kInvalid, aclrtGetUserDevIdByLogicDevId(0, nullptr));
  BAD(kDevice, aclrtGetUserDevIdByLogicDevId(8, &number));
  BAD(kInvalid, aclrtGetPhyDevIdByUserDevId(0, nullptr));
  BAD(kDevice, aclrtGetPhyDevIdByUserDevId(-1, &number));
  BAD(kInvalid, aclrtGetUserDevIdByPhyDevId(0, nullptr));
  BAD(kDevice, aclrtGetUserDevIdByPhyDevId(-1, &number));
  BAD(kInvalid, aclrtGetPhyDevIdByLogicDevId(0, nullptr));
  BAD(kDevice, aclrtGetPhyDevIdByLogicDevId(8, &number));
  BAD(kInvalid, aclrtGetLogicDevIdByPhyDevId(0, nullptr));
  BAD(kDevice, aclrtGetLogicDevIdByPhyDevId(-1, &number));
  BAD(kParam, aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_UNDEF));
  BAD(kInvalid, aclrtGetDeviceSatMode(nullptr));
  BAD(kInvalid, aclrtGetOverflowStatus(nullptr, 64, w.stream));
  BAD(kParam, aclrtGetOverflowStatus(w.device, 63, w.stream));
  BAD(kParam, aclrtGetOverflowStatus(w.mine, 64, w.stream));
  BAD(kHandle, aclrtGetOverflowStatus(w.device, 64, w.dead_stream));
  BAD(kHandle, aclrtResetOverflowStatus(w.dead_stream));
  TAKES_ANYTHING(aclrtSetOpExecuteTimeOut(UINT32_MAX));
  TAKES_ANYTHING(aclrtSetOpExecuteTimeOutWithMs(UINT32_MAX));
  BAD(kInvalid, aclrtSetOpExecuteTimeOutV2(1, nullptr));
  BAD(kInvalid, aclrtGetOpExecuteTimeout(nullptr));
  BAD(kInvalid, aclrtGetOpTimeOutInterval(nullptr));
  BAD(kParam, aclrtSetOpWaitTimeout(UINT32_MAX));
  BAD(kInvalid, aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, nullptr));
  BAD(kInvalid, aclrtGetDeviceResLimit(0, odd<aclrtDevResLimitType>(), &limit));
  BAD(kDevice, aclrtGetDeviceResLimit(8, ACL_RT_DEV_RES_CUBE_CORE, &limit));
  BAD(kParam, aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, 0));
  BAD(kParam, aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_VECTOR_CORE, 10000));
  BAD(kInvalid, aclrtSetDeviceResLimit(0, odd<aclrtDevResLimitType>(), 1));
  BAD(kDevice, aclrtSetDeviceResLimit(-1, ACL_RT_DEV_RES_CUBE_CORE, 1));
  BAD(kDevice, aclrtResetDeviceResLimit(8));
  BAD(kInvalid, aclrtGetMemUceInfo(0, nullptr, 1, &count));
  BAD(kInvalid, aclrtGetMemUceInfo(0, uce, 0, &count));
  BAD(kInvalid, aclrtGetMemUceInfo(0, uce, 1, nullptr));
  BAD(kDevice, aclrtGetMemUceInfo(8, uce, 1, &count));
  BAD(kInvalid, aclrtMemUceRepair(0, nullptr, 1));
  BAD(kInvalid, aclrtMemUceRepair(0, uce, 0));
  BAD(kInvalid, aclrtMemUceRepair(0, uce, 21));
  BAD(kDevice, aclrtMemUceRepair(8, uce, 1));
  BAD(kInvalid, aclrtGetErrorVerbose(0, nullptr));
  BAD(kDevice, aclrtGetErrorVerbose(8, &error));
  BAD(kInvalid, aclrtRepairError(0, nullptr));
  BAD(kDevice, aclrtRepairError(8, &error));
  BAD(kParam, aclrtRepairError(0, &broken));
  TAKES_ANYTHING(aclrtSetExceptionInfoCallback(nullptr));
  ANSWERS(aclrtGetTaskIdFromExceptionInfo(nullptr), == UINT32_MAX);
  ANSWERS(aclrtGetStreamIdFromExceptionInfo(nullptr), == UINT32_MAX);
  ANSWERS(aclrtGetThreadIdFromExceptionInfo(nullptr), == UINT32_MAX);
  ANSWERS(aclrtGetDeviceIdFromExceptionInfo(nullptr), == UINT32_MAX);
  ANSWERS(aclrtGetErrorCodeFromExceptionInfo(nullptr), == UINT32_MAX);
}

}  // namespace acl_test
