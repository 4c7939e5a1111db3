// Reductions, scans, sorting.
#include "aclnnop/reduce.h"
#include "aclnnop/scan.h"
#include "aclnnop/sort.h"
#include "case.h"

using namespace ops_test;
using Dims = std::vector<int64_t>;

OP(aclnnReduceSum, "sum.dim_IntList", real({3, 4, 5}), Dims{1}, false, at::kFloat, OUT)
OP(aclnnReduceSum, "sum.dim_IntList", real({3, 4, 5}), Dims{0, 2}, true, at::kFloat, OUT)
OP(aclnnReduceSum, "sum.dim_IntList", real({3, 4}), Dims{}, false, at::kFloat, OUT)
static Results one_element(const std::vector<at::IValue>& in) { return {in[0].toTensor().sum().view({1})}; }
OP(aclnnReduceSum, Reference(one_element), real({5}), Dims{0}, false, at::kFloat, OUT)
OP(aclnnReduceSum, "sum.dim_IntList", real({0, 4}), Dims{0}, false, at::kFloat, OUT)
OP(aclnnReduceSum, "sum.dim_IntList", whole({3, 4}, 0, 9, at::kInt), Dims{-1}, false, at::kLong, OUT)
OP(aclnnReduceSum, "sum.dim_IntList", real({3, 4}, at::kHalf), Dims{-1}, false, at::kHalf, OUT)
OP(aclnnReduceNansum, "nansum", real({3, 4}).sqrt(), Dims{1}, false, at::kFloat, OUT)
OP(aclnnMean, "mean.dim", real({3, 4, 5}), Dims{0, 1}, true, at::kFloat, OUT)
OP(aclnnProd, "prod", real({3, 4}), at::kFloat, OUT)
OP(aclnnProdDim, "prod.dim_int", real({3, 4}), int64_t{1}, true, at::kFloat, OUT)
OP(aclnnAll, "all.dims", truth({3, 4}), Dims{1}, false, OUT)
OP(aclnnAny, "any.dims", truth({3, 4}), Dims{0}, true, OUT)
OP(aclnnAmax, "amax", real({3, 4}), Dims{1}, false, OUT)
OP(aclnnAmin, "amin", real({3, 4}), Dims{0, 1}, true, OUT)
OP(aclnnMax, "max", real({3, 4}), OUT)
OP(aclnnMin, "min", whole({3, 4}, -9, 9), OUT)
OP(aclnnMaxDim, "max.dim", real({3, 4}), int64_t{1}, false, OUT, OUT)
OP(aclnnMinDim, "min.dim", real({3, 4}), int64_t{0}, true, OUT, OUT)
OP(aclnnArgMax, "argmax", real({3, 4}), int64_t{1}, false, OUT)
OP(aclnnArgMin, "argmin", real({3, 4}), int64_t{0}, true, OUT)
OP(aclnnMedian, "median", real({3, 5}), OUT)
OP(aclnnMedianDim, "median.dim", real({3, 5}), int64_t{1}, true, OUT, OUT)
OP(aclnnNanMedian, "nanmedian", real({3, 5}).sqrt(), OUT)
OP(aclnnNanMedianDim, "nanmedian.dim", real({3, 5}).sqrt(), int64_t{1}, false, OUT, OUT)
static Results aminmax_dim(const std::vector<at::IValue>& in) {
  const auto [min, max] = at::aminmax(in[0].toTensor(), in[1].toInt(), in[2].toBool());
  return {min, max};
}
OP(aclnnAminmaxDim, Reference(aminmax_dim), real({3, 4}), int64_t{1}, false, OUT, OUT)
OP(aclnnAminmaxAll, "aminmax", real({3, 4}), OUT, OUT)
static Results aminmax(const std::vector<at::IValue>& in) {
  const auto dims = in[1].toIntVector();
  return {in[0].toTensor().amin(dims, in[2].toBool()), in[0].toTensor().amax(dims, in[2].toBool())};
}
OP(aclnnAminmax, Reference(aminmax), real({3, 4, 5}), Dims{0, 2}, false, OUT, OUT)
OP(aclnnLogSumExp, "logsumexp", real({3, 4}), Dims{1}, false, OUT)
OP(aclnnNorm, "norm.ScalarOpt_dim", real({3, 4}), 2.0, Dims{1}, true, OUT)
OP(aclnnLinalgVectorNorm, "linalg_vector_norm", real({3, 4}), 3.0, Dims{0}, false, at::kFloat, OUT)

static const at::Tensor& x(const std::vector<at::IValue>& in) { return in[0].toTensor(); }
static Results std_of(const std::vector<at::IValue>& in) {
  return {at::std(x(in), in[1].toIntVector(), in[2].toInt(), in[3].toBool())};
}
static Results var_of(const std::vector<at::IValue>& in) {
  return {at::var(x(in), in[1].toIntVector(), in[2].toInt(), in[3].toBool())};
}
static Results std_mean(const std::vector<at::IValue>& in) {
  return {at::std(x(in), in[1].toIntVector(), in[2].toInt(), in[3].toBool()),
          x(in).mean(in[1].toIntVector(), in[3].toBool())};
}
static Results var_mean(const std::vector<at::IValue>& in) {
  return {at::var(x(in), in[1].toIntVector(), in[2].toInt(), in[3].toBool()),
          x(in).mean(in[1].toIntVector(), in[3].toBool())};
}
OP(aclnnStd, Reference(std_of), real({3, 4}), Dims{1}, int64_t{1}, false, OUT)
OP(aclnnVarCorrection, Reference(var_of), real({3, 4}), Dims{0, 1}, int64_t{0}, true, OUT)
OP(aclnnStdMeanCorrection, Reference(std_mean), real({3, 4}), Dims{1}, int64_t{1}, true, OUT, OUT)
OP(aclnnVarMean, Reference(var_mean), real({3, 4}), Dims{0}, int64_t{1}, false, OUT, OUT)
OP(aclnnTrace, "trace", real({4, 4}), OUT)
OP(aclnnRenorm, "renorm", real({3, 4}), 2.0, int64_t{0}, 0.5, OUT)
OP(aclnnInplaceRenorm, "renorm", InOut{real({3, 4})}, 2.0, int64_t{0}, 0.5)
OP(aclnnBincount, "bincount", at::cat({whole({9}, 0, 5), at::full({1}, 4, at::kLong)}), NONE, int64_t{7}, ROOMY)
OP(aclnnHistc, "histc", real({20}), int64_t{5}, -1.0, 1.0, OUT)
static Results histc_of_integers(const std::vector<at::IValue>& in) {
  return {at::histc(x(in).to(at::kDouble), in[1].toInt(), 0, 3).to(at::kInt)};
}
OP(aclnnHistc, Reference(histc_of_integers), whole({20}, 0, 4, at::kInt), int64_t{4}, int64_t{0}, int64_t{3}, OUT)

OP(aclnnCumsum, "cumsum", real({3, 4}), int64_t{1}, at::kFloat, OUT)
OP(aclnnCumprod, "cumprod", real({3, 4}), int64_t{0}, at::kFloat, OUT)
OP(aclnnCummax, "cummax", real({3, 4}), int64_t{1}, OUT, OUT)
OP(aclnnCummin, "cummin", real({3, 4}), int64_t{0}, OUT, OUT)

OP(aclnnSort, "sort.stable", real({3, 4}), true, int64_t{1}, true, OUT, OUT)
OP(aclnnTopk, "topk", real({3, 9}), int64_t{4}, int64_t{1}, true, true, OUT, OUT)
OP(aclnnKthvalue, "kthvalue", real({3, 9}), int64_t{4}, int64_t{1}, false, OUT, OUT)
static at::Tensor ramp() { return at::arange(5).to(at::kFloat); }
OP(aclnnSearchSorted, "searchsorted.Tensor", ramp(), real({6}) + 2, false, true, NotReferenced<None>{}, OUT)
OP(aclnnSearchSorteds, "searchsorted.Scalar", ramp(), 2.5, true, false, NotReferenced<None>{}, OUT)
OP(aclnnBucketize, "bucketize.Tensor", real({6}) + 2, ramp(), false, false, OUT)

// What the data decides: out has room for all, its descriptor learns the rest. Here every element differs.
static at::Tensor distinct() { return at::arange(12).to(at::kFloat).reshape({3, 4}); }
static Results unique(const std::vector<at::IValue>& in) {
  const auto [values, inverse] = at::_unique(x(in), true, true);
  return {values, inverse};
}
OP(aclnnUnique, Reference(unique), distinct(), true, true, OUT, OUT)
OP(aclnnUnique2, "_unique2", distinct(), true, true, true, OUT, OUT, OUT)
static Results unique_dim(const std::vector<at::IValue>& in) {
  const auto [values, inverse, counts] = at::unique_dim(x(in), in[3].toInt(), in[1].toBool(), in[2].toBool(), true);
  return {values, inverse, counts};
}
OP(aclnnUniqueDim, Reference(unique_dim), distinct(), true, true, int64_t{0}, OUT, OUT, OUT)
OP(aclnnUniqueConsecutive, "unique_consecutive", distinct(), true, true, int64_t{0}, OUT, OUT, OUT)

static Results sum_of_list(const std::vector<at::IValue>& in) {
  const auto list = in[0].toTensorVector();
  return {list[0] + list[1] + list[2]};
}
OP(aclnnSum, Reference(sum_of_list), (std::vector<at::Tensor>{real({3, 4}), real({3, 4}), real({3, 4})}), OUT)
OP(aclnnArgsort, "argsort", real({3, 4}), int64_t{1}, true, OUT)
OP(aclnnArgsort, "argsort", real({3, 4}), int64_t{0}, false, OUT)
