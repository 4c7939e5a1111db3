// What happens to the process around us: fork and exit.
#pragma once
#include "npu/base/status.h"

namespace npu {

// From now on a forked child has no device: its worker threads and locks are not there.
void mark_in_use();
bool forked();  // This process is such a child.
Status forked_status();

// Once the process exits, streams finish what they have and take nothing new.
bool exiting();

}  // namespace npu
