#include "npu/ops/aten.h"

#include <ATen/ExpandUtils.h>
#include <ATen/Parallel.h>
#include <ATen/ScalarOps.h>
#include <c10/core/CPUAllocator.h>

#include <cstdlib>

#include "npu/ops/check.h"

// ATen's own: the worker's team of threads, nobody else's.
extern "C" __attribute__((weak)) void omp_set_num_threads(int);

namespace npu {
namespace {

c10::IntArrayRef strides(const Tensor& t) { return {t.strides, static_cast<size_t>(t.dims)}; }

std::string reason(const std::exception& e) {
  const auto* error = dynamic_cast<const c10::Error*>(&e);
  std::string text = error ? error->what_without_backtrace() : e.what();
  return text.substr(0, text.find("\nException raised from"));
}

// Shorter at run time than from_blob, which every operator would pay thrice.
at::Tensor make(c10::Storage storage, c10::DispatchKey key, caffe2::TypeMeta dtype, c10::IntArrayRef sizes,
                c10::IntArrayRef strides) {
  auto view = at::detail::make_tensor<c10::TensorImpl>(std::move(storage), c10::DispatchKeySet(key), dtype);
  view.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
  return view;
}

}  // namespace

at::ScalarType aten_dtype(aclDataType dtype) {
  switch (dtype) {
    case ACL_FLOAT: return at::kFloat;
    case ACL_FLOAT16: return at::kHalf;
    case ACL_BF16: return at::kBFloat16;
    case ACL_DOUBLE: return at::kDouble;
    case ACL_INT8: return at::kChar;
    case ACL_INT16: return at::kShort;
    case ACL_INT32: return at::kInt;
    case ACL_INT64: return at::kLong;
    case ACL_UINT8: return at::kByte;
    case ACL_UINT16: return at::kUInt16;
    case ACL_UINT32: return at::kUInt32;
    case ACL_UINT64: return at::kUInt64;
    case ACL_BOOL: return at::kBool;
    case ACL_COMPLEX32: return at::kComplexHalf;
    case ACL_COMPLEX64: return at::kComplexFloat;
    case ACL_COMPLEX128: return at::kComplexDouble;
    case ACL_FLOAT8_E5M2: return at::kFloat8_e5m2;
    case ACL_FLOAT8_E4M3FN: return at::kFloat8_e4m3fn;
    case ACL_FLOAT8_E8M0: return at::kFloat8_e8m0fnu;
    default:
      throw std::invalid_argument(std::string("UNIMPLEMENTED: no operator computes with dtype ") + info(dtype).name);
  }
}

at::Scalar aten_scalar(const Scalar& s) {
  switch (info(s.dtype).kind) {
    case Kind::kBool: return s.i != 0;
    case Kind::kInteger: return s.dtype == ACL_UINT64 ? at::Scalar(static_cast<uint64_t>(s.i)) : at::Scalar(s.i);
    case Kind::kComplex: return c10::complex<double>(s.f, s.imag);
    default: return s.f;
  }
}

at::Tensor aten_wrapped(const Scalar& s) {
  auto t = c10::scalar_to_tensor(aten_scalar(s));
  t.unsafeGetTensorImpl()->set_wrapped_number(true);
  return t;
}

at::Tensor aten_view(const Tensor& t) {
  if (!t.defined()) return {};
  const auto dtype = c10::scalarTypeToTypeMeta(aten_dtype(t.dtype));
  size_t reach = 1;
  for (int i = 0; i < t.dims; ++i) reach = t.sizes[i] ? reach + (t.sizes[i] - 1) * t.strides[i] : reach;
  c10::Storage storage(c10::Storage::use_byte_size_t{}, reach * dtype.itemsize(),
                       c10::DataPtr(t.data, c10::Device(c10::kCPU)), nullptr, false);
  return make(std::move(storage), c10::DispatchKey::CPU, dtype, sizes(t), strides(t));
}

at::Tensor aten_long(const Tensor& t) { return aten_view(t).to(at::kLong).contiguous(); }

static at::Tensor meta(const Tensor& t, c10::IntArrayRef sizes, c10::IntArrayRef strides) {
  c10::Storage storage(c10::Storage::use_byte_size_t{}, 0, c10::DataPtr(nullptr, c10::Device(c10::kMeta)),
                       c10::GetAllocator(c10::kMeta), true);
  return make(std::move(storage), c10::DispatchKey::Meta, c10::scalarTypeToTypeMeta(aten_dtype(t.dtype)), sizes,
              strides);
}
at::Tensor aten_meta(const Tensor& t) { return t.defined() ? meta(t, sizes(t), strides(t)) : at::Tensor(); }
at::Tensor aten_meta_output(const Tensor& t) { return t.defined() ? meta(t, {0}, {1}) : at::Tensor(); }

void enter_device() {
  struct Worker {
    Worker() {
      at::get_num_threads();  // ATen settles this thread's number first.
      const char* text = std::getenv("SOFTNPU_THREADS");
      if (const int threads = text ? std::atoi(text) : 0; threads > 0 && omp_set_num_threads)
        omp_set_num_threads(threads);
    }
    at::AutoDispatchBelowADInplaceOrView below;  // The device has no autograd.
  };
  static thread_local const Worker worker;
}

void fail_in_task(const char* what, const std::exception& e, std::initializer_list<std::string> arguments) {
  std::string text = what;
  for (const auto& a : arguments)
    if (!a.empty()) text += ' ' + a;
  throw std::runtime_error(text + ": " + reason(e));
}

void fail_in_task(const Operator& op, const std::exception& e) {
  throw std::runtime_error(std::string(op.name) + ": " + reason(e));
}

Status kind_fits(aclDataType computed, const Tensor& out) {
  OP_CHECK(!out.defined() || castable(computed, out.dtype), std::string("the result's kind, ") + info(computed).name +
                                                                ", does not fit an output of " + info(out.dtype).name);
  return {};
}

Status meta_refuses(const std::exception& e) { return {ACLNN_ERR_PARAM_INVALID, reason(e)}; }

Status output_fits(const at::Tensor& meta, Tensor& out) {
  if (!out.defined() || meta.sizes() == sizes(out)) return {};
  if (meta.dim() == 0 && out.dims == 1 && out.sizes[0] == 1) {
    out.dims = 0;
    return {};
  }
  return {ACLNN_ERR_PARAM_INVALID,
          "the output has shape " + c10::str(sizes(out)) + ", the result has " + c10::str(meta.sizes())};
}

// Some kernels write to outputs as if they were dense: one that is not is stood in for, and copied back.
at::Tensor aten_output(const Tensor& t) {
  auto view = aten_view(t);
  return !view.defined() || view.is_non_overlapping_and_dense() ? view : view.contiguous();
}

void finish_output(const at::Tensor& after, const Tensor& before) {
  if (after.defined() && after.sizes() != sizes(before))
    throw std::runtime_error("the output has another shape than the result, " + c10::str(after.sizes()));
  if (after.defined() && after.const_data_ptr() != before.data && after.numel()) aten_view(before).copy_(after);
}

void copy_result(const at::Tensor& result, const Tensor& out) {
  if (!out.defined()) return;
  if (result.sizes() != sizes(out))
    throw std::runtime_error("the output has shape " + c10::str(sizes(out)) + ", the result has " +
                             c10::str(result.sizes()));
  if (!c10::canCast(result.scalar_type(), aten_dtype(out.dtype)))
    throw std::runtime_error("the output, " + text(out) + ", cannot hold a result of " +
                             c10::toString(result.scalar_type()));
  aten_view(out).copy_(result);
}

Plan find(std::vector<Tensor> outs, std::function<std::vector<at::Tensor>()> results) {
  const auto found = std::make_shared<std::vector<Tensor>>(std::move(outs));
  const auto compute = [found, results = std::move(results)](void*) {
    const auto tensors = results();
    for (size_t i = 0; i < found->size(); ++i) {
      Tensor& out = found->at(i);
      if (!out.defined()) continue;
      if (tensors[i].numel() > out.numel())
        throw std::invalid_argument("out has room for " + std::to_string(out.numel()) + " elements, " +
                                    std::to_string(tensors[i].numel()) + " were found");
      out.reshape(tensors[i].sizes().data(), static_cast<int>(tensors[i].dim()));
      copy_result(tensors[i], out);
    }
  };
  return Plan(compute).then([found] {
    for (const Tensor& out : *found)
      if (out.defined()) out.handle->reshape(out.sizes, out.dims);
  });
}

bool broadcasts_to(const Tensor& a, const Tensor& out) {
  if (!a.defined() || !out.defined() || a.dims > out.dims) return false;
  for (int i = 1; i <= a.dims; ++i)
    if (a.sizes[a.dims - i] != out.sizes[out.dims - i] && a.sizes[a.dims - i] != 1) return false;
  return true;
}

bool broadcasts(const Tensor& a, const Tensor& b, const Tensor& out) {
  if (!broadcasts_to(a, out) || !broadcasts_to(b, out) || out.dims != std::max(a.dims, b.dims)) return false;
  const auto size = [](const Tensor& t, int i) { return i <= t.dims ? t.sizes[t.dims - i] : 1; };
  for (int i = 1; i <= out.dims; ++i)
    if (out.sizes[out.dims - i] != (size(a, i) == 1 ? size(b, i) : size(a, i))) return false;
  return true;
}

Status dtype_fits(aclDataType computed, const Tensor& out, Gives gives) {
  if (gives == Gives::kBool) return {};  // Any dtype holds a truth value.
  if (gives == Gives::kFloat && info(computed).kind < Kind::kFloat) computed = ACL_FLOAT;
  if (gives == Gives::kReal && info(computed).kind == Kind::kComplex) computed = ACL_FLOAT;
  return kind_fits(computed, out);
}

Status holds(const char* name, const Tensor& out, at::IntArrayRef wanted, aclDataType computed) {
  if (!out.defined()) return {ACLNN_ERR_PARAM_NULLPTR, std::string(name) + " is null"};
  OP_CHECK(sizes(out) == wanted, std::string(name) + " must have the shape " + c10::str(wanted));
  return kind_fits(computed, out);
}
Status holds_if_given(const char* name, const Tensor& out, at::IntArrayRef wanted, aclDataType computed) {
  return out.defined() ? holds(name, out, wanted, computed) : Status();
}

Status elementwise_fits(const Tensor& self, const Tensor& out, Gives gives) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  return dtype_fits(self.dtype, out, gives);
}

Status binary_fits(const Tensor& self, const Tensor& other, const Tensor& out, Gives gives) {
  OP_GIVEN(self.defined() && other.defined() && out.defined());
  OP_CHECK(broadcasts(self, other, out), "out must have the shape that self and other broadcast to");
  return dtype_fits(promoted(self, other), out, gives);
}

}  // namespace npu
