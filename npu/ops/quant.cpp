#include "aclnnop/quant.h"
#include "npu/ops/quant.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bitwise_and.h>
#include <ATen/ops/searchsorted.h>

#include <limits>

namespace npu {

at::Tensor float32(const Tensor& t) { return t.defined() ? aten_view(t).to(at::kFloat) : at::Tensor(); }

Status is_one_of(const char* name, const Tensor& t, std::initializer_list<aclDataType> dtypes) {
  if (!t.defined()) return {};
  std::string wanted;
  for (aclDataType dtype : dtypes) {
    if (t.dtype == dtype) return {};
    wanted += (wanted.empty() ? "" : " or ") + std::string(info(dtype).name);
  }
  return {ACLNN_ERR_PARAM_INVALID, std::string(name) + " must be " + wanted + ", not " + info(t.dtype).name};
}

static Status storage(int64_t code, Whole int32, Quantized& how) {
  switch (code) {
    case ACL_INT8: how = {ACL_INT8, -128, 127}; return {};
    case ACL_UINT8: how = {ACL_UINT8, 0, 255}; return {};
    case ACL_INT4: how = {ACL_INT8, -8, 7, 2}; return {};
    case ACL_INT32:
      if (int32 == Whole::kPacked) how = {ACL_INT32, -8, 7, 8};
      else how = {ACL_INT32, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
      return {};
    case ACL_FLOAT8_E4M3FN: how = {ACL_FLOAT8_E4M3FN, -448, 448}; return {};
    case ACL_FLOAT8_E5M2: how = {ACL_FLOAT8_E5M2, -57344, 57344}; return {};
    default:
      return {ACLNN_ERR_PARAM_INVALID, "UNIMPLEMENTED: nothing is quantized to dtype " + std::to_string(code) + " yet"};
  }
}

Status quantized_fits(const char* name, const Tensor& out, at::IntArrayRef sizes, int64_t code,
                      std::initializer_list<aclDataType> codes, Quantized& how, Whole int32) {
  OP_CHECK(std::find(codes.begin(), codes.end(), code) != codes.end(),
           "numbers of dtype " + std::to_string(code) + " are not what this operator quantizes to");
  NPU_TRY(storage(code, int32, how));
  auto wanted = sizes.vec();
  if (how.packed > 1) {
    OP_CHECK(!wanted.empty() && wanted.back() % how.packed == 0,
             "the last dimension must be a multiple of " + std::to_string(how.packed) + ": so many int4 are packed");
    wanted.back() /= how.packed;
  }
  if (!out.defined()) return {ACLNN_ERR_PARAM_NULLPTR, std::string(name) + " is null"};
  NPU_TRY(is_one_of(name, out, {how.dtype}));
  return holds(name, out, wanted, how.dtype);
}

Status rounding_fits(const std::string& mode) {
  OP_CHECK(mode == "round" || mode == "rint" || mode == "floor" || mode == "ceil" || mode == "trunc",
           "the rounding must be round, rint, floor, ceil or trunc");
  return {};
}
static at::Tensor rounded(const at::Tensor& x, const std::string& mode) {
  if (mode == "floor") return x.floor();
  if (mode == "ceil") return x.ceil();
  if (mode == "trunc") return x.trunc();
  return x.round();
}

static at::Tensor nibble_shifts(int64_t count) { return at::arange(count, at::kLong) * 4; }
static at::Tensor packed(const at::Tensor& whole, const Quantized& how) {
  const auto nibbles = at::bitwise_and(whole.to(at::kLong), 15).unflatten(-1, {-1, how.packed});
  return nibbles.bitwise_left_shift(nibble_shifts(how.packed)).sum(-1).to(aten_dtype(how.dtype));
}
at::Tensor unpacked(const at::Tensor& packed) {
  const auto nibbles = packed.to(at::kLong).unsqueeze(-1).bitwise_right_shift(nibble_shifts(8));
  return (at::bitwise_and(nibbles, 15) + 8).remainder(16).sub(8).flatten(-2);  // two's complement of 4 bits
}

void store(const at::Tensor& numbers, const Quantized& how, const Tensor& out, const std::string& mode) {
  if (!out.defined() || !out.numel()) return;
  if (info(how.dtype).kind == Kind::kFloat) return copy_result(numbers.clamp(how.low, how.high), out);
  constexpr double kInf = std::numeric_limits<double>::infinity();
  // Float32 has no number next below 2^31.
  const auto x = how.high > 1e6 ? numbers.to(at::kDouble) : numbers;
  const auto whole = rounded(x, mode).nan_to_num(0, kInf, -kInf).clamp(how.low, how.high);
  copy_result((how.packed > 1 ? packed(whole, how) : whole.to(aten_dtype(how.dtype))), out);
}
void store_dynamic(const at::Tensor& numbers, const Quantized& how, const Tensor& out, const Tensor& scale,
                   at::IntArrayRef dims) {
  if (!numbers.numel()) return;
  const auto s = numbers.abs().amax(dims, true) / how.high;
  store(numbers / s.masked_fill(s == 0, 1), how, out);
  if (scale.defined()) copy_result(s.reshape(sizes(scale)), scale);
}

Status lies_along(const char* name, const Tensor& t, const Tensor& x, int64_t axis) {
  OP_CHECK(x.dims > 0 && x.has_dim(axis), "the axis must be one of x's");
  const int at = static_cast<int>(x.wrap(axis));
  bool fits = t.dims == 1 ? t.sizes[0] == 1 || t.sizes[0] == x.sizes[at] : t.dims == x.dims;
  for (int i = 0; fits && t.dims > 1 && i < t.dims; ++i)
    fits = t.sizes[i] == 1 || (i == at && t.sizes[i] == x.sizes[i]);
  OP_CHECK(fits, std::string(name) + " must have one element, or as many as x along the axis");
  return {};
}
at::Tensor along(const Tensor& t, const Tensor& x, int64_t axis) {
  auto shape = std::vector<int64_t>(x.dims, 1);
  shape[x.wrap(axis)] = -1;
  return float32(t).reshape(shape);
}

at::Tensor of_rows(const at::Tensor& t, const Tensor& groups, bool counts, int64_t rows) {
  auto ends = aten_long(groups);
  if (counts) ends = ends.cumsum(0);
  const auto group = at::searchsorted(ends, at::arange(rows, at::kLong), /*out_int32=*/false, /*right=*/true);
  return t.index_select(0, group.clamp_max(t.size(0) - 1));  // rows after the last group are nobody's
}

constexpr int64_t kScaleBits = 0xffffe000;
at::Tensor unit_scale(const at::Tensor& words) {
  return at::bitwise_and(words.view(at::kLong), kScaleBits).to(at::kInt).view(at::kFloat);
}
at::Tensor unit_offset(const at::Tensor& words) {
  const auto nine = at::bitwise_and(words.view(at::kLong).bitwise_right_shift(37), 0x1ff);
  return ((nine + 256).remainder(512) - 256).to(at::kFloat);
}

// A scale, and an offset, as the matrix unit takes them: see unit_scale. Bit 46 says that they are there.
static Plan unit_words(const Tensor& scale, const Tensor& offset, int64_t round_mode, const Tensor& out) {
  OP_GIVEN(scale.defined() && out.defined());
  NPU_TRY(is_one_of("scale", scale, {ACL_FLOAT}));
  NPU_TRY(is_one_of("offset", offset, {ACL_FLOAT}));
  NPU_TRY(is_one_of("out", out, {ACL_UINT64, ACL_INT64}));
  OP_CHECK(round_mode == 0 || round_mode == 1, "round_mode must be 0 (cut off) or 1 (to the nearest)");
  OP_CHECK(scale.dims == 1 || scale.dims == 2, "scale must have 1 or 2 dimensions");
  OP_CHECK(scale.numel() > 0 && (!offset.defined() || offset.numel() > 0), "scale and offset must not be empty");
  Tensor wanted = scale;
  if (offset.defined()) {
    OP_CHECK(scale.dims == 1 || scale.sizes[0] == 1, "with an offset, scale must be [n] or [1, n]");
    OP_CHECK((offset.dims == 1 || (offset.dims == 2 && offset.sizes[0] == 1)) &&
                 (offset.numel() == 1 || scale.numel() == 1 || offset.numel() == scale.numel()),
             "offset must be [1], [n] or [1, n]");
    OP_CHECK(scale.dims == 1 || scale.numel() >= offset.numel(), "offset must not be longer than a scale of [1, n]");
    if (scale.dims == 1) wanted.sizes[0] = std::max(scale.sizes[0], offset.numel());
  }
  OP_CHECK(sizes(out) == sizes(wanted), "out must have the shape " + c10::str(sizes(wanted)));
  return [=](void*) {
    auto bits = at::bitwise_and(aten_view(scale).contiguous().view(at::kInt).to(at::kLong), 0xffffffff);
    if (round_mode == 1) {  // halves to the even one; numbers below the normal ones become 0
      const auto exponent = at::bitwise_and(bits, 0x7f800000);
      const auto even = at::bitwise_and(bits.bitwise_right_shift(13), 1);
      const auto nearest = bits + 0xfff + even;
      bits = nearest.where(exponent != 0x7f800000, bits).where(exponent != 0, at::bitwise_and(bits, 0x80000000));
    }
    auto words = at::bitwise_and(bits, 0xffffe000).bitwise_or(int64_t{1} << 46);
    if (offset.defined()) {
      auto nine = at::bitwise_and(float32(offset).round().clamp(-256, 255).to(at::kLong), 0x1ff);
      words = words.reshape({-1}).bitwise_or(nine.bitwise_left_shift(37).reshape({-1})).reshape(sizes(out));
    }
    aten_view(out).view(at::kLong).copy_(words);
  };
}
ACLNN_OP(aclnnTransQuantParamV2, scale, offset, out) { return unit_words(scale, offset, 0, out); }
ACLNN_OP(aclnnTransQuantParamV3, scale, offset, round_mode, out) { return unit_words(scale, offset, round_mode, out); }

}  // namespace npu
