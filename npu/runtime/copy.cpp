#include "npu/runtime/copy.h"

#include <cstring>

#include "npu/base/check.h"
#include "npu/runtime/device.h"
#include "npu/runtime/memory.h"

namespace npu {
namespace {

constexpr Description kCopy{"a copy"}, kFill{"a fill"};

// Where a pointer is, as far as we know.
struct Place {
  bool on_device = false;
  bool pageable = false;  // host memory nobody page-locked
  int device = -1;
};

Status place_of(const char* what, const void* pointer, size_t bytes, Place& place) {
  Block block;
  if (!find_block(pointer, block)) {
    NPU_REQUIRE(bytes <= UINTPTR_MAX - reinterpret_cast<uintptr_t>(pointer), ACL_ERROR_RT_PARAM_INVALID, what,
                " needs ", bytes, " bytes at ", pointer, ", more than the address space holds");
    place.pageable = true;
    return {};
  }
  NPU_REQUIRE(block.kind != BlockKind::kReserved, ACL_ERROR_RT_PARAM_INVALID, what, " ", pointer,
              " lies in a reserved range where nothing is mapped");
  // Mapped blocks may lie side by side: a copy may run over several. Counted down, as pointer + bytes may overflow.
  size_t left = bytes;
  for (const char* at = static_cast<const char*>(pointer);;) {
    const char* seam = block.base + block.size;
    const auto here = static_cast<size_t>(seam - at);
    if (left <= here) break;
    left -= here;
    Block next;
    NPU_REQUIRE(block.kind == BlockKind::kMapped && find_block(seam, next) && next.kind == block.kind,
                ACL_ERROR_RT_PARAM_INVALID, what, " needs ", bytes, " bytes at ", pointer, ", ", left,
                " more than the block of ", block.size, " bytes at ", static_cast<const void*>(block.base), " holds");
    block = next;
    at = seam;
  }
  place.on_device = block.on_device();
  place.device = block.device;
  return {};
}

const char* name_of(aclrtMemcpyKind kind) {
  static constexpr const char* kNames[] = {
      "HOST_TO_HOST", "HOST_TO_DEVICE",        "DEVICE_TO_HOST",         "DEVICE_TO_DEVICE",
      "DEFAULT",      "HOST_TO_BUF_TO_DEVICE", "INNER_DEVICE_TO_DEVICE", "INTER_DEVICE_TO_DEVICE"};
  return kNames[kind];
}

size_t span_of(size_t pitch, const Copy& c) { return (c.height - 1) * pitch + c.width; }

Status check(const Copy& c, Place& dst, Place& src) {
  NPU_REQUIRE(c.kind >= ACL_MEMCPY_HOST_TO_HOST && c.kind <= ACL_MEMCPY_INTER_DEVICE_TO_DEVICE, ACL_ERROR_INVALID_PARAM,
              "there is no aclrtMemcpyKind ", static_cast<int>(c.kind));
  NPU_REQUIRE(c.dst, ACL_ERROR_INVALID_PARAM, "dst is null");
  NPU_REQUIRE(c.src, ACL_ERROR_INVALID_PARAM, "src is null");
  NPU_TRY(place_of("dst", c.dst, span_of(c.dst_pitch, c), dst));
  NPU_TRY(place_of("src", c.src, span_of(c.src_pitch, c), src));
  if (c.kind != ACL_MEMCPY_DEFAULT) {
    const bool to_device = c.kind != ACL_MEMCPY_HOST_TO_HOST && c.kind != ACL_MEMCPY_DEVICE_TO_HOST;
    const bool from_device = c.kind != ACL_MEMCPY_HOST_TO_HOST && c.kind != ACL_MEMCPY_HOST_TO_DEVICE &&
                             c.kind != ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE;
    NPU_REQUIRE(dst.on_device == to_device, ACL_ERROR_RT_PARAM_INVALID, "dst ", c.dst, " is ",
                dst.on_device ? "device" : "host", " memory, which does not fit ACL_MEMCPY_", name_of(c.kind));
    NPU_REQUIRE(src.on_device == from_device, ACL_ERROR_RT_PARAM_INVALID, "src ", c.src, " is ",
                src.on_device ? "device" : "host", " memory, which does not fit ACL_MEMCPY_", name_of(c.kind));
  }
  if (dst.on_device && src.on_device && dst.device != src.device)
    NPU_REQUIRE(find_device(dst.device)->peers & uint64_t{1} << src.device ||
                    find_device(src.device)->peers & uint64_t{1} << dst.device,
                ACL_ERROR_RT_PARAM_INVALID, "devices ", src.device, " and ", dst.device,
                " may not access each other; call aclrtDeviceEnablePeerAccess first");
  return {};
}

void move_bytes(const Copy& c) {
  if (c.height == 1) {
    std::memmove(c.dst, c.src, c.width);
    return;
  }
  auto* dst = static_cast<char*>(c.dst);
  const auto* src = static_cast<const char*>(c.src);
  for (size_t row = 0; row < c.height; ++row) std::memmove(dst + row * c.dst_pitch, src + row * c.src_pitch, c.width);
}

// Checked again: the memory may have been freed since. The device would fail there, too.
class CopyTask final : public Task {
 public:
  explicit CopyTask(const Copy& copy) : copy_(copy) {}
  void run() override {
    Place dst, src;
    if (Status status = check(copy_, dst, src); !status.ok())
      throw TaskError(ACL_ERROR_RT_SYS_DMA, "its memory was freed while it waited: " + status.text());
    move_bytes(copy_);
  }
  const Description* description() const override { return &kCopy; }
  std::vector<Range> ranges() const override {
    return {{copy_.src, span_of(copy_.src_pitch, copy_), false}, {copy_.dst, span_of(copy_.dst_pitch, copy_), true}};
  }

 private:
  Copy copy_;
};

Status check_fill(void* pointer, size_t max, size_t count, Place& place) {
  NPU_NOT_NULL(pointer);
  NPU_REQUIRE(count <= max, ACL_ERROR_RT_PARAM_INVALID, "count ", count, " is more than the memory's ", max);
  NPU_TRY(place_of("the memory", pointer, count, place));
  NPU_REQUIRE(!place.pageable, ACL_ERROR_RT_PARAM_INVALID, pointer,
              " is neither device memory nor page-locked host memory");
  return {};
}

}  // namespace

Status copy_now(const Copy& copy) {
  if (!copy.width || !copy.height) return {};
  Place dst, src;
  NPU_TRY(check(copy, dst, src));
  move_bytes(copy);
  return {};
}

Status copy_async(const Copy& copy, Stream& stream) {
  if (!copy.width || !copy.height) return {};
  Place dst, src;
  NPU_TRY(check(copy, dst, src));
  Status queued = stream.enqueue(std::make_unique<CopyTask>(copy));
  if (!dst.pageable && !src.pageable) return queued;
  NPU_TRY(stream.synchronize());
  return queued;
}

Status fill_now(void* pointer, size_t max, int value, size_t count) {
  if (!count) return {};
  Place place;
  NPU_TRY(check_fill(pointer, max, count, place));
  std::memset(pointer, value, count);
  return {};
}

Status fill_async(void* pointer, size_t max, int value, size_t count, Stream& stream) {
  if (!count) return {};
  Place place;
  NPU_TRY(check_fill(pointer, max, count, place));
  return stream.enqueue(make_task(kFill, [=] {
    Place now;
    if (Status status = check_fill(pointer, max, count, now); !status.ok())
      throw TaskError(ACL_ERROR_RT_SYS_DMA, "its memory was freed while it waited: " + status.text());
    std::memset(pointer, value, count);
  }));
}

Status check_on_device(const char* what, const void* pointer, size_t count) {
  Place place;
  NPU_REQUIRE(pointer, ACL_ERROR_INVALID_PARAM, what, " is null");
  NPU_TRY(place_of(what, pointer, count, place));
  NPU_REQUIRE(place.on_device, ACL_ERROR_RT_PARAM_INVALID, what, " ", pointer, " is no device memory");
  return {};
}

}  // namespace npu
