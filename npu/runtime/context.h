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

// Parameters of the process, which start at 0, or of a context, unset until somebody sets them.
class SysParams {
 public:
  static constexpr int64_t kUnset = INT64_MIN;
  explicit SysParams(int64_t start) : values_{start, start, start, start} {}
  Status set(aclSysParamOpt opt, int64_t value);
  Status get(aclSysParamOpt opt, int64_t& value) const;

 private:
  std::array<std::atomic<int64_t>, 4> values_;
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
  SysParams params{SysParams::kUnset};

 private:
  std::atomic<bool> closed_ = false;
};

using ContextTable = HandleTable<Context, HandleKind::kContext>;
ContextTable& contexts();

// This thread's context, or else the default device's. Fails when it has none, or when it was destroyed since. The
// pointer stays good.
Status current_context(Context*& context);
void set_current_context(const std::shared_ptr<Context>& context);

// A thread that never chose a device works on this one from now on. -1: on none.
void set_default_device(int id);

Status make_context(Device& device, bool primary, std::shared_ptr<Context>& context);

}  // namespace npu
