// Indexing by tensors: an index may be missing (a full slice), a mask, or lie on the CPU.
#include "aten/row.h"

#include <ATen/ExpandUtils.h>
#include <ATen/OpMathType.h>
#include <ATen/TensorOperators.h>
#include <ATen/native/IndexingUtils.h>
#include <ATen/ops/_embedding_bag_backward_native.h>
#include <ATen/ops/_embedding_bag_backward_ops.h>
#include <ATen/ops/_embedding_bag_dense_backward_ops.h>
#include <ATen/ops/_index_put_impl_ops.h>
#include <ATen/ops/index_ops.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>

#include "aclnnop/index.h"

namespace at_npu {
namespace {

using Indices = c10::List<std::optional<at::Tensor>>;

Indices on_device_of(const at::Tensor& self, const Indices& indices) {
  Indices out;
  for (std::optional<at::Tensor> index : indices) {
    if (index && index->is_cpu()) index = index->to(self.device());
    if (index && index->scalar_type() == at::kByte) index = index->to(at::kBool);
    out.push_back(std::move(index));
  }
  return out;
}

// The device takes an empty index for a missing one.
bool chooses_nothing(const Indices& indices) {
  for (const std::optional<at::Tensor> index : indices)
    if (index && index->defined() && index->numel() == 0) return true;
  return false;
}

// Masks as the indices they choose, which waits for the device: values that do not fit are refused at once.
Indices counted(const at::Tensor& self, Indices indices, const at::Tensor& values) {
  if (values.numel() == 1) return indices;
  bool masked = false;
  for (const std::optional<at::Tensor> index : indices)
    masked = masked || (index && index->defined() && index->scalar_type() == at::kBool);
  if (!masked) return indices;
  Indices out;
  for (at::Tensor& index : at::native::expandTensors(self, at::IOptTensorListRef(indices)))
    out.push_back(index.defined() ? std::optional(std::move(index)) : std::nullopt);
  return out;
}

void check_broadcast(const Indices& indices) {
  std::vector<int64_t> chosen;
  for (const std::optional<at::Tensor> index : indices) {
    if (!index || !index->defined() || index->scalar_type() == at::kBool) continue;
    TORCH_CHECK_INDEX(chosen.empty() || at::are_expandable(chosen, index->sizes()),
                      "shape mismatch: indexing tensors could not be broadcast together with shapes ",
                      at::IntArrayRef(chosen), ", ", index->sizes());
    chosen = at::infer_size(chosen, index->sizes());
  }
}

at::Tensor& index_out(const at::Tensor& self, const Indices& indices, at::Tensor& out) {
  const c10_npu::NPUGuard guard(self.device());
  const Indices all = on_device_of(self, indices);
  if (out.numel() == 0 && chooses_nothing(all)) return out;
  if (try_launch<&aclnnIndexGetWorkspaceSize, &aclnnIndex>(self, all, out)) return out;
  std::vector<at::Tensor> tensors{self, out};
  for (const std::optional<at::Tensor> t : all)
    if (t) tensors.push_back(*t);
  refused("aten::index", tensors);
}

at::Tensor& index_put(at::Tensor& self, const Indices& indices, const at::Tensor& values, bool accumulate,
                      bool unsafe) {
  const c10_npu::NPUGuard guard(self.device());
  TORCH_CHECK(self.scalar_type() == values.scalar_type(),
              "Index put requires the source and destination dtypes match, got ", self.scalar_type(),
              " for the destination and ", values.scalar_type(), " for the source.");
  for (const std::optional<at::Tensor> index : indices)  // reading says so in its Meta kernel
    if (index && index->scalar_type() == at::kByte)
      TORCH_WARN("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.");
  const Indices all = counted(self, on_device_of(self, indices), values);
  check_broadcast(all);
  if (chooses_nothing(all)) {
    const auto chosen = at::_ops::index_Tensor::call(self, all).sizes();
    TORCH_CHECK(at::is_expandable_to(values.sizes(), chosen), "shape mismatch: value tensor of shape ", values.sizes(),
                " cannot be broadcast to indexing result of shape ", chosen);
    return self;
  }
  NPU_LAUNCH(aclnnIndexPutImpl, self, all, values, accumulate, unsafe);
  return self;
}

constexpr int64_t kMean = 1, kMax = 2;  // embedding_bag's modes; 0 is the sum

// The gradient of every index's row, added up by row. Empty bags give nothing.
at::Tensor embedding_bag_dense_backward(const at::Tensor& narrow, const at::Tensor& indices,
                                        const at::Tensor& offset2bag, const at::Tensor& sizes,
                                        const at::Tensor& max_indices, c10::SymInt num_weights, bool scale_grad_by_freq,
                                        int64_t mode, const std::optional<at::Tensor>& per_sample_weights,
                                        int64_t padding_idx) {
  const at::ScalarType dtype = narrow.scalar_type();
  const auto bag_size = sizes.narrow(0, 0, std::min(sizes.size(0), narrow.size(0)));  // not that after the last offset
  const auto grad = narrow.to(at::toOpMathType(dtype));
  auto sum = at::zeros({num_weights.expect_int(), grad.size(1)}, grad.options());
  if (mode == kMax) {
    const auto filled = grad * (bag_size > 0).unsqueeze(1);
    return sum.scatter_add_(0, max_indices.to(at::kLong).clamp_min(0), filled).to(dtype);
  }
  const auto bag = offset2bag.to(at::kLong);
  auto rows = grad.index_select(0, bag);
  at::Tensor scale;  // by index
  const auto scale_by = [&](const at::Tensor& t) { scale = scale.defined() ? scale * t : t; };
  if (mode == kMean) scale_by(bag_size.clamp_min(1).to(grad.scalar_type()).reciprocal().index_select(0, bag));
  if (per_sample_weights && per_sample_weights->defined()) scale_by(*per_sample_weights);
  if (padding_idx >= 0) scale_by(indices.ne(padding_idx).to(grad.scalar_type()));
  if (scale_grad_by_freq) {
    auto uses = at::zeros({num_weights.expect_int()}, grad.options());
    const auto used = indices.to(at::kLong);
    uses.index_add_(0, used, at::ones_like(used, grad.options()));
    scale_by(uses.index_select(0, used).reciprocal());
  }
  if (scale.defined()) rows = rows * scale.unsqueeze(1);
  return sum.index_add_(0, indices, rows).to(dtype);
}

// The gradient of what each index counted: its row times the gradient of its bag.
at::Tensor embedding_bag_weights_backward(const at::Tensor& grad, const at::Tensor& weight, const at::Tensor& indices,
                                          const at::Tensor&, const at::Tensor& offset2bag, int64_t mode,
                                          int64_t padding_idx) {
  TORCH_CHECK(mode == 0, "embedding_bag_backward: per_sample_weights only supported for mode='sum'");
  const auto used = indices.to(at::kLong);
  const auto compute = at::toOpMathType(grad.scalar_type());
  auto out = (grad.index_select(0, offset2bag.to(at::kLong)).to(compute) * weight.index_select(0, used)).sum(1);
  if (padding_idx >= 0) out = out * used.ne(padding_idx);
  return out.to(grad.scalar_type());
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(_embedding_bag_backward, aclnnIndexAdd, at::native::_embedding_bag_backward_symint);
  NPU_CUSTOM(_embedding_bag_dense_backward, aclnnIndexAdd, embedding_bag_dense_backward);
  m.impl("_embedding_bag_per_sample_weights_backward", TORCH_FN(embedding_bag_weights_backward));
  NPU_CUSTOM(index_Tensor_out, aclnnIndex, index_out);
  NPU_CUSTOM(_index_put_impl_, aclnnIndexPutImpl, index_put);
}

}  // namespace at_npu
