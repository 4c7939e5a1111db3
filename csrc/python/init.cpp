// The module torch_npu._C; no logic.
#include "aten/fallback.h"
#include "python/migration.h"
#include "python/runtime.h"

PYBIND11_MODULE(_C, m) {
  torch_npu::bind_device(m);
  torch_npu::bind_stream(m);
  torch_npu::bind_memory(m);
  m.def("fallback_counts", &at_npu::fallback_counts);
  m.def("missing_operators", &at_npu::missing_operators);
  m.def("migrate_device_types", &torch_npu::migrate_device_types);
}
