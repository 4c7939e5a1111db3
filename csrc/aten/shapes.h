// What the outputs of operators look like, where PyTorch has no Meta kernel that says so without Python.
// The functions named ..._sizes give sizes for an out= argument; the others make a new tensor on the current device.
#pragma once
#include <ATen/core/DimVector.h>
#include <ATen/core/Tensor.h>

namespace at_npu {

using OptTensor = std::optional<at::Tensor>;
using OptDtype = std::optional<at::ScalarType>;
using OptScalar = std::optional<at::Scalar>;

at::Tensor make(at::IntArrayRef sizes, at::ScalarType dtype);

at::Tensor like(const at::Tensor& t);
at::Tensor bool_like(const at::Tensor& t);
at::Tensor real_like(const at::Tensor& t);      // complex64 gives float32
at::Tensor floating_like(const at::Tensor& t);  // an integer gives the default dtype
at::Tensor scalar_like(const at::Tensor& t);    // 0-dim
at::DimVector sizes(const at::Tensor& t);

at::Tensor promoted(const at::Tensor& a, const at::Tensor& b);  // broadcast sizes, promoted dtype
at::Tensor promoted_scalar(const at::Tensor& a, const at::Scalar& b);
at::Tensor selected(const at::Tensor& condition, const at::Tensor& a, const at::Tensor& b);  // where
at::DimVector broadcast_sizes(const at::Tensor& a, const at::Tensor& b);
at::DimVector broadcast3_sizes(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c);

// The result of an operator that has no out= form of its own, brought into `out`.
at::Tensor& copy_out(const at::Tensor& result, at::Tensor& out);

// Without dims, over all of them.
at::DimVector reduced_sizes(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim);
at::Tensor reduced(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim);
at::Tensor reduced_real(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim);
at::Tensor summed(const at::Tensor& t, at::OptionalIntArrayRef dims, bool keepdim, OptDtype dtype);
at::Tensor product(const at::Tensor& t, OptDtype dtype);
at::DimVector every_dim(const at::Tensor& t);

// A loss with reduction 0 (none) is as large as its input; others are one number.
at::Tensor loss(const at::Tensor& input, int64_t reduction);
at::DimVector loss_sizes(const at::Tensor& input, int64_t reduction);

at::Tensor pooled(const at::Tensor& t, c10::SymIntArrayRef last);  // the last sizes replaced
at::DimVector pooled_sizes(const at::Tensor& t, c10::SymIntArrayRef last);
at::Tensor padded(const at::Tensor& t, c10::SymIntArrayRef pad);  // pairs from the last dimension on
at::DimVector padded_sizes(const at::Tensor& t, c10::SymIntArrayRef pad);

at::Tensor picked(const at::Tensor& t, int64_t dim, const at::Tensor& index);  // index_select
at::DimVector picked_sizes(const at::Tensor& t, int64_t dim, const at::Tensor& index);
at::DimVector range_sizes(const at::Scalar& start, const at::Scalar& end, const at::Scalar& step,
                          const at::Tensor& out);

}  // namespace at_npu
