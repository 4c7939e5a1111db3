#include "npu/base/options.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "npu/base/text.h"

namespace npu {
namespace {

constexpr int kMaxDevices = 64;

std::optional<double> number(const char* value) {
  char* end = nullptr;
  const double parsed = std::strtod(value, &end);
  if (end == value || *end) return std::nullopt;
  return parsed;
}

class Reader {
 public:
  // The value of a variable within [low, high]; outside it is an error and counts as not given.
  double read(const char* name, double low, double high, double standard) {
    const char* value = std::getenv(name);
    if (!value || !*value) return standard;
    const auto parsed = number(value);
    if (parsed && *parsed >= low && *parsed <= high) return *parsed;
    fail(text(name, "=", value, " is not a number from ", low, " to ", high));
    return standard;
  }

  const Soc* read_soc() {
    const char* value = std::getenv("SOFTNPU_SOC");
    if (!value || !*value) return &socs().front();
    if (const Soc* soc = find_soc(value)) return soc;
    std::string known;
    for (const Soc& soc : socs()) known += text(known.empty() ? "" : ", ", soc.name);
    fail(text("SOFTNPU_SOC=", value, " is no known chip; known are ", known));
    return &socs().front();
  }

  // As the driver does: ids count up to the first that is none.
  std::vector<int> read_visible(int devices) {
    std::vector<int> visible;
    const char* value = std::getenv("ASCEND_RT_VISIBLE_DEVICES");
    if (!value) {
      for (int i = 0; i < devices; ++i) visible.push_back(i);
      return visible;
    }
    for (const char* at = value; *at;) {
      char* end = nullptr;
      const long id = std::strtol(at, &end, 10);
      if (end == at || id < 0 || id >= devices || std::find(visible.begin(), visible.end(), id) != visible.end()) break;
      visible.push_back(static_cast<int>(id));
      if (*end != ',') break;
      at = end + 1;
    }
    return visible;
  }

  Status status;

 private:
  void fail(std::string why) {
    if (status.ok()) status = Status{ACL_ERROR_INVALID_PARAM, std::move(why)};
  }
};

Options read_options() {
  Reader reader;
  Options o;
  o.soc = reader.read_soc();
  o.devices = static_cast<int>(reader.read("SOFTNPU_DEVICES", 1, kMaxDevices, 8));
  o.visible = reader.read_visible(o.devices);
  constexpr double kGiB = 1 << 30;
  o.hbm_bytes = static_cast<uint64_t>(
      reader.read("SOFTNPU_HBM_GB", 1.0 / 1024, 4096, static_cast<double>(o.soc->hbm_bytes) / kGiB) * kGiB);
  o.spin = std::chrono::microseconds(static_cast<long>(reader.read("SOFTNPU_SPIN_US", 0, 1e6, 20)));
  o.status = reader.status;
  return o;
}

}  // namespace

const Options& options() {
  static const Options* one = new Options(read_options());  // Outlives every static that may still ask.
  return *one;
}

}  // namespace npu
