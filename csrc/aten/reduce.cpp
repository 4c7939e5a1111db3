#include "aten/row.h"

#include <ATen/ops/_aminmax_ops.h>
#include <ATen/ops/all_ops.h>
#include <ATen/ops/amax_ops.h>
#include <ATen/ops/amin_ops.h>
#include <ATen/ops/aminmax_ops.h>
#include <ATen/ops/any_ops.h>
#include <ATen/ops/argmax_ops.h>
#include <ATen/ops/argmin_ops.h>
#include <ATen/ops/histc_ops.h>
#include <ATen/ops/linalg_vector_norm_ops.h>
#include <ATen/ops/max_ops.h>
#include <ATen/ops/mean_ops.h>
#include <ATen/ops/median_ops.h>
#include <ATen/ops/min_ops.h>
#include <ATen/ops/nanmedian_ops.h>
#include <ATen/ops/nansum_ops.h>
#include <ATen/ops/norm_ops.h>
#include <ATen/ops/prod_ops.h>
#include <ATen/ops/renorm_ops.h>
#include <ATen/ops/std_mean_ops.h>
#include <ATen/ops/std_ops.h>
#include <ATen/ops/sum_ops.h>
#include <ATen/ops/trace_ops.h>
#include <ATen/ops/var_mean_ops.h>
#include <ATen/ops/var_ops.h>

#include <cmath>

#include "aclnnop/reduce.h"

namespace at_npu {
namespace {

at::DimVector one_dim(int64_t dim) { return {dim}; }

// argmax without a dim: of the flattened tensor, into an output that may keep dimensions of one.
at::Tensor flat_without(std::optional<int64_t> dim, const at::Tensor& t) { return dim ? t : t.reshape({-1}); }
bool keep_with(std::optional<int64_t> dim, bool keepdim) { return dim && keepdim; }
at::Tensor scalar_without(std::optional<int64_t> dim, const at::Tensor& out) {
  return dim || out.numel() != 1 ? out : out.view(at::IntArrayRef());
}

at::DimVector dims_of(const at::Tensor& t, std::optional<int64_t> dim) {
  return dim ? at::DimVector{*dim} : every_dim(t);
}

at::ScalarType product_dtype(const at::Tensor& t, OptDtype dtype) {
  return dtype.value_or(at::isIntegralType(t.scalar_type(), true) ? at::kLong : t.scalar_type());
}
at::Tensor without(const at::Tensor& t, int64_t dim, bool keepdim) {
  return t.dim() ? reduced(t, at::IntArrayRef(dim), keepdim) : scalar_like(t);
}
at::DimVector bin_sizes(const at::Tensor&, int64_t count) { return {count}; }
at::Tensor trace_of(const at::Tensor& t) { return make({}, product_dtype(t, {})); }
at::Tensor bins(const at::Tensor& t, int64_t count) { return make({count}, t.scalar_type()); }

at::Scalar two_without(const OptScalar& p) { return p.value_or(2); }
int64_t correction(const OptScalar& n) { return n ? n->toLong() : 1; }

// The device's argument is whole: any other correction scales what comes without one.
template <class PlainRow, bool kRoot, class Schema> struct Corrected;
template <class PlainRow, bool kRoot, class R, class... Out>
struct Corrected<PlainRow, kRoot, R(const at::Tensor&, at::OptionalIntArrayRef, const OptScalar&, bool, Out...)> {
  static R call(const at::Tensor& self, at::OptionalIntArrayRef dims, const OptScalar& n, bool keepdim, Out... out) {
    if (!n || n->isIntegral(true) || std::trunc(n->toDouble()) == n->toDouble())
      return PlainRow::call(self, dims, n, keepdim, out...);
    if constexpr (sizeof...(Out) == 0)
      if (const auto dtype = self.scalar_type(); dtype == at::kHalf || dtype == at::kBFloat16)
        return narrowed(call(self.to(at::kFloat), dims, n, keepdim), dtype);
    decltype(auto) result = PlainRow::call(self, dims, 0, keepdim, out...);
    const auto all = static_cast<double>(self.numel()), left = static_cast<double>(first(result).numel());
    const double count = left ? all / left : 0, scale = count / std::max(count - n->toDouble(), 0.);
    first(result).mul_(kRoot ? std::sqrt(scale) : scale);
    return result;
  }

 private:
  static at::Tensor& first(at::Tensor& t) { return t; }
  static at::Tensor& first(std::tuple<at::Tensor, at::Tensor>& t) { return std::get<0>(t); }
  static at::Tensor narrowed(const at::Tensor& t, at::ScalarType dtype) { return t.to(dtype); }
  static std::tuple<at::Tensor, at::Tensor> narrowed(const std::tuple<at::Tensor, at::Tensor>& t,
                                                     at::ScalarType dtype) {
    return {std::get<0>(t).to(dtype), std::get<1>(t).to(dtype)};
  }
};

#define NPU_CORRECTED(aten, aclnn, root, ...)                                                                     \
  add_row<at::_ops::aten, Corrected<Row<at::_ops::aten, at::_ops::aten::schema, &aclnn##GetWorkspaceSize, &aclnn, \
                                        arg<0>, arg<1>, call<correction, 2>, arg<3>, __VA_ARGS__>,                \
                                    root, at::_ops::aten::schema>>(m, #aclnn, &aclnn != nullptr)

// No dimensions at all are none to PyTorch, and all to the device.
template <class PlainRow> struct OverDims {
  static at::Tensor& call(const at::Tensor& self, at::OptionalIntArrayRef dims, bool keepdim, at::Tensor& out) {
    if (!dims || !dims->empty() || self.dim() == 0) return PlainRow::call(self, dims, keepdim, out);
    at::native::resize_output(out, self.sizes());
    return out.copy_(self.ne(0));
  }
};
#define NPU_OVER_DIMS(aten, aclnn)                                                                               \
  add_row<at::_ops::aten, OverDims<Row<at::_ops::aten, at::_ops::aten::schema, &aclnn##GetWorkspaceSize, &aclnn, \
                                       arg<0>, arg<1>, arg<2>, arg<3>>>>(m, #aclnn, &aclnn != nullptr)

}  // namespace

NPU_OPS {
  NPU_OP(sum_IntList_out, aclnnReduceSum, arg<0>, arg<1>, arg<2>, out_dtype, arg<4>);
  NPU_OP(mean_out, aclnnMean, arg<0>, arg<1>, arg<2>, out_dtype, arg<4>);
  NPU_OP(nansum, aclnnReduceNansum, arg<0>, arg<1>, arg<2>, call<product_dtype, 0, 3>, fresh<summed, 0, 1, 2, 3>);
  NPU_OP(nansum_out, aclnnReduceNansum, arg<0>, arg<1>, arg<2>, out_dtype, grown<4, reduced_sizes, 0, 1, 2>);
  NPU_OP(prod, aclnnProd, arg<0>, call<product_dtype, 0, 1>, fresh<product, 0, 1>);
  NPU_OP(prod_int_out, aclnnProdDim, arg<0>, arg<1>, arg<2>, out_dtype, arg<4>);
  NPU_OP(trace, aclnnTrace, arg<0>, fresh<trace_of, 0>);

  NPU_OP(all_out, aclnnAll, arg<0>, call<one_dim, 1>, arg<2>, arg<3>);
  NPU_OVER_DIMS(all_dims_out, aclnnAll);
  NPU_OP(all_all_out, aclnnAll, arg<0>, call<every_dim, 0>, value<false>, arg<1>);
  NPU_OP(any_out, aclnnAny, arg<0>, call<one_dim, 1>, arg<2>, arg<3>);
  NPU_OVER_DIMS(any_dims_out, aclnnAny);
  NPU_OP(any_all_out, aclnnAny, arg<0>, call<every_dim, 0>, value<false>, arg<1>);

  NPU_OP(amax_out, aclnnAmax);
  NPU_OP(amin_out, aclnnAmin);
  NPU_OP(_aminmax, aclnnAminmaxAll, arg<0>, fresh<scalar_like, 0>, fresh<scalar_like, 0>);
  NPU_OP(_aminmax_dim, aclnnAminmaxDim, arg<0>, arg<1>, arg<2>, fresh<without, 0, 1, 2>, fresh<without, 0, 1, 2>);
  NPU_OP(aminmax_out, aclnnAminmax, arg<0>, call<dims_of, 0, 1>, arg<2>, arg<3>, arg<4>);
  NPU_OP(argmax_out, aclnnArgMax, call<flat_without, 1, 0>, or_else<1, int64_t{0}>, call<keep_with, 1, 2>,
         call<scalar_without, 1, 3>);
  NPU_OP(argmin_out, aclnnArgMin, call<flat_without, 1, 0>, or_else<1, int64_t{0}>, call<keep_with, 1, 2>,
         call<scalar_without, 1, 3>);
  NPU_OP(max, aclnnMax, arg<0>, fresh<scalar_like, 0>);
  NPU_OP(min, aclnnMin, arg<0>, fresh<scalar_like, 0>);
  NPU_OP(max_dim_max, aclnnMaxDim);
  NPU_OP(min_dim_min, aclnnMinDim);
  NPU_OP(median, aclnnMedian, arg<0>, fresh<scalar_like, 0>);
  NPU_OP(nanmedian, aclnnNanMedian, arg<0>, fresh<scalar_like, 0>);

  NPU_OP(norm_out, aclnnNorm, arg<0>, call<two_without, 1>, arg<2>, arg<3>, arg<4>);
  NPU_OP(norm_dtype_out, aclnnNorm, arg<0>, call<two_without, 1>, arg<2>, arg<3>, arg<5>);
  NPU_OP(linalg_vector_norm_out, aclnnLinalgVectorNorm, arg<0>, arg<1>, arg<2>, arg<3>, out_dtype, arg<5>);
  NPU_OP(renorm_out, aclnnRenorm);

  NPU_CORRECTED(std_correction, aclnnStd, true, fresh<reduced_real, 0, 1, 3>);
  NPU_CORRECTED(std_correction_out, aclnnStd, true, grown<4, reduced_sizes, 0, 1, 3>);
  NPU_CORRECTED(var_correction, aclnnVarCorrection, false, fresh<reduced_real, 0, 1, 3>);
  NPU_CORRECTED(var_correction_out, aclnnVarCorrection, false, grown<4, reduced_sizes, 0, 1, 3>);
  NPU_CORRECTED(std_mean_correction, aclnnStdMeanCorrection, true, fresh<reduced_real, 0, 1, 3>,
                fresh<reduced, 0, 1, 3>);
  NPU_CORRECTED(var_mean_correction, aclnnVarMean, false, fresh<reduced_real, 0, 1, 3>, fresh<reduced, 0, 1, 3>);

  NPU_OP(histc, aclnnHistc, arg<0>, arg<1>, arg<2>, arg<3>, fresh<bins, 0, 1>);
  NPU_OP(histc_out, aclnnHistc, arg<0>, arg<1>, arg<2>, arg<3>, grown<4, bin_sizes, 0, 1>);
}

}  // namespace at_npu
