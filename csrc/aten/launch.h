// The one launcher: torch values -> the C prototype of an aclnn operator -> plan, workspace, run.
#pragma once
#define ACLNN_API __attribute__((weak))  // An operator this CANN lacks is a null pointer, not a failure to load.
#include <ATen/core/IListRef.h>
#include <ATen/core/Tensor.h>

#include <array>
#include <concepts>

#include "aclnn/aclnn_base.h"
#include "runtime/NPUStream.h"

namespace at_npu {

aclDataType acl_dtype(at::ScalarType dtype);
aclTensor* make_tensor(const at::Tensor& t);
aclScalar* make_scalar(const at::Scalar& s);
at::Tensor scalar_on_device(const at::Tensor& cpu);  // a 0-dim CPU tensor, as PyTorch mixes them in

// As<C> is built from a torch value, converts to the C argument, and destroys its descriptor afterwards.
// No constructor, no conversion: a row that does not match its prototype does not compile.
template <class C> struct As;

template <> struct As<const aclTensor*> {
  As(const at::Tensor& t) {
    if (!t.defined()) return;
    if (!t.is_privateuseone()) copy = scalar_on_device(t);
    handle = make_tensor(copy.defined() ? copy : t);
  }
  As(const std::optional<at::Tensor>& t) : As(t ? *t : at::Tensor()) {}
  ~As() { if (handle) aclDestroyTensor(handle); }
  operator const aclTensor*() const { return handle; }
  const aclTensor* handle = nullptr;
  at::Tensor copy;
};
template <> struct As<aclTensor*> {  // an output: a non-const tensor
  As(at::Tensor& t) : handle(t.defined() ? make_tensor(t) : nullptr) {}
  ~As() { if (handle) aclDestroyTensor(handle); }
  operator aclTensor*() const { return handle; }
  aclTensor* handle;
};
template <> struct As<const aclScalar*> {
  As(const at::Scalar& s) : handle(make_scalar(s)) {}
  ~As() { aclDestroyScalar(handle); }
  operator const aclScalar*() const { return handle; }
  const aclScalar* handle;
};
template <> struct As<const aclIntArray*> {
  // Exact types: an int64_t would become an IntArrayRef of one element.
  As(const std::same_as<at::IntArrayRef> auto& a) : handle(aclCreateIntArray(a.data(), a.size())) {}
  As(const std::same_as<at::OptionalIntArrayRef> auto& a) : As(a.value_or(at::IntArrayRef())) {}
  As(const std::same_as<c10::SymIntArrayRef> auto& a) : As(C10_AS_INTARRAYREF_SLOW(a)) {}
  ~As() { aclDestroyIntArray(handle); }
  operator const aclIntArray*() const { return handle; }
  const aclIntArray* handle;
};
template <> struct As<const aclBoolArray*> {
  template <size_t N> As(const std::array<bool, N>& a) : handle(aclCreateBoolArray(a.data(), N)) {}
  ~As() { aclDestroyBoolArray(handle); }
  operator const aclBoolArray*() const { return handle; }
  const aclBoolArray* handle;
};
template <> struct As<const aclTensorList*> {
  As(const at::ITensorListRef& list) {
    std::vector<const aclTensor*> items;
    for (const at::Tensor& t : list) items.push_back(make_tensor(t));
    handle = aclCreateTensorList(items.data(), items.size());
  }
  ~As() { aclDestroyTensorList(handle); }  // and its tensors
  operator const aclTensorList*() const { return handle; }
  const aclTensorList* handle;
};
template <> struct As<aclDataType> {
  As(at::ScalarType dtype) : dtype(acl_dtype(dtype)) {}
  operator aclDataType() const { return dtype; }
  aclDataType dtype;
};
template <class C> requires std::is_arithmetic_v<C> struct As<C> {
  As(std::same_as<C> auto x) : x(x) {}  // no silent bool -> int64_t
  As(const c10::SymInt& s) requires std::same_as<C, int64_t> : x(s.expect_int()) {}
  operator C() const { return x; }
  C x;
};

// Splits a GetWorkspaceSize prototype into its operator arguments and the two results.
template <class Plan> struct Prototype;
template <class... C> struct Prototype<aclnnStatus (*)(C...)> {
  static constexpr size_t kArgs = sizeof...(C) - 2;
  template <size_t I> using arg = std::tuple_element_t<I, std::tuple<C...>>;
};

using PhaseTwo = aclnnStatus (*)(void*, uint64_t, aclOpExecutor*, aclrtStream);
void run(PhaseTwo phase_two, uint64_t size, aclOpExecutor* executor);

// False: phase one refuses the arguments. Any other failure throws.
template <auto kPlan, auto kRun, class... Torch> bool try_launch(Torch&&... torch) {
  using P = Prototype<decltype(kPlan)>;
  static_assert(sizeof...(Torch) == P::kArgs, "the aclnn operator takes another number of arguments");
  if (kRun == nullptr) c10_npu::fail("an operator this CANN lacks", ACLNN_ERR_INNER);  // not a jump to address 0
  return [&]<size_t... I>(std::index_sequence<I...>) {
    static_assert((std::constructible_from<As<typename P::template arg<I>>, Torch> && ...),
                  "a torch argument does not convert to the aclnn argument at its place");
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    const int code = kPlan(As<typename P::template arg<I>>(std::forward<Torch>(torch))..., &size, &executor);
    if (code == ACLNN_ERR_PARAM_INVALID) return false;
    if (code) c10_npu::fail("phase one", code);
    run(kRun, size, executor);
    return true;
  }(std::index_sequence_for<Torch...>());
}
template <auto kPlan, auto kRun, class... Torch> void launch(Torch&&... torch) {
  if (!try_launch<kPlan, kRun>(std::forward<Torch>(torch)...)) c10_npu::fail("phase one", ACLNN_ERR_PARAM_INVALID);
}

}  // namespace at_npu

#define NPU_LAUNCH(aclnn, ...) ::at_npu::launch<&aclnn##GetWorkspaceSize, &aclnn>(__VA_ARGS__)
