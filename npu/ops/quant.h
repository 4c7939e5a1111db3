// Quantized numbers: what they are stored as, and the way there. Numbers are scaled in float32, rounded, and held to
// the range of what they become; not-a-number becomes 0. A scale or an offset is one number, one for each element of
// the last dimension or of another axis, or one for each row.
#pragma once
#include "npu/ops/check.h"

namespace npu {

at::Tensor float32(const Tensor& t);  // undefined for a tensor that is not given

// "x must be float16 or bfloat16, not int8". A tensor that is not given passes.
Status is_one_of(const char* name, const Tensor& t, std::initializer_list<aclDataType> dtypes);

// An element of the output holds `packed` numbers along the last dimension, the first in the lowest bits.
struct Quantized {
  aclDataType dtype = ACL_INT8;
  double low = -128, high = 127;
  int64_t packed = 1;
};
// How numbers are stored whose type a client names by its code, and whether `out` fits for as many as `sizes` tells.
// kPacked: int32 stands for eight int4. int4 without that: an int8 for two.
enum class Whole { kPacked, kPlain };
Status quantized_fits(const char* name, const Tensor& out, at::IntArrayRef sizes, int64_t code,
                      std::initializer_list<aclDataType> codes, Quantized& how, Whole int32 = Whole::kPacked);

// How numbers become whole: round and rint are to the nearest, halves to the even one.
Status rounding_fits(const std::string& mode);
void store(const at::Tensor& numbers, const Quantized& how, const Tensor& out, const std::string& mode = "round");
// By scales of their own, which lead back: of each row, or of what lies along `dims` (none: of all), the greatest
// magnitude becomes the greatest that can be stored.
void store_dynamic(const at::Tensor& numbers, const Quantized& how, const Tensor& out, const Tensor& scale,
                   at::IntArrayRef dims = {-1});
at::Tensor unpacked(const at::Tensor& packed);  // eight int4 of each int32, as int64

// t has one element, or as many as x along `axis`, or x's dimensions with 1 for all others.
Status lies_along(const char* name, const Tensor& t, const Tensor& x, int64_t axis);
at::Tensor along(const Tensor& t, const Tensor& x, int64_t axis);  // as float32, to broadcast with x

// Rows that belong to groups: where each group's rows end, or how many they are. Of t, each row's group's.
at::Tensor of_rows(const at::Tensor& t, const Tensor& groups, bool counts, int64_t rows);

// The sizes without the last dimension: one number for each row.
inline at::IntArrayRef row_sizes(const Tensor& t) { return sizes(t).slice(0, t.dims - 1); }

// A scale as the matrix unit takes it, made by aclnnTransQuantParam: a float32 without its 13 lowest bits in the lower
// half, and an offset of 9 bits from bit 37 on.
at::Tensor unit_scale(const at::Tensor& words);
at::Tensor unit_offset(const at::Tensor& words);
inline bool is_unit_scale(const Tensor& t) { return t.dtype == ACL_INT64 || t.dtype == ACL_UINT64; }

}  // namespace npu
