/* Operators found by name, and how they are compiled. The software CANN has no operator by name: running one fails,
   and says which it was and what it was given. C only. */
#pragma once
#include "acl/acl_base.h"
#include "acl/acl_op.h"

typedef enum { ACL_COMPILE_SYS, ACL_COMPILE_UNREGISTERED } aclopCompileType;
typedef enum { ACL_OP_COMPILE_DEFAULT, ACL_OP_COMPILE_FUZZ } aclOpCompileFlag;

typedef enum {
  ACL_PRECISION_MODE,
  ACL_AICORE_NUM,
  ACL_AUTO_TUNE_MODE,
  ACL_OP_SELECT_IMPL_MODE,
  ACL_OPTYPELIST_FOR_IMPLMODE,
  ACL_OP_DEBUG_LEVEL,
  ACL_DEBUG_DIR,
  ACL_OP_COMPILER_CACHE_MODE,
  ACL_OP_COMPILER_CACHE_DIR,
  ACL_OP_PERFORMANCE_MODE,
  ACL_OP_JIT_COMPILE,
  ACL_OP_DETERMINISTIC,
  ACL_CUSTOMIZE_DTYPES,
  ACL_OP_PRECISION_MODE,
  ACL_ALLOW_HF32,
  ACL_PRECISION_MODE_V2,
  ACL_OP_DEBUG_OPTION
} aclCompileOpt;

typedef struct aclGraphDumpOption aclGraphDumpOption;

ACL_BEGIN
ACL_API aclError aclopCompileAndExecute(const char* type, int input_count, const aclTensorDesc* const input_descs[],
                                        const aclDataBuffer* const inputs[], int output_count,
                                        const aclTensorDesc* const output_descs[], aclDataBuffer* const outputs[],
                                        const aclopAttr* attr, aclopEngineType engine, aclopCompileType compile,
                                        const char* path, aclrtStream stream);
ACL_API aclError aclopCompileAndExecuteV2(const char* type, int input_count, aclTensorDesc* input_descs[],
                                          aclDataBuffer* inputs[], int output_count, aclTensorDesc* output_descs[],
                                          aclDataBuffer* outputs[], aclopAttr* attr, aclopEngineType engine,
                                          aclopCompileType compile, const char* path, aclrtStream stream);
ACL_API aclError aclopSetCompileFlag(aclOpCompileFlag flag);

/* Options are kept and read back: deterministic and HF32 choices reach the operators through them. */
ACL_API aclError aclSetCompileopt(aclCompileOpt opt, const char* value);
/* Bytes aclGetCompileopt needs, the closing zero included. */
ACL_API size_t aclGetCompileoptSize(aclCompileOpt opt);
ACL_API aclError aclGetCompileopt(aclCompileOpt opt, char* value, size_t length);

ACL_API aclGraphDumpOption* aclCreateGraphDumpOpt(void);
ACL_API aclError aclDestroyGraphDumpOpt(const aclGraphDumpOption* option);
ACL_API aclError aclGenGraphAndDumpForOp(const char* type, int input_count, const aclTensorDesc* const input_descs[],
                                         const aclDataBuffer* const inputs[], int output_count,
                                         const aclTensorDesc* const output_descs[], aclDataBuffer* const outputs[],
                                         const aclopAttr* attr, aclopEngineType engine, const char* path,
                                         const aclGraphDumpOption* option);
ACL_END
