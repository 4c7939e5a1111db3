#include "python/runtime.h"
#include "runtime/NPUBlockCache.h"
#include "runtime/NPUCachingAllocator.h"
#include "runtime/NPUHostAllocator.h"
#include "runtime/NPUMemPool.h"

namespace torch_npu {
namespace {

py::dict as_dict(const c10::CachingAllocator::Stat& stat) {
  py::dict d;
  d["current"] = stat.current;
  d["peak"] = stat.peak;
  d["allocated"] = stat.allocated;
  d["freed"] = stat.freed;
  return d;
}
py::dict as_dict(const c10::CachingAllocator::DurationStat& stat) {
  py::dict d;
  d["total"] = stat.total;
  d["max"] = stat.max;
  d["min"] = stat.min;
  d["count"] = stat.count;
  d["avg"] = stat.count ? stat.total / stat.count : 0;
  return d;
}
py::dict host_stats() {
  const auto stats = c10_npu::host_allocator()->get_stats();
  py::dict d;
  d["num_host_alloc"] = stats.num_host_alloc;
  d["num_host_free"] = stats.num_host_free;
  d["allocations"] = as_dict(stats.allocations);
  d["allocated_bytes"] = as_dict(stats.allocated_bytes);
  d["active_requests"] = as_dict(stats.active_requests);
  d["active_bytes"] = as_dict(stats.active_bytes);
  d["host_alloc_time"] = as_dict(stats.host_alloc_time);
  d["host_free_time"] = as_dict(stats.host_free_time);
  return d;
}

}  // namespace

void bind_memory(py::module_& m) {
  using namespace c10_npu;
  const py::call_guard<py::gil_scoped_release> no_gil;
  m.def("empty_cache", [](MempoolId_t pool) { allocator()->emptyCache(pool); }, py::arg("pool") = kDefaultPool, no_gil);
  m.def("memory_info", &memory_info, no_gil);
  m.def("set_memory_fraction", [](double f, DeviceIndex device) { allocator()->cache(device).set_fraction(f); });
  m.def("memory_fraction", [](DeviceIndex device) { return allocator()->cache(device).fraction(); });
  m.def(
      "allocate_address",
      [](size_t bytes, DeviceIndex device, uintptr_t stream) {
        return reinterpret_cast<uintptr_t>(
            allocator()->allocate_address(bytes, device, reinterpret_cast<aclrtStream>(stream)));
      },
      no_gil);
  m.def("free_address", [](uintptr_t ptr) { allocator()->free_address(reinterpret_cast<void*>(ptr)); }, no_gil);

  py::class_<NPUMemPool>(m, "_MemPool")
      .def(py::init<>(), no_gil)
      .def_property_readonly("id", &NPUMemPool::id)
      .def_property_readonly("device", &NPUMemPool::device)
      .def("use_count", &NPUMemPool::use_count);
  m.def("begin_allocate_to_pool", &begin_allocate_to_pool);
  m.def("end_allocate_to_pool", &end_allocate_to_pool);

  m.def("host_stats", &host_stats);
  m.def("host_empty_cache", [] { host_allocator()->empty_cache(); }, no_gil);
  m.def("host_reset_accumulated_stats", [] { host_allocator()->reset_accumulated_stats(); });
  m.def("host_reset_peak_stats", [] { host_allocator()->reset_peak_stats(); });
}

}  // namespace torch_npu
