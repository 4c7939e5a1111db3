// How an operator is written: one declaration that gives both C symbols.
//
//   ACLNN_OP(aclnnAdd, self, other, alpha, out) {
//     OP_CHECK(..., "why it is refused");
//     return aten<at::_ops::add_out>(self, other, alpha, out);
//   }
//
// The names follow the prototype in include/aclnnop; the types come from there, and too few, too many or an unknown
// operator do not compile. The body is phase one: it sees values (npu::Tensor for aclTensor*, IntArray for
// aclIntArray*, ...), checks them, and returns the closure that is phase two. The closure runs on the stream's thread.
#pragma once
#include <concepts>
#include <cstring>
#include <tuple>
#include <utility>

#include "aclnn/acl_meta.h"
#include "npu/ops/executor.h"

namespace npu {

// C argument -> the value a body sees. A null pointer is an argument that was not given.
[[noreturn]] void refuse_dead_handle();
template <class To, class From> To copy_or_none(const From* p) {
  if (!p) return To();
  if (!p->tag.alive()) refuse_dead_handle();
  return To(*p);
}
inline Tensor value(const aclTensor* t) { return copy_or_none<Tensor>(t); }
inline Tensor value(aclTensor* t) {
  Tensor out = copy_or_none<Tensor>(t);
  out.handle = t;
  return out;
}
inline Scalar value(const aclScalar* s) { return copy_or_none<Scalar>(s); }
inline IntArray value(const aclIntArray* a) { return copy_or_none<IntArray>(a); }
inline FloatArray value(const aclFloatArray* a) { return copy_or_none<FloatArray>(a); }
inline BoolArray value(const aclBoolArray* a) { return copy_or_none<BoolArray>(a); }
template <class Item, class List> std::vector<Item> copy_items(const List* list) {
  std::vector<Item> out;
  if (!list) return out;
  if (!list->tag.alive()) refuse_dead_handle();
  out.reserve(list->items.size());
  for (const auto* item : list->items) out.push_back(value(item));
  return out;
}
inline TensorList value(const aclTensorList* l) { return copy_items<Tensor>(l); }
inline ScalarList value(const aclScalarList* l) { return copy_items<Scalar>(l); }
inline std::string value(const char* text) { return text ? text : ""; }
template <class T> requires std::is_arithmetic_v<T> || std::is_enum_v<T> T value(T x) { return x; }

template <class F> struct Signature;
template <class... P> struct Signature<aclnnStatus(P...)> { using args = std::tuple<P...>; };
template <class F, int I> using Param = std::tuple_element_t<I, typename Signature<F>::args>;
template <class P> using Value = decltype(value(std::declval<P>()));

// How a message shows an argument.
inline std::string show(const aclTensor* t) { return t && !t->tag.alive() ? "destroyed" : text(value(t)); }
std::string show(const aclTensorList* list);
std::string show(const aclIntArray* array);
inline std::string show(const void* p) { return p ? "given" : "null"; }
template <class T> requires std::is_arithmetic_v<T> || std::is_enum_v<T> std::string show(T x) {
  return std::to_string(x);
}

aclnnStatus finish_plan(const Operator& op, Plan plan, uint64_t* size, aclOpExecutor** executor);
aclnnStatus refuse(const Operator& op, const Status& why, std::initializer_list<std::string> arguments);
aclnnStatus launch(const Operator& op, void* workspace, uint64_t size, aclOpExecutor* executor, aclrtStream stream);

// An operator by its C arguments. Shared by all operators of one signature: a body is a plain pointer here.
template <class... C> struct Protocol {
  using Body = Plan (*)(Value<C>...);

  static aclnnStatus plan(const Operator& op, uint64_t* size, aclOpExecutor** executor, C... args) {
    static_assert(sizeof(std::tuple<C...>) <= sizeof(aclOpExecutor::arguments), "raise kMaxArguments");
    if (!size || !executor)
      return refuse(op, {ACLNN_ERR_PARAM_NULLPTR, "there is no place to write the workspace size or executor to"}, {});
    Status why;
    try {
      Plan plan = reinterpret_cast<Body>(op.body)(value(args)...);
      if (plan.executor) {
        new (plan.executor->arguments) std::tuple<C...>(args...);
        return finish_plan(op, std::move(plan), size, executor);
      }
      why = std::move(plan.error);
    } catch (const std::exception& e) { why = Status{ACLNN_ERR_PARAM_INVALID, e.what()}; }
    return refuse(op, why, {show(args)...});
  }

  // What a repeatable executor keeps: values, and the body to plan with again.
  struct Kept final : Arguments {
    explicit Kept(const aclOpExecutor& e)
        : Kept(e, *std::launder(reinterpret_cast<const std::tuple<C...>*>(e.arguments))) {}
    Plan plan() override { return std::apply(body, values); }

   private:
    Kept(const aclOpExecutor& e, const std::tuple<C...>& args)
        : body(reinterpret_cast<Body>(e.op->body)),
          values(std::apply([](C... c) { return std::tuple<Value<C>...>(value(c)...); }, args)) {
      [&]<size_t... I>(std::index_sequence<I...>) {
        (add<C>(std::get<I>(values)), ...);
      }(std::index_sequence_for<C...>());
    }
    template <class P, class V> void add(V& v) {
      constexpr bool kOutput = !std::is_const_v<std::remove_pointer_t<P>>;
      if constexpr (std::is_same_v<V, Tensor>) slots.push_back({kOutput, &v, 1});
      if constexpr (std::is_same_v<V, TensorList>) slots.push_back({kOutput, v.data(), v.size()});
    }
    Body body;
    std::tuple<Value<C>...> values;
  };
  static std::unique_ptr<Arguments> keep(const aclOpExecutor& e) { return std::make_unique<Kept>(e); }
};

// The protocol of a GetWorkspaceSize prototype: its arguments without the two results.
template <class Tuple, class Index> struct ProtocolFor;
template <class... P, size_t... I> struct ProtocolFor<std::tuple<P...>, std::index_sequence<I...>> {
  using type = Protocol<std::tuple_element_t<I, std::tuple<P...>>...>;
};
template <class F, class Args = typename Signature<F>::args>
using ProtocolOf = typename ProtocolFor<Args, std::make_index_sequence<std::tuple_size_v<Args> - 2>>::type;

}  // namespace npu

#define OP_CHECK(cond, why) \
  if (!(cond)) return ::npu::Status(ACLNN_ERR_PARAM_INVALID, why)

// name, name, ... -> Param<F, 0> name, Param<F, 0 + 1> name, ...
#define NPU_PARENS ()
#define NPU_EXPAND(...) NPU_EXPAND_(NPU_EXPAND_(NPU_EXPAND_(NPU_EXPAND_(__VA_ARGS__))))
#define NPU_EXPAND_(...) NPU_EXPAND__(NPU_EXPAND__(NPU_EXPAND__(__VA_ARGS__)))
#define NPU_EXPAND__(...) NPU_EXPAND___(NPU_EXPAND___(NPU_EXPAND___(__VA_ARGS__)))
#define NPU_EXPAND___(...) __VA_ARGS__
#define NPU_PARAMS(F, ...) NPU_EXPAND(NPU_PARAM(F, 0, __VA_ARGS__))
#define NPU_PARAM(F, i, name, ...) \
  ::npu::Param<F, i> name __VA_OPT__(, NPU_PARAM_AGAIN NPU_PARENS(F, i + 1, __VA_ARGS__))
#define NPU_PARAM_AGAIN() NPU_PARAM
#define NPU_VALUES(F, ...) NPU_EXPAND(NPU_VALUE(F, 0, __VA_ARGS__))
#define NPU_VALUE(F, i, name, ...) \
  [[maybe_unused]] ::npu::Value<::npu::Param<F, i>> name __VA_OPT__(, NPU_VALUE_AGAIN NPU_PARENS(F, i + 1, __VA_ARGS__))
#define NPU_VALUE_AGAIN() NPU_VALUE

// extern "C": inside a namespace a plain definition would be another function than the one include/ declares.
#define ACLNN_OP(op, ...)                                                                                             \
  static ::npu::Plan op##_plan(NPU_VALUES(decltype(op##GetWorkspaceSize), __VA_ARGS__));                              \
  static const ::npu::Operator op##_info{{#op},                                                                       \
                                         #__VA_ARGS__,                                                                \
                                         reinterpret_cast<void (*)()>(&op##_plan),                                    \
                                         &::npu::ProtocolOf<decltype(op##GetWorkspaceSize)>::keep};                   \
  extern "C" ACL_API aclnnStatus op##GetWorkspaceSize(NPU_PARAMS(decltype(op##GetWorkspaceSize), __VA_ARGS__),        \
                                                      uint64_t* plan_size, aclOpExecutor** plan_executor) {           \
    return ::npu::ProtocolOf<decltype(op##GetWorkspaceSize)>::plan(op##_info, plan_size, plan_executor, __VA_ARGS__); \
  }                                                                                                                   \
  extern "C" ACL_API aclnnStatus op(void* workspace, uint64_t size, aclOpExecutor* executor, aclrtStream stream) {    \
    return ::npu::launch(op##_info, workspace, size, executor, stream);                                               \
  }                                                                                                                   \
  static ::npu::Plan op##_plan(NPU_VALUES(decltype(op##GetWorkspaceSize), __VA_ARGS__))
