// Bytes between host and devices, in the order of the current stream of the current device.
#pragma once
#include <cstddef>

#include "runtime/NPUFunctions.h"

namespace c10_npu {

// The caller may reuse `src` when this returns, unless it asks for non_blocking and `src` is pinned: then the device
// reads it in stream order, and the pinned block is kept until it has. `src_context` is the context of the DataPtr
// that owns `src`; without it only the first byte of a pinned block is recognized, anything else goes by way of a
// staging copy.
void copy_from_host(void* dst, const void* src, size_t bytes, bool non_blocking = false, void* src_context = nullptr);

// `dst` holds the bytes when this returns, unless the caller asks for non_blocking and `dst` is pinned.
void copy_to_host(void* dst, const void* src, size_t bytes, bool non_blocking = false, void* dst_context = nullptr);

// Between two devices, or within one. What is queued on either device's current stream before runs before, what is
// queued after runs after. Never waits on the host.
void copy_on_device(void* dst, DeviceIndex dst_device, const void* src, DeviceIndex src_device, size_t bytes);

}  // namespace c10_npu
