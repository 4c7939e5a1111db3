// Rotary position embedding: pairs of numbers are turned by an angle, x * cos + rotate(x) * sin.
#include "aclnnop/rotary.h"
#include "npu/ops/fused.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <numeric>

namespace npu {
namespace {

// Which numbers are pairs: i and i + n / 2; neighbours; the same in each half of x; neighbours that are first dealt out
// into two halves.
enum Mode : int64_t { kHalf, kInterleave, kQuarter, kInterleaveHalf };

at::Tensor deal(const at::Tensor& x, int64_t mode) {
  return mode == kInterleaveHalf ? x.unflatten(-1, {-1, 2}).transpose(-1, -2).flatten(-2) : x;
}
at::Tensor gather_in(const at::Tensor& x, int64_t mode) {  // undoes deal
  return mode == kInterleaveHalf ? x.unflatten(-1, {2, -1}).transpose(-1, -2).flatten(-2) : x;
}
at::Tensor rotate(const at::Tensor& x, int64_t mode) {
  const int64_t parts = mode == kInterleave ? x.size(-1) / 2 : mode == kQuarter ? 2 : 1;
  const auto pairs = x.unflatten(-1, {parts, 2, -1});
  return at::stack({-pairs.select(-2, 1), pairs.select(-2, 0)}, -2).flatten(-3);
}
at::Tensor embed(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, int64_t mode) {
  const auto dealt = deal(x, mode);
  return dealt * cos + rotate(dealt, mode) * sin;
}

Status rotary_fits(const Tensor& x, const Tensor& cos, const Tensor& sin, int64_t mode) {
  NPU_TRY(is_real("x", x));
  OP_CHECK(mode >= kHalf && mode <= kInterleaveHalf,
           "mode must be 0 (half), 1 (interleave), 2 (quarter) or 3 (interleave-half)");
  OP_CHECK(x.dims == 3 || x.dims == 4, "x must have 3 or 4 dimensions");
  OP_CHECK(x.size(-1) > 0 && x.size(-1) <= 1024 && x.size(-1) % (mode == kQuarter ? 4 : 2) == 0,
           "the last dimension must be even, of quarter mode a multiple of 4, and at most 1024");
  OP_GIVEN(cos.defined() && sin.defined());
  OP_CHECK(cos.same_sizes(sin) && cos.dims == x.dims && cos.size(-1) == x.size(-1) && broadcasts_to(cos, x),
           "cos and sin must have one shape, that broadcasts to x in all dimensions but the last");
  OP_CHECK(cos.dtype == x.dtype && sin.dtype == x.dtype, "cos and sin must have the dtype of x");
  return {};
}

Plan rotary(const Tensor& x, const Tensor& cos, const Tensor& sin, int64_t mode, const Tensor& matrix,
            const Tensor& out) {
  NPU_TRY(rotary_fits(x, cos, sin, mode));
  NPU_TRY(is_if_given("rotate", matrix, {x.size(-1), x.size(-1)}, x.dtype));
  NPU_TRY(is("out", out, sizes(x), x.dtype));
  return [=](void*) {
    const auto from = wide(x);
    if (matrix.defined()) copy_result(from * wide(cos) + from.matmul(wide(matrix)) * wide(sin), out);
    else copy_result(embed(from, wide(cos), wide(sin), mode), out);
  };
}

}  // namespace

ACLNN_OP(aclnnRotaryPositionEmbedding, x, cos, sin, mode, out) { return rotary(x, cos, sin, mode, {}, out); }
// The rotation as a matrix, which the client made.
ACLNN_OP(aclnnRotaryPositionEmbeddingV2, x, cos, sin, mode, rotate, out) {
  return rotary(x, cos, sin, mode, rotate, out);
}
// A rotation's transpose is its negative.
ACLNN_OP(aclnnRotaryPositionEmbeddingGrad, dy, cos, sin, x, mode, dx, dcos, dsin) {
  NPU_TRY(rotary_fits(dy, cos, sin, mode));
  NPU_TRY(is("dx", dx, sizes(dy), dy.dtype));
  if (x.defined()) {
    NPU_TRY(is("x", x, sizes(dy), dy.dtype));
    NPU_TRY(is("dcos", dcos, sizes(cos), cos.dtype));
    NPU_TRY(is("dsin", dsin, sizes(sin), sin.dtype));
  }
  return [=](void*) {
    const auto grad = wide(dy);
    copy_result(gather_in(grad * wide(cos) - rotate(grad * wide(sin), mode), mode), dx);
    if (!x.defined()) return;
    const auto dealt = deal(wide(x), mode);
    copy_result((grad * dealt).sum_to_size(sizes(cos)), dcos);
    copy_result((grad * rotate(dealt, mode)).sum_to_size(sizes(sin)), dsin);
  };
}

// Query and key in place. Where cos is shorter than a head, the numbers behind stay.
static Plan apply_rotary(const Tensor& query, const Tensor& key, const Tensor& cos, const Tensor& sin, int64_t layout,
                         const std::string& rotary_mode) {
  constexpr int64_t kBSND = 1, kBNSD = 3, kTND = 4;
  OP_CHECK(layout >= kBSND && layout <= kTND, "layout must be 1 (BSND), 2 (SBND), 3 (BNSD) or 4 (TND)");
  OP_CHECK(rotary_mode == "half" || rotary_mode == "interleave" || rotary_mode == "quarter",
           "rotary_mode must be half, interleave or quarter");
  const int64_t mode = rotary_mode == "half" ? kHalf : rotary_mode == "quarter" ? kQuarter : kInterleave;
  NPU_TRY(is_real("query", query));
  OP_GIVEN(key.defined() && cos.defined() && sin.defined());
  const int dims = layout == kTND ? 3 : 4, heads = layout == kTND ? 1 : layout == kBNSD ? 1 : 2;
  OP_CHECK(query.dims == dims && key.dims == dims && cos.dims == dims && cos.same_sizes(sin),
           "query, key, cos and sin have 4 dimensions, of TND 3, and cos and sin one shape");
  for (const Tensor* t : {&key, &cos, &sin}) OP_CHECK(t->dtype == query.dtype, "all tensors must have one dtype");
  Tensor turned = query;  // what cos must broadcast to, whatever the heads
  turned.sizes[dims - 1] = cos.sizes[dims - 1];
  OP_CHECK(cos.sizes[heads] == 1 && broadcasts_to(cos, turned) && cos.sizes[dims - 1] <= query.sizes[dims - 1],
           "cos must have one head, query's other sizes, and a last dimension of query's at most");
  for (int i = 0; i < dims; ++i)
    OP_CHECK(i == heads || key.sizes[i] == query.sizes[i], "query and key may differ in their heads only");
  const int64_t size = cos.sizes[dims - 1];
  OP_CHECK(size > 0 && size <= 1024 && size % (mode == kQuarter ? 4 : 2) == 0,
           "the last dimension of cos must be even, of quarter mode a multiple of 4, and at most 1024");
  return [=](void*) {
    const auto c = wide(cos), s = wide(sin);
    for (const Tensor& t : {query, key}) {
      const auto part = aten_view(t).narrow(-1, 0, size);
      part.copy_(embed(part.to(c.scalar_type()), c, s, mode));
    }
  };
}
ACLNN_OP(aclnnApplyRotaryPosEmb, query, key, cos, sin, layout) {
  return apply_rotary(query, key, cos, sin, layout, "half");
}
ACLNN_OP(aclnnApplyRotaryPosEmbV2, query, key, cos, sin, layout, rotary_mode) {
  return apply_rotary(query, key, cos, sin, layout, rotary_mode);
}

// A head's numbers are neighbours, and stand in halves afterwards.
ACLNN_OP(aclnnInterleaveRope, x, cos, sin, out) {
  NPU_TRY(rotary_fits(x, cos, sin, kInterleaveHalf));
  OP_CHECK(x.dims == 4 && x.sizes[3] == 64, "x must be [b, n, s, 64]");
  OP_CHECK(cos.sizes[0] == x.sizes[0] && cos.sizes[1] == 1, "cos must be [b, 1, s, 64] or [b, 1, 1, 64]");
  NPU_TRY(is("out", out, sizes(x), x.dtype));
  return [=](void*) { copy_result(embed(wide(x), wide(cos), wide(sin), kInterleaveHalf), out); };
}

// cos and sin by position, from a table [positions, cos and sin]. With sections, a token has several positions, and
// each section of the pairs takes another of them.
ACLNN_OP(aclnnRopeWithSinCosCache, positions, query, key, cos_sin_cache, mrope_section, head_size, is_neox_style,
         query_out, key_out) {
  NPU_TRY(is_real("query", query));
  OP_GIVEN(positions.defined() && key.defined() && cos_sin_cache.defined());
  OP_CHECK(query.dims == 2 && key.dims == 2 && cos_sin_cache.dims == 2 && key.dtype == query.dtype &&
               cos_sin_cache.dtype == query.dtype,
           "query, key and cos_sin_cache must have 2 dimensions and one dtype");
  const int64_t tokens = query.sizes[0], pairs = cos_sin_cache.sizes[1] / 2, rotary_dim = cos_sin_cache.sizes[1];
  const int64_t align = query.dtype == ACL_FLOAT ? 16 : 32;
  OP_CHECK(head_size > 0 && head_size % align == 0 && rotary_dim > 0 && rotary_dim % align == 0,
           "head_size and the table's width must be multiples of 32, of 16 with float32");
  OP_CHECK(rotary_dim <= head_size, "the table must not be wider than a head");
  OP_CHECK(query.sizes[1] % head_size == 0 && key.sizes[1] % head_size == 0 && key.sizes[0] == tokens,
           "query and key must be [tokens, heads * head_size]");
  // {0, 0, 0} is how clients say that there are none.
  const bool sections = std::any_of(mrope_section.begin(), mrope_section.end(), [](int64_t n) { return n != 0; });
  const auto known = {IntArray{16, 24, 24}, IntArray{24, 20, 20}, IntArray{8, 12, 12}, IntArray{16, 16, 16, 16}};
  OP_CHECK(!sections || std::find(known.begin(), known.end(), mrope_section) != known.end(),
           "mrope_section must be [16, 24, 24], [24, 20, 20], [8, 12, 12] or [16, 16, 16, 16]");
  OP_CHECK(!sections || std::accumulate(mrope_section.begin(), mrope_section.end(), int64_t{0}) == pairs,
           "mrope_section must add up to half the table's width");
  if (sections) NPU_TRY(is("positions", positions, {static_cast<int64_t>(mrope_section.size()), tokens}, ACL_INT64));
  else NPU_TRY(is("positions", positions, {tokens}, ACL_INT64));
  NPU_TRY(is("query_out", query_out, sizes(query), query.dtype));
  NPU_TRY(is("key_out", key_out, sizes(key), query.dtype));
  return [=](void*) {
    const auto rows = wide(cos_sin_cache).index_select(0, aten_long(positions).view({-1}));
    auto cos = rows.narrow(-1, 0, pairs), sin = rows.narrow(-1, pairs, pairs);
    if (sections) {
      const auto pick = [&](const at::Tensor& t) {
        const auto by_position = t.view({-1, tokens, pairs});
        std::vector<at::Tensor> parts;
        for (int64_t i = 0, start = 0; i < by_position.size(0); start += mrope_section[i++])
          parts.push_back(by_position[i].narrow(-1, start, mrope_section[i]));
        return at::cat(parts, -1);
      };
      cos = pick(cos.contiguous()), sin = pick(sin.contiguous());
    }
    const int64_t mode = is_neox_style ? kHalf : kInterleave;
    const auto both = [&](const at::Tensor& t) {  // an angle for each number of a pair
      return (is_neox_style ? at::cat({t, t}, -1) : t.repeat_interleave(2, -1)).unsqueeze(1);
    };
    cos = both(cos), sin = both(sin);
    const auto turn = [&](const Tensor& from, const Tensor& to) {
      auto heads = wide(from).reshape({tokens, from.sizes[1] / head_size, head_size}).clone();
      auto part = heads.narrow(-1, 0, rotary_dim);
      part.copy_(embed(part, cos, sin, mode));
      copy_result(heads.view(sizes(from)), to);
    };
    turn(query, query_out), turn(key, key_out);
  };
}

}  // namespace npu
