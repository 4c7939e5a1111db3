// Every exported entry point, with arguments that cannot be: an error code and a text that names the call; no crash.
// A new export without a row here fails CoversEveryExport.
#include <acl/acl_op_compiler.h>
#include <profiling/prof_api.h>
#include <runtime/kernel.h>
#include <sys/mman.h>

#include <set>

#include "acl_test.h"

namespace acl_test {

std::set<std::string> exported_functions(const std::string& library);  // symbol_test.cpp

namespace {

struct Row {
  std::string call;
  std::function<void()> check;
  std::string function() const { return call.substr(0, call.find('(')); }
};

// What rows use: handles and pointers, good ones and those that died.
struct World {
  World() {
    check(aclrtSetDevice(0));
    check(aclrtCreateStream(&stream));
    check(aclrtCreateStream(&dead_stream));
    check(aclrtDestroyStream(dead_stream));
    check(aclrtCreateEvent(&event));
    check(aclrtCreateEvent(&dead_event));
    check(aclrtDestroyEvent(dead_event));
    check(aclrtCreateEventExWithFlag(&reusable, ACL_EVENT_CAPTURE_STREAM_PROGRESS));
    check(aclrtCreateContext(&dead_context, 0));
    check(aclrtDestroyContext(dead_context));
    check(aclrtCreateContext(&other_context, 1));
    check(aclrtCreateStream(&other_stream));
    check(aclrtSetDevice(0));
    check(aclrtGetCurrentContext(&context));
    check(aclrtMalloc(&device, kBytes, ACL_MEM_MALLOC_HUGE_FIRST));
    check(aclrtMallocHost(&host, kBytes));
    // Big enough to be pages of its own, so that the address is nobody's afterwards.
    check(aclrtMalloc(&dead_device, 4 << 20, ACL_MEM_MALLOC_HUGE_FIRST));
    check(aclrtFree(dead_device));
    properties.memAttr = ACL_HBM_MEM_HUGE;
    properties.location = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
    check(aclrtMallocPhysical(&physical, kBlock, &properties, 0));
    check(aclrtMallocPhysical(&dead_physical, kBlock, &properties, 0));
    check(aclrtFreePhysical(dead_physical));
    check(aclrtReserveMemAddress(&range, 2 * kBlock, 0, nullptr, 0));
    const int64_t dims[] = {2};
    desc = aclCreateTensorDesc(ACL_FLOAT, 1, dims, ACL_FORMAT_ND);
    attr = aclopCreateAttr();
  }
  ~World() {
    aclopDestroyAttr(attr);
    aclDestroyTensorDesc(desc);
    check(aclrtReleaseMemAddress(range));
    check(aclrtFreePhysical(physical));
    check(aclrtFreeHost(host));
    check(aclrtFree(device));
    check(aclrtDestroyContext(other_context));
    check(aclrtDestroyEvent(reusable));
    check(aclrtDestroyEvent(event));
    check(aclrtDestroyStream(stream));
    check(aclrtResetDeviceForce(0));
  }
  static void check(aclError code) { EXPECT_EQ(code, ACL_SUCCESS) << recent_text(); }

  static constexpr size_t kBytes = 4096, kBlock = 2 << 20, kHuge = SIZE_MAX - 100;
  aclrtStream stream, dead_stream, other_stream;
  aclrtEvent event, dead_event, reusable;
  aclrtContext context, dead_context, other_context;
  void *device, *host, *dead_device, *range;
  aclrtDrvMemHandle physical, dead_physical;
  aclrtPhysicalMemProp properties{};
  aclTensorDesc* desc;
  aclopAttr* attr;
  int mine[64] = {};  // memory the runtime knows nothing of
};

void expect_refused(const std::string& call, const std::string& function, aclError expected, aclError code) {
  const std::string text = recent_text();
  EXPECT_EQ(code, expected) << call << ": " << text;
  EXPECT_NE(text.find(function + ": "), std::string::npos) << call << ": its text is \"" << text << '"';
  EXPECT_GT(text.size(), function.size() + 20) << call << ": its text is \"" << text << '"';
}

std::string prefix(const std::string& call) { return call.substr(0, call.find('(')); }

// The call is refused with this code, and a text.
#define BAD(code, call)                                               \
  rows.push_back({#call, [&w] {                                       \
                    (void)w;                                          \
                    expect_refused(#call, prefix(#call), code, call); \
                  }})
// The call cannot fail by an error code: it answers with what is true instead.
#define ANSWERS(call, holds)                          \
  rows.push_back({#call, [&w] {                       \
                    (void)w;                          \
                    EXPECT_TRUE(call holds) << #call; \
                  }})
// The call takes nothing, or takes anything.
#define TAKES_ANYTHING(call)      \
  rows.push_back({#call, [&w] {   \
                    (void)w;      \
                    (void)(call); \
                  }})

constexpr auto kInvalid = ACL_ERROR_INVALID_PARAM;
constexpr auto kParam = ACL_ERROR_RT_PARAM_INVALID;
constexpr auto kHandle = ACL_ERROR_RT_INVALID_HANDLE;
constexpr auto kDevice = ACL_ERROR_RT_INVALID_DEVICEID;
constexpr auto kMissing = ACL_ERROR_RT_FEATURE_NOT_SUPPORT;

template <class Enum> Enum odd() { return static_cast<Enum>(7777); }

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

void stream_rows(std::vector<Row>& rows, World& w) {
  static aclrtStream made;
  static aclrtStreamStatus status;
  static int32_t id;
  static uint32_t value;
  static aclrtStreamAttrValue attribute{7};
  static const auto callback = [](void*) {};
  BAD(kInvalid, aclrtCreateStream(nullptr));
  BAD(kInvalid, aclrtCreateStreamWithConfig(nullptr, 0, 0));
  BAD(kMissing, aclrtCreateStreamWithConfig(&made, 0, ACL_STREAM_PERSISTENT));
  for (const bool force : {false, true}) {
    const auto destroy = force ? aclrtDestroyStreamForce : aclrtDestroyStream;
    const std::string name = force ? "aclrtDestroyStreamForce" : "aclrtDestroyStream";
    const auto row = [&rows, &w, destroy, name](const char* what, aclError code, auto handle) {
      rows.push_back({name + "(" + what + ")",
                      [&w, destroy, name, code, handle] { expect_refused(name, name, code, destroy(handle(w))); }});
    };
    row("null", kInvalid, [](World&) -> aclrtStream { return nullptr; });
    row("destroyed", kHandle, [](World& o) { return o.dead_stream; });
    row("an event", kHandle, [](World& o) { return o.event; });
    row("foreign memory", kHandle, [](World& o) -> aclrtStream { return o.mine; });
    row("of another context", ACL_ERROR_RT_STREAM_CONTEXT, [](World& o) { return o.other_stream; });
  }
  BAD(kHandle, aclrtSynchronizeStream(w.dead_stream));
  BAD(kHandle, aclrtSynchronizeStream(w.event));
  BAD(kHandle, aclrtSynchronizeStream(w.mine));
  BAD(ACL_ERROR_RT_STREAM_CONTEXT, aclrtSynchronizeStream(w.other_stream));
  BAD(kParam, aclrtSynchronizeStreamWithTimeout(w.stream, -2));
  BAD(kHandle, aclrtSynchronizeStreamWithTimeout(w.dead_stream, 1));
  BAD(kInvalid, aclrtStreamQuery(w.stream, nullptr));
  BAD(kHandle, aclrtStreamQuery(w.dead_stream, &status));
  BAD(kHandle, aclrtStreamAbort(w.dead_stream));
  BAD(kHandle, aclrtSetStreamFailureMode(w.dead_stream, ACL_STOP_ON_FAILURE));
  BAD(kParam, aclrtSetStreamFailureMode(w.stream, 2));
  BAD(kParam, aclrtSetStreamFailureMode(nullptr, ACL_STOP_ON_FAILURE));
  BAD(kInvalid, aclrtStreamGetId(w.stream, nullptr));
  BAD(kHandle, aclrtStreamGetId(w.dead_stream, &id));
  BAD(kInvalid, aclrtStreamGetPriority(w.stream, nullptr));
  BAD(kHandle, aclrtStreamGetPriority(w.dead_stream, &value));
  BAD(kInvalid, aclrtStreamGetFlags(w.stream, nullptr));
  BAD(kHandle, aclrtStreamGetFlags(w.dead_stream, &value));
  BAD(kInvalid, aclrtGetStreamAvailableNum(nullptr));
  BAD(kInvalid, aclrtSetStreamAttribute(w.stream, ACL_STREAM_ATTR_PRIORITY, nullptr));
  BAD(kInvalid, aclrtSetStreamAttribute(w.stream, odd<aclrtStreamAttr>(), &attribute));
  BAD(kParam, aclrtSetStreamAttribute(w.stream, ACL_STREAM_ATTR_FAILURE_MODE, &attribute));
  BAD(kHandle, aclrtSetStreamAttribute(w.dead_stream, ACL_STREAM_ATTR_PRIORITY, &attribute));
  BAD(kInvalid, aclrtGetStreamAttribute(w.stream, ACL_STREAM_ATTR_PRIORITY, nullptr));
  BAD(kInvalid, aclrtGetStreamAttribute(w.stream, odd<aclrtStreamAttr>(), &attribute));
  BAD(kHandle, aclrtGetStreamAttribute(w.dead_stream, ACL_STREAM_ATTR_PRIORITY, &attribute));
  BAD(kParam, aclrtSetStreamOverflowSwitch(w.stream, 2));
  BAD(kHandle, aclrtSetStreamOverflowSwitch(w.dead_stream, 1));
  BAD(kInvalid, aclrtGetStreamOverflowSwitch(w.stream, nullptr));
  BAD(kHandle, aclrtGetStreamOverflowSwitch(w.dead_stream, &value));
  BAD(kParam, aclrtSetStreamResLimit(w.stream, ACL_RT_DEV_RES_CUBE_CORE, 0));
  BAD(kParam, aclrtSetStreamResLimit(w.stream, ACL_RT_DEV_RES_CUBE_CORE, 1000));
  BAD(kInvalid, aclrtSetStreamResLimit(w.stream, odd<aclrtDevResLimitType>(), 1));
  BAD(kHandle, aclrtSetStreamResLimit(w.dead_stream, ACL_RT_DEV_RES_CUBE_CORE, 1));
  BAD(kInvalid, aclrtGetStreamResLimit(w.stream, ACL_RT_DEV_RES_CUBE_CORE, nullptr));
  BAD(kInvalid, aclrtGetStreamResLimit(w.stream, odd<aclrtDevResLimitType>(), &value));
  BAD(kHandle, aclrtGetStreamResLimit(w.dead_stream, ACL_RT_DEV_RES_CUBE_CORE, &value));
  BAD(kHandle, aclrtResetStreamResLimit(w.dead_stream));
  BAD(kHandle, aclrtUseStreamResInCurrentThread(w.dead_stream));
  BAD(kHandle, aclrtUnuseStreamResInCurrentThread(w.dead_stream));
  BAD(kInvalid, aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, nullptr));
  BAD(kInvalid, aclrtGetResInCurrentThread(odd<aclrtDevResLimitType>(), &value));
  BAD(kInvalid, aclrtLaunchHostFunc(w.stream, nullptr, nullptr));
  BAD(kHandle, aclrtLaunchHostFunc(w.dead_stream, callback, nullptr));
  BAD(kHandle, aclrtSubscribeReport(1, w.dead_stream));
  BAD(kHandle, aclrtUnSubscribeReport(1, w.dead_stream));
  BAD(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtUnSubscribeReport(99, w.stream));
  BAD(kInvalid, aclrtLaunchCallback(nullptr, nullptr, ACL_CALLBACK_BLOCK, w.stream));
  BAD(kInvalid, aclrtLaunchCallback(callback, nullptr, odd<aclrtCallbackBlockType>(), w.stream));
  BAD(kHandle, aclrtLaunchCallback(callback, nullptr, ACL_CALLBACK_BLOCK, w.dead_stream));
  BAD(ACL_ERROR_RT_STREAM_NO_CB_REG, aclrtLaunchCallback(callback, nullptr, ACL_CALLBACK_BLOCK, w.stream));
  BAD(kInvalid, aclrtProcessReport(0));
  BAD(kInvalid, aclrtProcessReport(-2));
  BAD(ACL_ERROR_RT_THREAD_SUBSCRIBE, aclrtProcessReport(1));
}

void event_rows(std::vector<Row>& rows, World& w) {
  static aclrtEvent made;
  static aclrtEventStatus old;
  static aclrtEventRecordedStatus status;
  static aclrtEventWaitStatus waits;
  static float milliseconds;
  static uint64_t when;
  static uint32_t id;
  static aclrtIpcEventHandle shared;
  BAD(kInvalid, aclrtCreateEvent(nullptr));
  BAD(kInvalid, aclrtCreateEventWithFlag(nullptr, ACL_EVENT_SYNC));
  BAD(kParam, aclrtCreateEventWithFlag(&made, 0));
  BAD(kParam, aclrtCreateEventWithFlag(&made, 0x80000000));
  BAD(kInvalid, aclrtCreateEventExWithFlag(nullptr, ACL_EVENT_SYNC));
  BAD(kParam, aclrtCreateEventExWithFlag(&made, 0x4));
  BAD(kMissing, aclrtCreateEventExWithFlag(&made, ACL_EVENT_IPC));
  BAD(kInvalid, aclrtDestroyEvent(nullptr));
  BAD(kHandle, aclrtDestroyEvent(w.dead_event));
  BAD(kHandle, aclrtDestroyEvent(w.stream));
  BAD(kHandle, aclrtDestroyEvent(w.mine));
  BAD(kInvalid, aclrtRecordEvent(nullptr, w.stream));
  BAD(kHandle, aclrtRecordEvent(w.dead_event, w.stream));
  BAD(kHandle, aclrtRecordEvent(w.event, w.dead_stream));
  BAD(kHandle, aclrtRecordEvent(w.stream, w.event));
  BAD(ACL_ERROR_RT_STREAM_CONTEXT, aclrtRecordEvent(w.event, w.other_stream));
  BAD(kInvalid, aclrtStreamWaitEvent(w.stream, nullptr));
  BAD(kHandle, aclrtStreamWaitEvent(w.stream, w.dead_event));
  BAD(kHandle, aclrtStreamWaitEvent(w.dead_stream, w.event));
  BAD(kParam, aclrtStreamWaitEvent(w.stream, w.reusable));
  BAD(kParam, aclrtStreamWaitEventWithTimeout(w.stream, w.event, -1));
  BAD(kHandle, aclrtStreamWaitEventWithTimeout(w.stream, w.dead_event, 1));
  BAD(kInvalid, aclrtResetEvent(nullptr, w.stream));
  BAD(kHandle, aclrtResetEvent(w.dead_event, w.stream));
  BAD(kHandle, aclrtResetEvent(w.event, w.dead_stream));
  BAD(kParam, aclrtResetEvent(w.reusable, w.stream));
  BAD(kInvalid, aclrtQueryEvent(w.event, nullptr));
  BAD(kHandle, aclrtQueryEvent(w.dead_event, &old));
  BAD(kParam, aclrtQueryEvent(w.reusable, &old));
  BAD(kInvalid, aclrtQueryEventStatus(w.event, nullptr));
  BAD(kInvalid, aclrtQueryEventStatus(nullptr, &status));
  BAD(kHandle, aclrtQueryEventStatus(w.dead_event, &status));
  BAD(kInvalid, aclrtQueryEventWaitStatus(w.event, nullptr));
  BAD(kHandle, aclrtQueryEventWaitStatus(w.dead_event, &waits));
  BAD(kParam, aclrtQueryEventWaitStatus(w.reusable, &waits));
  BAD(kInvalid, aclrtSynchronizeEvent(nullptr));
  BAD(kHandle, aclrtSynchronizeEvent(w.dead_event));
  BAD(kHandle, aclrtSynchronizeEvent(w.mine));
  BAD(kParam, aclrtSynchronizeEventWithTimeout(w.event, -2));
  BAD(kHandle, aclrtSynchronizeEventWithTimeout(w.dead_event, 1));
  BAD(kInvalid, aclrtEventElapsedTime(nullptr, w.event, w.event));
  BAD(kInvalid, aclrtEventElapsedTime(&milliseconds, nullptr, w.event));
  BAD(kHandle, aclrtEventElapsedTime(&milliseconds, w.event, w.dead_event));
  BAD(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventElapsedTime(&milliseconds, w.event, w.event));
  BAD(kInvalid, aclrtEventGetTimestamp(w.event, nullptr));
  BAD(kHandle, aclrtEventGetTimestamp(w.dead_event, &when));
  BAD(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, aclrtEventGetTimestamp(w.reusable, &when));
  BAD(kInvalid, aclrtGetEventId(w.event, nullptr));
  BAD(kHandle, aclrtGetEventId(w.dead_event, &id));
  BAD(kInvalid, aclrtGetEventAvailNum(nullptr));
  BAD(kInvalid, aclrtIpcGetEventHandle(w.event, nullptr));
  BAD(kHandle, aclrtIpcGetEventHandle(w.dead_event, &shared));
  BAD(kMissing, aclrtIpcGetEventHandle(w.event, &shared));
  BAD(kInvalid, aclrtIpcOpenEventHandle(shared, nullptr));
  BAD(kMissing, aclrtIpcOpenEventHandle(shared, &made));
}

void memory_rows(std::vector<Row>& rows, World& w) {
  static void* made;
  static size_t one, two;
  static aclrtMallocConfig empty{nullptr, 3};
  static aclrtMemUsageInfo usage;
  static aclrtPtrAttributes attributes;
  constexpr auto kFull = ACL_ERROR_RT_MEMORY_ALLOCATION;
  constexpr auto kFirst = ACL_MEM_MALLOC_HUGE_FIRST;
  BAD(kInvalid, aclrtMalloc(nullptr, 8, kFirst));
  BAD(kInvalid, aclrtMalloc(&made, 0, kFirst));
  BAD(kFull, aclrtMalloc(&made, w.kHuge, kFirst));
  BAD(kFull, aclrtMalloc(&made, static_cast<size_t>(-1), kFirst));
  BAD(kInvalid, aclrtMallocAlign32(nullptr, 8, kFirst));
  BAD(kFull, aclrtMallocAlign32(&made, w.kHuge, kFirst));
  BAD(kInvalid, aclrtMallocCached(&made, 0, kFirst));
  BAD(kInvalid, aclrtMallocWithCfg(nullptr, 8, kFirst, nullptr));
  BAD(kInvalid, aclrtMallocWithCfg(&made, 8, kFirst, &empty));
  BAD(kInvalid, aclrtFree(nullptr));
  BAD(kParam, aclrtFree(w.dead_device));
  BAD(kParam, aclrtFree(w.mine));
  BAD(kParam, aclrtFree(w.host));
  BAD(kParam, aclrtFree(static_cast<char*>(w.device) + 1));
  BAD(kParam, aclrtFree(w.range));
  BAD(kInvalid, aclrtFreeWithDevSync(nullptr));
  BAD(kParam, aclrtFreeWithDevSync(w.mine));
  BAD(kInvalid, aclrtGetMemInfo(ACL_HBM_MEM, nullptr, &one));
  BAD(kInvalid, aclrtGetMemInfo(ACL_HBM_MEM, &one, nullptr));
  BAD(kInvalid, aclrtGetMemInfo(odd<aclrtMemAttr>(), &one, &two));
  BAD(kInvalid, aclrtGetMemUsageInfo(0, nullptr, 1, &one));
  BAD(kInvalid, aclrtGetMemUsageInfo(0, &usage, 0, &one));
  BAD(kInvalid, aclrtGetMemUsageInfo(0, &usage, 1, nullptr));
  BAD(kDevice, aclrtGetMemUsageInfo(8, &usage, 1, &one));
  BAD(kInvalid, aclrtMallocHost(nullptr, 8));
  BAD(kInvalid, aclrtMallocHost(&made, 0));
  BAD(kFull, aclrtMallocHost(&made, w.kHuge));
  BAD(kInvalid, aclrtMallocHostWithCfg(nullptr, 8, nullptr));
  BAD(kInvalid, aclrtMallocHostWithCfg(&made, 8, &empty));
  BAD(kInvalid, aclrtFreeHost(nullptr));
  BAD(kParam, aclrtFreeHost(w.mine));
  BAD(kParam, aclrtFreeHost(w.device));
  BAD(kParam, aclrtFreeHost(static_cast<char*>(w.host) + 64));
  BAD(kInvalid, aclrtFreeHostWithDevSync(nullptr));
  BAD(kParam, aclrtFreeHostWithDevSync(w.mine));
  BAD(kInvalid, aclrtHostRegister(nullptr, 8, ACL_HOST_REGISTER_MAPPED, &made));
  BAD(kInvalid, aclrtHostRegister(w.mine, 0, ACL_HOST_REGISTER_MAPPED, &made));
  BAD(kInvalid, aclrtHostRegister(w.mine, 8, ACL_HOST_REGISTER_MAPPED, nullptr));
  BAD(kInvalid, aclrtHostRegister(w.mine, w.kHuge, ACL_HOST_REGISTER_MAPPED, &made));
  BAD(kParam, aclrtHostRegister(w.mine, 8, odd<aclrtHostRegisterType>(), &made));
  BAD(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED, aclrtHostRegister(w.host, 8, ACL_HOST_REGISTER_MAPPED, &made));
  BAD(kParam, aclrtHostRegisterV2(w.mine, 8, 0));
  BAD(kParam, aclrtHostRegisterV2(w.mine, 8, 0x80000000));
  BAD(kInvalid, aclrtHostRegisterV2(nullptr, 8, ACL_HOST_REG_PINNED));
  BAD(kInvalid, aclrtHostUnregister(nullptr));
  BAD(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostUnregister(w.mine));
  BAD(kInvalid, aclrtHostGetDevicePointer(nullptr, &made, 0));
  BAD(kInvalid, aclrtHostGetDevicePointer(w.host, nullptr, 0));
  BAD(kInvalid, aclrtHostGetDevicePointer(w.host, &made, 1));
  BAD(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED, aclrtHostGetDevicePointer(w.mine, &made, 0));
  BAD(kInvalid, aclrtPointerGetAttributes(nullptr, &attributes));
  BAD(kInvalid, aclrtPointerGetAttributes(w.device, nullptr));
  BAD(kInvalid, aclrtMemGetAddressRange(nullptr, &made, &one));
  BAD(kParam, aclrtMemGetAddressRange(w.mine, &made, &one));
  BAD(kInvalid, aclrtMemFlush(w.device, 0));
  BAD(kInvalid, aclrtMemFlush(nullptr, 8));
  BAD(kParam, aclrtMemFlush(w.mine, 8));
  BAD(kInvalid, aclrtMemInvalidate(w.device, 0));
  BAD(kParam, aclrtMemInvalidate(w.device, w.kBytes + 1));
  BAD(kInvalid, aclrtCmoAsync(w.device, 0, ACL_RT_CMO_TYPE_FLUSH, w.stream));
  BAD(kInvalid, aclrtCmoAsync(w.device, 8, odd<aclrtCmoType>(), w.stream));
  BAD(kParam, aclrtCmoAsync(w.mine, 8, ACL_RT_CMO_TYPE_FLUSH, w.stream));
  BAD(kHandle, aclrtCmoAsync(w.device, 8, ACL_RT_CMO_TYPE_FLUSH, w.dead_stream));
}

void copy_rows(std::vector<Row>& rows, World& w) {
  constexpr auto kIn = ACL_MEMCPY_HOST_TO_DEVICE;
  static void* null = nullptr;
  static void *dsts[1], *srcs[1];
  static size_t sizes[] = {8}, maxs[] = {8}, starts[] = {0}, late[] = {1}, failed;
  static aclrtMemcpyBatchAttr in{{0, ACL_MEM_LOCATION_TYPE_DEVICE}, {0, ACL_MEM_LOCATION_TYPE_HOST}, {}};
  dsts[0] = w.mine;
  srcs[0] = w.host;
  BAD(kInvalid, aclrtMemcpy(nullptr, 8, w.host, 8, kIn));
  BAD(kInvalid, aclrtMemcpy(w.device, 8, nullptr, 8, kIn));
  BAD(kInvalid, aclrtMemcpy(w.device, 8, w.host, 8, odd<aclrtMemcpyKind>()));
  BAD(kParam, aclrtMemcpy(w.device, 7, w.host, 8, kIn));
  BAD(kParam, aclrtMemcpy(w.device, w.kHuge, w.host, w.kHuge, kIn));
  BAD(kParam, aclrtMemcpy(w.mine, 8, w.host, 8, kIn));
  BAD(kParam, aclrtMemcpy(w.dead_device, 8, w.host, 8, kIn));
  BAD(kParam, aclrtMemcpy(w.range, 8, w.host, 8, kIn));
  BAD(kInvalid, aclrtMemcpyAsync(nullptr, 8, w.host, 8, kIn, w.stream));
  BAD(kInvalid, aclrtMemcpyAsync(w.device, 8, w.host, 8, odd<aclrtMemcpyKind>(), w.stream));
  BAD(kParam, aclrtMemcpyAsync(w.device, 7, w.host, 8, kIn, w.stream));
  BAD(kParam, aclrtMemcpyAsync(w.host, 8, w.host, 8, kIn, w.stream));
  BAD(kHandle, aclrtMemcpyAsync(w.device, 8, w.host, 8, kIn, w.dead_stream));
  BAD(ACL_ERROR_RT_STREAM_CONTEXT, aclrtMemcpyAsync(w.device, 8, w.host, 8, kIn, w.other_stream));
  BAD(kInvalid, aclrtMemcpyAsyncWithCondition(w.device, 8, nullptr, 8, kIn, w.stream));
  BAD(kHandle, aclrtMemcpyAsyncWithCondition(w.device, 8, w.host, 8, kIn, w.dead_stream));
  BAD(kInvalid, aclrtMemcpy2d(nullptr, 8, w.host, 8, 8, 1, kIn));
  BAD(kParam, aclrtMemcpy2d(w.device, 8, w.host, 8, 9, 1, kIn));
  BAD(kParam, aclrtMemcpy2d(w.device, 8, w.host, 8, 0, 1, kIn));
  BAD(kParam, aclrtMemcpy2d(w.device, 8, w.host, 8, 8, w.kHuge, kIn));
  BAD(kParam, aclrtMemcpy2d(w.device, 8, w.host, 8, 8, w.kBytes, kIn));
  BAD(kParam, aclrtMemcpy2dAsync(w.device, 8, w.host, 8, 8, 0, kIn, w.stream));
  BAD(kInvalid, aclrtMemcpy2dAsync(w.device, 8, nullptr, 8, 8, 1, kIn, w.stream));
  BAD(kHandle, aclrtMemcpy2dAsync(w.device, 8, w.host, 8, 8, 1, kIn, w.dead_stream));
  BAD(kInvalid, aclrtMemcpyBatch(nullptr, maxs, srcs, sizes, 1, &in, starts, 1, &failed));
  BAD(kInvalid, aclrtMemcpyBatch(dsts, maxs, srcs, sizes, 0, &in, starts, 1, &failed));
  BAD(kInvalid, aclrtMemcpyBatch(dsts, maxs, srcs, sizes, 1, &in, late, 1, &failed));
  BAD(kInvalid, aclrtMemcpyBatch(dsts, maxs, srcs, sizes, 1, &in, starts, 2, &failed));
  BAD(kParam, aclrtMemcpyBatch(dsts, maxs, srcs, sizes, 1, &in, starts, 1, nullptr));
  BAD(kInvalid, aclrtMemcpyBatch(&null, maxs, srcs, sizes, 1, &in, starts, 1, &failed));
  BAD(kInvalid, aclrtMemcpyBatchAsync(dsts, maxs, srcs, nullptr, 1, &in, starts, 1, &failed, w.stream));
  BAD(kParam, aclrtMemcpyBatchAsync(dsts, maxs, srcs, sizes, 1, &in, starts, 1, &failed, w.stream));
  BAD(kHandle, aclrtMemcpyBatchAsync(dsts, maxs, srcs, sizes, 1, &in, starts, 1, &failed, w.dead_stream));
  BAD(kInvalid, aclrtMemset(nullptr, 8, 0, 8));
  BAD(kParam, aclrtMemset(w.device, 7, 0, 8));
  BAD(kParam, aclrtMemset(w.device, w.kHuge, 0, w.kHuge));
  BAD(kParam, aclrtMemset(w.mine, 8, 0, 8));
  BAD(kInvalid, aclrtMemsetAsync(nullptr, 8, 0, 8, w.stream));
  BAD(kParam, aclrtMemsetAsync(w.mine, 8, 0, 8, w.stream));
  BAD(kHandle, aclrtMemsetAsync(w.device, 8, 0, 8, w.dead_stream));
  BAD(kInvalid, aclrtValueWrite(nullptr, 1, 0, w.stream));
  BAD(kParam, aclrtValueWrite(w.device, 1, 1, w.stream));
  BAD(kParam, aclrtValueWrite(w.mine, 1, 0, w.stream));
  BAD(ACL_ERROR_RT_ADDR_UNALIGNED, aclrtValueWrite(static_cast<char*>(w.device) + 4, 1, 0, w.stream));
  BAD(kHandle, aclrtValueWrite(w.device, 1, 0, w.dead_stream));
  BAD(kInvalid, aclrtValueWait(nullptr, 1, 0, w.stream));
  BAD(kParam, aclrtValueWait(w.device, 1, 4, w.stream));
  BAD(ACL_ERROR_RT_ADDR_UNALIGNED, aclrtValueWait(static_cast<char*>(w.device) + 1, 1, 0, w.stream));
  BAD(kHandle, aclrtValueWait(w.device, 1, 0, w.dead_stream));
}

void virtual_memory_rows(std::vector<Row>& rows, World& w) {
  static void* made;
  static aclrtDrvMemHandle handle;
  static uint64_t shareable;
  static size_t size;
  static int32_t pids[] = {1};
  static char key[ACL_IPC_HANDLE_SIZE];
  static aclrtPhysicalMemProp nowhere, odd_kind, far;
  static aclrtMemAccessDesc access{ACL_RT_MEM_ACCESS_FLAGS_READWRITE, {0, ACL_MEM_LOCATION_TYPE_DEVICE}, {}};
  nowhere = odd_kind = far = w.properties;
  nowhere.location.type = ACL_MEM_LOCATION_TYPE_UNREGISTERED;
  odd_kind.memAttr = odd<aclrtMemAttr>();
  far.location.id = 64;
  BAD(kInvalid, aclrtReserveMemAddress(nullptr, w.kBlock, 0, nullptr, 0));
  BAD(kInvalid, aclrtReserveMemAddress(&made, 0, 0, nullptr, 0));
  BAD(kParam, aclrtReserveMemAddress(&made, w.kBlock, 64, nullptr, 0));
  BAD(kInvalid, aclrtReserveMemAddress(&made, w.kBlock, 0, nullptr, 2));
  BAD(ACL_ERROR_RT_ADDR_UNALIGNED, aclrtReserveMemAddress(&made, w.kBlock, 0, w.mine, 0));
  BAD(ACL_ERROR_RT_MEMORY_ALLOCATION, aclrtReserveMemAddress(&made, w.kHuge, 0, nullptr, 0));
  BAD(kInvalid, aclrtReleaseMemAddress(nullptr));
  BAD(kParam, aclrtReleaseMemAddress(w.mine));
  BAD(kParam, aclrtReleaseMemAddress(static_cast<char*>(w.range) + 1));
  BAD(kInvalid, aclrtMallocPhysical(nullptr, w.kBlock, &w.properties, 0));
  BAD(kInvalid, aclrtMallocPhysical(&handle, w.kBlock, nullptr, 0));
  BAD(kParam, aclrtMallocPhysical(&handle, 0, &w.properties, 0));
  BAD(kParam, aclrtMallocPhysical(&handle, 4096, &w.properties, 0));
  BAD(kInvalid, aclrtMallocPhysical(&handle, w.kBlock, &w.properties, 1));
  BAD(kInvalid, aclrtMallocPhysical(&handle, w.kBlock, &nowhere, 0));
  BAD(kInvalid, aclrtMallocPhysical(&handle, w.kBlock, &odd_kind, 0));
  BAD(kDevice, aclrtMallocPhysical(&handle, w.kBlock, &far, 0));
  BAD(kInvalid, aclrtFreePhysical(nullptr));
  BAD(kHandle, aclrtFreePhysical(w.dead_physical));
  BAD(kHandle, aclrtFreePhysical(w.mine));
  BAD(kInvalid, aclrtMapMem(nullptr, w.kBlock, 0, w.physical, 0));
  BAD(kInvalid, aclrtMapMem(w.range, w.kBlock, 0, nullptr, 0));
  BAD(kHandle, aclrtMapMem(w.range, w.kBlock, 0, w.dead_physical, 0));
  BAD(kHandle, aclrtMapMem(w.range, w.kBlock, 0, w.stream, 0));
  BAD(kParam, aclrtMapMem(w.range, w.kBlock, 512, w.physical, 0));
  BAD(kParam, aclrtMapMem(w.range, w.kBlock, 0, w.physical, 1));
  BAD(kParam, aclrtMapMem(w.range, w.kBlock / 2, 0, w.physical, 0));
  BAD(ACL_ERROR_RT_ADDR_UNALIGNED, aclrtMapMem(w.mine, w.kBlock, 0, w.physical, 0));
  BAD(kInvalid, aclrtUnmapMem(nullptr));
  BAD(kParam, aclrtUnmapMem(w.range));
  BAD(kParam, aclrtUnmapMem(w.device));
  BAD(kInvalid, aclrtMemSetAccess(nullptr, w.kBlock, &access, 1));
  BAD(kInvalid, aclrtMemSetAccess(w.range, w.kBlock, nullptr, 1));
  BAD(kParam, aclrtMemSetAccess(w.range, w.kBlock, &access, 0));
  BAD(kParam, aclrtMemSetAccess(w.range, w.kBlock, &access, 1));
  BAD(kInvalid, aclrtMemGetAllocationGranularity(nullptr, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, &size));
  BAD(kInvalid, aclrtMemGetAllocationGranularity(&w.properties, odd<aclrtMemGranularityOptions>(), &size));
  BAD(kInvalid, aclrtMemGetAllocationGranularity(&w.properties, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, nullptr));
  BAD(kInvalid, aclrtMemGetAllocationGranularity(&nowhere, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, &size));
  BAD(kInvalid, aclrtMemExportToShareableHandle(w.physical, ACL_MEM_HANDLE_TYPE_NONE, 0, nullptr));
  BAD(kInvalid, aclrtMemExportToShareableHandle(nullptr, ACL_MEM_HANDLE_TYPE_NONE, 0, &shareable));
  BAD(kHandle, aclrtMemExportToShareableHandle(w.dead_physical, ACL_MEM_HANDLE_TYPE_NONE, 0, &shareable));
  BAD(kParam, aclrtMemExportToShareableHandle(w.physical, odd<aclrtMemHandleType>(), 0, &shareable));
  BAD(kParam, aclrtMemExportToShareableHandle(w.physical, ACL_MEM_HANDLE_TYPE_NONE, 2, &shareable));
  BAD(kInvalid, aclrtMemSetPidToShareableHandle(1, nullptr, 1));
  BAD(kParam, aclrtMemSetPidToShareableHandle(1, pids, 0));
  BAD(kParam, aclrtMemSetPidToShareableHandle(1, pids, 1));
  BAD(kInvalid, aclrtMemImportFromShareableHandle(1, 0, nullptr));
  BAD(kParam, aclrtMemImportFromShareableHandle(12345, 0, &handle));
  BAD(kDevice, aclrtMemImportFromShareableHandle(1, 8, &handle));
  BAD(kInvalid, aclrtIpcMemGetExportKey(nullptr, 8, key, sizeof key, 0));
  BAD(kInvalid, aclrtIpcMemGetExportKey(w.device, 8, nullptr, sizeof key, 0));
  BAD(kMissing, aclrtIpcMemGetExportKey(w.device, 8, key, sizeof key, 0));
  BAD(kInvalid, aclrtIpcMemSetImportPid(nullptr, pids, 1));
  BAD(kInvalid, aclrtIpcMemSetImportPid(key, nullptr, 1));
  BAD(kMissing, aclrtIpcMemSetImportPid(key, pids, 1));
  BAD(kInvalid, aclrtIpcMemImportByKey(nullptr, key, 0));
  BAD(kInvalid, aclrtIpcMemImportByKey(&made, nullptr, 0));
  BAD(kMissing, aclrtIpcMemImportByKey(&made, key, 0));
  BAD(kInvalid, aclrtIpcMemClose(nullptr));
  BAD(kMissing, aclrtIpcMemClose(key));
}

std::vector<Row> all_rows(World& w) {
  std::vector<Row> rows;
  for (auto* add : {base_rows, operator_rows, process_rows, context_rows, device_rows, stream_rows, event_rows,
                    memory_rows, copy_rows, virtual_memory_rows})
    add(rows, w);
  // "(aclDestroyTensorDesc(nullptr), 0)": the name is behind the bracket.
  for (Row& row : rows)
    if (row.call.front() == '(') row.call.erase(0, 1);
  return rows;
}

TEST(BadArgumentsTest, AreRefusedWithACodeAndAText) {
  World w;
  for (const Row& row : all_rows(w)) {
    (void)aclGetRecentErrMsg();
    row.check();
    int32_t device = -1;
    ASSERT_EQ(aclrtGetDevice(&device), ACL_SUCCESS) << "after " << row.call << ": " << recent_text();
    ASSERT_EQ(device, 0) << row.call;
  }
  EXPECT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS) << recent_text();
}

TEST(BadArgumentsTest, CoversEveryExport) {
  World w;
  std::set<std::string> covered;
  for (const Row& row : all_rows(w)) covered.insert(row.function());
  int functions = 0;
  for (const auto& name : exported_functions(LIBASCENDCL)) {
    if (name.starts_with("_Z")) continue;
    ++functions;
    EXPECT_TRUE(covered.contains(name)) << name << " is exported, and has no row";
  }
  EXPECT_GT(functions, 200);
}

// The same, from a thread without a context and in no order that helps: still only codes.
TEST(BadArgumentsTest, NeedNoContext) {
  World w;
  std::thread([&] {
    for (const aclError code :
         {aclrtSynchronizeStream(w.dead_stream), aclrtRecordEvent(w.event, w.stream), aclrtStreamAbort(nullptr),
          aclrtMemcpyAsync(w.device, 8, w.host, 8, ACL_MEMCPY_HOST_TO_DEVICE, w.stream), aclrtDestroyStream(w.stream)})
      EXPECT_EQ(code, ACL_ERROR_RT_CONTEXT_NULL) << recent_text();
  }).join();
}

}  // namespace
}  // namespace acl_test
