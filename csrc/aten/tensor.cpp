// Creation, views, resize, copies: what every backend must supply.
#include <ATen/EmptyTensor.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/view_native.h>
#include <ATen/native/Resize.h>
#include <torch/library.h>

#include "aten/row.h"
#include "aclnnop/copy.h"

namespace at_npu {
namespace {

constexpr c10::DispatchKeySet kKeys(c10::DispatchKey::PrivateUse1);
using OptLayout = std::optional<at::Layout>;
using OptDevice = std::optional<at::Device>;

at::Tensor empty(at::IntArrayRef sizes, std::optional<at::ScalarType> dtype, OptLayout, OptDevice, std::optional<bool>,
                 std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(sizes, c10_npu::allocator(), kKeys, at::dtype_or_default(dtype), format);
}
at::Tensor empty_strided(at::IntArrayRef sizes, at::IntArrayRef strides, std::optional<at::ScalarType> dtype,
                         OptLayout, OptDevice, std::optional<bool>) {
  return at::detail::empty_strided_generic(sizes, strides, c10_npu::allocator(), kKeys, at::dtype_or_default(dtype));
}

const at::Tensor& resize_(const at::Tensor& self, at::IntArrayRef sizes, std::optional<at::MemoryFormat> format) {
  auto* impl = self.unsafeGetTensorImpl();
  impl->set_sizes_contiguous(sizes);
  if (format && *format != at::MemoryFormat::Preserve) impl->empty_tensor_restride(*format);
  const size_t bytes = (impl->numel() + impl->storage_offset()) * impl->itemsize();
  if (bytes > impl->unsafe_storage().nbytes()) at::native::resize_bytes_nocuda(impl->unsafe_storage(), bytes);
  return self;
}

bool same_layout(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.strides() == b.strides() &&
         a.is_non_overlapping_and_dense() && !a.is_neg() && !b.is_neg();
}

at::Tensor copy_from(const at::Tensor& src, const at::Tensor& dst, bool /*non_blocking*/) {
  if (!dst.numel()) return dst;
  if (src.is_privateuseone() && dst.is_privateuseone()) {
    at::Tensor to = dst;
    NPU_LAUNCH(aclnnInplaceCopy, to, src);
  } else if (same_layout(src, dst)) {
    if (dst.is_cpu()) c10_npu::copy_to_host(dst.mutable_data_ptr(), src.const_data_ptr(), dst.nbytes());
    else c10_npu::copy_from_host(dst.mutable_data_ptr(), src.const_data_ptr(), dst.nbytes());
  } else {  // Bring layout and dtype together on the source's side, then cross.
    const auto ready = src.expand(dst.sizes()).to(dst.scalar_type()).contiguous();
    if (dst.is_contiguous()) return copy_from(ready, dst, false);
    auto landed = at::empty(dst.sizes(), dst.options());
    copy_from(ready, landed, false);
    dst.copy_(landed);
  }
  return dst;
}

at::Scalar local_scalar(const at::Tensor& self) { return self.cpu().item(); }

at::Tensor& set_storage(at::Tensor& self, at::Storage storage, int64_t offset, at::IntArrayRef sizes,
                        at::IntArrayRef strides) {
  self.unsafeGetTensorImpl()->set_storage_keep_dtype(std::move(storage));
  self.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides, offset);
  return self;
}

at::Tensor as_strided(const at::Tensor& self, at::IntArrayRef sizes, at::IntArrayRef strides,
                      std::optional<int64_t> offset) {
  return at::native::as_strided_tensorimpl(self, sizes, strides, offset);
}

}  // namespace

NPU_OPS {
  m.impl("empty.memory_format", TORCH_FN(empty));
  m.impl("empty_strided", TORCH_FN(empty_strided));
  m.impl("resize_", TORCH_FN(resize_));
  m.impl("_copy_from", TORCH_FN(copy_from));
  m.impl("_local_scalar_dense", TORCH_FN(local_scalar));
  m.impl("set_.source_Storage_storage_offset", TORCH_FN(set_storage));
  m.impl("as_strided", TORCH_FN(as_strided));
  m.impl("view", TORCH_FN(at::native::view));
}

}  // namespace at_npu
