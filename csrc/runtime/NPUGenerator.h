// The random number generator of a device: a Philox counter, (seed, offset). The numbers are made on the device.
#pragma once
#include <ATen/core/Generator.h>

#include <utility>

#include "runtime/NPUFunctions.h"

namespace c10_npu {

// Not thread-safe: hold `mutex_`, as for every generator of ATen.
class NPUGenerator final : public c10::GeneratorImpl {
 public:
  explicit NPUGenerator(DeviceIndex device);

  // The (seed, offset) that a kernel drawing `increment` numbers an element starts from; moves the offset on by
  // `increment` rounded up to whole Philox counters of four.
  std::pair<uint64_t, uint64_t> philox_state(uint64_t increment);
  void philox_state(uint64_t increment, at::Tensor& seed, at::Tensor& offset, at::Tensor& intragraph_offset) override;

  void set_current_seed(uint64_t seed) override;  // and offset 0
  uint64_t current_seed() const override { return seed_; }
  uint64_t seed() override;                   // a new one from the system; returns it
  void set_offset(uint64_t offset) override;  // a multiple of four
  uint64_t get_offset() const override { return offset_; }
  // 16 bytes, seed then offset, as CUDA's; eight (a seed alone) are taken too.
  c10::intrusive_ptr<c10::TensorImpl> get_state() const override;
  void set_state(const c10::TensorImpl& state) override;

  static c10::DeviceType device_type() { return c10::kPrivateUse1; }

 private:
  NPUGenerator* clone_impl() const override;

  uint64_t seed_ = c10::default_rng_seed_val;
  uint64_t offset_ = 0;
};

// One a device, made at first use without a context; -1 is the current device. Lives as long as the process.
const at::Generator& default_generator(DeviceIndex device = -1);
at::Generator new_generator(DeviceIndex device = -1);

// `generator` or the current device's default one, locked for the call.
std::pair<uint64_t, uint64_t> philox_state(const std::optional<at::Generator>& generator, uint64_t increment);

}  // namespace c10_npu
