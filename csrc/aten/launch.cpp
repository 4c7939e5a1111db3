#include "aten/launch.h"
#include "aclnnop/copy.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/zeros.h>

#include <sstream>

namespace at_npu {

aclDataType acl_dtype(at::ScalarType dtype) {
  switch (dtype) {
    case at::kFloat: return ACL_FLOAT;
    case at::kHalf: return ACL_FLOAT16;
    case at::kBFloat16: return ACL_BF16;
    case at::kDouble: return ACL_DOUBLE;
    case at::kChar: return ACL_INT8;
    case at::kByte: return ACL_UINT8;
    case at::kUInt16: return ACL_UINT16;
    case at::kUInt32: return ACL_UINT32;
    case at::kUInt64: return ACL_UINT64;
    case at::kShort: return ACL_INT16;
    case at::kInt: return ACL_INT32;
    case at::kLong: return ACL_INT64;
    case at::kBool: return ACL_BOOL;
    case at::kComplexHalf: return ACL_COMPLEX32;
    case at::kComplexFloat: return ACL_COMPLEX64;
    case at::kComplexDouble: return ACL_COMPLEX128;
    default: TORCH_CHECK(false, "The NPU has no dtype ", dtype);
  }
}

aclTensor* make_tensor(const at::Tensor& t) {
  TORCH_CHECK(t.is_privateuseone() && t.device().index() == c10_npu::current_device(),
              "Expected all tensors to be on the same device, but found at least two devices, npu:",
              c10_npu::current_device(), " and ", t.device(), "!");
  const int64_t storage = static_cast<int64_t>(t.storage().nbytes() / t.itemsize());
  aclTensor* handle = aclCreateTensor(t.sizes().data(), t.dim(), acl_dtype(t.scalar_type()), t.strides().data(),
                                      t.storage_offset(), ACL_FORMAT_ND, &storage, 1, t.storage().mutable_data());
  TORCH_CHECK(handle, aclGetRecentErrMsg());
  return handle;
}

aclScalar* make_scalar(const at::Scalar& s) {
  if (s.isFloatingPoint()) {
    double v = s.toDouble();
    return aclCreateScalar(&v, ACL_DOUBLE);
  }
  if (s.isBoolean()) {
    bool v = s.toBool();
    return aclCreateScalar(&v, ACL_BOOL);
  }
  if (s.isComplex()) {
    auto v = s.toComplexDouble();
    return aclCreateScalar(&v, ACL_COMPLEX128);
  }
  int64_t v = s.toLong();
  return aclCreateScalar(&v, ACL_INT64);
}

at::DimVector view_sizes(const aclTensor* t) {
  int64_t* dims = nullptr;
  uint64_t count = 0;
  NPU_CHECK(aclGetViewShape(t, &dims, &count));
  const at::DimVector sizes(dims, dims + count);
  delete[] dims;
  return sizes;
}

aclFloatArray* make_floats(at::ArrayRef<double> values) {
  const std::vector<float> floats(values.begin(), values.end());
  return aclCreateFloatArray(floats.data(), floats.size());
}

aclScalarList* make_scalars(at::ArrayRef<at::Scalar> values) {
  std::vector<const aclScalar*> items;
  for (const at::Scalar& s : values) items.push_back(make_scalar(s));
  return aclCreateScalarList(items.data(), items.size());
}

aclTensorList* make_tensors(const at::ITensorListRef& list) {
  std::vector<const aclTensor*> items;
  items.reserve(list.size());
  for (const at::Tensor& t : list) items.push_back(make_tensor(t));
  return aclCreateTensorList(items.data(), items.size());
}

aclTensorList* make_tensors(const at::IOptTensorListRef& list) {
  std::vector<const aclTensor*> items;
  items.reserve(list.size());
  for (const at::OptionalTensorRef t : list) items.push_back(t.has_value() ? make_tensor(*t) : nullptr);
  return aclCreateTensorList(items.data(), items.size());
}

at::Tensor meta_like(const at::Tensor& t) {
  if (!t.unsafeGetTensorImpl()->is_wrapped_number())
    return at::empty_strided(t.sizes(), t.strides(), t.options().device(at::kMeta));
  if (t.is_cpu()) return t;  // A Meta kernel in Python gets it as a number, which it is.
  auto number = at::zeros({}, t.options().device(at::kCPU));
  number.unsafeGetTensorImpl()->set_wrapped_number(true);
  return number;
}

at::Tensor empty_meta(const at::Tensor& t) { return at::empty({0}, t.options().device(at::kMeta)); }

at::Tensor empty_as(const at::Tensor& meta) {
  if (!meta.defined()) return meta;
  return at::empty_strided(meta.sizes(), meta.strides(), meta.options().device(at::kPrivateUse1));
}

at::Tensor scalar_on_device(const at::Tensor& cpu) {
  TORCH_CHECK(cpu.is_cpu() && cpu.dim() == 0,
              "Expected all tensors to be on the same device, but found at least two "
              "devices, npu and ",
              cpu.device(), "!");
  auto on_device = at::empty({}, cpu.options().device(at::kPrivateUse1));
  NPU_LAUNCH(aclnnInplaceFillScalar, on_device, cpu.item());  // Not a pointer to host memory: it may die first.
  return on_device;
}

void run(PhaseTwo phase_two, uint64_t size, aclOpExecutor* executor) {
  c10::DataPtr workspace;  // Freed at once: the block is ordered by the stream.
  if (size) workspace = c10_npu::allocator()->allocate(size);
  if (const int code = phase_two(workspace.get(), size, executor, c10_npu::current_stream()))
    c10_npu::fail("phase two", code);
}

void refused(const char* op, const std::vector<at::Tensor>& tensors) {
  std::ostringstream text;
  if (op) text << op << ": ";
  text << aclGetRecentErrMsg() << "\n  called with";
  const char* comma = " ";
  for (const at::Tensor& t : tensors) {
    if (!t.defined()) continue;
    text << comma << t.scalar_type() << t.sizes();
    if (!t.is_privateuseone()) text << " on " << t.device();
    comma = ", ";
  }
  TORCH_CHECK(false, text.str());
}

void lacking() { TORCH_CHECK(false, "UNIMPLEMENTED: the CANN libraries that were loaded lack this operator"); }

}  // namespace at_npu
