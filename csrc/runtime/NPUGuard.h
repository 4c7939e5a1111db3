// What PyTorch's guards ask of this device, and the guards over it without virtual calls.
#pragma once
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/InlineDeviceGuard.h>

#include "runtime/NPUFunctions.h"

namespace c10_npu {

struct NPUGuardImpl final : c10::impl::DeviceGuardImplInterface {
  static constexpr c10::DeviceType static_type = c10::kPrivateUse1;

  NPUGuardImpl() = default;
  explicit NPUGuardImpl(c10::DeviceType) {}  // As the inline guards make it.

  c10::DeviceType type() const override { return static_type; }
  c10::Device getDevice() const override { return {static_type, current_device()}; }
  c10::Device exchangeDevice(c10::Device device) const override {
    return {static_type, exchange_device(device.index())};
  }
  void setDevice(c10::Device device) const override { set_device(device.index()); }
  // How a guard goes back: CANN is told at the first use, so this cannot fail.
  void uncheckedSetDevice(c10::Device device) const noexcept override { maybe_exchange_device(device.index()); }
  DeviceIndex deviceCount() const noexcept override { return device_count(); }
  c10::DeviceCapability getDeviceCapability(c10::Device device) const override;

  c10::Stream getStream(c10::Device device) const override;
  c10::Stream getDefaultStream(c10::Device device) const override;
  c10::Stream getStreamFromGlobalPool(c10::Device device, bool high_priority) const override;
  c10::Stream getNewStream(c10::Device device, int priority) const override;
  c10::Stream exchangeStream(c10::Stream stream) const override;
  void* getStreamNativeHandle(c10::Stream stream) const override;
  bool queryStream(const c10::Stream& stream) const override;
  void synchronizeStream(const c10::Stream& stream) const override;
  void synchronizeDevice(DeviceIndex device) const override;

  // An event is made when it is first recorded, on the stream's device. Waiting for one never recorded is nothing.
  void record(void** event, const c10::Stream& stream, DeviceIndex device, c10::EventFlag flag) const override;
  void block(void* event, const c10::Stream& stream) const override;
  bool queryEvent(void* event) const override;
  void synchronizeEvent(void* event) const override;
  double elapsedTime(void* start, void* end, DeviceIndex device) const override;
  void destroyEvent(void* event, DeviceIndex device) const noexcept override;

  void recordDataPtrOnStream(const c10::DataPtr& data, const c10::Stream& stream) const override;
};

// For code of PyTorch's kind: tensors and streams find their context by themselves.
using NPUGuard = c10::impl::InlineDeviceGuard<NPUGuardImpl>;
using OptionalNPUGuard = c10::impl::InlineOptionalDeviceGuard<NPUGuardImpl>;

// For a direct call of aclrt*: the device is current, and CANN knows it.
class OnDevice {
 public:
  explicit OnDevice(DeviceIndex device) : guard_(device) { ensure_context(); }

 private:
  NPUGuard guard_;
};

}  // namespace c10_npu
