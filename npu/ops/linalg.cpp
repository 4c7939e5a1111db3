// Decompositions, solvers, distances.
#include "aclnnop/linalg.h"
#include "npu/ops/check.h"

#include <ATen/ExpandUtils.h>
#include <ATen/ops/_cdist_backward_ops.h>
#include <ATen/ops/_cdist_forward_ops.h>
#include <ATen/ops/_linalg_slogdet_ops.h>
#include <ATen/ops/_linalg_svd_ops.h>
#include <ATen/ops/_pdist_forward_ops.h>
#include <ATen/ops/linalg_cholesky_ex_ops.h>
#include <ATen/ops/linalg_cholesky_ops.h>
#include <ATen/ops/linalg_cross_meta_dispatch.h>
#include <ATen/ops/linalg_cross_ops.h>
#include <ATen/ops/linalg_inv_ops.h>
#include <ATen/ops/linalg_qr_ops.h>
#include <ATen/ops/triangular_solve_ops.h>

namespace npu {

static Status square(const Tensor& self) {
  OP_GIVEN(self.defined());
  OP_CHECK(self.dims >= 2 && self.sizes[self.dims - 1] == self.sizes[self.dims - 2], "self must be square matrices");
  return {};
}
static Status square_like(const Tensor& self, const Tensor& out) {
  NPU_TRY(square(self));
  OP_GIVEN(out.defined());
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  return {};
}

ACLNN_OP(aclnnInverse, self, out) {
  NPU_TRY(square_like(self, out));
  return copied<at::_ops::linalg_inv>({out}, self);
}
ACLNN_OP(aclnnLinalgCholesky, self, upper, out) {
  NPU_TRY(square_like(self, out));
  return copied<at::_ops::linalg_cholesky>({out}, self, upper);
}
ACLNN_OP(aclnnSlogdet, self, sign, log) {
  NPU_TRY(square(self));
  OP_CHECK(sign.defined() && sign.same_sizes(log) && sign.dims == self.dims - 2 &&
               std::equal(self.sizes, self.sizes + sign.dims, sign.sizes),
           "sign and log must have self's batch");
  NPU_TRY(kind_fits(self.dtype, sign));
  NPU_TRY(dtype_fits(self.dtype, log, Gives::kReal));
  return [=](void*) {
    const auto result = at::_ops::_linalg_slogdet::call(aten_view(self));
    copy_result(std::get<0>(result), sign);
    copy_result(std::get<1>(result), log);
  };
}
struct Matrix { int64_t rows, columns, least; };
static Matrix matrix(const Tensor& t) {
  const int64_t rows = t.sizes[t.dims - 2], columns = t.sizes[t.dims - 1];
  return {rows, columns, std::min(rows, columns)};
}
// The sizes of self's batch, then others.
template <class... Size> static std::vector<int64_t> batch_of(const Tensor& self, Size... sizes) {
  std::vector<int64_t> all(self.sizes, self.sizes + self.dims - 2);
  (all.push_back(sizes), ...);
  return all;
}

// 0: reduced, 1: complete, 2: R alone.
ACLNN_OP(aclnnLinalgQr, self, mode, q, r) {
  OP_GIVEN(self.defined() && r.defined());
  OP_CHECK(self.dims >= 2, "self must have 2 dimensions or more");
  OP_CHECK(mode >= 0 && mode <= 2, "mode must be 0 (reduced), 1 (complete) or 2 (r)");
  const auto [m, n, k] = matrix(self);
  if (mode != 2) NPU_TRY(holds("q", q, batch_of(self, m, mode == 1 ? m : k), self.dtype));
  NPU_TRY(holds("r", r, batch_of(self, mode == 1 ? m : k, n), self.dtype));
  constexpr const char* kModes[] = {"reduced", "complete", "r"};
  return copied<at::_ops::linalg_qr>({mode == 2 ? Tensor() : q, r}, self, std::string_view(kModes[mode]));
}
// The third output is V itself, not its transpose.
ACLNN_OP(aclnnSvd, self, full_matrices, compute_uv, s, u, v) {
  OP_GIVEN(self.defined() && s.defined());
  OP_CHECK(self.dims >= 2, "self must have 2 dimensions or more");
  const auto [m, n, k] = matrix(self);
  NPU_TRY(holds("s", s, batch_of(self, k), info(self.dtype).kind == Kind::kComplex ? ACL_FLOAT : self.dtype));
  if (compute_uv) {
    NPU_TRY(holds("u", u, batch_of(self, m, full_matrices ? m : k), self.dtype));
    NPU_TRY(holds("v", v, batch_of(self, n, full_matrices ? n : k), self.dtype));
  }
  return [=](void*) {
    const auto result = at::_ops::_linalg_svd::call(aten_view(self), full_matrices, compute_uv, std::nullopt);
    copy_result(std::get<1>(result), s);
    if (!compute_uv) return;
    copy_result(std::get<0>(result), u);
    copy_result(std::get<2>(result).mH(), v);
  };
}
ACLNN_OP(aclnnTriangularSolve, self, a, upper, transpose, unitriangular, x, a_clone) {
  OP_GIVEN(self.defined() && x.defined() && a_clone.defined());
  NPU_TRY(square(a));
  OP_CHECK(self.same_sizes(x) && a.same_sizes(a_clone), "x must have the shape of self, a_clone of a");
  return copied<at::_ops::triangular_solve>({x, a_clone}, self, a, upper, transpose, unitriangular);
}
ACLNN_OP(aclnnLinalgCross, self, other, dim, out) {
  return checked<at::_ops::linalg_cross_out, at::meta::linalg_cross_outf>(self, other, dim, out);
}

// mode says whether to use a matrix product for the Euclidean distance: 0 where it pays, 1 always, 2 never.
ACLNN_OP(aclnnCdist, x1, x2, p, mode, out) {
  OP_GIVEN(x1.defined() && x2.defined() && out.defined());
  OP_CHECK(x1.dims >= 2 && x2.dims >= 2 && x1.sizes[x1.dims - 1] == x2.sizes[x2.dims - 1],
           "x1 [.., n, d] and x2 [.., m, d] give out [.., n, m]");
  OP_CHECK(p >= 0, "p must not be negative");
  std::vector<int64_t> expected;
  try {
    expected = at::infer_size(batch_of(x1), batch_of(x2));
  } catch (const std::exception& e) { return meta_refuses(e); }
  expected.push_back(x1.size(-2));
  expected.push_back(x2.size(-2));
  NPU_TRY(holds("out", out, expected, x1.dtype));
  return copied<at::_ops::_cdist_forward>({out}, x1, x2, static_cast<double>(p), std::optional<int64_t>(mode));
}
ACLNN_OP(aclnnCdistBackward, grad, x1, x2, cdist, p, out) {
  OP_GIVEN(x1.defined() && out.defined());
  OP_CHECK(x1.same_sizes(out), "out must have the shape of x1");
  return copied<at::_ops::_cdist_backward>({out}, grad, x1, x2, static_cast<double>(p), cdist);
}
ACLNN_OP(aclnnPdist, self, p, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.dims == 2 && out.dims == 1 && out.sizes[0] == self.sizes[0] * (self.sizes[0] - 1) / 2,
           "self [n, d] gives out [n * (n - 1) / 2]");
  OP_CHECK(p >= 0, "p must not be negative");
  return copied<at::_ops::_pdist_forward>({out}, Dense{self}, static_cast<double>(p));
}

}  // namespace npu
