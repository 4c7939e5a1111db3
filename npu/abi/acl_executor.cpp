// extern "C" of executors: reuse, and new addresses between runs.
#include "npu/ops/executor.h"

#include "aclnn/aclnn_base.h"

aclOpExecutor::aclOpExecutor() = default;
aclOpExecutor::~aclOpExecutor() = default;

namespace npu {
namespace {

aclnnStatus fail(int code, const char* what, const char* why) {
  return remember(Status{code, std::string(what) + ": " + why});
}

Status usable(const aclOpExecutor* executor) {
  if (!executor) return {ACLNN_ERR_INNER_NULLPTR, "the executor is null"};
  if (!executor->tag.alive() || executor->launched)
    return {ACLNN_ERR_PARAM_INVALID, "the executor has run or was destroyed"};
  return {};
}

enum class Among { kAll, kInputs, kOutputs };

Slot* find(Arguments& arguments, Among among, size_t index) {
  for (Slot& slot : arguments.slots)
    if (among == Among::kAll || slot.output == (among == Among::kOutputs))
      if (index-- == 0) return &slot;
  return nullptr;
}

aclnnStatus set_address(const char* what, aclOpExecutor* executor, Among among, size_t index, size_t relative,
                        const aclTensor* tensor, void* addr) {
  if (Status s = usable(executor); !s.ok()) return remember(Status{s.code(), what + (": " + s.text())});
  if (!tensor) return fail(ACLNN_ERR_PARAM_NULLPTR, what, "the tensor is null");
  if (!tensor->tag.alive()) return fail(ACLNN_ERR_PARAM_INVALID, what, "the tensor was destroyed");
  if (!executor->kept)
    return fail(ACLNN_ERR_PARAM_INVALID, what, "the executor is not repeatable: call aclSetAclOpExecutorRepeatable");
  Slot* slot = find(*executor->kept, among, index);
  if (!slot || relative >= slot->count)
    return fail(ACLNN_ERR_PARAM_INVALID, what, "the operator has no tensor of that index");
  const_cast<aclTensor*>(tensor)->move_to(addr);
  slot->first[relative].data = tensor->data;
  return ACL_SUCCESS;
}

aclnnStatus set_address(const char* what, aclOpExecutor* executor, Among among, size_t index, size_t relative,
                        const aclTensorList* list, void* addr) {
  if (!list) return fail(ACLNN_ERR_PARAM_NULLPTR, what, "the list is null");
  if (!list->tag.alive()) return fail(ACLNN_ERR_PARAM_INVALID, what, "the list was destroyed");
  if (relative >= list->items.size())
    return fail(ACLNN_ERR_PARAM_INVALID, what, "the list has no tensor of that index");
  return set_address(what, executor, among, index, relative, list->items[relative], addr);
}

}  // namespace
}  // namespace npu

using namespace npu;

aclnnStatus aclnnInit(const char*) { return ACL_SUCCESS; }
aclnnStatus aclnnFinalize() { return ACL_SUCCESS; }

aclnnStatus aclSetAclOpExecutorRepeatable(aclOpExecutor* executor) {
  if (Status s = usable(executor); !s.ok())
    return remember(Status{s.code(), "aclSetAclOpExecutorRepeatable: " + s.text()});
  try {
    if (!executor->kept) executor->kept = executor->op->keep(*executor);
  } catch (const std::exception& e) { return fail(ACLNN_ERR_PARAM_INVALID, "aclSetAclOpExecutorRepeatable", e.what()); }
  return ACL_SUCCESS;
}
aclnnStatus aclDestroyAclOpExecutor(aclOpExecutor* executor) {
  if (Status s = usable(executor); !s.ok()) return remember(Status{s.code(), "aclDestroyAclOpExecutor: " + s.text()});
  delete executor;
  return ACL_SUCCESS;
}
aclnnStatus aclSetTensorAddr(aclOpExecutor* e, const size_t index, aclTensor* tensor, void* addr) {
  return set_address("aclSetTensorAddr", e, Among::kAll, index, 0, tensor, addr);
}
aclnnStatus aclSetInputTensorAddr(aclOpExecutor* e, const size_t index, aclTensor* tensor, void* addr) {
  return set_address("aclSetInputTensorAddr", e, Among::kInputs, index, 0, tensor, addr);
}
aclnnStatus aclSetOutputTensorAddr(aclOpExecutor* e, const size_t index, aclTensor* tensor, void* addr) {
  return set_address("aclSetOutputTensorAddr", e, Among::kOutputs, index, 0, tensor, addr);
}
aclnnStatus aclSetDynamicTensorAddr(aclOpExecutor* e, size_t index, const size_t relative, aclTensorList* list,
                                    void* addr) {
  return set_address("aclSetDynamicTensorAddr", e, Among::kAll, index, relative, list, addr);
}
aclnnStatus aclSetDynamicInputTensorAddr(aclOpExecutor* e, size_t index, const size_t relative, aclTensorList* list,
                                         void* addr) {
  return set_address("aclSetDynamicInputTensorAddr", e, Among::kInputs, index, relative, list, addr);
}
aclnnStatus aclSetDynamicOutputTensorAddr(aclOpExecutor* e, size_t index, const size_t relative, aclTensorList* list,
                                          void* addr) {
  return set_address("aclSetDynamicOutputTensorAddr", e, Among::kOutputs, index, relative, list, addr);
}
