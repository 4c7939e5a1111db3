#include "runtime/NPUGenerator.h"

#include <ATen/core/Tensor.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/ops/empty.h>

#include <array>
#include <cstring>
#include <mutex>

namespace c10_npu {
namespace {

constexpr uint64_t kOutputsPerCounter = 4;

at::Tensor scalar(uint64_t value) {
  auto tensor = at::empty({1}, at::kLong);
  *tensor.mutable_data_ptr<int64_t>() = static_cast<int64_t>(value);
  return tensor;
}

}  // namespace

NPUGenerator::NPUGenerator(DeviceIndex device)
    : GeneratorImpl({c10::kPrivateUse1, device}, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1)) {}

std::pair<uint64_t, uint64_t> NPUGenerator::philox_state(uint64_t increment) {
  const uint64_t start = offset_;
  offset_ += (increment + kOutputsPerCounter - 1) / kOutputsPerCounter * kOutputsPerCounter;
  return {seed_, start};
}

void NPUGenerator::philox_state(uint64_t increment, at::Tensor& seed, at::Tensor& offset,
                                at::Tensor& intragraph_offset) {
  const auto [s, o] = philox_state(increment);
  seed = scalar(s);
  offset = scalar(o);
  intragraph_offset = scalar(0);
}

void NPUGenerator::set_current_seed(uint64_t seed) {
  seed_ = seed;
  offset_ = 0;
}

uint64_t NPUGenerator::seed() {
  set_current_seed(c10::detail::getNonDeterministicRandom(true));
  return seed_;
}

void NPUGenerator::set_offset(uint64_t offset) {
  TORCH_CHECK_VALUE(offset % kOutputsPerCounter == 0, "An NPU generator's offset is a multiple of ", kOutputsPerCounter,
                    ", but got ", offset);
  offset_ = offset;
}

c10::intrusive_ptr<c10::TensorImpl> NPUGenerator::get_state() const {
  auto state = at::empty({sizeof seed_ + sizeof offset_}, at::kByte);
  std::memcpy(state.mutable_data_ptr<uint8_t>(), &seed_, sizeof seed_);
  std::memcpy(state.mutable_data_ptr<uint8_t>() + sizeof seed_, &offset_, sizeof offset_);
  return state.getIntrusivePtr();
}

void NPUGenerator::set_state(const c10::TensorImpl& state) {
  at::detail::check_rng_state(state);
  const auto bytes = static_cast<size_t>(state.numel());
  TORCH_CHECK_VALUE(bytes == sizeof seed_ + sizeof offset_ || bytes == sizeof seed_,
                    "An NPU generator's state has 16 bytes (seed, offset) or 8 (seed), but this one has ", bytes);
  const auto* data = static_cast<const uint8_t*>(state.data());
  uint64_t seed = 0, offset = 0;
  std::memcpy(&seed, data, sizeof seed);
  if (bytes > sizeof seed) std::memcpy(&offset, data + sizeof seed, sizeof offset);
  set_offset(offset);  // Refuses before anything changes.
  seed_ = seed;
}

NPUGenerator* NPUGenerator::clone_impl() const {
  auto* copy = new NPUGenerator(device().index());
  copy->seed_ = seed_;
  copy->offset_ = offset_;
  return copy;
}

const at::Generator& default_generator(DeviceIndex device) {
  struct Defaults {
    std::array<std::once_flag, kMaxDevices> once;
    std::array<at::Generator, kMaxDevices> generator;
  };
  static auto* all = new Defaults;
  device = checked_device(device);
  std::call_once(all->once[device], [&] {
    auto generator = at::make_generator<NPUGenerator>(device);
    generator.seed();
    all->generator[device] = std::move(generator);
  });
  return all->generator[device];
}

at::Generator new_generator(DeviceIndex device) { return at::make_generator<NPUGenerator>(checked_device(device)); }

std::pair<uint64_t, uint64_t> philox_state(const std::optional<at::Generator>& generator, uint64_t increment) {
  auto* chosen = at::get_generator_or_default<NPUGenerator>(generator, default_generator());
  const std::lock_guard lock(chosen->mutex_);
  return chosen->philox_state(increment);
}

}  // namespace c10_npu
