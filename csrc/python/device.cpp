#include "python/runtime.h"
#include "runtime/NPUFunctions.h"
#include "runtime/NPUGenerator.h"
#include "runtime/NPUProperties.h"
#include "runtime/NPUSyncDebug.h"

namespace torch_npu {

void bind_device(py::module_& m) {
  using namespace c10_npu;
  const py::call_guard<py::gil_scoped_release> no_gil;
  m.def("device_count", &device_count);
  m.def("current_device", &current_device);
  m.def("set_device", &set_device, no_gil);
  m.def("exchange_device", &exchange_device, no_gil);
  m.def("maybe_exchange_device", &maybe_exchange_device);
  m.def("synchronize", &synchronize, py::arg("device") = -1, no_gil);
  m.def("init", &ensure_context, no_gil);
  m.def("is_initialized", &is_initialized);
  m.def("in_bad_fork", &in_bad_fork);

  m.def("set_sync_debug_mode", [](int mode) { set_sync_debug_mode(static_cast<SyncDebugMode>(mode)); });
  m.def("sync_debug_mode", [] { return static_cast<int>(sync_debug_mode()); });
  m.def("default_generator", &default_generator);  // PyTorch's own way to it makes a context.

  m.def("device_name", &device_name);
  m.def("supports_bfloat16", &supports_bfloat16);
  m.def("can_access_peer", &can_access_peer, no_gil);
  m.def("utilization", &utilization, no_gil);
  m.def("device_properties", &properties, no_gil, py::return_value_policy::reference);
  constexpr int64_t kMiB = 1 << 20;
  py::class_<NPUProperties>(m, "_NPUDeviceProperties")
      .def_readonly("name", &NPUProperties::name)
      .def_readonly("total_memory", &NPUProperties::total_memory)
      .def_readonly("cube_core_num", &NPUProperties::cube_core_num)
      .def_readonly("vector_core_num", &NPUProperties::vector_core_num)
      // What DataParallel compares across devices.
      .def_readonly("multi_processor_count", &NPUProperties::vector_core_num)
      .def_readonly("L2_cache_size", &NPUProperties::L2_cache_size)
      .def_property_readonly("uuid", [](const NPUProperties& p) { return to_string(p.uuid); })
      .def("__repr__", [](const NPUProperties& p) {
        return c10::str("_NPUDeviceProperties(name='", p.name, "', total_memory=", p.total_memory / kMiB,
                        "MB, cube_core_num=", p.cube_core_num, ", vector_core_num=", p.vector_core_num,
                        ", uuid=", to_string(p.uuid), ", L2_cache_size=", p.L2_cache_size / kMiB, "MB)");
      });
}

}  // namespace torch_npu
