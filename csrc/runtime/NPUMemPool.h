// A pool of memory of its own on one device: its blocks serve only what is allocated while it is in use.
#pragma once
#include "runtime/NPUBlock.h"

namespace c10_npu {

// On the current device. When the last user lets go, free segments return to the device; blocks of tensors still alive
// do when those are freed and the cache is emptied.
class NPUMemPool {
 public:
  NPUMemPool();
  ~NPUMemPool();
  NPUMemPool(const NPUMemPool&) = delete;
  NPUMemPool& operator=(const NPUMemPool&) = delete;

  MempoolId_t id() const { return id_; }
  DeviceIndex device() const { return device_; }
  int use_count() const;

  // A new id: (0, n) for a user's pool, (n, 0) for a graph's.
  static MempoolId_t new_id(bool for_graph);

 private:
  const DeviceIndex device_;
  const MempoolId_t id_;
};

// This thread's requests on `device` come from the pool until end_allocate_to_pool.
void begin_allocate_to_pool(DeviceIndex device, MempoolId_t pool);
void end_allocate_to_pool(DeviceIndex device, MempoolId_t pool);

}  // namespace c10_npu
