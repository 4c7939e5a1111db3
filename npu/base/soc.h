// The chips: a table, one row each. Everything that depends on the chip asks here; nobody compares names.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace npu {

struct Soc {
  const char* name;    // as aclrtGetSocName reports it
  const char* series;  // as the product line is called
  uint64_t hbm_bytes;
  uint64_t l2_bytes;
  int cube_cores, vector_cores, cpu_cores;
  int mhz;
  int vector_fp16_lanes;     // of one vector core (of one AI core where it has no vector cores of its own)
  int hbm_bytes_per_cycle;   // of one core
  int unified_buffer_bytes;  // of one vector core
  int arch;                  // ACL_DEV_ATTR_NPU_ARCH
  bool bf16;
  bool inf_nan;           // Overflow gives inf and nan by default; else it saturates.
  bool inf_nan_only;      // ... and cannot be told otherwise.
  bool binary_operators;  // Operators by name (aclop*) exist for this chip.

  // The matrix unit multiplies 16x16x16 fp16 values a cycle.
  double peak_fp16_flops() const { return 2.0 * 16 * 16 * 16 * cube_cores * mhz * 1e6; }
  double hbm_bytes_per_second() const { return 1e6 * mhz * hbm_bytes_per_cycle * cube_cores; }
};

std::span<const Soc> socs();  // The first is the default.
// Null: no such chip. Operators ask too.
__attribute__((visibility("default"))) const Soc* find_soc(std::string_view name);

}  // namespace npu
