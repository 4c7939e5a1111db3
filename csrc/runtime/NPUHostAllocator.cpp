#include "runtime/NPUHostAllocator.h"

#include <c10/core/Event.h>

#include "runtime/NPUGuard.h"
#include "runtime/NPUStream.h"

namespace c10_npu {
namespace {

struct Pinned final : at::CachingHostAllocatorImpl<c10::Stream, c10::Event> {
  using Block = at::HostBlock<c10::Stream>;

  // A forked child's tensors are the parent's: nothing to give back, and no device to ask.
  // Called by a deleter, so it cannot throw: where the device is lost, the block is lost with it.
  void free(void* context) override {
    if (in_bad_fork()) return;
    try {
      CachingHostAllocatorImpl::free(context);
    } catch (const std::exception& error) { TORCH_WARN("Freeing pinned memory failed: ", error.what()); }
  }

  void allocate_host_memory(size_t size, void** ptr) override {
    ensure_context();
    NPU_CHECK(aclrtMallocHost(ptr, size));
  }
  void free_block(Block* block) override {
    ensure_context();
    NPU_CHECK(aclrtFreeHost(block->ptr_));
  }
  void record_stream(std::optional<std::vector<c10::Event>>& events, c10::Stream stream) override {
    c10::Event event(c10::kPrivateUse1);
    event.record(stream);
    events->push_back(std::move(event));
  }
  bool query_event(c10::Event& event) override { return event.query(); }
  c10::Stream get_current_stream() const override { return current_c10_stream(); }
  bool stream_is_capturing(c10::Stream) const override { return false; }
};

void release(void* block);
struct Allocator final : at::CachingHostAllocatorInterface<Pinned, release> {};
Allocator& instance() {
  static auto* all = new Allocator;  // Never destroyed: tensors may outlive every static.
  return *all;
}
void release(void* block) { instance().free(block); }

const bool registered = [] {
  at::setHostAllocator(at::kPrivateUse1, &instance());
  return true;
}();

}  // namespace

at::HostAllocator* host_allocator() { return &instance(); }

bool is_pinned(const void* ptr) {
  if (!ptr || !is_initialized()) return false;  // No context was made, so nothing is pinned.
  aclrtPtrAttributes attributes{};
  ensure_context();
  NPU_CHECK(aclrtPointerGetAttributes(ptr, &attributes));
  return attributes.location.type == ACL_MEM_LOCATION_TYPE_HOST;
}

}  // namespace c10_npu
