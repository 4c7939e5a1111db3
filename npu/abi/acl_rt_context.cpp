// extern "C": contexts and parameters.
#include "acl/acl_rt_context.h"

#include "npu/abi/entry.h"
#include "npu/runtime/device.h"

using namespace npu;

namespace {

Status context_of(aclrtContext handle, std::shared_ptr<Context>& context) {
  NPU_REQUIRE(handle, ACL_ERROR_INVALID_PARAM, "the context is null");
  context = contexts().find(handle);
  NPU_REQUIRE(context && !context->closed(), ACL_ERROR_RT_CONTEXT_NULL,
              is_handle(handle, HandleKind::kContext) ? "the context was destroyed" : "this is no context");
  return {};
}

}  // namespace

aclError aclrtCreateContext(aclrtContext* context, int32_t device) {
  return NPU_ENTRY {
    NPU_NOT_NULL(context);
    Device* on;
    NPU_TRY(device_of(device, on));
    std::shared_ptr<Context> made;
    NPU_TRY(make_context(*on, false, made));
    *context = made->handle;
    set_current_context(made);
    return {};
  };
}

aclError aclrtDestroyContext(aclrtContext context) {
  return NPU_ENTRY {
    std::shared_ptr<Context> found;
    NPU_TRY(context_of(context, found));
    NPU_REQUIRE(!found->primary, ACL_ERROR_RT_PARAM_INVALID,
                "this is the device's own context; aclrtResetDevice ends it");
    NPU_REQUIRE(contexts().remove(context), ACL_ERROR_RT_CONTEXT_NULL, "the context was destroyed");
    return found->close(false);
  };
}

aclError aclrtSetCurrentContext(aclrtContext context) {
  return NPU_ENTRY {
    std::shared_ptr<Context> found;
    NPU_TRY(context_of(context, found));
    set_current_context(found);
    return {};
  };
}

aclError aclrtGetCurrentContext(aclrtContext* context) {
  return NPU_ENTRY {
    NPU_NOT_NULL(context);
    Context* current;
    NPU_TRY(current_context(current));
    *context = current->handle;
    return {};
  };
}

aclError aclrtCtxGetCurrentDefaultStream(aclrtStream* stream) {
  return NPU_ENTRY {
    NPU_NOT_NULL(stream);
    Context* current;
    NPU_TRY(current_context(current));
    *stream = current->default_stream->handle;
    return {};
  };
}

aclError aclrtGetPrimaryCtxState(int32_t device, uint32_t* flags, int32_t* active) {
  return NPU_ENTRY {
    NPU_NOT_NULL(active);
    Device* found;
    NPU_TRY(device_of(device, found));
    if (flags) *flags = 0;
    *active = found->primary() ? 1 : 0;
    return {};
  };
}

aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value) {
  return NPU_ENTRY { return process_params().set(opt, value); };
}
aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t* value) {
  return NPU_ENTRY {
    NPU_NOT_NULL(value);
    return process_params().get(opt, *value);
  };
}
aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value) {
  return NPU_ENTRY {
    Context* current;
    NPU_TRY(current_context(current));
    return current->params.set(opt, value);
  };
}
aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t* value) {
  return NPU_ENTRY {
    NPU_NOT_NULL(value);
    Context* current;
    NPU_TRY(current_context(current));
    return current->params.get(opt, *value);
  };
}
