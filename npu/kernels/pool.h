// Two-dimensional max pooling over contiguous planes ([N, C, H, W] and [C, H, W] alike).
#pragma once
#include <cstdint>

namespace npu::kernels {

// Half-precision numbers as their bits: ordering them needs no arithmetic on them.
struct Half { uint16_t bits; };
struct BFloat16 { uint16_t bits; };

struct Pool2d {
  int64_t height, width, out_height, out_width;
  int64_t kernel[2], stride[2], padding[2], dilation[2];  // height, width

  // Along dimension i: where the window of an output begins, padding left out, and one after where it ends.
  int64_t first(int i, int64_t out) const {
    const int64_t start = out * stride[i] - padding[i];
    return start < 0 ? start + (dilation[i] - 1 - start) / dilation[i] * dilation[i] : start;
  }
  int64_t end(int i, int64_t out) const { return out * stride[i] - padding[i] + (kernel[i] - 1) * dilation[i] + 1; }
  // No input element lies in two windows.
  bool disjoint() const { return apart(0) && apart(1); }

 private:
  bool apart(int i) const { return kernel[i] == 1 || (dilation[i] == 1 && stride[i] >= kernel[i]); }
};

// T is float, double, Half or BFloat16; Index is int32_t or int64_t, and height * width fits in int32_t.
// The first of several maxima wins, and the last NaN over any number. An index is y * width + x within its plane; a
// window that lies in the padding alone has -infinity, at the index where its first element would be.
template <class T, class Index>
void max_pool2d(const T* input, T* output, Index* indices, const Pool2d& pool, int64_t planes);

// T is Half or BFloat16, and windows are disjoint: a gradient then goes to its place, and nothing is added up. (Of
// wider types and of sums ATen's kernels are as fast.) False: an index lies outside its plane (-1, for "no element",
// does not); the gradient is then incomplete.
template <class T, class Index>
[[nodiscard]] bool max_pool2d_backward(const T* grad_output, const Index* indices, T* grad_input, const Pool2d& pool,
                                       int64_t planes);

}  // namespace npu::kernels
