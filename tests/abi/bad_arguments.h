// Rows of bad arguments: a call, and what it must answer. The tests over all of them are in bad_arguments_test.cpp.
#pragma once
#include "acl_test.h"

namespace acl_test {

struct Row {
  std::string call;
  std::function<void()> check;
  std::string function() const { return call.substr(0, call.find('(')); }
};

// What rows use: handles and pointers, good ones and those that died.
struct World {
  World() {
    check(aclrtSetDevice(0));
    check(aclrtCreateStream(&stream));
    check(aclrtCreateStream(&dead_stream));
    check(aclrtDestroyStream(dead_stream));
    check(aclrtCreateEvent(&event));
    check(aclrtCreateEvent(&dead_event));
    check(aclrtDestroyEvent(dead_event));
    check(aclrtCreateEventExWithFlag(&reusable, ACL_EVENT_CAPTURE_STREAM_PROGRESS));
    check(aclrtCreateContext(&dead_context, 0));
    check(aclrtDestroyContext(dead_context));
    check(aclrtCreateContext(&other_context, 1));
    check(aclrtCreateStream(&other_stream));
    check(aclrtSetDevice(0));
    check(aclrtGetCurrentContext(&context));
    check(aclrtMalloc(&device, kBytes, ACL_MEM_MALLOC_HUGE_FIRST));
    check(aclrtMallocHost(&host, kBytes));
    // Big enough to be pages of its own, so that the address is nobody's afterwards.
    check(aclrtMalloc(&dead_device, 4 << 20, ACL_MEM_MALLOC_HUGE_FIRST));
    check(aclrtFree(dead_device));
    properties.memAttr = ACL_HBM_MEM_HUGE;
    properties.location = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
    check(aclrtMallocPhysical(&physical, kBlock, &properties, 0));
    check(aclrtMallocPhysical(&dead_physical, kBlock, &properties, 0));
    check(aclrtFreePhysical(dead_physical));
    check(aclrtReserveMemAddress(&range, 2 * kBlock, 0, nullptr, 0));
    const int64_t dims[] = {2};
    desc = aclCreateTensorDesc(ACL_FLOAT, 1, dims, ACL_FORMAT_ND);
    attr = aclopCreateAttr();
  }
  ~World() {
    aclopDestroyAttr(attr);
    aclDestroyTensorDesc(desc);
    check(aclrtReleaseMemAddress(range));
    check(aclrtFreePhysical(physical));
    check(aclrtFreeHost(host));
    check(aclrtFree(device));
    check(aclrtDestroyContext(other_context));
    check(aclrtDestroyEvent(reusable));
    check(aclrtDestroyEvent(event));
    check(aclrtDestroyStream(stream));
    check(aclrtResetDeviceForce(0));
  }
  static void check(aclError code) { EXPECT_EQ(code, ACL_SUCCESS) << recent_text(); }

  static constexpr size_t kBytes = 4096, kBlock = 2 << 20, kHuge = SIZE_MAX - 100;
  aclrtStream stream, dead_stream, other_stream;
  aclrtEvent event, dead_event, reusable;
  aclrtContext context, dead_context, other_context;
  void *device, *host, *dead_device, *range;
  aclrtDrvMemHandle physical, dead_physical;
  aclrtPhysicalMemProp properties{};
  aclTensorDesc* desc;
  aclopAttr* attr;
  int mine[64] = {};  // memory the runtime knows nothing of
};

inline void expect_refused(const std::string& call, const std::string& function, aclError expected, aclError code) {
  const std::string text = recent_text();
  EXPECT_EQ(code, expected) << call << ": " << text;
  EXPECT_NE(text.find(function + ": "), std::string::npos) << call << ": its text is \"" << text << '"';
  EXPECT_GT(text.size(), function.size() + 20) << call << ": its text is \"" << text << '"';
}

inline std::string prefix(const std::string& call) { return call.substr(0, call.find('(')); }

// The call is refused with this code, and a text.
#define BAD(code, call)                                               \
  rows.push_back({#call, [&w] {                                       \
                    (void)w;                                          \
                    expect_refused(#call, prefix(#call), code, call); \
                  }})
// The call cannot fail by an error code: it answers with what is true instead.
#define ANSWERS(call, holds)                          \
  rows.push_back({#call, [&w] {                       \
                    (void)w;                          \
                    EXPECT_TRUE(call holds) << #call; \
                  }})
// The call takes nothing, or takes anything.
#define TAKES_ANYTHING(call)      \
  rows.push_back({#call, [&w] {   \
                    (void)w;      \
                    (void)(call); \
                  }})

inline constexpr auto kInvalid = ACL_ERROR_INVALID_PARAM;
inline constexpr auto kParam = ACL_ERROR_RT_PARAM_INVALID;
inline constexpr auto kHandle = ACL_ERROR_RT_INVALID_HANDLE;
inline constexpr auto kDevice = ACL_ERROR_RT_INVALID_DEVICEID;
inline constexpr auto kMissing = ACL_ERROR_RT_FEATURE_NOT_SUPPORT;

template <class Enum> Enum odd() { return static_cast<Enum>(7777); }

// Each adds the rows of its part of the ABI.
using AddRows = void(std::vector<Row>& rows, World& w);
AddRows base_rows, operator_rows, process_rows, context_rows, device_rows, stream_rows, event_rows, memory_rows,
    copy_rows, virtual_memory_rows, descriptor_rows;

}  // namespace acl_test
