// An operator that only takes time.
#include "aclnnop/control.h"
#include "acl/acl_rt.h"
#include "npu/base/soc.h"
#include "npu/ops/op.h"

#include <chrono>
#include <thread>

namespace npu {

// The stream waits as long as the chip would for so many of its cycles.
ACLNN_OP(aclnnSleep, cycles) {
  constexpr double kLongest = 18 * 60;  // The device stops an operator then.
  OP_CHECK(cycles.size() == 1, "cycles must hold one number");
  OP_CHECK(cycles[0] > 0, "cycles must be positive");
  const Soc* soc = find_soc(aclrtGetSocName());
  const std::chrono::duration<double> time(static_cast<double>(cycles[0]) / (soc ? soc->mhz * 1e6 : 1e9));
  OP_CHECK(time.count() <= kLongest, "no operator may run longer than 18 minutes");
  return [=](void*) { std::this_thread::sleep_for(time); };
}

}  // namespace npu
