#include "npu/ops/quant_matrix.h"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/floor_divide.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/index.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

namespace npu {

// Transposed by its strides alone: the elements of a column are neighbours.
static bool lies_transposed(const Tensor& t) {
  const int r = t.dims - 2, c = t.dims - 1;
  return t.sizes[c] > 1 && t.strides[r] == 1 && t.strides[c] == t.sizes[r];
}
std::vector<int64_t> matrix_sizes(const Tensor& t, bool transpose) {
  auto s = sizes(t).vec();
  if (t.dtype == ACL_INT32) s[t.dims - (lies_transposed(t) ? 2 : 1)] *= 8;
  if (transpose) std::swap(s[t.dims - 1], s[t.dims - 2]);
  return s;
}
// Two int4 to a byte, the first in its lower half; any strides.
static at::Tensor nibbles(const Tensor& t) {
  auto place = at::zeros(sizes(t), at::kLong);
  int64_t last = 0;
  for (int d = 0; d < t.dims; ++d) {
    std::vector<int64_t> along(t.dims, 1);
    along[d] = t.sizes[d];
    place = place + at::arange(t.sizes[d], at::kLong).mul(t.strides[d]).view(along);
    last += (t.sizes[d] - 1) * t.strides[d];
  }
  const auto bytes = at::from_blob(t.data, {last / 2 + 1}, at::kByte);
  const auto both = bytes.index({at::floor_divide(place, 2)}).to(at::kInt);
  const auto half = at::where(place.remainder(2) == 1, both.bitwise_right_shift(4), both.bitwise_and(15));
  return (half + 8).remainder(16).sub(8).to(at::kChar);
}
at::Tensor matrix(const Tensor& t, bool transpose) {
  if (t.dtype == ACL_INT4) return transpose ? nibbles(t).transpose(-1, -2) : nibbles(t);
  auto m = aten_view(t);
  if (t.dtype == ACL_INT32) {
    const bool columns = lies_transposed(t);
    m = unpacked(columns ? m.transpose(-1, -2) : m).to(at::kChar);
    if (columns) m = m.transpose(-1, -2);
  }
  return transpose ? m.transpose(-1, -2) : m;
}

at::Tensor product(const at::Tensor& a, const at::Tensor& b) {
  const auto with = c10::isIntegralType(a.scalar_type(), false) ? at::kDouble : at::kFloat;
  return at::matmul(a.to(with), b.to(with));
}
at::Tensor scale_of(const Tensor& t) { return is_unit_scale(t) ? unit_scale(aten_view(t)) : float32(t); }
at::Tensor each_of_blocks(const at::Tensor& t, int64_t dim, int64_t block, int64_t size) {
  return block == 1 ? t : t.repeat_interleave(block, dim).narrow(dim, 0, size);
}
at::Tensor weight_of(const at::Tensor& weight, const at::Tensor& scale, const at::Tensor& offset, int64_t group,
                     at::ScalarType rounded_to) {
  const int64_t k = weight.size(-2);
  const auto each = [&](const at::Tensor& t) {
    if (t.dim() < 2 || t.size(-2) == 1) return t;
    return each_of_blocks(t, -2, group ? group : (k + t.size(-2) - 1) / t.size(-2), k);
  };
  auto w = weight.to(at::kFloat);
  if (offset.defined()) w = w + each(offset);
  return (w * each(scale)).to(rounded_to).to(at::kFloat);
}
Tensor sliced(Tensor t, int dim, int64_t from, int64_t size) {
  t.data = static_cast<char*>(t.data) + from * t.strides[dim] * static_cast<int64_t>(info(t.dtype).size);
  t.sizes[dim] = size;
  return t;
}
Tensor nth(const Tensor& t, int64_t i) {
  Tensor out = sliced(t, 0, i, 1);
  std::copy(t.sizes + 1, t.sizes + t.dims, out.sizes);
  std::copy(t.strides + 1, t.strides + t.dims, out.strides);
  --out.dims;
  return out;
}
void store_product(const at::Tensor& result, const Tensor& out) {
  if (out.dtype == ACL_INT8) store(result.to(at::kFloat), {}, out);
  else copy_result(out.dtype == ACL_INT32 ? result.to(at::kInt) : result, out);
}

Status product_fits(at::IntArrayRef a, at::IntArrayRef b, const char* name, const Tensor& out) {
  OP_CHECK(a.back() == b[b.size() - 2] && a.back() > 0, "the matrices do not fit: [m, k] and [k, n] are multiplied");
  auto wanted = at::infer_size(a.slice(0, a.size() - 2), b.slice(0, b.size() - 2));
  wanted.push_back(a[a.size() - 2]);
  wanted.push_back(b.back());
  if (!out.defined()) return {ACLNN_ERR_PARAM_NULLPTR, std::string(name) + " is null"};
  OP_CHECK(sizes(out) == at::IntArrayRef(wanted), std::string(name) + " must have the shape " + c10::str(wanted));
  return {};
}

}  // namespace npu
