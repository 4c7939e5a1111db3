// cube<Op>: an ATen operator as the device's matrix unit computes it: products of 16-bit numbers are summed in float32
// and rounded once. Where this processor has no instructions for them, ATen's kernels are 10 to 80 times slower than
// its float32 ones (bench/cube.py), so there the operands are widened first. To be used in place of Op, whose outputs
// are then what the caller gave; results that Op makes itself may be float32, for the caller to round.
#pragma once
#include <ATen/core/Tensor.h>

#include <optional>
#include <tuple>

namespace npu {

// This processor multiplies matrices of float32 faster than of this dtype.
bool slow_in_matrices(at::ScalarType dtype);

template <class Op, class Schema = typename Op::schema> struct cube;
template <class Op, class R, class... P> struct cube<Op, R(P...)> : Op {
  static R redispatch(c10::DispatchKeySet keys, P... args) {
    if (!keys.has(c10::DispatchKey::CPU) || !(... || slow(args))) return Op::redispatch(keys, args...);
    std::tuple<decltype(widened<P>(args))...> wide(widened<P>(args)...);
    return std::apply(
        [&](auto&... w) -> R {
          if constexpr ((... || std::is_same_v<P, at::Tensor&>)) {
            Op::redispatch(keys, w...);
            (round<P>(args, w), ...);
            return outputs(std::tuple_cat(output<P>(args)...));
          } else {
            return Op::redispatch(keys, w...);
          }
        },
        wide);
  }

 private:
  template <class T> static bool slow(const T& arg) {
    if constexpr (std::is_same_v<T, at::Tensor>) return arg.defined() && slow_in_matrices(arg.scalar_type());
    else return false;
  }
  template <class Q, class T> static auto widened(const T& arg) {
    if constexpr (std::is_same_v<Q, at::Tensor&>) return slow(arg) ? arg.new_empty(arg.sizes(), at::kFloat) : arg;
    else if constexpr (std::is_same_v<T, at::Tensor>) return slow(arg) ? arg.to(at::kFloat) : arg;
    else if constexpr (std::is_same_v<T, std::optional<at::Tensor>>)
      return arg && slow(*arg) ? std::optional(arg->to(at::kFloat)) : arg;
    else return arg;
  }
  template <class Q, class T, class W> static void round(T& arg, const W& wide) {
    if constexpr (std::is_same_v<Q, at::Tensor&>)
      if (!arg.is_same(wide)) arg.copy_(wide);
  }
  template <class Q, class T> static auto output(T& arg) {
    if constexpr (std::is_same_v<Q, at::Tensor&>) return std::tuple<at::Tensor&>(arg);
    else return std::tuple<>();
  }
  template <class... T> static R outputs(std::tuple<T...> all) {
    if constexpr (std::is_same_v<R, at::Tensor&>) return std::get<0>(all);
    else return all;
  }
};

}  // namespace npu
