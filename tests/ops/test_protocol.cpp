// The two phases: who owns the executor when, what each phase refuses, and what its text says.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "acl/acl_rt.h"
#include "aclnnop/binary.h"
#include "aclnnop/index.h"
#include "aclnnop/matmul.h"
#include "aclnnop/shape.h"

namespace {

struct Vector {  // n floats on the device, with a descriptor
  explicit Vector(std::vector<float> contents, std::vector<int64_t> sizes = {}) : count(contents.size()) {
    if (sizes.empty()) sizes = {static_cast<int64_t>(count)};
    EXPECT_EQ(aclrtMalloc(&data, count * sizeof(float) + 1, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    write(contents);
    const int64_t storage = static_cast<int64_t>(count);
    tensor = aclCreateTensor(sizes.data(), sizes.size(), ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND, &storage, 1, data);
  }
  ~Vector() {
    if (tensor) { EXPECT_EQ(aclDestroyTensor(tensor), ACL_SUCCESS); }
    EXPECT_EQ(aclrtFree(data), ACL_SUCCESS);
  }
  void write(const std::vector<float>& contents) {
    EXPECT_EQ(aclrtMemcpy(data, count * 4, contents.data(), contents.size() * 4, ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
  }
  std::vector<float> read() const {
    std::vector<float> out(count);
    EXPECT_EQ(aclrtMemcpy(out.data(), count * 4, data, count * 4, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
    return out;
  }
  size_t count;
  void* data = nullptr;
  aclTensor* tensor = nullptr;
};
using Floats = std::vector<float>;

class Protocol : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    float one = 1;
    alpha = aclCreateScalar(&one, ACL_FLOAT);
  }
  void TearDown() override {
    if (alpha) { EXPECT_EQ(aclDestroyScalar(alpha), ACL_SUCCESS); }
    EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  }
  aclOpExecutor* plan_add(const Vector& a, const Vector& b, const Vector& out) {
    uint64_t size = 7;
    aclOpExecutor* executor = nullptr;
    EXPECT_EQ(aclnnAddGetWorkspaceSize(a.tensor, b.tensor, alpha, out.tensor, &size, &executor), ACL_SUCCESS)
        << aclGetRecentErrMsg();
    EXPECT_EQ(size, 0u);
    return executor;
  }
  // Reading the text takes it away.
  static std::string message() {
    const char* text = aclGetRecentErrMsg();
    return text ? text : "no text";
  }
  static ::testing::AssertionResult says(std::initializer_list<const char*> all) {
    const std::string text = message();
    for (const char* what : all)
      if (text.find(what) == std::string::npos) return ::testing::AssertionFailure() << what << " is not in: " << text;
    return ::testing::AssertionSuccess();
  }

  aclrtStream stream = nullptr;
  aclScalar* alpha = nullptr;
  Vector a{{1, 2, 3}}, b{{10, 20, 30}}, out{{0, 0, 0}};
};

TEST_F(Protocol, DescriptorsMayGoBeforeTheWorkIsDone) {
  aclOpExecutor* executor = plan_add(a, b, out);
  ASSERT_EQ(aclnnAdd(nullptr, 0, executor, stream), ACL_SUCCESS);
  for (Vector* v : {&a, &b, &out}) EXPECT_EQ(aclDestroyTensor(std::exchange(v->tensor, nullptr)), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyScalar(std::exchange(alpha, nullptr)), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(out.read(), (Floats{11, 22, 33}));
}

TEST_F(Protocol, NullIsTheDefaultStream) {
  ASSERT_EQ(aclnnAdd(nullptr, 0, plan_add(a, b, out), nullptr), ACL_SUCCESS) << message();
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(out.read(), (Floats{11, 22, 33}));
}

TEST_F(Protocol, AnExecutorNeedNotRun) { EXPECT_EQ(aclDestroyAclOpExecutor(plan_add(a, b, out)), ACL_SUCCESS); }

TEST_F(Protocol, PhaseTwoRefuses) {
  EXPECT_NE(aclnnAdd(nullptr, 0, nullptr, stream), ACL_SUCCESS);
  EXPECT_TRUE(says({"aclnnAdd", "null"}));
  aclOpExecutor* executor = plan_add(a, b, out);
  EXPECT_NE(aclnnMul(nullptr, 0, executor, stream), ACL_SUCCESS);
  EXPECT_TRUE(says({"aclnnMul", "aclnnAdd"}));
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), ACL_SUCCESS);
  int nothing = 0;
  executor = plan_add(a, b, out);
  EXPECT_NE(aclnnAdd(nullptr, 0, executor, &nothing), ACL_SUCCESS) << "a stream that is none";
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), ACL_SUCCESS);
}

TEST_F(Protocol, ARepeatableExecutorRunsAgain) {
  aclOpExecutor* executor = plan_add(a, b, out);
  ASSERT_EQ(aclSetAclOpExecutorRepeatable(executor), ACL_SUCCESS);
  for (float x : {1.0f, 5.0f}) {
    a.write({x, x, x});
    ASSERT_EQ(aclnnAdd(nullptr, 0, executor, stream), ACL_SUCCESS) << message();
    ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
    EXPECT_EQ(out.read(), (Floats{x + 10, x + 20, x + 30}));
  }
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), ACL_SUCCESS);
}

TEST_F(Protocol, ARepeatableExecutorTakesNewAddresses) {
  Vector other{{7, 7, 7}}, target{{0, 0, 0}};
  aclOpExecutor* executor = plan_add(a, b, out);
  EXPECT_NE(aclSetTensorAddr(executor, 0, a.tensor, other.data), ACL_SUCCESS) << "it is not repeatable yet";
  ASSERT_EQ(aclSetAclOpExecutorRepeatable(executor), ACL_SUCCESS);
  ASSERT_EQ(aclSetInputTensorAddr(executor, 0, a.tensor, other.data), ACL_SUCCESS) << message();
  ASSERT_EQ(aclSetOutputTensorAddr(executor, 0, out.tensor, target.data), ACL_SUCCESS) << message();
  EXPECT_NE(aclSetOutputTensorAddr(executor, 1, out.tensor, target.data), ACL_SUCCESS) << "there is one output";
  EXPECT_NE(aclSetTensorAddr(executor, 3, out.tensor, target.data), ACL_SUCCESS) << "there are three tensors";
  EXPECT_NE(aclSetTensorAddr(executor, 0, nullptr, target.data), ACL_SUCCESS);
  ASSERT_EQ(aclnnAdd(nullptr, 0, executor, stream), ACL_SUCCESS) << message();
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(target.read(), (Floats{17, 27, 37}));
  EXPECT_EQ(out.read(), (Floats{0, 0, 0}));
  ASSERT_EQ(aclSetTensorAddr(executor, 2, out.tensor, out.data), ACL_SUCCESS);  // all tensors, in order
  ASSERT_EQ(aclnnAdd(nullptr, 0, executor, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(out.read(), (Floats{17, 27, 37}));
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), ACL_SUCCESS);
}

TEST_F(Protocol, ListsTakeNewAddresses) {
  Vector* parts[] = {new Vector({1, 2}), new Vector({3})};
  Vector joined{{0, 0, 0}}, other{{8, 9}};
  aclTensor* tensors[] = {std::exchange(parts[0]->tensor, nullptr), std::exchange(parts[1]->tensor, nullptr)};
  aclTensorList* list = aclCreateTensorList(tensors, 2);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnCatGetWorkspaceSize(list, 0, joined.tensor, &size, &executor), ACL_SUCCESS) << message();
  ASSERT_EQ(aclSetAclOpExecutorRepeatable(executor), ACL_SUCCESS);
  ASSERT_EQ(aclSetDynamicInputTensorAddr(executor, 0, 0, list, other.data), ACL_SUCCESS) << message();
  ASSERT_EQ(aclnnCat(nullptr, 0, executor, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(joined.read(), (Floats{8, 9, 3}));
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyTensorList(list), ACL_SUCCESS);
  delete parts[0];
  delete parts[1];
}

TEST_F(Protocol, ARefusalNamesTheOperatorTheTensorsAndTheReason) {
  Vector matrix{Floats(6, 1), {2, 3}};
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  EXPECT_EQ(aclnnMmGetWorkspaceSize(matrix.tensor, matrix.tensor, matrix.tensor, 0, &size, &executor),
            ACLNN_ERR_PARAM_INVALID);
  EXPECT_TRUE(says({"aclnnMm(self float32[2, 3], mat2 float32[2, 3], out float32[2, 3]", "cannot be multiplied"}));
  EXPECT_EQ(aclnnAddGetWorkspaceSize(a.tensor, nullptr, alpha, out.tensor, &size, &executor), ACLNN_ERR_PARAM_NULLPTR);
  EXPECT_TRUE(says({"other null"}));
  EXPECT_EQ(aclnnAddGetWorkspaceSize(a.tensor, b.tensor, nullptr, out.tensor, &size, &executor),
            ACLNN_ERR_PARAM_NULLPTR);
}

TEST_F(Protocol, AnOutputKeepsItsKind) {
  int64_t three = 3;
  aclTensor* whole = aclCreateTensor(&three, 1, ACL_INT32, nullptr, 0, ACL_FORMAT_ND, &three, 1, out.data);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  EXPECT_EQ(aclnnAddGetWorkspaceSize(a.tensor, b.tensor, alpha, whole, &size, &executor), ACLNN_ERR_PARAM_INVALID);
  EXPECT_TRUE(says({"int32[3]", "float32"}));
  EXPECT_EQ(aclDestroyTensor(whole), ACL_SUCCESS);
}

TEST_F(Protocol, WhatTheDataDecidesIsKnownAfterPhaseTwo) {
  Vector found{Floats(3, 0)};
  int64_t three = 3;
  void* bits = nullptr;
  ASSERT_EQ(aclrtMalloc(&bits, 3, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  const bool values[] = {true, false, true};
  ASSERT_EQ(aclrtMemcpy(bits, 3, values, 3, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
  aclTensor* mask = aclCreateTensor(&three, 1, ACL_BOOL, nullptr, 0, ACL_FORMAT_ND, &three, 1, bits);
  uint64_t size = 0, dims = 0;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnMaskedSelectGetWorkspaceSize(b.tensor, mask, found.tensor, &size, &executor), ACL_SUCCESS)
      << message();
  ASSERT_EQ(aclnnMaskedSelect(nullptr, 0, executor, stream), ACL_SUCCESS) << message();
  int64_t* sizes = nullptr;
  ASSERT_EQ(aclGetViewShape(found.tensor, &sizes, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims, 1u);
  EXPECT_EQ(sizes[0], 2);
  delete[] sizes;
  EXPECT_EQ(found.read()[0], 10);
  EXPECT_EQ(found.read()[1], 30);
  EXPECT_EQ(aclDestroyTensor(mask), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(bits), ACL_SUCCESS);
}

TEST_F(Protocol, AFailureInATaskNamesTheOperator) {
  Vector table{{1, 2, 3}, {3, 1}}, rows{Floats(1, 0), {1, 1}};
  int64_t one = 1;
  void* place = nullptr;
  ASSERT_EQ(aclrtMalloc(&place, 8, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  const int64_t far = 99;
  ASSERT_EQ(aclrtMemcpy(place, 8, &far, 8, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
  aclTensor* index = aclCreateTensor(&one, 1, ACL_INT64, nullptr, 0, ACL_FORMAT_ND, &one, 1, place);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnIndexSelectGetWorkspaceSize(table.tensor, 0, index, rows.tensor, &size, &executor), ACL_SUCCESS)
      << message();
  ASSERT_EQ(aclnnIndexSelect(nullptr, 0, executor, stream), ACL_SUCCESS);
  EXPECT_NE(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_TRUE(says({"aclnnIndexSelect", "out of range"}));
  EXPECT_EQ(aclDestroyTensor(index), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(place), ACL_SUCCESS);
}

}  // namespace
