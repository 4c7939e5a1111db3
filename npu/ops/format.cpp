// Matrices in the matrix unit's blocks. A tensor whose descriptor says [.., k, n] lies here as its strides say,
// whatever its format: only one whose sizes are those of the blocks lies in them.
#include "aclnnop/format.h"
#include "npu/ops/quant_matrix.h"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/matmul.h>

namespace npu {
namespace {

constexpr int64_t kBlockRows = 16;
bool is_block_width(int64_t c0) { return c0 == 2 || c0 == 4 || c0 == 8 || c0 == 16 || c0 == 32; }
int64_t blocks(int64_t size, int64_t block) { return (size + block - 1) / block; }

// [.., k, n] <-> [.., n / c0, k / 16, 16, c0], filled up with zeros
at::Tensor to_blocks(const at::Tensor& m, int64_t c0) {
  const int64_t k = m.size(-2), n = m.size(-1);
  const auto full = at::constant_pad_nd(m, {0, blocks(n, c0) * c0 - n, 0, blocks(k, kBlockRows) * kBlockRows - k});
  return full.unflatten(-1, {-1, c0}).unflatten(-3, {-1, kBlockRows}).movedim(-2, -4);
}
at::Tensor from_blocks(const at::Tensor& b, int64_t k, int64_t n) {
  return b.movedim(-4, -2).flatten(-2).flatten(-3, -2).narrow(-2, 0, k).narrow(-1, 0, n);
}
bool are_blocks_of(const Tensor& b, int64_t k, int64_t n) {
  if (b.dims < 4) return false;
  const int64_t* last = b.sizes + b.dims - 4;
  return last[2] == kBlockRows && is_block_width(last[3]) && last[1] == blocks(k, kBlockRows) &&
         last[0] == blocks(n, last[3]);
}

// The right matrix of a product [.., m, k] x [.., k, n], of `dims` dimensions or in blocks.
Status right_fits(const Tensor& left, const Tensor& right, const Tensor& out, int dims) {
  OP_GIVEN(left.defined() && right.defined() && out.defined());
  NPU_TRY(is_one_of("the left matrix", left, {ACL_FLOAT16, ACL_BF16, ACL_FLOAT}));
  NPU_TRY(is_one_of("mat2", right, {left.dtype}));
  NPU_TRY(is_one_of("out", out, {left.dtype, ACL_FLOAT}));
  OP_CHECK(left.dims == dims && out.dims == dims && (right.dims == dims || right.dims == dims + 2),
           "the matrices must have " + std::to_string(dims) + " dimensions, mat2 in blocks two more");
  const int64_t k = left.size(-1), n = out.size(-1);
  OP_CHECK(k > 1 && n > 1, "mat2 must have more than one row and column");
  OP_CHECK(out.size(-2) == left.size(-2), "out must have the left matrix's rows");
  OP_CHECK(right.dims == dims ? right.size(-2) == k && right.size(-1) == n
                              : are_blocks_of(right, k, n) || are_blocks_of(right, n, k),
           "mat2 must be [k, n], or the blocks of it or of its transpose");
  return {};
}
at::Tensor right_of(const Tensor& left, const Tensor& right, const Tensor& out) {
  auto m = float32(right);
  if (right.dims == out.dims) return m;
  const int64_t k = left.size(-1), n = out.size(-1);
  return are_blocks_of(right, k, n) ? from_blocks(m, k, n) : from_blocks(m, n, k).transpose(-1, -2);
}

}  // namespace

ACLNN_OP(aclnnMatmulWeightNz, self, mat2, out, cube_math_type) {
  NPU_TRY(right_fits(self, mat2, out, 2));
  return [=](void*) { copy_result(at::matmul(float32(self), right_of(self, mat2, out)), out); };
}
ACLNN_OP(aclnnBatchMatMulWeightNz, self, mat2, out, cube_math_type) {
  NPU_TRY(right_fits(self, mat2, out, 3));
  OP_CHECK(out.sizes[0] == at::infer_size({self.sizes, 1}, {mat2.sizes, 1})[0],
           "out must have the batches that self's and mat2's broadcast to");
  return [=](void*) { copy_result(at::matmul(float32(self), right_of(self, mat2, out)), out); };
}
ACLNN_OP(aclnnAddmmWeightNz, self, mat1, mat2, beta, alpha, out, cube_math_type) {
  NPU_TRY(right_fits(mat1, mat2, out, 2));
  OP_GIVEN(self.defined() && beta.defined() && alpha.defined());
  NPU_TRY(is_one_of("self", self, {mat1.dtype, ACL_FLOAT}));
  OP_CHECK(broadcasts_to(self, out), "self must broadcast to out");
  return [=](void*) {
    const auto product = at::matmul(float32(mat1), right_of(mat1, mat2, out)) * aten_scalar(alpha);
    const auto b = aten_scalar(beta);  // 0: what is in self does not matter
    copy_result(b.toDouble() == 0 ? product : product + float32(self) * b, out);
  };
}

// [n, c, d, h, w] <-> [n, d, c / c0, h, w, c0]
static bool are_channel_blocks(const Tensor& b, const Tensor& t) {
  return t.dims == 5 && b.dims == 6 && is_block_width(b.sizes[5]) && b.sizes[0] == t.sizes[0] &&
         b.sizes[1] == t.sizes[2] && b.sizes[2] == blocks(t.sizes[1], b.sizes[5]) && b.sizes[3] == t.sizes[3] &&
         b.sizes[4] == t.sizes[4];
}
static bool are_matrix_blocks(const Tensor& b, const Tensor& t) {
  return t.dims >= 2 && b.dims == t.dims + 2 && std::equal(t.sizes, t.sizes + t.dims - 2, b.sizes) &&
         are_blocks_of(b, t.size(-2), t.size(-1));
}
ACLNN_OP(aclnnNpuFormatCast, src, dst) {
  OP_GIVEN(src.defined() && dst.defined());
  OP_CHECK(src.dtype == dst.dtype, "dst must have the dtype of src");
  if (src.same_sizes(dst)) return [=](void*) { copy_result(aten_view(src), dst); };
  if (are_matrix_blocks(dst, src)) return [=](void*) { copy_result(to_blocks(aten_view(src), dst.size(-1)), dst); };
  if (are_matrix_blocks(src, dst))
    return [=](void*) { copy_result(from_blocks(aten_view(src), dst.size(-2), dst.size(-1)), dst); };
  if (are_channel_blocks(dst, src))
    return [=](void*) {
      const int64_t c0 = dst.sizes[5], missing = dst.sizes[2] * c0 - src.sizes[1];
      const auto full = at::constant_pad_nd(aten_view(src), {0, 0, 0, 0, 0, 0, 0, missing});
      copy_result(full.unflatten(1, {-1, c0}).permute({0, 3, 1, 4, 5, 2}), dst);
    };
  if (are_channel_blocks(src, dst))
    return [=](void*) {
      copy_result(aten_view(src).permute({0, 2, 5, 1, 3, 4}).flatten(1, 2).narrow(1, 0, dst.sizes[1]), dst);
    };
  return Status(ACLNN_ERR_PARAM_INVALID, "dst must have src's sizes, or one be the blocks of the other");
}

static Status size_in_format(const aclTensor* src, int format, int dtype, std::vector<int64_t>& shape) {
  OP_GIVEN(src);
  OP_CHECK(src->tag.alive(), "src was destroyed already");
  const auto element = dtype < 0 ? src->dtype : static_cast<aclDataType>(dtype);
  const auto bytes = static_cast<int64_t>(info(element).size);
  OP_CHECK(bytes > 0, "additional_dtype is no dtype of a tensor's elements");
  const int64_t c0 = 32 / bytes;
  shape = sizes(*src).vec();
  switch (format) {
    case ACL_FORMAT_ND:
    case ACL_FORMAT_NCDHW: return {};
    case ACL_FORMAT_FRACTAL_NZ: {
      OP_CHECK(src->dims >= 2 && src->dims <= kMaxDims - 2, "blocks are of matrices: 2 to 6 dimensions");
      const int64_t k = src->size(-2), n = src->size(-1);
      shape.resize(src->dims - 2);
      shape.insert(shape.end(), {blocks(n, c0), blocks(k, kBlockRows), kBlockRows, c0});
      return {};
    }
    case ACL_FORMAT_NDC1HWC0:
      OP_CHECK(src->dims == 5, "blocks of channels are of 5 dimensions");
      shape = {src->sizes[0], src->sizes[2], blocks(src->sizes[1], c0), src->sizes[3], src->sizes[4], c0};
      return {};
    default: return {ACLNN_ERR_PARAM_INVALID, "UNIMPLEMENTED: format " + std::to_string(format)};
  }
}
extern "C" ACL_API aclnnStatus aclnnNpuFormatCastCalculateSizeAndFormat(const aclTensor* src, const int dst_format,
                                                                        int additional_dtype, int64_t** dst_shape,
                                                                        uint64_t* dst_shape_size, int* actual_format) {
  std::vector<int64_t> shape;
  Status status = size_in_format(src, dst_format, additional_dtype, shape);
  if (status.ok() && (!dst_shape || !dst_shape_size || !actual_format))
    status = {ACLNN_ERR_PARAM_NULLPTR, "there is no place to write the shape or the format to"};
  if (!status.ok()) return remember({status.code(), "aclnnNpuFormatCastCalculateSizeAndFormat: " + status.text()});
  *dst_shape = new int64_t[shape.size()];
  std::copy(shape.begin(), shape.end(), *dst_shape);
  *dst_shape_size = shape.size();
  *actual_format = dst_format;
  return ACL_SUCCESS;
}

}  // namespace npu
