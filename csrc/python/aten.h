#pragma once
#include <torch/csrc/utils/pybind.h>

namespace torch_npu {
// The table of operators and the CPU fallback, as `torch_npu._C` shows them.
void bind_aten(py::module& m);
}  // namespace torch_npu
