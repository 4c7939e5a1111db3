// text("a ", 1, " b"): one string from anything that prints. For messages, never on a hot path.
#pragma once
#include <sstream>
#include <string>

namespace npu {

template <class... T> std::string text(const T&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return std::move(out).str();
}

}  // namespace npu
