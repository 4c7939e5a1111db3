// Runs the table of case.h, and holds it against what the library exports.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "acl/acl_rt.h"
#include "case.h"

namespace ops_test {
namespace {

class Device : public ::testing::Environment {
 public:
  void SetUp() override { ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS); }
};
[[maybe_unused]] const auto* const device = ::testing::AddGlobalTestEnvironment(new Device);

class Operators : public ::testing::TestWithParam<size_t> {
 protected:
  const Case& row() const { return cases()[GetParam()]; }

  void check(const Handle& handle, const Results& expected, size_t& next) {
    if (handle.tensor_list) {
      if (handle.output)
        for (const Handle& item : handle.items) check(item, expected, next);
      return;
    }
    if (!handle.output) return;
    const at::Tensor actual = handle.read();
    const at::Tensor& wanted = expected.at(next++);
    ASSERT_EQ(actual.sizes(), wanted.sizes()) << row().op;
    const auto wide = [](const at::Tensor& t) {
      return t.is_complex() ? at::view_as_real(t.resolve_conj()).to(at::kDouble) : t.to(at::kDouble);
    };
    // What a sum in another order brings near the middle of two 16-bit numbers may round to either.
    const double unit = wanted.scalar_type() == at::kHalf       ? 0x1p-10
                        : wanted.scalar_type() == at::kBFloat16 ? 0x1p-7
                                                                : 0;
    EXPECT_TRUE(at::allclose(wide(actual), wide(wanted), std::max(unit, row().tolerance), row().tolerance,
                             /*equal_nan=*/true))
        << row().op << " of line " << row().line << "\nactual\n"
        << actual << "\nexpected\n"
        << wanted;
  }

  void run(Memory memory) {
    const Results expected = row().reference(row().inputs);
    Arguments a(memory, expected);
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    ASSERT_EQ(row().plan(a, &size, &executor), ACL_SUCCESS) << recent();
    ASSERT_EQ(compute(executor, size), ACL_SUCCESS) << recent();
    size_t next = 0;
    for (const Handle& handle : a.handles) check(handle, expected, next);
    EXPECT_EQ(next, a.used) << "not every output was looked at";
  }

  // Phase two, to its end, on a stream of its own: one that failed takes no more work.
  aclError compute(aclOpExecutor* executor, uint64_t size) {
    aclrtStream stream = nullptr;
    void* workspace = nullptr;
    EXPECT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    if (size) { EXPECT_EQ(aclrtMalloc(&workspace, size, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS); }
    aclError code = row().run(workspace, size, executor, stream);
    if (code == ACL_SUCCESS) code = aclrtSynchronizeStream(stream);
    if (code != ACL_SUCCESS) recent();
    if (workspace) { EXPECT_EQ(aclrtFree(workspace), ACL_SUCCESS); }
    EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
    return code;
  }

  // Phase one, which must refuse or, where it may, plan something that is then thrown away.
  aclnnStatus plan(Arguments& a) {
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    const aclnnStatus code = row().plan(a, &size, &executor);
    if (code == ACL_SUCCESS) {
      EXPECT_EQ(aclDestroyAclOpExecutor(executor), ACL_SUCCESS);
    } else {
      EXPECT_NE(recent().find(row().op), std::string::npos) << text_;
    }
    return code;
  }

  // The text of the last failure. Asking the library for it takes it away.
  const std::string& recent() {
    if (const char* text = aclGetRecentErrMsg()) text_ = text;
    return text_;
  }

 private:
  std::string text_;
};

TEST_P(Operators, AgreeWithAtenOnDenseMemory) { run(Memory::kDense); }
TEST_P(Operators, AgreeWithAtenOnStridedMemory) { run(Memory::kStrided); }

TEST_P(Operators, RefuseOutputsOfAnotherShape) {
  const Results expected = row().reference(row().inputs);
  Arguments count(Memory::kDense, expected);
  ASSERT_EQ(plan(count), ACL_SUCCESS);
  for (int64_t i = 0; i < count.outputs; ++i) {
    Arguments a(Memory::kDense, expected);
    a.wrong_output = i;
    EXPECT_NE(plan(a), ACL_SUCCESS) << row().op << ": output " << i << " has another shape";
  }
}

TEST_P(Operators, RefuseOutputsOfAnotherKind) {
  const Results expected = row().reference(row().inputs);
  Arguments count(Memory::kDense, expected);
  ASSERT_EQ(plan(count), ACL_SUCCESS);
  for (int64_t i = 0; i < count.outputs; ++i) {
    Arguments a(Memory::kDense, expected);
    a.wrong_kind = i;
    if (const aclnnStatus code = plan(a); a.has_wrong_kind) {
      EXPECT_NE(code, ACL_SUCCESS) << row().op << ": output " << i << " cannot hold the result";
    }
  }
}

// A tensor that phase one does without, phase two does without too.
TEST_P(Operators, RefuseNullTensorsInPhaseOne) {
  const Results expected = row().reference(row().inputs);
  Arguments count(Memory::kDense, expected);
  ASSERT_EQ(plan(count), ACL_SUCCESS);
  for (int64_t i = 0; i < count.tensors; ++i) {
    Arguments a(Memory::kDense, expected);
    a.missing_tensor = i;
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    if (row().plan(a, &size, &executor) != ACL_SUCCESS) continue;
    EXPECT_EQ(compute(executor, size), ACL_SUCCESS) << row().op << " without tensor " << i << ": " << recent();
  }
}

TEST_P(Operators, RefuseToLoseThePlan) {
  const Results expected = row().reference(row().inputs);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  Arguments a(Memory::kDense, expected), b(Memory::kDense, expected);
  EXPECT_NE(row().plan(a, nullptr, &executor), ACL_SUCCESS);
  EXPECT_NE(row().plan(b, &size, nullptr), ACL_SUCCESS);
}

INSTANTIATE_TEST_SUITE_P(All, Operators, ::testing::Range<size_t>(0, cases().size()),
                         [](const auto& each) { return cases()[each.param].op + "_" + std::to_string(each.param); });

// Every operator that the library exports has a row, or a test that says so.
TEST(Coverage, EveryExportedOperatorIsTested) {
  std::set<std::string> have(tested().begin(), tested().end());
  for (const Case& c : cases()) have.insert(c.op);
  FILE* symbols = popen("nm -D --defined-only " OPAPI_LIBRARY, "r");
  ASSERT_NE(symbols, nullptr);
  char line[512];
  size_t exported = 0;
  const std::string phase_one = "GetWorkspaceSize";
  while (std::fgets(line, sizeof line, symbols)) {
    std::string name(line);
    name = name.substr(name.rfind(' ') + 1);
    name.erase(name.find_last_not_of("\n") + 1);
    if (name.rfind("aclnn", 0) != 0 || name.size() <= phase_one.size() || !name.ends_with(phase_one)) continue;
    name.resize(name.size() - phase_one.size());
    ++exported;
    EXPECT_TRUE(have.count(name)) << name << " is exported and not tested";
  }
  EXPECT_EQ(pclose(symbols), 0);
  EXPECT_GT(exported, 0u);
}

}  // namespace
}  // namespace ops_test
