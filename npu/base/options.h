// What the environment chooses, read once. A value that cannot be is a failure that the first use of a device reports,
// not a silent default.
//   SOFTNPU_SOC                the chip (base/soc.h)
//   SOFTNPU_DEVICES            how many devices there are, 1 ... 64; default 8
//   SOFTNPU_HBM_GB             GiB a device, fractions allowed; default: the chip's
//   SOFTNPU_SPIN_US            how long an idle worker and a waiting host poll before they sleep; default 20
//   ASCEND_RT_VISIBLE_DEVICES  "0,2": which of the devices this process sees, in this order
#pragma once
#include <chrono>
#include <vector>

#include "npu/base/soc.h"
#include "npu/base/status.h"

namespace npu {

struct Options {
  const Soc* soc;
  int devices;               // all
  std::vector<int> visible;  // user id -> logic id
  uint64_t hbm_bytes;
  std::chrono::microseconds spin;
  Status status;  // the first value that could not be
};

const Options& options();

}  // namespace npu
