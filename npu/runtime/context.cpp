#include "npu/runtime/context.h"

#include <mutex>

#include "npu/base/check.h"
#include "npu/runtime/device.h"
#include "npu/runtime/process.h"
#include "npu/runtime/stream.h"

namespace npu {
namespace {

std::atomic<uint64_t> next_id = 1;
std::atomic<int> default_device = -1;
// Without a destructor, so that it is good until the very end of a thread.
thread_local Context* current = nullptr;

// Contexts are few and live as long as the process: a thread's pointer to a closed one can still say so.
void keep(std::shared_ptr<Context> context) {
  static auto* mutex = new std::mutex;
  static auto* all = new std::vector<std::shared_ptr<Context>>;
  std::lock_guard lock(*mutex);
  all->push_back(std::move(context));
}

// Holds the default device's primary context once for the whole process.
std::shared_ptr<Context> default_context() {
  Device* device = find_device(default_device);
  if (!device) return nullptr;
  static const std::shared_ptr<Context> held = device->retain();
  return held;
}

}  // namespace

Status SysParams::set(aclSysParamOpt opt, int64_t value) {
  NPU_REQUIRE(opt >= 0 && static_cast<size_t>(opt) < values_.size(), ACL_ERROR_INVALID_PARAM,
              "there is no system parameter ", static_cast<int>(opt));
  values_[opt] = value;
  return {};
}

Status SysParams::get(aclSysParamOpt opt, int64_t& value) const {
  NPU_REQUIRE(opt >= 0 && static_cast<size_t>(opt) < values_.size(), ACL_ERROR_INVALID_PARAM,
              "there is no system parameter ", static_cast<int>(opt));
  const int64_t held = values_[opt];
  NPU_REQUIRE(held != kUnset, ACL_ERROR_RT_SYSPARAMOPT_NOT_SET, "system parameter ", static_cast<int>(opt),
              " was never set");
  value = held;
  return {};
}

SysParams& process_params() {
  static SysParams one(0);
  return one;
}

Context::Context(Device& device, bool primary) : device(device), primary(primary), id(next_id++) {}

Status Context::close(bool drop) {
  if (closed_.exchange(true)) return {};
  Status first;
  for (const auto& stream : device.live_streams()) {
    if (stream->owner.context != id) continue;
    Status status = stream->close(drop);
    if (first.ok()) first = std::move(status);
    streams().remove(stream->handle);
  }
  return first;
}

ContextTable& contexts() {
  static auto* table = new ContextTable;  // Outlives every thread that may still ask.
  return *table;
}

Status current_context(Context*& context) {
  if (!current && default_device >= 0) current = default_context().get();
  context = current;
  NPU_REQUIRE(context, ACL_ERROR_RT_CONTEXT_NULL,
              "this thread has no context; call aclrtSetDevice on it first (devices are chosen for each thread)");
  NPU_REQUIRE(!context->closed(), ACL_ERROR_RT_CONTEXT_NULL,
              "this thread's context was destroyed, or its device reset; call aclrtSetDevice again");
  return {};
}

void set_current_context(const std::shared_ptr<Context>& context) { current = context.get(); }

void set_default_device(int id) { default_device = id; }

Status make_context(Device& device, bool primary, std::shared_ptr<Context>& context) {
  mark_in_use();
  context = std::make_shared<Context>(device, primary);
  keep(context);
  context->default_stream = std::make_shared<Stream>(Stream::Owner{device.id, context->id, true});
  context->default_stream->handle = streams().add(context->default_stream);
  NPU_TRY(device.add_stream(context->default_stream));
  context->handle = contexts().add(context);
  NPU_REQUIRE(context->handle, ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "there are too many contexts");
  return {};
}

}  // namespace npu
