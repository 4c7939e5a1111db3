// The one launcher: torch values -> the C prototype of an aclnn operator -> plan, workspace, run.
#pragma once
#define ACLNN_API __attribute__((weak))  // An operator this CANN lacks is a null pointer, not a failure to load.
#include <ATen/core/DimVector.h>
#include <ATen/core/IListRef.h>
#include <ATen/core/Tensor.h>

#include <array>
#include <concepts>

#include "aclnn/aclnn_base.h"
#include "runtime/NPUCachingAllocator.h"
#include "runtime/NPUGuard.h"
#include "runtime/NPUStream.h"

namespace at_npu {

aclDataType acl_dtype(at::ScalarType dtype);
// The device must be the current one.
aclTensor* make_tensor(const at::Tensor& t);
aclScalar* make_scalar(const at::Scalar& s);
at::DimVector view_sizes(const aclTensor* t);
aclFloatArray* make_floats(at::ArrayRef<double> values);
aclScalarList* make_scalars(at::ArrayRef<at::Scalar> values);
aclTensorList* make_tensors(const at::ITensorListRef& list);
aclTensorList* make_tensors(const at::IOptTensorListRef& list);  // a tensor that is not given is a null
at::Tensor scalar_on_device(const at::Tensor& cpu);              // a 0-dim CPU tensor, as PyTorch mixes them in

// As<C> is built from a torch value, converts to the C argument, and destroys its descriptor afterwards.
// No constructor, no conversion: a row that does not match its prototype does not compile.
template <class C> struct As;

template <class C, auto kDestroy> struct Handle {
  explicit Handle(const C* handle) : handle(handle) {}
  Handle(const Handle&) = delete;
  ~Handle() {
    if (handle) kDestroy(handle);
  }
  operator const C*() const { return handle; }
  const C* handle;
};

struct None {};  // an optional tensor that is not given

template <> struct As<const aclTensor*> {
  As(None) {}
  As(const at::Tensor& t) {
    if (!t.defined()) return;
    if (t.is_privateuseone()) handle = make_tensor(t);
    else handle = make_tensor(copy = scalar_on_device(t));
  }
  As(const std::optional<at::Tensor>& t) : As(t ? *t : at::Tensor()) {}
  As(const As&) = delete;
  ~As() {
    if (handle) aclDestroyTensor(handle);
  }
  operator const aclTensor*() const { return handle; }
  const aclTensor* handle = nullptr;
  at::Tensor copy;
};
// An output with room for all that an operator may find. `take` is the tensor with the sizes that it did find.
struct Found {
  at::Tensor tensor;
  at::DimVector sizes{};
  at::Tensor take() const { return tensor.resize_(sizes); }
};
template <> struct As<aclTensor*> {  // an output: a non-const tensor
  As(Found& f) : handle(make_tensor(f.tensor)), found(&f) {}
  As(at::Tensor& t) : handle(t.defined() ? make_tensor(t) : nullptr) {}
  As(const std::optional<at::Tensor>& t) : handle(t && t->defined() ? make_tensor(*t) : nullptr) {}  // running stats
  As(const As&) = delete;
  ~As() {
    if (found) found->sizes = view_sizes(handle);
    if (handle) aclDestroyTensor(handle);
  }
  operator aclTensor*() const { return handle; }
  aclTensor* handle;
  Found* found = nullptr;
};
template <> struct As<const aclScalar*> : Handle<aclScalar, &aclDestroyScalar> {
  As(const at::Scalar& s) : Handle(make_scalar(s)) {}
  As(const std::optional<at::Scalar>& s) : Handle(s ? make_scalar(*s) : nullptr) {}
};
template <> struct As<const aclIntArray*> : Handle<aclIntArray, &aclDestroyIntArray> {
  // Exact types: an int64_t would become an IntArrayRef of one element.
  As(const std::same_as<at::IntArrayRef> auto& a) : Handle(aclCreateIntArray(a.data(), a.size())) {}
  As(const std::same_as<at::OptionalIntArrayRef> auto& a)
      : Handle(a ? aclCreateIntArray(a->data(), a->size()) : nullptr) {}
  As(const std::same_as<c10::SymIntArrayRef> auto& a) : As(C10_AS_INTARRAYREF_SLOW(a)) {}
  As(const std::same_as<at::DimVector> auto& a) : As(at::IntArrayRef(a)) {}
};
template <> struct As<const aclBoolArray*> : Handle<aclBoolArray, &aclDestroyBoolArray> {
  template <size_t N> As(const std::array<bool, N>& a) : Handle(aclCreateBoolArray(a.data(), N)) {}
};
template <> struct As<const aclFloatArray*> : Handle<aclFloatArray, &aclDestroyFloatArray> {
  As(at::ArrayRef<double> a) : Handle(make_floats(a)) {}
  As(std::optional<at::ArrayRef<double>> a) : Handle(a ? make_floats(*a) : nullptr) {}
};
template <> struct As<const aclScalarList*> : Handle<aclScalarList, &aclDestroyScalarList> {
  As(at::ArrayRef<at::Scalar> a) : Handle(make_scalars(a)) {}
};
template <> struct As<const aclTensorList*> : Handle<aclTensorList, &aclDestroyTensorList> {  // and its tensors
  As(const at::ITensorListRef& list) : Handle(make_tensors(list)) {}
  As(at::TensorList list) : Handle(make_tensors(at::ITensorListRef(list))) {}
  As(const at::IOptTensorListRef& list) : Handle(make_tensors(list)) {}
  As(const c10::List<std::optional<at::Tensor>>& list) : As(at::IOptTensorListRef(list)) {}
};
template <> struct As<aclTensorList*> : As<const aclTensorList*> {  // outputs
  using As<const aclTensorList*>::As;
  operator aclTensorList*() const { return const_cast<aclTensorList*>(handle); }
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
template <> struct As<const char*> {
  As(std::string_view s) : text(s) {}
  operator const char*() const { return text.c_str(); }
  std::string text;
};
template <> struct As<char*> : As<const char*> {  // text all the same; some prototypes say so
  using As<const char*>::As;
  operator char*() const { return const_cast<char*>(text.c_str()); }
};

// The tensors among the arguments of an operator: which device it runs on, and what an error names.
inline void add_tensors(std::vector<at::Tensor>& all, const at::Tensor& t) { all.push_back(t); }
inline void add_tensors(std::vector<at::Tensor>& all, const std::optional<at::Tensor>& t) {
  if (t) all.push_back(*t);
}
inline void add_tensors(std::vector<at::Tensor>& all, const at::ITensorListRef& list) {
  for (const at::Tensor& t : list) all.push_back(t);
}
inline void add_tensors(std::vector<at::Tensor>& all, at::TensorList list) {
  all.insert(all.end(), list.begin(), list.end());
}
template <class T> void add_tensors(std::vector<at::Tensor>&, const T&) {}
template <class... A> std::vector<at::Tensor> tensors_of(const A&... a) {
  std::vector<at::Tensor> all;
  (add_tensors(all, a), ...);
  return all;
}
// The device of the first NPU tensor; none when there is none.
template <class First, class... A> std::optional<c10::Device> device_of(const First& first, const A&... a) {
  if constexpr (std::same_as<First, at::Tensor>)
    if (first.is_privateuseone()) return first.device();
  for (const at::Tensor& t : tensors_of(first, a...))
    if (t.is_privateuseone()) return t.device();
  return std::nullopt;
}

// Phase one refused the arguments: says which, and raises.
[[noreturn]] void refused(const char* op, const std::vector<at::Tensor>& tensors);

// Splits a GetWorkspaceSize prototype into its operator arguments and the two results.
template <class Plan> struct Prototype;
template <class... C> struct Prototype<aclnnStatus (*)(C...)> {
  static constexpr size_t kArgs = sizeof...(C) - 2;
  template <size_t I> using arg = std::tuple_element_t<I, std::tuple<C...>>;
};

using PhaseTwo = aclnnStatus (*)(void*, uint64_t, aclOpExecutor*, aclrtStream);
void run(PhaseTwo phase_two, uint64_t size, aclOpExecutor* executor);

[[noreturn]] void lacking();

// False: phase one refuses the arguments. Any other failure throws.
template <auto kPlan, auto kRun, class... Torch> bool try_launch(Torch&&... torch) {
  using P = Prototype<decltype(kPlan)>;
  static_assert(sizeof...(Torch) == P::kArgs, "the aclnn operator takes another number of arguments");
  if (kRun == nullptr) lacking();  // not a jump to address 0
  return [&]<size_t... I>(std::index_sequence<I...>) {
    static_assert((std::constructible_from<As<typename P::template arg<I>>, Torch> && ...),
                  "a torch argument does not convert to the aclnn argument at its place");
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    // The descriptors outlive phase two.
    const std::tuple<As<typename P::template arg<I>>...> held(std::forward<Torch>(torch)...);
    const int code = kPlan(std::get<I>(held)..., &size, &executor);
    if (code == ACLNN_ERR_PARAM_INVALID) return false;
    if (code) c10_npu::fail("phase one", code);
    run(kRun, size, executor);
    return true;
  }(std::index_sequence_for<Torch...>());
}
template <auto kPlan, auto kRun, class... Torch> void launch(Torch&&... torch) {
  if (!try_launch<kPlan, kRun>(torch...)) refused(nullptr, tensors_of(torch...));
}

}  // namespace at_npu

#define NPU_LAUNCH(aclnn, ...) ::at_npu::launch<&aclnn##GetWorkspaceSize, &aclnn>(__VA_ARGS__)
