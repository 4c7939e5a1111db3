// Which CANN this is: the release whose ABI the headers in include/ follow.
#pragma once
namespace npu {

inline constexpr const char* kCannVersion = "8.5.0";
inline constexpr const char* kDriverVersion = "25.5.0";

}  // namespace npu
