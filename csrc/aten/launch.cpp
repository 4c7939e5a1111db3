#include "aten/launch.h"
#include "aclnnop/copy.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>

namespace at_npu {

aclDataType acl_dtype(at::ScalarType dtype) {
  switch (dtype) {
    case at::kFloat: return ACL_FLOAT;
    case at::kHalf: return ACL_FLOAT16;
    case at::kBFloat16: return ACL_BF16;
    case at::kDouble: return ACL_DOUBLE;
    case at::kChar: return ACL_INT8;
    case at::kByte: return ACL_UINT8;
    case at::kShort: return ACL_INT16;
    case at::kInt: return ACL_INT32;
    case at::kLong: return ACL_INT64;
    case at::kBool: return ACL_BOOL;
    default: TORCH_CHECK(false, "The NPU has no dtype ", dtype);
  }
}

aclTensor* make_tensor(const at::Tensor& t) {
  TORCH_CHECK(t.is_privateuseone(), "Expected a tensor on the NPU, but it is on ", t.device());
  const int64_t storage = static_cast<int64_t>(t.storage().nbytes() / t.itemsize());
  aclTensor* handle = aclCreateTensor(t.sizes().data(), t.dim(), acl_dtype(t.scalar_type()), t.strides().data(),
                                      t.storage_offset(), ACL_FORMAT_ND, &storage, 1, t.storage().mutable_data());
  TORCH_CHECK(handle, aclGetRecentErrMsg());
  return handle;
}

aclScalar* make_scalar(const at::Scalar& s) {
  if (s.isFloatingPoint()) { double v = s.toDouble(); return aclCreateScalar(&v, ACL_DOUBLE); }
  if (s.isBoolean()) { bool v = s.toBool(); return aclCreateScalar(&v, ACL_BOOL); }
  int64_t v = s.toLong();
  return aclCreateScalar(&v, ACL_INT64);
}

at::Tensor meta_like(const at::Tensor& t) {
  auto meta = at::empty_strided(t.sizes(), t.strides(), t.options().device(at::kMeta));
  if (t.unsafeGetTensorImpl()->is_wrapped_number()) meta.unsafeGetTensorImpl()->set_wrapped_number(true);
  return meta;
}

at::Tensor scalar_on_device(const at::Tensor& cpu) {
  TORCH_CHECK(cpu.is_cpu() && cpu.dim() == 0, "Expected all tensors on the NPU, but one is on ", cpu.device());
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

}  // namespace at_npu
