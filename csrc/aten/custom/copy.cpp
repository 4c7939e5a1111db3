// Copies in every direction. A tensor crosses as it lies; layout, dtype and broadcasting are settled on one side first.
#include "aten/row.h"

#include <ATen/ops/_local_scalar_dense_native.h>
#include <ATen/ops/conj_physical.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/view_as_real.h>
#include <torch/library.h>

#include "aclnnop/copy.h"
#include "runtime/NPUCopy.h"

namespace at_npu {
namespace {

bool same_layout(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.strides() == b.strides() &&
         a.is_non_overlapping_and_dense() && a.is_neg() == b.is_neg() && a.is_conj() == b.is_conj();
}

// On one device: one operator, any dtype, layout and broadcasting.
void copy_within(const at::Tensor& src, at::Tensor dst) {
  const c10_npu::NPUGuard guard(dst.device());
  NPU_LAUNCH(aclnnInplaceCopy, dst, src);
  // The operator knows bytes only; a lazy conjugate or sign that differs is applied to what lies there now.
  if (src.is_conj() != dst.is_conj()) {
    auto raw = dst.is_conj() ? dst.conj() : dst;
    at::view_as_real(raw).select(-1, 1).neg_();
  }
  if (src.is_neg() != dst.is_neg()) {
    auto raw = dst.is_neg() ? dst._neg_view() : dst;
    raw.neg_();
  }
}

void copy_same_layout(const at::Tensor& src, const at::Tensor& dst, bool non_blocking) {
  const auto bytes = dst.nbytes();
  if (src.is_privateuseone() && dst.is_privateuseone()) {
    return c10_npu::copy_on_device(dst.mutable_data_ptr(), dst.device().index(), src.const_data_ptr(),
                                   src.device().index(), bytes);
  }
  const c10_npu::NPUGuard guard(src.is_privateuseone() ? src.device() : dst.device());
  if (dst.is_cpu()) {
    c10_npu::copy_to_host(dst.mutable_data_ptr(), src.const_data_ptr(), bytes, non_blocking,
                          dst.storage().data_ptr().get_context());
  } else {
    c10_npu::copy_from_host(dst.mutable_data_ptr(), src.const_data_ptr(), bytes, non_blocking,
                            src.storage().data_ptr().get_context());
  }
}

at::Tensor copy_from(const at::Tensor& src, const at::Tensor& dst, bool non_blocking) {
  if (dst.numel() == 0) return dst;
  TORCH_CHECK((src.is_cpu() || src.is_privateuseone()) && (dst.is_cpu() || dst.is_privateuseone()),
              "The NPU copies to and from the CPU and NPUs only, not from ", src.device(), " to ", dst.device());
  if (src.device() == dst.device()) copy_within(src, dst);
  else if (same_layout(src, dst)) copy_same_layout(src, dst, non_blocking);
  else {
    const auto ready = src.expand(dst.sizes()).to(dst.scalar_type()).contiguous().resolve_conj().resolve_neg();
    if (same_layout(ready, dst)) copy_same_layout(ready, dst, non_blocking && ready.is_same(src));
    else {
      const auto landed = at::empty(dst.sizes(), dst.options());
      copy_same_layout(ready, landed, false);
      dst.copy_(landed);
    }
  }
  return dst;
}

at::Scalar local_scalar(const at::Tensor& self) {
  const auto host = at::empty({}, self.options().device(at::kCPU));
  const c10_npu::NPUGuard guard(self.device());
  c10_npu::copy_to_host(host.mutable_data_ptr(), self.const_data_ptr(), host.nbytes());
  return at::native::_local_scalar_dense_cpu(host);
}

}  // namespace

NPU_OPS {
  m.impl("_copy_from", TORCH_FN(copy_from));
  m.impl("_local_scalar_dense", TORCH_FN(local_scalar));
}

// Lazy conjugates and signs come here as they are: copy_within settles them, and the target may be one.
TORCH_LIBRARY_IMPL(aten, Conjugate, m) { m.impl("_copy_from", torch::CppFunction::makeFallthrough()); }
TORCH_LIBRARY_IMPL(aten, Negative, m) { m.impl("_copy_from", torch::CppFunction::makeFallthrough()); }

}  // namespace at_npu
