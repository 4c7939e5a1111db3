// extern "C" of descriptors, scalars and lists.
#include <algorithm>

#include "npu/runtime/stream.h"
#include "npu/tensor/tensor.h"

size_t npu::size_of(aclDataType dtype) {
  switch (dtype) {
    case ACL_INT8: case ACL_UINT8: case ACL_BOOL: return 1;
    case ACL_FLOAT16: case ACL_BF16: case ACL_INT16: return 2;
    case ACL_FLOAT: case ACL_INT32: return 4;
    case ACL_INT64: case ACL_DOUBLE: return 8;
    default: return 0;
  }
}

aclTensor* aclCreateTensor(const int64_t* dims, uint64_t dims_num, aclDataType dtype, const int64_t* strides,
                           int64_t offset, aclFormat, const int64_t*, uint64_t, void* data) {
  if (dims_num > npu::kMaxDims || !npu::size_of(dtype)) {
    (void)npu::remember(npu::Status{ACLNN_ERR_PARAM_INVALID, "aclCreateTensor: a tensor has at most 8 dimensions and a known dtype"});
    return nullptr;
  }
  auto* t = new aclTensor;
  t->data = static_cast<char*>(data) + offset * static_cast<int64_t>(npu::size_of(dtype));
  t->dtype = dtype;
  t->dims = static_cast<int>(dims_num);
  std::copy_n(dims, dims_num, t->sizes);
  std::copy_n(strides, dims_num, t->strides);
  return t;
}
aclnnStatus aclDestroyTensor(const aclTensor* tensor) { return delete tensor, ACL_SUCCESS; }

aclScalar* aclCreateScalar(void* value, aclDataType dtype) {
  auto* s = new aclScalar;
  s->dtype = dtype;
  switch (dtype) {
    case ACL_FLOAT: s->f = *static_cast<float*>(value); break;
    case ACL_DOUBLE: s->f = *static_cast<double*>(value); break;
    case ACL_INT32: s->i = *static_cast<int32_t*>(value); break;
    case ACL_INT64: s->i = *static_cast<int64_t*>(value); break;
    case ACL_BOOL: s->i = *static_cast<bool*>(value); break;
    default: delete s; return nullptr;
  }
  return s;
}
aclnnStatus aclDestroyScalar(const aclScalar* scalar) { return delete scalar, ACL_SUCCESS; }

aclIntArray* aclCreateIntArray(const int64_t* value, uint64_t size) { return new aclIntArray(value, value + size); }
aclnnStatus aclDestroyIntArray(const aclIntArray* array) { return delete array, ACL_SUCCESS; }
aclBoolArray* aclCreateBoolArray(const bool* value, uint64_t size) { return new aclBoolArray(value, value + size); }
aclnnStatus aclDestroyBoolArray(const aclBoolArray* array) { return delete array, ACL_SUCCESS; }

aclTensorList* aclCreateTensorList(const aclTensor* const* value, uint64_t size) {
  return new aclTensorList{{value, value + size}};
}
aclnnStatus aclDestroyTensorList(const aclTensorList* list) {  // A list owns its tensors.
  for (const aclTensor* t : list->items) delete t;
  return delete list, ACL_SUCCESS;
}
