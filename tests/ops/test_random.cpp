// Operators whose numbers are random: the same for the same seed and offset, of the right distribution, whatever the
// memory's layout. And the masks that only their own operators can read.
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <gtest/gtest.h>

#include "acl/acl_rt.h"
#include "aclnnop/control.h"
#include "aclnnop/pool.h"
#include "aclnnop/random.h"
#include "case.h"

namespace ops_test {
namespace {

using Ints = std::vector<int64_t>;

// Calls an operator; its written tensors come back in order.
template <class... C, class... T>
Results call(aclnnStatus (*plan)(C...), PhaseTwo run, Memory memory, const Results& outputs, const T&... args) {
  Arguments a(memory, outputs);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  using Params = std::tuple<C...>;
  const aclnnStatus code = [&]<size_t... I>(std::index_sequence<I...>) {
    std::tuple<std::tuple_element_t<I, Params>...> converted{To<std::tuple_element_t<I, Params>>::from(a, args)...};
    return plan(std::get<I>(converted)..., &size, &executor);
  }(std::make_index_sequence<sizeof...(T)>());
  EXPECT_EQ(code, ACL_SUCCESS) << aclGetRecentErrMsg();
  if (code) return outputs;
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(run(nullptr, 0, executor, nullptr), ACL_SUCCESS) << aclGetRecentErrMsg();
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS) << aclGetRecentErrMsg();
  Results out;
  for (const Handle& h : a.handles)
    if (h.output) out.push_back(h.read());
  return out;
}
#define CALL(op, ...) call(&op##GetWorkspaceSize, &op, __VA_ARGS__)

const at::Tensor kLarge = at::zeros({100, 1000});
double mean_of(const at::Tensor& t) { return t.to(at::kDouble).mean().item<double>(); }
double deviation(const at::Tensor& t) { return t.to(at::kDouble).std().item<double>(); }

// f(memory, seed, offset, out) -> a tensor.
template <class F> void check_counter_based(F f, const at::Tensor& out) {
  const auto a = f(Memory::kDense, 1, 0, out);
  EXPECT_TRUE(a.equal(f(Memory::kDense, 1, 0, out))) << "the same seed and offset give other numbers";
  EXPECT_TRUE(a.equal(f(Memory::kStrided, 1, 0, out))) << "the memory's layout changes the numbers";
  EXPECT_FALSE(a.equal(f(Memory::kDense, 2, 0, out))) << "another seed gives the same numbers";
  EXPECT_FALSE(a.equal(f(Memory::kDense, 1, 8, out))) << "another offset gives the same numbers";
  EXPECT_TRUE(a.flatten().narrow(0, 0, 50).equal(f(Memory::kDense, 1, 0, out.flatten().narrow(0, 0, 50)).flatten()))
      << "an element's number depends on how many there are";
}

TESTED(aclnnInplaceUniform)
TEST(Random, Uniform) {
  const auto draw = [](Memory m, int64_t seed, int64_t offset, const at::Tensor& out) {
    return CALL(aclnnInplaceUniform, m, {out}, InOut{out}, -1.0, 3.0, seed, offset)[0];
  };
  for (auto dtype : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16}) {
    check_counter_based(draw, kLarge.to(dtype));
    const auto x = draw(Memory::kDense, 1, 0, kLarge.to(dtype));
    EXPECT_NEAR(mean_of(x), 1, 0.02);
    EXPECT_NEAR(deviation(x), 4 / std::sqrt(12), 0.02);
    EXPECT_GE(x.min().item<double>(), -1);
    EXPECT_LT(x.max().item<double>(), 3);
  }
}

TESTED(aclnnInplaceNormal)
TESTED(aclnnNormalFloatFloat)
TESTED(aclnnNormalFloatTensor)
TESTED(aclnnNormalTensorFloat)
TESTED(aclnnNormalTensorTensor)
TEST(Random, Normal) {
  const auto draw = [](Memory m, int64_t seed, int64_t offset, const at::Tensor& out) {
    return CALL(aclnnInplaceNormal, m, {out}, InOut{out}, 2.0f, 3.0f, seed, offset)[0];
  };
  check_counter_based(draw, kLarge);
  const auto x = draw(Memory::kDense, 1, 0, kLarge);
  EXPECT_NEAR(mean_of(x), 2, 0.03);
  EXPECT_NEAR(deviation(x), 3, 0.03);
  const int64_t seed = 1, offset = 0;
  const auto means = at::full({100, 1}, 2.0f), stds = at::full({1, 1000}, 3.0f);
  const auto same = [&](const Results& r) { EXPECT_TRUE(at::allclose(r.at(0), x, 1e-5, 1e-5)); };
  same(CALL(aclnnNormalFloatFloat, Memory::kDense, {kLarge}, 2.0f, 3.0f, seed, offset, OUT));
  same(CALL(aclnnNormalFloatTensor, Memory::kDense, {kLarge}, 2.0f, stds, seed, offset, OUT));
  same(CALL(aclnnNormalTensorFloat, Memory::kDense, {kLarge}, means, 3.0f, seed, offset, OUT));
  same(CALL(aclnnNormalTensorTensor, Memory::kDense, {kLarge}, means, stds, seed, offset, OUT));
}

TESTED(aclnnInplaceRandom)
TESTED(aclnnInplaceRandomWithoutFromTo)
TEST(Random, WholeNumbers) {
  const auto draw = [](Memory m, int64_t seed, int64_t offset, const at::Tensor& out) {
    return CALL(aclnnInplaceRandom, m, {out}, InOut{out}, int64_t{-2}, int64_t{8}, seed, offset)[0];
  };
  for (auto dtype : {at::kLong, at::kInt, at::kFloat}) {
    check_counter_based(draw, kLarge.to(dtype));
    const auto x = draw(Memory::kDense, 1, 0, kLarge.to(dtype));
    EXPECT_NEAR(mean_of(x), 2.5, 0.05);
    EXPECT_EQ(x.min().item<double>(), -2);
    EXPECT_EQ(x.max().item<double>(), 7);
  }
  const auto bytes = kLarge.to(at::kByte);
  const auto x = CALL(aclnnInplaceRandomWithoutFromTo, Memory::kDense, {bytes}, InOut{bytes}, 1, 0)[0];
  EXPECT_EQ(x.max().item<int>(), 255);
  EXPECT_NEAR(mean_of(x), 127.5, 1);
}

TESTED(aclnnInplaceBernoulli)
TESTED(aclnnInplaceBernoulliTensor)
TEST(Random, Bernoulli) {
  const auto draw = [](Memory m, int64_t seed, int64_t offset, const at::Tensor& out) {
    return CALL(aclnnInplaceBernoulli, m, {out}, InOut{out}, 0.3, seed, offset)[0];
  };
  check_counter_based(draw, kLarge);
  const auto x = draw(Memory::kDense, 1, 0, kLarge);
  EXPECT_NEAR(mean_of(x), 0.3, 0.01);
  const auto y =
      CALL(aclnnInplaceBernoulliTensor, Memory::kStrided, {kLarge}, InOut{kLarge}, at::full({1}, 0.3f), 1, 0)[0];
  EXPECT_TRUE(x.equal(y));
}

TESTED(aclnnSimThreadExponential)
TEST(Random, Exponential) {
  const auto draw = [](Memory m, int64_t seed, int64_t offset, const at::Tensor& out) {
    return CALL(aclnnSimThreadExponential, m, {out}, InOut{out}, out.numel(), 2.0, seed, offset)[0];
  };
  check_counter_based(draw, kLarge);
  EXPECT_NEAR(mean_of(draw(Memory::kDense, 1, 0, kLarge)), 0.5, 0.01);
}

// Where a graph replays, seed and offset lie in device memory: the numbers are those of the plain forms.
TESTED(aclnnInplaceNormalTensor)
TESTED(aclnnInplaceUniformTensor)
TESTED(aclnnInplaceRandomTensor)
TESTED(aclnnInplaceRandomWithoutFromToTensor)
TESTED(aclnnMultinomialTensor)
TESTED(aclnnDropoutGenMaskV2Tensor)
TEST(Random, SeedInDeviceMemory) {
  const auto seed = at::full({1}, 5, at::kLong), offset = at::full({1}, 8, at::kLong);
  const int64_t more = 4;
  const at::Tensor out = at::zeros({50, 7}), places = at::zeros({9}, at::kLong), mask = at::zeros({48}, at::kByte),
                   weights = positive({6});
  for (const Memory m : {Memory::kDense, Memory::kStrided}) {
    const auto same = [](const Results& a, const Results& b) { EXPECT_TRUE(a[0].equal(b[0])); };
    same(CALL(aclnnInplaceNormalTensor, m, {out}, InOut{out}, 1.0f, 2.0f, seed, offset, more),
         CALL(aclnnInplaceNormal, m, {out}, InOut{out}, 1.0f, 2.0f, 5, 12));
    same(CALL(aclnnInplaceUniformTensor, m, {out}, InOut{out}, -1.0, 2.0, seed, offset, more),
         CALL(aclnnInplaceUniform, m, {out}, InOut{out}, -1.0, 2.0, 5, 12));
    same(CALL(aclnnInplaceRandomTensor, m, {out}, InOut{out}, -3, 9, seed, offset, more),
         CALL(aclnnInplaceRandom, m, {out}, InOut{out}, -3, 9, 5, 12));
    same(CALL(aclnnInplaceRandomWithoutFromToTensor, m, {out}, InOut{out}, seed, offset, more),
         CALL(aclnnInplaceRandomWithoutFromTo, m, {out}, InOut{out}, 5, 12));
    same(CALL(aclnnMultinomialTensor, m, {places}, weights, 9, true, seed, offset, more, OUT),
         CALL(aclnnMultinomial, m, {places}, weights, 9, true, 5, 12, OUT));
  }
  const Ints shape{350};
  EXPECT_TRUE(
      CALL(aclnnDropoutGenMaskV2Tensor, Memory::kDense, {mask}, shape, 0.3, seed, offset, more, at::kHalf, OUT)[0]
          .equal(CALL(aclnnDropoutGenMaskV2, Memory::kDense, {mask}, shape, 0.3, 5, 12, at::kHalf, OUT)[0]));

  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  Arguments a(Memory::kDense, {});
  aclTensor* self = To<aclTensor*>::from(a, NotReferenced<at::Tensor>{out});
  EXPECT_NE(aclnnInplaceUniformTensorGetWorkspaceSize(self, 0, 1, nullptr, nullptr, 0, &size, &executor), ACL_SUCCESS);
  const aclTensor* many = To<const aclTensor*>::from(a, at::zeros({2}, at::kLong));
  EXPECT_NE(aclnnInplaceUniformTensorGetWorkspaceSize(self, 0, 1, many, many, 0, &size, &executor), ACL_SUCCESS);
}

TESTED(aclnnSleep)
TEST(Control, SleepTakesItsTime) {
  const auto nap = [](int64_t cycles) {
    const aclIntArray* array = aclCreateIntArray(&cycles, 1);
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    aclnnStatus code = aclnnSleepGetWorkspaceSize(array, &size, &executor);
    if (!code) code = aclnnSleep(nullptr, 0, executor, nullptr);
    EXPECT_EQ(aclDestroyIntArray(array), ACL_SUCCESS);
    return code;
  };
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(nap(100'000'000), ACL_SUCCESS);  // The chips run at 1 to 2 GHz.
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(40));
  EXPECT_NE(nap(0), ACL_SUCCESS);
  EXPECT_NE(nap(INT64_MAX), ACL_SUCCESS);
}

TESTED(aclnnRandperm)
TEST(Random, Permutation) {
  const auto out = at::empty({1000}, at::kLong);
  const auto a = CALL(aclnnRandperm, Memory::kDense, {out}, int64_t{1000}, 1, 0, OUT)[0];
  EXPECT_TRUE(std::get<0>(a.sort()).equal(at::arange(1000)));
  EXPECT_TRUE(a.equal(CALL(aclnnRandperm, Memory::kStrided, {out}, int64_t{1000}, 1, 0, OUT)[0]));
  EXPECT_FALSE(a.equal(CALL(aclnnRandperm, Memory::kDense, {out}, int64_t{1000}, 2, 0, OUT)[0]));
}

TESTED(aclnnMultinomial)
TEST(Random, Multinomial) {
  const auto weights = at::tensor({1.0f, 0.0f, 3.0f});
  const auto many = CALL(aclnnMultinomial, Memory::kDense, {at::empty({20000}, at::kLong)}, weights, int64_t{20000},
                         true, 1, 0, OUT)[0];
  EXPECT_EQ((many == 1).sum().item<int64_t>(), 0);
  EXPECT_NEAR(mean_of(many == 2), 0.75, 0.02);
  const auto few =
      CALL(aclnnMultinomial, Memory::kDense, {at::empty({2}, at::kLong)}, weights, int64_t{2}, false, 1, 0, OUT)[0];
  EXPECT_TRUE(std::get<0>(few.sort()).equal(at::tensor({0, 2}).to(at::kLong)));
}

TESTED(aclnnDropoutGenMask)
TESTED(aclnnDropoutGenMaskV2)
TESTED(aclnnDropoutDoMask)
TESTED(aclnnDropoutV3)
TEST(Random, Dropout) {
  const auto x = real({100, 999});
  const auto mask = at::zeros({(99900 + 127) / 128 * 16}, at::kByte);
  const Ints shape{100, 999};
  const int64_t seed = 5, offset = 3;
  const auto bits = CALL(aclnnDropoutGenMaskV2, Memory::kDense, {mask}, shape, 0.25, seed, offset, at::kFloat, OUT)[0];
  EXPECT_TRUE(bits.equal(CALL(aclnnDropoutGenMask, Memory::kDense, {mask}, shape, 0.25, seed, offset, OUT)[0]));
  const auto y = CALL(aclnnDropoutDoMask, Memory::kDense, {x}, x, bits, 0.25, OUT)[0];
  EXPECT_NEAR(mean_of(y == 0), 0.25, 0.01);
  EXPECT_TRUE(at::allclose(y, at::where(y == 0, y, x / 0.75)));
  const auto fused = CALL(aclnnDropoutV3, Memory::kDense, {x, mask}, x, NONE, 0.25, seed, offset, OUT, OUT);
  EXPECT_TRUE(fused[0].equal(y));
  EXPECT_TRUE(fused[1].equal(bits));
}

TESTED(aclnnRReluWithNoise)
TESTED(aclnnInplaceRReluWithNoise)
TEST(Random, RandomizedRelu) {
  const auto x = real({100, 100}), noise = at::zeros({100, 100});
  const int64_t seed = 1, offset = 0;
  const auto y = CALL(aclnnRReluWithNoise, Memory::kDense, {x}, x, noise, 0.1, 0.3, true, seed, offset, OUT)[0];
  const auto slope = at::where(x < 0, y / x, at::full({}, 0.2f));
  EXPECT_TRUE(at::allclose(at::where(x >= 0, y, x), x));
  EXPECT_GE(slope.min().item<float>(), 0.1f - 1e-4f);
  EXPECT_LE(slope.max().item<float>(), 0.3f + 1e-4f);
  EXPECT_TRUE(
      y.equal(CALL(aclnnInplaceRReluWithNoise, Memory::kDense, {x}, InOut{x}, noise, 0.1, 0.3, true, seed, offset)[0]));
  EXPECT_TRUE(
      at::allclose(CALL(aclnnRReluWithNoise, Memory::kDense, {x}, x, NONE, 0.1, 0.3, false, seed, offset, OUT)[0],
                   at::where(x < 0, x * 0.2, x)));
}

// The mask is opaque: what counts is that backward undoes forward.
TESTED(aclnnMaxPool2dWithMask)
TESTED(aclnnMaxPool2dWithMaskBackward)
TEST(MaxPoolMask, BackwardReadsWhatForwardWrote) {
  const auto x = real({2, 3, 9, 8});
  const Ints kernel{3, 2}, stride{2, 1}, padding{1, 1}, dilation{1, 2};
  const auto [y, places] = at::max_pool2d_with_indices(x, kernel, stride, padding, dilation, true);
  const int64_t area = y.size(2) * y.size(3);
  const auto mask = at::zeros({2, 3, 6, ((area + 15) / 16 + 1) * 32}, at::kChar);
  const auto forward =
      CALL(aclnnMaxPool2dWithMask, Memory::kDense, {y, mask}, x, kernel, stride, padding, dilation, true, OUT, OUT);
  EXPECT_TRUE(forward[0].equal(y));
  const auto grad = real(y.sizes());
  const auto back = CALL(aclnnMaxPool2dWithMaskBackward, Memory::kDense, {x}, grad, x, forward[1], kernel, stride,
                         padding, dilation, true, OUT);
  EXPECT_TRUE(at::allclose(
      back[0], at::max_pool2d_with_indices_backward(grad, x, kernel, stride, padding, dilation, true, places)));
}

}  // namespace
}  // namespace ops_test
