// Operators of detectors: how far boxes overlap, and features of regions. Computed in float32.
#include "aclnnop/detection.h"
#include "npu/ops/sample.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/atan.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/zeros.h>

#include <numbers>

namespace npu {
namespace {

Status one_dtype(std::initializer_list<const Tensor*> tensors, bool bf16) {
  const aclDataType dtype = (*tensors.begin())->dtype;
  OP_CHECK(dtype == ACL_FLOAT || dtype == ACL_FLOAT16 || (bf16 && dtype == ACL_BF16),
           std::string("the tensors must be float32") + (bf16 ? ", float16 or bfloat16" : " or float16"));
  for (const Tensor* t : tensors) OP_CHECK(t->dtype == dtype, "the tensors must all have one dtype");
  return {};
}

Status mode_fits(const std::string& mode) {
  OP_CHECK(mode == "iou" || mode == "iof", "mode must be iou or iof");
  return {};
}

}  // namespace

// Every width and height grows by eps, those of the common part too: boxes that touch overlap a little.
ACLNN_OP(aclnnIou, b_boxes, gt_boxes, mode, eps, aligned, overlap) {
  OP_GIVEN(b_boxes.defined() && gt_boxes.defined() && overlap.defined());
  OP_CHECK(b_boxes.dims == 2 && gt_boxes.dims == 2 && b_boxes.sizes[1] == 4 && gt_boxes.sizes[1] == 4,
           "the boxes are [n, 4]: x and y of two corners");
  OP_CHECK(!aligned || b_boxes.sizes[0] == gt_boxes.sizes[0], "aligned boxes are as many on both sides");
  NPU_TRY(one_dtype({&b_boxes, &gt_boxes, &overlap}, true));
  NPU_TRY(mode_fits(mode));
  OP_CHECK(eps >= 0, "eps must not be negative");
  NPU_TRY(holds("overlap", overlap, {b_boxes.sizes[0], aligned ? 1 : gt_boxes.sizes[0]}, b_boxes.dtype));
  return [=](void*) {
    const auto first = wide(b_boxes), second = wide(gt_boxes);
    // Corners as columns, so that they broadcast to the overlaps.
    const auto a = [&](int i) { return first.narrow(1, i, 1); };
    const auto b = [&](int i) { return aligned ? second.narrow(1, i, 1) : second.narrow(1, i, 1).t(); };
    const double e = eps;
    const auto width = (at::minimum(a(2), b(2)) + e - at::maximum(a(0), b(0))).clamp_min(0);
    const auto height = (at::minimum(a(3), b(3)) + e - at::maximum(a(1), b(1))).clamp_min(0);
    const auto common = width * height, area_b = (b(2) - b(0) + e) * (b(3) - b(1) + e);
    const auto whole = mode == "iof" ? area_b : (a(2) - a(0) + e) * (a(3) - a(1) + e) + area_b - common;
    copy_result(common / whole, overlap);
  };
}

ACLNN_OP(aclnnCIoU, b_boxes, gt_boxes, trans, is_cross, mode, overlap, atan_sub) {
  OP_GIVEN(b_boxes.defined() && gt_boxes.defined() && overlap.defined() && atan_sub.defined());
  OP_CHECK(b_boxes.dims == 2 && b_boxes.sizes[0] == 4 && b_boxes.same_sizes(gt_boxes),
           "the boxes are [4, n], as many on both sides");
  OP_CHECK(b_boxes.sizes[1] % 1024 == 0, "the number of boxes must be a multiple of 1024");
  NPU_TRY(one_dtype({&b_boxes, &gt_boxes, &overlap, &atan_sub}, false));
  OP_CHECK(!is_cross, "UNSUPPORTED: is_cross");
  NPU_TRY(mode_fits(mode));
  OP_CHECK(mode == "iou", "UNIMPLEMENTED: mode iof, which the vendor defines for plain overlaps only");
  NPU_TRY(holds("overlap", overlap, {1, b_boxes.sizes[1]}, b_boxes.dtype));
  NPU_TRY(holds("atan_sub", atan_sub, {1, b_boxes.sizes[1]}, b_boxes.dtype));
  return [=](void*) {
    constexpr double kEps = 1e-9, kPi = std::numbers::pi;
    struct Box { at::Tensor x0, y0, x1, y1, width, height; };
    const auto box = [&](const Tensor& t) -> Box {
      const auto rows = wide(t).unsqueeze(1).unbind();
      const auto x0 = trans ? rows[0] - rows[2] / 2 : rows[0], x1 = trans ? rows[0] + rows[2] / 2 : rows[2];
      const auto y0 = trans ? rows[1] - rows[3] / 2 : rows[1], y1 = trans ? rows[1] + rows[3] / 2 : rows[3];
      return {x0, y0, x1, y1, x1 - x0, y1 - y0 + kEps};
    };
    const Box a = box(b_boxes), b = box(gt_boxes);
    const auto common = (at::minimum(a.x1, b.x1) - at::maximum(a.x0, b.x0)).clamp_min(0) *
                        (at::minimum(a.y1, b.y1) - at::maximum(a.y0, b.y0)).clamp_min(0);
    const auto iou = common / (a.width * a.height + b.width * b.height - common + kEps);
    const auto centers = ((b.x0 + b.x1 - a.x0 - a.x1).square() + (b.y0 + b.y1 - a.y0 - a.y1).square()) / 4;
    const auto diagonal = (at::maximum(a.x1, b.x1) - at::minimum(a.x0, b.x0)).square() +
                          (at::maximum(a.y1, b.y1) - at::minimum(a.y0, b.y0)).square() + kEps;
    const auto angle = at::atan(b.width / b.height) - at::atan(a.width / a.height);
    const auto v = angle.square() * (4 / (kPi * kPi));
    copy_result(iou - centers / diagonal - v * (v / (1 + kEps - iou + v)), overlap);
    copy_result(angle, atan_sub);
  };
}

namespace {

// A region's samples: `grid` of them, each way, in each of the pooled cells.
struct Region {
  int64_t image;
  int64_t grid_h, grid_w;
  at::Tensor x, y;   // [1, pooled_height * grid_h, pooled_width * grid_w], in pixels
  at::Tensor valid;  // the samples that lie on the map; those within a pixel of it are on its edge
};
struct Pooling {
  int64_t height, width, samples, end_mode;
  double scale;
};

Status pooling_fits(const Pooling& p, const Tensor& rois) {
  OP_CHECK(rois.dims == 2 && rois.sizes[1] == 5, "rois are [n, 5]: an image's number, x and y of two corners");
  OP_CHECK(p.height > 0 && p.width > 0, "the pooled sizes must be positive");
  OP_CHECK(p.samples >= 0, "sample_num must not be negative");
  OP_CHECK(p.scale > 0, "spatial_scale must be positive");
  OP_CHECK(p.end_mode >= 0 && p.end_mode <= 3, "roi_end_mode must be 0, 1, 2 or 3");
  OP_CHECK(p.end_mode != 3, "UNIMPLEMENTED: roi_end_mode 3; what is public of it disagrees on small regions");
  return {};
}

// The samples of each side of a cell, and where they are.
std::pair<int64_t, at::Tensor> places(double begin, double end, int64_t pooled, int64_t samples) {
  const double cell = (end - begin) / static_cast<double>(pooled);
  const int64_t count = samples ? samples : std::max<int64_t>(static_cast<int64_t>(std::ceil(cell)), 1);
  const auto cells = at::arange(pooled * count, at::kDouble);
  return {count, (begin + (cells + 0.5) * (cell / static_cast<double>(count))).to(at::kFloat)};
}

Region region(const Pooling& p, const float* roi, at::IntArrayRef maps) {
  const auto image = static_cast<int64_t>(roi[0]);
  if (!(roi[0] >= 0) || image >= maps[0])
    throw std::invalid_argument("a region's image, " + std::to_string(roi[0]) + ", is not one of " +
                                std::to_string(maps[0]));
  const double shift = p.end_mode == 2 ? 0.5 : 0, more = p.end_mode == 1 ? 1 : 0;
  double corner[4];
  for (int i = 0; i < 4; ++i) corner[i] = (roi[1 + i] + (i > 1 ? more : 0)) * p.scale - shift;
  for (const double c : corner)
    if (!std::isfinite(c)) throw std::invalid_argument("a region's corners must be finite");
  if (p.end_mode != 2)  // a region is at least a pixel
    for (int i = 2; i < 4; ++i) corner[i] = std::max(corner[i], corner[i - 2] + 1);
  const auto [grid_w, xs] = places(corner[0], corner[2], p.width, p.samples);
  const auto [grid_h, ys] = places(corner[1], corner[3], p.height, p.samples);
  const int64_t rows = ys.size(0), columns = xs.size(0);
  const auto x = xs.expand({1, rows, columns}), y = ys.unsqueeze(1).expand({1, rows, columns});
  const auto valid = (x >= -1) & (x <= maps[3]) & (y >= -1) & (y <= maps[2]);
  return {image, grid_h, grid_w, x, y, valid};
}

// f(region, its number) for each of the regions.
template <class F> void each_region(const Pooling& p, const Tensor& rois, at::IntArrayRef maps, F f) {
  const auto all = wide(rois).contiguous();
  for (int64_t i = 0; i < all.size(0); ++i) f(region(p, all.const_data_ptr<float>() + 5 * i, maps), i);
}

}  // namespace

ACLNN_OP(aclnnROIAlign, features, rois, spatial_scale, pooled_height, pooled_width, sample_num, roi_end_mode, out) {
  const Pooling p{pooled_height, pooled_width, sample_num, roi_end_mode, spatial_scale};
  OP_GIVEN(features.defined() && rois.defined() && out.defined());
  OP_CHECK(features.dims == 4, "the features are [n, c, h, w]");
  NPU_TRY(pooling_fits(p, rois));
  NPU_TRY(one_dtype({&features, &rois, &out}, false));
  NPU_TRY(holds("out", out, {rois.sizes[0], features.sizes[1], p.height, p.width}, features.dtype));
  return [=](void*) {
    const auto maps = wide(features);
    auto pooled = at::empty({rois.sizes[0], maps.size(1), p.height, p.width});
    each_region(p, rois, maps.sizes(), [&](const Region& r, int64_t i) {
      const auto samples = sample(maps.narrow(0, r.image, 1), r.x, r.y, Outside::kEdge) * r.valid;
      pooled[i].copy_(samples.reshape({maps.size(1), p.height, r.grid_h, p.width, r.grid_w}).mean({2, 4}));
    });
    copy_result(pooled, out);
  };
}
ACLNN_OP(aclnnROIAlignBackward, ydiff, rois, xdiff_shape, pooled_width, pooled_height, spatial_scale, sample_num,
         roi_end_mode, out) {
  const Pooling p{pooled_height, pooled_width, sample_num, roi_end_mode, spatial_scale};
  OP_GIVEN(ydiff.defined() && rois.defined() && out.defined());
  OP_CHECK(xdiff_shape.size() == 4, "xdiff_shape is [n, c, h, w]");
  NPU_TRY(pooling_fits(p, rois));
  NPU_TRY(one_dtype({&ydiff, &rois, &out}, false));
  NPU_TRY(holds("ydiff", ydiff, {rois.sizes[0], xdiff_shape[1], p.height, p.width}, ydiff.dtype));
  NPU_TRY(holds("out", out, xdiff_shape, ydiff.dtype));
  return [=](void*) {
    const auto grads = wide(ydiff);
    auto grad = at::zeros(xdiff_shape);
    each_region(p, rois, xdiff_shape, [&](const Region& r, int64_t i) {
      auto map = grad.narrow(0, r.image, 1);
      const auto cell = grads[i].reshape({1, -1, p.height, 1, p.width, 1}) / static_cast<double>(r.grid_h * r.grid_w);
      const auto of_samples =
          cell.expand({1, map.size(1), p.height, r.grid_h, p.width, r.grid_w}).flatten(4).flatten(2, 3) * r.valid;
      map.add_(sample_backward(of_samples, map, r.x, r.y, Outside::kEdge).maps);
    });
    copy_result(grad, out);
  };
}

}  // namespace npu
