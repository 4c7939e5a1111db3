// Functions of torch_npu for the paged cache of keys and values.
#include "aten/row.h"

#include "aclnnop/kv_cache.h"

namespace at_npu {
namespace {

using Pair = std::tuple<at::Tensor, at::Tensor>;
using Four = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>;
using OptText = std::optional<std::string_view>;

constexpr at::IntArrayRef kNoInts;

void scatter_pa_kv_cache(const at::Tensor& key, const at::Tensor& value, at::Tensor& key_cache, at::Tensor& value_cache,
                         const at::Tensor& slots, const OptTensor& compress_lens, const OptTensor& compress_seq_offsets,
                         const OptTensor& seq_lens, OptText cache_mode) {
  const c10_npu::NPUGuard guard(key.device());
  NPU_LAUNCH(aclnnScatterPaKvCache, key, key_cache, slots, value, value_cache, compress_lens, compress_seq_offsets,
             seq_lens, cache_mode.value_or(""), std::string_view("None"), kNoInts, kNoInts);
}
Pair scatter_pa_kv_cache_functional(const at::Tensor& key, const at::Tensor& value, const at::Tensor& key_cache,
                                    const at::Tensor& value_cache, const at::Tensor& slots,
                                    const OptTensor& compress_lens, const OptTensor& compress_seq_offsets,
                                    const OptTensor& seq_lens, OptText cache_mode) {
  auto keys = key_cache.clone(at::MemoryFormat::Contiguous), values = value_cache.clone(at::MemoryFormat::Contiguous);
  scatter_pa_kv_cache(key, value, keys, values, slots, compress_lens, compress_seq_offsets, seq_lens, cache_mode);
  return {keys, values};
}

// A cache has no other layout here than the one its sizes tell.
void gather_pa_kv_cache(const at::Tensor& key_cache, const at::Tensor& value_cache, const at::Tensor& tables,
                        const at::Tensor& seq_lens, at::Tensor& key, at::Tensor& value, const OptTensor& seq_offset,
                        bool cumulated) {
  const c10_npu::NPUGuard guard(key_cache.device());
  NPU_LAUNCH(aclnnGatherPaKvCache, key_cache, value_cache, tables, seq_lens, key, value, seq_offset,
             std::string_view("Norm"), cumulated);
}
Pair gather_pa_kv_cache_functional(const at::Tensor& key_cache, const at::Tensor& value_cache, const at::Tensor& tables,
                                   const at::Tensor& seq_lens, const at::Tensor& key, const at::Tensor& value,
                                   const OptTensor& seq_offset, bool cumulated) {
  auto keys = key.clone(), values = value.clone();
  gather_pa_kv_cache(key_cache, value_cache, tables, seq_lens, keys, values, seq_offset, cumulated);
  return {keys, values};
}

// The caches are written in place, and returned.
Four kv_rmsnorm_rope_cache(const at::Tensor& kv, const at::Tensor& gamma, const at::Tensor& cos, const at::Tensor& sin,
                           const at::Tensor& index, const at::Tensor& k_cache, const at::Tensor& ckv_cache,
                           const OptTensor& k_rope_scale, const OptTensor& c_kv_scale, const OptTensor& k_rope_offset,
                           const OptTensor& c_kv_offset, const OptTensor& v, double epsilon,
                           std::string_view cache_mode, bool is_output_kv) {
  TORCH_CHECK_NOT_IMPLEMENTED(!v, "UNIMPLEMENTED: npu_kv_rmsnorm_rope_cache with v");
  TORCH_CHECK(kv.dim() == 4 && gamma.dim() == 1 && cos.dim() == 4,
              "npu_kv_rmsnorm_rope_cache: kv and cos have 4 dimensions, gamma has one; got ", kv.sizes(), ", ",
              cos.sizes(), ", ", gamma.sizes());
  const c10_npu::NPUGuard guard(kv.device());
  at::DimVector sizes(kv.sizes());
  sizes[3] = cos.size(3);
  auto k_rope = make(sizes, kv.scalar_type());
  sizes[3] = gamma.size(0);
  auto c_kv = make(sizes, kv.scalar_type());
  at::Tensor keys = k_cache, values = ckv_cache;
  NPU_LAUNCH(aclnnKvRmsNormRopeCache, kv, gamma, cos, sin, index, keys, values, k_rope_scale, c_kv_scale, k_rope_offset,
             c_kv_offset, epsilon, cache_mode, is_output_kv, k_rope, c_kv);
  return {k_cache, ckv_cache, k_rope, c_kv};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def(
      "npu_scatter_pa_kv_cache(Tensor key, Tensor value, Tensor(a!) key_cache, Tensor(b!) value_cache, "
      "Tensor slot_mapping, *, Tensor? compress_lens=None, Tensor? compress_seq_offsets=None, Tensor? seq_lens=None, "
      "str? cache_mode='PA_NZ') -> ()");
  m.def(
      "npu_scatter_pa_kv_cache_functional(Tensor key, Tensor value, Tensor key_cache, Tensor value_cache, "
      "Tensor slot_mapping, *, Tensor? compress_lens=None, Tensor? compress_seq_offsets=None, Tensor? seq_lens=None, "
      "str? cache_mode='PA_NZ') -> (Tensor, Tensor)");
  m.def(
      "npu_gather_pa_kv_cache(Tensor key_cache, Tensor value_cache, Tensor block_tables, Tensor seq_lens, "
      "Tensor(a!) key, Tensor(b!) value, *, Tensor? seq_offset=None, bool is_seq_lens_cumsum=False) -> ()");
  m.def(
      "npu_gather_pa_kv_cache_functional(Tensor key_cache, Tensor value_cache, Tensor block_tables, Tensor seq_lens, "
      "Tensor key, Tensor value, *, Tensor? seq_offset=None, bool is_seq_lens_cumsum=False) -> (Tensor, Tensor)");
  m.def(
      "npu_kv_rmsnorm_rope_cache(Tensor kv, Tensor gamma, Tensor cos, Tensor sin, Tensor index, Tensor k_cache, "
      "Tensor ckv_cache, *, Tensor? k_rope_scale=None, Tensor? c_kv_scale=None, Tensor? k_rope_offset=None, "
      "Tensor? c_kv_offset=None, Tensor? v=None, float epsilon=1e-5, str cache_mode='Norm', bool is_output_kv=False) "
      "-> (Tensor, Tensor, Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_scatter_pa_kv_cache", &scatter_pa_kv_cache);
  m.impl("npu_scatter_pa_kv_cache_functional", &scatter_pa_kv_cache_functional);
  m.impl("npu_gather_pa_kv_cache", &gather_pa_kv_cache);
  m.impl("npu_gather_pa_kv_cache_functional", &gather_pa_kv_cache_functional);
  m.impl("npu_kv_rmsnorm_rope_cache", &kv_rmsnorm_rope_cache);
}

}  // namespace at_npu
