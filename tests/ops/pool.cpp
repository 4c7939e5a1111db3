// Pooling and resizing.
#include "aclnnop/pool.h"
#include "aclnnop/upsample.h"
#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Values = std::vector<at::IValue>;
static const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }

static const at::Tensor kImage = real({2, 3, 8, 7}), kVolume = real({1, 2, 6, 5, 4});
static const auto [kPooled, kPlaces] = at::max_pool2d_with_indices(kImage, {3, 2}, {2, 2}, {1, 0}, {1, 1}, true);

OP(aclnnMaxPool2dWithIndices, "max_pool2d_with_indices", kImage, (Ints{3, 2}), (Ints{2, 2}), (Ints{1, 0}), (Ints{1, 1}),
   true, OUT, OUT)
static Results max_pool_backward(const Values& in) {
  return {at::max_pool2d_with_indices_backward(t(in, 0), t(in, 1), in[3].toIntVector(), in[4].toIntVector(),
                                               in[5].toIntVector(), in[6].toIntVector(), in[7].toBool(), t(in, 2))};
}
OP(aclnnMaxPool2dWithIndicesBackward, Reference(max_pool_backward), at::ones_like(kPooled), kImage, kPlaces,
   (Ints{3, 2}), (Ints{2, 2}), (Ints{1, 0}), (Ints{1, 1}), true, OUT)

OP(aclnnAvgPool2d, "avg_pool2d", kImage, (Ints{3, 2}), (Ints{2, 2}), (Ints{1, 0}), true, false, int64_t{5},
   NotReferenced<int8_t>{0}, OUT)
static Results avg_pool_backward(const Values& in) {
  return {at::avg_pool2d_backward(t(in, 0), t(in, 1), in[2].toIntVector(), in[3].toIntVector(), in[4].toIntVector(),
                                  in[5].toBool(), in[6].toBool(), std::nullopt)};
}
OP(aclnnAvgPool2dBackward, Reference(avg_pool_backward), at::ones_like(kPooled), kImage, (Ints{3, 2}), (Ints{2, 2}),
   (Ints{1, 0}), true, true, int64_t{0}, NotReferenced<int8_t>{0}, OUT)
OP(aclnnAvgPool3d, "avg_pool3d", kVolume, (Ints{2, 2, 2}), (Ints{2, 2, 2}), (Ints{1, 0, 1}), false, true, int64_t{3},
   OUT)
OP(aclnnAvgPool3dBackward, "avg_pool3d_backward", real({1, 2, 3, 2, 2}), kVolume, (Ints{2, 2, 2}), (Ints{2, 2, 2}),
   (Ints{0, 0, 0}), false, true, int64_t{3}, OUT)

OP(aclnnAdaptiveAvgPool2d, "_adaptive_avg_pool2d", kImage, (Ints{3, 2}), OUT)
OP(aclnnAdaptiveAvgPool2dBackward, "_adaptive_avg_pool2d_backward", real({2, 3, 3, 2}), kImage, OUT)
OP(aclnnAdaptiveAvgPool3d, "_adaptive_avg_pool3d", kVolume, (Ints{3, 2, 2}), OUT)
OP(aclnnAdaptiveAvgPool3dBackward, "_adaptive_avg_pool3d_backward", real({1, 2, 3, 2, 2}), kVolume, OUT)
OP(aclnnAdaptiveMaxPool2d, "adaptive_max_pool2d", kImage, (Ints{3, 2}), OUT, OUT)
OP(aclnnAdaptiveMaxPool2dBackward, "adaptive_max_pool2d_backward", real({2, 3, 3, 2}), kImage,
   std::get<1>(at::adaptive_max_pool2d(kImage, {3, 2})), OUT)
OP(aclnnAdaptiveMaxPool3d, "adaptive_max_pool3d", kVolume, (Ints{3, 2, 2}), OUT, OUT)
OP(aclnnAdaptiveMaxPool3dBackward, "adaptive_max_pool3d_backward", real({1, 2, 3, 2, 2}), kVolume,
   std::get<1>(at::adaptive_max_pool3d(kVolume, {3, 2, 2})), OUT)

static const auto [kPooled3d, kPlaces3d] = at::max_pool3d_with_indices(kVolume, {2, 2, 2}, {2, 2, 2});
static Results max_pool3d(const Values& in) {
  const auto [out, places] = at::max_pool3d_with_indices(t(in, 0), in[1].toIntVector(), in[2].toIntVector());
  return {out, places.to(at::kInt)};  // the device's are int32
}
static Results max_pool3d_backward(const Values& in) {
  return {at::max_pool3d_with_indices_backward(t(in, 0), t(in, 1), in[3].toIntVector(), in[4].toIntVector(),
                                               in[5].toIntVector(), in[6].toIntVector(), in[7].toBool(),
                                               t(in, 2).to(at::kLong))};
}
OP(aclnnMaxPool3dWithArgmax, Reference(max_pool3d), kVolume, (Ints{2, 2, 2}), (Ints{2, 2, 2}), (Ints{0, 0, 0}),
   (Ints{1, 1, 1}), false, OUT, OUT)
OP(aclnnMaxPool3dWithArgmaxBackward, Reference(max_pool3d_backward), at::ones_like(kPooled3d), kVolume,
   kPlaces3d.to(at::kInt), (Ints{2, 2, 2}), (Ints{2, 2, 2}), (Ints{0, 0, 0}), (Ints{1, 1, 1}), false, OUT)
OP(aclnnMaxUnpool2d, "max_unpool2d", kPooled, kPlaces, (Ints{8, 7}), OUT)
OP(aclnnMaxUnpool3d, "max_unpool3d", kPooled3d, kPlaces3d, (Ints{6, 5, 4}), (Ints{2, 2, 2}), (Ints{0, 0, 0}), OUT)

static const at::Tensor kLine = real({2, 3, 5});
OP(aclnnUpsampleLinear1d, "upsample_linear1d", kLine, Ints{8}, false, 1.6, OUT)
OP(aclnnUpsampleLinear1dBackward, "upsample_linear1d_backward", real({2, 3, 8}), Ints{8}, (Ints{2, 3, 5}), true, 1.6,
   OUT)
static const Ints kBig{9, 11}, kSmall{2, 3, 8, 7};
static const at::Tensor kBigGrad = real({2, 3, 9, 11});
OP(aclnnUpsampleBilinear2d, "upsample_bilinear2d", kImage, kBig, false, 1.2, 1.5, OUT)
OP(aclnnUpsampleBilinear2dAA, "_upsample_bilinear2d_aa", kImage, kBig, false, 1.2, 1.5, OUT)
OP(aclnnUpsampleBicubic2d, "upsample_bicubic2d", kImage, kBig, true, 1.2, 1.5, OUT)
OP(aclnnUpsampleBicubic2dAA, "_upsample_bicubic2d_aa", kImage, kBig, false, 1.2, 1.5, OUT)
OP(aclnnUpsampleBilinear2dBackward, "upsample_bilinear2d_backward", kBigGrad, kBig, kSmall, true, 1.2, 1.5, OUT)
OP(aclnnUpsampleBilinear2dBackwardV2, "upsample_bilinear2d_backward", kBigGrad, kBig, kSmall, false, 1.2, 1.5, OUT)
OP(aclnnUpsampleBilinear2dAABackward, "_upsample_bilinear2d_aa_backward", kBigGrad, kBig, kSmall, false, 1.2, 1.5, OUT)
OP(aclnnUpsampleBicubic2dBackward, "upsample_bicubic2d_backward", kBigGrad, kBig, kSmall, false, 1.2, 1.5, OUT)
OP(aclnnUpsampleBicubic2dAAGrad, "_upsample_bicubic2d_aa_backward", kBigGrad, kBig, kSmall, false, 1.2, 1.5, OUT)
static const Ints kCube{7, 8, 9}, kCubeFrom{1, 2, 6, 5, 4};
static const at::Tensor kCubeGrad = real({1, 2, 7, 8, 9});
OP(aclnnUpsampleTrilinear3d, "upsample_trilinear3d", kVolume, kCube, false, 1.2, 1.5, 2.2, OUT)
OP(aclnnUpsampleTrilinear3dBackward, "upsample_trilinear3d_backward", kCubeGrad, kCube, kCubeFrom, false, 1.2, 1.5, 2.2,
   OUT)
OP(aclnnUpsampleNearest3d, "upsample_nearest3d", kVolume, kCube, 1.2, 1.5, 2.2, OUT)
OP(aclnnUpsampleNearest3dBackward, "upsample_nearest3d_backward", kCubeGrad, kCube, kCubeFrom, 1.2, 1.5, 2.2, OUT)
OP(aclnnUpsampleNearestExact3d, "_upsample_nearest_exact3d", kVolume, kCube, 1.2, 1.5, 2.2, OUT)
OP(aclnnUpsampleNearestExact3dBackward, "_upsample_nearest_exact3d_backward", kCubeGrad, kCube, kCubeFrom, 1.2, 1.5,
   2.2, OUT)
OP(aclnnUpsampleNearest2d, "upsample_nearest2d", kImage, kBig, OUT)
OP(aclnnUpsampleNearest2dV2, "upsample_nearest2d", kImage, kBig, 1.25f, 1.5f, OUT)
OP(aclnnUpsampleNearest2dBackward, "upsample_nearest2d_backward", kBigGrad, kBig, kSmall, 1.2, 1.5, OUT)
OP(aclnnUpsampleNearestExact2d, "_upsample_nearest_exact2d", kImage, kBig, 1.2, 1.5, OUT)
OP(aclnnUpsampleNearestExact2dBackward, "_upsample_nearest_exact2d_backward", kBigGrad, kBig, kSmall, 1.2, 1.5, OUT)
OP(aclnnUpsampleNearest1d, "upsample_nearest1d", kLine, Ints{8}, OUT)
OP(aclnnUpsampleNearest1dV2, "upsample_nearest1d", kLine, Ints{8}, 1.5f, OUT)
OP(aclnnUpsampleNearest1dBackward, "upsample_nearest1d_backward", real({2, 3, 8}), Ints{8}, (Ints{2, 3, 5}), 1.6, OUT)
OP(aclnnUpsampleNearestExact1d, "_upsample_nearest_exact1d", kLine, Ints{8}, 1.6, OUT)
OP(aclnnUpsampleNearestExact1dBackward, "_upsample_nearest_exact1d_backward", real({2, 3, 8}), Ints{8}, (Ints{2, 3, 5}),
   1.6, OUT)

OP(aclnnGridSampler2D, "grid_sampler_2d", kImage, real({2, 4, 5, 2}), int64_t{0}, int64_t{1}, true, OUT)
OP(aclnnGridSampler2DBackward, "grid_sampler_2d_backward", real({2, 3, 4, 5}), kImage, real({2, 4, 5, 2}), int64_t{0},
   int64_t{1}, true, (std::vector<bool>{true, true}), OUT, OUT)
OP(aclnnGridSampler3D, "grid_sampler_3d", kVolume, real({1, 3, 4, 5, 3}), int64_t{0}, int64_t{0}, false, OUT)
OP(aclnnGridSampler3DBackward, "grid_sampler_3d_backward", real({1, 2, 3, 4, 5}), kVolume, real({1, 3, 4, 5, 3}),
   int64_t{0}, int64_t{0}, false, (std::vector<bool>{true, true}), OUT, OUT)

static Results plain_max_pool(const Values& in) {
  const auto pads = in[4].toIntVector();
  return {at::max_pool2d(at::constant_pad_nd(t(in, 0), {pads[1], pads[3], pads[0], pads[2]}, -INFINITY),
                         in[1].toIntVector(), in[2].toIntVector(), 0, 1, in[6].toInt() != 0)};
}
OP(aclnnMaxPool, Reference(plain_max_pool), kImage, (Ints{2, 3}), (Ints{2, 1}), int64_t{0}, (Ints{1, 0, 0, 2}),
   (Ints{1, 1}), int64_t{0}, OUT)
OP(aclnnMaxPool, Reference(plain_max_pool), real({3, 8, 9}), Ints{3}, Ints{2}, int64_t{0}, (Ints{0, 0, 0, 0}), Ints{},
   int64_t{1}, OUT)
