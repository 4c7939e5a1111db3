#include "case.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/view_as_complex.h>
#include <gtest/gtest.h>

#include "acl/acl_rt.h"

namespace ops_test {
namespace {

aclDataType acl_dtype(at::ScalarType dtype) {
  switch (dtype) {
    case at::kFloat: return ACL_FLOAT;
    case at::kHalf: return ACL_FLOAT16;
    case at::kBFloat16: return ACL_BF16;
    case at::kDouble: return ACL_DOUBLE;
    case at::kChar: return ACL_INT8;
    case at::kByte: return ACL_UINT8;
    case at::kShort: return ACL_INT16;
    case at::kInt: return ACL_INT32;
    case at::kLong: return ACL_INT64;
    case at::kBool: return ACL_BOOL;
    case at::kComplexFloat: return ACL_COMPLEX64;
    case at::kComplexDouble: return ACL_COMPLEX128;
    case at::kFloat8_e4m3fn: return ACL_FLOAT8_E4M3FN;
    case at::kFloat8_e5m2: return ACL_FLOAT8_E5M2;
    case at::kFloat8_e8m0fnu: return ACL_FLOAT8_E8M0;
    default: throw std::invalid_argument("a row uses a dtype that the tests do not know");
  }
}

at::Generator generator() {
  static auto g = at::make_generator<at::CPUGeneratorImpl>(7);
  return g;
}

// Memory in which the tensor is neither dense nor first: transposed where it can be, with gaps and an offset.
at::Tensor strided_like(const at::Tensor& t) {
  constexpr int64_t kGap = 2, kOffset = 3;
  std::vector<int64_t> strides(t.dim());
  int64_t stride = kGap;
  for (int64_t i = 0; i < t.dim(); ++i) {  // the first dimension is the innermost
    strides[i] = stride;
    stride *= std::max<int64_t>(t.size(i), 1);
  }
  auto base = at::zeros({stride + kOffset}, t.options());
  return base.as_strided(t.sizes(), strides, kOffset);
}

}  // namespace

at::Tensor real(at::IntArrayRef sizes, at::ScalarType dtype) {
  return at::randn(sizes, generator(), at::kFloat).to(dtype);
}
at::Tensor positive(at::IntArrayRef sizes, at::ScalarType dtype) {
  return (at::rand(sizes, generator(), at::kFloat) + 0.1).to(dtype);
}
at::Tensor whole(at::IntArrayRef sizes, int64_t low, int64_t high, at::ScalarType dtype) {
  return at::randint(low, high, sizes, generator(), at::TensorOptions(at::kLong)).to(dtype);
}
at::Tensor truth(at::IntArrayRef sizes) { return whole(sizes, 0, 2, at::kBool); }
at::Tensor complex(at::IntArrayRef sizes) {
  auto pairs = sizes.vec();
  pairs.push_back(2);
  return at::view_as_complex(real(pairs));
}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(acl_tensor, other.acl_tensor);
  std::swap(acl_scalar, other.acl_scalar);
  std::swap(ints, other.ints);
  std::swap(bools, other.bools);
  std::swap(tensor_list, other.tensor_list);
  std::swap(scalar_list, other.scalar_list);
  std::swap(items, other.items);
  std::swap(output, other.output);
  std::swap(device_, other.device_);
  std::swap(bytes_, other.bytes_);
  std::swap(like_, other.like_);
  return *this;
}

Handle::~Handle() {
  if (tensor_list)
    for (Handle& item : items) item.acl_tensor = nullptr;  // the list's
  if (scalar_list)
    for (Handle& item : items) item.acl_scalar = nullptr;
  EXPECT_EQ(aclDestroyTensorList(tensor_list), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyScalarList(scalar_list), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyTensor(acl_tensor), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyScalar(acl_scalar), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyIntArray(ints), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyBoolArray(bools), ACL_SUCCESS);
  if (device_) { EXPECT_EQ(aclrtFree(device_), ACL_SUCCESS); }
}

Handle Handle::tensor(const at::Tensor& contents, Memory memory) {
  Handle h;
  at::Tensor view = memory == Memory::kDense ? contents.contiguous().clone() : strided_like(contents);
  if (memory == Memory::kStrided) view.copy_(contents);
  h.bytes_ = view.storage().nbytes();
  EXPECT_EQ(aclrtMalloc(&h.device_, h.bytes_ + 1, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  if (h.bytes_) {
    EXPECT_EQ(aclrtMemcpy(h.device_, h.bytes_, view.storage().data(), h.bytes_, ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
  }
  const int64_t storage = static_cast<int64_t>(h.bytes_ / view.itemsize());
  h.acl_tensor = aclCreateTensor(view.sizes().data(), view.dim(), acl_dtype(view.scalar_type()), view.strides().data(),
                                 view.storage_offset(), ACL_FORMAT_ND, &storage, 1, h.device_);
  EXPECT_NE(h.acl_tensor, nullptr) << aclGetRecentErrMsg();
  h.like_ = view;
  return h;
}

Handle Handle::scalar(const at::Scalar& s) {
  Handle h;
  if (s.isBoolean()) {
    bool v = s.toBool();
    h.acl_scalar = aclCreateScalar(&v, ACL_BOOL);
  } else if (s.isIntegral(false)) {
    int64_t v = s.toLong();
    h.acl_scalar = aclCreateScalar(&v, ACL_INT64);
  } else {
    double v = s.toDouble();
    h.acl_scalar = aclCreateScalar(&v, ACL_DOUBLE);
  }
  return h;
}

at::Tensor Handle::read() const {
  auto copy = at::empty_strided({static_cast<int64_t>(bytes_)}, {1}, at::kByte);
  if (bytes_) {
    EXPECT_EQ(aclrtMemcpy(copy.mutable_data_ptr(), bytes_, device_, bytes_, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
  }
  // The shape may have changed: an operator whose data decides it says so in the descriptor.
  int64_t* sizes = nullptr;
  int64_t* strides = nullptr;
  uint64_t dims = 0;
  EXPECT_EQ(aclGetViewShape(acl_tensor, &sizes, &dims), ACL_SUCCESS);
  EXPECT_EQ(aclGetViewStrides(acl_tensor, &strides, &dims), ACL_SUCCESS);
  auto typed = copy.view(like_.scalar_type());
  auto view = typed.as_strided({sizes, dims}, {strides, dims}, like_.storage_offset()).clone();
  delete[] sizes;
  delete[] strides;
  return view;
}

const at::Tensor& Arguments::next_result() { return results.at(used++); }

namespace {
// One element more along the last dimension, or a dimension more.
at::Tensor of_another_shape(const at::Tensor& t, bool deeper) {
  auto sizes = t.sizes().vec();
  if (deeper || sizes.empty()) sizes.push_back(2);
  else sizes.back() += 1;
  return at::zeros(sizes, t.options());
}
// Floats for complex numbers, whole numbers for floats.
at::Tensor of_another_kind(const at::Tensor& t, bool& is) {
  is = t.is_complex() || t.is_floating_point();
  return is ? at::zeros(t.sizes(), t.is_complex() ? at::kFloat : at::kInt) : t;
}
aclTensor* tensor(Arguments& a, const at::Tensor& contents, bool output, Out out = {}) {
  if (a.tensors++ == a.missing_tensor) return nullptr;
  at::Tensor t = contents;
  if (output) {
    if (a.outputs == a.wrong_output) t = of_another_shape(t, out.roomy);
    if (a.outputs == a.wrong_kind && !out.any_kind) t = of_another_kind(t, a.has_wrong_kind);
    ++a.outputs;
  }
  Handle& h = a.add(Handle::tensor(t, a.memory));
  h.output = output;
  return h.acl_tensor;
}
aclTensorList* list(Arguments& a, const std::vector<at::Tensor>& tensors, bool output) {
  Handle h;
  std::vector<aclTensor*> items;
  for (const auto& t : tensors) {
    if (!t.defined()) {
      items.push_back(nullptr);
      continue;
    }
    h.items.push_back(Handle::tensor(t, a.memory));
    h.items.back().output = output;
    items.push_back(h.items.back().acl_tensor);
  }
  h.tensor_list = aclCreateTensorList(items.data(), items.size());
  h.output = output;
  return a.add(std::move(h)).tensor_list;
}
}  // namespace

const aclTensor* To<const aclTensor*>::from(Arguments& a, const at::Tensor& t) { return tensor(a, t, false); }
const aclTensor* To<const aclTensor*>::from(Arguments& a, Out out) { return To<aclTensor*>::from(a, out); }
aclTensor* To<aclTensor*>::from(Arguments& a, Out out) {
  const at::Tensor& result = a.next_result();  // what lies there before must not matter
  return tensor(a,
                result.is_complex() || result.is_floating_point() ? at::full_like(result, -7) : at::ones_like(result),
                true, out);
}
aclTensor* To<aclTensor*>::from(Arguments& a, const InOut& t) {
  a.next_result();
  Handle& h = a.add(Handle::tensor(t.tensor, a.memory));
  h.output = true;
  return h.acl_tensor;
}
const aclScalar* To<const aclScalar*>::from(Arguments& a, const at::Scalar& s) {
  return a.add(Handle::scalar(s)).acl_scalar;
}
const aclIntArray* To<const aclIntArray*>::from(Arguments& a, const std::vector<int64_t>& v) {
  Handle h;
  h.ints = aclCreateIntArray(v.data(), v.size());
  return a.add(std::move(h)).ints;
}
const aclBoolArray* To<const aclBoolArray*>::from(Arguments& a, const std::vector<bool>& v) {
  const auto plain = std::make_unique<bool[]>(v.size());
  std::copy(v.begin(), v.end(), plain.get());
  Handle h;
  h.bools = aclCreateBoolArray(plain.get(), v.size());
  return a.add(std::move(h)).bools;
}
const aclTensorList* To<const aclTensorList*>::from(Arguments& a, const std::vector<at::Tensor>& v) {
  return list(a, v, false);
}
aclTensorList* To<aclTensorList*>::from(Arguments& a, Outs outs) {
  std::vector<at::Tensor> tensors;
  for (size_t i = 0; i < outs.count; ++i) tensors.push_back(at::zeros_like(a.next_result()));
  return list(a, tensors, true);
}
aclTensorList* To<aclTensorList*>::from(Arguments& a, const InOuts& v) {
  for (size_t i = 0; i < v.tensors.size(); ++i) a.next_result();
  return list(a, v.tensors, true);
}
const aclScalarList* To<const aclScalarList*>::from(Arguments& a, const Numbers& v) {
  Handle h;
  std::vector<aclScalar*> items;
  for (double x : v.values) {
    h.items.push_back(Handle::scalar(x));
    items.push_back(h.items.back().acl_scalar);
  }
  h.scalar_list = aclCreateScalarList(items.data(), items.size());
  return a.add(std::move(h)).scalar_list;
}
aclDataType To<aclDataType>::from(Arguments&, at::ScalarType dtype) { return acl_dtype(dtype); }

void refer(std::vector<at::IValue>& stack, const at::Tensor& t) { stack.emplace_back(t); }
void refer(std::vector<at::IValue>& stack, const InOut& t) { stack.emplace_back(t.tensor.clone()); }
void refer(std::vector<at::IValue>& stack, const InOuts& t) {
  std::vector<at::Tensor> copies;
  for (const auto& x : t.tensors) copies.push_back(x.clone());
  stack.emplace_back(copies);
}
void refer(std::vector<at::IValue>& stack, const std::vector<at::Tensor>& t) { stack.emplace_back(t); }
void refer(std::vector<at::IValue>& stack, const std::vector<bool>& v) {
  c10::List<bool> l;
  for (bool b : v) l.push_back(b);
  stack.emplace_back(l);
}
void refer(std::vector<at::IValue>& stack, const Numbers& v) {
  c10::impl::GenericList l(c10::NumberType::get());
  for (double x : v.values) l.push_back(x);
  stack.emplace_back(l);
}

Reference by_name(const std::string& overload) {
  const size_t dot = overload.find('.');
  const auto name = "aten::" + overload.substr(0, dot);
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(
      name.c_str(), dot == std::string::npos ? "" : overload.substr(dot + 1).c_str());
  return [op](const std::vector<at::IValue>& inputs) {
    const auto& schema = op.schema();
    std::vector<at::IValue> stack;
    for (size_t i = 0; i < schema.arguments().size(); ++i) {
      const auto& argument = schema.arguments()[i];
      if (i >= inputs.size()) {
        stack.push_back(argument.default_value().value_or(at::IValue()));
      } else if (const auto kind = argument.type()->kind(); kind == c10::TypeKind::FloatType && inputs[i].isInt()) {
        stack.emplace_back(static_cast<double>(inputs[i].toInt()));
      } else if (argument.type()->str() == "Tensor?[]" || argument.type()->str() == "List[Optional[Tensor]]") {
        c10::List<std::optional<at::Tensor>> list;
        for (const at::Tensor& t : inputs[i].toTensorVector())
          list.push_back(t.defined() ? std::optional(t) : std::nullopt);
        stack.emplace_back(list);
      } else {
        stack.push_back(inputs[i].isTensor() ? at::IValue(inputs[i].toTensor().clone()) : inputs[i]);
      }
    }
    op.callBoxed(stack);
    Results results;
    for (const at::IValue& v : stack) {
      if (v.isTensor()) results.push_back(v.toTensor());
      else if (v.isTensorList())
        for (const at::Tensor& t : v.toTensorVector()) results.push_back(t);
    }
    return results;
  };
}

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}
std::vector<std::string>& tested() {
  static std::vector<std::string> all;
  return all;
}

}  // namespace ops_test
