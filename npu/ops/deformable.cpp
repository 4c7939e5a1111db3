// Convolution whose kernel reads at places of its own, each with an offset and a weight. Computed in float32.
#include "aclnnop/detection.h"
#include "npu/ops/sample.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/stack.h>

namespace npu {
namespace {

struct Shape {
  int64_t batch, channels, height, width;  // of the input
  int64_t kernel_h, kernel_w;
  int64_t out_h, out_w;
  int64_t groups, deformable_groups;
  IntArray stride, padding, dilation;  // [1, 1, h, w], [top, bottom, left, right], [1, 1, h, w]

  // What the kernel reads of each channel, a tile for each output.
  std::vector<int64_t> tiles() const { return {batch, channels, out_h * kernel_h, out_w * kernel_w}; }
};

// The windows of one direction; s, d, begin and end as the arguments have them.
Status windows(int64_t in, int64_t kernel, int64_t s, int64_t d, int64_t begin, int64_t end, int64_t& out) {
  OP_CHECK(s > 0 && d > 0, "stride and dilation must be positive");
  out = in + begin + end < (kernel - 1) * d + 1 ? 0 : (in + begin + end - (kernel - 1) * d - 1) / s + 1;
  OP_CHECK(out > 0, "the kernel is larger than the padded input");
  return {};
}

Status deformable_fits(Shape& shape, const Tensor& input, const Tensor& weight, const Tensor& offset,
                       const IntArray& kernel_size, bool modulated) {
  OP_GIVEN(input.defined() && weight.defined() && offset.defined());
  OP_CHECK(input.dtype == ACL_FLOAT || input.dtype == ACL_FLOAT16 || input.dtype == ACL_BF16,
           "the input must be float32, float16 or bfloat16");
  OP_CHECK(input.dims == 4 && weight.dims == 4, "input and weight must have 4 dimensions");
  OP_CHECK(input.numel() > 0 && weight.numel() > 0, "input and weight must not be empty");
  OP_CHECK(modulated, "UNSUPPORTED: modulated false; the offsets hold weights as well");
  OP_CHECK(
      kernel_size.size() == 2 && shape.stride.size() == 4 && shape.padding.size() == 4 && shape.dilation.size() == 4,
      "kernel_size has 2 numbers; stride, padding and dilation have 4");
  OP_CHECK(shape.stride[0] == 1 && shape.stride[1] == 1 && shape.dilation[0] == 1 && shape.dilation[1] == 1,
           "stride and dilation must be 1 for the batch and the channels");
  shape.batch = input.sizes[0], shape.channels = input.sizes[1];
  shape.height = input.sizes[2], shape.width = input.sizes[3];
  shape.kernel_h = kernel_size[0], shape.kernel_w = kernel_size[1];
  OP_CHECK(shape.groups > 0 && shape.deformable_groups > 0 && shape.channels % shape.groups == 0 &&
               weight.sizes[0] % shape.groups == 0 && shape.channels % shape.deformable_groups == 0,
           "groups must divide the channels of input and output, deformable_groups those of the input");
  const int64_t taps = shape.kernel_h * shape.kernel_w, depth = shape.channels / shape.groups;
  NPU_TRY(is("weight", weight, {weight.sizes[0], depth, shape.kernel_h, shape.kernel_w}, input.dtype));
  OP_CHECK(taps <= 2048 && taps * depth <= 65535,
           "the kernel must have at most 2048 places, and 65535 with its channels");
  NPU_TRY(windows(shape.height, shape.kernel_h, shape.stride[2], shape.dilation[2], shape.padding[0], shape.padding[1],
                  shape.out_h));
  NPU_TRY(windows(shape.width, shape.kernel_w, shape.stride[3], shape.dilation[3], shape.padding[2], shape.padding[3],
                  shape.out_w));
  return is("offset", offset, {shape.batch, 3 * shape.deformable_groups * taps, shape.out_h, shape.out_w}, input.dtype);
}

// One of the three parts of the offsets, as the tiles lie: [n * groups, out_h * kernel_h, out_w * kernel_w].
at::Tensor tiled(const Shape& s, const at::Tensor& part) {
  return part.permute({0, 1, 4, 2, 5, 3}).reshape({-1, s.out_h * s.kernel_h, s.out_w * s.kernel_w});
}
at::Tensor untiled(const Shape& s, const at::Tensor& t) {
  return t.reshape({s.batch, s.deformable_groups, s.out_h, s.kernel_h, s.out_w, s.kernel_w})
      .permute({0, 1, 3, 5, 2, 4});
}

// Where an undisturbed kernel reads, and how far the offsets move it: x, then y, then a weight for what is read.
struct Points { at::Tensor x, y, weight; };
Points points(const Shape& s, const Tensor& offset) {
  const auto parts =
      wide(offset).reshape({s.batch, 3, s.deformable_groups, s.kernel_h, s.kernel_w, s.out_h, s.out_w}).unbind(1);
  const auto y = at::arange(s.out_h).reshape({1, -1}) * s.stride[2] - s.padding[0] +
                 at::arange(s.kernel_h).reshape({-1, 1}) * s.dilation[2];  // [kernel_h, out_h]
  const auto x = at::arange(s.out_w).reshape({1, -1}) * s.stride[3] - s.padding[2] +
                 at::arange(s.kernel_w).reshape({-1, 1}) * s.dilation[3];
  return {tiled(s, parts[0] + x.reshape({1, s.kernel_w, 1, s.out_w})),
          tiled(s, parts[1] + y.reshape({s.kernel_h, 1, s.out_h, 1})), tiled(s, parts[2])};
}
// The channels of a deformable group go together.
at::Tensor by_group(const Shape& s, const at::Tensor& t) {
  return t.reshape({s.batch * s.deformable_groups, s.channels / s.deformable_groups, t.size(2), t.size(3)});
}

}  // namespace

ACLNN_OP(aclnnDeformableConv2d, x, weight, offset, bias, kernel_size, stride, padding, dilation, groups,
         deformable_groups, modulated, out, deform_out) {
  Shape s{};
  s.groups = groups, s.deformable_groups = deformable_groups;
  s.stride = stride, s.padding = padding, s.dilation = dilation;
  NPU_TRY(deformable_fits(s, x, weight, offset, kernel_size, modulated));
  if (bias.defined()) NPU_TRY(is("bias", bias, {weight.sizes[0]}, x.dtype));
  NPU_TRY(is("out", out, {s.batch, weight.sizes[0], s.out_h, s.out_w}, x.dtype));
  if (deform_out.defined()) NPU_TRY(is("deform_out", deform_out, s.tiles(), x.dtype));
  return [=](void*) {
    const Points p = points(s, offset);
    const auto read = sample(by_group(s, wide(x)), p.x, p.y, Outside::kZero);
    const auto tiles = (read * p.weight.unsqueeze(1)).reshape(s.tiles());
    copy_result(tiles, deform_out);
    const std::vector<int64_t> tile{s.kernel_h, s.kernel_w};
    copy_result(at::convolution(tiles, wide(weight), bias.defined() ? std::optional(wide(bias)) : std::nullopt, tile,
                                {0, 0}, {1, 1}, false, {0, 0}, s.groups),
                out);
  };
}

ACLNN_OP(aclnnDeformableConv2dBackward, input, grad_output, offset_out, weight, offset, kernel_size, stride, padding,
         dilation, groups, deformable_groups, modulated, grad_input, grad_weight, grad_offset, grad_bias) {
  Shape s{};
  s.groups = groups, s.deformable_groups = deformable_groups;
  s.stride = stride, s.padding = padding, s.dilation = dilation;
  NPU_TRY(deformable_fits(s, input, weight, offset, kernel_size, modulated));
  NPU_TRY(is("grad_output", grad_output, {s.batch, weight.sizes[0], s.out_h, s.out_w}, input.dtype));
  NPU_TRY(is("offset_out", offset_out, s.tiles(), input.dtype));
  NPU_TRY(is("grad_input", grad_input, sizes(input), input.dtype));
  NPU_TRY(is("grad_weight", grad_weight, sizes(weight), input.dtype));
  NPU_TRY(is("grad_offset", grad_offset, sizes(offset), input.dtype));
  NPU_TRY(is("grad_bias", grad_bias, {weight.sizes[0]}, input.dtype));
  return [=](void*) {
    const std::vector<int64_t> tile{s.kernel_h, s.kernel_w}, bias{weight.sizes[0]};
    const auto [of_tiles, of_weight, of_bias] =
        at::convolution_backward(wide(grad_output), wide(offset_out), wide(weight), bias, tile, {0, 0}, {1, 1}, false,
                                 {0, 0}, s.groups, {true, true, true});
    copy_result(of_weight, grad_weight);
    copy_result(of_bias, grad_bias);

    const Points p = points(s, offset);
    const auto maps = by_group(s, wide(input)), grad = by_group(s, of_tiles);
    const auto read = sample(maps, p.x, p.y, Outside::kZero);
    const SampleGrads of = sample_backward(grad * p.weight.unsqueeze(1), maps, p.x, p.y, Outside::kZero);
    copy_result(of.maps.reshape(sizes(input)), grad_input);
    const auto parts = at::stack({untiled(s, of.x), untiled(s, of.y), untiled(s, (grad * read).sum(1))}, 1);
    copy_result(parts.reshape(sizes(offset)), grad_offset);
  };
}

}  // namespace npu
