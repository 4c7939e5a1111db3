// extern "C": what clients report to the chip's profiler. Nobody listens, as on a device that is not profiled.
#include <chrono>
#include <cstring>
#include <functional>
#include <string_view>

#include "npu/abi/entry.h"
#include "profiling/prof_api.h"

using namespace npu;

namespace {

int32_t accept(const char* name, const void* data) {
  return entry<false>(name, [&]() -> Status {
    NPU_NOT_NULL(data);
    return {};
  });
}

}  // namespace

int32_t MsprofRegisterCallback(uint32_t, ProfCommandHandle handle) {
  return accept(__func__, reinterpret_cast<const void*>(handle));
}
int32_t MsprofReportApi(uint32_t, const struct MsprofApi* api) { return accept(__func__, api); }
int32_t MsprofReportCompactInfo(uint32_t, const void* data, uint32_t) { return accept(__func__, data); }
int32_t MsprofReportAdditionalInfo(uint32_t, const void* data, uint32_t) { return accept(__func__, data); }
uint64_t MsprofGetHashId(const char* text, size_t length) {
  return text ? std::hash<std::string_view>()({text, strnlen(text, length)}) : 0;
}
uint64_t MsprofSysCycleTime() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}
