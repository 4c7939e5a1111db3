// Attention of inference: torch_npu.npu_prompt_flash_attention, npu_incre_flash_attention and
// npu_fused_infer_attention_score in its two forms. What does not fit is refused by the operators.
#include "aten/row.h"

#include "aclnnop/infer_attention.h"

namespace at_npu {
namespace {

using OptInts = at::OptionalIntArrayRef;
using OptSymInts = at::OptionalSymIntArrayRef;

OptInts ints(const OptSymInts& a) { return a ? OptInts(C10_AS_INTARRAYREF_SLOW(*a)) : std::nullopt; }

// The layout of a result: what follows the underscore, where there is one.
std::string_view after(std::string_view layout) {
  const auto at = layout.find('_');
  return at == layout.npos ? layout : layout.substr(at + 1);
}
std::string_view before(std::string_view layout) { return layout.substr(0, layout.find('_')); }

// A query's sizes by letter. The operator has the last word on layouts: an unknown letter counts 1.
int64_t size_of(const at::Tensor& t, std::string_view layout, char letter) {
  const auto at = before(layout).find(letter);
  return at == layout.npos || static_cast<int64_t>(at) >= t.dim() ? 1 : t.size(static_cast<int64_t>(at));
}

struct Result { at::Tensor attention, lse; };

Result results(const char* name, const at::Tensor& query, const at::Tensor& value, std::string_view layout,
               int64_t heads, int64_t key_heads, bool paged, bool lse) {
  TORCH_CHECK(heads > 0, name, ": the number of heads must be positive, not ", heads);
  const auto in = before(layout), out = after(layout);
  TORCH_CHECK(!in.empty() && query.dim() == static_cast<int64_t>(in.size()), name, ": a query of layout ", layout,
              " has ", in.size(), " dimensions, but this one is ", query.sizes());
  if (key_heads == 0) key_heads = heads;
  const bool flat = paged ? value.dim() == 3 : in == "BSH";
  const int64_t width = flat ? value.size(-1) / key_heads : value.size(-1);
  const char token = in.find('T') == in.npos ? 'S' : 'T';
  const int64_t batch = size_of(query, layout, 'B'), tokens = size_of(query, layout, token);
  at::DimVector sizes, rows = {batch, heads, tokens, 1};
  for (char letter : out)
    sizes.push_back(letter == 'B'   ? batch
                    : letter == 'N' ? heads
                    : letter == 'D' ? width
                    : letter == 'H' ? heads * width
                                    : tokens);
  if (token == 'T') rows = {tokens, heads, 1};
  return {make(sizes, query.scalar_type()), make(lse ? rows : at::DimVector{0}, at::kFloat)};
}

at::Tensor prompt(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                  const OptTensor& padding_mask, const OptTensor& atten_mask, const OptTensor& pse, OptInts lengths,
                  const OptTensor& deq_scale1, const OptTensor& quant_scale1, const OptTensor& deq_scale2,
                  const OptTensor& quant_scale2, const OptTensor& quant_offset2, int64_t heads, double scale,
                  int64_t pre, int64_t next, std::string_view layout, int64_t key_heads, OptInts key_lengths,
                  int64_t sparse_mode) {
  constexpr const char* kName = "npu_prompt_flash_attention";
  TORCH_CHECK(!padding_mask, "UNSUPPORTED: ", kName, ": padding_mask is reserved");
  const c10_npu::NPUGuard guard(query.device());
  auto out = results(kName, query, value, layout, heads, key_heads, false, false).attention;
  constexpr int64_t kPrecise = 10;  // modes from here on are the modes from 0 on, computed in high precision
  const bool precise = sparse_mode >= kPrecise;
  NPU_LAUNCH(aclnnPromptFlashAttentionV3, query, key, value, pse, atten_mask, lengths, key_lengths, deq_scale1,
             quant_scale1, deq_scale2, quant_scale2, quant_offset2, heads, scale, pre, next, layout, key_heads,
             precise ? sparse_mode - kPrecise : sparse_mode, int64_t{!precise}, out);
  return out;
}

at::Tensor incre(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const OptTensor& padding_mask,
                 const OptTensor& atten_mask, const OptTensor& pse, OptSymInts lengths,
                 const OptTensor& antiquant_scale, const OptTensor& antiquant_offset, const OptTensor& block_table,
                 const OptTensor& dequant_scale1, const OptTensor& quant_scale1, const OptTensor& dequant_scale2,
                 const OptTensor& quant_scale2, const OptTensor& quant_offset2, const OptTensor& kv_padding_size,
                 int64_t heads, double scale, std::string_view layout, int64_t key_heads, int64_t block_size,
                 int64_t inner_precise) {
  constexpr const char* kName = "npu_incre_flash_attention";
  TORCH_CHECK(!padding_mask, "UNSUPPORTED: ", kName, ": padding_mask is reserved");
  const c10_npu::NPUGuard guard(query.device());
  auto out = results(kName, query, value, layout, heads, key_heads, block_table.has_value(), false).attention;
  NPU_LAUNCH(aclnnIncreFlashAttentionV4, query, at::TensorList(key), at::TensorList(value), pse, atten_mask,
             ints(lengths), dequant_scale1, quant_scale1, dequant_scale2, quant_scale2, quant_offset2, antiquant_scale,
             antiquant_offset, block_table, kv_padding_size, heads, scale, layout, key_heads, block_size, inner_precise,
             out);
  return out;
}

std::tuple<at::Tensor, at::Tensor> fused(
    const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const OptTensor& pse,
    const OptTensor& atten_mask, OptSymInts lengths, OptSymInts key_lengths, const OptTensor& dequant_scale1,
    const OptTensor& quant_scale1, const OptTensor& dequant_scale2, const OptTensor& quant_scale2,
    const OptTensor& quant_offset2, const OptTensor& antiquant_scale, const OptTensor& antiquant_offset,
    const OptTensor& key_antiquant_scale, const OptTensor& key_antiquant_offset, const OptTensor& value_antiquant_scale,
    const OptTensor& value_antiquant_offset, const OptTensor& block_table, const OptTensor& query_padding_size,
    const OptTensor& kv_padding_size, const OptTensor& key_shared_prefix, const OptTensor& value_shared_prefix,
    OptSymInts shared_prefix_length, const OptTensor& query_rope, const OptTensor& key_rope,
    const OptTensor& key_rope_antiquant_scale, int64_t heads, double scale, int64_t pre, int64_t next,
    std::string_view layout, int64_t key_heads, int64_t sparse_mode, int64_t inner_precise, int64_t block_size,
    int64_t antiquant_mode, int64_t key_antiquant_mode, int64_t value_antiquant_mode, bool lse) {
  const c10_npu::NPUGuard guard(query.device());
  auto out =
      results("npu_fused_infer_attention_score", query, value, layout, heads, key_heads, block_table.has_value(), lse);
  NPU_LAUNCH(aclnnFusedInferAttentionScoreV3, query, at::TensorList(key), at::TensorList(value), pse, atten_mask,
             ints(lengths), ints(key_lengths), dequant_scale1, quant_scale1, dequant_scale2, quant_scale2,
             quant_offset2, antiquant_scale, antiquant_offset, block_table, query_padding_size, kv_padding_size,
             key_antiquant_scale, key_antiquant_offset, value_antiquant_scale, value_antiquant_offset,
             key_shared_prefix, value_shared_prefix, ints(shared_prefix_length), query_rope, key_rope,
             key_rope_antiquant_scale, heads, scale, pre, next, layout, key_heads, sparse_mode, inner_precise,
             block_size, antiquant_mode, lse, key_antiquant_mode, value_antiquant_mode, out.attention, out.lse);
  return {out.attention, out.lse};
}

// The dtypes by number say how a container is read: of float8 and int4, which are quantized.
std::tuple<at::Tensor, at::Tensor> fused_v2(
    const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const OptTensor& query_rope,
    const OptTensor& key_rope, const OptTensor& pse, const OptTensor& atten_mask, OptSymInts lengths,
    OptSymInts key_lengths, const OptTensor& block_table, const OptTensor& dequant_scale_query,
    const OptTensor& dequant_scale_key, const OptTensor& dequant_offset_key, const OptTensor& dequant_scale_value,
    const OptTensor& dequant_offset_value, const OptTensor& dequant_scale_key_rope, const OptTensor& quant_scale_out,
    const OptTensor& quant_offset_out, const OptTensor& quant_scale_p, const OptTensor& sink, int64_t heads,
    int64_t key_heads, double scale, int64_t pre, int64_t next, std::string_view layout, int64_t sparse_mode,
    int64_t block_size, int64_t query_quant_mode, int64_t key_quant_mode, int64_t value_quant_mode,
    int64_t inner_precise, bool lse, std::optional<int64_t> query_dtype, std::optional<int64_t> key_dtype,
    std::optional<int64_t> value_dtype, std::optional<int64_t> query_rope_dtype, std::optional<int64_t> key_rope_dtype,
    std::optional<int64_t> key_prefix_dtype, std::optional<int64_t> value_prefix_dtype,
    std::optional<int64_t> scale_query_dtype, std::optional<int64_t> scale_key_dtype,
    std::optional<int64_t> scale_value_dtype, std::optional<int64_t> scale_key_rope_dtype,
    std::optional<int64_t> out_dtype) {
  constexpr const char* kName = "npu_fused_infer_attention_score_v2";
  for (const auto& dtype :
       {query_dtype, key_dtype, value_dtype, query_rope_dtype, key_rope_dtype, key_prefix_dtype, value_prefix_dtype,
        scale_query_dtype, scale_key_dtype, scale_value_dtype, scale_key_rope_dtype, out_dtype})
    TORCH_CHECK_NOT_IMPLEMENTED(!dtype, "UNIMPLEMENTED: ", kName, ": containers of another dtype");
  TORCH_CHECK(!quant_scale_p, "UNSUPPORTED: ", kName, ": quant_scale_p is reserved");
  const c10_npu::NPUGuard guard(query.device());
  auto out = results(kName, query, value, layout, heads, key_heads, block_table.has_value(), lse);
  constexpr None kNone;
  NPU_LAUNCH(aclnnFusedInferAttentionScoreV4, query, at::TensorList(key), at::TensorList(value), pse, atten_mask,
             ints(lengths), ints(key_lengths), kNone, kNone, kNone, quant_scale_out, quant_offset_out, kNone, kNone,
             block_table, kNone, kNone, dequant_scale_key, dequant_offset_key, dequant_scale_value,
             dequant_offset_value, kNone, kNone, OptInts(), query_rope, key_rope, dequant_scale_key_rope,
             dequant_scale_query, sink, heads, scale, pre, next, layout, key_heads, sparse_mode, inner_precise,
             block_size, int64_t{0}, lse, key_quant_mode, value_quant_mode, query_quant_mode, out.attention, out.lse);
  return {out.attention, out.lse};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def(
      "npu_prompt_flash_attention(Tensor query, Tensor key, Tensor value, *, Tensor? padding_mask=None, Tensor? "
      "atten_mask=None, Tensor? pse_shift=None, int[]? actual_seq_lengths=None, Tensor? deq_scale1=None, Tensor? "
      "quant_scale1=None, Tensor? deq_scale2=None, Tensor? quant_scale2=None, Tensor? quant_offset2=None, int "
      "num_heads=1, float scale_value=1.0, int pre_tokens=2147483647, int next_tokens=0, str input_layout='BSH', "
      "int num_key_value_heads=0, int[]? actual_seq_lengths_kv=None, int sparse_mode=0) -> Tensor");
  m.def(
      "npu_incre_flash_attention(Tensor query, Tensor key, Tensor value, *, Tensor? padding_mask=None, Tensor? "
      "atten_mask=None, Tensor? pse_shift=None, SymInt[]? actual_seq_lengths=None, Tensor? antiquant_scale=None, "
      "Tensor? antiquant_offset=None, Tensor? block_table=None, Tensor? dequant_scale1=None, Tensor? "
      "quant_scale1=None, Tensor? dequant_scale2=None, Tensor? quant_scale2=None, Tensor? quant_offset2=None, "
      "Tensor? kv_padding_size=None, int num_heads=1, float scale_value=1.0, str input_layout='BSH', int "
      "num_key_value_heads=0, int block_size=0, int inner_precise=1) -> Tensor");
  m.def(
      "npu_fused_infer_attention_score(Tensor query, Tensor key, Tensor value, *, Tensor? pse_shift=None, Tensor? "
      "atten_mask=None, SymInt[]? actual_seq_lengths=None, SymInt[]? actual_seq_lengths_kv=None, Tensor? "
      "dequant_scale1=None, Tensor? quant_scale1=None, Tensor? dequant_scale2=None, Tensor? quant_scale2=None, "
      "Tensor? quant_offset2=None, Tensor? antiquant_scale=None, Tensor? antiquant_offset=None, Tensor? "
      "key_antiquant_scale=None, Tensor? key_antiquant_offset=None, Tensor? value_antiquant_scale=None, Tensor? "
      "value_antiquant_offset=None, Tensor? block_table=None, Tensor? query_padding_size=None, Tensor? "
      "kv_padding_size=None, Tensor? key_shared_prefix=None, Tensor? value_shared_prefix=None, SymInt[]? "
      "actual_shared_prefix_len=None, Tensor? query_rope=None, Tensor? key_rope=None, Tensor? "
      "key_rope_antiquant_scale=None, int num_heads=1, float scale=1.0, int pre_tokens=2147483647, int "
      "next_tokens=2147483647, str input_layout='BSH', int num_key_value_heads=0, int sparse_mode=0, int "
      "inner_precise=0, int block_size=0, int antiquant_mode=0, int key_antiquant_mode=0, int "
      "value_antiquant_mode=0, bool softmax_lse_flag=False) -> (Tensor, Tensor)");
  m.def(
      "npu_fused_infer_attention_score_v2(Tensor query, Tensor key, Tensor value, *, Tensor? query_rope=None, "
      "Tensor? key_rope=None, Tensor? pse_shift=None, Tensor? atten_mask=None, SymInt[]? actual_seq_qlen=None, "
      "SymInt[]? actual_seq_kvlen=None, Tensor? block_table=None, Tensor? dequant_scale_query=None, Tensor? "
      "dequant_scale_key=None, Tensor? dequant_offset_key=None, Tensor? dequant_scale_value=None, Tensor? "
      "dequant_offset_value=None, Tensor? dequant_scale_key_rope=None, Tensor? quant_scale_out=None, Tensor? "
      "quant_offset_out=None, Tensor? quant_scale_p=None, Tensor? learnable_sink=None, int num_query_heads=1, int "
      "num_key_value_heads=0, float softmax_scale=1.0, int pre_tokens=2147483647, int next_tokens=2147483647, str "
      "input_layout='BSH', int sparse_mode=0, int block_size=0, int query_quant_mode=0, int key_quant_mode=0, int "
      "value_quant_mode=0, int inner_precise=0, bool return_softmax_lse=False, int? query_dtype=None, int? "
      "key_dtype=None, int? value_dtype=None, int? query_rope_dtype=None, int? key_rope_dtype=None, int? "
      "key_shared_prefix_dtype=None, int? value_shared_prefix_dtype=None, int? dequant_scale_query_dtype=None, int? "
      "dequant_scale_key_dtype=None, int? dequant_scale_value_dtype=None, int? dequant_scale_key_rope_dtype=None, "
      "int? out_dtype=None) -> (Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_prompt_flash_attention", TORCH_FN(prompt));
  m.impl("npu_incre_flash_attention", TORCH_FN(incre));
  m.impl("npu_fused_infer_attention_score", TORCH_FN(fused));
  m.impl("npu_fused_infer_attention_score_v2", TORCH_FN(fused_v2));
}

}  // namespace at_npu
