/* How an operator is declared: GetWorkspaceSize plans, the other function launches the plan. */
#pragma once
#include "aclnn/acl_meta.h"
/* A client that tolerates a CANN without some operators defines ACLNN_API as weak before it includes this. */
#ifndef ACLNN_API
#define ACLNN_API ACL_API
#endif
ACL_BEGIN
/* A toolkit's operators read a configuration here. These need none: both calls succeed, and may be left out. */
ACL_API aclnnStatus aclnnInit(const char* config_path);
ACL_API aclnnStatus aclnnFinalize(void);
ACL_END
#define ACLNN_DECLARE(op, ...)                                                                                 \
  ACLNN_API aclnnStatus op##GetWorkspaceSize(__VA_ARGS__, uint64_t* workspace_size, aclOpExecutor** executor); \
  ACLNN_API aclnnStatus op(void* workspace, uint64_t workspace_size, aclOpExecutor* executor, aclrtStream stream)
