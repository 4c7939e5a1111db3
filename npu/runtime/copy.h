// Copies and fills, checked against the map of memory when they are issued and again when they run.
#pragma once
#include <cstddef>

#include "acl/acl_rt_memory.h"
#include "npu/runtime/stream.h"

namespace npu {

// A box of rows; one row when height is 1.
struct Copy {
  void* dst;
  size_t dst_pitch;
  const void* src;
  size_t src_pitch;
  size_t width, height;
  aclrtMemcpyKind kind;
};

Status copy_now(const Copy& copy);
// In stream order. Host memory that is not page-locked makes it wait until the copy is done: then it is a synchronize,
// too, and hands over the failure of the stream's earlier work, also when that failure is why the copy is refused.
Status copy_async(const Copy& copy, Stream& stream);

Status fill_now(void* pointer, size_t max, int value, size_t count);
Status fill_async(void* pointer, size_t max, int value, size_t count, Stream& stream);

// The pointer must have count bytes of device memory behind it. `what` names it in the text.
Status check_on_device(const char* what, const void* pointer, size_t count);

}  // namespace npu
