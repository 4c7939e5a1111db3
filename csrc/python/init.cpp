// The module torch_npu._C; no logic.
#include "python/aten.h"
#include "python/migration.h"
#include "python/runtime.h"

PYBIND11_MODULE(_C, m) {
  torch_npu::bind_config(m);
  torch_npu::bind_device(m);
  torch_npu::bind_stream(m);
  torch_npu::bind_memory(m);
  torch_npu::bind_snapshot(m);
  torch_npu::bind_aten(m);
  m.def("migrate_device_types", &torch_npu::migrate_device_types);
}
