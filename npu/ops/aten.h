// aten<at::_ops::X_out>(args...): a closure that runs ATen's CPU kernel on views of device memory.
#pragma once
#include <ATen/core/IListRef.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>

#include "npu/ops/op.h"

namespace npu {

at::ScalarType aten_dtype(aclDataType dtype);
at::Tensor aten_view(const Tensor& t);
void check_not_resized(const at::Tensor& after, const Tensor& before);

// npu value -> a holder that lives as long as the call.
inline at::Tensor hold(const Tensor& t) { return t.defined() ? aten_view(t) : at::Tensor(); }
inline at::Scalar hold(const Scalar& s) {
  return s.dtype == ACL_FLOAT || s.dtype == ACL_DOUBLE ? at::Scalar(s.f) : at::Scalar(s.i);
}
inline std::vector<at::Tensor> hold(const TensorList& l) {
  std::vector<at::Tensor> out;
  for (const Tensor& t : l) out.push_back(aten_view(t));
  return out;
}
inline const IntArray& hold(const IntArray& a) { return a; }
inline at::ScalarType hold(aclDataType dtype) { return aten_dtype(dtype); }
template <class T> requires std::is_arithmetic_v<T>
T hold(T x) { return x; }

// The device has no autograd. Set once for a stream's thread.
inline void quiet() { static thread_local const at::AutoDispatchBelowADInplaceOrView below; }

template <class Schema> struct Call;
template <class R, class... P> struct Call<R(P...)> {
  template <class Op, class... V> static void run(const V&... values) {
    static_assert(sizeof...(P) == sizeof...(V), "this ATen operator takes another number of arguments");
    [&]<size_t... I>(std::index_sequence<I...>) {
      auto held = std::tuple<decltype(hold(values))...>(hold(values)...);
      Op::call(static_cast<P>(std::get<I>(held))...);
      (check<P>(std::get<I>(held), values), ...);
    }(std::index_sequence_for<V...>{});
  }
  template <class Q, class H, class V> static void check(const H& held, const V& value) {
    if constexpr (std::is_same_v<Q, at::Tensor&>) check_not_resized(held, value);
  }
};

template <class Op, class... V> auto aten(V... values) {
  return [... values = std::move(values)](void*) {
    quiet();
    Call<typename Op::schema>::template run<Op>(values...);
  };
}

// The usual checks of phase one.
bool broadcasts(const Tensor& a, const Tensor& b, const Tensor& out);

template <class Op, class... Rest> Plan elementwise(const Tensor& self, const Tensor& out, Rest... rest) {
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  return aten<Op>(self, rest..., out);
}

}  // namespace npu
