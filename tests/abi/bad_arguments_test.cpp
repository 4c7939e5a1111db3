// Every exported entry point, with arguments that cannot be: an error code and a text that names the call; no crash.
// A new export without a row fails CoversEveryExport.
#include "bad_arguments.h"

#include <set>

namespace acl_test {

std::set<std::string> exported_functions(const std::string& library);  // symbol_test.cpp

namespace {

std::vector<Row> all_rows(World& w) {
  std::vector<Row> rows;
  for (auto* add : {base_rows, operator_rows, process_rows, context_rows, device_rows, stream_rows, event_rows,
                    memory_rows, copy_rows, virtual_memory_rows, descriptor_rows})
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
  for (const char* library : {LIBASCENDCL, LIBNNOPBASE}) {
    for (const auto& name : exported_functions(library)) {
      if (name.starts_with("_Z")) continue;
      ++functions;
      EXPECT_TRUE(covered.contains(name)) << name << " is exported, and has no row";
    }
  }
  EXPECT_GT(functions, 240);
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
