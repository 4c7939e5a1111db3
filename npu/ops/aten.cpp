#include "npu/ops/aten.h"

#include <ATen/ExpandUtils.h>

namespace npu {

at::ScalarType aten_dtype(aclDataType dtype) {
  switch (dtype) {
    case ACL_FLOAT: return at::kFloat;
    case ACL_FLOAT16: return at::kHalf;
    case ACL_BF16: return at::kBFloat16;
    case ACL_DOUBLE: return at::kDouble;
    case ACL_INT8: return at::kChar;
    case ACL_UINT8: return at::kByte;
    case ACL_INT16: return at::kShort;
    case ACL_INT32: return at::kInt;
    case ACL_INT64: return at::kLong;
    case ACL_BOOL: return at::kBool;
    default: throw std::invalid_argument("no such dtype");
  }
}

at::Tensor aten_view(const Tensor& t) {  // Shorter at run time than from_blob, which every operator would pay thrice.
  const at::IntArrayRef sizes(t.sizes, t.dims), strides(t.strides, t.dims);
  const auto dtype = c10::scalarTypeToTypeMeta(aten_dtype(t.dtype));
  size_t reach = 1;
  for (int i = 0; i < t.dims; ++i) reach = sizes[i] ? reach + (sizes[i] - 1) * strides[i] : reach;
  c10::Storage storage(c10::Storage::use_byte_size_t{}, reach * dtype.itemsize(),
                       c10::DataPtr(t.data, c10::Device(c10::kCPU)), nullptr, false);
  auto view = at::detail::make_tensor<c10::TensorImpl>(std::move(storage), c10::DispatchKeySet(c10::DispatchKey::CPU), dtype);
  view.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
  return view;
}

void check_not_resized(const at::Tensor& after, const Tensor& before) {
  if (after.defined() && after.sizes() != at::IntArrayRef(before.sizes, before.dims))
    throw std::runtime_error("the output has another shape than the operator's result");
}

bool broadcasts(const Tensor& a, const Tensor& b, const Tensor& out) {
  const auto sizes = [](const Tensor& t) { return at::IntArrayRef(t.sizes, static_cast<size_t>(t.dims)); };
  return a.defined() && b.defined() && out.defined() && at::infer_size(sizes(a), sizes(b)) == sizes(out);
}

}  // namespace npu
