// Descriptors, scalars, lists: what is created is read back, and every wrong use is an error with a text.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "acl/acl_rt.h"
#include "aclnn/aclnn_base.h"

namespace {

using Dims = std::vector<int64_t>;

aclTensor* make(const Dims& sizes, aclDataType dtype = ACL_FLOAT, const int64_t* strides = nullptr, int64_t offset = 0,
                void* data = nullptr) {
  const int64_t storage = 1000;
  return aclCreateTensor(sizes.data(), sizes.size(), dtype, strides, offset, ACL_FORMAT_ND, &storage, 1, data);
}
Dims shape(aclnnStatus (*get)(const aclTensor*, int64_t**, uint64_t*), const aclTensor* t) {
  int64_t* dims = nullptr;
  uint64_t num = 0;
  EXPECT_EQ(get(t, &dims, &num), ACL_SUCCESS);
  const Dims out(dims, dims + num);
  delete[] dims;
  return out;
}
// A refusal says why.
void expect_refused(aclnnStatus code, const std::string& what) {
  EXPECT_NE(code, ACL_SUCCESS);
  EXPECT_NE(std::string(aclGetRecentErrMsg()).find(what), std::string::npos) << aclGetRecentErrMsg();
}
void expect_refused(const void* handle, const std::string& what) {
  EXPECT_EQ(handle, nullptr);
  EXPECT_NE(std::string(aclGetRecentErrMsg()).find(what), std::string::npos) << aclGetRecentErrMsg();
}

TEST(Tensor, IsReadBack) {
  float data[30];
  const int64_t strides[] = {1, 3};
  aclTensor* t = make({3, 4}, ACL_FLOAT, strides, 5, data);
  ASSERT_NE(t, nullptr);
  EXPECT_EQ(shape(aclGetViewShape, t), (Dims{3, 4}));
  EXPECT_EQ(shape(aclGetViewStrides, t), (Dims{1, 3}));
  EXPECT_EQ(shape(aclGetStorageShape, t), (Dims{1000}));
  int64_t offset = 0;
  EXPECT_EQ(aclGetViewOffset(t, &offset), ACL_SUCCESS);
  EXPECT_EQ(offset, 5);
  aclFormat format = ACL_FORMAT_UNDEFINED;
  EXPECT_EQ(aclGetFormat(t, &format), ACL_SUCCESS);
  EXPECT_EQ(format, ACL_FORMAT_ND);
  aclDataType dtype = ACL_DT_UNDEFINED;
  EXPECT_EQ(aclGetDataType(t, &dtype), ACL_SUCCESS);
  EXPECT_EQ(dtype, ACL_FLOAT);
  void* address = nullptr;
  EXPECT_EQ(aclGetRawTensorAddr(t, &address), ACL_SUCCESS);
  EXPECT_EQ(address, data);
  EXPECT_EQ(aclSetRawTensorAddr(t, data + 2), ACL_SUCCESS);
  EXPECT_EQ(aclGetRawTensorAddr(t, &address), ACL_SUCCESS);
  EXPECT_EQ(address, data + 2);
  EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
}

TEST(Tensor, WithoutStridesIsContiguous) {
  aclTensor* t = make({2, 3, 4});
  EXPECT_EQ(shape(aclGetViewStrides, t), (Dims{12, 4, 1}));
  EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
  t = make({});
  EXPECT_EQ(shape(aclGetViewShape, t), Dims{});
  EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
}

TEST(Tensor, HasEveryDtypeOfTheDevice) {
  for (aclDataType dtype :
       {ACL_FLOAT,     ACL_FLOAT16,    ACL_BF16,        ACL_DOUBLE,        ACL_INT8,        ACL_INT16,   ACL_INT32,
        ACL_INT64,     ACL_UINT8,      ACL_UINT16,      ACL_UINT32,        ACL_UINT64,      ACL_BOOL,    ACL_COMPLEX32,
        ACL_COMPLEX64, ACL_COMPLEX128, ACL_FLOAT8_E5M2, ACL_FLOAT8_E4M3FN, ACL_FLOAT8_E8M0, ACL_HIFLOAT8}) {
    aclTensor* t = make({2}, dtype);
    EXPECT_NE(t, nullptr) << dtype << ": " << aclGetRecentErrMsg();
    EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
  }
}

TEST(Tensor, IsRefused) {
  expect_refused(make({1, 1, 1, 1, 1, 1, 1, 1, 1}), "at most 8 dimensions");
  expect_refused(make({2, -1}), "negative");
  expect_refused(make({2}, ACL_DT_UNDEFINED), "dtype");
  expect_refused(make({2}, static_cast<aclDataType>(4711)), "4711");
  expect_refused(make({2}, ACL_STRING), "dtype");
  expect_refused(make({2}, ACL_FLOAT, nullptr, -1), "offset");
  const int64_t strides[] = {-1};
  expect_refused(make({2}, ACL_FLOAT, strides), "stride");
  const int64_t storage = 4, negative = -4;
  expect_refused(aclCreateTensor(nullptr, 2, ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND, &storage, 1, nullptr), "null");
  expect_refused(aclCreateTensor(&storage, 1, ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND, nullptr, 1, nullptr), "null");
  expect_refused(aclCreateTensor(&storage, 1, ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND, &negative, 1, nullptr), "negative");
}

TEST(Tensor, IsGivenNewProperties) {
  aclTensor* t = make({2, 3});
  const int64_t sizes[] = {5}, storage = 9;
  EXPECT_EQ(aclInitTensor(t, sizes, 1, ACL_INT8, nullptr, 2, ACL_FORMAT_NCHW, &storage, 1, nullptr), ACL_SUCCESS);
  EXPECT_EQ(shape(aclGetViewShape, t), (Dims{5}));
  EXPECT_EQ(shape(aclGetStorageShape, t), (Dims{9}));
  expect_refused(aclInitTensor(t, sizes, 1, ACL_DT_UNDEFINED, nullptr, 2, ACL_FORMAT_ND, &storage, 1, nullptr),
                 "aclInitTensor");
  expect_refused(aclInitTensor(nullptr, sizes, 1, ACL_INT8, nullptr, 2, ACL_FORMAT_ND, &storage, 1, nullptr), "null");
  EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
}

TEST(Getters, RefuseNull) {
  aclTensor* t = make({2, 3});
  int64_t* dims = nullptr;
  uint64_t num = 0;
  for (auto* get : {aclGetViewShape, aclGetViewStrides, aclGetStorageShape}) {
    expect_refused(get(nullptr, &dims, &num), "null");
    expect_refused(get(t, nullptr, &num), "no place");
    expect_refused(get(t, &dims, nullptr), "no place");
  }
  expect_refused(aclGetViewOffset(t, nullptr), "no place");
  expect_refused(aclGetFormat(t, nullptr), "no place");
  expect_refused(aclGetDataType(t, nullptr), "no place");
  expect_refused(aclGetRawTensorAddr(t, nullptr), "no place");
  expect_refused(aclSetRawTensorAddr(nullptr, nullptr), "null");
  expect_refused(aclGetIntArraySize(nullptr, &num), "null");
  expect_refused(aclGetFloatArraySize(nullptr, &num), "null");
  expect_refused(aclGetBoolArraySize(nullptr, &num), "null");
  expect_refused(aclGetTensorListSize(nullptr, &num), "null");
  expect_refused(aclGetScalarListSize(nullptr, &num), "null");
  EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
}

TEST(Handles, NullIsDestroyedForFree) {
  EXPECT_EQ(aclDestroyTensor(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyScalar(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyIntArray(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyFloatArray(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyBoolArray(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyTensorList(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyScalarList(nullptr), ACL_SUCCESS);
}

TEST(Handles, OfAnotherKindAreRefused) {
  aclTensor* t = make({2, 3});
  expect_refused(aclDestroyScalar(reinterpret_cast<aclScalar*>(t)), "none of this kind");
  expect_refused(aclDestroyTensorList(reinterpret_cast<aclTensorList*>(t)), "none of this kind");
  EXPECT_EQ(aclDestroyTensor(t), ACL_SUCCESS);
}

TEST(Scalars, TakeEveryDtype) {
  unsigned char zeros[16] = {};
  for (aclDataType dtype : {ACL_FLOAT, ACL_FLOAT16, ACL_BF16, ACL_DOUBLE, ACL_INT8, ACL_INT16, ACL_INT32, ACL_INT64,
                            ACL_UINT8, ACL_UINT16, ACL_UINT32, ACL_UINT64, ACL_BOOL, ACL_COMPLEX64, ACL_COMPLEX128}) {
    aclScalar* s = aclCreateScalar(zeros, dtype);
    EXPECT_NE(s, nullptr) << dtype << ": " << aclGetRecentErrMsg();
    EXPECT_EQ(aclDestroyScalar(s), ACL_SUCCESS);
  }
  expect_refused(aclCreateScalar(nullptr, ACL_FLOAT), "null");
  expect_refused(aclCreateScalar(zeros, ACL_STRING), "dtype");
  expect_refused(aclCreateScalar(zeros, static_cast<aclDataType>(4711)), "4711");
}

TEST(Arrays, KnowTheirSize) {
  uint64_t size = 0;
  const int64_t ints[] = {1, 2, 3};
  aclIntArray* i = aclCreateIntArray(ints, 3);
  EXPECT_EQ(aclGetIntArraySize(i, &size), ACL_SUCCESS);
  EXPECT_EQ(size, 3u);
  EXPECT_EQ(aclDestroyIntArray(i), ACL_SUCCESS);
  const float floats[] = {1, 2};
  aclFloatArray* f = aclCreateFloatArray(floats, 2);
  EXPECT_EQ(aclGetFloatArraySize(f, &size), ACL_SUCCESS);
  EXPECT_EQ(size, 2u);
  EXPECT_EQ(aclDestroyFloatArray(f), ACL_SUCCESS);
  const bool bools[] = {true};
  aclBoolArray* b = aclCreateBoolArray(bools, 1);
  EXPECT_EQ(aclGetBoolArraySize(b, &size), ACL_SUCCESS);
  EXPECT_EQ(size, 1u);
  EXPECT_EQ(aclDestroyBoolArray(b), ACL_SUCCESS);
  i = aclCreateIntArray(nullptr, 0);  // clients pass this for an empty array
  ASSERT_NE(i, nullptr);
  EXPECT_EQ(aclDestroyIntArray(i), ACL_SUCCESS);
  expect_refused(aclCreateIntArray(nullptr, 1), "null");
  expect_refused(aclCreateFloatArray(nullptr, 1), "null");
  expect_refused(aclCreateBoolArray(nullptr, 1), "null");
}

TEST(Lists, OwnWhatTheyHold) {
  uint64_t size = 0;
  aclTensor* tensors[] = {make({1}), nullptr, make({2})};
  aclTensorList* list = aclCreateTensorList(tensors, 3);
  EXPECT_EQ(aclGetTensorListSize(list, &size), ACL_SUCCESS);
  EXPECT_EQ(size, 3u);
  EXPECT_EQ(aclDestroyTensorList(list), ACL_SUCCESS);  // and the tensors: a leak checker sees them otherwise
  double x = 1;
  aclScalar* scalars[] = {aclCreateScalar(&x, ACL_DOUBLE)};
  aclScalarList* numbers = aclCreateScalarList(scalars, 1);
  EXPECT_EQ(aclGetScalarListSize(numbers, &size), ACL_SUCCESS);
  EXPECT_EQ(size, 1u);
  EXPECT_EQ(aclDestroyScalarList(numbers), ACL_SUCCESS);
  expect_refused(aclCreateTensorList(nullptr, 1), "null");
  expect_refused(aclCreateScalarList(nullptr, 1), "null");
}

TEST(Library, NeedsNoConfiguration) {
  EXPECT_EQ(aclnnInit(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclnnFinalize(), ACL_SUCCESS);
}

TEST(Executors, OfNobodyAreRefused) {
  aclTensor* t = make({1});
  aclTensorList* list = aclCreateTensorList(&t, 1);
  expect_refused(aclSetAclOpExecutorRepeatable(nullptr), "null");
  expect_refused(aclDestroyAclOpExecutor(nullptr), "null");
  for (auto* set : {aclSetTensorAddr, aclSetInputTensorAddr, aclSetOutputTensorAddr})
    expect_refused(set(nullptr, 0, t, nullptr), "null");
  for (auto* set : {aclSetDynamicTensorAddr, aclSetDynamicInputTensorAddr, aclSetDynamicOutputTensorAddr}) {
    expect_refused(set(nullptr, 0, 0, list, nullptr), "null");
    expect_refused(set(nullptr, 0, 5, list, nullptr), "no tensor of that index");
    expect_refused(set(nullptr, 0, 0, nullptr, nullptr), "null");
  }
  EXPECT_EQ(aclDestroyTensorList(list), ACL_SUCCESS);
}

}  // namespace
