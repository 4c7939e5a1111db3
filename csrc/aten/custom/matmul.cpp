// Products and decompositions that a row cannot say.
#include "aten/row.h"

#include <ATen/ops/_addmm_activation_ops.h>
#include <ATen/ops/_linalg_svd_ops.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/gelu_ops.h>
#include <ATen/ops/matmul.h>

#include "aclnnop/linalg.h"
#include "aclnnop/matmul.h"

namespace at_npu {
namespace {

at::Tensor& addmm_activation_out(const at::Tensor& self, const at::Tensor& mat1, const at::Tensor& mat2,
                                 const at::Scalar& beta, const at::Scalar& alpha, bool use_gelu, at::Tensor& out) {
  at::addmm_out(out, self, mat1, mat2, beta, alpha);
  const std::string_view form = "none";
  return use_gelu ? at::_ops::gelu_::call(out, form) : out.relu_();
}

// The device gives V, PyTorch wants its conjugate transpose.
std::tuple<at::Tensor&, at::Tensor&, at::Tensor&> svd_out(const at::Tensor& a, bool full_matrices, bool compute_uv,
                                                          std::optional<std::string_view> driver, at::Tensor& u,
                                                          at::Tensor& s, at::Tensor& vh) {
  TORCH_CHECK(!driver,
              "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER "
              "backend.");
  TORCH_CHECK(a.dim() >= 2, "linalg.svd: The input tensor A must have at least 2 dimensions.");
  const c10_npu::NPUGuard guard(a.device());
  const int64_t m = a.size(-2), n = a.size(-1), k = std::min(m, n);
  const auto sized = [&](std::initializer_list<int64_t> last) {
    at::DimVector sizes(a.sizes().slice(0, a.dim() - 2));
    sizes.append(last);
    return sizes;
  };
  auto values = make(sized({k}), c10::toRealValueType(a.scalar_type()));
  at::Tensor left = make({0}, a.scalar_type()), right = make({0}, a.scalar_type());
  if (compute_uv) {
    left = make(sized({m, full_matrices ? m : k}), a.scalar_type());
    right = make(sized({n, full_matrices ? n : k}), a.scalar_type());
  }
  NPU_LAUNCH(aclnnSvd, a, full_matrices, compute_uv, values, left, right);
  return {copy_out(left, u), copy_out(values, s), copy_out(compute_uv ? right.mH() : right, vh)};
}

// Dimensions that a product broadcast, or that it gave a vector, are summed and dropped again.
std::tuple<at::Tensor, at::Tensor> matmul_backward(const at::Tensor& grad, const at::Tensor& self,
                                                   const at::Tensor& other, std::array<bool, 2> mask) {
  if (!grad.defined()) return {};
  const auto row = self.dim() == 1 ? self.unsqueeze(0) : self, column = other.dim() == 1 ? other.unsqueeze(1) : other;
  auto of_product = grad;
  if (other.dim() == 1) of_product = of_product.unsqueeze(-1);
  if (self.dim() == 1) of_product = of_product.unsqueeze(-2);
  at::Tensor of_self, of_other;
  if (mask[0]) of_self = at::matmul(of_product, column.mH()).sum_to_size(row.sizes()).reshape(self.sizes());
  if (mask[1]) of_other = at::matmul(row.mH(), of_product).sum_to_size(column.sizes()).reshape(other.sizes());
  return {of_self, of_other};
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(_addmm_activation_out, aclnnAddmm, addmm_activation_out);
  NPU_CUSTOM(_linalg_svd_U, aclnnSvd, svd_out);
  m.impl("matmul_backward", TORCH_FN(matmul_backward));
}

}  // namespace at_npu
