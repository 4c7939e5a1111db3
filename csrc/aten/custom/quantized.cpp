// Tensors of PyTorch's quantized dtypes: made on the device, read as whole numbers or as what they stand for, and moved
// to and from the CPU. Nothing computes with them.
#include "aten/row.h"

#include <ATen/ops/_make_per_channel_quantized_tensor.h>
#include <ATen/ops/_make_per_tensor_quantized_tensor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/q_per_channel_axis_native.h>
#include <ATen/ops/q_per_channel_scales_native.h>
#include <ATen/ops/q_per_channel_zero_points_native.h>
#include <ATen/ops/q_scale_native.h>
#include <ATen/ops/q_zero_point_native.h>
#include <ATen/ops/qscheme_native.h>
#include <ATen/ops/quantize_per_channel_ops.h>
#include <ATen/ops/quantize_per_tensor_ops.h>
#include <ATen/quantized/Quantizer.h>

#include <limits>

#include "aclnnop/quant.h"

namespace at_npu {
namespace {

// The same memory as whole numbers.
at::Tensor raw(const at::Tensor& q) {
  auto t = at::detail::make_tensor<c10::TensorImpl>(c10::Storage(q.storage()),
                                                    c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                                    c10::scalarTypeToTypeMeta(c10::toUnderlying(q.scalar_type())));
  t.unsafeGetTensorImpl()->set_storage_offset(q.storage_offset());
  t.unsafeGetTensorImpl()->set_sizes_and_strides(q.sizes(), q.strides());
  return t;
}
bool per_tensor(const at::Tensor& q) { return at::native::qscheme_quant(q) == at::kPerTensorAffine; }

at::Tensor empty(const at::Tensor& like, at::ScalarType dtype, at::QuantizerPtr quantizer) {
  return at::new_qtensor(like.sizes(), like.options().dtype(dtype), std::move(quantizer));
}
void check_input(const at::Tensor& self, at::ScalarType dtype) {
  TORCH_CHECK(self.scalar_type() == at::kFloat, "Quantize only works on Float Tensor, got ", self.scalar_type());
  TORCH_CHECK(dtype == at::kQInt8 || dtype == at::kQUInt8 || dtype == at::kQInt32,
              "the device quantizes to qint8, quint8 and qint32, not to ", dtype);
}

at::Tensor quantize_per_tensor(const at::Tensor& self, double scale, int64_t zero_point, at::ScalarType dtype) {
  check_input(self, dtype);
  const int64_t low = dtype == at::kQUInt8  ? 0
                      : dtype == at::kQInt8 ? std::numeric_limits<int8_t>::min()
                                            : std::numeric_limits<int32_t>::min();
  const int64_t high = dtype == at::kQUInt8  ? std::numeric_limits<uint8_t>::max()
                       : dtype == at::kQInt8 ? std::numeric_limits<int8_t>::max()
                                             : std::numeric_limits<int32_t>::max();
  TORCH_CHECK(zero_point >= low && zero_point <= high, "zero_point ", zero_point, " is out of range, ", low, " to ",
              high);
  const c10_npu::NPUGuard guard(self.device());
  const auto x = self.contiguous().reshape({-1});
  auto out = empty(self, dtype, at::make_per_tensor_affine_quantizer(scale, zero_point, dtype));
  const auto s = at::full({1}, scale, self.options()), zero = at::full({1}, zero_point, self.options().dtype(at::kInt));
  NPU_LAUNCH(aclnnQuantize, x, s, zero, c10::toUnderlying(dtype), 0, raw(out).reshape({-1}));
  return out;
}
at::Tensor quantize_per_channel(const at::Tensor& self, const at::Tensor& scales, const at::Tensor& zero_points,
                                int64_t axis, at::ScalarType dtype) {
  check_input(self, dtype);
  const c10_npu::NPUGuard guard(self.device());
  auto out = empty(self, dtype, at::make_per_channel_affine_quantizer(scales, zero_points, axis, dtype));
  const auto x = self.contiguous(), s = scales.to(at::kFloat), zero = zero_points.to(at::kInt);
  NPU_LAUNCH(aclnnQuantize, x, s, zero, c10::toUnderlying(dtype), static_cast<int32_t>(axis), raw(out));
  return out;
}

at::Tensor int_repr(const at::Tensor& self) { return raw(self).clone(); }
at::Tensor dequantize(const at::Tensor& self) {
  const auto numbers = raw(self).to(at::kFloat);
  if (per_tensor(self)) return numbers.sub(at::native::q_zero_point_quant(self)).mul(at::native::q_scale_quant(self));
  at::DimVector shape(self.dim(), 1);
  shape[at::native::q_per_channel_axis(self)] = -1;
  const auto place = [&](const at::Tensor& t) { return t.to(at::kFloat).reshape(shape); };
  return numbers.sub(place(at::native::q_per_channel_zero_points(self)))
      .mul(place(at::native::q_per_channel_scales(self)));
}

// From whole numbers, on any device.
at::Tensor made_per_tensor(const at::Tensor& self, double scale, int64_t zero_point) {
  const auto dtype = c10::toQIntType(self.scalar_type());
  auto out = empty(self, dtype, at::make_per_tensor_affine_quantizer(scale, zero_point, dtype));
  raw(out).copy_(self);
  return out;
}
at::Tensor made_per_channel(const at::Tensor& self, const at::Tensor& scales, const at::Tensor& zero_points,
                            int64_t axis) {
  const auto dtype = c10::toQIntType(self.scalar_type());
  auto out = empty(self, dtype, at::make_per_channel_affine_quantizer(scales, zero_points, axis, dtype));
  raw(out).copy_(self);
  return out;
}
at::Tensor moved(const at::Tensor& self, OptDtype dtype, std::optional<at::Layout>, std::optional<at::Device> device,
                 std::optional<bool>, bool non_blocking, std::optional<at::MemoryFormat>) {
  TORCH_CHECK(!dtype || *dtype == self.scalar_type(), "a quantized tensor has no other dtype: dequantize it");
  const auto to = device.value_or(self.device());
  const auto numbers = raw(self).to(to, non_blocking, /*copy=*/true);
  if (per_tensor(self))
    return at::_make_per_tensor_quantized_tensor(numbers, at::native::q_scale_quant(self),
                                                 at::native::q_zero_point_quant(self));
  return at::_make_per_channel_quantized_tensor(numbers, at::native::q_per_channel_scales(self).to(to),
                                                at::native::q_per_channel_zero_points(self).to(to),
                                                at::native::q_per_channel_axis(self));
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(quantize_per_tensor, aclnnQuantize, quantize_per_tensor);
  NPU_CUSTOM(quantize_per_channel, aclnnQuantize, quantize_per_channel);
  m.impl("_make_per_tensor_quantized_tensor", &made_per_tensor);
  m.impl("_make_per_channel_quantized_tensor", &made_per_channel);
}

TORCH_LIBRARY_IMPL(aten, QuantizedPrivateUse1, m) {
  m.impl("int_repr", &int_repr);
  m.impl("dequantize.self", &dequantize);
  m.impl("q_scale", &at::native::q_scale_quant);
  m.impl("q_zero_point", &at::native::q_zero_point_quant);
  m.impl("qscheme", &at::native::qscheme_quant);
  m.impl("q_per_channel_axis", &at::native::q_per_channel_axis);
  m.impl("q_per_channel_scales", &at::native::q_per_channel_scales);
  m.impl("q_per_channel_zero_points", &at::native::q_per_channel_zero_points);
  m.impl("_to_copy", &moved);
}

}  // namespace at_npu
