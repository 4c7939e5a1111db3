// Sparse tensors: their indices and values are dense tensors of the NPU.
//
// PyTorch has kernels for them that serve every device, written with operators on indices and values. Those listed here
// are borrowed: a call on the NPU runs the kernel that is registered for the CPU, and the operators within run on the
// NPU. What PyTorch writes for each device apart is composed here, or runs on the CPU as any operator without a row.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/native/SparseTensorUtils.h>
#include <ATen/ops/_coalesce_ops.h>
#include <ATen/ops/_convert_indices_from_coo_to_csr_ops.h>
#include <ATen/ops/_convert_indices_from_csr_to_coo_ops.h>
#include <ATen/ops/_sparse_coo_tensor_unsafe.h>
#include <ATen/ops/_unique2.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/addmm_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "aten/composed/composed.h"
#include "aten/fallback.h"

namespace at_npu {
namespace {

// Elementwise, zero at zero: each has a functional, an in-place and an out= form.
constexpr const char* kUnary[] = {"abs",   "asin",  "asinh", "atan",  "atanh", "ceil",    "deg2rad",   "erf", "erfinv",
                                  "expm1", "floor", "frac",  "log1p", "neg",   "rad2deg", "round",     "sgn", "sign",
                                  "sin",   "sinh",  "sqrt",  "tan",   "tanh",  "trunc",   "nan_to_num"};

// Of both layouts, where both have them.
constexpr const char* kAnyDevice[] = {"_coalesced_",
                                      "_conj_physical",
                                      "_dimI",
                                      "_dimV",
                                      "_indices",
                                      "_nnz",
                                      "_sparse_broadcast_to",
                                      "_sparse_coo_tensor_with_dims",
                                      "_sparse_coo_tensor_with_dims_and_tensors",
                                      "_to_dense",
                                      "_to_sparse",
                                      "_to_sparse.sparse_dim",
                                      "_to_sparse_bsc",
                                      "_to_sparse_bsr",
                                      "_to_sparse_csc",
                                      "_to_sparse_csr",
                                      "_values",
                                      "add.Tensor",
                                      "add_.Tensor",
                                      "angle",
                                      "angle.out",
                                      "any",
                                      "cat",
                                      "ccol_indices",
                                      "clone",
                                      "col_indices",
                                      "conj_physical.out",
                                      "conj_physical_",
                                      "copy_",
                                      "copy_sparse_to_sparse_",
                                      "crow_indices",
                                      "dense_dim",
                                      "div.Tensor",
                                      "div.Tensor_mode",
                                      "div.out",
                                      "div.out_mode",
                                      "div_.Tensor",
                                      "div_.Tensor_mode",
                                      "empty.memory_format",
                                      "empty_like",
                                      "fill_.Scalar",
                                      "floor_divide",
                                      "floor_divide.out",
                                      "floor_divide_.Tensor",
                                      "indices",
                                      "is_coalesced",
                                      "isinf",
                                      "isnan",
                                      "isneginf",
                                      "isneginf.out",
                                      "isposinf",
                                      "isposinf.out",
                                      "linalg_vector_norm",
                                      "mm",
                                      "mm.out",
                                      "mul.Scalar",
                                      "mul.Tensor",
                                      "mul_.Scalar",
                                      "mul_.Tensor",
                                      "mv",
                                      "narrow_copy",
                                      "native_norm",
                                      "native_norm.ScalarOpt_dim_dtype",
                                      "norm.ScalarOpt_dim",
                                      "norm.ScalarOpt_dim_dtype",
                                      "permute",
                                      "pow.Tensor_Scalar",
                                      "pow.Tensor_Scalar_out",
                                      "relu",
                                      "relu_",
                                      "resize_",
                                      "resize_as_sparse_",
                                      "row_indices",
                                      "select.int",
                                      "select_copy.int",
                                      "signbit",
                                      "signbit.out",
                                      "sparse_dim",
                                      "sparse_resize_",
                                      "sparse_resize_and_clear_",
                                      "sub.Tensor",
                                      "sub.out",
                                      "sub_.Tensor",
                                      "sum",
                                      "sum.dim_IntList",
                                      "threshold_backward",
                                      "threshold_backward.grad_input",
                                      "unsqueeze",
                                      "values",
                                      "view_as_complex",
                                      "view_as_real",
                                      "zero_",
                                      "zeros.out"};

// Serve every device with one dense tensor among the arguments; of sparse ones alone the kernels differ.
constexpr const char* kWithDense[] = {"_sparse_mask_projection", "mul.out", "sparse_mask"};

constexpr const char* kFromDense[] = {"_to_sparse",     "_to_sparse.sparse_dim", "_to_sparse_bsc",
                                      "_to_sparse_bsr", "_to_sparse_csc",        "_to_sparse_csr"};

template <c10::DispatchKey kOf> void borrowed(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  op.redispatchBoxed(c10::DispatchKeySet(kOf), stack);
}

void borrowed_with_dense(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const size_t inputs = op.schema().name() == "aten::mul" ? 2 : op.schema().arguments().size();
  const size_t base = stack->size() - op.schema().arguments().size();
  for (size_t i = base; i < base + inputs; ++i)
    if ((*stack)[i].isTensor() && (*stack)[i].toTensor().layout() == at::kStrided)
      return borrowed<c10::DispatchKey::SparseCPU>(op, stack);
  cpu_fallback(op, stack);
}

template <c10::DispatchKey kOf> void borrow(torch::Library& m, const std::string& name) {
  const size_t dot = name.find('.');
  const auto op = c10::Dispatcher::singleton().findSchema(
      {"aten::" + name.substr(0, dot), dot == std::string::npos ? "" : name.substr(dot + 1)});
  if (op && op->hasKernelForDispatchKey(kOf))
    m.impl(name.c_str(), torch::CppFunction::makeFromBoxedFunction<&borrowed<kOf>>());
}

template <c10::DispatchKey kOf> void borrow_all(torch::Library& m) {
  for (const std::string name : kUnary)
    for (const char* form : {"", "_", ".out"}) borrow<kOf>(m, name + form);
  for (const char* name : kAnyDevice) borrow<kOf>(m, name);
}

// Each element's place in the flattened sparse dimensions.
at::Tensor flat_indices(const at::Tensor& indices, at::IntArrayRef sizes) {
  auto flat = at::zeros({indices.size(1)}, indices.options());
  for (int64_t d = 0; d < indices.size(0); ++d) flat = flat * sizes[d] + indices[d];
  return flat;
}

void set_parts(const at::Tensor& out, const at::Tensor& indices, const at::Tensor& values, bool coalesced) {
  auto* impl = at::sparse::get_sparse_impl(out);
  impl->set_indices_and_values_unsafe(indices, values);
  impl->set_coalesced(coalesced);
}

at::Tensor coalesce(const at::Tensor& self) {
  const auto indices = self._indices(), values = self._values();
  if (self._nnz() < 2) {
    auto out = self.clone();
    at::sparse::get_sparse_impl(out)->set_coalesced(true);
    return out;
  }
  const auto [places, group, counts] = at::_unique2(flat_indices(indices, self.sizes()), true, true);
  auto sizes = values.sizes().vec();
  sizes[0] = places.numel();
  // Several trues are one.
  const bool logical = values.scalar_type() == at::kBool;
  auto sums = at::zeros(sizes, logical ? values.options().dtype(at::kInt) : values.options());
  sums.index_add_(0, group, logical ? values.to(at::kInt) : values);
  std::vector<at::Tensor> rows(indices.size(0));
  auto rest = places;
  for (int64_t d = indices.size(0) - 1; d >= 0; --d) {
    rows[d] = rest.remainder(self.size(d));
    rest = rest.div(self.size(d), "floor");
  }
  const auto merged = rows.empty() ? indices.narrow(1, 0, places.numel()) : at::stack(rows);
  return at::_sparse_coo_tensor_unsafe(merged, logical ? sums.to(at::kBool) : sums, self.sizes(), self.options(), true);
}

at::Tensor& add_to_dense(const at::Tensor& dense, const at::Tensor& sparse, const at::Scalar& alpha, at::Tensor& out) {
  TORCH_CHECK(!out.is_sparse(), "add: a dense and a sparse tensor give a dense one, the output is sparse");
  TORCH_CHECK(dense.sizes().equals(sparse.sizes()), "add: expected a dense tensor of the sparse one's shape, got ",
              dense.sizes(), " and ", sparse.sizes());
  const auto dtype = at::result_type(dense, sparse);
  TORCH_CHECK(at::canCast(dtype, out.scalar_type()), "Can't convert result type ", dtype, " to output ",
              out.scalar_type());
  auto sum = out.is_same(dense) && dtype == out.scalar_type() ? out : dense.to(dtype, false, /*copy=*/true);
  if (sparse._nnz() > 0) {
    const auto values = sparse._values().to(dtype) * alpha;
    c10::List<std::optional<at::Tensor>> at;
    for (const auto& row : sparse._indices().unbind(0)) at.push_back(row);
    if (at.empty()) sum.add_(values.sum(0));
    else sum.index_put_(at, values, /*accumulate=*/true);
  }
  if (!sum.is_same(out)) {
    out.resize_(dense.sizes());
    out.copy_(sum);
  }
  return out;
}

at::Tensor& add_out(const at::Tensor& self, const at::Tensor& other, const at::Scalar& alpha, at::Tensor& out) {
  if (!self.is_sparse()) return add_to_dense(self, other, alpha, out);
  TORCH_CHECK(other.is_sparse(), "add(sparse, dense) is not supported. Use add(dense, sparse) instead.");
  TORCH_CHECK(out.is_sparse(), "add: two sparse tensors give a sparse one, the output is dense");
  TORCH_CHECK(self.sizes().equals(other.sizes()), "add: expected sizes of 'self' and 'other' to match, but ",
              self.sizes(), " != ", other.sizes());
  TORCH_CHECK(at::sparse::is_same_density(self, other) || self._nnz() == 0 || other._nnz() == 0,
              "add: expected 'self' and 'other' to have same density, but 'self' has ", self.sparse_dim(),
              " sparse dimensions while 'other' has ", other.sparse_dim(), " sparse dimensions");
  const auto dtype = at::result_type(self, other);
  TORCH_CHECK(at::canCast(dtype, out.scalar_type()), "Can't convert result type ", dtype, " to output ",
              out.scalar_type(), " in add operation");
  const auto to = out.scalar_type();
  const auto& shape = self._nnz() == 0 ? other : self;
  auto addend = (other._values().to(dtype) * alpha).to(to);
  at::Tensor indices, values;
  if (self._nnz() == 0) indices = other._indices().clone(), values = addend;
  else if (other._nnz() == 0) indices = self._indices().clone(), values = self._values().to(to, false, /*copy=*/true);
  else {
    indices = at::cat({self._indices(), other._indices()}, 1);
    values = at::cat({self._values().to(to), addend}, 0);
  }
  const bool both = self.is_coalesced() && other.is_coalesced();
  auto sum = at::_sparse_coo_tensor_unsafe(indices, values, self.sizes(), out.options(), both && indices.size(1) < 2);
  if (both) sum = sum.coalesce();
  at::sparse::get_sparse_impl(out)->raw_resize_(shape.sparse_dim(), shape.dense_dim(), self.sizes());
  set_parts(out, sum._indices(), sum._values(), sum.is_coalesced());
  return out;
}

// Each element of the sparse matrix scales a row of the dense one, and adds it to a row of the product.
at::Tensor multiply(const at::Tensor& self, const at::Tensor& sparse, const at::Tensor& dense, const at::Scalar& beta,
                    const at::Scalar& alpha) {
  TORCH_CHECK(sparse.is_sparse() && dense.layout() == at::kStrided && self.layout() == at::kStrided,
              "addmm: expected a sparse mat1, a dense mat2 and a dense self, got ", sparse.layout(), ", ",
              dense.layout(), " and ", self.layout());
  TORCH_CHECK(sparse.dim() == 2 && sparse.sparse_dim() == 2 && dense.dim() == 2,
              "addmm: expected two matrices, got shapes ", sparse.sizes(), " and ", dense.sizes());
  TORCH_CHECK(sparse.size(1) == dense.size(0), "mat1 and mat2 shapes cannot be multiplied (", sparse.size(0), "x",
              sparse.size(1), " and ", dense.size(0), "x", dense.size(1), ")");
  TORCH_CHECK(sparse.scalar_type() == dense.scalar_type() && self.scalar_type() == dense.scalar_type(),
              "addmm: expected one dtype, got ", self.scalar_type(), ", ", sparse.scalar_type(), " and ",
              dense.scalar_type());
  const std::array<int64_t, 2> sizes{sparse.size(0), dense.size(1)};
  const auto dtype = compute_dtype(dense.scalar_type());
  auto out = beta.equal(0) ? at::zeros(sizes, dense.options().dtype(dtype)) : self.expand(sizes).to(dtype) * beta;
  const auto indices = sparse._indices();
  const auto rows = dense.index_select(0, indices[1]).to(dtype) * sparse._values().to(dtype).unsqueeze(1);
  return out.index_add_(0, indices[0], rows, alpha).to(dense.scalar_type());
}
at::Tensor& multiply_out(const at::Tensor& self, const at::Tensor& sparse, const at::Tensor& dense,
                         const at::Scalar& beta, const at::Scalar& alpha, at::Tensor& out) {
  const auto product = multiply(self, sparse, dense, beta, alpha);
  out.resize_(product.sizes());
  return out.copy_(product);
}
at::Tensor& multiply_(at::Tensor& self, const at::Tensor& sparse, const at::Tensor& dense, const at::Scalar& beta,
                      const at::Scalar& alpha) {
  return self.copy_(multiply(self, sparse, dense, beta, alpha));
}

// Each row's place among the elements, which are sorted by rows: [rows + 1].
at::Tensor row_starts(const at::Tensor& rows, int64_t size, bool out_int32) {
  return at::searchsorted(rows, at::arange(size + 1, rows.options()), out_int32);
}

// [batches..., rows + 1] and [batches..., elements] to [batch dimensions + 2, all elements].
at::Tensor rows_and_columns(const at::Tensor& crow, const at::Tensor& col, bool out_int32, bool transpose) {
  const int64_t rows = crow.size(-1) - 1, batches = rows ? crow.numel() / (rows + 1) : 0;
  const auto counts = crow.diff(1, -1).flatten();
  const auto numbers = at::arange(batches * rows, crow.options()).repeat_interleave(counts, 0, col.numel());
  std::vector<at::Tensor> out;
  if (rows) {
    auto batch = numbers.div(rows, "floor");
    for (int64_t d = crow.dim() - 2; d >= 0; --d) {
      out.insert(out.begin(), batch.remainder(crow.size(d)));
      batch = batch.div(crow.size(d), "floor");
    }
  } else {
    out.assign(crow.dim() - 1, numbers);
  }
  out.push_back(rows ? numbers.remainder(rows) : numbers);
  out.push_back(col.flatten());
  if (transpose) std::swap(out[out.size() - 2], out.back());
  return at::stack(out).to(out_int32 ? at::kInt : at::kLong);
}

}  // namespace
}  // namespace at_npu

TORCH_LIBRARY_IMPL(aten, SparsePrivateUse1, m) {
  using namespace at_npu;
  borrow_all<c10::DispatchKey::SparseCPU>(m);
  for (const char* name : kWithDense) m.impl(name, torch::CppFunction::makeFromBoxedFunction<&borrowed_with_dense>());
  m.impl("_coalesce", TORCH_FN(coalesce));
  m.impl("add.out", TORCH_FN(add_out));
  m.impl("addmm", TORCH_FN(multiply));
  m.impl("addmm.out", TORCH_FN(multiply_out));
  m.impl("addmm_", TORCH_FN(multiply_));
}

TORCH_LIBRARY_IMPL(aten, SparseCsrPrivateUse1, m) {
  using namespace at_npu;
  borrow_all<c10::DispatchKey::SparseCsrCPU>(m);
  for (const char* name : {"addmm", "mul.out", "normal_", "sparse_mask"})
    borrow<c10::DispatchKey::SparseCsrCPU>(m, name);
}

NPU_OPS {
  using namespace at_npu;
  for (const char* name : kFromDense) borrow<c10::DispatchKey::CPU>(m, name);
  NPU_COMPOSED(_convert_indices_from_coo_to_csr_out, row_starts);
  NPU_COMPOSED(_convert_indices_from_csr_to_coo_out, rows_and_columns);
}
