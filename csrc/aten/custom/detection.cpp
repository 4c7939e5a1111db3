// Functions of torch_npu for detectors: features of regions, deformable convolution and its gradients.
#include "aten/row.h"

#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/detection.h"

namespace at_npu {
namespace {

at::Tensor roi_align(const at::Tensor& self, const at::Tensor& rois, double scale, int64_t height, int64_t width,
                     int64_t samples, int64_t end_mode) {
  TORCH_CHECK(self.dim() == 4 && rois.dim() == 2, "npu_roi_align: features are [n, c, h, w] and rois [n, 5], not ",
              self.sizes(), " and ", rois.sizes());
  const c10_npu::NPUGuard guard(self.device());
  auto out = make({rois.size(0), self.size(1), height, width}, self.scalar_type());
  NPU_LAUNCH(aclnnROIAlign, self, rois, static_cast<float>(scale), height, width, samples, end_mode, out);
  return out;
}
at::Tensor roi_align_backward(const at::Tensor& grad, const at::Tensor& rois, at::IntArrayRef sizes, int64_t width,
                              int64_t height, double scale, int64_t samples, std::optional<int64_t> end_mode) {
  const c10_npu::NPUGuard guard(grad.device());
  auto out = make(sizes, grad.scalar_type());
  NPU_LAUNCH(aclnnROIAlignBackward, grad, rois, sizes, width, height, static_cast<float>(scale), samples,
             end_mode.value_or(1), out);
  return out;
}

struct Window {
  at::DimVector kernel, stride, padding, dilation;
  int64_t groups, deformable_groups;
  bool modulated;
};
using Pair = std::tuple<at::Tensor, at::Tensor>;
using Four = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>;

// The convolution, and what its kernel read.
Pair deformable(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptTensor& bias,
                const Window& w) {
  TORCH_CHECK(
      input.dim() == 4 && weight.dim() == 4 && offset.dim() == 4 && w.kernel.size() == 2,
      "npu_deformable_conv2d: input, weight and offset have 4 dimensions, kernel_size has 2 numbers; got sizes ",
      input.sizes(), ", ", weight.sizes(), " and ", offset.sizes());
  const c10_npu::NPUGuard guard(input.device());
  const int64_t height = offset.size(2), width = offset.size(3);
  auto out = make({input.size(0), weight.size(0), height, width}, input.scalar_type());
  auto tiles = make({input.size(0), input.size(1), height * w.kernel[0], width * w.kernel[1]}, input.scalar_type());
  NPU_LAUNCH(aclnnDeformableConv2d, input, weight, offset, bias, w.kernel, w.stride, w.padding, w.dilation, w.groups,
             w.deformable_groups, w.modulated, out, tiles);
  return {out, tiles};
}
Four deformable_backward(const at::Tensor& input, const at::Tensor& grad, const at::Tensor& tiles,
                         const at::Tensor& weight, const at::Tensor& offset, const Window& w) {
  const c10_npu::NPUGuard guard(input.device());
  auto of_input = like(input), of_weight = like(weight), of_offset = like(offset);
  auto of_bias = make({weight.size(0)}, input.scalar_type());
  NPU_LAUNCH(aclnnDeformableConv2dBackward, input, grad, tiles, weight, offset, w.kernel, w.stride, w.padding,
             w.dilation, w.groups, w.deformable_groups, w.modulated, of_input, of_weight, of_offset, of_bias);
  return {of_input, of_weight, of_offset, of_bias};
}

Window window(at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation,
              int64_t groups, int64_t deformable_groups, bool modulated) {
  return {at::DimVector(kernel),
          at::DimVector(stride),
          at::DimVector(padding),
          at::DimVector(dilation),
          groups,
          deformable_groups,
          modulated};
}

struct Deformable : torch::autograd::Function<Deformable> {
  using Variables = torch::autograd::variable_list;
  using Context = torch::autograd::AutogradContext;
  static Variables forward(Context* context, const at::Tensor& input, const at::Tensor& weight,
                           const at::Tensor& offset, const OptTensor& bias, const Window& w) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [out, tiles] = deformable(input, weight, offset, bias, w);
    context->save_for_backward({input, weight, offset, tiles});
    context->mark_non_differentiable({tiles});
    const auto keep = [&](const char* name, const at::DimVector& x) {
      context->saved_data[name] = std::vector<int64_t>(x.begin(), x.end());
    };
    keep("kernel", w.kernel), keep("stride", w.stride), keep("padding", w.padding), keep("dilation", w.dilation);
    context->saved_data["groups"] = w.groups;
    context->saved_data["deformable_groups"] = w.deformable_groups;
    context->saved_data["modulated"] = w.modulated;
    context->saved_data["bias"] = bias && bias->defined();
    return {out, tiles};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    const auto kept = [&](const char* name) { return context->saved_data[name].toIntVector(); };
    const Window w =
        window(kept("kernel"), kept("stride"), kept("padding"), kept("dilation"), context->saved_data["groups"].toInt(),
               context->saved_data["deformable_groups"].toInt(), context->saved_data["modulated"].toBool());
    const auto [input, weight, offset, bias] = deformable_backward(saved[0], grads[0], saved[3], saved[1], saved[2], w);
    return {input, weight, offset, context->saved_data["bias"].toBool() ? bias : at::Tensor(), {}};
  }
};

template <bool kAutograd>
Pair deformable_conv2d(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset,
                       const OptTensor& bias, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding,
                       at::IntArrayRef dilation, int64_t groups, int64_t deformable_groups, bool modulated) {
  const Window w = window(kernel, stride, padding, dilation, groups, deformable_groups, modulated);
  if constexpr (!kAutograd) return deformable(input, weight, offset, bias, w);
  const auto out = Deformable::apply(input, weight, offset, bias, w);
  return {out[0], out[1]};
}
Four deformable_conv2d_backward(const at::Tensor& input, const at::Tensor& grad, const at::Tensor& tiles,
                                const at::Tensor& weight, const at::Tensor& offset, at::IntArrayRef kernel,
                                at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation,
                                int64_t groups, int64_t deformable_groups, bool modulated) {
  return deformable_backward(input, grad, tiles, weight, offset,
                             window(kernel, stride, padding, dilation, groups, deformable_groups, modulated));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def(
      "npu_roi_align(Tensor self, Tensor rois, float spatial_scale, int pooled_height, int pooled_width, "
      "int sample_num, int roi_end_mode) -> Tensor");
  m.def(
      "npu_roi_alignbk(Tensor self, Tensor rois, int[] xdiff_shape, int pooled_width, int pooled_height, "
      "float spatial_scale, int sample_num, int? roi_end_mode=None) -> Tensor");
  m.def(
      "npu_deformable_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor? bias, int[2] kernel_size, "
      "int[] stride, int[] padding, int[4] dilation=[1,1,1,1], int groups=1, int deformable_groups=1, "
      "bool modulated=True) -> (Tensor, Tensor)");
  m.def(
      "npu_deformable_conv2dbk(Tensor input, Tensor grad_output, Tensor offset_out, Tensor weight, Tensor offset, "
      "int[2] kernel_size, int[] stride, int[] padding, int[4] dilation=[1,1,1,1], int groups=1, "
      "int deformable_groups=1, bool modulated=True) -> (Tensor, Tensor, Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_roi_align", &roi_align);
  m.impl("npu_roi_alignbk", &roi_align_backward);
  m.impl("npu_deformable_conv2d", &deformable_conv2d<false>);
  m.impl("npu_deformable_conv2dbk", &deformable_conv2d_backward);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) { m.impl("npu_deformable_conv2d", &deformable_conv2d<true>); }

}  // namespace at_npu
