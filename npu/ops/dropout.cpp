// Dropout: masks of random bits, and what they leave.
#include "aclnnop/random.h"
#include "npu/ops/random.h"

#include <ATen/OpMathType.h>
#include <ATen/Parallel.h>

namespace npu {
namespace {

using kernels::Philox;
using kernels::uniform;

// A dropout mask: a bit an element, 1 keeps it, the lowest bit first; filled up to 128 bits.
int64_t mask_bytes(int64_t numel) { return (numel + 127) / 128 * 16; }
Status is_mask(const Tensor& mask, int64_t numel) {
  OP_GIVEN(mask.defined());
  OP_CHECK(mask.dtype == ACL_UINT8 && mask.dims == 1 && mask.strides[0] == 1 && mask.sizes[0] >= mask_bytes(numel),
           "the mask must be uint8 [" + std::to_string(mask_bytes(numel)) + "]: a bit an element, filled up to 128");
  return {};
}
void fill_mask(const Tensor& mask, int64_t numel, double drop, const Philox& philox) {
  auto* bytes = static_cast<uint8_t*>(mask.data);
  const double keep = 1 - drop;
  at::parallel_for(0, mask_bytes(numel), kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t byte = begin; byte < end; ++byte) {
      unsigned bits = 0;
      for (int half = 0; half < 2; ++half) {
        const auto numbers = philox(2 * byte + half);
        for (int lane = 0; lane < 4; ++lane)
          bits |= static_cast<unsigned>(uniform(numbers[lane]) < keep) << (4 * half + lane);
      }
      bytes[byte] = static_cast<uint8_t>(bits);
    }
  });
}
void apply_mask(const Tensor& self, const Tensor& mask, double drop, const Tensor& out) {
  const auto from = aten_view(self).contiguous();
  const auto* bytes = static_cast<const uint8_t*>(mask.data);
  const double scale = drop < 1 ? 1 / (1 - drop) : 0;
  into(out, [&](at::Tensor& to) {
    DISPATCH_FLOATING(from, "dropout", [&] {
      const auto* a = from.const_data_ptr<scalar_t>();
      auto* b = to.mutable_data_ptr<scalar_t>();
      using Wide = at::opmath_type<scalar_t>;
      at::parallel_for(0, from.numel(), 4 * kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i)
          b[i] = bytes[i >> 3] >> (i & 7) & 1
                     ? static_cast<scalar_t>(static_cast<Wide>(a[i]) * static_cast<Wide>(scale))
                     : scalar_t(0);
      });
    });
  });
}
Status probability(double p) {
  OP_CHECK(p >= 0 && p <= 1, "the probability must be between 0 and 1");
  return {};
}

}  // namespace

static Plan gen_mask(const IntArray& shape, double drop, const Source& source, const Tensor& out) {
  NPU_TRY(probability(drop));
  int64_t numel = 1;
  for (int64_t size : shape) numel *= size;
  NPU_TRY(is_mask(out, numel));
  return [=](void*) { fill_mask(out, numel, drop, source.philox()); };
}
ACLNN_OP(aclnnDropoutGenMask, shape, p, seed, offset, out) { return gen_mask(shape, p, Source(seed, offset), out); }
ACLNN_OP(aclnnDropoutGenMaskV2, shape, prob, seed, offset, prob_data_type, out) {
  return gen_mask(shape, prob, Source(seed, offset), out);
}
ACLNN_OP(aclnnDropoutGenMaskV2Tensor, shape, prob, seed_tensor, offset_tensor, offset, prob_data_type, out) {
  NPU_TRY(source_fits(seed_tensor, offset_tensor));
  return gen_mask(shape, prob, Source(seed_tensor, offset_tensor, offset), out);
}
ACLNN_OP(aclnnDropoutDoMask, self, mask, p, out) {
  NPU_TRY(floating(self));
  NPU_TRY(probability(p));
  OP_CHECK(self.same_sizes(out) && self.dtype == out.dtype, "out must have the shape and dtype of self");
  NPU_TRY(is_mask(mask, self.numel()));
  return [=](void*) { apply_mask(self, mask, p, out); };
}
ACLNN_OP(aclnnDropoutV3, self, noise_shape, p, seed, offset, out, mask) {
  NPU_TRY(floating(self));
  NPU_TRY(probability(p));
  OP_CHECK(!noise_shape.defined(), "UNIMPLEMENTED: a noise shape");
  OP_CHECK(self.same_sizes(out) && self.dtype == out.dtype, "out must have the shape and dtype of self");
  NPU_TRY(is_mask(mask, self.numel()));
  return [=](void*) {
    fill_mask(mask, self.numel(), p, Philox(seed, offset));
    apply_mask(self, mask, p, out);
  };
}

}  // namespace npu
