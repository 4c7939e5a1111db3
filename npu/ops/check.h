// The usual checks of phase one, for families whose rule is short; the others ask PyTorch's Meta kernels (checked<Op>).
#pragma once
#include "npu/ops/aten.h"

namespace npu {

bool broadcasts(const Tensor& a, const Tensor& b, const Tensor& out);
bool broadcasts_to(const Tensor& a, const Tensor& out);  // a alone: out may be larger

// An output as it must be: its sizes, and a dtype that can hold what is computed as `computed`.
Status holds(const char* name, const Tensor& out, at::IntArrayRef sizes, aclDataType computed);
Status holds_if_given(const char* name, const Tensor& out, at::IntArrayRef sizes, aclDataType computed);
// What tells places: int64, or int32 as the device has it.
inline Status indices_fit(const Tensor& indices) {
  OP_CHECK(!indices.defined() || indices.dtype == ACL_INT64 || indices.dtype == ACL_INT32,
           "indices must be int64 or int32");
  return {};
}
// The kind of a statistic: a normalization computes in float32 what its input has in 16 bits.
inline aclDataType statistic(aclDataType dtype) { return dtype == ACL_DOUBLE ? ACL_DOUBLE : ACL_FLOAT; }

// The kind of what an elementwise operator computes with: the greatest among its inputs'.
template <class... T> aclDataType promoted(const T&... inputs) {
  aclDataType best = ACL_BOOL;
  ((info(inputs.dtype).kind > info(best).kind ? void(best = inputs.dtype) : void()), ...);
  return best;
}

// out has the shape of self and can hold its dtype's kind; an operator that gives floats for integers says so.
enum class Gives { kSame, kFloat, kBool, kReal };
Status dtype_fits(aclDataType computed, const Tensor& out, Gives gives);
Status elementwise_fits(const Tensor& self, const Tensor& out, Gives gives);
template <class Op, Gives kGives = Gives::kSame, class... Rest>
Plan elementwise(const Tensor& self, const Tensor& out, Rest... rest) {
  NPU_TRY(elementwise_fits(self, out, kGives));
  return aten<Op>(self, rest..., Own{out});
}

Status binary_fits(const Tensor& self, const Tensor& other, const Tensor& out, Gives gives);
template <class Op, Gives kGives = Gives::kSame, class... Rest>
Plan broadcast(const Tensor& self, const Tensor& other, const Tensor& out, Rest... rest) {
  NPU_TRY(binary_fits(self, other, out, kGives));
  return aten<Op>(self, other, rest..., Own{out});
}
// The other operand is a number.
template <class Op, Gives kGives = Gives::kSame, class... Rest>
Plan with_scalar(const Tensor& self, const Scalar& other, const Tensor& out, Rest... rest) {
  OP_GIVEN(other.defined());
  NPU_TRY(elementwise_fits(self, out, kGives));
  OP_CHECK(kGives == Gives::kBool || castable(other.dtype, out.dtype), "the result's dtype does not fit out's dtype");
  return aten<Op>(self, Wrapped{other}, rest..., Own{out});
}

// For operators whose data decides how many elements there are: the outputs have room for all, and what was found is
// stored dense from their first elements. When phase two returns, their descriptors have the shape that was found: the
// client asks aclGetViewShape. An output that is not given is skipped.
Plan find(std::vector<Tensor> outs, std::function<std::vector<at::Tensor>()> results);

}  // namespace npu
