#include "aten/row.h"

#include <ATen/ExpandUtils.h>
#include <ATen/ops/_cdist_backward_ops.h>
#include <ATen/ops/_cdist_forward_ops.h>
#include <ATen/ops/_pdist_forward_ops.h>
#include <ATen/ops/linalg_cross_ops.h>
#include <ATen/ops/linalg_qr_ops.h>
#include <ATen/ops/triangular_solve_ops.h>

#include "aclnnop/linalg.h"

namespace at_npu {
namespace {

int64_t qr_mode(std::string_view mode) {
  if (mode == "reduced") return 0;
  if (mode == "complete") return 1;
  TORCH_CHECK(mode == "r", "qr received unrecognized mode '", mode,
              "' but expected one of 'reduced' (default), 'r', or "
              "'complete'");
  return 2;
}

// Batches of points [.., n, d] and [.., m, d] give distances [.., n, m].
at::Tensor distances(const at::Tensor& a, const at::Tensor& b) {
  const auto batch = [](const at::Tensor& t) { return t.sizes().slice(0, t.dim() - 2); };
  auto shape = at::infer_size_dimvector(batch(a), batch(b));
  shape.append({a.size(-2), b.size(-2)});
  return make(shape, a.scalar_type());
}
at::Tensor pairs(const at::Tensor& t) { return make({t.size(0) * (t.size(0) - 1) / 2}, t.scalar_type()); }
int32_t matmul_mode(std::optional<int64_t> mode) { return static_cast<int32_t>(mode.value_or(0)); }

}  // namespace

NPU_OPS {
  NPU_OP(linalg_cross_out, aclnnLinalgCross);
  NPU_OP(linalg_qr_out, aclnnLinalgQr, arg<0>, call<qr_mode, 1>, arg<2>, arg<3>);
  NPU_OP(triangular_solve_X, aclnnTriangularSolve);
  NPU_OP(_cdist_forward, aclnnCdist, arg<0>, arg<1>, as<float, 2>, call<matmul_mode, 3>, fresh<distances, 0, 1>);
  NPU_OP(_cdist_backward, aclnnCdistBackward, arg<0>, arg<1>, arg<2>, arg<4>, as<float, 3>, fresh<like, 1>);
  NPU_OP(_pdist_forward, aclnnPdist, arg<0>, as<float, 1>, fresh<pairs, 0>);
}

}  // namespace at_npu
