#include "npu/ops/op.h"

namespace npu {

int refuse(const char* op, const char* why) {
  return remember(Status{ACLNN_ERR_PARAM_INVALID, std::string(op) + ": " + why});
}

int finish_plan(const char* op, Plan plan, uint64_t* size, aclOpExecutor** executor) {
  if (!plan.executor) return refuse(op, plan.error.text().c_str());
  *size = plan.workspace;
  *executor = plan.executor.release();
  return ACL_SUCCESS;
}

int launch(aclOpExecutor* executor, void* workspace, aclrtStream stream) {
  executor->workspace = workspace;
  return static_cast<Stream*>(stream)->submit(std::unique_ptr<Task>(executor));
}

}  // namespace npu
