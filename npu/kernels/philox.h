// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"): four 32-bit numbers from a key and a
// counter. No state: any thread can make any number, so the number of threads does not change a result.
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace npu::kernels {

class Philox {
 public:
  using Block = std::array<uint32_t, 4>;
  Philox(uint64_t seed, uint64_t offset) : seed_(seed), offset_(offset) {}

  // The numbers of four elements: 4 * index to 4 * index + 3.
  Block operator()(uint64_t index) const {
    Block x = {low(index), high(index), low(offset_), high(offset_)};
    uint32_t k0 = low(seed_), k1 = high(seed_);
    for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9, k1 += 0xBB67AE85) {
      const uint64_t a = uint64_t{0xD2511F53} * x[0], b = uint64_t{0xCD9E8D57} * x[2];
      x = {high(b) ^ x[1] ^ k0, low(b), high(a) ^ x[3] ^ k1, low(a)};
    }
    return x;
  }

 private:
  static uint32_t low(uint64_t x) { return static_cast<uint32_t>(x); }
  static uint32_t high(uint64_t x) { return static_cast<uint32_t>(x >> 32); }
  uint64_t seed_, offset_;
};

// [0, 1), every value a multiple of 2^-24; the double takes two numbers, a multiple of 2^-53.
inline float uniform(uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }
inline double uniform(uint32_t bits, uint32_t more) {
  return static_cast<double>((uint64_t{bits} << 32 | more) >> 11) * 0x1p-53;
}

// Two independent normal numbers (Box-Muller); 1 - u keeps zero from the logarithm.
inline std::array<double, 2> normal(uint32_t a, uint32_t b) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - (a + 0.5) * 0x1p-32));
  const double angle = 2.0 * std::numbers::pi * (b + 0.5) * 0x1p-32;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace npu::kernels
