#include "npu/ops/op.h"

#include <stdexcept>

namespace npu {
namespace {

std::string list_text(size_t size, auto item) {
  std::string out = "[";
  for (size_t i = 0; i < size; ++i) {
    if (i == 8 && size > 9) return out + ", ... " + std::to_string(size) + " in all]";
    out += (i ? ", " : "") + item(i);
  }
  return out + ']';
}

aclnnStatus fail(const Operator& op, int code, std::string why) {
  return remember(Status{code, std::string(op.name) + ": " + std::move(why)});
}

}  // namespace

void refuse_dead_handle() {
  throw std::invalid_argument("a descriptor was destroyed before the call, or is none of this kind");
}

std::string show(const aclTensorList* list) {
  if (!list || !list->tag.alive()) return list ? "destroyed" : "null";
  return list_text(list->items.size(), [&](size_t i) { return show(list->items[i]); });
}
std::string show(const aclIntArray* array) {
  if (!array || !array->tag.alive()) return array ? "destroyed" : "null";
  return list_text(array->size(), [&](size_t i) { return std::to_string((*array)[i]); });
}

// "aclnnMm(self float32[2, 3], mat2 float32[4, 5], out float32[2, 5]): why"
aclnnStatus refuse(const Operator& op, const Status& why, std::initializer_list<std::string> arguments) {
  std::string text = std::string(op.name) + '(';
  const char* name = op.arguments;
  for (const std::string& argument : arguments) {
    const size_t length = std::strcspn(name, ",");
    text.append(name, length).append(" ").append(argument).append(name[length] ? ", " : "");
    name += length + std::strspn(name + length, ", ");
  }
  return remember(Status{why.code(), text + "): " + why.text()});
}

aclnnStatus finish_plan(const Operator& op, Plan plan, uint64_t* size, aclOpExecutor** executor) {
  plan.executor->op = &op;
  plan.executor->workspace_size = *size = plan.workspace;
  *executor = plan.executor.release();
  return ACL_SUCCESS;
}

aclnnStatus launch(const Operator& op, void* workspace, uint64_t size, aclOpExecutor* executor, aclrtStream stream) {
  if (!executor) return fail(op, ACLNN_ERR_INNER_NULLPTR, "the executor is null");
  if (!executor->tag.alive() || executor->launched)
    return fail(op, ACLNN_ERR_PARAM_INVALID,
                "the executor has run or was destroyed; aclSetAclOpExecutorRepeatable keeps one for more runs");
  if (executor->op != &op)
    return fail(op, ACLNN_ERR_PARAM_INVALID, std::string("the executor was planned by ") + executor->op->name);
  if (executor->workspace_size && (!workspace || size < executor->workspace_size))
    return fail(op, ACLNN_ERR_PARAM_INVALID,
                "the workspace has " + std::to_string(workspace ? size : 0) + " bytes, phase one asked for " +
                    std::to_string(executor->workspace_size));
  std::shared_ptr<Stream> on;
  if (const Status status = stream_of(stream, on); !status.ok()) return fail(op, status.code(), status.text());
  std::unique_ptr<aclOpExecutor> task;
  if (executor->kept) {
    Plan plan = executor->kept->plan();
    if (!plan.executor) return fail(op, plan.error.code(), plan.error.text());
    task = std::move(plan.executor);
    task->op = &op;
  } else {
    task.reset(executor);
    executor->launched = true;
  }
  task->workspace = workspace;
  const auto settle = std::move(task->settle);
  const aclError code = on->submit(std::move(task));
  if (code || !settle) return code;
  if (Status status = on->synchronize(); !status.ok()) return remember(std::move(status));
  settle();
  return ACL_SUCCESS;
}

}  // namespace npu
