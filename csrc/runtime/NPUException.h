// How a failed device call becomes a C++ exception, and so a Python one.
#pragma once

namespace c10_npu {

// Throws: c10::OutOfMemoryError (torch.OutOfMemoryError) when memory ran out, c10::AcceleratorError
// (torch.AcceleratorError, a RuntimeError) for the runtime's other codes, c10::Error for an operator that refuses.
// The text has the call, the code, its name, and what CANN said about it on this thread.
[[noreturn]] void fail(const char* call, int code);

// For destructors and other places that must not throw: warns instead. An unloading process is silent.
void warn(const char* call, int code) noexcept;

}  // namespace c10_npu

#define NPU_CHECK(call)                                          \
  do {                                                           \
    if (const int code_ = (call)) ::c10_npu::fail(#call, code_); \
  } while (0)
#define NPU_CHECK_WARN(call)                                     \
  do {                                                           \
    if (const int code_ = (call)) ::c10_npu::warn(#call, code_); \
  } while (0)
