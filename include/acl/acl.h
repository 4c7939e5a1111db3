/* Everything a program for CANN starts from. C only. */
#pragma once
#include "acl/acl_base.h"
#include "acl/acl_mdl.h"
#include "acl/acl_op.h"
#include "acl/acl_rt.h"
