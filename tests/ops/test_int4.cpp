// Tensors of int4: two elements to a byte, for the operators of quantized weights alone.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "acl/acl_rt.h"
#include "aclnnop/quant_matmul.h"
#include "aclnnop/shape.h"

namespace {

struct Memory {
  explicit Memory(size_t bytes) : size(bytes) { EXPECT_EQ(aclrtMalloc(&data, bytes, ACL_MEM_MALLOC_HUGE_FIRST), 0); }
  ~Memory() { EXPECT_EQ(aclrtFree(data), ACL_SUCCESS); }
  void write(const void* from) { EXPECT_EQ(aclrtMemcpy(data, size, from, size, ACL_MEMCPY_HOST_TO_DEVICE), 0); }
  void read(void* to) const { EXPECT_EQ(aclrtMemcpy(to, size, data, size, ACL_MEMCPY_DEVICE_TO_HOST), 0); }
  size_t size;
  void* data = nullptr;
};

aclTensor* describe(const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides, aclDataType dtype,
                    void* data, int64_t offset = 0) {
  int64_t all = 1;
  for (int64_t size : sizes) all *= size;
  return aclCreateTensor(sizes.data(), sizes.size(), dtype, strides.data(), offset, ACL_FORMAT_ND, &all, 1, data);
}

// Weights [k, n], each column's elements neighbours: a float matrix [n, k] quantized row by row, and transposed.
TEST(Int4, WeightsLieTwoToAByte) {
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  constexpr int64_t k = 64, n = 3;
  std::vector<uint8_t> packed(n * k / 2);
  std::vector<float> expected(n, 0);
  for (int64_t c = 0; c < n; ++c)
    for (int64_t r = 0; r < k; ++r) {
      const int value = static_cast<int>((r * 5 + c * 3) % 16) - 8;
      packed[(c * k + r) / 2] |= static_cast<uint8_t>((value & 15) << (r % 2 * 4));
      expected[c] += 0.5f * static_cast<float>(value) * static_cast<float>(c + 1);
    }
  Memory weights(packed.size()), x(k * 2), scale(n * 2), out(n * 2);
  weights.write(packed.data());
  x.write(std::vector<aclFloat16>(k, aclFloatToFloat16(0.5f)).data());
  std::vector<aclFloat16> scales;
  scales.reserve(n);
  for (int64_t c = 0; c < n; ++c) scales.push_back(aclFloatToFloat16(static_cast<float>(c + 1)));
  scale.write(scales.data());
  aclTensor* all[] = {describe({1, k}, {k, 1}, ACL_FLOAT16, x.data), describe({k, n}, {1, k}, ACL_INT4, weights.data),
                      describe({n}, {1}, ACL_FLOAT16, scale.data), describe({1, n}, {n, 1}, ACL_FLOAT16, out.data)};
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnWeightQuantBatchMatmulV2GetWorkspaceSize(all[0], all[1], all[2], nullptr, nullptr, nullptr, nullptr, 0,
                                                          all[3], &size, &executor),
            ACL_SUCCESS)
      << aclGetRecentErrMsg();
  ASSERT_EQ(aclnnWeightQuantBatchMatmulV2(nullptr, 0, executor, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  std::vector<aclFloat16> result(n);
  out.read(result.data());
  for (int64_t c = 0; c < n; ++c) EXPECT_EQ(aclFloat16ToFloat(result[c]), expected[c]) << "column " << c;
  for (aclTensor* t : all) EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
}

TEST(Int4, AnOddOffsetIsRefused) {
  Memory bytes(8);
  EXPECT_EQ(describe({4}, {1}, ACL_INT4, bytes.data, 1), nullptr);
  const char* text = aclGetRecentErrMsg();
  EXPECT_NE(std::string(text ? text : "").find("even"), std::string::npos);
}

TEST(Int4, HasNoArithmetic) {
  Memory bytes(8);
  aclTensor *a = describe({4}, {1}, ACL_INT4, bytes.data), *b = describe({4}, {1}, ACL_INT4, bytes.data, 8);
  const aclTensor* two[] = {a, a};
  aclTensorList* list = aclCreateTensorList(two, 1);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  EXPECT_EQ(aclnnCatGetWorkspaceSize(list, 0, b, &size, &executor), ACLNN_ERR_PARAM_INVALID);
  const char* text = aclGetRecentErrMsg();
  EXPECT_NE(std::string(text ? text : "").find("int4"), std::string::npos);
  EXPECT_EQ(aclDestroyTensorList(list), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyTensor(b), ACL_SUCCESS);
}

}  // namespace
