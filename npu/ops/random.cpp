// Random numbers: a function of (seed, offset, element), the same whatever the number of threads.
#include "aclnnop/random.h"
#include "npu/ops/random.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/where.h>

namespace npu {
namespace {

using kernels::Philox;
using kernels::uniform;

// f(element, bits): one 32-bit number an element.
template <class F> void each_number(const Philox& philox, int64_t numel, F f) {
  at::parallel_for(0, (numel + 3) / 4, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const auto bits = philox(block);
      for (int64_t i = 4 * block, last = std::min(i + 4, numel), lane = 0; i < last; ++i, ++lane) f(i, bits[lane]);
    }
  });
}
// f(element, bits, more): two 32-bit numbers an element.
template <class F> void each_pair(const Philox& philox, int64_t numel, F f) {
  at::parallel_for(0, (numel + 1) / 2, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const auto bits = philox(block);
      f(2 * block, bits[0], bits[1]);
      if (2 * block + 1 < numel) f(2 * block + 1, bits[2], bits[3]);
    }
  });
}

#define DISPATCH_ALL(tensor, what, ...) \
  AT_DISPATCH_ALL_TYPES_AND3(at::kHalf, at::kBFloat16, at::kBool, (tensor).scalar_type(), what, __VA_ARGS__)

void fill_uniform(at::Tensor& t, Philox philox, double from, double to) {
  DISPATCH_FLOATING(t, "uniform", [&] {
    auto* data = t.mutable_data_ptr<scalar_t>();
    const auto put = [&](int64_t i, double u) {  // Rounding may reach `to`, which is not in the range.
      const auto x = static_cast<scalar_t>(from + u * (to - from));
      data[i] = static_cast<double>(x) >= to && from < to ? static_cast<scalar_t>(from) : x;
    };
    if constexpr (std::is_same_v<scalar_t, double>)
      each_pair(philox, t.numel(), [&](int64_t i, uint32_t a, uint32_t b) { put(i, uniform(a, b)); });
    else each_number(philox, t.numel(), [&](int64_t i, uint32_t bits) { put(i, uniform(bits)); });
  });
}

void fill_normal(at::Tensor& t, Philox philox) {
  DISPATCH_FLOATING(t, "normal", [&] {
    auto* data = t.mutable_data_ptr<scalar_t>();
    const int64_t numel = t.numel();
    at::parallel_for(0, (numel + 3) / 4, kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; ++block) {
        const auto bits = philox(block);
        const auto a = kernels::normal(bits[0], bits[1]), b = kernels::normal(bits[2], bits[3]);
        const double values[] = {a[0], a[1], b[0], b[1]};
        for (int64_t i = 4 * block, lane = 0; lane < 4 && i < numel; ++i, ++lane)
          data[i] = static_cast<scalar_t>(values[lane]);
      }
    });
  });
}

// Whole numbers in [from, from + range); range 0: every 64-bit number.
void fill_integers(at::Tensor& t, Philox philox, int64_t from, uint64_t range) {
  const auto as_signed = [&](at::ScalarType dtype) {
    auto same_bits = t.view(dtype);
    fill_integers(same_bits, philox, from, range);
  };
  if (t.scalar_type() == at::kUInt16) return as_signed(at::kShort);
  if (t.scalar_type() == at::kUInt32) return as_signed(at::kInt);
  if (t.scalar_type() == at::kUInt64) return as_signed(at::kLong);
  DISPATCH_ALL(t, "random", [&] {
    auto* data = t.mutable_data_ptr<scalar_t>();
    each_pair(philox, t.numel(), [&](int64_t i, uint32_t a, uint32_t b) {
      const uint64_t bits = uint64_t{a} << 32 | b;
      data[i] =
          static_cast<scalar_t>(static_cast<int64_t>((range ? bits % range : bits) + static_cast<uint64_t>(from)));
    });
  });
}

// The largest whole number that Tensor.random_() gives for a dtype, plus one.
uint64_t whole_range(aclDataType dtype) {
  switch (dtype) {
    case ACL_BOOL: return 2;
    case ACL_FLOAT16: return (1u << 11) + 1;
    case ACL_BF16: return (1u << 8) + 1;
    case ACL_FLOAT: return (1u << 24) + 1;
    case ACL_DOUBLE: return (uint64_t{1} << 53) + 1;
    case ACL_UINT8: return 1u << 8;
    case ACL_INT8: return 1u << 7;
    case ACL_INT16: return 1u << 15;
    case ACL_INT32: return uint64_t{1} << 31;
    default: return uint64_t{1} << 63;
  }
}

}  // namespace

Status floating(const Tensor& t) {
  OP_GIVEN(t.defined());
  OP_CHECK(info(t.dtype).kind == Kind::kFloat && info(t.dtype).size > 1, "the tensor must be floating point");
  return {};
}
Status source_fits(const Tensor& seed, const Tensor& offset) {
  for (const Tensor* t : {&seed, &offset}) {
    OP_GIVEN(t->defined());
    OP_CHECK((t->dtype == ACL_INT64 || t->dtype == ACL_UINT64) && t->numel() == 1,
             "seed and offset must be one int64 each");
  }
  return {};
}

static Plan uniform_into(const Tensor& self, double from, double to, const Source& source) {
  NPU_TRY(floating(self));
  OP_CHECK(from <= to, "from must not exceed to");
  return [=](void*) { into(self, [&](at::Tensor& t) { fill_uniform(t, source.philox(), from, to); }); };
}
ACLNN_OP(aclnnInplaceUniform, self, from, to, seed, offset) {
  return uniform_into(self, from, to, Source(seed, offset));
}
ACLNN_OP(aclnnInplaceUniformTensor, self, from, to, seed_tensor, offset_tensor, offset) {
  NPU_TRY(source_fits(seed_tensor, offset_tensor));
  return uniform_into(self, from, to, Source(seed_tensor, offset_tensor, offset));
}

// mean + std * normal; both numbers or tensors.
static Plan normal_into(const Tensor& out, double mean, double std, const Tensor& means, const Tensor& stds,
                        const Source& source) {
  NPU_TRY(floating(out));
  OP_CHECK(std >= 0, "std must not be negative");
  OP_CHECK((!means.defined() || broadcasts_to(means, out)) && (!stds.defined() || broadcasts_to(stds, out)),
           "mean and std must broadcast to out");
  return [=](void*) {
    into(out, [&](at::Tensor& t) {
      fill_normal(t, source.philox());
      if (stds.defined()) t.mul_(aten_view(stds));
      else if (std != 1) t.mul_(std);
      if (means.defined()) t.add_(aten_view(means));
      else if (mean != 0) t.add_(mean);
    });
  };
}
ACLNN_OP(aclnnInplaceNormal, self, mean, std, seed, offset) {
  return normal_into(self, mean, std, {}, {}, Source(seed, offset));
}
ACLNN_OP(aclnnInplaceNormalTensor, self, mean, std, seed_tensor, offset_tensor, offset) {
  NPU_TRY(source_fits(seed_tensor, offset_tensor));
  return normal_into(self, mean, std, {}, {}, Source(seed_tensor, offset_tensor, offset));
}
ACLNN_OP(aclnnNormalFloatFloat, mean, std, seed, offset, out) {
  return normal_into(out, mean, std, {}, {}, Source(seed, offset));
}
ACLNN_OP(aclnnNormalFloatTensor, mean, std, seed, offset, out) {
  OP_GIVEN(std.defined());
  return normal_into(out, mean, 1, {}, std, Source(seed, offset));
}
ACLNN_OP(aclnnNormalTensorFloat, mean, std, seed, offset, out) {
  OP_GIVEN(mean.defined());
  return normal_into(out, 0, std, mean, {}, Source(seed, offset));
}
ACLNN_OP(aclnnNormalTensorTensor, mean, std, seed, offset, out) {
  OP_GIVEN(mean.defined() && std.defined());
  return normal_into(out, 0, 1, mean, std, Source(seed, offset));
}

static Plan integers_into(const Tensor& self, int64_t from, uint64_t range, const Source& source) {
  OP_GIVEN(self.defined());
  return [=](void*) { into(self, [&](at::Tensor& t) { fill_integers(t, source.philox(), from, range); }); };
}
static Plan random_into(const Tensor& self, int64_t from, int64_t to, const Source& source) {
  OP_CHECK(from < to, "from must be less than to");
  return integers_into(self, from, static_cast<uint64_t>(to) - static_cast<uint64_t>(from), source);
}
ACLNN_OP(aclnnInplaceRandom, self, from, to, seed, offset) { return random_into(self, from, to, Source(seed, offset)); }
ACLNN_OP(aclnnInplaceRandomTensor, self, from, to, seed_tensor, offset_tensor, offset) {
  NPU_TRY(source_fits(seed_tensor, offset_tensor));
  return random_into(self, from, to, Source(seed_tensor, offset_tensor, offset));
}
ACLNN_OP(aclnnInplaceRandomWithoutFromTo, self, seed, offset) {
  return integers_into(self, 0, whole_range(self.dtype), Source(seed, offset));
}
ACLNN_OP(aclnnInplaceRandomWithoutFromToTensor, self, seed_tensor, offset_tensor, offset) {
  NPU_TRY(source_fits(seed_tensor, offset_tensor));
  return integers_into(self, 0, whole_range(self.dtype), Source(seed_tensor, offset_tensor, offset));
}

ACLNN_OP(aclnnInplaceBernoulli, self, p, seed, offset) {
  OP_GIVEN(self.defined() && p.defined());
  const double probability = p.to_double();
  OP_CHECK(probability >= 0 && probability <= 1, "p must be between 0 and 1");
  return [=](void*) {
    into(self, [&](at::Tensor& t) {
      DISPATCH_ALL(t, "bernoulli", [&] {
        auto* data = t.mutable_data_ptr<scalar_t>();
        each_number(Philox(seed, offset), t.numel(),
                    [&](int64_t i, uint32_t bits) { data[i] = static_cast<scalar_t>(uniform(bits) < probability); });
      });
    });
  };
}
ACLNN_OP(aclnnInplaceBernoulliTensor, self, p, seed, offset) {
  OP_GIVEN(self.defined() && p.defined());
  OP_CHECK(broadcasts_to(p, self) && info(p.dtype).kind == Kind::kFloat,
           "p must be floating point and broadcast to self");
  return [=](void*) {
    into(self, [&](at::Tensor& t) {
      const auto ps = aten_view(p).expand(t.sizes()).to(at::kDouble).contiguous();
      const auto* probability = ps.const_data_ptr<double>();
      DISPATCH_ALL(t, "bernoulli", [&] {
        auto* data = t.mutable_data_ptr<scalar_t>();
        each_number(Philox(seed, offset), t.numel(), [&](int64_t i, uint32_t bits) {
          if (!(probability[i] >= 0 && probability[i] <= 1)) throw std::invalid_argument("p must be between 0 and 1");
          data[i] = static_cast<scalar_t>(uniform(bits) < probability[i]);
        });
      });
    });
  };
}

// The first `count` elements.
ACLNN_OP(aclnnSimThreadExponential, self, count, lambd, seed, offset) {
  NPU_TRY(floating(self));
  OP_CHECK(lambd > 0, "lambd must be positive");
  OP_CHECK(count >= 0 && count <= self.numel(), "count must not exceed the number of elements");
  return [=](void*) {
    into(self, [&](at::Tensor& t) {
      DISPATCH_FLOATING(t, "exponential", [&] {
        auto* data = t.mutable_data_ptr<scalar_t>();
        each_pair(Philox(seed, offset), count, [&](int64_t i, uint32_t a, uint32_t b) {
          data[i] = static_cast<scalar_t>(-std::log1p(-uniform(a, b)) / lambd);
        });
      });
    });
  };
}

ACLNN_OP(aclnnRandperm, n, seed, offset, out) {
  OP_GIVEN(out.defined());
  OP_CHECK(n >= 0 && out.dims == 1 && out.sizes[0] == n, "out must have the shape [n]");
  return [=](void*) {  // The order of random keys.
    auto keys = at::empty({n}, at::kLong);
    fill_integers(keys, Philox(seed, offset), 0, 0);
    aten_view(out).copy_(keys.argsort(/*stable=*/true));
  };
}

// With replacement: where a uniform number falls among the cumulated weights. Without: the greatest weights over
// exponential numbers, which is a draw one by one.
static Plan multinomial(const Tensor& self, int64_t num_samples, bool replacement, const Source& source,
                        const Tensor& out) {
  NPU_TRY(floating(self));
  OP_GIVEN(out.defined());
  OP_CHECK(self.dims == 1 || self.dims == 2, "self must have 1 or 2 dimensions");
  OP_CHECK(out.dims == self.dims && out.sizes[out.dims - 1] == num_samples &&
               (out.dims == 1 || out.sizes[0] == self.sizes[0]),
           "out must have the shape of self with num_samples for its last dimension");
  OP_CHECK(num_samples > 0, "num_samples must be positive");
  OP_CHECK(replacement || num_samples <= self.sizes[self.dims - 1],
           "cannot draw more samples than there are without replacement");
  return [=](void*) {
    const auto weights = aten_view(self).to(at::kDouble);
    if (!weights.isfinite().all().item<bool>() || (weights < 0).any().item<bool>())
      throw std::invalid_argument("the weights must be finite and not negative");
    if ((weights.sum(-1) <= 0).any().item<bool>())
      throw std::invalid_argument("the weights of a row must not all be zero");
    const Philox philox = source.philox();
    auto sizes = weights.sizes().vec();
    if (replacement) {
      sizes.back() = num_samples;
      auto u = at::empty(sizes, weights.options());
      fill_uniform(u, philox, 0, 1);
      const auto cumulated = weights.cumsum(-1);
      u.mul_(cumulated.narrow(-1, weights.size(-1) - 1, 1));
      aten_view(out).copy_(at::searchsorted(cumulated, u, false, true).clamp_max_(weights.size(-1) - 1));
    } else {
      auto u = at::empty(sizes, weights.options());
      fill_uniform(u, philox, 0, 1);
      aten_view(out).copy_(std::get<1>((weights / u.neg_().log1p_().neg_()).topk(num_samples)));
    }
  };
}

ACLNN_OP(aclnnMultinomial, self, num_samples, replacement, seed, offset, out) {
  return multinomial(self, num_samples, replacement, Source(seed, offset), out);
}
ACLNN_OP(aclnnMultinomialTensor, self, num_samples, replacement, seed_tensor, offset_tensor, offset, out) {
  NPU_TRY(source_fits(seed_tensor, offset_tensor));
  OP_CHECK(out.dtype == ACL_INT64, "out must be int64");
  return multinomial(self, num_samples, replacement, Source(seed_tensor, offset_tensor, offset), out);
}

// In training the slope of a negative element is random; noise keeps it (1 elsewhere). Otherwise it is the middle.
static Plan rrelu(const Tensor& self, const Tensor& noise, const Scalar& lower, const Scalar& upper, bool training,
                  uint64_t seed, uint64_t offset, const Tensor& out) {
  NPU_TRY(floating(self));
  OP_GIVEN(lower.defined() && upper.defined());
  OP_CHECK(self.same_sizes(out), "out must have the shape of self");
  OP_CHECK(!training || noise.same_sizes(self), "noise must have the shape of self");
  return [=](void*) {
    const auto x = aten_view(self);
    const double low = lower.to_double(), high = upper.to_double();
    if (!training) return copy_result(at::where(x < 0, x * ((low + high) / 2), x), out);
    into(noise, [&](at::Tensor& slope) {
      fill_uniform(slope, Philox(seed, offset), low, high);
      slope.masked_fill_(x >= 0, 1);
      copy_result(x * slope, out);
    });
  };
}
ACLNN_OP(aclnnRReluWithNoise, self, noise, lower, upper, training, seed, offset, out) {
  return rrelu(self, noise, lower, upper, training, seed, offset, out);
}
ACLNN_OP(aclnnInplaceRReluWithNoise, self, noise, lower, upper, training, seed, offset) {
  return rrelu(self, noise, lower, upper, training, seed, offset, self);
}

}  // namespace npu
