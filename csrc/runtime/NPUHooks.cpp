// What the device-neutral half of PyTorch asks of an accelerator.
#include <ATen/detail/PrivateUse1HooksInterface.h>

#include "acl/acl_rt.h"
#include "runtime/NPUCachingAllocator.h"
#include "runtime/NPUCopy.h"
#include "runtime/NPUException.h"
#include "runtime/NPUGenerator.h"
#include "runtime/NPUGuard.h"
#include "runtime/NPUHostAllocator.h"

namespace c10_npu {
namespace {

struct NPUHooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return device_count() > 0; }
  bool hasPrimaryContext(DeviceIndex device) const override { return has_context(device); }
  void init() const override { ensure_context(); }

  DeviceIndex deviceCount() const override { return device_count(); }
  DeviceIndex getCurrentDevice() const override { return current_device(); }
  void setCurrentDevice(DeviceIndex device) const override { set_device(device); }
  DeviceIndex exchangeDevice(DeviceIndex device) const override { return exchange_device(device); }
  DeviceIndex maybeExchangeDevice(DeviceIndex device) const override { return maybe_exchange_device(device); }

  const at::Generator& getDefaultGenerator(DeviceIndex device) const override { return default_generator(device); }
  at::Generator getNewGenerator(DeviceIndex device) const override { return new_generator(device); }

  bool isPinnedPtr(const void* data) const override { return is_pinned(data); }
  at::Allocator* getPinnedMemoryAllocator() const override { return host_allocator(); }

  at::Device getDeviceFromPtr(void* data) const override {
    ensure_context();
    aclrtPtrAttributes attributes{};
    NPU_CHECK(aclrtPointerGetAttributes(data, &attributes));
    TORCH_CHECK_VALUE(attributes.location.type == ACL_MEM_LOCATION_TYPE_DEVICE, "The address ", data,
                      " is not in an NPU's memory.");
    return {c10::kPrivateUse1, static_cast<DeviceIndex>(attributes.location.id)};
  }

  void resizePrivateUse1Bytes(const c10::Storage& storage, size_t bytes) const override {
    TORCH_CHECK(storage.resizable(), "Trying to resize storage that is not resizable");
    const DeviceIndex device = storage.device().index();
    const NPUGuard guard(device);
    auto fresh = allocator()->allocate(bytes);
    copy_on_device(fresh.get(), device, storage.data(), device, std::min(bytes, storage.nbytes()));
    storage.set_data_ptr_noswap(std::move(fresh));
    storage.set_nbytes(bytes);
  }
};

const bool registered = [] {
  at::RegisterPrivateUse1HooksInterface(new NPUHooks);
  return true;
}();

}  // namespace
}  // namespace c10_npu
