// extern "C": dumps.
#include "acl/acl_mdl.h"

#include "npu/abi/entry.h"

using namespace npu;

aclError aclmdlInitDump() {
  return NPU_QUERY { return unimplemented("dumps of operator inputs and outputs"); };
}
aclError aclmdlSetDump(const char*) {
  return NPU_QUERY { return unimplemented("dumps of operator inputs and outputs"); };
}
aclError aclmdlFinalizeDump() {
  return NPU_QUERY { return unimplemented("dumps of operator inputs and outputs"); };
}
