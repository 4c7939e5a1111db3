// Operators the device has none for, each a function over operators that it has: nothing runs on the CPU.
//
//   NPU_OPS {
//     NPU_COMPOSED(digamma_out, digamma);
//   }
//
// `digamma` takes the overload's inputs and returns new tensors, which are brought into the overload's outputs (cast,
// and resized as PyTorch does). The functional and in-place forms of a structured operator call its out= form. A
// function that writes its arguments itself has the overload's own signature.
#pragma once
#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/where.h>

#include "aten/row.h"

namespace at_npu {

// A composition runs on the device of its tensors, below autograd, and in the dtypes that it asks for.
struct Composing {
  explicit Composing(std::optional<c10::Device> device) : device(device) {}
  const c10_npu::OptionalNPUGuard device;
  const at::AutoDispatchBelowADInplaceOrView below_autograd;
  const c10::impl::ExcludeDispatchKeyGuard no_autocast{
      at::autocast::get_autocast_dispatch_key_from_device_type(at::kPrivateUse1)};
};

// The common dtype of some tensors as PyTorch promotes; `floating_dtype` makes the default dtype of an integer.
at::ScalarType common_dtype(const at::Tensor& a, const at::Tensor& b);
at::ScalarType floating_dtype(at::ScalarType dtype);
// Half-precision types compute in float32.
at::ScalarType compute_dtype(at::ScalarType dtype);
// `t` on the current device (PyTorch mixes in 0-dim tensors of the CPU), in that dtype.
at::Tensor to_device(const at::Tensor& t, at::ScalarType dtype);
// In float64: what has no exact formula in a few operators keeps its accuracy.
inline at::Tensor wide(const at::Tensor& t) { return to_device(t, at::kDouble); }

// c[0] + c[1] x + c[2] x^2 ...
at::Tensor polynomial(const at::Tensor& x, at::ArrayRef<double> coefficients);

template <class T> decltype(auto) plain(T& x) {
  if constexpr (std::is_same_v<T, c10::SymInt>) return x.expect_int();
  else if constexpr (std::is_same_v<T, c10::SymIntArrayRef>) return C10_AS_INTARRAYREF_SLOW(x);
  else return (x);
}

template <class Op, class Schema, auto F> struct Composed;
template <class Op, class R, class... A, auto F> struct Composed<Op, R(A...), F> {
  static R call(A... a) {
    const Composing composing(device_of(a...));
    if constexpr (std::is_invocable_v<decltype(F), decltype(plain(a))...>) {
      return F(plain(a)...);
    } else {
      auto args = std::tie(a...);
      auto outs = std::tuple_cat(written<A>(a)...);
      deliver(args, outs, results(args, std::make_index_sequence<sizeof...(A) - kOuts>()),
              std::make_index_sequence<kOuts>());
      if constexpr (std::is_same_v<R, at::Tensor&>) return std::get<0>(outs);
      else return outs;
    }
  }

 private:
  static constexpr size_t kOuts = (size_t{0} + ... + std::is_same_v<A, at::Tensor&>);

  template <class T, size_t... I> static auto results(T& args, std::index_sequence<I...>) {
    if constexpr (kOuts == 1) return std::tuple<at::Tensor>(F(plain(std::get<I>(args))...));
    else return F(plain(std::get<I>(args))...);
  }
  static bool fits(const at::Tensor& result, const at::Tensor& out) {
    return result.sizes() == out.sizes() && at::canCast(result.scalar_type(), out.scalar_type());
  }
  template <class T, class O, class S, size_t... I>
  static void deliver(T& args, O& outs, const S& results, std::index_sequence<I...>) {
    // The Meta kernel refuses the outputs, or resizes them, in PyTorch's own words.
    if (!(fits(std::get<I>(results), std::get<I>(outs)) && ...) && has_meta()) settle_outputs<Op>(args);
    (check_dtype(std::get<I>(results), std::get<I>(outs)), ...);
    (void(copy_out(std::get<I>(results), std::get<I>(outs))), ...);
  }
  static void check_dtype(const at::Tensor& result, const at::Tensor& out) {
    TORCH_CHECK(at::canCast(result.scalar_type(), out.scalar_type()), Op::name, " gives ", result.scalar_type(),
                ", which the output's ", out.scalar_type(), " cannot hold");
  }
  static bool has_meta() {
    static const bool has = c10::Dispatcher::singleton()
                                .findSchemaOrThrow(Op::name, Op::overload_name)
                                .hasKernelForDispatchKey(c10::DispatchKey::Meta);
    return has;
  }
};

template <class Op, auto F> void add_composed(torch::Library& m) {
  m.impl(overload_of<Op>().c_str(), &Composed<Op, typename Op::schema, F>::call);
}

}  // namespace at_npu

#define NPU_COMPOSED(aten, function) ::at_npu::add_composed<at::_ops::aten, &function>(m)
