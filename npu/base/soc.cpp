#include "npu/base/soc.h"

namespace npu {
namespace {

constexpr uint64_t kMiB = 1 << 20, kGiB = 1 << 30;

// clang-format off
constexpr Soc kSocs[] = {
// name                series                   HBM        L2        cube vec cpu  MHz  lanes B/cyc  UB   arch  bf16   inf_nan only   aclop
  {"Ascend910B3",      "Atlas A2",              64 * kGiB, 192 * kMiB, 20, 40, 6, 1800, 128, 32, 196608, 2201, true,  true,  false, true},
  {"Ascend910A",       "Atlas training series", 32 * kGiB,  32 * kMiB, 32,  0, 4, 1000, 128, 32, 262144, 1001, false, false, false, true},
  {"Ascend910_9391",   "Atlas A3",              64 * kGiB, 192 * kMiB, 24, 48, 6, 1850, 128, 32, 196608, 2201, true,  true,  false, true},
  {"Ascend950PR_9599", "Ascend 950",           128 * kGiB, 128 * kMiB, 36, 72, 6, 1800, 128, 31, 253952, 3510, true,  true,  true,  false},
};
// clang-format on

}  // namespace

std::span<const Soc> socs() { return kSocs; }

const Soc* find_soc(std::string_view name) {
  for (const Soc& soc : kSocs)
    if (name == soc.name) return &soc;
  return name == "Ascend950" ? &kSocs[3] : nullptr;  // The family's short name.
}

}  // namespace npu
