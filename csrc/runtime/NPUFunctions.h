// The current device of a thread, and the life of the process on it.
// A context is made at the first use of a device, never by counting or naming one.
#pragma once
#include <c10/core/Device.h>

namespace c10_npu {

using c10::DeviceIndex;

constexpr DeviceIndex kMaxDevices = 64;

// 0 where there is no device or counting fails; never throws, makes no context.
DeviceIndex device_count() noexcept;

// This thread's device; 0 until it chooses one. Makes no context.
DeviceIndex current_device();
// Throws for a device that does not exist. Makes its context.
void set_device(DeviceIndex device);
// Both return the device that was current; -1 changes nothing. maybe_exchange_device makes no context: it is how a
// guard goes back.
DeviceIndex exchange_device(DeviceIndex device);
DeviceIndex maybe_exchange_device(DeviceIndex device);
// `device`, or the current one for -1. Throws for one that does not exist.
DeviceIndex checked_device(DeviceIndex device);

// The current device's context on this thread, made when it is not there. Every call of aclrt* needs it first.
void ensure_context();
bool has_context(DeviceIndex device);  // made by any thread of this process
bool is_initialized();                 // any device has one

// Waits for all work on the device: -1 is the current one.
void synchronize(DeviceIndex device = -1);

// True in a forked child whose parent used a device: nothing of the device works there.
bool in_bad_fork() noexcept;

}  // namespace c10_npu
