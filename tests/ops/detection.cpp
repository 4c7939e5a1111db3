// Detectors' operators, against their definitions written as loops.
#include "aclnnop/detection.h"
#include "case.h"

#include <numbers>

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Values = std::vector<at::IValue>;
using Mode = NotReferenced<const char*>;
static const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }

// Boxes with corners in order, [n, 4].
static at::Tensor boxes(int64_t n) {
  const auto corner = real({n, 2});
  return at::cat({corner, corner + positive({n, 2})}, 1);
}
static float overlap(const float* a, const float* b, float eps, bool foreground) {
  const float w = std::max(std::min(a[2], b[2]) + eps - std::max(a[0], b[0]), 0.f),
              h = std::max(std::min(a[3], b[3]) + eps - std::max(a[1], b[1]), 0.f);
  const float first = (a[2] - a[0] + eps) * (a[3] - a[1] + eps), second = (b[2] - b[0] + eps) * (b[3] - b[1] + eps);
  return w * h / (foreground ? second : first + second - w * h);
}
template <bool kForeground> static Results iou(const Values& in) {  // without the mode
  const auto a = t(in, 0).contiguous(), b = t(in, 1).contiguous();
  const bool aligned = in[3].toBool();
  auto out = at::empty({a.size(0), aligned ? 1 : b.size(0)});
  for (int64_t i = 0; i < out.size(0); ++i)
    for (int64_t j = 0; j < out.size(1); ++j)
      out[i][j] = overlap(a.const_data_ptr<float>() + 4 * i, b.const_data_ptr<float>() + 4 * (aligned ? i : j),
                          static_cast<float>(in[2].toDouble()), kForeground);
  return {out};
}
OP(aclnnIou, Reference(iou<false>), boxes(5), boxes(3), Mode{"iou"}, 0.01f, false, OUT)
OP(aclnnIou, Reference(iou<true>), boxes(4), boxes(4), Mode{"iof"}, 0.0f, true, OUT)

static Results ciou(const Values& in) {
  constexpr double kPi = std::numbers::pi;
  const bool centered = in[2].toBool();
  const auto a = t(in, 0).to(at::kDouble), b = t(in, 1).to(at::kDouble);
  auto out = at::empty({1, a.size(1)}), angles = at::empty({1, a.size(1)});
  const auto x = a.accessor<double, 2>(), y = b.accessor<double, 2>();
  for (int64_t i = 0; i < a.size(1); ++i) {
    const auto corners = [&](const auto& box) {
      std::array<double, 4> c{box[0][i], box[1][i], box[2][i], box[3][i]};
      if (centered) c = {c[0] - c[2] / 2, c[1] - c[3] / 2, c[0] + c[2] / 2, c[1] + c[3] / 2};
      return c;
    };
    const auto p = corners(x), g = corners(y);
    const auto common = std::max(std::min(p[2], g[2]) - std::max(p[0], g[0]), 0.) *
                        std::max(std::min(p[3], g[3]) - std::max(p[1], g[1]), 0.);
    const double pw = p[2] - p[0], ph = p[3] - p[1], gw = g[2] - g[0], gh = g[3] - g[1];
    const double value = common / (pw * ph + gw * gh - common);
    const auto square = [](double v) { return v * v; };
    const double distance = (square(p[0] + p[2] - g[0] - g[2]) + square(p[1] + p[3] - g[1] - g[3])) / 4;
    const double diagonal =
        square(std::max(p[2], g[2]) - std::min(p[0], g[0])) + square(std::max(p[3], g[3]) - std::min(p[1], g[1]));
    const double angle = std::atan(gw / gh) - std::atan(pw / ph), v = 4 / (kPi * kPi) * angle * angle;
    out[0][i] = value - distance / diagonal - v * v / (1 - value + v);
    angles[0][i] = angle;
  }
  return {out, angles};
}
OP(aclnnCIoU, Reference(ciou), boxes(1024).t(), boxes(1024).t(), false, false, Mode{"iou"}, OUT, OUT)
OP(aclnnCIoU, Reference(ciou), positive({4, 1024}), positive({4, 1024}), true, false, Mode{"iou"}, OUT, OUT)

// The four pixels around a place on a map, and what each counts.
struct Corner {
  int64_t y, x;
  float weight;
};
static std::vector<Corner> around(float y, float x) {
  const float low_y = std::floor(y), low_x = std::floor(x), ly = y - low_y, lx = x - low_x;
  const auto i = static_cast<int64_t>(low_y), j = static_cast<int64_t>(low_x);
  return {{i, j, (1 - ly) * (1 - lx)}, {i, j + 1, (1 - ly) * lx}, {i + 1, j, ly * (1 - lx)}, {i + 1, j + 1, ly * lx}};
}

// f(region, row and column of a cell, pixel, share of the cell) for all that a cell reads.
struct Pooling {
  double scale;
  int64_t height, width, samples, end_mode;
};
template <class F> static void each_pixel(const Pooling& p, const at::Tensor& rois, at::IntArrayRef map, F f) {
  const auto roi = rois.accessor<float, 2>();
  const auto height = static_cast<float>(map[2]), width = static_cast<float>(map[3]);
  for (int64_t n = 0; n < rois.size(0); ++n) {
    const double shift = p.end_mode == 2 ? 0.5 : 0, more = p.end_mode == 1 ? p.scale : 0;
    const double x0 = roi[n][1] * p.scale - shift, y0 = roi[n][2] * p.scale - shift;
    double w = roi[n][3] * p.scale - shift + more - x0, h = roi[n][4] * p.scale - shift + more - y0;
    if (p.end_mode != 2) w = std::max(w, 1.), h = std::max(h, 1.);
    const double cell_h = h / static_cast<double>(p.height), cell_w = w / static_cast<double>(p.width);
    const int64_t rows = p.samples ? p.samples : static_cast<int64_t>(std::ceil(cell_h)),
                  columns = p.samples ? p.samples : static_cast<int64_t>(std::ceil(cell_w));
    for (int64_t i = 0; i < p.height * rows; ++i)
      for (int64_t j = 0; j < p.width * columns; ++j) {
        auto y = static_cast<float>(y0 + (static_cast<double>(i) + 0.5) * cell_h / static_cast<double>(rows)),
             x = static_cast<float>(x0 + (static_cast<double>(j) + 0.5) * cell_w / static_cast<double>(columns));
        if (y < -1 || y > height || x < -1 || x > width) continue;
        y = std::clamp(y, 0.f, height - 1), x = std::clamp(x, 0.f, width - 1);
        for (const Corner& c : around(y, x))
          if (c.weight != 0) f(n, i / rows, j / columns, c, c.weight / static_cast<float>(rows * columns));
      }
  }
}
static Results roi_align(const Values& in) {
  const auto &map = t(in, 0), &rois = t(in, 1);
  const Pooling p{in[2].toDouble(), in[3].toInt(), in[4].toInt(), in[5].toInt(), in[6].toInt()};
  auto out = at::zeros({rois.size(0), map.size(1), p.height, p.width});
  each_pixel(p, rois, map.sizes(), [&](int64_t n, int64_t i, int64_t j, const Corner& c, float share) {
    out.select(0, n).select(1, i).select(1, j) += map[rois[n][0].item<int64_t>()].select(1, c.y).select(1, c.x) * share;
  });
  return {out};
}
static Results roi_align_backward(const Values& in) {
  const auto &grad = t(in, 0), &rois = t(in, 1);
  const auto sizes = in[2].toIntVector();
  const Pooling p{in[5].toDouble(), in[4].toInt(), in[3].toInt(), in[6].toInt(), in[7].toInt()};
  auto out = at::zeros(sizes);
  each_pixel(p, rois, sizes, [&](int64_t n, int64_t i, int64_t j, const Corner& c, float share) {
    out[rois[n][0].item<int64_t>()].select(1, c.y).select(1, c.x) += grad[n].select(1, i).select(1, j) * share;
  });
  return {out};
}
static const at::Tensor kMaps = real({2, 3, 6, 7}), kRois = at::tensor({0.f, -2.f, -2.f, 22.f, 22.f, 1.f, 3.f, 5.f, 4.f,
                                                                        17.f, 1.f, 20.f, 1.f, 40.f, 9.f})
                                                                .reshape({3, 5});
OP(aclnnROIAlign, Reference(roi_align), kMaps, kRois, 0.25f, int64_t{3}, int64_t{2}, int64_t{2}, int64_t{0}, OUT)
OP(aclnnROIAlign, Reference(roi_align), kMaps, kRois, 0.25f, int64_t{2}, int64_t{3}, int64_t{0}, int64_t{1}, OUT)
OP(aclnnROIAlign, Reference(roi_align), kMaps, kRois, 0.5f, int64_t{1}, int64_t{2}, int64_t{0}, int64_t{2}, OUT)
OP(aclnnROIAlignBackward, Reference(roi_align_backward), real({3, 3, 3, 2}), kRois, (Ints{2, 3, 6, 7}), int64_t{2},
   int64_t{3}, 0.25f, int64_t{2}, int64_t{1}, OUT)
OP(aclnnROIAlignBackward, Reference(roi_align_backward), real({3, 3, 2, 2}), kRois, (Ints{2, 3, 6, 7}), int64_t{2},
   int64_t{2}, 0.5f, int64_t{0}, int64_t{2}, OUT)

// Differentiable, so that it is its own reference in reverse: pixels are picked one by one.
struct Deformable {
  Ints kernel, stride, padding, dilation;
  int64_t groups, deformable_groups;
};
static at::Tensor read_tiles(const Deformable& d, const at::Tensor& x, const at::Tensor& offset) {
  const int64_t kh = d.kernel[0], kw = d.kernel[1], oh = offset.size(2), ow = offset.size(3), taps = kh * kw;
  const int64_t share = x.size(1) / d.deformable_groups;
  std::vector<at::Tensor> tiles;
  for (int64_t i = 0; i < oh * kh; ++i)
    for (int64_t j = 0; j < ow * kw; ++j) {
      std::vector<at::Tensor> channels;
      for (int64_t g = 0; g < d.deformable_groups; ++g) {
        const int64_t tap = g * taps + i % kh * kw + j % kw, all = d.deformable_groups * taps;
        const auto of = [&](int64_t part) {
          return offset.select(1, part * all + tap).select(1, i / kh).select(1, j / kw);
        };
        const auto px = of(0) + static_cast<double>(j / kw * d.stride[3] - d.padding[2] + j % kw * d.dilation[3]);
        const auto py = of(1) + static_cast<double>(i / kh * d.stride[2] - d.padding[0] + i % kh * d.dilation[2]);
        std::vector<at::Tensor> images;
        for (int64_t n = 0; n < x.size(0); ++n) {
          auto value = at::zeros({share});
          const auto fy = py[n].floor().item<int64_t>(), fx = px[n].floor().item<int64_t>();
          for (int64_t r = fy; r <= fy + 1; ++r)
            for (int64_t c = fx; c <= fx + 1; ++c)
              if (r >= 0 && c >= 0 && r < x.size(2) && c < x.size(3))
                value = value + x[n].narrow(0, g * share, share).select(1, r).select(1, c) *
                                    ((1 - (py[n] - static_cast<double>(r)).abs()) *
                                     (1 - (px[n] - static_cast<double>(c)).abs()));
          images.push_back(value * of(2)[n]);
        }
        channels.push_back(at::stack(images));
      }
      tiles.push_back(at::cat(channels, 1));
    }
  return at::stack(tiles, 2).reshape({x.size(0), x.size(1), oh * kh, ow * kw});
}
static Deformable deformable(const Values& in, size_t at) {
  return {in[at].toIntVector(),     in[at + 1].toIntVector(), in[at + 2].toIntVector(),
          in[at + 3].toIntVector(), in[at + 4].toInt(),       in[at + 5].toInt()};
}
static const Ints kNoPadding{0, 0}, kNoDilation{1, 1};
static Results deformable_conv(const Values& in) {
  const Deformable d = deformable(in, 4);
  const auto tiles = read_tiles(d, t(in, 0), t(in, 2));
  const auto bias = in[3].isNone() ? std::nullopt : std::optional(t(in, 3));
  return {at::conv2d(tiles, t(in, 1), bias, d.kernel, kNoPadding, kNoDilation, d.groups), tiles};
}
static Results deformable_conv_backward(const Values& in) {
  const Deformable d = deformable(in, 5);
  const auto x = t(in, 0).clone().requires_grad_(true), w = t(in, 3).clone().requires_grad_(true),
             offset = t(in, 4).clone().requires_grad_(true);
  const auto y = at::conv2d(read_tiles(d, x, offset), w, std::nullopt, d.kernel, kNoPadding, kNoDilation, d.groups);
  (y * t(in, 1)).sum().backward();
  return {x.grad(), w.grad(), offset.grad(), t(in, 1).sum({0, 2, 3})};
}
static const at::Tensor kImage = real({2, 4, 5, 6}), kFilter = real({6, 2, 3, 2}), kOffset = real({2, 36, 3, 4});
static const Deformable kDeformable{{3, 2}, {1, 1, 2, 2}, {1, 1, 1, 1}, {1, 1, 1, 1}, 2, 2};
OP(aclnnDeformableConv2d, Reference(deformable_conv), kImage, kFilter, kOffset, real({6}), (Ints{3, 2}),
   (Ints{1, 1, 2, 2}), (Ints{1, 1, 1, 1}), (Ints{1, 1, 1, 1}), int64_t{2}, int64_t{2}, true, OUT, OUT)
OP(aclnnDeformableConv2d, Reference(deformable_conv), kImage, real({3, 4, 2, 2}), real({2, 12, 4, 3}), NONE,
   (Ints{2, 2}), (Ints{1, 1, 1, 2}), (Ints{0, 1, 0, 1}), (Ints{1, 1, 2, 1}), int64_t{1}, int64_t{1}, true, OUT, OUT)
OP(aclnnDeformableConv2dBackward, Reference(deformable_conv_backward), kImage, real({2, 6, 3, 4}),
   read_tiles(kDeformable, kImage, kOffset), kFilter, kOffset, (Ints{3, 2}), (Ints{1, 1, 2, 2}), (Ints{1, 1, 1, 1}),
   (Ints{1, 1, 1, 1}), int64_t{2}, int64_t{2}, true, OUT, OUT, OUT, OUT)
