// Making, joining, padding and rearranging tensors.
#include "aclnnop/shape.h"
#include "npu/ops/check.h"

#include <ATen/ops/_chunk_cat_ops.h>
#include <ATen/ops/affine_grid_generator_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/arange_ops.h>
#include <ATen/ops/cat_meta_dispatch.h>
#include <ATen/ops/cat_ops.h>
#include <ATen/ops/col2im_ops.h>
#include <ATen/ops/constant_pad_nd_ops.h>
#include <ATen/ops/copy_ops.h>
#include <ATen/ops/eye_ops.h>
#include <ATen/ops/flip_ops.h>
#include <ATen/ops/im2col_ops.h>
#include <ATen/ops/linspace_ops.h>
#include <ATen/ops/logspace_ops.h>
#include <ATen/ops/native_channel_shuffle_ops.h>
#include <ATen/ops/range_ops.h>
#include <ATen/ops/reflection_pad1d_backward_ops.h>
#include <ATen/ops/reflection_pad1d_meta_dispatch.h>
#include <ATen/ops/reflection_pad1d_ops.h>
#include <ATen/ops/reflection_pad2d_backward_ops.h>
#include <ATen/ops/reflection_pad2d_ops.h>
#include <ATen/ops/reflection_pad3d_backward_ops.h>
#include <ATen/ops/reflection_pad3d_meta_dispatch.h>
#include <ATen/ops/reflection_pad3d_ops.h>
#include <ATen/ops/repeat_interleave_ops.h>
#include <ATen/ops/repeat_ops.h>
#include <ATen/ops/replication_pad1d_backward_ops.h>
#include <ATen/ops/replication_pad1d_meta_dispatch.h>
#include <ATen/ops/replication_pad1d_ops.h>
#include <ATen/ops/replication_pad2d_backward_ops.h>
#include <ATen/ops/replication_pad2d_meta_dispatch.h>
#include <ATen/ops/replication_pad2d_ops.h>
#include <ATen/ops/replication_pad3d_backward_ops.h>
#include <ATen/ops/replication_pad3d_meta_dispatch.h>
#include <ATen/ops/replication_pad3d_ops.h>
#include <ATen/ops/roll_ops.h>
#include <ATen/ops/stack_ops.h>
#include <ATen/ops/tril_meta_dispatch.h>
#include <ATen/ops/tril_ops.h>
#include <ATen/ops/triu_meta_dispatch.h>
#include <ATen/ops/triu_ops.h>
#include <ATen/ops/unfold_backward_ops.h>
#include <ATen/ops/zeros.h>

namespace npu {
namespace {

Status one_dim(const Tensor& out, int64_t size) {
  OP_GIVEN(out.defined());
  OP_CHECK(out.dims == 1 && out.sizes[0] == size, "out must have the shape [" + std::to_string(size) + "]");
  return {};
}
// How many numbers from start to end, end itself left out or (range) not.
int64_t steps(const Scalar& start, const Scalar& end, const Scalar& step, bool with_end) {
  const double count = (end.to_double() - start.to_double()) / step.to_double();
  return static_cast<int64_t>(with_end ? std::floor(count) + 1 : std::ceil(count));
}
Status makes_steps(const Scalar& start, const Scalar& end, const Scalar& step, bool with_end, const Tensor& out) {
  OP_GIVEN(start.defined() && end.defined() && step.defined());
  OP_CHECK(step.to_double() != 0, "step must not be zero");
  const int64_t count = steps(start, end, step, with_end);
  OP_CHECK(count >= 0, "step leads away from end");
  OP_GIVEN(out.defined());
  OP_CHECK(out.numel() == count, "out must have " + std::to_string(count) + " elements");
  return {};
}
Status same_shape(const Tensor& self, const Tensor& out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  return {};
}

}  // namespace

ACLNN_OP(aclnnArange, start, end, step, out) {
  NPU_TRY(makes_steps(start, end, step, false, out));
  if (out.dims == 1) return aten<at::_ops::arange_start_out>(start, end, step, out);
  return [=](void*) {
    const auto numbers = at::arange(aten_scalar(start), aten_scalar(end), aten_scalar(step), aten_view(out).options());
    copy_result(numbers.view(sizes(out)), out);
  };
}
ACLNN_OP(aclnnRange, start, end, step, out) {
  NPU_TRY(makes_steps(start, end, step, true, out));
  OP_CHECK(out.dims == 1, "out must have one dimension");
  return aten<at::_ops::range_out>(start, end, step, out);
}
ACLNN_OP(aclnnLinspace, start, end, steps, out) {
  NPU_TRY(one_dim(out, steps));
  return aten<at::_ops::linspace_out>(start, end, steps, out);
}
ACLNN_OP(aclnnLogSpace, start, end, steps, base, out) {
  NPU_TRY(one_dim(out, steps));
  return aten<at::_ops::logspace_out>(start, end, steps, base, out);
}
ACLNN_OP(aclnnEye, n, m, out) {
  OP_GIVEN(out.defined());
  OP_CHECK(out.dims == 2 && out.sizes[0] == n && out.sizes[1] == m, "out must be [n, m]");
  return aten<at::_ops::eye_m_out>(n, m, out);
}

ACLNN_OP(aclnnCat, tensors, dim, out) { return checked<at::_ops::cat_out, at::meta::cat_outf>(tensors, dim, out); }
// Each tensor as num_chunks rows, the last of them filled up with zeros; the rows side by side.
ACLNN_OP(aclnnChunkCat, tensors, dim, num_chunks, out) {
  OP_CHECK(!tensors.empty(), "there must be a tensor");
  OP_CHECK(dim == 0, "UNSUPPORTED: a dim other than 0");
  OP_CHECK(num_chunks > 0, "num_chunks must be positive");
  int64_t columns = 0;
  for (const Tensor& t : tensors) {
    OP_GIVEN(t.defined());
    OP_CHECK(t.dtype == ACL_FLOAT || t.dtype == ACL_FLOAT16 || t.dtype == ACL_BF16,
             "the tensors must be float32, float16 or bfloat16");
    OP_CHECK(t.dtype == tensors[0].dtype, "the tensors must have one dtype");
    OP_CHECK(t.dims > 0 && t.numel() > 0, "a tensor must have a dimension and an element");
    columns += (t.sizes[0] + num_chunks - 1) / num_chunks * (t.numel() / t.sizes[0]);
  }
  NPU_TRY(holds("out", out, {num_chunks, columns}, tensors[0].dtype));
  OP_CHECK(info(out.dtype).size % info(tensors[0].dtype).size == 0, "out must not have a shorter dtype");
  return copied<at::_ops::_chunk_cat>({out}, tensors, dim, num_chunks);
}
ACLNN_OP(aclnnStack, tensors, dim, out) {
  OP_GIVEN(out.defined());
  OP_CHECK(!tensors.empty() && tensors[0].defined(), "there must be a tensor or more");
  const Tensor& first = tensors[0];
  const int64_t at = dim < 0 ? dim + first.dims + 1 : dim;
  OP_CHECK(at >= 0 && at <= first.dims && out.dims == first.dims + 1, "there is no such dimension");
  for (const Tensor& t : tensors) OP_CHECK(t.same_sizes(first), "the tensors must have one shape");
  for (int i = 0, j = 0; i < out.dims; ++i)
    OP_CHECK(out.sizes[i] == (i == at ? static_cast<int64_t>(tensors.size()) : first.sizes[j++]),
             "out must have the tensors' shape with their number at dim");
  return aten<at::_ops::stack_out>(tensors, dim, out);
}
ACLNN_OP(aclnnSplitWithSize, self, split_sizes, dim, out) {
  OP_GIVEN(self.defined());
  OP_CHECK(self.dims > 0 && self.has_dim(dim), "there is no such dimension");
  OP_CHECK(split_sizes.size() == out.size(), "there must be an output for each size");
  int64_t begin = 0;
  std::vector<Tensor> parts;
  for (size_t i = 0; i < out.size(); ++i) {
    Tensor part = self;
    const int64_t at = self.wrap(dim);
    part.sizes[at] = split_sizes[i];
    part.data = static_cast<char*>(self.data) + begin * self.strides[at] * static_cast<int64_t>(info(self.dtype).size);
    begin += split_sizes[i];
    NPU_TRY(kind_fits(self.dtype, out[i]));
    OP_CHECK(split_sizes[i] >= 0 && part.same_sizes(out[i]),
             "an output must have the shape of self with its size at dim");
    parts.push_back(part);
  }
  OP_CHECK(begin == self.size(dim), "the sizes must add up to the dimension's");
  return each<at::_ops::copy_>(out, parts, false);
}

ACLNN_OP(aclnnConstantPadNd, self, pad, value, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(pad.size() % 2 == 0 && static_cast<int>(pad.size() / 2) <= self.dims,
           "pad has two numbers a dimension, from the last");
  Tensor expected = self;
  for (size_t i = 0; i < pad.size() / 2; ++i) expected.sizes[self.dims - 1 - i] += pad[2 * i] + pad[2 * i + 1];
  OP_CHECK(expected.same_sizes(out), "out must have the padded shape, " + text(expected));
  return copied<at::_ops::constant_pad_nd>({out}, self, pad, value);
}
#define PAD(name, kernel)                                                                        \
  ACLNN_OP(aclnn##name, self, padding, out) {                                                    \
    return checked<at::_ops::kernel##_out, at::meta::kernel##_symint_outf>(self, padding, out);  \
  }                                                                                              \
  ACLNN_OP(aclnn##name##Backward, grad_output, self, padding, grad_input) {                      \
    NPU_TRY(same_shape(self, grad_input));                                                       \
    return aten<at::_ops::kernel##_backward_grad_input>(grad_output, self, padding, grad_input); \
  }
PAD(ReflectionPad1d, reflection_pad1d)
PAD(ReflectionPad3d, reflection_pad3d)
PAD(ReplicationPad1d, replication_pad1d)
PAD(ReplicationPad2d, replication_pad2d)
PAD(ReplicationPad3d, replication_pad3d)
// ATen has no Meta kernel for this one.
ACLNN_OP(aclnnReflectionPad2d, self, padding, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK((self.dims == 3 || self.dims == 4) && padding.size() == 4,
           "self must have 3 or 4 dimensions, padding 4 numbers");
  Tensor expected = self;
  for (int i = 0; i < 2; ++i) {
    int64_t& size = expected.sizes[self.dims - 1 - i];
    OP_CHECK(padding[2 * i] < size && padding[2 * i + 1] < size, "padding must be less than the dimension it pads");
    size += padding[2 * i] + padding[2 * i + 1];
  }
  OP_CHECK(expected.same_sizes(out), "out must have the padded shape, " + text(expected));
  return aten<at::_ops::reflection_pad2d_out>(self, padding, out);
}
ACLNN_OP(aclnnReflectionPad2dBackward, grad_output, self, padding, grad_input) {
  NPU_TRY(same_shape(self, grad_input));
  return aten<at::_ops::reflection_pad2d_backward_grad_input>(grad_output, self, padding, grad_input);
}

ACLNN_OP(aclnnFlip, self, dims, out) {
  NPU_TRY(same_shape(self, out));
  uint32_t seen = 0;
  for (int64_t dim : dims) {
    OP_CHECK(self.has_dim(dim), "there is no dimension " + std::to_string(dim));
    const uint32_t bit = 1u << self.wrap(dim);
    OP_CHECK(!(seen & bit), "dim " + std::to_string(self.wrap(dim)) + " appears multiple times in the list of dims");
    seen |= bit;
  }
  return copied<at::_ops::flip>({out}, self, dims);
}
ACLNN_OP(aclnnRoll, self, shifts, dims, out) {
  NPU_TRY(same_shape(self, out));
  return copied<at::_ops::roll>({out}, self, shifts, dims);
}
ACLNN_OP(aclnnRepeat, self, repeats, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(static_cast<int>(repeats.size()) == out.dims && out.dims >= self.dims,
           "out must have a dimension for each repeat");
  for (int i = 0; i < out.dims; ++i) {
    const int at = i - (out.dims - self.dims);
    OP_CHECK(repeats[i] >= 0 && out.sizes[i] == repeats[i] * (at < 0 ? 1 : self.sizes[at]),
             "out must have self's sizes times the repeats");
  }
  return copied<at::_ops::repeat>({out}, self, repeats);
}

// output_size, when it is not negative, spares the look at the repeats.
static std::optional<c10::SymInt> known(int64_t output_size) {
  return output_size < 0 ? std::nullopt : std::optional(c10::SymInt(output_size));
}
static std::optional<int64_t> no_dim() { return std::nullopt; }
ACLNN_OP(aclnnRepeatInterleave, self, repeats, output_size, out) {
  OP_GIVEN(self.defined() && repeats.defined());
  OP_CHECK(repeats.numel() == 1 || repeats.numel() == self.numel(), "there must be a repeat for each element of self");
  NPU_TRY(holds("out", out, {output_size}, self.dtype));
  return copied<at::_ops::repeat_interleave_self_Tensor>({out}, self, Long{repeats}, no_dim(), known(output_size));
}
ACLNN_OP(aclnnRepeatInterleaveWithDim, self, repeats, dim, output_size, out) {
  OP_GIVEN(self.defined() && repeats.defined());
  OP_CHECK(self.dims > 0 && self.has_dim(dim), "there is no such dimension");
  OP_CHECK(repeats.numel() == 1 || repeats.numel() == self.size(dim),
           "there must be a repeat for each place along dim");
  Tensor expected = self;
  expected.sizes[self.wrap(dim)] = output_size;
  NPU_TRY(holds("out", out, sizes(expected), self.dtype));
  return copied<at::_ops::repeat_interleave_self_Tensor>({out}, self, Long{repeats}, std::optional(dim),
                                                         known(output_size));
}
ACLNN_OP(aclnnRepeatInterleaveInt, self, repeats, output_size, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(repeats >= 0 && out.dims == 1 && out.sizes[0] == self.numel() * repeats, "out must be [elements * repeats]");
  return copied<at::_ops::repeat_interleave_self_int>({out}, self, repeats, no_dim(), known(output_size));
}
ACLNN_OP(aclnnRepeatInterleaveIntWithDim, self, repeats, dim, output_size, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.has_dim(dim) && repeats >= 0, "there is no such dimension");
  Tensor expected = self;
  if (self.dims) expected.sizes[self.wrap(dim)] *= repeats;
  OP_CHECK(self.dims == 0 || expected.same_sizes(out), "out must have the shape " + text(expected));
  return copied<at::_ops::repeat_interleave_self_int>({out}, self, repeats, std::optional(dim), known(output_size));
}
ACLNN_OP(aclnnRepeatInterleaveTensor, repeats, total, out) {
  NPU_TRY(one_dim(out, total));
  return copied<at::_ops::repeat_interleave_Tensor>({out}, repeats, known(total));
}
// The gradient of an element is the sum over its copies.
ACLNN_OP(aclnnRepeatInterleaveGrad, grad, repeats, dim, out) {
  OP_GIVEN(grad.defined() && repeats.defined() && out.defined());
  OP_CHECK(grad.dims > 0 && grad.has_dim(dim) && out.dims == grad.dims, "out must have the dimensions of grad");
  OP_CHECK(repeats.numel() == 1 || repeats.numel() == out.size(dim),
           "there must be a repeat for each of out's elements along dim");
  NPU_TRY(kind_fits(grad.dtype, out));
  return [=](void*) {
    const auto from = aten_view(grad);
    auto counts = aten_long(repeats).flatten();
    if (counts.numel() == 1) counts = counts.expand({out.sizes[out.wrap(dim)]});
    auto sums = at::zeros(aten_view(out).sizes(), from.options());
    copy_result(sums.index_add_(dim, at::_ops::repeat_interleave_Tensor::call(counts, std::nullopt), from), out);
  };
}

ACLNN_OP(aclnnTril, self, diagonal, out) {
  return checked<at::_ops::tril_out, at::meta::tril_symint_outf>(self, diagonal, out);
}
ACLNN_OP(aclnnTriu, self, diagonal, out) {
  return checked<at::_ops::triu_out, at::meta::triu_symint_outf>(self, diagonal, out);
}
ACLNN_OP(aclnnInplaceTril, self, diagonal) {
  return checked<at::_ops::tril_out, at::meta::tril_symint_outf>(self, diagonal, self);
}
ACLNN_OP(aclnnInplaceTriu, self, diagonal) {
  return checked<at::_ops::triu_out, at::meta::triu_symint_outf>(self, diagonal, self);
}

ACLNN_OP(aclnnIm2col, self, kernel_size, dilation, padding, stride, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.dims == 3 || self.dims == 4, "self must have 3 or 4 dimensions");
  OP_CHECK(kernel_size.size() == 2 && dilation.size() == 2 && padding.size() == 2 && stride.size() == 2,
           "kernel_size, dilation, padding and stride have two numbers each");
  std::vector<int64_t> expected(self.sizes, self.sizes + self.dims - 3);
  int64_t places = 1;
  for (int i = 0; i < 2; ++i) {
    OP_CHECK(kernel_size[i] > 0 && dilation[i] > 0 && stride[i] > 0 && padding[i] >= 0,
             "kernel_size, dilation and stride must be positive, padding not negative");
    const int64_t room = self.size(i - 2) + 2 * padding[i] - dilation[i] * (kernel_size[i] - 1) - 1;
    OP_CHECK(room >= 0, "the kernel is larger than the padded image");
    places *= room / stride[i] + 1;
  }
  expected.push_back(self.size(-3) * kernel_size[0] * kernel_size[1]);
  expected.push_back(places);
  NPU_TRY(holds("out", out, expected, self.dtype));
  return aten<at::_ops::im2col_out>(self, kernel_size, dilation, padding, stride, out);
}
ACLNN_OP(aclnnIm2colBackward, self, output_size, kernel_size, dilation, padding, stride, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK((self.dims == 2 || self.dims == 3) && out.dims == self.dims + 1,
           "self must have 2 or 3 dimensions, out one more");
  OP_CHECK(
      output_size.size() == 2 && out.sizes[out.dims - 2] == output_size[0] && out.sizes[out.dims - 1] == output_size[1],
      "out's last sizes must be output_size");
  return aten<at::_ops::col2im_out>(self, output_size, kernel_size, dilation, padding, stride, out);
}
ACLNN_OP(aclnnUnfoldGrad, grad_in, input_sizes, dim, size, step, out) {
  OP_GIVEN(out.defined());
  OP_CHECK(
      static_cast<int>(input_sizes.size()) == out.dims && std::equal(input_sizes.begin(), input_sizes.end(), out.sizes),
      "out must have the shape input_sizes");
  return copied<at::_ops::unfold_backward>({out}, grad_in, input_sizes, dim, size, step);
}
ACLNN_OP(aclnnChannelShuffle, self, groups, out) {
  NPU_TRY(same_shape(self, out));
  OP_CHECK(self.dims >= 3 && groups > 0 && self.sizes[1] % groups == 0,
           "groups must divide the channels of 3 dimensions or more");
  return copied<at::_ops::native_channel_shuffle>({out}, self, groups);
}
// A permutation before or after a change of shape.
ACLNN_OP(aclnnConfusionTranspose, self, perm, shape, transpose_first, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.numel() == out.numel(), "out must have as many elements as self");
  NPU_TRY(kind_fits(self.dtype, out));
  return [=](void*) {
    const auto from = aten_view(self);
    copy_result(transpose_first ? from.permute(perm).reshape(shape) : from.reshape(shape).permute(perm), out);
  };
}
ACLNN_OP(aclnnAffineGrid, theta, size, align_corners, out) {
  OP_GIVEN(theta.defined() && out.defined());
  OP_CHECK(size.size() == 4 || size.size() == 5, "size must have 4 or 5 numbers");
  const int64_t dims = static_cast<int64_t>(size.size()) - 2;
  OP_CHECK(theta.dims == 3 && theta.sizes[0] == size[0] && theta.sizes[1] == dims && theta.sizes[2] == dims + 1,
           "theta must have a matrix for each of the batch");
  std::vector<int64_t> expected{size[0]};
  expected.insert(expected.end(), size.begin() + 2, size.end());
  expected.push_back(dims);
  NPU_TRY(holds("out", out, expected, theta.dtype));
  return copied<at::_ops::affine_grid_generator>({out}, theta, size, align_corners);
}

ACLNN_OP(aclnnPermute, self, dims, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(static_cast<int>(dims.size()) == self.dims, "dims must name each dimension of self");
  std::vector<int64_t> expected;
  uint32_t seen = 0;
  for (const int64_t dim : dims) {
    OP_CHECK(self.has_dim(dim) && !(seen & 1u << self.wrap(dim)), "dims must name each dimension of self once");
    seen |= 1u << self.wrap(dim);
    expected.push_back(self.size(dim));
  }
  NPU_TRY(holds("out", out, expected, self.dtype));
  return [=](void*) { aten_view(out).copy_(aten_view(self).permute(dims)); };
}
ACLNN_OP(aclnnSlice, self, dim, start, end, step, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(self.dims > 0 && self.has_dim(dim), "there is no such dimension");
  OP_CHECK(step > 0, "step must be positive");
  const int64_t size = self.size(dim);
  const auto place = [size](int64_t i) { return std::clamp(i < 0 ? i + size : i, int64_t{0}, size); };
  const int64_t from = place(start), to = std::max(place(end), from);
  std::vector<int64_t> expected(self.sizes, self.sizes + self.dims);
  expected[self.wrap(dim)] = (to - from + step - 1) / step;
  NPU_TRY(holds("out", out, expected, self.dtype));
  return [=](void*) { aten_view(out).copy_(aten_view(self).slice(dim, from, to, step)); };
}

}  // namespace npu
