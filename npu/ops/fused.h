// What the fused operators of language models share: strict dtypes, and computing in float32.
#pragma once
#include "npu/ops/check.h"

namespace npu {

// As float32, float64 as it is: the device's vector unit widens what has 16 bits, and rounds once, where it stores.
at::Tensor wide(const Tensor& t);

// A tensor, input or output, that has this shape and dtype and no other.
Status is(const char* name, const Tensor& t, at::IntArrayRef sizes, aclDataType dtype);
Status is_if_given(const char* name, const Tensor& t, at::IntArrayRef sizes, aclDataType dtype);
// float16, bfloat16 or float32.
Status is_real(const char* name, const Tensor& t);

// Rows of `rows` by number, in any order; zeros for a number that is none of theirs: what was dropped has no share.
at::Tensor pick_rows(const at::Tensor& rows, const at::Tensor& numbers);
// `count` rows of zeros, in which values[i] stands at numbers[i]; a number that is none of theirs is skipped.
at::Tensor place_rows(int64_t count, const at::Tensor& numbers, const at::Tensor& values);

}  // namespace npu
