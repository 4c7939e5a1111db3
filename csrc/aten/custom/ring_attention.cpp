// torch_npu.npu_ring_attention_update: two attentions over parts of the keys become one.
#include "aten/row.h"

#include "aclnnop/attention.h"

namespace at_npu {
namespace {

using Triple = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

Triple ring_attention_update(const at::Tensor& prev, const at::Tensor& prev_max, const at::Tensor& prev_sum,
                             const at::Tensor& cur, const at::Tensor& cur_max, const at::Tensor& cur_sum,
                             const OptTensor& actual_seq_qlen, std::string_view layout,
                             std::string_view softmax_layout) {
  const c10_npu::NPUGuard guard(prev.device());
  auto out = like(prev), max = like(prev_max), sum = like(prev_sum);
  NPU_LAUNCH(aclnnRingAttentionUpdateV2, prev, prev_max, prev_sum, cur, cur_max, cur_sum, actual_seq_qlen, layout,
             softmax_layout, out, max, sum);
  return {out, max, sum};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def(
      "npu_ring_attention_update(Tensor prev_attn_out, Tensor prev_softmax_max, Tensor prev_softmax_sum, "
      "Tensor cur_attn_out, Tensor cur_softmax_max, Tensor cur_softmax_sum, *, Tensor? actual_seq_qlen=None, "
      "str input_layout='SBH', str input_softmax_layout='') -> (Tensor, Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) { m.impl("npu_ring_attention_update", &ring_attention_update); }

}  // namespace at_npu
