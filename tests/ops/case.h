// The table of the operators' tests. One row: an operator called through the C ABI, the ATen operator it must agree
// with, and its arguments; OUT where an output stands.
//
//   OP(aclnnAdd, "add.Tensor", real({2, 3}), real({3}), 2.0, OUT)
//   OP(aclnnMatmul, "matmul", real({2, 3}), real({3, 4}), OUT, int8_t{0})
//
// Each row runs with contiguous and with strided, offset memory; then with what it must refuse: outputs of another
// shape, null tensors, a null workspace size. A reference is an overload's name or a function of the row's arguments.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "aclnn/aclnn_base.h"

namespace ops_test {

struct Out {              // the reference's next result
  bool roomy = false;     // only the data tells its length
  bool any_kind = false;  // its dtype is the client's choice
};
struct Outs { size_t count; };        // a list of the reference's next results
struct InOut { at::Tensor tensor; };  // read, then overwritten with the reference's next result
struct InOuts { std::vector<at::Tensor> tensors; };
struct None {};                                        // an optional tensor that is not given
struct Numbers { std::vector<double> values; };        // an aclScalarList
template <class T> struct NotReferenced { T value; };  // for the operator alone
inline const Out OUT, ROOMY{true}, ANY_KIND{false, true};
inline constexpr None NONE;

// Inputs are drawn from a generator of fixed seed: rows see the same numbers every time.
at::Tensor real(at::IntArrayRef sizes, at::ScalarType dtype = at::kFloat);
at::Tensor positive(at::IntArrayRef sizes, at::ScalarType dtype = at::kFloat);  // [0.1, 1.1)
at::Tensor whole(at::IntArrayRef sizes, int64_t low, int64_t high, at::ScalarType dtype = at::kLong);
at::Tensor truth(at::IntArrayRef sizes);
at::Tensor complex(at::IntArrayRef sizes);

enum class Memory { kDense, kStrided };

// A descriptor over device memory, and the memory.
class Handle {
 public:
  Handle() = default;
  Handle(Handle&& other) noexcept { *this = std::move(other); }
  Handle& operator=(Handle&& other) noexcept;
  ~Handle();
  static Handle tensor(const at::Tensor& contents, Memory memory);
  static Handle scalar(const at::Scalar& value);
  at::Tensor read() const;  // the tensor's view, back on the host

  aclTensor* acl_tensor = nullptr;
  aclScalar* acl_scalar = nullptr;
  aclIntArray* ints = nullptr;
  aclBoolArray* bools = nullptr;
  aclTensorList* tensor_list = nullptr;  // owns its descriptors
  aclScalarList* scalar_list = nullptr;
  std::vector<Handle> items;  // of a list: their memory
  bool output = false;

 private:
  void* device_ = nullptr;
  size_t bytes_ = 0;
  at::Tensor like_;  // sizes, strides, offset and dtype of the device's view
};

using Results = std::vector<at::Tensor>;
using Reference = std::function<Results(const std::vector<at::IValue>&)>;
Reference by_name(const std::string& overload);  // "add.Tensor"; what it takes beyond the row gets its default

// What a row's argument becomes: handles for the C call, values for the reference.
class Arguments {
 public:
  Arguments(Memory memory, const Results& results) : memory(memory), results(results) {}
  Handle& add(Handle handle) { return handles.emplace_back(std::move(handle)); }
  const at::Tensor& next_result();

  Memory memory;
  const Results& results;
  size_t used = 0;
  int64_t wrong_output = -1;    // this output gets a shape of its own
  int64_t wrong_kind = -1;      // this output gets a dtype that cannot hold the result
  bool has_wrong_kind = false;  // it was one that has such a dtype
  int64_t missing_tensor = -1;  // this tensor is null
  int64_t outputs = 0, tensors = 0;
  std::deque<Handle> handles;
};

// A row's argument -> the C argument. One overload for each pair that occurs.
template <class C> struct To;
template <> struct To<const aclTensor*> {
  static const aclTensor* from(Arguments& a, const at::Tensor& t);
  static const aclTensor* from(Arguments&, None) { return nullptr; }
  static const aclTensor* from(Arguments& a, Out out);  // some prototypes have it so
  template <class T> static auto from(Arguments& a, const NotReferenced<T>& n) { return from(a, n.value); }
};
template <> struct To<aclTensor*> {
  static aclTensor* from(Arguments& a, Out);
  static aclTensor* from(Arguments& a, const InOut& t);
  static aclTensor* from(Arguments&, None) { return nullptr; }
  static aclTensor* from(Arguments& a, const NotReferenced<at::Tensor>& n) {  // written, and not looked at
    return const_cast<aclTensor*>(To<const aclTensor*>::from(a, n.value));
  }
};
template <> struct To<const aclScalar*> {
  static const aclScalar* from(Arguments& a, const at::Scalar& s);
  static const aclScalar* from(Arguments&, None) { return nullptr; }
};
template <> struct To<const aclIntArray*> {
  static const aclIntArray* from(Arguments& a, const std::vector<int64_t>& v);
  template <class T> static auto from(Arguments& a, const NotReferenced<T>& n) { return from(a, n.value); }
};
template <> struct To<const aclBoolArray*> {
  static const aclBoolArray* from(Arguments&, None) { return nullptr; }
  static const aclBoolArray* from(Arguments& a, const std::vector<bool>& v);
};
template <> struct To<const aclTensorList*> {
  static const aclTensorList* from(Arguments&, None) { return nullptr; }
  static const aclTensorList* from(Arguments& a, const std::vector<at::Tensor>& v);
  static const aclTensorList* from(Arguments& a, Outs outs);  // some prototypes have outputs const, too
};
template <> struct To<aclTensorList*> {
  static aclTensorList* from(Arguments&, None) { return nullptr; }
  static aclTensorList* from(Arguments& a, Outs outs);
  static aclTensorList* from(Arguments& a, const InOuts& v);
};
inline const aclTensorList* To<const aclTensorList*>::from(Arguments& a, Outs outs) {
  return To<aclTensorList*>::from(a, outs);
}
template <> struct To<const aclScalarList*> { static const aclScalarList* from(Arguments& a, const Numbers& v); };
template <> struct To<const char*> {
  static const char* from(Arguments&, const char* text) { return text; }
  static const char* from(Arguments&, const NotReferenced<const char*>& n) { return n.value; }
};
template <> struct To<char*> {  // as the toolkit declares a text in places
  static char* from(Arguments&, const NotReferenced<const char*>& n) { return const_cast<char*>(n.value); }
};
template <> struct To<aclDataType> {
  static aclDataType from(Arguments&, at::ScalarType dtype);
  static aclDataType from(Arguments&, None) { return ACL_DT_UNDEFINED; }
};
template <class C> requires std::is_arithmetic_v<C> struct To<C> {
  template <class T> requires std::is_arithmetic_v<T> static C from(Arguments&, T x) { return static_cast<C>(x); }
  template <class T> static C from(Arguments&, const NotReferenced<T>& n) { return static_cast<C>(n.value); }
};

// A row's argument -> what the reference sees; nothing for an output.
void refer(std::vector<at::IValue>& stack, const at::Tensor& t);
void refer(std::vector<at::IValue>& stack, const InOut& t);
void refer(std::vector<at::IValue>& stack, const InOuts& t);
void refer(std::vector<at::IValue>& stack, const std::vector<at::Tensor>& t);
void refer(std::vector<at::IValue>& stack, const std::vector<bool>& v);
void refer(std::vector<at::IValue>& stack, const Numbers& v);
inline void refer(std::vector<at::IValue>& stack, None) { stack.emplace_back(); }
inline void refer(std::vector<at::IValue>&, Out) {}
inline void refer(std::vector<at::IValue>&, Outs) {}
template <class T> void refer(std::vector<at::IValue>&, const NotReferenced<T>&) {}
template <class T> void refer(std::vector<at::IValue>& stack, const T& x) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) stack.emplace_back(static_cast<int64_t>(x));
  else if constexpr (std::is_floating_point_v<T>) stack.emplace_back(static_cast<double>(x));
  else stack.emplace_back(x);
}

using PhaseTwo = aclnnStatus (*)(void*, uint64_t, aclOpExecutor*, aclrtStream);
using PhaseOne = std::function<aclnnStatus(Arguments&, uint64_t*, aclOpExecutor**)>;
struct Case {
  std::string op;
  int line;
  PhaseOne plan;
  PhaseTwo run;
  Reference reference;
  std::vector<at::IValue> inputs;
  double tolerance = 1e-5;
};
std::vector<Case>& cases();
std::vector<std::string>& tested();  // operators with a test of their own

template <class... C, class... T>
bool add_case(const char* op, int line, aclnnStatus (*plan)(C...), PhaseTwo run, Reference reference, const T&... row) {
  Case c{op, line, {}, run, std::move(reference), {}};
  (refer(c.inputs, row), ...);
  c.plan = [=, row = std::tuple<T...>(row...)](Arguments& a, uint64_t* size, aclOpExecutor** executor) {
    constexpr size_t kArgs = sizeof...(C) - 2;
    static_assert(sizeof...(T) == kArgs, "a row has one argument for each of the operator's");
    using Params = std::tuple<C...>;
    return [&]<size_t... I>(std::index_sequence<I...>) {
      // Braces: descriptors are made in the order of the arguments.
      std::tuple<std::tuple_element_t<I, Params>...> args{
          To<std::tuple_element_t<I, Params>>::from(a, std::get<I>(row))...};
      return plan(std::get<I>(args)..., size, executor);
    }(std::make_index_sequence<kArgs>());
  };
  cases().push_back(std::move(c));
  return true;
}
inline Reference reference_of(const char* overload) { return by_name(overload); }
inline Reference reference_of(Reference f) { return f; }

}  // namespace ops_test

#define OPS_JOIN_(a, b) a##b
#define OPS_JOIN(a, b) OPS_JOIN_(a, b)
#define OP(op, reference, ...)                                     \
  [[maybe_unused]] static const bool OPS_JOIN(row_, __COUNTER__) = \
      ops_test::add_case(#op, __LINE__, &op##GetWorkspaceSize, &op, ops_test::reference_of(reference), __VA_ARGS__);
#define TESTED(op)                                                    \
  [[maybe_unused]] static const bool OPS_JOIN(tested_, __COUNTER__) = \
      (ops_test::tested().push_back(#op), &op##GetWorkspaceSize != nullptr);
