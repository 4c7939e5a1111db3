// extern "C": streams, host functions and callbacks.
#include "acl/acl_rt_stream.h"

#include <pthread.h>

#include "npu/abi/entry.h"
#include "npu/base/options.h"
#include "npu/runtime/device.h"
#include "npu/runtime/reports.h"

using namespace npu;

namespace {

constexpr Description kHostFunction{"a host function"};
constexpr uint32_t kModelOnly = ACL_STREAM_PERSISTENT | ACL_STREAM_CPU_SCHEDULE | ACL_STREAM_DEVICE_USE_ONLY;
constexpr uint32_t kLowestPriority = 7;

Status create_stream(uint32_t priority, uint32_t flags, aclrtStream* stream) {
  NPU_NOT_NULL(stream);
  Context* context;
  NPU_TRY(current_context(context));
  if (flags & kModelOnly)
    return unimplemented("streams that only build or run models (flags " + std::to_string(flags) + ")");
  auto made = std::make_shared<Stream>(Stream::Owner{context->device.id, context->id}, priority, flags);
  made->handle = streams().add(made);
  NPU_REQUIRE(made->handle, ACL_ERROR_RT_NO_STREAM_RESOURCE, "there are too many streams");
  if (Status status = context->device.add_stream(made); !status.ok()) {
    streams().remove(made->handle);
    return status;
  }
  *stream = made->handle;
  return {};
}

Status destroy_stream(aclrtStream handle, bool drop) {
  NPU_REQUIRE(handle, ACL_ERROR_INVALID_PARAM, "the stream is null; a default stream ends with its context");
  std::shared_ptr<Stream> stream;
  NPU_TRY(stream_of(handle, stream));
  NPU_REQUIRE(!stream->owner.is_default, ACL_ERROR_RT_PARAM_INVALID, "a default stream ends with its context");
  NPU_REQUIRE(Stream::running() != stream.get(), ACL_ERROR_RT_PARAM_INVALID,
              "a host function must not destroy the stream it runs on");
  NPU_REQUIRE(streams().remove(handle), ACL_ERROR_RT_INVALID_HANDLE, "the stream was destroyed");
  return stream->close(drop);
}

Status set_on_failure(Stream& stream, uint64_t mode) {
  NPU_REQUIRE(mode == ACL_CONTINUE_ON_FAILURE || mode == ACL_STOP_ON_FAILURE, ACL_ERROR_RT_PARAM_INVALID,
              "there is no failure mode ", mode);
  NPU_REQUIRE(!stream.owner.is_default, ACL_ERROR_RT_PARAM_INVALID, "a default stream's failure mode cannot be set");
  stream.set_on_failure(mode == ACL_STOP_ON_FAILURE ? OnFailure::kStop : OnFailure::kContinue);
  return {};
}

Status core_limit(aclrtDevResLimitType type, size_t& index) {
  NPU_REQUIRE(type == ACL_RT_DEV_RES_CUBE_CORE || type == ACL_RT_DEV_RES_VECTOR_CORE, ACL_ERROR_INVALID_PARAM,
              "there is no resource ", static_cast<int>(type));
  index = type;
  return {};
}

uint32_t limit_or_device(Stream& stream, size_t index) {
  const uint32_t own = stream.core_limits[index];
  return own ? own : find_device(stream.owner.device)->core_limits[index].load();
}

thread_local std::weak_ptr<Stream> limits_of_thread;

}  // namespace

aclError aclrtCreateStream(aclrtStream* stream) {
  return NPU_ENTRY { return create_stream(0, 0, stream); };
}
aclError aclrtCreateStreamWithConfig(aclrtStream* stream, uint32_t priority, uint32_t flags) {
  return NPU_ENTRY { return create_stream(priority, flags, stream); };
}
aclError aclrtDestroyStream(aclrtStream stream) {
  return NPU_ENTRY { return destroy_stream(stream, false); };
}
aclError aclrtDestroyStreamForce(aclrtStream stream) {
  return NPU_ENTRY { return destroy_stream(stream, true); };
}

aclError aclrtSynchronizeStream(aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return on->synchronize();
  };
}
aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout) {
  return NPU_ENTRY {
    NPU_REQUIRE(timeout >= -1, ACL_ERROR_RT_PARAM_INVALID, "timeout ", timeout, " is less than -1");
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return on->synchronize(timeout);
  };
}
aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus* status) {
  return NPU_ENTRY {
    NPU_NOT_NULL(status);
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    *status = on->idle() ? ACL_STREAM_STATUS_COMPLETE : ACL_STREAM_STATUS_NOT_READY;
    return {};
  };
}
aclError aclrtStreamAbort(aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return on->abort();
  };
}
aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return set_on_failure(*on, mode);
  };
}

aclError aclrtStreamGetId(aclrtStream stream, int32_t* id) {
  return NPU_ENTRY {
    NPU_NOT_NULL(id);
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    *id = on->id;
    return {};
  };
}
aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t* priority) {
  return NPU_ENTRY {
    NPU_NOT_NULL(priority);
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    *priority = on->priority;
    return {};
  };
}
aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t* flags) {
  return NPU_ENTRY {
    NPU_NOT_NULL(flags);
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    *flags = on->flags;
    return {};
  };
}
aclError aclrtGetStreamAvailableNum(uint32_t* count) {
  return NPU_ENTRY {
    NPU_NOT_NULL(count);
    Context* context;
    NPU_TRY(current_context(context));
    *count = kMaxStreams - static_cast<uint32_t>(context->device.live_streams().size());
    return {};
  };
}

aclError aclrtSetStreamAttribute(aclrtStream stream, aclrtStreamAttr attribute, aclrtStreamAttrValue* value) {
  return NPU_ENTRY {
    NPU_NOT_NULL(value);
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    switch (attribute) {
      case ACL_STREAM_ATTR_FAILURE_MODE: return set_on_failure(*on, value->failureMode);
      case ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK: on->overflow_switch = value->overflowSwitch; return {};
      case ACL_STREAM_ATTR_USER_CUSTOM_TAG: on->tag = value->userCustomTag; return {};
      case ACL_STREAM_ATTR_CACHE_OP_INFO: on->cache_op_info = value->cacheOpInfoSwitch; return {};
      case ACL_STREAM_ATTR_PRIORITY: on->priority = value->streamPriority; return {};
    }
    return {ACL_ERROR_INVALID_PARAM, text("there is no aclrtStreamAttr ", static_cast<int>(attribute))};
  };
}
aclError aclrtGetStreamAttribute(aclrtStream stream, aclrtStreamAttr attribute, aclrtStreamAttrValue* value) {
  return NPU_ENTRY {
    NPU_NOT_NULL(value);
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    switch (attribute) {
      case ACL_STREAM_ATTR_FAILURE_MODE:
        value->failureMode = on->on_failure() == OnFailure::kStop ? ACL_STOP_ON_FAILURE : ACL_CONTINUE_ON_FAILURE;
        return {};
      case ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK: value->overflowSwitch = on->overflow_switch; return {};
      case ACL_STREAM_ATTR_USER_CUSTOM_TAG: value->userCustomTag = on->tag; return {};
      case ACL_STREAM_ATTR_CACHE_OP_INFO: value->cacheOpInfoSwitch = on->cache_op_info; return {};
      case ACL_STREAM_ATTR_PRIORITY: value->streamPriority = on->priority; return {};
    }
    return {ACL_ERROR_INVALID_PARAM, text("there is no aclrtStreamAttr ", static_cast<int>(attribute))};
  };
}
aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t on) {
  return NPU_ENTRY {
    NPU_REQUIRE(on <= 1, ACL_ERROR_RT_PARAM_INVALID, "the switch is 0 or 1, not ", on);
    std::shared_ptr<Stream> of;
    NPU_TRY(stream_of(stream, of));
    of->overflow_switch = on;
    return {};
  };
}
aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t* on) {
  return NPU_ENTRY {
    NPU_NOT_NULL(on);
    std::shared_ptr<Stream> of;
    NPU_TRY(stream_of(stream, of));
    *on = of->overflow_switch;
    return {};
  };
}

aclError aclrtSetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t value) {
  return NPU_ENTRY {
    size_t index;
    NPU_TRY(core_limit(type, index));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    const Soc& soc = *options().soc;
    const auto most = static_cast<uint32_t>(index == 0 ? soc.cube_cores : soc.vector_cores);
    NPU_REQUIRE(value >= 1 && value <= most, ACL_ERROR_RT_PARAM_INVALID, "the chip has ", most, " such cores, not ",
                value);
    on->core_limits[index] = value;
    return {};
  };
}
aclError aclrtGetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t* value) {
  return NPU_ENTRY {
    NPU_NOT_NULL(value);
    size_t index;
    NPU_TRY(core_limit(type, index));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    *value = limit_or_device(*on, index);
    return {};
  };
}
aclError aclrtResetStreamResLimit(aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    for (auto& limit : on->core_limits) limit = 0;
    return {};
  };
}
aclError aclrtUseStreamResInCurrentThread(aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    limits_of_thread = on;
    return {};
  };
}
aclError aclrtUnuseStreamResInCurrentThread(aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    limits_of_thread.reset();
    return {};
  };
}
aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type, uint32_t* value) {
  return NPU_ENTRY {
    NPU_NOT_NULL(value);
    size_t index;
    NPU_TRY(core_limit(type, index));
    Context* context;
    NPU_TRY(current_context(context));
    const auto stream = limits_of_thread.lock();
    *value = stream ? limit_or_device(*stream, index) : context->device.core_limits[index].load();
    return {};
  };
}

aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc function, void* args) {
  return NPU_ENTRY {
    NPU_NOT_NULL(function);
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return on->enqueue(make_task(kHostFunction, [=] { function(args); }));
  };
}
aclError aclrtSubscribeReport(uint64_t thread, aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return subscribe(thread, *on);
  };
}
aclError aclrtUnSubscribeReport(uint64_t thread, aclrtStream stream) {
  return NPU_ENTRY {
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return unsubscribe(thread, *on);
  };
}
aclError aclrtLaunchCallback(aclrtCallback callback, void* user_data, aclrtCallbackBlockType block,
                             aclrtStream stream) {
  return NPU_ENTRY {
    NPU_NOT_NULL(callback);
    NPU_REQUIRE(block == ACL_CALLBACK_NO_BLOCK || block == ACL_CALLBACK_BLOCK, ACL_ERROR_INVALID_PARAM,
                "there is no aclrtCallbackBlockType ", static_cast<int>(block));
    std::shared_ptr<Stream> on;
    NPU_TRY(stream_of(stream, on));
    return launch_callback(*on, [=] { callback(user_data); }, block == ACL_CALLBACK_BLOCK);
  };
}
aclError aclrtProcessReport(int32_t timeout) {
  return NPU_ENTRY {
    NPU_REQUIRE(timeout == -1 || timeout > 0, ACL_ERROR_INVALID_PARAM, "timeout ", timeout,
                " is neither -1 nor positive");
    const auto reports = reports_of(static_cast<uint64_t>(pthread_self()));
    NPU_REQUIRE(reports, ACL_ERROR_RT_THREAD_SUBSCRIBE, "this thread subscribed to no stream");
    NPU_REQUIRE(reports->process(timeout), ACL_ERROR_RT_REPORT_TIMEOUT, "no callback came within ", timeout, " ms");
    return {};
  };
}
