#include "npu/kernels/pool.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "npu/kernels/simd.h"

namespace npu::kernels {
namespace {

// How numbers of a type are ordered: by keys; wins(key, best) says whether one takes the place of the best so far.
template <class T> struct Order {
  using Number = T;
  using Key = T;
  static constexpr T kLowest = -std::numeric_limits<T>::infinity();
  static constexpr Key kLowestKey = kLowest;
  NPU_INLINE static Key key(T v) { return v; }
  NPU_INLINE static bool wins(Key v, Key best) { return (v > best) | (v != v); }
};
template <uint16_t kInfinity> struct BitOrder {
  using Number = uint16_t;  // A struct would keep compilers from making vectors.
  using Key = int16_t;
  static constexpr uint16_t kLowest = 0x8000 | kInfinity;
  static constexpr Key kLowestKey = -static_cast<Key>(kInfinity), kNaN = 0x7fff;
  NPU_INLINE static Key key(uint16_t v) {  // Sign and magnitude to two's complement, which makes both zeros one.
    const auto magnitude = static_cast<Key>(v & 0x7fff), sign = static_cast<Key>(static_cast<Key>(v) >> 15);
    const auto number = static_cast<Key>((magnitude ^ sign) - sign);
    return magnitude > static_cast<Key>(kInfinity) ? kNaN : number;
  }
  NPU_INLINE static bool wins(Key v, Key best) { return (v > best) | (v == kNaN); }
};
template <> struct Order<Half> : BitOrder<0x7c00> {};
template <> struct Order<BFloat16> : BitOrder<0x7f80> {};
template <class O> using Number = typename O::Number;
template <class O> using Key = typename O::Key;

template <class O> struct Best {
  Number<O> value;
  Key<O> key;
  int32_t at;
  NPU_INLINE void meet(Number<O> other, int32_t where) {
    const auto k = O::key(other);
    const bool wins = O::wins(k, key);
    value = wins ? other : value;
    key = wins ? k : key;
    at = wins ? where : at;
  }
};

// kLanes neighbouring outputs of 2 x 2 windows side by side. A fixed count: the compiler makes vectors of it whole.
template <int kLanes, class O, class Index>
NPU_INLINE void pool_2x2(const Number<O>* upper, const Number<O>* lower, Number<O>* output, Index* indices, Index base,
                         int32_t width) {
  int32_t at[kLanes];
#pragma omp simd
  for (int j = 0; j < kLanes; ++j) {
    const int32_t x = 2 * j;
    Best<O> best{upper[x], O::key(upper[x]), x};
    best.meet(upper[x + 1], x + 1);
    best.meet(lower[x], x + width);
    best.meet(lower[x + 1], x + width + 1);
    output[j] = best.value;
    at[j] = best.at;
  }
#pragma omp simd
  for (int j = 0; j < kLanes; ++j) indices[j] = base + at[j];
}

// One row of them. The last vector overlaps the one before instead of leaving a scalar rest: rows are often short.
template <int kLanes, class O, class Index>
NPU_INLINE void pool_2x2_row(const Number<O>* upper, Number<O>* output, Index* indices, Index base, int32_t width,
                             int64_t count) {
  for (int64_t x = 0; x < count; x += kLanes) {
    const int64_t at = std::min(x, count - kLanes);
    pool_2x2<kLanes, O>(upper + 2 * at, upper + width + 2 * at, output + at, indices + at,
                        static_cast<Index>(base + 2 * at), width);
  }
}

template <class O, class Index>
NPU_SIMD void pool_2x2_planes(const Number<O>* input, Number<O>* output, Index* indices, const Pool2d& p,
                              int64_t planes) {
  const auto width = static_cast<int32_t>(p.width);
  for (int64_t plane = 0; plane < planes; ++plane, input += p.height * p.width)
    for (int64_t y = 0; y < p.out_height; ++y, output += p.out_width, indices += p.out_width) {
      const Number<O>* upper = input + 2 * y * p.width;
      const auto base = static_cast<Index>(2 * y * p.width);
      if (p.out_width >= 8) pool_2x2_row<8, O>(upper, output, indices, base, width, p.out_width);
      else if (p.out_width >= 4) pool_2x2_row<4, O>(upper, output, indices, base, width, p.out_width);
      else pool_2x2_row<1, O>(upper, output, indices, base, width, p.out_width);
    }
}

// Any other window: a row of outputs meets one element of its windows at a time. Each input row is first laid out
// anew, padded, and split by the stride into phases, so that the elements met are neighbours and none is missing.
constexpr int kVector = 16;  // Outputs met at a time; rows are as long as a multiple of it, so there is no rest.

template <class O> struct Rows {
  explicit Rows(const Pool2d& p)
      : outputs((p.out_width + kVector - 1) / kVector * kVector),
        length(outputs + (p.kernel[1] - 1) * p.dilation[1] / p.stride[1] + 1),
        padded(p.stride[1] * length, O::kLowest),
        value(outputs),
        key(outputs),
        at(outputs),
        first(outputs),
        taps(p.kernel[1]) {
    for (int64_t x = 0; x < p.out_width; ++x) first[x] = static_cast<int32_t>(p.first(1, x) - x * p.stride[1]);
    for (int64_t i = 0; i < p.kernel[1]; ++i) {
      const int64_t offset = i * p.dilation[1];
      taps[i] = offset % p.stride[1] * length + offset / p.stride[1];
    }
  }
  int64_t outputs, length;
  std::vector<Number<O>> padded;  // [phase][i]: the element of the input row at i * stride + phase - padding
  std::vector<Number<O>> value;
  std::vector<Key<O>> key;
  std::vector<int32_t> at, first;  // of output x, less x * stride: then an element met has one index for all outputs
  std::vector<int64_t> taps;       // where in `padded` the elements begin that the outputs meet
};

template <class O> NPU_INLINE void split(const Number<O>* row, const Pool2d& p, Rows<O>& rows) {
  const int64_t stride = p.stride[1];
  for (int64_t phase = 0; phase < stride; ++phase) {
    const int64_t shift = phase - p.padding[1];
    const int64_t first = shift < 0 ? (-shift + stride - 1) / stride : 0;
    const int64_t end = shift < p.width ? std::min(rows.length, (p.width - 1 - shift) / stride + 1) : 0;
    Number<O>* __restrict to = rows.padded.data() + phase * rows.length;
    if (stride == 1)
      for (int64_t i = first; i < end; ++i) to[i] = row[i + shift];
    else if (stride == 2)
      for (int64_t i = first; i < end; ++i) to[i] = row[2 * i + shift];
    else
      for (int64_t i = first; i < end; ++i) to[i] = row[i * stride + shift];
  }
}

template <class O> NPU_INLINE void meet_row(const Number<O>* __restrict from, Rows<O>& rows, int32_t where) {
  Number<O>* __restrict value = rows.value.data();
  Key<O>* __restrict key = rows.key.data();
  int32_t* __restrict at = rows.at.data();
  for (int64_t x = 0; x < rows.outputs; x += kVector) {
#pragma omp simd
    for (int64_t i = x; i < x + kVector; ++i) {
      Best<O> best{value[i], key[i], at[i]};
      best.meet(from[i], where);
      value[i] = best.value;
      key[i] = best.key;
      at[i] = best.at;
    }
  }
}

template <class O, class Index>
NPU_SIMD void pool_planes(const Number<O>* input, Number<O>* output, Index* indices, const Pool2d& p, int64_t planes) {
  Rows<O> rows(p);
  const auto stride = static_cast<int32_t>(p.stride[1]), width = static_cast<int32_t>(p.out_width);
  for (int64_t plane = 0; plane < planes; ++plane, input += p.height * p.width)
    for (int64_t oy = 0; oy < p.out_height; ++oy, output += width, indices += width) {
      const int64_t top = p.first(0, oy), bottom = std::min(p.end(0, oy), p.height);
      const auto start = static_cast<int32_t>(top * p.width);
      std::fill(rows.value.begin(), rows.value.end(), O::kLowest);
      std::fill(rows.key.begin(), rows.key.end(), O::kLowestKey);
      std::transform(rows.first.begin(), rows.first.end(), rows.at.begin(), [=](int32_t x) { return start + x; });
      for (int64_t y = top; y < bottom; y += p.dilation[0]) {
        split(input + y * p.width, p, rows);
        auto where = static_cast<int32_t>(y * p.width - p.padding[1]);
        for (const int64_t tap : rows.taps) {
          meet_row(rows.padded.data() + tap, rows, where);
          where += static_cast<int32_t>(p.dilation[1]);
        }
      }
      const Number<O>* value = rows.value.data();
      const int32_t* at = rows.at.data();
#pragma omp simd
      for (int32_t x = 0; x < width; ++x) {
        output[x] = value[x];
        indices[x] = at[x] + x * stride;
      }
    }
}

// 2 x 2 windows side by side, each within the input: what a network's pooling mostly is.
bool is_2x2(const Pool2d& p) {
  const auto all = [](const int64_t (&pair)[2], int64_t value) { return pair[0] == value && pair[1] == value; };
  const auto fits = [](int64_t in, int64_t out) { return 2 * out <= in && in < 2 * out + 2; };  // else: ceil_mode
  return all(p.kernel, 2) && all(p.stride, 2) && all(p.padding, 0) && all(p.dilation, 1) &&
         fits(p.height, p.out_height) && fits(p.width, p.out_width);
}

// The numbers of a type as Order<T> takes them.
template <class T> T* numbers(T* p) { return p; }
inline uint16_t* numbers(Half* p) { return &p->bits; }
inline uint16_t* numbers(BFloat16* p) { return &p->bits; }
inline const uint16_t* numbers(const Half* p) { return &p->bits; }
inline const uint16_t* numbers(const BFloat16* p) { return &p->bits; }

}  // namespace

template <class T, class Index>
void max_pool2d(const T* input, T* output, Index* indices, const Pool2d& p, int64_t planes) {
  if (is_2x2(p)) pool_2x2_planes<Order<T>>(numbers(input), numbers(output), indices, p, planes);
  else pool_planes<Order<T>>(numbers(input), numbers(output), indices, p, planes);
}

template <class T, class Index>
bool max_pool2d_backward(const T* grad_output, const Index* indices, T* grad_input, const Pool2d& p, int64_t planes) {
  const int64_t out = p.out_height * p.out_width;
  const auto in = static_cast<uint64_t>(p.height * p.width);
  bool legal = true;
  for (; planes > 0; --planes, grad_output += out, indices += out, grad_input += in) {
    std::fill_n(grad_input, in, T{0});
    for (int64_t i = 0; i < out; ++i) {
      const auto at = static_cast<int64_t>(indices[i]);
      const uint16_t g = grad_output[i].bits;
      if (static_cast<uint64_t>(at) < in) grad_input[at].bits = g == 0x8000 ? 0 : g;  // 0 + g is g, but for -0.
      else legal &= at == -1;
    }
  }
  return legal;
}

#define NPU_POOL(T, Index) template void max_pool2d<T, Index>(const T*, T*, Index*, const Pool2d&, int64_t)
#define NPU_POOL_BACKWARD(T, Index) \
  template bool max_pool2d_backward<T, Index>(const T*, const Index*, T*, const Pool2d&, int64_t)
NPU_POOL(float, int32_t);
NPU_POOL(float, int64_t);
NPU_POOL(double, int32_t);
NPU_POOL(double, int64_t);
NPU_POOL(Half, int32_t);
NPU_POOL(Half, int64_t);
NPU_POOL(BFloat16, int32_t);
NPU_POOL(BFloat16, int64_t);
NPU_POOL_BACKWARD(Half, int32_t);
NPU_POOL_BACKWARD(Half, int64_t);
NPU_POOL_BACKWARD(BFloat16, int32_t);
NPU_POOL_BACKWARD(BFloat16, int64_t);

}  // namespace npu::kernels
