// Functions of torch_npu for language models that generate: the choice of words, the state of a step, and caches.
#include "aten/row.h"

#include <torch/library.h>

#include "aclnnop/index.h"
#include "aclnnop/sampling.h"

namespace at_npu {
namespace {

at::Tensor top_k_top_p(const at::Tensor& logits, const OptTensor& p, const OptTensor& k) {
  const c10_npu::NPUGuard guard(logits.device());
  auto out = like(logits);
  NPU_LAUNCH(aclnnApplyTopKTopP, logits, p, k, out);
  return out;
}

void advance_step(at::Tensor& tokens, const at::Tensor& sampled, at::Tensor& positions, at::Tensor& lengths,
                  at::Tensor& slots, const at::Tensor& tables, int64_t sequences, int64_t queries, int64_t block_size,
                  const OptTensor& spec_token, const OptTensor& accepted) {
  TORCH_CHECK_NOT_IMPLEMENTED(!spec_token && !accepted,
                              "UNIMPLEMENTED: npu_advance_step_flashattn with spec_token or accepted_num");
  const c10_npu::NPUGuard guard(tokens.device());
  NPU_LAUNCH(aclnnAdvanceStep, tokens, sampled, positions, lengths, slots, tables, sequences, queries, block_size);
}

at::Tensor& scatter_update_(at::Tensor& self, const at::Tensor& indices, const at::Tensor& updates, int64_t axis) {
  const c10_npu::NPUGuard guard(self.device());
  NPU_LAUNCH(aclnnInplaceScatterUpdate, self, indices, updates, axis);
  return self;
}
at::Tensor scatter_update(const at::Tensor& self, const at::Tensor& indices, const at::Tensor& updates, int64_t axis) {
  auto out = self.clone();
  return scatter_update_(out, indices, updates, axis);
}

void scatter_list_(at::TensorList self, const at::Tensor& indices, const at::Tensor& updates, const OptTensor& mask,
                   std::string_view reduce, int64_t axis) {
  const c10_npu::NPUGuard guard(updates.device());
  NPU_LAUNCH(aclnnScatterList, self, indices, updates, mask, reduce, axis);
}
std::vector<at::Tensor> scatter_list(at::TensorList self, const at::Tensor& indices, const at::Tensor& updates,
                                     const OptTensor& mask, std::string_view reduce, int64_t axis) {
  std::vector<at::Tensor> out;
  for (const at::Tensor& t : self) out.push_back(t.clone());
  scatter_list_(out, indices, updates, mask, reduce, axis);
  return out;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def("npu_top_k_top_p(Tensor logits, Tensor? p=None, Tensor? k=None) -> Tensor");
  m.def(
      "npu_advance_step_flashattn(Tensor(a!) input_tokens, Tensor sampled_token_ids, Tensor(b!) input_positions, "
      "Tensor(c!) seq_lens, Tensor(d!) slot_mapping, Tensor block_tables, int num_seqs, int num_queries, "
      "int block_size, *, Tensor? spec_token=None, Tensor? accepted_num=None) -> ()");
  m.def("scatter_update(Tensor self, Tensor indices, Tensor updates, int axis) -> Tensor");
  m.def("scatter_update_(Tensor(a!) self, Tensor indices, Tensor updates, int axis) -> Tensor(a!)");
  m.def(
      "npu_scatter_list(Tensor[] self, Tensor indices, Tensor updates, Tensor? mask=None, str reduce='update', "
      "int axis=-2) -> Tensor[]");
  m.def(
      "npu_scatter_list_(Tensor(a!)[] self, Tensor indices, Tensor updates, Tensor? mask=None, str reduce='update', "
      "int axis=-2) -> ()");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_top_k_top_p", &top_k_top_p);
  m.impl("npu_advance_step_flashattn", &advance_step);
  m.impl("scatter_update", &scatter_update);
  m.impl("scatter_update_", &scatter_update_);
  m.impl("npu_scatter_list", &scatter_list);
  m.impl("npu_scatter_list_", &scatter_list_);
}

}  // namespace at_npu
