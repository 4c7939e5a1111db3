/* Models: only what a training client links to. C only. */
#pragma once
#include "acl/acl_base.h"

ACL_BEGIN
/* Dumps of operator inputs and outputs. */
ACL_API aclError aclmdlInitDump(void);
ACL_API aclError aclmdlSetDump(const char* config_path);
ACL_API aclError aclmdlFinalizeDump(void);
ACL_END
