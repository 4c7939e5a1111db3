/* Attributes of aclop* operators, which are found by name (acl_op_compiler.h). C only. */
#pragma once
#include "acl/acl_base.h"

typedef struct aclopAttr aclopAttr;
typedef enum { ACL_ENGINE_SYS, ACL_ENGINE_AICORE, ACL_ENGINE_VECTOR } aclopEngineType;

ACL_BEGIN
ACL_API aclopAttr* aclopCreateAttr(void);
ACL_API void aclopDestroyAttr(const aclopAttr* attr);
ACL_API aclError aclopSetAttrBool(aclopAttr* attr, const char* name, uint8_t value);
ACL_API aclError aclopSetAttrInt(aclopAttr* attr, const char* name, int64_t value);
ACL_API aclError aclopSetAttrFloat(aclopAttr* attr, const char* name, float value);
ACL_API aclError aclopSetAttrString(aclopAttr* attr, const char* name, const char* value);
ACL_API aclError aclopSetAttrDataType(aclopAttr* attr, const char* name, aclDataType value);
ACL_API aclError aclopSetAttrListBool(aclopAttr* attr, const char* name, int count, const uint8_t* values);
ACL_API aclError aclopSetAttrListInt(aclopAttr* attr, const char* name, int count, const int64_t* values);
ACL_API aclError aclopSetAttrListFloat(aclopAttr* attr, const char* name, int count, const float* values);
ACL_API aclError aclopSetAttrListString(aclopAttr* attr, const char* name, int count, const char** values);
ACL_API aclError aclopSetAttrListDataType(aclopAttr* attr, const char* name, int count, const aclDataType values[]);
ACL_API aclError aclopSetAttrListListInt(aclopAttr* attr, const char* name, int list_count, const int* counts,
                                         const int64_t* const values[]);
ACL_END
