// Memory for new tensors, and tensors that get other memory.
#include <ATen/EmptyTensor.h>
#include <ATen/native/Resize.h>
#include <ATen/ops/is_set_to_native.h>
#include <ATen/ops/set_native.h>
#include <torch/library.h>

#include "aten/alike.h"

namespace at_npu {
namespace {

constexpr c10::DispatchKeySet kKeys(c10::DispatchKey::PrivateUse1);
using OptLayout = std::optional<at::Layout>;
using OptDevice = std::optional<at::Device>;
using OptDtype = std::optional<at::ScalarType>;

void check_options(OptDtype dtype, OptLayout layout, std::optional<bool> pin) {
  TORCH_CHECK(!pin.value_or(false), "Only CPU memory can be pinned, not the NPU's");
  TORCH_CHECK_NOT_IMPLEMENTED(layout.value_or(at::kStrided) == at::kStrided, "UNSUPPORTED: the NPU has no ", *layout,
                              " tensors");
  acl_dtype(at::dtype_or_default(dtype));  // refuses what the device has not
}

at::Tensor empty(at::IntArrayRef sizes, OptDtype dtype, OptLayout layout, OptDevice device, std::optional<bool> pin,
                 std::optional<at::MemoryFormat> format) {
  check_options(dtype, layout, pin);
  const c10_npu::OptionalNPUGuard guard(device);
  return at::detail::empty_generic(sizes, c10_npu::allocator(), kKeys, at::dtype_or_default(dtype), format);
}
at::Tensor empty_strided(at::IntArrayRef sizes, at::IntArrayRef strides, OptDtype dtype, OptLayout layout,
                         OptDevice device, std::optional<bool> pin) {
  check_options(dtype, layout, pin);
  const c10_npu::OptionalNPUGuard guard(device);
  return at::detail::empty_strided_generic(sizes, strides, c10_npu::allocator(), kKeys, at::dtype_or_default(dtype));
}

// Storage grows, never shrinks; its bytes are kept.
void fit_storage(const at::Tensor& self) {
  auto* impl = self.unsafeGetTensorImpl();
  const size_t bytes =
      at::detail::computeStorageNbytes(impl->sizes(), impl->strides(), impl->itemsize(), impl->storage_offset());
  if (impl->numel() == 0 || bytes <= impl->unsafe_storage().nbytes()) return;
  const c10_npu::NPUGuard guard(self.device());
  at::native::resize_bytes_nocuda(impl->unsafe_storage(), bytes);
}

const at::Tensor& resize_(const at::Tensor& self, at::IntArrayRef sizes, std::optional<at::MemoryFormat> format) {
  auto* impl = self.unsafeGetTensorImpl();
  if (impl->sizes() != sizes) {
    impl->set_sizes_contiguous(sizes);
    fit_storage(self);
  }
  if (format) {
    TORCH_CHECK(*format != at::MemoryFormat::Preserve, "Unsupported memory format ", *format);
    impl->empty_tensor_restride(*format);
  }
  return self;
}

at::Tensor& set_storage(at::Tensor& self, at::Storage storage, int64_t offset, at::IntArrayRef sizes,
                        at::IntArrayRef strides) {
  at::native::checkSetStorage(self, std::move(storage), offset, sizes, strides);
  auto* impl = self.unsafeGetTensorImpl();
  if (strides.data()) impl->set_sizes_and_strides(sizes, strides, offset);
  else {
    impl->set_storage_offset(offset);
    impl->set_sizes_contiguous(sizes);
  }
  fit_storage(self);
  return self;
}
at::Tensor& set_whole_storage(at::Tensor& self, at::Storage storage) {
  const auto count = static_cast<int64_t>(storage.nbytes() / self.dtype().itemsize());
  return set_storage(self, std::move(storage), 0, count, {});
}
at::Tensor& set_empty(at::Tensor& self) {
  const c10_npu::NPUGuard guard(self.device());
  auto* allocator = c10_npu::allocator();
  at::Storage none(at::Storage::use_byte_size_t(), 0, allocator->allocate(0), allocator, true);
  return set_storage(self, std::move(none), 0, {0}, {});
}

// Whether `self.data = from` may keep the object `self`. nn.Module.to asks: a parameter that is moved must stay the one
// that other modules share and optimizers hold.
bool has_compatible_shallow_copy_type(const at::Tensor& self, const at::Tensor& from) {
  const auto dense = [](const at::Tensor& t) {
    return t.layout() == at::kStrided && (t.is_cpu() || t.is_privateuseone());
  };
  return self.key_set() == from.key_set() || (dense(self) && dense(from));
}

void record_stream(at::Tensor& self, c10::Stream stream) {
  c10_npu::allocator()->recordStream(self.storage().data_ptr(), stream);
}

}  // namespace

bool is_alike(const at::Tensor& t, const at::Tensor& first) {
  const auto& impl = *t.unsafeGetTensorImpl();
  if (&t == &first)
    return t.is_privateuseone() && c10::isFloatingType(t.scalar_type()) && impl.is_non_overlapping_and_dense() &&
           t.device().index() == c10_npu::current_device();
  return t.device() == first.device() && impl.dtype() == first.dtype() && t.sizes() == first.sizes() &&
         t.strides() == first.strides();
}

at::Tensor empty_alike(const at::Tensor& t) {
  const at::ScalarType dtype = t.scalar_type();
  if (t.is_contiguous()) return at::detail::empty_generic(t.sizes(), c10_npu::allocator(), kKeys, dtype, std::nullopt);
  return at::detail::empty_strided_generic(t.sizes(), t.strides(), c10_npu::allocator(), kKeys, dtype);
}

NPU_OPS {
  m.impl("_has_compatible_shallow_copy_type", TORCH_FN(has_compatible_shallow_copy_type));
  m.impl("record_stream", &record_stream);
  m.impl("empty.memory_format", TORCH_FN(empty));
  m.impl("empty_strided", TORCH_FN(empty_strided));
  m.impl("resize_", TORCH_FN(resize_));
  m.impl("set_.source_Storage_storage_offset", TORCH_FN(set_storage));
  m.impl("set_.source_Storage", TORCH_FN(set_whole_storage));
  m.impl("set_.source_Tensor", TORCH_FN(at::native::set_tensor_));
  m.impl("set_", TORCH_FN(set_empty));
  m.impl("is_set_to", TORCH_FN(at::native::is_set_to));
}

}  // namespace at_npu
