#include "npu/runtime/virtual_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>

#include "npu/base/check.h"
#include "npu/runtime/device.h"
#include "npu/runtime/memory.h"
#include "npu/runtime/process.h"

namespace npu {
namespace {

constexpr size_t kPage = 4096;
constexpr uint64_t kMagic = 0x534F46544E505531;  // "SOFTNPU1"

// The page behind a block: what an importing process must know.
struct Passport {
  static constexpr uint32_t kMaxPids = 512;
  uint64_t magic;
  uint64_t size;
  std::atomic<uint32_t> any_process;
  std::atomic<uint32_t> count;
  std::atomic<int32_t> pids[kMaxPids];
};
static_assert(sizeof(Passport) <= kPage);

class PassportPage {
 public:
  PassportPage(int fd, size_t size) {
    void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(size));
    if (page != MAP_FAILED) passport_ = static_cast<Passport*>(page);
  }
  ~PassportPage() {
    if (passport_) munmap(passport_, kPage);
  }
  PassportPage(const PassportPage&) = delete;
  Passport* operator->() const { return passport_; }
  explicit operator bool() const { return passport_; }

 private:
  Passport* passport_ = nullptr;
};

// What is mapped, and holds its block.
struct Mappings {
  std::mutex mutex;
  std::map<void*, std::shared_ptr<Physical>> by_address;
};
Mappings& mappings() {
  static auto* one = new Mappings;  // Memory may outlive every static.
  return *one;
}

Status find_physical(void* handle, std::shared_ptr<Physical>& physical) {
  NPU_REQUIRE(handle, ACL_ERROR_INVALID_PARAM, "the handle is null");
  physical = physicals().find(handle);
  NPU_REQUIRE(
      physical, ACL_ERROR_RT_INVALID_HANDLE,
      is_handle(handle, HandleKind::kPhysical) ? "the physical memory was freed" : "this is no physical memory");
  return {};
}

BlockKind kind_of(const Physical& p) { return p.device ? BlockKind::kMapped : BlockKind::kMappedHost; }

// A shareable handle is the file as another process of the same user can open it: pid << 32 | fd.
std::string path_of(uint64_t shareable) {
  return text("/proc/", shareable >> 32, "/fd/", static_cast<uint32_t>(shareable));
}

struct File {
  explicit File(int fd) : fd(fd) {}
  ~File() {
    if (fd >= 0) close(fd);
  }
  int release() { return std::exchange(fd, -1); }
  int fd;
};

Status open_shared(uint64_t shareable, File& file, size_t& size) {
  file.fd = open(path_of(shareable).c_str(), O_RDWR | O_CLOEXEC);
  struct stat info{};
  const bool is_block = file.fd >= 0 && fstat(file.fd, &info) == 0 && S_ISREG(info.st_mode) &&
                        info.st_size > static_cast<off_t>(kPage) && info.st_size % kPage == 0;
  NPU_REQUIRE(is_block, ACL_ERROR_RT_PARAM_INVALID, "shareable handle ", shareable,
              " names no physical memory that is alive in another process of this user");
  size = static_cast<size_t>(info.st_size) - kPage;
  const PassportPage page(file.fd, size);
  NPU_REQUIRE(page && page->magic == kMagic && page->size == size, ACL_ERROR_RT_PARAM_INVALID, "shareable handle ",
              shareable, " names no physical memory");
  return {};
}

}  // namespace

Physical::~Physical() {
  close(fd);
  if (device && counted_) device->give(size);
}

PhysicalTable& physicals() {
  static auto* table = new PhysicalTable;  // Outlives every thread that may still ask.
  return *table;
}

Status reserve(size_t size, void* expected, void** pointer) {
  mark_in_use();
  const size_t bytes = (size + kGranularity - 1) / kGranularity * kGranularity;
  NPU_REQUIRE(bytes >= size && bytes <= SIZE_MAX - kGranularity, ACL_ERROR_RT_MEMORY_ALLOCATION,
              "the address space has no ", size, " bytes");
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  char* base;
  if (expected) {
    NPU_REQUIRE(reinterpret_cast<uintptr_t>(expected) % kGranularity == 0, ACL_ERROR_RT_ADDR_UNALIGNED,
                "the expected address ", expected, " is not a multiple of ", kGranularity);
    void* at = mmap(expected, bytes, PROT_NONE, kFlags | MAP_FIXED_NOREPLACE, -1, 0);
    NPU_REQUIRE(at == expected, ACL_ERROR_RT_MEMORY_ALLOCATION, "the ", size, " bytes at ", expected, " are in use");
    base = static_cast<char*>(at);
  } else {  // A granule more, then cut to whole granules.
    void* at = mmap(nullptr, bytes + kGranularity, PROT_NONE, kFlags, -1, 0);
    NPU_REQUIRE(at != MAP_FAILED, ACL_ERROR_RT_MEMORY_ALLOCATION, "the address space has no ", size, " bytes");
    const auto start = reinterpret_cast<uintptr_t>(at);
    const size_t head = (kGranularity - start % kGranularity) % kGranularity;
    base = static_cast<char*>(at) + head;
    if (head) munmap(at, head);
    if (head < kGranularity) munmap(base + bytes, kGranularity - head);
  }
  add_block({BlockKind::kReserved, base, bytes});
  *pointer = base;
  return {};
}

Status release(void* pointer) {
  Mappings& all = mappings();
  std::lock_guard lock(all.mutex);
  Block range;
  NPU_REQUIRE(remove_block(pointer, BlockKind::kReserved, range), ACL_ERROR_RT_PARAM_INVALID, pointer,
              " is not the start of a reserved range");
  const auto mapped = all.by_address.lower_bound(pointer);
  if (mapped != all.by_address.end() && mapped->first < range.base + range.size) {
    add_block(range);
    return {ACL_ERROR_RT_PARAM_INVALID,
            text("the range at ", pointer, " still has physical memory mapped at ", mapped->first, "; unmap it first")};
  }
  munmap(range.base, range.size);
  return {};
}

Status make_physical(size_t size, Device* device, void** handle) {
  mark_in_use();
  NPU_REQUIRE(size > 0 && size % kGranularity == 0, ACL_ERROR_RT_PARAM_INVALID, "size ", size,
              " is not a multiple of the granularity, ", kGranularity);
  NPU_REQUIRE(!device || device->take(size), ACL_ERROR_RT_MEMORY_ALLOCATION, "device ", device->id,
              " is out of memory: ", size, " bytes wanted, ", device->used(), " of ", device->hbm_bytes,
              " bytes in use (SOFTNPU_HBM_GB sets the capacity)");
  File file(memfd_create("softnpu", MFD_CLOEXEC));
  const bool made = file.fd >= 0 && ftruncate(file.fd, static_cast<off_t>(size + kPage)) == 0;
  const PassportPage page(made ? file.fd : -1, size);
  if (!page) {
    if (device) device->give(size);
    return {ACL_ERROR_RT_MEMORY_ALLOCATION, text("no physical memory of ", size, " bytes: ", std::strerror(errno))};
  }
  page->magic = kMagic;
  page->size = size;
  *handle = physicals().add(std::make_shared<Physical>(file.release(), size, device, true));
  NPU_REQUIRE(*handle, ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "there are too many physical blocks");
  return {};
}

Status free_physical(void* handle) {
  std::shared_ptr<Physical> physical;
  NPU_TRY(find_physical(handle, physical));
  NPU_REQUIRE(physicals().remove(handle), ACL_ERROR_RT_INVALID_HANDLE, "the physical memory was freed");
  return {};
}

Status map_physical(void* pointer, size_t size, void* handle) {
  std::shared_ptr<Physical> physical;
  NPU_TRY(find_physical(handle, physical));
  NPU_REQUIRE(size == physical->size, ACL_ERROR_RT_PARAM_INVALID, "size ", size, " is not the block's, ",
              physical->size);
  NPU_REQUIRE(reinterpret_cast<uintptr_t>(pointer) % kGranularity == 0, ACL_ERROR_RT_ADDR_UNALIGNED, pointer,
              " is not a multiple of ", kGranularity);
  Mappings& all = mappings();
  std::lock_guard lock(all.mutex);
  auto* base = static_cast<char*>(pointer);
  Block range;
  NPU_REQUIRE(find_block(base, range) && range.kind == BlockKind::kReserved && base + size <= range.base + range.size,
              ACL_ERROR_RT_PARAM_INVALID, size, " bytes at ", pointer, " are not free in a reserved range");
  const auto next = all.by_address.lower_bound(pointer);
  NPU_REQUIRE(next == all.by_address.end() || next->first >= base + size, ACL_ERROR_RT_PARAM_INVALID, size,
              " bytes at ", pointer, " overlap what is mapped at ", next->first);
  void* at = mmap(pointer, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, physical->fd, 0);
  NPU_REQUIRE(at == pointer, ACL_ERROR_RT_MEMORY_ALLOCATION, "mapping failed: ", std::strerror(errno));
  all.by_address.emplace(pointer, physical);
  add_block({kind_of(*physical), base, size, physical->device ? physical->device->id : -1});
  return {};
}

Status unmap_physical(void* pointer) {
  Mappings& all = mappings();
  std::lock_guard lock(all.mutex);
  const auto found = all.by_address.find(pointer);
  NPU_REQUIRE(found != all.by_address.end(), ACL_ERROR_RT_PARAM_INVALID, "nothing is mapped at ", pointer);
  const auto physical = found->second;
  Block block;
  remove_block(pointer, kind_of(*physical), block);
  // The range stays reserved, and touching it is a fault.
  mmap(pointer, physical->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  all.by_address.erase(found);
  return {};
}

Status export_physical(void* handle, bool any_process, uint64_t* shareable) {
  std::shared_ptr<Physical> physical;
  NPU_TRY(find_physical(handle, physical));
  const PassportPage page(physical->fd, physical->size);
  NPU_REQUIRE(page, ACL_ERROR_RT_INTERNAL_ERROR, "cannot read the block's file: ", std::strerror(errno));
  page->any_process = any_process;
  *shareable = static_cast<uint64_t>(getpid()) << 32 | static_cast<uint32_t>(physical->fd);
  return {};
}

Status allow_import(uint64_t shareable, std::span<const int32_t> pids) {
  NPU_REQUIRE(shareable >> 32 == static_cast<uint64_t>(getpid()), ACL_ERROR_RT_PARAM_INVALID, "shareable handle ",
              shareable, " was not exported by this process");
  File file(-1);
  size_t size;
  NPU_TRY(open_shared(shareable, file, size));
  const PassportPage page(file.fd, size);
  for (const int32_t pid : pids) {
    const uint32_t at = page->count;
    NPU_REQUIRE(at < Passport::kMaxPids, ACL_ERROR_RT_OVER_LIMIT, "at most ", Passport::kMaxPids,
                " processes may share a block");
    page->pids[at] = pid;
    page->count = at + 1;
  }
  return {};
}

Status import_physical(uint64_t shareable, Device& device, void** handle) {
  mark_in_use();
  File file(-1);
  size_t size;
  NPU_TRY(open_shared(shareable, file, size));
  const PassportPage page(file.fd, size);
  bool allowed = page->any_process || shareable >> 32 == static_cast<uint64_t>(getpid());
  for (uint32_t i = 0; i < page->count && !allowed; ++i) allowed = page->pids[i] == getpid();
  NPU_REQUIRE(allowed, ACL_ERROR_RT_NO_PERMISSION, "process ", getpid(), " may not import shareable handle ", shareable,
              "; its owner must list it with aclrtMemSetPidToShareableHandle");
  *handle = physicals().add(std::make_shared<Physical>(file.release(), size, &device, false));
  NPU_REQUIRE(*handle, ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "there are too many physical blocks");
  return {};
}

}  // namespace npu
