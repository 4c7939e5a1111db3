// A C++ program as one is written for the toolkit: softmax(q k^T / 2) v on a stream, timed by events; then a call that
// the operator must refuse.
#include <acl/acl.h>
#include <aclnnop/aclnn_batch_mat_mul.h>
#include <aclnnop/aclnn_mul.h>
#include <aclnnop/aclnn_softmax.h>

#include <cstdio>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

void check(int code, const char* what) {
  if (code != ACL_SUCCESS) throw std::runtime_error(std::string(what) + ": " + aclGetRecentErrMsg());
}
#define CHECK(call) check(call, #call)

class Tensor {
 public:
  Tensor(std::vector<int64_t> sizes, const std::vector<float>& host = {}, std::vector<int64_t> strides = {}) {
    count_ = std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
    CHECK(aclrtMalloc(&data_, count_ * sizeof(float), ACL_MEM_MALLOC_HUGE_FIRST));
    if (!host.empty()) CHECK(aclrtMemcpy(data_, count_ * 4, host.data(), count_ * 4, ACL_MEMCPY_HOST_TO_DEVICE));
    handle = aclCreateTensor(sizes.data(), sizes.size(), ACL_FLOAT, strides.empty() ? nullptr : strides.data(), 0,
                             ACL_FORMAT_ND, sizes.data(), sizes.size(), data_);
    if (!handle) throw std::runtime_error(aclGetRecentErrMsg());
  }
  ~Tensor() {
    aclDestroyTensor(handle);
    aclrtFree(data_);
  }
  Tensor(const Tensor&) = delete;
  std::vector<float> read() const {
    std::vector<float> host(count_);
    CHECK(aclrtMemcpy(host.data(), count_ * 4, data_, count_ * 4, ACL_MEMCPY_DEVICE_TO_HOST));
    return host;
  }
  aclTensor* handle = nullptr;

 private:
  void* data_ = nullptr;
  size_t count_ = 0;
};

// Both phases of an operator, with the workspace it asks for.
template <class Plan, class Run, class... Args> void call(aclrtStream stream, Plan plan, Run run, Args... args) {
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  CHECK(plan(args..., &size, &executor));
  void* workspace = nullptr;
  if (size) CHECK(aclrtMalloc(&workspace, size, ACL_MEM_MALLOC_HUGE_FIRST));
  CHECK(run(workspace, size, executor, stream));
  if (workspace) {
    CHECK(aclrtSynchronizeStream(stream));
    CHECK(aclrtFree(workspace));
  }
}
#define CALL(op, ...) call(stream, &op##GetWorkspaceSize, &op, __VA_ARGS__)

void run() {
  CHECK(aclInit(nullptr));
  CHECK(aclrtSetDevice(0));
  aclrtStream stream;
  CHECK(aclrtCreateStream(&stream));
  {
    const int8_t keep_dtype = 0;
    Tensor q({1, 2, 2}, {1, 0, 0, 1}), v({1, 2, 2}, {1, 2, 3, 4});
    Tensor k_transposed({1, 2, 2}, {4, 0, 0, 4}, {4, 1, 2});  // a view of k's memory
    Tensor scores({1, 2, 2}), scaled({1, 2, 2}), weights({1, 2, 2}), out({1, 2, 2});
    float half = 0.5f;
    aclScalar* scale = aclCreateScalar(&half, ACL_FLOAT);
    CALL(aclnnBatchMatMul, q.handle, k_transposed.handle, scores.handle, keep_dtype);
    CALL(aclnnMuls, scores.handle, scale, scaled.handle);
    CALL(aclnnSoftmax, scaled.handle, int64_t{-1}, weights.handle);
    CALL(aclnnBatchMatMul, weights.handle, v.handle, out.handle, keep_dtype);
    CHECK(aclrtSynchronizeStream(stream));
    for (float x : out.read()) std::printf("%.4f ", x);
    std::printf("\n");

    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    Tensor wrong({1, 3, 2});
    const int code = aclnnBatchMatMulGetWorkspaceSize(q.handle, wrong.handle, out.handle, keep_dtype, &size, &executor);
    std::printf("refused with %d: %s\n", code, aclGetRecentErrMsg());
    aclDestroyScalar(scale);
  }
  CHECK(aclrtDestroyStream(stream));
  CHECK(aclrtResetDevice(0));
  CHECK(aclFinalize());
}

}  // namespace

int main() try {
  run();
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
