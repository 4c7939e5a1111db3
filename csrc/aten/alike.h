// Elementwise operators on tensors that are alike: floating, of one dtype, with the same dense sizes and strides, on
// the current device. There is nothing to work out, so the functional and in-place forms go straight to the row of the
// out= form. Every other call takes PyTorch's structured way to the same row.
//
//   NPU_OP(neg_out, aclnnNeg);
//   NPU_ALIKE(neg, neg, neg_out, aclnnNeg);    // at::_ops::neg, PyTorch's structured neg()
//   NPU_ALIKE(neg_, neg_, neg_out, aclnnNeg);
#pragma once
#include "aten/row.h"

namespace at_npu {

at::Tensor empty_alike(const at::Tensor& t);  // the same sizes, strides and dtype, on the current device

// Whether such a value may stand beside tensors that are like `first`.
bool is_alike(const at::Tensor& t, const at::Tensor& first);
inline bool is_alike(const at::Scalar& s, const at::Tensor&) { return s.isFloatingPoint() || s.isIntegral(false); }

// An output may be an input as a whole, not in part.
inline bool apart_or_same(const at::Tensor& t, const at::Tensor& written) {
  return t.is_same(written) || t.unsafeGetTensorImpl()->unsafe_storage().unsafeGetStorageImpl() !=
                                   written.unsafeGetTensorImpl()->unsafe_storage().unsafeGetStorageImpl();
}
inline bool apart_or_same(const at::Scalar&, const at::Tensor&) { return true; }

template <class OutRow, auto kStructured, class Schema> struct Alike;
template <class OutRow, auto kStructured, class... A>
struct Alike<OutRow, kStructured, at::Tensor(const at::Tensor&, A...)> {
  static at::Tensor call(const at::Tensor& self, A... a) {
    if (!is_alike(self, self) || !(is_alike(a, self) && ...)) return kStructured(self, a...);
    at::Tensor out = empty_alike(self);
    OutRow::call(self, a..., out);
    return out;
  }
};
template <class OutRow, auto kStructured, class... A>
struct Alike<OutRow, kStructured, at::Tensor&(at::Tensor&, A...)> {
  static at::Tensor& call(at::Tensor& self, A... a) {
    if (!is_alike(self, self) || !((is_alike(a, self) && apart_or_same(a, self)) && ...))
      return kStructured(self, a...);
    return OutRow::call(self, a..., self);
  }
};

}  // namespace at_npu

#define NPU_ALIKE(aten, structured, out, aclnn)                                                                      \
  ::at_npu::add_row<                                                                                                 \
      at::_ops::aten,                                                                                                \
      ::at_npu::Alike<::at_npu::Row<at::_ops::out, at::_ops::out::schema, &aclnn##GetWorkspaceSize, &aclnn>,         \
                      static_cast<at::_ops::aten::schema*>(&at::compositeexplicitautogradnonfunctional::structured), \
                      at::_ops::aten::schema>>(m, #aclnn, &aclnn != nullptr)
