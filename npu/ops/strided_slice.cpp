// Slices as TensorFlow writes them: x[begin:end:stride, ..., newaxis, 3], with masks for what is left out.
#include "aclnnop/shape.h"
#include "npu/ops/check.h"

#include <ATen/ops/flip.h>

namespace npu {
namespace {

// One dimension of self: `count` elements from `begin`, `stride` apart.
struct Range { int64_t begin, stride, count; };

// What a slice does: a range for each dimension of self, and what becomes of each in the result.
struct Slicing {
  static constexpr int kNew = -1;  // a dimension of size 1, before the next
  std::vector<Range> ranges;
  std::vector<int> result;  // dimensions of self, or kNew
};

struct Masks {
  int64_t begin, end, ellipsis, new_axis, shrink;
  static bool has(int64_t mask, size_t i) { return i < 64 && (static_cast<uint64_t>(mask) >> i & 1); }
};

Range range_of(int64_t size, int64_t begin, int64_t end, int64_t stride, bool from_start, bool to_end) {
  const int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? size : size - 1;
  const auto place = [&](int64_t x) { return std::clamp(x < 0 ? x + size : x, low, high); };
  const int64_t first = from_start ? (stride > 0 ? low : high) : place(begin);
  const int64_t last = to_end ? (stride > 0 ? high : low) : place(end);
  const int64_t length = stride > 0 ? last - first : first - last, step = stride > 0 ? stride : -stride;
  return {first, stride, length > 0 ? (length - 1) / step + 1 : 0};
}

Status slicing_of(const Tensor& self, const IntArray& begin, const IntArray& end, const IntArray& strides,
                  const Masks& masks, Slicing& s) {
  const auto has = Masks::has;
  int64_t taken = 0;  // dimensions of self that entries speak of
  int ellipses = 0;
  for (size_t i = 0; i < begin.size(); ++i) {
    if (has(masks.ellipsis, i)) ++ellipses;
    else if (!has(masks.new_axis, i)) ++taken;
  }
  OP_CHECK(ellipses <= 1, "ellipsis_mask must have at most one bit");
  OP_CHECK(taken <= self.dims, "there are more entries than self has dimensions");
  int dim = 0;
  const auto whole = [&] {
    s.ranges.push_back({0, 1, self.sizes[dim]});
    s.result.push_back(dim++);
  };
  for (size_t i = 0; i < begin.size(); ++i) {
    if (has(masks.ellipsis, i)) {
      for (int64_t n = self.dims - taken; n > 0; --n) whole();
      continue;
    }
    if (has(masks.new_axis, i)) {
      s.result.push_back(Slicing::kNew);
      continue;
    }
    const int64_t size = self.sizes[dim];
    if (has(masks.shrink, i)) {
      OP_CHECK(strides[i] > 0, "the stride of a dimension that shrink_axis_mask drops must be positive");
      const int64_t at = begin[i] < 0 ? begin[i] + size : begin[i];
      OP_CHECK(at >= 0 && at < size, "begin is outside a dimension that shrink_axis_mask drops");
      s.ranges.push_back({at, 1, 1});
      ++dim;
      continue;
    }
    s.ranges.push_back(range_of(size, begin[i], end[i], strides[i], has(masks.begin, i), has(masks.end, i)));
    s.result.push_back(dim++);
  }
  while (dim < self.dims) whole();
  return {};
}

}  // namespace

ACLNN_OP(aclnnStridedSlice, self, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask,
         shrink_axis_mask, out) {
  OP_GIVEN(self.defined() && out.defined());
  OP_CHECK(begin.size() == end.size() && begin.size() == strides.size(), "begin, end and strides must be as long");
  OP_CHECK(begin.size() <= 64, "there are more entries than a mask has bits");
  for (const int64_t stride : strides) OP_CHECK(stride != 0 && stride != INT64_MIN, "a stride must not be 0");
  OP_CHECK(self.dtype == out.dtype, "out must have the dtype of self");
  Slicing s;
  NPU_TRY(
      slicing_of(self, begin, end, strides, {begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask}, s));
  std::vector<int64_t> result;
  for (const int dim : s.result) result.push_back(dim == Slicing::kNew ? 1 : s.ranges[dim].count);
  NPU_TRY(holds("out", out, result, self.dtype));
  return [=](void*) {
    auto x = aten_view(self);
    std::vector<int64_t> backwards;
    for (size_t dim = 0; dim < s.ranges.size(); ++dim) {
      const auto [first, stride, count] = s.ranges[dim];
      const auto d = static_cast<int64_t>(dim);
      const int64_t step = stride > 0 ? stride : -stride, low = stride > 0 ? first : first - (count - 1) * step;
      x = count ? x.slice(d, low, low + (count - 1) * step + 1, step) : x.narrow(d, 0, 0);
      if (stride < 0) backwards.push_back(d);
    }
    if (!backwards.empty()) x = at::flip(x, backwards);
    copy_result(x.reshape(result), out);
  };
}

}  // namespace npu
