/* A C program as one is written for the toolkit: out = x + 2 * y on the device. */
#include <acl/acl.h>
#include <aclnnop/aclnn_add.h>
#include <stdio.h>

#define CHECK(call)                                                                   \
  do {                                                                                \
    int code_ = (call);                                                               \
    if (code_ != ACL_SUCCESS) {                                                       \
      fprintf(stderr, "%s failed with %d: %s\n", #call, code_, aclGetRecentErrMsg()); \
      return 1;                                                                       \
    }                                                                                 \
  } while (0)

enum { kCount = 6 };

static aclTensor* make_tensor(const float* host, void** device) {
  const int64_t sizes[] = {2, 3}, strides[] = {3, 1};
  if (aclrtMalloc(device, kCount * sizeof(float), ACL_MEM_MALLOC_HUGE_FIRST) != ACL_SUCCESS) return NULL;
  if (aclrtMemcpy(*device, kCount * sizeof(float), host, kCount * sizeof(float), ACL_MEMCPY_HOST_TO_DEVICE))
    return NULL;
  return aclCreateTensor(sizes, 2, ACL_FLOAT, strides, 0, ACL_FORMAT_ND, sizes, 2, *device);
}

int main(void) {
  const float x[kCount] = {0, 1, 2, 3, 4, 5}, y[kCount] = {1, 1, 1, 2, 2, 2};
  float result[kCount] = {0}, two = 2;
  void *x_device, *y_device, *out_device, *workspace = NULL;
  aclrtStream stream;
  aclOpExecutor* executor;
  uint64_t workspace_size = 0;

  CHECK(aclInit(NULL));
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtCreateStream(&stream));
  aclTensor* self = make_tensor(x, &x_device);
  aclTensor* other = make_tensor(y, &y_device);
  aclTensor* out = make_tensor(result, &out_device);
  aclScalar* alpha = aclCreateScalar(&two, ACL_FLOAT);
  if (!self || !other || !out || !alpha) return fprintf(stderr, "%s\n", aclGetRecentErrMsg()), 1;

  CHECK(aclnnAddGetWorkspaceSize(self, other, alpha, out, &workspace_size, &executor));
  if (workspace_size) CHECK(aclrtMalloc(&workspace, workspace_size, ACL_MEM_MALLOC_HUGE_FIRST));
  CHECK(aclnnAdd(workspace, workspace_size, executor, stream));
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtMemcpy(result, sizeof(result), out_device, sizeof(result), ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) printf("%g%c", result[i], i + 1 < kCount ? ' ' : '\n');

  aclDestroyTensor(self);
  aclDestroyTensor(other);
  aclDestroyTensor(out);
  aclDestroyScalar(alpha);
  if (workspace) CHECK(aclrtFree(workspace));
  CHECK(aclrtFree(x_device));
  CHECK(aclrtFree(y_device));
  CHECK(aclrtFree(out_device));
  CHECK(aclrtDestroyStream(stream));
  CHECK(aclrtResetDevice(0));
  CHECK(aclFinalize());
  return 0;
}
