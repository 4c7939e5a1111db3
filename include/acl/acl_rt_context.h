/* Contexts belong to threads: a thread works in the context it set last. C only. */
#pragma once
#include "acl/acl_base.h"

ACL_BEGIN
/* Makes a context on a device and makes it this thread's. */
ACL_API aclError aclrtCreateContext(aclrtContext* context, int32_t device);
ACL_API aclError aclrtDestroyContext(aclrtContext context);
ACL_API aclError aclrtSetCurrentContext(aclrtContext context);
ACL_API aclError aclrtGetCurrentContext(aclrtContext* context);
ACL_API aclError aclrtCtxGetCurrentDefaultStream(aclrtStream* stream);
ACL_API aclError aclrtGetPrimaryCtxState(int32_t device, uint32_t* flags, int32_t* active);

/* Parameters of the process, and of the current context, which hides the process's. */
ACL_API aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value);
ACL_API aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t* value);
ACL_API aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value);
ACL_API aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t* value);
ACL_END
