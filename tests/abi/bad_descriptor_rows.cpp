// Bad arguments: tensors, scalars, arrays, lists, executors.
#include "bad_arguments.h"

#include <aclnn/acl_meta.h>
#include <aclnn/aclnn_base.h>

namespace acl_test {

void descriptor_rows(std::vector<Row>& rows, World& w) {
  constexpr aclnnStatus kNull = ACLNN_ERR_PARAM_NULLPTR;
  // A null where a descriptor should be made: the text says why.
#define NOT_MADE(call)                                                                  \
  rows.push_back({#call, [&w] {                                                         \
                    (void)w;                                                            \
                    expect_refused(#call, prefix(#call), 0, (call) == nullptr ? 0 : 1); \
                  }})
  static const int64_t odd_dims[] = {-1};
  static int64_t* dims;
  static uint64_t count;
  static int64_t offset;
  static aclFormat format;
  static aclDataType dtype;
  static void* address;
  NOT_MADE(aclCreateTensor(odd_dims, 1, ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND, odd_dims, 1, w.device));
  NOT_MADE(aclCreateScalar(nullptr, ACL_FLOAT));
  NOT_MADE(aclCreateIntArray(nullptr, 1));
  NOT_MADE(aclCreateFloatArray(nullptr, 1));
  NOT_MADE(aclCreateBoolArray(nullptr, 1));
  NOT_MADE(aclCreateTensorList(nullptr, 1));
  NOT_MADE(aclCreateScalarList(nullptr, 1));
#undef NOT_MADE
  ANSWERS(aclDestroyTensor(nullptr), == ACL_SUCCESS);
  ANSWERS(aclDestroyScalar(nullptr), == ACL_SUCCESS);
  ANSWERS(aclDestroyIntArray(nullptr), == ACL_SUCCESS);
  ANSWERS(aclDestroyFloatArray(nullptr), == ACL_SUCCESS);
  ANSWERS(aclDestroyBoolArray(nullptr), == ACL_SUCCESS);
  ANSWERS(aclDestroyTensorList(nullptr), == ACL_SUCCESS);
  ANSWERS(aclDestroyScalarList(nullptr), == ACL_SUCCESS);
  BAD(kNull, aclGetViewShape(nullptr, &dims, &count));
  BAD(kNull, aclGetStorageShape(nullptr, &dims, &count));
  BAD(kNull, aclGetViewStrides(nullptr, &dims, &count));
  BAD(kNull, aclGetViewOffset(nullptr, &offset));
  BAD(kNull, aclGetFormat(nullptr, &format));
  BAD(kNull, aclGetDataType(nullptr, &dtype));
  BAD(kNull, aclGetIntArraySize(nullptr, &count));
  BAD(kNull, aclGetFloatArraySize(nullptr, &count));
  BAD(kNull, aclGetBoolArraySize(nullptr, &count));
  BAD(kNull, aclGetTensorListSize(nullptr, &count));
  BAD(kNull, aclGetScalarListSize(nullptr, &count));
  BAD(kNull, aclInitTensor(nullptr, odd_dims, 1, ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND, odd_dims, 1, w.device));
  BAD(kNull, aclSetRawTensorAddr(nullptr, w.device));
  BAD(kNull, aclGetRawTensorAddr(nullptr, &address));
  constexpr aclnnStatus kNoExecutor = ACLNN_ERR_INNER_NULLPTR;
  BAD(kNoExecutor, aclSetAclOpExecutorRepeatable(nullptr));
  BAD(kNoExecutor, aclDestroyAclOpExecutor(nullptr));
  BAD(kNoExecutor, aclSetTensorAddr(nullptr, 0, nullptr, w.device));
  BAD(kNoExecutor, aclSetInputTensorAddr(nullptr, 0, nullptr, w.device));
  BAD(kNoExecutor, aclSetOutputTensorAddr(nullptr, 0, nullptr, w.device));
  BAD(kNull, aclSetDynamicTensorAddr(nullptr, 0, 0, nullptr, w.device));
  BAD(kNull, aclSetDynamicInputTensorAddr(nullptr, 0, 0, nullptr, w.device));
  BAD(kNull, aclSetDynamicOutputTensorAddr(nullptr, 0, 0, nullptr, w.device));
  ANSWERS(aclnnInit(nullptr), == ACL_SUCCESS);
  TAKES_ANYTHING(aclnnFinalize());
}

}  // namespace acl_test
