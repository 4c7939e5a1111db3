// ATen as the engine: an operator's task runs an ATen CPU kernel on views of device memory, on the stream's thread.
//
//   aten<Op>(values...)            Op is an overload with outputs: the kernel writes where it is told
//   checked<Op, meta>(values...)   the same, after PyTorch's own rules, at::meta::op_outf, accept shapes and dtypes
//   copied<Op>({outs}, values...)  for an Op that makes its own results: they are copied into the outputs
//   each<Op>(values...)            the kernel for each item of the lists among the values, which are equally long
//
// Each is what phase one returns, and refuses a required argument that is null.
#pragma once
#include <ATen/core/IListRef.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/List.h>
#include <ATen/core/Tensor.h>

#include <array>
#include <optional>

#include "npu/ops/op.h"

namespace npu {

at::ScalarType aten_dtype(aclDataType dtype);
at::Scalar aten_scalar(const Scalar& s);
at::Tensor aten_wrapped(const Scalar& s);  // 0-dim; takes part in type promotion as a plain number does
at::Tensor aten_view(const Tensor& t);     // undefined for a tensor that is not given
at::Tensor aten_long(const Tensor& t);
inline c10::IntArrayRef sizes(const Tensor& t) { return {t.sizes, static_cast<size_t>(t.dims)}; }
at::Tensor aten_meta(const Tensor& t);
at::Tensor aten_meta_output(const Tensor& t);  // empty: a Meta kernel gives it the size it should have

// Values that only ATen's signatures need.
struct Wrapped { Scalar scalar; };    // an aclScalar where ATen takes a tensor
struct Indices { TensorList list; };  // tensors of which some may be missing
struct Long { Tensor tensor; };       // indices, which ATen wants as int64; some kernels take them to be dense
struct Dense {
  Tensor tensor;
  bool wide = false;
};  // what ATen's kernel reads as if it were dense; wide: as float32
struct Own { Tensor tensor; };  // an output whose kind is not its inputs': indices, truth values
struct None {};                 // an optional argument that aclnn does not have

// npu value -> a holder that lives as long as the call. P is the parameter it is for.
enum class Where { kCpu, kMeta };
at::Tensor aten_output(const Tensor& t);
template <Where kWhere, class P> at::Tensor hold(const Tensor& t) {
  if constexpr (kWhere == Where::kCpu && std::is_same_v<P, at::Tensor&>) return aten_output(t);
  else if constexpr (kWhere == Where::kCpu) return aten_view(t);
  else if constexpr (std::is_same_v<P, at::Tensor&>) return aten_meta_output(t);
  else return aten_meta(t);
}
template <Where kWhere, class P> at::Tensor hold(const Long& l) {
  if constexpr (kWhere == Where::kCpu) return aten_long(l.tensor);
  Tensor as_long = l.tensor;
  as_long.dtype = ACL_INT64;
  return aten_meta(as_long);
}
template <Where kWhere, class P> at::Tensor hold(const Dense& d) {
  auto t = hold<kWhere, P>(d.tensor);
  if (d.wide && t.defined()) t = t.to(at::kFloat);
  return kWhere == Where::kCpu && t.defined() ? t.contiguous() : t;
}
template <Where, class P> at::Tensor hold(const Wrapped& w) { return aten_wrapped(w.scalar); }
template <Where, class P> auto hold(const Scalar& s) {
  if constexpr (std::is_same_v<std::decay_t<P>, std::optional<at::Scalar>>)
    return s.defined() ? std::optional(aten_scalar(s)) : std::nullopt;
  else return aten_scalar(s);
}
template <Where kWhere, class P> auto hold(const TensorList& l) {
  std::vector<at::Tensor> out;
  out.reserve(l.size());
  for (const Tensor& t : l) out.push_back(hold<kWhere, P>(t));
  return out;
}
template <Where, class P> auto hold(const ScalarList& l) {
  std::vector<at::Scalar> out;
  for (const Scalar& s : l) out.push_back(aten_scalar(s));
  return out;
}
template <Where kWhere, class P> auto hold(const Indices& indices) {
  c10::List<std::optional<at::Tensor>> out;
  for (const Tensor& t : indices.list) out.push_back(t.defined() ? std::optional(hold<kWhere, P>(t)) : std::nullopt);
  return out;
}
template <Where, class P> decltype(auto) hold(const IntArray& a) {
  if constexpr (std::is_same_v<P, c10::SymIntArrayRef> || std::is_same_v<P, at::OptionalSymIntArrayRef>)
    return std::vector<c10::SymInt>(a.begin(), a.end());
  else return (a);
}
template <Where, class P> P hold(const BoolArray& a) {
  P out;
  for (size_t i = 0; i < out.size(); ++i) out[i] = a.at(i);
  return out;
}
template <Where, class P> P hold(aclDataType dtype) {
  if constexpr (!std::is_same_v<P, at::ScalarType>)
    if (dtype == ACL_DT_UNDEFINED) return std::nullopt;
  return aten_dtype(dtype);
}
template <Where, class P> P hold(None) { return P(); }
template <Where, class P, class T> const T& hold(const T& x) { return x; }  // numbers, strings, what ATen takes as is

// Whether a value may be missing is the schema's to say.
template <class P, class V> bool given(const V& value) {
  if constexpr (std::is_same_v<V, Tensor> && !std::is_same_v<std::decay_t<P>, std::optional<at::Tensor>>)
    return value.defined();
  else if constexpr (std::is_same_v<V, Scalar> && !std::is_same_v<std::decay_t<P>, std::optional<at::Scalar>>)
    return value.defined();
  else if constexpr (std::is_same_v<V, Wrapped>) return value.scalar.defined();
  else if constexpr (std::is_same_v<V, Long> || std::is_same_v<V, Dense>) return given<P>(value.tensor);
  else return true;
}

// `what` and the tensors among its arguments, for the text of a failure on the stream.
[[noreturn]] void fail_in_task(const char* what, const std::exception& e, std::initializer_list<std::string> arguments);
template <class V> std::string show_value(const V& value) {
  if constexpr (std::is_same_v<V, Tensor>) return text(value);
  else return {};
}
void finish_output(const at::Tensor& after, const Tensor& before);
// `out` of one element stands for one without dimensions, and becomes that.
Status output_fits(const at::Tensor& meta, Tensor& out);

// The i-th item of a list; a value that is no list serves every item.
inline const Tensor& item(const TensorList& l, size_t i) { return l[i]; }
inline const Scalar& item(const ScalarList& l, size_t i) { return l[i]; }
inline Wrapped item(const std::vector<Wrapped>& l, size_t i) { return l[i]; }
template <class V> const V& item(const V& v, size_t) { return v; }
template <class V> constexpr bool kIsList =
    std::is_same_v<V, TensorList> || std::is_same_v<V, ScalarList> || std::is_same_v<V, std::vector<Wrapped>>;

#define OP_GIVEN(cond) \
  if (!(cond)) return ::npu::Status{ACLNN_ERR_PARAM_NULLPTR, "a required argument is null"}

Status meta_refuses(const std::exception& e);
void copy_result(const at::Tensor& result, const Tensor& out);
Status kind_fits(aclDataType computed, const Tensor& out);

// What copied<Op> writes to. It may not lose the greatest kind among the inputs, unless it has its own.
struct Output {
  Output(Tensor t) : tensor(std::move(t)) {}
  Output(Own o) : tensor(std::move(o.tensor)), own(true) {}
  Tensor tensor;
  bool own = false;
};

// What can be done with an ATen operator of one schema. Shared by all of them: a kernel is a plain pointer here.
template <class Schema> struct Call;
template <class R, class... P> struct Call<R(P...)> {
  struct Kernel {
    const char* name;
    R (*redispatch)(c10::DispatchKeySet, P...);
  };

  template <class... V> static bool given_all(const V&... values) {
    static_assert(sizeof...(P) == sizeof...(V), "this ATen operator takes another number of arguments");
    return (... && given<P>(values));
  }

  // Calls the kernel; `after` sees its result and the holders.
  template <class F, class... V> static auto run(Kernel kernel, F after, const V&... values) {
    constexpr c10::DispatchKeySet kKey(c10::DispatchKey::CPU);
    std::tuple<decltype(hold<Where::kCpu, P>(values))...> held(hold<Where::kCpu, P>(values)...);
    return std::apply(
        [&](auto&... h) {
          if constexpr (std::is_void_v<R>) return kernel.redispatch(kKey, static_cast<P>(h)...), after(None{}, h...);
          else return after(kernel.redispatch(kKey, static_cast<P>(h)...), h...);
        },
        held);
  }

  template <class... V> static void compute(Kernel kernel, const V&... values) {
    try {
      run(kernel, [&](const auto&, auto&... held) { (check<P>(held, values), ...); }, values...);
    } catch (const std::exception& e) { fail_in_task(kernel.name, e, {show_value(values)...}); }
  }
  template <class Q, class H, class V> static void check(const H& held, const V& value) {
    if constexpr (std::is_same_v<Q, at::Tensor&> && std::is_same_v<V, Tensor>) finish_output(held, value);
  }

  template <class... V> static Plan aten(Kernel kernel, const V&... values) {
    OP_GIVEN(given_all(plain(values)...));
    aclDataType computed = ACL_BOOL;
    (see<P>(values, computed), ...);
    Status status;
    ((status.ok() ? void(status = output_kind_fits<P>(values, computed)) : void()), ...);
    if (!status.ok()) return status;
    return planned(kernel, plain(values)...);
  }
  template <class... V> static Plan planned(Kernel kernel, V... values) {
    return [kernel, ... values = std::move(values)](void*) { compute(kernel, values...); };
  }
  template <class V> static const V& plain(const V& value) { return value; }
  static const Tensor& plain(const Own& value) { return value.tensor; }

  // The greatest kind among the tensors that are read. Indices do not count.
  template <class Q, class V> static void see(const V& value, aclDataType& greatest) {
    if constexpr (std::is_same_v<V, Dense>) see<Q>(value.tensor, greatest);
    else if constexpr (std::is_same_v<V, Tensor> && !std::is_same_v<Q, at::Tensor&>)
      if (value.defined() && info(value.dtype).kind > info(greatest).kind) greatest = value.dtype;
    if constexpr (std::is_same_v<V, TensorList>)
      for (const Tensor& t : value) see<at::Tensor>(t, greatest);
  }
  template <class Q, class V> static Status output_kind_fits(const V& value, aclDataType computed) {
    if constexpr (std::is_same_v<V, Tensor> && std::is_same_v<Q, at::Tensor&>) return kind_fits(computed, value);
    else return {};
  }

  // Not through the dispatcher: there, PyTorch's Python has put slower rules of its own in front of these.
  template <class... V> static Plan checked(Kernel kernel, R (*meta)(P...), V... values) {
    OP_GIVEN(given_all(values...));
    try {
      at::AutoDispatchBelowADInplaceOrView below;
      std::tuple<decltype(hold<Where::kMeta, P>(values))...> held(hold<Where::kMeta, P>(values)...);
      NPU_TRY(std::apply(
          [&](auto&... h) {
            meta(static_cast<P>(h)...);
            Status status;
            ((status.ok() ? void(status = fits<P>(h, values)) : void()), ...);
            return status;
          },
          held));
    } catch (const std::exception& e) { return meta_refuses(e); }
    return [kernel, ... values = std::move(values)](void*) { compute(kernel, values...); };
  }
  template <class Q, class H, class V> static Status fits(const H& held, V& value) {
    if constexpr (std::is_same_v<Q, at::Tensor&> && std::is_same_v<V, Tensor>) return output_fits(held, value);
    else return {};
  }

  template <size_t N, class... V> static Plan copied(Kernel kernel, const Output (&all)[N], V... values) {
    OP_GIVEN(given_all(values...));
    aclDataType computed = ACL_BOOL;
    (see<at::Tensor>(values, computed), ...);
    std::array<Tensor, N> outs;
    for (size_t i = 0; i < N; ++i) {
      if (!all[i].own) NPU_TRY(kind_fits(computed, all[i].tensor));
      outs[i] = all[i].tensor;
    }
    return [kernel, outs, ... values = std::move(values)](void*) {
      try {
        run(
            kernel,
            [&](const auto& result, auto&...) {
              if constexpr (N == 1) copy_result(result, outs[0]);
              else
                [&]<size_t... I>(std::index_sequence<I...>) {
                  (copy_result(std::get<I>(result), outs[I]), ...);
                }(std::make_index_sequence<N>());
            },
            values...);
      } catch (const std::exception& e) { fail_in_task(kernel.name, e, {show_value(values)...}); }
    };
  }

  template <class... V> static Plan each(Kernel kernel, V... values) {
    size_t size = 0;
    bool first = true, fit = true;
    const auto look = [&](const auto& v) {
      if constexpr (kIsList<std::decay_t<decltype(v)>>) {
        if (std::exchange(first, false)) size = v.size();
        fit = fit && v.size() == size;
      }
    };
    (look(values), ...);
    OP_CHECK(fit, "the lists differ in length");
    for (size_t i = 0; i < size; ++i) OP_GIVEN(given_all(item(values, i)...));
    return [kernel, size, ... values = std::move(values)](void*) {
      for (size_t i = 0; i < size; ++i) compute(kernel, item(values, i)...);
    };
  }
};
template <class Op> using CallOf = Call<typename Op::schema>;
template <class Op> constexpr typename CallOf<Op>::Kernel kKernel{Op::name, &Op::redispatch};

template <class Op, class... V> Plan aten(const V&... values) { return CallOf<Op>::aten(kKernel<Op>, values...); }
template <class Op, typename Op::schema* kMeta, class... V> Plan checked(V... values) {
  return CallOf<Op>::checked(kKernel<Op>, kMeta, std::move(values)...);
}
template <class Op, size_t N, class... V> Plan copied(const Output (&outs)[N], V... values) {
  return CallOf<Op>::copied(kKernel<Op>, outs, std::move(values)...);
}
template <class Op, class... V> Plan each(V... values) { return CallOf<Op>::each(kKernel<Op>, std::move(values)...); }
// The kernel now, inside a closure.
template <class Op, class... V> void compute(const V&... values) { CallOf<Op>::compute(kKernel<Op>, values...); }

}  // namespace npu
