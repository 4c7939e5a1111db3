// Indexing by tensors: an index may be missing (a full slice), a mask, or lie on the CPU.
#include "aten/row.h"

#include <ATen/ops/_index_put_impl_ops.h>
#include <ATen/ops/index_ops.h>

#include "aclnnop/index.h"

namespace at_npu {
namespace {

using Indices = c10::List<std::optional<at::Tensor>>;

Indices on_device_of(const at::Tensor& self, const Indices& indices) {
  Indices out;
  for (std::optional<at::Tensor> index : indices) {
    if (index && index->is_cpu()) index = index->to(self.device());
    out.push_back(std::move(index));
  }
  return out;
}

at::Tensor& index_out(const at::Tensor& self, const Indices& indices, at::Tensor& out) {
  const c10_npu::NPUGuard guard(self.device());
  const Indices all = on_device_of(self, indices);
  if (try_launch<&aclnnIndexGetWorkspaceSize, &aclnnIndex>(self, all, out)) return out;
  std::vector<at::Tensor> tensors{self, out};
  for (const std::optional<at::Tensor>& t : all)
    if (t) tensors.push_back(*t);
  refused("aten::index", tensors);
}

at::Tensor& index_put(at::Tensor& self, const Indices& indices, const at::Tensor& values, bool accumulate,
                      bool unsafe) {
  const c10_npu::NPUGuard guard(self.device());
  TORCH_CHECK_INDEX(self.scalar_type() == values.scalar_type(),
                    "Index put requires the source and destination dtypes "
                    "match, got ",
                    self.scalar_type(), " for the destination and ", values.scalar_type(), " for the source.");
  NPU_LAUNCH(aclnnIndexPutImpl, self, on_device_of(self, indices), values, accumulate, unsafe);
  return self;
}

}  // namespace

NPU_OPS {
  NPU_CUSTOM(index_Tensor_out, aclnnIndex, index_out);
  NPU_CUSTOM(_index_put_impl_, aclnnIndexPutImpl, index_put);
}

}  // namespace at_npu
