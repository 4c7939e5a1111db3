// The one wrapper around every entry of the C ABI: no exception crosses it, a failure is remembered with the entry's
// name, and a forked child is told so instead of hanging on a lock its parent held.
#pragma once
#include "npu/base/check.h"
#include "npu/runtime/process.h"

namespace npu {

aclError fail_entry(const char* name, const Status& status) noexcept;
aclError fail_entry_with_exception(const char* name) noexcept;  // the one being handled

// body() -> Status. It must not touch streams, events or memory when `kTouchesDevice` is false: then it works in a
// forked child, too.
template <bool kTouchesDevice = true, class F> aclError entry(const char* name, F&& body) noexcept {
  try {
    if (kTouchesDevice && forked()) [[unlikely]]
      return fail_entry(name, forked_status());
    const Status status = body();
    if (status.ok()) [[likely]]
      return ACL_SUCCESS;
    return fail_entry(name, status);
  } catch (...) { return fail_entry_with_exception(name); }
}

}  // namespace npu

// aclError aclrtX(...) { return NPU_ENTRY { ...; return Status(); }; }
#define NPU_ENTRY ::npu::EntryOf<true>{__func__} + [&]()->::npu::Status
#define NPU_QUERY ::npu::EntryOf<false>{__func__} + [&]()->::npu::Status

namespace npu {

template <bool kTouchesDevice> struct EntryOf {
  const char* name;
  template <class F> aclError operator+(F&& body) const noexcept {
    return entry<kTouchesDevice>(name, static_cast<F&&>(body));
  }
};

}  // namespace npu
