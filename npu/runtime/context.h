// Contexts. A context owns a default stream and the streams made in it; a thread works in the one it set last.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "npu/base/status.h"
#include "npu/runtime/handle.h"

namespace npu {

class Device;
class Stream;

// Parameters of the process or of a context: unset until somebody sets them.
class SysParams {
 public:
  Status set(aclSysParamOpt opt, int64_t value);
  Status get(aclSysParamOpt opt, int64_t& value) const;

 private:
  static constexpr int64_t kUnset = INT64_MIN;
  std::array<std::atomic<int64_t>, 4> values_{kUnset, kUnset, kUnset, kUnset};
};
SysParams& process_params();

class Context {
 public:
  Context(Device& device, bool primary);
  // Waits for its streams (or drops their work), and ends them: their handles are dead from then on.
  Status close(bool drop);
  bool closed() const { return closed_; }

  Device& device;
  const bool primary;
  const uint64_t id;
  void* handle = nullptr;
  std::shared_ptr<Stream> default_stream;
  SysParams params;

 private:
  std::atomic<bool> closed_ = false;
};

using ContextTable = HandleTable<Context, HandleKind::kContext>;
ContextTable& contexts();

// This thread's context. Fails when it has none, or when it was destroyed since. The pointer stays good.
Status current_context(Context*& context);
void set_current_context(const std::shared_ptr<Context>& context);

Status make_context(Device& device, bool primary, std::shared_ptr<Context>& context);

}  // namespace npu
