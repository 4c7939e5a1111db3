// Indexing, shapes, copies.
#include "aclnnop/index.h"
#include "aclnnop/copy.h"
#include "aclnnop/shape.h"
#include "case.h"

using namespace ops_test;
using Ints = std::vector<int64_t>;
using Tensors = std::vector<at::Tensor>;
using Values = std::vector<at::IValue>;
static const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }
static at::Tensor permutation(int64_t n) { return real({n}).argsort(); }

// Every element is found: the output then has the shape that the table gives it.
static Results masked_select(const Values& in) { return {at::masked_select(t(in, 0), t(in, 1))}; }
OP(aclnnMaskedSelect, Reference(masked_select), real({3, 4}), at::ones({3, 4}, at::kBool), OUT)
OP(aclnnNonzero, "nonzero", positive({2, 3}), OUT)
static Results nonzero_rows(const Values& in) { return {at::nonzero(t(in, 0)).t()}; }
OP(aclnnNonzeroV2, Reference(nonzero_rows), positive({2, 3}), OUT)

OP(aclnnGather, "gather", real({3, 4}), int64_t{1}, whole({3, 2}, 0, 4), OUT)
OP(aclnnGather, "gather", real({3, 4}), int64_t{1}, whole({3, 2}, 0, 4, at::kInt), OUT)
OP(aclnnIndexSelect, "index_select", real({3, 4}), int64_t{1}, whole({5}, 0, 4), OUT)
OP(aclnnIndexSelect, "index_select", truth({3, 4}), int64_t{1}, whole({5}, 0, 4, at::kInt), OUT)
OP(aclnnIndexSelect, "index_select", real({3, 4}), int64_t{0}, whole({0}, 0, 3), OUT)
static Results gather_rows(const Values& in) {
  return {at::index_select(t(in, 0), in[1].toInt(), t(in, 2).flatten()).unflatten(in[1].toInt(), t(in, 2).sizes())};
}
OP(aclnnGatherV3, Reference(gather_rows), real({3, 4}), int64_t{0}, whole({2, 5}, 0, 3), int64_t{0}, int64_t{0}, OUT)
OP(aclnnIndex, "index.Tensor", real({3, 4, 5}), (Tensors{whole({6}, 0, 3), whole({6}, 0, 4)}), OUT)
OP(aclnnIndex, "index.Tensor", real({3, 4}), (Tensors{at::Tensor(), whole({2, 2}, 0, 4)}), OUT)
OP(aclnnIndex, "index.Tensor", real({3, 4}), (Tensors{at::ones({3}, at::kBool)}), OUT)
OP(aclnnIndex, "index.Tensor", real({3, 4}), (Tensors{truth({3, 4})}), ROOMY)
OP(aclnnIndex, "index.Tensor", real({3, 4, 5}), (Tensors{at::Tensor(), truth({4, 5})}), ROOMY)
OP(aclnnIndex, "index.Tensor", real({3, 4, 5}), (Tensors{whole({4}, 0, 3), at::Tensor(), at::arange(5) > 0}), OUT)
static Results index_put(const Values& in) {
  c10::List<std::optional<at::Tensor>> list;
  for (const at::Tensor& x : in[1].toTensorVector()) list.push_back(x);
  return {at::index_put(t(in, 0), list, t(in, 2), in[3].toBool())};
}
OP(aclnnIndexPutImpl, Reference(index_put), InOut{real({3, 4})}, (Tensors{whole({6}, 0, 3), whole({6}, 0, 4)}),
   real({6}), true, false)
OP(aclnnIndexAdd, "index_add", real({3, 4}), int64_t{0}, whole({5}, 0, 3), real({5, 4}), 2.0, OUT)
static Results index_add(const Values& in) {
  return {at::index_add(t(in, 0), in[1].toInt(), t(in, 2), t(in, 3), in[4].toScalar())};
}
OP(aclnnIndexAddV2, Reference(index_add), real({3, 4}), int64_t{0}, whole({5}, 0, 3, at::kInt), real({5, 4}), 2.0,
   int64_t{0}, OUT)
OP(aclnnIndexCopy, "index_copy", real({3, 4}), int64_t{1}, permutation(4), real({3, 4}), OUT)
OP(aclnnInplaceIndexCopy, "index_copy", InOut{real({3, 4})}, int64_t{1}, permutation(4), real({3, 4}))
OP(aclnnIndexFill, "index_fill.int_Scalar", real({3, 4}), int64_t{1}, whole({2}, 0, 4), 2.5, OUT)
OP(aclnnInplaceIndexFill, "index_fill.int_Scalar", InOut{real({3, 4})}, int64_t{1}, whole({2}, 0, 4), 2.5)
static Results index_fill(const Values& in) {
  return {at::index_fill(t(in, 0), in[1].toInt(), at::tensor(in[2].toIntVector()), in[3].toScalar())};
}
OP(aclnnIndexFillTensor, Reference(index_fill), real({3, 4}), int64_t{1}, (Ints{0, 3}), 2.5, OUT)
OP(aclnnInplaceIndexFillTensor, Reference(index_fill), InOut{real({3, 4})}, int64_t{1}, (Ints{0, 3}), 2.5)
OP(aclnnInplaceMaskedFillScalar, "masked_fill.Scalar", InOut{real({3, 4})}, truth({4}), 2.5)
OP(aclnnInplaceMaskedFillTensor, "masked_fill.Tensor", InOut{real({3, 4})}, truth({3, 4}), at::full({}, 2.5f))
OP(aclnnInplaceMaskedScatter, "masked_scatter", InOut{real({3, 4})}, truth({3, 4}), real({12}))
static Results masked_scale(const Values& in) { return {t(in, 0) * t(in, 1) * in[2].toDouble()}; }
OP(aclnnMaskedScale, Reference(masked_scale), real({3, 4}), whole({3, 4}, 0, 2, at::kByte), 2.0, OUT)
OP(aclnnSWhere, "where.self", truth({3, 4}), real({4}), real({3, 1}), OUT)
OP(aclnnSWhere, "where.self", truth({3, 4}), real({3, 4}, at::kHalf), real({3, 4}), OUT)

static const at::Tensor kRows = at::stack({permutation(3), permutation(3), permutation(3), permutation(3)}, 1);
static Results scatter(const Values& in) {  // 0: none, 1: add, 2: multiply
  const auto code = in[4].toInt();
  const auto src = in[3].isTensor() ? t(in, 3) : at::full(t(in, 2).sizes(), in[3].toScalar());
  if (code == 0) return {at::scatter(t(in, 0), in[1].toInt(), t(in, 2), src)};
  return {at::scatter(t(in, 0), in[1].toInt(), t(in, 2), src, code == 1 ? "add" : "multiply")};
}
OP(aclnnScatter, Reference(scatter), real({3, 4}), int64_t{0}, kRows, real({3, 4}), int64_t{0}, OUT)
OP(aclnnScatter, Reference(scatter), real({3, 4}), int64_t{0}, kRows, real({3, 4}), int64_t{1}, OUT)
OP(aclnnScatterValue, Reference(scatter), real({3, 4}), int64_t{0}, kRows, 2.5, int64_t{2}, OUT)
OP(aclnnInplaceScatter, Reference(scatter), InOut{real({3, 4})}, int64_t{0}, kRows, real({3, 4}), int64_t{2})
OP(aclnnInplaceScatterValue, Reference(scatter), InOut{real({3, 4})}, int64_t{0}, kRows, 2.5, int64_t{0})
OP(aclnnScatterAdd, "scatter_add", real({3, 4}), int64_t{1}, whole({3, 4}, 0, 4), real({3, 4}), OUT)
static Results scatter_reduce(const Values& in) {
  const char* const names[] = {"", "sum", "prod", "amax", "amin", "mean"};
  return {at::scatter_reduce(t(in, 0), in[1].toInt(), t(in, 2), t(in, 3), names[in[4].toInt()], in[5].toBool())};
}
OP(aclnnScatterReduce, Reference(scatter_reduce), real({3, 4}), int64_t{1}, whole({3, 4}, 0, 4), real({3, 4}),
   int64_t{3}, true, OUT)
OP(aclnnScatterReduce, Reference(scatter_reduce), real({3, 4}), int64_t{1}, whole({3, 4}, 0, 4), real({3, 4}),
   int64_t{5}, false, OUT)
OP(aclnnInplaceScatterReduce, Reference(scatter_reduce), InOut{real({3, 4})}, int64_t{1}, whole({3, 4}, 0, 4),
   real({3, 4}), int64_t{1}, true)
static Results scatter_nd(const Values& in) {
  auto out = t(in, 0).clone();
  for (int64_t i = 0; i < t(in, 1).size(0); ++i)
    out[t(in, 1)[i][0].item<int64_t>()][t(in, 1)[i][1].item<int64_t>()] = t(in, 2)[i];
  return {out};
}
OP(aclnnScatterNdUpdate, Reference(scatter_nd), InOut{real({3, 4})},
   at::tensor({0, 1, 2, 3, 1, 0}).to(at::kLong).reshape({3, 2}), real({3}))
OP(aclnnTake, "take", real({3, 4}), whole({2, 3}, 0, 12), OUT)
OP(aclnnInplacePut, "put", InOut{real({3, 4})}, permutation(12), real({12}), true)
static Results embedding(const Values& in) { return {at::embedding(t(in, 0), t(in, 1))}; }
OP(aclnnEmbedding, Reference(embedding), real({7, 3}), whole({2, 5}, 0, 7), OUT)
OP(aclnnEmbeddingDenseBackward, "embedding_dense_backward", real({2, 5, 3}), whole({2, 5}, 0, 7), int64_t{7},
   int64_t{1}, true, OUT)
static Results embedding_renorm(const Values& in) {
  auto weight = t(in, 0).clone();
  at::embedding_renorm_(weight, t(in, 1), in[2].toDouble(), in[3].toDouble());
  return {weight};
}
OP(aclnnEmbeddingRenorm, Reference(embedding_renorm), InOut{real({7, 3})}, whole({5}, 0, 7), 0.5, 2.0)
static Results embedding_bag(const Values& in) {
  const auto [out, bags, sizes, most] =
      at::_embedding_bag(t(in, 0), t(in, 1), t(in, 2), in[3].toBool(), in[4].toInt(), false);
  return {out};
}
OP(aclnnEmbeddingBag, Reference(embedding_bag), real({7, 3}), whole({6}, 0, 7), at::tensor({0, 2, 4}).to(at::kLong),
   false, int64_t{0}, false, NONE, false, int64_t{-1}, OUT, NotReferenced<at::Tensor>{at::zeros({6}, at::kLong)},
   NotReferenced<at::Tensor>{at::zeros({3}, at::kLong)}, NotReferenced<at::Tensor>{at::zeros({3}, at::kLong)})
static Results one_hot(const Values& in) {
  const auto depth = in[1].toInt();
  const auto classes = t(in, 0).unsqueeze(-1) == at::arange(depth);
  return {at::where(classes, t(in, 2), t(in, 3))};
}
OP(aclnnOneHot, Reference(one_hot), at::tensor({0, 2, 5, 1}).to(at::kLong), int64_t{4}, at::ones({1}, at::kLong),
   at::zeros({1}, at::kLong), int64_t{-1}, OUT)

// Making, joining, padding, rearranging.
static Results arange(const Values& in) {
  return {at::arange(in[0].toScalar(), in[1].toScalar(), in[2].toScalar(), at::kFloat)};
}
static Results range(const Values& in) {
  return {at::range(in[0].toScalar(), in[1].toScalar(), in[2].toScalar(), at::kFloat)};
}
static Results linspace(const Values& in) { return {at::linspace(in[0].toScalar(), in[1].toScalar(), in[2].toInt())}; }
static Results logspace(const Values& in) {
  return {at::logspace(in[0].toScalar(), in[1].toScalar(), in[2].toInt(), in[3].toDouble())};
}
static Results eye(const Values& in) { return {at::eye(in[0].toInt(), in[1].toInt())}; }
OP(aclnnArange, Reference(arange), 1.0, 5.0, 0.75, ANY_KIND)
static Results folded(const Values& in) { return {arange(in)[0].view({1, 2, 3})}; }
OP(aclnnArange, Reference(folded), 1.0, 5.0, 0.75, ANY_KIND)
OP(aclnnRange, Reference(range), 1.0, 5.0, 1.0, ANY_KIND)
OP(aclnnLinspace, Reference(linspace), 0.0, 1.0, int64_t{5}, ANY_KIND)
OP(aclnnLogSpace, Reference(logspace), 0.0, 2.0, int64_t{5}, 2.0, ANY_KIND)
OP(aclnnEye, Reference(eye), int64_t{3}, int64_t{4}, ANY_KIND)
OP(aclnnCat, "cat", (Tensors{real({2, 3}), real({2, 1}), real({2, 0})}), int64_t{-1}, OUT)
OP(aclnnStack, "stack", (Tensors{real({2, 3}), real({2, 3})}), int64_t{1}, OUT)
OP(aclnnSplitWithSize, "split_with_sizes", real({2, 6}), (Ints{1, 3, 2}), int64_t{1}, Outs{3})
OP(aclnnConstantPadNd, "constant_pad_nd", real({2, 3}), (Ints{1, 2, 0, 1}), 2.5, OUT)
#define PAD(name, reference, image, ...)                         \
  OP(name, reference, image, (Ints{__VA_ARGS__}), OUT)           \
  static Results OPS_JOIN(backward_, name)(const Values& in) {   \
    const auto x = t(in, 1).clone();                             \
    return by_name(reference "_backward")({t(in, 0), x, in[2]}); \
  }                                                              \
  OP(name##Backward, Reference(OPS_JOIN(backward_, name)),       \
     at::ones_like(by_name(reference)({image, Ints{__VA_ARGS__}})[0]), image, (Ints{__VA_ARGS__}), OUT)
PAD(aclnnReflectionPad1d, "reflection_pad1d", real({2, 3, 5}), 1, 2)
PAD(aclnnReflectionPad2d, "reflection_pad2d", real({2, 3, 5, 4}), 1, 2, 0, 1)
PAD(aclnnReflectionPad3d, "reflection_pad3d", real({1, 2, 3, 5, 4}), 1, 2, 0, 1, 1, 1)
PAD(aclnnReplicationPad1d, "replication_pad1d", real({2, 3, 5}), 1, 2)
PAD(aclnnReplicationPad2d, "replication_pad2d", real({2, 3, 5, 4}), 1, 2, 0, 1)
PAD(aclnnReplicationPad3d, "replication_pad3d", real({1, 2, 3, 5, 4}), 1, 2, 0, 1, 1, 1)
OP(aclnnFlip, "flip", real({3, 4}), (Ints{0, 1}), OUT)
OP(aclnnRoll, "roll", real({3, 4}), (Ints{1, -2}), (Ints{0, 1}), OUT)
OP(aclnnRepeat, "repeat", real({3, 4}), (Ints{2, 1, 3}), OUT)
static Results repeat(const Values& in) { return {at::repeat_interleave(t(in, 0), t(in, 1))}; }
static Results repeat_dim(const Values& in) { return {at::repeat_interleave(t(in, 0), t(in, 1), in[2].toInt())}; }
static Results repeat_int(const Values& in) { return {at::repeat_interleave(t(in, 0), in[1].toInt())}; }
static Results repeat_int_dim(const Values& in) {
  return {at::repeat_interleave(t(in, 0), in[1].toInt(), in[2].toInt())};
}
static Results repeat_tensor(const Values& in) { return {at::repeat_interleave(t(in, 0))}; }
static at::Tensor counts() { return at::tensor({2, 0, 3}).to(at::kLong); }
OP(aclnnRepeatInterleave, Reference(repeat), real({3}), counts(), int64_t{5}, OUT)
OP(aclnnRepeatInterleave, Reference(repeat), truth({3}), counts(), int64_t{5}, OUT)
OP(aclnnRepeatInterleaveWithDim, Reference(repeat_dim), real({4, 3}), counts(), int64_t{1}, int64_t{5}, OUT)
OP(aclnnRepeatInterleaveInt, Reference(repeat_int), real({2, 3}), int64_t{2}, int64_t{12}, OUT)
OP(aclnnRepeatInterleaveIntWithDim, Reference(repeat_int_dim), real({2, 3}), int64_t{2}, int64_t{1}, int64_t{6}, OUT)
OP(aclnnRepeatInterleaveTensor, Reference(repeat_tensor), counts(), int64_t{5}, OUT)
static Results repeat_grad(const Values& in) {
  const auto g = t(in, 0);
  return {at::stack({g.narrow(1, 0, 2).sum(1), at::zeros({4}), g.narrow(1, 2, 3).sum(1)}, 1)};
}
OP(aclnnRepeatInterleaveGrad, Reference(repeat_grad), real({4, 5}), counts(), int64_t{1}, OUT)
OP(aclnnTril, "tril", real({3, 4}), int64_t{1}, OUT)
OP(aclnnTriu, "triu", real({3, 4}), int64_t{-1}, OUT)
OP(aclnnInplaceTril, "tril", InOut{real({3, 4})}, int64_t{0})
OP(aclnnInplaceTriu, "triu", InOut{real({3, 4})}, int64_t{0})
OP(aclnnIm2col, "im2col", real({2, 3, 5, 6}), (Ints{2, 3}), (Ints{1, 1}), (Ints{1, 0}), (Ints{2, 1}), OUT)
OP(aclnnIm2colBackward, "col2im", at::im2col(real({2, 3, 5, 6}), {2, 3}, {1, 1}, {1, 0}, {2, 1}), (Ints{5, 6}),
   (Ints{2, 3}), (Ints{1, 1}), (Ints{1, 0}), (Ints{2, 1}), OUT)
OP(aclnnUnfoldGrad, "unfold_backward", real({3, 3, 2}), (Ints{3, 6}), int64_t{1}, int64_t{2}, int64_t{2}, OUT)
OP(aclnnChannelShuffle, "channel_shuffle", real({2, 6, 3, 3}), int64_t{3}, OUT)
static Results confusion(const Values& in) {
  if (in[3].toBool()) return {t(in, 0).permute(in[1].toIntVector()).reshape(in[2].toIntVector())};
  return {t(in, 0).reshape(in[2].toIntVector()).permute(in[1].toIntVector())};
}
OP(aclnnConfusionTranspose, Reference(confusion), real({2, 3, 4}), (Ints{0, 2, 1}), (Ints{8, 3}), true, OUT)
OP(aclnnConfusionTranspose, Reference(confusion), real({2, 12}), (Ints{0, 2, 1}), (Ints{2, 3, 4}), false, OUT)
OP(aclnnAffineGrid, "affine_grid_generator", real({2, 2, 3}), (Ints{2, 3, 4, 5}), true, OUT)

// Copies. The first argument is overwritten: its own numbers do not count.
static Results copied(const Values& in) { return {t(in, 1).to(t(in, 0).scalar_type()).expand_as(t(in, 0))}; }
static Results filled(const Values& in) {
  return {at::full_like(t(in, 0), in[1].isTensor() ? t(in, 1).item() : in[1].toScalar())};
}
static Results cast(const Values& in) { return {t(in, 0).to(in[1].toScalarType())}; }
OP(aclnnInplaceCopy, Reference(copied), InOut{real({3, 4})}, real({4}, at::kHalf))
OP(aclnnInplaceCopy, Reference(copied), InOut{whole({3, 4}, 0, 5)}, real({3, 4}) * 5)
OP(aclnnInplaceCopy, Reference(copied), InOut{real({0, 4})}, real({4}))
OP(aclnnCast, Reference(cast), real({3, 4}) * 5, at::kInt, OUT)
OP(aclnnCast, Reference(cast), real({3, 4}), at::kBFloat16, OUT)
OP(aclnnInplaceFillScalar, Reference(filled), InOut{real({3, 4})}, 2.5)
OP(aclnnInplaceFillTensor, Reference(filled), InOut{real({3, 4})}, at::full({1}, 2.5f))
static Results diagonal(const Values& in) {
  return {t(in, 0).clone().fill_diagonal_(in[1].toScalar(), in[2].toBool())};
}
OP(aclnnInplaceFillDiagonal, Reference(diagonal), InOut{real({7, 3})}, 2.5, true)
static Results ones(const Values& in) { return {at::ones_like(t(in, 0))}; }
static Results zeros(const Values& in) { return {at::zeros_like(t(in, 0))}; }
OP(aclnnInplaceOne, Reference(ones), InOut{real({3, 4})})
OP(aclnnInplaceZero, Reference(zeros), InOut{real({3, 4})})

static Results rows_anywhere(const Values& in) {
  return {at::index_select(t(in, 0), in[1].toInt(), t(in, 2).flatten()).unflatten(in[1].toInt(), t(in, 2).sizes())};
}
OP(aclnnGatherV2, Reference(rows_anywhere), real({3, 4}), int64_t{1}, whole({2, 5}, 0, 4, at::kInt), OUT)
OP(aclnnGatherV2, "index_select", real({3, 4}), int64_t{-1}, whole({6}, 0, 4), OUT)
static Results permuted(const Values& in) { return {t(in, 0).permute(in[1].toIntVector())}; }
OP(aclnnPermute, Reference(permuted), real({2, 3, 4}), (Ints{2, 0, 1}), OUT)
OP(aclnnPermute, Reference(permuted), truth({2, 3}), (Ints{-1, 0}), OUT)
static Results part(const Values& in) {
  return {t(in, 0).slice(in[1].toInt(), in[2].toInt(), in[3].toInt(), in[4].toInt())};
}
OP(aclnnSlice, Reference(part), real({5, 7}), int64_t{1}, int64_t{1}, int64_t{-1}, int64_t{2}, OUT)
OP(aclnnSlice, Reference(part), real({5, 7}), int64_t{-2}, int64_t{-9}, int64_t{99}, int64_t{1}, OUT)

// Windows written into a tensor: row i from a place of its own on.
static at::Tensor with_windows(at::Tensor data, const at::Tensor& rows, const at::Tensor& places,
                               const at::Tensor& updates, int64_t dim) {
  data = data.clone();
  for (int64_t i = 0; i < updates.size(0); ++i)
    data[rows[i].item<int64_t>()].narrow(dim - 1, places[i].item<int64_t>(), updates.size(dim)).copy_(updates[i]);
  return data;
}
static Results scatter_update(const Values& in) {
  const auto &data = t(in, 0), &updates = t(in, 2);
  const auto indices = t(in, 1).reshape({updates.size(0), -1});
  const int64_t dim = in[3].toInt() < 0 ? in[3].toInt() + data.dim() : in[3].toInt();
  const bool pairs = indices.size(1) == 2;
  return {with_windows(data, pairs ? indices.select(1, 0) : at::arange(updates.size(0)), indices.select(1, -1), updates,
                       dim)};
}
static const at::Tensor kRowsAndPlaces = at::tensor({2, 0, 0, 3}).to(at::kLong).reshape({2, 2});
OP(aclnnInplaceScatterUpdate, Reference(scatter_update), InOut{real({3, 2, 5, 4})}, whole({3}, 0, 4, at::kInt),
   real({3, 2, 2, 4}), int64_t{-2})
OP(aclnnInplaceScatterUpdate, Reference(scatter_update), InOut{real({3, 2, 5, 4})}, kRowsAndPlaces, real({2, 2, 5, 1}),
   int64_t{3})
OP(aclnnInplaceScatterUpdate, Reference(scatter_update), InOut{whole({3, 5}, 0, 9, at::kInt)},
   at::scalar_tensor(4, at::kLong), whole({1, 1}, 0, 9, at::kInt), int64_t{1})

static Results scatter_list(const Values& in) {  // without the reduction
  const auto &places = t(in, 1), &updates = t(in, 2);
  const int64_t dim = in[4].toInt() < 0 ? in[4].toInt() + updates.dim() : in[4].toInt();
  Results out;
  for (int64_t i = 0; i < updates.size(0); ++i) {
    auto x = in[0].toTensorVector()[i].clone();
    const auto place = places[i].flatten();
    const int64_t length = place.numel() == 2 ? place[1].item<int64_t>() : updates.size(dim);
    if (in[3].isNone() || t(in, 3)[i].item<int64_t>())
      x.narrow(dim - 1, place[0].item<int64_t>(), length).copy_(updates[i].narrow(dim - 1, 0, length));
    out.push_back(x);
  }
  return out;
}
static const NotReferenced<const char*> kUpdate{"update"};
OP(aclnnScatterList, Reference(scatter_list), (InOuts{{real({2, 5, 4}), real({2, 5, 4})}}), whole({2}, 0, 4, at::kInt),
   real({2, 2, 2, 4}), NONE, kUpdate, int64_t{-2})
OP(aclnnScatterList, Reference(scatter_list), (InOuts{{real({2, 5, 4}), real({2, 5, 4})}}),
   at::tensor({1, 2, 0, 1}).to(at::kLong).reshape({2, 2}), real({2, 2, 5, 3}), at::tensor({1, 0}).to(at::kByte),
   kUpdate, int64_t{3})

static Results coalesce(const Values& in) {
  auto indices = at::zeros({t(in, 0).size(0), t(in, 2).size(1)}, t(in, 2).options()), values = t(in, 4).clone();
  for (int64_t i = 0; i < t(in, 1).size(0); ++i) {
    const auto to = t(in, 1)[i].item<int64_t>();
    indices[to].copy_(t(in, 2)[i]);
    values[to] += t(in, 3)[i];
  }
  return {indices, values};
}
static const at::Tensor kPlaceOf = at::tensor({1, 0, 1, 2}).to(at::kInt),
                        kPlaces = at::tensor({3, 1, 0, 2, 3, 1, 4, 4}).to(at::kInt).reshape({4, 2});
OP(aclnnCoalesceSparse, Reference(coalesce), whole({3}, 0, 9, at::kInt), kPlaceOf, kPlaces, real({4}), OUT,
   InOut{at::zeros({3})})
OP(aclnnCoalesceSparse, Reference(coalesce), whole({3}, 0, 9), kPlaceOf.to(at::kLong), kPlaces.to(at::kLong),
   whole({4, 2}, -9, 9, at::kInt), OUT, InOut{at::zeros({3, 2}, at::kInt)})

static Results chunk_cat(const Values& in) { return {at::_chunk_cat(in[0].toTensorVector(), 0, in[2].toInt())}; }
OP(aclnnChunkCat, Reference(chunk_cat), (Tensors{real({5, 2}), real({3}), real({4, 2, 2})}), int64_t{0}, int64_t{2},
   OUT)
static Results wide_chunk_cat(const Values& in) {
  return {at::_chunk_cat(in[0].toTensorVector(), 0, in[2].toInt()).to(at::kFloat)};
}
OP(aclnnChunkCat, Reference(wide_chunk_cat), (Tensors{real({2, 3}, at::kHalf), real({1}, at::kHalf)}), int64_t{0},
   int64_t{4}, OUT)

// x[1, :, ::-1], x[..., newaxis, 0:4:3] and x[-2:, 1:, -1:0:-2], as Python has them.
static Results first_slice(const Values& in) { return {t(in, 0)[1].flip(1)}; }
static Results second_slice(const Values& in) { return {t(in, 0).slice(2, 0, 4, 3).unsqueeze(2)}; }
static Results third_slice(const Values& in) {
  return {t(in, 0).slice(0, -2).slice(1, 1).slice(2, 1).flip(2).slice(2, 0, INT64_MAX, 2)};
}
OP(aclnnStridedSlice, Reference(first_slice), real({3, 4, 5}), (Ints{1, 0, 0}), (Ints{0, 0, 0}), (Ints{1, 1, -1}),
   int64_t{6}, int64_t{6}, int64_t{0}, int64_t{0}, int64_t{1}, OUT)
OP(aclnnStridedSlice, Reference(second_slice), real({3, 4, 5}), (Ints{0, 0, 0}), (Ints{0, 0, 4}), (Ints{1, 1, 3}),
   int64_t{0}, int64_t{0}, int64_t{1}, int64_t{2}, int64_t{0}, OUT)
OP(aclnnStridedSlice, Reference(third_slice), real({3, 4, 5}), (Ints{-2, 1, -1}), (Ints{9, 100, 0}), (Ints{1, 1, -2}),
   int64_t{0}, int64_t{0}, int64_t{0}, int64_t{0}, int64_t{0}, OUT)
OP(aclnnStridedSlice, "slice.Tensor", real({3, 4}), NotReferenced<Ints>{{2}}, NotReferenced<Ints>{{1}},
   NotReferenced<Ints>{{1}}, int64_t{0}, int64_t{0}, int64_t{0}, NotReferenced<int64_t>{0}, NotReferenced<int64_t>{0},
   OUT)
