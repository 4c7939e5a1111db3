// Bindings; no logic.
#include <torch/csrc/utils/pybind.h>

#include "aten/fallback.h"
#include "python/migration.h"
#include "runtime/NPUStream.h"

PYBIND11_MODULE(_C, m) {
  m.def("synchronize", &c10_npu::synchronize, py::call_guard<py::gil_scoped_release>());
  m.def("fallback_counts", &at_npu::fallback_counts);
  m.def("missing_operators", &at_npu::missing_operators);
  m.def("migrate_device_types", &torch_npu::migrate_device_types);
}
