// Bindings of csrc/runtime, by noun.
#pragma once
#include <torch/csrc/utils/pybind.h>

namespace torch_npu {
void bind_config(py::module_& m);
void bind_device(py::module_& m);
void bind_stream(py::module_& m);
void bind_memory(py::module_& m);
void bind_snapshot(py::module_& m);
}  // namespace torch_npu
