// Matrices of quantized numbers, and their products: of whole numbers exactly, of others in float32.
#pragma once
#include "npu/ops/quant.h"

namespace npu {

inline bool given(const Tensor& t) { return t.defined() && t.numel() > 0; }  // clients pass empty ones for none
inline bool is_float8(const Tensor& t) { return t.dtype == ACL_FLOAT8_E4M3FN || t.dtype == ACL_FLOAT8_E5M2; }

// The matrices in a tensor's last two dimensions, their sizes as they are multiplied. An int32 holds eight int4, along
// the dimension whose elements are neighbours.
std::vector<int64_t> matrix_sizes(const Tensor& t, bool transpose);
at::Tensor matrix(const Tensor& t, bool transpose);  // int8 for packed ones
// Sizes [.., m, k] and [.., k, n], the batches broadcast, give out [.., m, n].
Status product_fits(at::IntArrayRef a, at::IntArrayRef b, const char* name, const Tensor& out);

// float64 holds every sum of products of whole numbers of 8 bits.
at::Tensor product(const at::Tensor& a, const at::Tensor& b);
inline bool is_whole(const Tensor& t) { return info(t.dtype).kind == Kind::kInteger; }

// A scale of any of its dtypes: float32, 16 bits, or the matrix unit's.
at::Tensor scale_of(const Tensor& t);
// Scales of blocks, one for `block` elements along a dimension, for each element.
at::Tensor each_of_blocks(const at::Tensor& t, int64_t dim, int64_t block, int64_t size);

// (weight + offset) * scale, for each column or for groups of `group` rows; rounded to x's dtype, as it is multiplied.
// group 0: as many as the scale's rows tell.
at::Tensor weight_of(const at::Tensor& weight, const at::Tensor& scale, const at::Tensor& offset, int64_t group,
                     at::ScalarType rounded_to);

// A part of a tensor along a dimension, and one of what its first dimension counts.
Tensor sliced(Tensor t, int dim, int64_t from, int64_t size);
Tensor nth(const Tensor& t, int64_t i);

// A result of quantized matrices: int8 is rounded and held to its range, the others are stored as they are.
void store_product(const at::Tensor& result, const Tensor& out);

}  // namespace npu
