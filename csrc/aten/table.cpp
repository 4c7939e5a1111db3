#include "aten/table.h"

namespace at_npu {
namespace {

std::vector<TableEntry>& table() {  // Rows register from static initializers: made at the first use.
  static std::vector<TableEntry> all;
  return all;
}

}  // namespace

void note_row(std::string aten, const char* aclnn, bool present) {
  table().push_back({std::move(aten), aclnn, present});
}
const std::vector<TableEntry>& operator_table() { return table(); }

}  // namespace at_npu
