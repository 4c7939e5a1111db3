// Fourier transforms: short lengths are one real matmul with the matrix of the transform, composite lengths split into
// two shorter ones with a twist between them (Cooley & Tukey), and lengths with a large prime factor become a
// convolution of a length that is a power of two (Bluestein). The angles are computed in float64.
#include "aten/composed/composed.h"

#include <ATen/ops/_fft_c2c_ops.h>
#include <ATen/ops/_fft_c2r_ops.h>
#include <ATen/ops/_fft_r2c_ops.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/complex.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/view_as_complex.h>
#include <ATen/ops/view_as_real.h>

#include <bit>
#include <cmath>
#include <numbers>

namespace at_npu {
namespace {

constexpr int64_t kRadix = 8;    // short sums round less
constexpr int64_t kDirect = 64;  // the longest transform that is one matmul

// exp(sign 2 pi i k / n) for integers k: cosine and sine.
std::pair<at::Tensor, at::Tensor> roots(const at::Tensor& k, int64_t n, double sign) {
  const auto angle = k.remainder(n).to(at::kDouble) * (sign * 2 * std::numbers::pi / static_cast<double>(n));
  return {angle.cos(), angle.sin()};
}
at::Tensor unit(const at::Tensor& k, int64_t n, double sign, at::ScalarType real) {
  const auto [cosine, sine] = roots(k, n, sign);
  return at::complex(cosine.to(real), sine.to(real));
}
at::Tensor count(int64_t n, const at::Tensor& like) { return at::arange(n, like.options().dtype(at::kLong)); }

// Lines of complex numbers [.., n] as lines of real ones [.., 2 n], and back.
at::Tensor interleaved(const at::Tensor& x) { return at::view_as_real(x.contiguous()).flatten(-2); }
at::Tensor paired(const at::Tensor& x) { return at::view_as_complex(x.unflatten(-1, {-1, 2}).contiguous()); }

// Interleaved lines times this are interleaved lines of the transform.
at::Tensor transform_matrix(int64_t n, double sign, const at::Tensor& like, at::ScalarType real) {
  const auto k = count(n, like);
  const auto [cosine, sine] = roots(k.unsqueeze(1) * k, n, sign);
  const auto rows = at::stack({at::stack({cosine, sine}, -1), at::stack({-sine, cosine}, -1)}, 1);  // [n, 2, n, 2]
  return rows.reshape({2 * n, 2 * n}).to(real);
}

// The first factor that a transform of n points is split by: the largest up to kRadix, else the smallest up to kDirect.
// n itself is a matmul; 1 says that there is none.
int64_t first_factor(int64_t n) {
  for (int64_t f = kRadix; f > 1; --f)
    if (n % f == 0) return f;
  for (int64_t f = kRadix + 1; f <= kDirect; ++f)
    if (n % f == 0) return f;
  return 1;
}
bool splits(int64_t n) {
  while (n > 1) {
    const int64_t f = first_factor(n);
    if (f == 1) return false;
    n /= f;
  }
  return true;
}

at::Tensor transform(const at::Tensor& x, double sign);

// x[a m + b] -> X[c + d f], with n = f m: transforms over a, twists by b c, transforms over b.
at::Tensor split_transform(const at::Tensor& x, int64_t f, double sign) {
  const int64_t n = x.size(-1), m = n / f;
  const auto columns = transform(x.unflatten(-1, {f, m}).transpose(-1, -2), sign);  // [.., b, c]
  const auto twist = unit(count(m, x).unsqueeze(1) * count(f, x), n, sign, c10::toRealValueType(x.scalar_type()));
  return transform((columns * twist).transpose(-1, -2), sign).transpose(-1, -2).flatten(-2);  // [.., d, c]
}

// j k = (j^2 + k^2 - (j - k)^2) / 2: a convolution with a chirp, whose angles are in units of pi / n.
at::Tensor chirp_transform(const at::Tensor& x, double sign) {
  const int64_t n = x.size(-1), length = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(2 * n - 1)));
  const auto k = count(n, x);
  const auto chirp = unit(k * k, 2 * n, sign, c10::toRealValueType(x.scalar_type()));
  const auto back = chirp.conj().resolve_conj();
  auto kernel = x.new_zeros({length});
  kernel.narrow(0, 0, n).copy_(back);
  kernel.narrow(0, length - n + 1, n - 1).copy_(back.narrow(0, 1, n - 1).flip({0}));
  auto padded_sizes = at::DimVector(x.sizes());
  padded_sizes.back() = length;
  auto line = x.new_zeros(padded_sizes);
  line.narrow(-1, 0, n).copy_(x * chirp);
  const auto convolved = transform(transform(line, -1) * transform(kernel, -1), 1);
  return convolved.narrow(-1, 0, n) * chirp / static_cast<double>(length);
}

// Of the last dimension, without a scale. sign: -1 forward, 1 back.
at::Tensor transform(const at::Tensor& x, double sign) {
  const int64_t n = x.size(-1);
  if (n == 1 || x.numel() == 0) return x;
  const int64_t factor = first_factor(n);
  if (factor == n) {
    const auto matrix = transform_matrix(n, sign, x, c10::toRealValueType(x.scalar_type()));
    return paired(interleaved(x).matmul(matrix));
  }
  return splits(n) ? split_transform(x, factor, sign) : chirp_transform(x, sign);
}

at::Tensor transform_dim(const at::Tensor& x, int64_t dim, double sign) {
  return transform(x.transpose(dim, -1), sign).transpose(dim, -1);
}
at::Tensor transform_dims(at::Tensor x, at::IntArrayRef dims, double sign) {
  for (const int64_t dim : dims) x = transform_dim(x, dim, sign);
  return x;
}

// PyTorch's codes: 0 none, 1 by the square root of the count, 2 by the count.
at::Tensor scaled(const at::Tensor& x, int64_t normalization, double count) {
  if (normalization == 0) return x;
  return x * (1 / (normalization == 1 ? std::sqrt(count) : count));
}
double points(at::IntArrayRef sizes, at::IntArrayRef dims) {
  double count = 1;
  for (const int64_t dim : dims) count *= static_cast<double>(sizes[dim < 0 ? dim + sizes.size() : dim]);
  return count;
}

at::Tensor c2c(const at::Tensor& self, at::IntArrayRef dims, int64_t normalization, bool forward) {
  if (dims.empty()) return self.clone();
  return scaled(transform_dims(self, dims, forward ? -1 : 1), normalization, points(self.sizes(), dims)).contiguous();
}

at::Tensor r2c(const at::Tensor& self, at::IntArrayRef dims, int64_t normalization, bool onesided) {
  auto x = transform_dim(self.to(c10::toComplexType(self.scalar_type())), dims.back(), -1);
  if (onesided) x = x.narrow(dims.back(), 0, self.size(dims.back()) / 2 + 1);
  x = transform_dims(x, dims.slice(0, dims.size() - 1), -1);
  return scaled(x, normalization, points(self.sizes(), dims)).contiguous();
}

// The half that is not given is the conjugate of the half that is.
at::Tensor c2r(const at::Tensor& self, at::IntArrayRef dims, int64_t normalization, int64_t length) {
  const int64_t last = dims.back(), given = length / 2 + 1, mirrored = length - given;
  auto x = transform_dims(self, dims.slice(0, dims.size() - 1), 1).narrow(last, 0, given);
  if (mirrored) x = at::cat({x, x.narrow(last, 1, mirrored).flip({last}).conj().resolve_conj()}, last);
  const auto result = at::view_as_real(transform_dim(x, last, 1)).select(-1, 0);
  return scaled(result, normalization, points(x.sizes(), dims)).contiguous();
}

}  // namespace

NPU_OPS {
  NPU_COMPOSED(_fft_c2c, c2c);
  NPU_COMPOSED(_fft_c2c_out, c2c);
  NPU_COMPOSED(_fft_r2c, r2c);
  NPU_COMPOSED(_fft_r2c_out, r2c);
  NPU_COMPOSED(_fft_c2r, c2r);
  NPU_COMPOSED(_fft_c2r_out, c2r);
}

}  // namespace at_npu
