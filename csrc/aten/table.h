// What the table of operators holds, for the coverage report, the tests and `softnpu ops`.
#pragma once
#include <string>
#include <vector>

namespace at_npu {

struct TableEntry {
  std::string aten;   // overload, as "add.out"
  std::string aclnn;  // operator, as "aclnnAdd"
  bool present;       // false: this CANN lacks the operator, and the overload falls back to the CPU
};

void note_row(std::string aten, const char* aclnn, bool present);
// In order of registration. Complete once the library is loaded; not changed afterwards.
const std::vector<TableEntry>& operator_table();

}  // namespace at_npu
