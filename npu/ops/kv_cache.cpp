// The paged cache of keys and values: blocks of `block_size` slots, a token in each. Two layouts:
//   Norm   [blocks, block_size, heads, d]; with heads first, [blocks, heads, block_size, d]
//   PA_NZ  [blocks, heads * d / lane, block_size, lane], a lane being 32 bytes
#include "aclnnop/kv_cache.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>

namespace npu {
namespace {

int64_t lane_of(const Tensor& t) { return 32 / std::max<int64_t>(info(t.dtype).size, 1); }

// slot -> values, values being [tokens, heads * d]. A negative slot is skipped; one past the end is an error.
void store_slots(const at::Tensor& cache_by_slot, at::Tensor slots, at::Tensor values) {
  const auto kept = (slots >= 0).nonzero().flatten();
  slots = slots.index_select(0, kept), values = values.index_select(0, kept);
  const int64_t block_size = cache_by_slot.size(1);
  if (slots.numel() && slots.max().item<int64_t>() >= cache_by_slot.size(0) * block_size)
    throw std::invalid_argument("a slot lies behind the cache's last block");
  auto sizes = cache_by_slot.sizes().vec();
  sizes.erase(sizes.begin());
  sizes[0] = values.size(0);
  cache_by_slot.index_put_({slots.floor_divide(block_size), slots.remainder(block_size)}, values.reshape(sizes));
}
// Any layout as [blocks, block_size, ...], the rest being what a token has, in its order.
at::Tensor by_slot(const at::Tensor& cache, int64_t slot_dim) { return cache.movedim(slot_dim, 1); }

}  // namespace

ACLNN_OP(aclnnScatterPaKvCache, key, key_cache, slot_mapping, value, value_cache, compress_lens, compress_seq_offsets,
         seq_lens, cache_mode, scatter_mode, strides, offsets) {
  OP_GIVEN(key.defined() && key_cache.defined() && slot_mapping.defined());
  OP_CHECK(cache_mode.empty() || cache_mode == "Norm" || cache_mode == "PA_NZ", "cache_mode must be Norm or PA_NZ");
  OP_CHECK(scatter_mode != "Alibi" && scatter_mode != "Rope" && scatter_mode != "Omni" && scatter_mode != "Nct" &&
               !compress_lens.defined() && !compress_seq_offsets.defined() && !seq_lens.defined(),
           "UNIMPLEMENTED: a compressed cache, or keys and values with strides of their own");
  OP_CHECK(scatter_mode.empty() || scatter_mode == "None" || scatter_mode == "NHSD",
           "scatter_mode must be None, Alibi, Rope, Omni, Nct or NHSD");
  const bool nz = cache_mode == "PA_NZ", heads_first = scatter_mode == "NHSD";
  OP_CHECK(!nz || !heads_first, "NHSD goes with the cache mode Norm");
  OP_CHECK(key.dims == 3, "key must be [tokens, heads, d]");
  const int64_t tokens = key.sizes[0], heads = key.sizes[1];
  OP_CHECK(slot_mapping.dims == 1 && slot_mapping.sizes[0] == tokens, "slot_mapping must have a slot for each token");
  NPU_TRY(indices_fit(slot_mapping));
  const auto given = [](const Tensor& t) { return t.defined() && t.numel() > 0; };
  OP_CHECK(given(value) == given(value_cache), "value and value_cache go together");
  const auto cache_fits = [&](const Tensor& t, const Tensor& cache) -> Status {
    OP_CHECK(t.dims == 3 && t.sizes[0] == tokens && t.sizes[1] == heads, "key and value must be [tokens, heads, d]");
    OP_CHECK(cache.dtype == t.dtype, "key, value and their caches must have one dtype");
    const int64_t d = t.sizes[2], lane = lane_of(t), lanes = heads * d / lane;
    if (nz) {
      OP_CHECK(d % lane == 0, "d must be a multiple of 32 bytes in PA_NZ");
      OP_CHECK((cache.dims == 4 && cache.sizes[1] == lanes && cache.sizes[3] == lane) ||
                   (cache.dims == 5 && cache.sizes[1] == heads && cache.sizes[2] == d / lane && cache.sizes[4] == lane),
               "a cache must be [blocks, heads * d / lane, block_size, lane], a lane being 32 bytes");
      return {};
    }
    OP_CHECK(cache.dims == 4 && cache.sizes[heads_first ? 1 : 2] == heads && cache.sizes[3] == d,
             "a cache must be [blocks, block_size, heads, d], in NHSD [blocks, heads, block_size, d]");
    return {};
  };
  NPU_TRY(cache_fits(key, key_cache));
  if (given(value)) NPU_TRY(cache_fits(value, value_cache));
  const bool values = given(value);
  return [=](void*) {
    const auto slots = aten_long(slot_mapping);
    const auto store = [&](const Tensor& t, const Tensor& cache) {
      store_slots(by_slot(aten_view(cache), nz || heads_first ? cache.dims - 2 : 1), slots, aten_view(t));
    };
    store(key, key_cache);
    if (values) store(value, value_cache);
  };
}

// Sequences end to end, from the blocks that block_tables names. A block that does not exist gives zeros.
ACLNN_OP(aclnnGatherPaKvCache, key_cache, value_cache, block_tables, seq_lens, key, value, seq_offset, cache_mode,
         is_seq_lens_cumsum) {
  OP_GIVEN(key_cache.defined() && value_cache.defined() && block_tables.defined() && seq_lens.defined() &&
           key.defined() && value.defined());
  OP_CHECK(cache_mode == "Norm" || cache_mode == "PA_NZ", "cache_mode must be Norm or PA_NZ");
  const bool nz = cache_mode == "PA_NZ";
  NPU_TRY(indices_fit(block_tables));
  OP_CHECK(block_tables.dims == 2 && block_tables.sizes[0] > 0 && block_tables.sizes[1] > 0,
           "block_tables must be [batch, blocks], and not empty");
  const int64_t batch = block_tables.sizes[0];
  NPU_TRY(is("seq_lens", seq_lens, {batch + is_seq_lens_cumsum}, block_tables.dtype));
  NPU_TRY(is_if_given("seq_offset", seq_offset, {batch}, block_tables.dtype));
  OP_CHECK(key.dims > 0 && value.dims > 0 && key.sizes[0] == value.sizes[0], "key and value must have as many tokens");
  for (const auto& [t, cache] : {std::pair(&key, &key_cache), std::pair(&value, &value_cache)}) {
    OP_CHECK(cache->dims == 4 && cache->sizes[nz ? 2 : 1] == key_cache.sizes[nz ? 2 : 1] &&
                 cache->sizes[0] == key_cache.sizes[0] && cache->sizes[nz ? 2 : 1] > 0,
             "the caches must have 4 dimensions, and as many blocks and slots as each other");
    const int64_t* s = cache->sizes;
    if (nz) {
      OP_CHECK(s[3] == lane_of(*cache), "a cache's last dimension must be 32 bytes in PA_NZ");
      NPU_TRY(is("key and value", *t, {t->sizes[0], s[1] * s[3]}, cache->dtype));
    } else {
      NPU_TRY(is("key and value", *t, {t->sizes[0], s[2], s[3]}, cache->dtype));
    }
  }
  return [=](void*) {
    const int64_t block_size = key_cache.sizes[nz ? 2 : 1], blocks = key_cache.sizes[0], room = key.sizes[0];
    auto lengths = aten_long(seq_lens);
    if (is_seq_lens_cumsum) lengths = lengths.diff();
    const auto tables = aten_long(block_tables);
    std::vector<at::Tensor> parts;
    for (int64_t b = 0, start = 0; b < batch && start < room; ++b) {
      const int64_t length = std::clamp<int64_t>(lengths[b].item<int64_t>(), 0, room - start);
      const int64_t skipped = seq_offset.defined() ? aten_view(seq_offset)[b].item<int64_t>() / block_size : 0;
      const auto place = at::arange(length, at::kLong);
      const auto block = pick_rows(tables[b] + 1, place.floor_divide(block_size) + skipped) - 1;  // -1: none
      const auto none = (block < 0).logical_or_(block >= blocks);
      parts.push_back((block * block_size + place.remainder(block_size)).masked_fill_(none, -1));
      start += length;
    }
    if (parts.empty()) return;
    const auto slots = at::cat(parts);
    for (const auto& [to, cache] : {std::pair(key, key_cache), std::pair(value, value_cache)}) {
      const auto rows = by_slot(aten_view(cache), nz ? 2 : 1).flatten(0, 1);
      const auto out = aten_view(to).narrow(0, 0, slots.numel());
      out.copy_(pick_rows(rows, slots).view(out.sizes()));
    }
  };
}

namespace {

// Where KvRmsNormRopeCache puts a token of a batch of sequences.
struct Paging { bool paged, by_block, nz; };

// The slot of each token [b * s]; -1: not stored.
at::Tensor slots_of(const at::Tensor& index, Paging paging, int64_t b, int64_t s, int64_t block_size) {
  if (!paging.paged) {
    const auto places = index.view({b, s});
    if (places.max().item<int64_t>() >= block_size)
      throw std::invalid_argument("index names a place behind the cache's last one");
    return (places + at::arange(b, at::kLong).unsqueeze(1) * block_size).masked_fill(places < 0, -1).view({-1});
  }
  if (!paging.by_block) return index;
  const auto place = at::arange(s, at::kLong);  // index names the first slot of each block
  const auto start = index.view({b, -1}).index_select(1, place.floor_divide(block_size));
  return (start.floor_divide(block_size) * block_size + place.remainder(block_size))
      .masked_fill(start < 0, -1)
      .view({-1});
}

}  // namespace

// kv is split: the first numbers, as many as gamma has, are normalized into ckv_cache, the others turned into k_cache.
ACLNN_OP(aclnnKvRmsNormRopeCache, kv, gamma, cos, sin, index, k_cache, ckv_cache, k_rope_scale, c_kv_scale,
         k_rope_offset, c_kv_offset, epsilon, cache_mode, is_output_kv, k_rope, c_kv) {
  OP_GIVEN(kv.defined() && gamma.defined() && cos.defined() && sin.defined() && index.defined() && k_cache.defined() &&
           ckv_cache.defined());
  const bool norm = cache_mode.empty() || cache_mode == "Norm", blk = cache_mode.starts_with("PA_BLK_");
  const bool nz = cache_mode == "PA_NZ" || cache_mode == "PA_BLK_NZ";
  OP_CHECK(norm || nz || cache_mode == "PA" || cache_mode == "PA_BNSD" || cache_mode == "PA_BLK_BNSD",
           "cache_mode must be Norm, PA, PA_BNSD, PA_NZ, PA_BLK_BNSD or PA_BLK_NZ");
  OP_CHECK(kv.dtype == ACL_FLOAT16 || kv.dtype == ACL_BF16, "kv must be float16 or bfloat16");
  OP_CHECK(kv.dims == 4 && kv.sizes[1] == 1 && gamma.dims == 1, "kv must be [b, 1, s, d], and gamma [dv]");
  OP_CHECK(kv.numel() > 0, "kv must not be empty");
  const int64_t b = kv.sizes[0], s = kv.sizes[2], dv = gamma.sizes[0], dk = kv.sizes[3] - dv;
  OP_CHECK(dv > 0 && dk > 0 && dk % 2 == 0, "kv must have an even number of elements more than gamma");
  NPU_TRY(is("gamma", gamma, {dv}, kv.dtype));
  NPU_TRY(is("cos", cos, {b, 1, cos.size(2) == 1 ? 1 : s, dk}, kv.dtype));
  NPU_TRY(is("sin", sin, sizes(cos), kv.dtype));
  const Paging paging{!norm, blk, nz};
  const auto cache_fits = [&](const char* name, const Tensor& cache, int64_t d, const Tensor& scale,
                              const Tensor& offset) -> Status {
    OP_CHECK(cache.dims == 4 && cache.sizes[3] == d && cache.sizes[norm ? 1 : 2] == 1,
             std::string(name) + " must be [batch, 1, places, d], or in a PA mode [blocks, block_size, 1, d]");
    const bool quantized = cache.dtype == ACL_INT8;
    OP_CHECK(quantized || cache.dtype == kv.dtype, std::string(name) + " must have kv's dtype, or int8");
    OP_CHECK(quantized == scale.defined(), "a scale goes with an int8 cache, and an int8 cache with a scale");
    OP_CHECK(!offset.defined() || scale.defined(), "an offset goes with a scale");
    for (const Tensor* t : {&scale, &offset})
      OP_CHECK(!t->defined() || (t->dtype == ACL_FLOAT && t->dims >= 1 && t->dims <= 2 &&
                                 (t->size(-1) == d || t->numel() == 1) && t->numel() == t->size(-1)),
               "a scale and an offset must be float32 [1], [d] or [1, d]");
    OP_CHECK(!norm || cache.sizes[0] >= b, std::string(name) + " must have a batch of kv's at least");
    OP_CHECK(norm || (cache.sizes[1] > 0 && cache.sizes[1] % lane_of(cache) == 0),
             "block_size must be 32 bytes' worth");
    OP_CHECK(!nz || d % lane_of(cache) == 0, "d must be a multiple of 32 bytes in the NZ modes");
    return {};
  };
  NPU_TRY(cache_fits("k_cache", k_cache, dk, k_rope_scale, k_rope_offset));
  NPU_TRY(cache_fits("ckv_cache", ckv_cache, dv, c_kv_scale, c_kv_offset));
  OP_CHECK(norm || k_cache.sizes[1] == ckv_cache.sizes[1], "both caches must have one block_size");
  const int64_t slot_count = k_cache.sizes[norm ? 2 : 1];  // of a block, or of a sequence
  OP_CHECK(!norm || ckv_cache.sizes[2] == slot_count, "both caches must have as many places");
  if (norm) NPU_TRY(is("index", index, {b, s}, ACL_INT64));
  else NPU_TRY(is("index", index, {blk ? b * ((s + slot_count - 1) / slot_count) : b * s}, ACL_INT64));
  if (is_output_kv) {
    NPU_TRY(is("k_rope", k_rope, {b, 1, s, dk}, kv.dtype));
    NPU_TRY(is("c_kv", c_kv, {b, 1, s, dv}, kv.dtype));
  }
  return [=](void*) {
    const auto x = wide(kv), left = x.narrow(-1, 0, dv);
    const auto normal = left / (left.square().mean(-1, true) + epsilon).sqrt() * wide(gamma);
    const auto dealt = x.narrow(-1, dv, dk).unflatten(-1, {-1, 2}).transpose(-1, -2).flatten(-2);
    const auto halves = dealt.chunk(2, -1);
    const auto turned = dealt * wide(cos) + at::cat({-halves[1], halves[0]}, -1) * wide(sin);
    const auto slots = slots_of(aten_long(index), paging, b, s, slot_count);
    const auto store = [&](at::Tensor values, const Tensor& cache, const Tensor& scale, const Tensor& offset) {
      if (scale.defined()) values = values * aten_view(scale);
      if (offset.defined()) values = values + aten_view(offset);
      if (scale.defined()) values = values.round().clamp(-128, 127);
      const auto view = aten_view(cache);
      values = values.to(view.scalar_type()).reshape({b * s, -1});
      if (norm) return store_slots(by_slot(view, 2), slots, values);
      if (!nz) return store_slots(view, slots, values);
      const auto dense = view.contiguous();  // the descriptor's shape is another than the layout's
      const int64_t lane = lane_of(cache);
      store_slots(by_slot(dense.view({view.size(0), view.size(3) / lane, view.size(1), lane}), 2), slots, values);
      if (!view.is_contiguous()) view.copy_(dense);
    };
    store(turned, k_cache, k_rope_scale, k_rope_offset);
    store(normal, ckv_cache, c_kv_scale, c_kv_offset);
    if (!is_output_kv) return;
    copy_result(turned, k_rope);
    copy_result(normal, c_kv);
  };
}

}  // namespace npu
