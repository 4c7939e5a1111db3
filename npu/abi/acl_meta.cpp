// extern "C" of descriptors, scalars and lists.
#include "aclnn/acl_meta.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>

#include "npu/base/status.h"
#include "npu/tensor/tensor.h"

namespace npu {
namespace {

aclnnStatus fail(int code, const char* what, const std::string& why) {
  return remember(Status{code, std::string(what) + ": " + why});
}

template <class T> Status usable(const T* handle) {
  if (!handle) return {ACLNN_ERR_PARAM_NULLPTR, "the handle is null"};
  if (!handle->tag.alive()) return {ACLNN_ERR_PARAM_INVALID, "the handle was destroyed, or is none of this kind"};
  return {};
}

template <class T> aclnnStatus destroy(const char* what, const T* handle) {
  if (!handle) return ACL_SUCCESS;
  if (Status status = usable(handle); !status.ok()) return fail(status.code(), what, status.text());
  delete handle;
  return ACL_SUCCESS;
}

template <class List> aclnnStatus destroy_list(const char* what, const List* list) {
  if (!list) return ACL_SUCCESS;
  if (Status status = usable(list); !status.ok()) return fail(status.code(), what, status.text());
  for (const auto* item : list->items) (void)destroy(what, item);
  delete list;
  return ACL_SUCCESS;
}

// A getter: checks the handle and the places to write to, then runs `get`.
template <class T, class F, class... Out> aclnnStatus query(const char* what, const T* handle, F get, Out*... out) {
  if (Status status = usable(handle); !status.ok()) return fail(status.code(), what, status.text());
  if ((... || !out)) return fail(ACLNN_ERR_PARAM_NULLPTR, what, "there is no place to write the result to");
  get();
  return ACL_SUCCESS;
}

int64_t* copy_of(const int64_t* values, size_t size) {
  auto* copy = new int64_t[size];
  std::copy_n(values, size, copy);
  return copy;
}

Status init(aclTensor& t, const int64_t* dims, uint64_t dims_num, aclDataType dtype, const int64_t* strides,
            int64_t offset, aclFormat format, const int64_t* storage_dims, uint64_t storage_dims_num, void* data) {
  const auto refuse = [](std::string why) { return Status{ACLNN_ERR_PARAM_INVALID, std::move(why)}; };
  if (dims_num > kMaxDims) return refuse("a tensor has at most 8 dimensions, not " + std::to_string(dims_num));
  if (storage_dims_num > kMaxDims)
    return refuse("a storage has at most 8 dimensions, not " + std::to_string(storage_dims_num));
  if ((dims_num && !dims) || (storage_dims_num && !storage_dims))
    return {ACLNN_ERR_PARAM_NULLPTR, "the dimensions are null"};
  if (!info(dtype).size && dtype != ACL_INT4)
    return refuse("no tensor has dtype " + std::to_string(static_cast<int>(dtype)));
  if (offset < 0) return refuse("the offset is negative: " + std::to_string(offset));
  if (dtype == ACL_INT4 && offset % 2) return refuse("an offset of int4 is even, not " + std::to_string(offset));
  for (uint64_t i = 0; i < dims_num; ++i) {
    if (dims[i] < 0) return refuse("size " + std::to_string(i) + " is negative: " + std::to_string(dims[i]));
    if (strides && strides[i] < 0)
      return refuse("stride " + std::to_string(i) + " is negative: " + std::to_string(strides[i]));
  }
  for (uint64_t i = 0; i < storage_dims_num; ++i)
    if (storage_dims[i] < 0) return refuse("a storage size is negative: " + std::to_string(storage_dims[i]));

  t.dtype = dtype;
  t.reshape(dims, static_cast<int>(dims_num));
  if (strides) std::copy_n(strides, dims_num, t.strides);
  t.offset = offset;
  t.move_to(data);
  t.format = format;
  t.storage_dims = static_cast<int>(storage_dims_num);
  std::copy_n(storage_dims, storage_dims_num, t.storage_sizes);
  return {};
}

// An empty array may come as a null pointer.
template <class T, class Element> T* create(const char* what, const Element* value, uint64_t size) {
  if (size && !value) return (void)fail(ACLNN_ERR_PARAM_NULLPTR, what, "the array is null"), nullptr;
  return new T(value, value + size);
}
template <class T, class Item> T* create_list(const char* what, const Item* const* value, uint64_t size) {
  if (size && !value) return (void)fail(ACLNN_ERR_PARAM_NULLPTR, what, "the array is null"), nullptr;
  for (uint64_t i = 0; i < size; ++i)  // An item may be null: a tensor that is not given.
    if (value[i] && !value[i]->tag.alive())
      return (void)fail(ACLNN_ERR_PARAM_INVALID, what, "item " + std::to_string(i) + " was destroyed"), nullptr;
  auto* list = new T;
  list->items.assign(value, value + size);
  return list;
}

template <class T> T read(const void* p) {
  T x;
  std::memcpy(&x, p, sizeof x);
  return x;
}
double bfloat16(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  return read<float>(&wide);
}

bool read_scalar(const void* p, aclDataType dtype, Scalar& s) {
  s.dtype = dtype;
  switch (dtype) {
    case ACL_FLOAT: s.f = read<float>(p); return true;
    case ACL_DOUBLE: s.f = read<double>(p); return true;
    case ACL_FLOAT16: s.f = static_cast<double>(read<_Float16>(p)); return true;
    case ACL_BF16: s.f = bfloat16(read<uint16_t>(p)); return true;
    case ACL_INT8: s.i = read<int8_t>(p); return true;
    case ACL_INT16: s.i = read<int16_t>(p); return true;
    case ACL_INT32: s.i = read<int32_t>(p); return true;
    case ACL_INT64: s.i = read<int64_t>(p); return true;
    case ACL_UINT8: s.i = read<uint8_t>(p); return true;
    case ACL_UINT16: s.i = read<uint16_t>(p); return true;
    case ACL_UINT32: s.i = read<uint32_t>(p); return true;
    case ACL_UINT64: s.i = static_cast<int64_t>(read<uint64_t>(p)); return true;
    case ACL_BOOL: s.i = read<uint8_t>(p) != 0; return true;
    case ACL_COMPLEX64:
      s.f = read<std::complex<float>>(p).real(), s.imag = read<std::complex<float>>(p).imag();
      return true;
    case ACL_COMPLEX128:
      s.f = read<std::complex<double>>(p).real(), s.imag = read<std::complex<double>>(p).imag();
      return true;
    default: return false;
  }
}

}  // namespace
}  // namespace npu

using namespace npu;

aclTensor* aclCreateTensor(const int64_t* dims, uint64_t dims_num, aclDataType dtype, const int64_t* strides,
                           int64_t offset, aclFormat format, const int64_t* storage_dims, uint64_t storage_dims_num,
                           void* data) {
  auto t = std::make_unique<aclTensor>();
  if (Status s = init(*t, dims, dims_num, dtype, strides, offset, format, storage_dims, storage_dims_num, data);
      !s.ok())
    return (void)fail(s.code(), "aclCreateTensor", s.text()), nullptr;
  return t.release();
}
aclnnStatus aclInitTensor(aclTensor* tensor, const int64_t* dims, uint64_t dims_num, aclDataType dtype,
                          const int64_t* strides, int64_t offset, aclFormat format, const int64_t* storage_dims,
                          uint64_t storage_dims_num, void* data) {
  Status s = usable(tensor);
  if (s.ok()) s = init(*tensor, dims, dims_num, dtype, strides, offset, format, storage_dims, storage_dims_num, data);
  return s.ok() ? ACL_SUCCESS : fail(s.code(), "aclInitTensor", s.text());
}
aclScalar* aclCreateScalar(void* value, aclDataType dtype) {
  auto s = std::make_unique<aclScalar>();
  if (!value) return (void)fail(ACLNN_ERR_PARAM_NULLPTR, "aclCreateScalar", "the value is null"), nullptr;
  if (!read_scalar(value, dtype, *s))
    return (void)fail(ACLNN_ERR_PARAM_INVALID, "aclCreateScalar", "no scalar has dtype " + std::to_string(dtype)),
           nullptr;
  return s.release();
}

aclIntArray* aclCreateIntArray(const int64_t* value, uint64_t size) {
  return create<aclIntArray>("aclCreateIntArray", value, size);
}
aclFloatArray* aclCreateFloatArray(const float* value, uint64_t size) {
  return create<aclFloatArray>("aclCreateFloatArray", value, size);
}
aclBoolArray* aclCreateBoolArray(const bool* value, uint64_t size) {
  return create<aclBoolArray>("aclCreateBoolArray", value, size);
}
aclTensorList* aclCreateTensorList(const aclTensor* const* value, uint64_t size) {
  return create_list<aclTensorList>("aclCreateTensorList", value, size);
}
aclScalarList* aclCreateScalarList(const aclScalar* const* value, uint64_t size) {
  return create_list<aclScalarList>("aclCreateScalarList", value, size);
}

aclnnStatus aclDestroyTensor(const aclTensor* tensor) { return destroy("aclDestroyTensor", tensor); }
aclnnStatus aclDestroyScalar(const aclScalar* scalar) { return destroy("aclDestroyScalar", scalar); }
aclnnStatus aclDestroyIntArray(const aclIntArray* array) { return destroy("aclDestroyIntArray", array); }
aclnnStatus aclDestroyFloatArray(const aclFloatArray* array) { return destroy("aclDestroyFloatArray", array); }
aclnnStatus aclDestroyBoolArray(const aclBoolArray* array) { return destroy("aclDestroyBoolArray", array); }
aclnnStatus aclDestroyTensorList(const aclTensorList* list) { return destroy_list("aclDestroyTensorList", list); }
aclnnStatus aclDestroyScalarList(const aclScalarList* list) { return destroy_list("aclDestroyScalarList", list); }

aclnnStatus aclGetViewShape(const aclTensor* t, int64_t** dims, uint64_t* num) {
  return query("aclGetViewShape", t, [&] { *dims = copy_of(t->sizes, *num = t->dims); }, dims, num);
}
aclnnStatus aclGetViewStrides(const aclTensor* t, int64_t** strides, uint64_t* num) {
  return query("aclGetViewStrides", t, [&] { *strides = copy_of(t->strides, *num = t->dims); }, strides, num);
}
aclnnStatus aclGetStorageShape(const aclTensor* t, int64_t** dims, uint64_t* num) {
  return query("aclGetStorageShape", t, [&] { *dims = copy_of(t->storage_sizes, *num = t->storage_dims); }, dims, num);
}
aclnnStatus aclGetViewOffset(const aclTensor* t, int64_t* offset) {
  return query("aclGetViewOffset", t, [&] { *offset = t->offset; }, offset);
}
aclnnStatus aclGetFormat(const aclTensor* t, aclFormat* format) {
  return query("aclGetFormat", t, [&] { *format = t->format; }, format);
}
aclnnStatus aclGetDataType(const aclTensor* t, aclDataType* dtype) {
  return query("aclGetDataType", t, [&] { *dtype = t->dtype; }, dtype);
}
aclnnStatus aclGetIntArraySize(const aclIntArray* a, uint64_t* size) {
  return query("aclGetIntArraySize", a, [&] { *size = a->size(); }, size);
}
aclnnStatus aclGetFloatArraySize(const aclFloatArray* a, uint64_t* size) {
  return query("aclGetFloatArraySize", a, [&] { *size = a->size(); }, size);
}
aclnnStatus aclGetBoolArraySize(const aclBoolArray* a, uint64_t* size) {
  return query("aclGetBoolArraySize", a, [&] { *size = a->size(); }, size);
}
aclnnStatus aclGetTensorListSize(const aclTensorList* l, uint64_t* size) {
  return query("aclGetTensorListSize", l, [&] { *size = l->items.size(); }, size);
}
aclnnStatus aclGetScalarListSize(const aclScalarList* l, uint64_t* size) {
  return query("aclGetScalarListSize", l, [&] { *size = l->items.size(); }, size);
}

aclnnStatus aclSetRawTensorAddr(aclTensor* t, void* addr) {
  return query("aclSetRawTensorAddr", t, [&] { t->move_to(addr); });
}
aclnnStatus aclGetRawTensorAddr(const aclTensor* t, void** addr) {
  return query("aclGetRawTensorAddr", t, [&] { *addr = t->storage; }, addr);
}
