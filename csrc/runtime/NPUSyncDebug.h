// torch.npu.set_sync_debug_mode: say where the host waits for the device without having been asked to.
#pragma once

namespace c10_npu {

enum class SyncDebugMode { kOff = 0, kWarn = 1, kError = 2 };

void set_sync_debug_mode(SyncDebugMode mode);  // of the process
SyncDebugMode sync_debug_mode();

// Called by what is about to wait: warns or throws as the mode says.
void about_to_wait();

}  // namespace c10_npu
