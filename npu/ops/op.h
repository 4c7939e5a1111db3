// How an operator is written: one declaration that gives both C symbols.
//
//   ACLNN_OP(aclnnAdd, self, other, alpha, out) {
//     OP_CHECK(..., "why it is refused");
//     return aten<at::_ops::add_out>(self, other, alpha, out);
//   }
//
// The names follow the prototype in include/aclnn; the types come from there, and too few, too many or an unknown
// operator do not compile. The body is phase one: it sees values (npu::Tensor for aclTensor*, IntArray for
// aclIntArray*, ...), checks them, and returns the closure that is phase two. The closure runs on the stream's thread.
#pragma once
#include <concepts>
#include <memory>
#include <tuple>
#include <utility>

#include "aclnn/acl_meta.h"
#include "npu/runtime/stream.h"
#include "npu/tensor/tensor.h"

struct aclOpExecutor : npu::Task {
  void* workspace = nullptr;
};

namespace npu {

// What phase one returns: a closure (and the scratch bytes it wants), or the reason it refuses.
class Plan {
 public:
  template <std::invocable<void*> F>
  Plan(F closure, uint64_t workspace = 0) : executor(new Closure<F>(std::move(closure))), workspace(workspace) {}
  Plan(Status e) : error(std::move(e)) {}

  std::unique_ptr<aclOpExecutor> executor;
  uint64_t workspace = 0;
  Status error;

 private:
  template <class F>
  struct Closure final : aclOpExecutor {
    explicit Closure(F f) : closure(std::move(f)) {}
    void run() override { closure(workspace); }
    F closure;
  };
};

// C argument -> the value a body sees.
// A null pointer is an argument that was not given.
template <class To, class From> To copy_or_none(const From* p) { return p ? To(*p) : To(); }
inline Tensor value(const aclTensor* t) { return copy_or_none<Tensor>(t); }
inline Scalar value(const aclScalar* s) { return copy_or_none<Scalar>(s); }
inline IntArray value(const aclIntArray* a) { return copy_or_none<IntArray>(a); }
inline BoolArray value(const aclBoolArray* a) { return copy_or_none<BoolArray>(a); }
inline TensorList value(const aclTensorList* l) {
  TensorList out;
  if (l) for (const aclTensor* t : l->items) out.push_back(*t);
  return out;
}
template <class T> requires std::is_arithmetic_v<T> || std::is_enum_v<T>
T value(T x) { return x; }

template <class F> struct Signature;
template <class... P> struct Signature<aclnnStatus(P...)> { using args = std::tuple<P...>; };
template <class F, int I> using Param = std::tuple_element_t<I, typename Signature<F>::args>;
template <class P> using Value = decltype(value(std::declval<P>()));

int finish_plan(const char* op, Plan plan, uint64_t* size, aclOpExecutor** executor);
int refuse(const char* op, const char* why);
int launch(aclOpExecutor* executor, void* workspace, aclrtStream stream);

template <class... V, class... C>
int make_plan(const char* op, Plan (*body)(V...), uint64_t* size, aclOpExecutor** executor, C... args) {
  try {
    return finish_plan(op, body(value(args)...), size, executor);
  } catch (const std::exception& e) {
    return refuse(op, e.what());
  }
}

}  // namespace npu

#define OP_CHECK(cond, why) \
  if (!(cond)) return ::npu::Status{ACLNN_ERR_PARAM_INVALID, why}

// name, name, ... -> Param<F, 0> name, Param<F, 0 + 1> name, ...
#define NPU_PARENS ()
#define NPU_EXPAND(...) NPU_EXPAND_(NPU_EXPAND_(NPU_EXPAND_(NPU_EXPAND_(__VA_ARGS__))))
#define NPU_EXPAND_(...) NPU_EXPAND__(NPU_EXPAND__(NPU_EXPAND__(__VA_ARGS__)))
#define NPU_EXPAND__(...) __VA_ARGS__
#define NPU_PARAMS(F, ...) NPU_EXPAND(NPU_PARAM(F, 0, __VA_ARGS__))
#define NPU_PARAM(F, i, name, ...) ::npu::Param<F, i> name __VA_OPT__(, NPU_PARAM_AGAIN NPU_PARENS(F, i + 1, __VA_ARGS__))
#define NPU_PARAM_AGAIN() NPU_PARAM
#define NPU_VALUES(F, ...) NPU_EXPAND(NPU_VALUE(F, 0, __VA_ARGS__))
#define NPU_VALUE(F, i, name, ...) \
  [[maybe_unused]] ::npu::Value<::npu::Param<F, i>> name __VA_OPT__(, NPU_VALUE_AGAIN NPU_PARENS(F, i + 1, __VA_ARGS__))
#define NPU_VALUE_AGAIN() NPU_VALUE

// extern "C": inside a namespace a plain definition would be another function than the one include/ declares.
#define ACLNN_OP(op, ...)                                                                                     \
  static ::npu::Plan op##_plan(NPU_VALUES(decltype(op##GetWorkspaceSize), __VA_ARGS__));                      \
  extern "C" ACL_API aclnnStatus op##GetWorkspaceSize(NPU_PARAMS(decltype(op##GetWorkspaceSize), __VA_ARGS__), \
                                                      uint64_t* size, aclOpExecutor** executor) {             \
    return ::npu::make_plan(#op, &op##_plan, size, executor, __VA_ARGS__);                                    \
  }                                                                                                           \
  extern "C" ACL_API aclnnStatus op(void* workspace, uint64_t, aclOpExecutor* executor, aclrtStream stream) { \
    return ::npu::launch(executor, workspace, stream);                                                        \
  }                                                                                                           \
  static ::npu::Plan op##_plan(NPU_VALUES(decltype(op##GetWorkspaceSize), __VA_ARGS__))
