/* The headers are C99, and a C program gets through a round trip. Called by symbol_test.cpp. */
#include <acl/acl.h>
#include <acl/acl_op_compiler.h>
#include <profiling/prof_api.h>
#include <runtime/kernel.h>
#include <string.h>

static void count_one(void* count) { ++*(int*)count; }

/* 0, or the line that failed. */
int c_round_trip(void);
int c_round_trip(void) {
#define TRY(call) \
  if ((call) != ACL_SUCCESS) return __LINE__
  const char text[] = "a round trip";
  char back[sizeof text] = "";
  int count = 0;
  aclrtStream stream;
  aclrtEvent event;
  void* memory;
  TRY(aclrtSetDevice(0));
  TRY(aclrtCreateStream(&stream));
  TRY(aclrtCreateEvent(&event));
  TRY(aclrtMalloc(&memory, sizeof text, ACL_MEM_MALLOC_HUGE_FIRST));
  TRY(aclrtMemcpyAsync(memory, sizeof text, text, sizeof text, ACL_MEMCPY_HOST_TO_DEVICE, stream));
  TRY(aclrtLaunchHostFunc(stream, count_one, &count));
  TRY(aclrtRecordEvent(event, stream));
  TRY(aclrtSynchronizeEvent(event));
  TRY(aclrtMemcpy(back, sizeof back, memory, sizeof text, ACL_MEMCPY_DEVICE_TO_HOST));
  TRY(aclrtFree(memory));
  TRY(aclrtDestroyEvent(event));
  TRY(aclrtDestroyStream(stream));
  TRY(aclrtResetDevice(0));
  return count == 1 && strcmp(text, back) == 0 ? 0 : __LINE__;
}
