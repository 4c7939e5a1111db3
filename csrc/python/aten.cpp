#include "python/aten.h"

#include "aten/fallback.h"
#include "aten/table.h"

namespace torch_npu {

void bind_aten(py::module& m) {
  // [(aten overload, aclnn operator, whether this CANN has it)]
  m.def("operator_table", [] {
    py::list rows;
    for (const auto& row : at_npu::operator_table()) rows.append(py::make_tuple(row.aten, row.aclnn, row.present));
    return rows;
  });
  m.def("missing_operators", [] {
    py::list names;
    for (const auto& row : at_npu::operator_table())
      if (!row.present) names.append(row.aclnn);
    return names;
  });
  m.def("fallback_counts", &at_npu::fallback_counts);
  m.def("reset_fallback_counts", &at_npu::reset_fallback_counts);
  m.def("fallback_mode", &at_npu::fallback_mode);
  m.def("set_fallback_mode", &at_npu::set_fallback_mode);
}

}  // namespace torch_npu
