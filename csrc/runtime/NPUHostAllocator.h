// Pinned host memory: ATen's caching host allocator over aclrtMallocHost.
#pragma once
#include <ATen/core/CachingHostAllocator.h>

namespace c10_npu {

// Never destroyed. Thread-safe. A block that a stream still uses (record_event) is handed out again only after it.
at::HostAllocator* host_allocator();

// Any address within memory that CANN knows as pinned; makes no context.
bool is_pinned(const void* ptr);

}  // namespace c10_npu
