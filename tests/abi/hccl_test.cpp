// HCCL's entries on bad arguments: a code and a text, never a crash. A new export without a row fails.
#include <hccl/hccl.h>

#include <set>

#include "acl_test.h"

namespace acl_test {

std::set<std::string> exported_functions(const std::string& library);  // symbol_test.cpp

namespace {

struct Call {
  const char* name;
  std::function<HcclResult()> call;
};

const std::vector<Call>& calls() {
  static const HcclComm none = nullptr;
  static const HcclDataType type = HCCL_DATA_TYPE_FP32;
  static const HcclReduceOp sum = HCCL_REDUCE_SUM;
  static const std::vector<Call> all = {
      {"HcclSetConfig", [] { return HcclSetConfig(static_cast<HcclConfig>(99), HcclConfigValue{}); }},
      {"HcclGetConfig", [] { return HcclGetConfig(static_cast<HcclConfig>(0), nullptr); }},
      {"HcclGetRootInfo", [] { return HcclGetRootInfo(nullptr); }},
      {"HcclCommInitRootInfo", [] { return HcclCommInitRootInfo(0, nullptr, 0, nullptr); }},
      {"HcclCommInitRootInfoConfig", [] { return HcclCommInitRootInfoConfig(0, nullptr, 0, nullptr, nullptr); }},
      {"HcclCommInitClusterInfo", [] { return HcclCommInitClusterInfo(nullptr, 0, nullptr); }},
      {"HcclCommInitAll", [] { return HcclCommInitAll(0, nullptr, nullptr); }},
      {"HcclCommDestroy", [] { return HcclCommDestroy(none); }},
      {"HcclGetCommName", [] { return HcclGetCommName(none, nullptr); }},
      {"HcclGetRankSize", [] { return HcclGetRankSize(none, nullptr); }},
      {"HcclGetRankId", [] { return HcclGetRankId(none, nullptr); }},
      {"HcclGetCommAsyncError", [] { return HcclGetCommAsyncError(none, nullptr); }},
      {"HcclAllReduce", [] { return HcclAllReduce(nullptr, nullptr, 1, type, sum, none, nullptr); }},
      {"HcclReduce", [] { return HcclReduce(nullptr, nullptr, 1, type, sum, 0, none, nullptr); }},
      {"HcclBroadcast", [] { return HcclBroadcast(nullptr, 1, type, 0, none, nullptr); }},
      {"HcclAllGather", [] { return HcclAllGather(nullptr, nullptr, 1, type, none, nullptr); }},
      {"HcclReduceScatter", [] { return HcclReduceScatter(nullptr, nullptr, 1, type, sum, none, nullptr); }},
      {"HcclScatter", [] { return HcclScatter(nullptr, nullptr, 1, type, 0, none, nullptr); }},
      {"HcclAlltoAll", [] { return HcclAlltoAll(nullptr, 1, type, nullptr, 1, type, none, nullptr); }},
      {"HcclAlltoAllV",
       [] { return HcclAlltoAllV(nullptr, nullptr, nullptr, type, nullptr, nullptr, nullptr, type, none, nullptr); }},
      {"HcclSend", [] { return HcclSend(nullptr, 1, type, 0, none, nullptr); }},
      {"HcclRecv", [] { return HcclRecv(nullptr, 1, type, 0, none, nullptr); }},
      {"HcclBatchSendRecv", [] { return HcclBatchSendRecv(nullptr, 1, none, nullptr); }},
      {"HcclBarrier", [] { return HcclBarrier(none, nullptr); }},
  };
  return all;
}

TEST(HcclTest, BadArgumentsGetACodeAndAText) {
  for (const auto& [name, call] : calls()) {
    (void)aclGetRecentErrMsg();
    EXPECT_NE(call(), HCCL_SUCCESS) << name;
    EXPECT_FALSE(recent_text().empty()) << name;
  }
}

TEST(HcclTest, EveryExportIsCalled) {
  std::set<std::string> called = {"HcclGetErrorString", "HcclGetCommConfigCapability"};  // these cannot fail
  for (const Call& c : calls()) called.insert(c.name);
  const auto exported = exported_functions(LIBHCCL);
  EXPECT_GE(exported.size(), 26u);
  for (const auto& name : exported) {
    if (name.starts_with("_Z")) continue;
    EXPECT_TRUE(called.contains(name)) << name << " is exported, and has no row";
  }
}

TEST(HcclTest, EveryCodeHasItsWords) {
  for (const int code : {-1, 0, 1, 24, 25, 1 << 20})
    EXPECT_STRNE(HcclGetErrorString(static_cast<HcclResult>(code)), "") << code;
  EXPECT_STREQ(HcclGetErrorString(static_cast<HcclResult>(-1)), "unknown error");
}

}  // namespace
}  // namespace acl_test
