/* Operators: control. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnSleep, const aclIntArray* cycles);
ACL_END
