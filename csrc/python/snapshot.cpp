// The allocators' state and history as the dictionaries that PyTorch's memory viewer reads.
#include <c10/core/AllocatorConfig.h>
#include <torch/csrc/profiler/python/combined_traceback.h>

#include "python/runtime.h"
#include "runtime/NPUCachingAllocator.h"
#include "runtime/NPUMemoryHistory.h"

namespace torch_npu {
namespace {

using namespace c10_npu;
using c10::CachingDeviceAllocator::BlockInfo;
using c10::CachingDeviceAllocator::SegmentInfo;
using Context = std::shared_ptr<c10::GatheredContext>;

// Python's stack alone, or with TorchScript's and C++'s.
Context gather_python() { return torch::CapturedTraceback::gather(true, true, false); }
Context gather_all() { return torch::CapturedTraceback::gather(true, true, true); }

// Stacks are turned into names all at once, at the end: that is slow for one, and most repeat.
class Frames {
 public:
  void put(py::dict entry, const Context& context) {
    entry["frames"] = py::list();
    if (!context) return;
    entries_.push_back(std::move(entry));
    contexts_.push_back(torch::getCapturedTracebackFromContext(context));
    keep_.push_back(context);
  }
  void resolve() {
    const auto stacks = torch::py_symbolize(contexts_);
    for (size_t i = 0; i < stacks.size(); ++i) entries_[i]["frames"] = stacks[i];
  }

 private:
  std::vector<py::dict> entries_;
  std::vector<torch::CapturedTraceback*> contexts_;
  std::vector<Context> keep_;
};

const char* state_of(const BlockInfo& block) {
  return block.allocated ? "active_allocated" : block.active ? "active_pending_free" : "inactive";
}

const char* name_of(TraceEntry::Action action) {
  switch (action) {
    case TraceEntry::ALLOC: return "alloc";
    case TraceEntry::FREE_REQUESTED: return "free_requested";
    case TraceEntry::FREE_COMPLETED: return "free_completed";
    case TraceEntry::SEGMENT_ALLOC: return "segment_alloc";
    case TraceEntry::SEGMENT_FREE: return "segment_free";
    case TraceEntry::SEGMENT_MAP: return "segment_map";
    case TraceEntry::SEGMENT_UNMAP: return "segment_unmap";
    case TraceEntry::SNAPSHOT: return "snapshot";
    case TraceEntry::OOM: return "oom";
    case TraceEntry::ANNOTATE: return "annotate";
  }
  return "";
}

uintptr_t address(const void* ptr) { return reinterpret_cast<uintptr_t>(ptr); }

py::dict as_dict(const SegmentInfo& segment, Frames& frames) {
  py::dict d;
  d["device"] = segment.device;
  d["address"] = segment.address;
  d["total_size"] = segment.total_size;
  d["allocated_size"] = segment.allocated_size;
  d["active_size"] = segment.active_size;
  d["requested_size"] = segment.requested_size;
  d["stream"] = address(segment.stream);
  d["segment_type"] = segment.is_large ? "large" : "small";
  d["segment_pool_id"] = segment.owner_private_pool_id;
  d["is_expandable"] = segment.is_expandable;
  frames.put(d, segment.context_when_allocated);
  py::list blocks;
  size_t at = segment.address;
  for (const auto& block : segment.blocks) {
    py::dict b;
    b["address"] = at;
    b["size"] = block.size;
    b["requested_size"] = block.requested_size;
    b["state"] = state_of(block);
    frames.put(b, block.context_when_allocated);
    blocks.append(b);
    at += block.size;
  }
  d["blocks"] = blocks;
  return d;
}

py::dict as_dict(const TraceEntry& entry, Frames& frames) {
  py::dict d;
  d["action"] = name_of(entry.action_);
  d[entry.action_ == TraceEntry::OOM ? "device_free" : "addr"] = entry.addr_;
  d["size"] = entry.size_;
  d["stream"] = address(entry.stream_);
  d["time_us"] = entry.time_.t_;
  d["pool_id"] = entry.mempool_;
  d["compile_context"] = entry.compile_context_;
  d["user_metadata"] = entry.user_metadata_;
  frames.put(d, entry.context_);
  return d;
}

py::dict settings() {
  using Config = c10::CachingAllocator::AcceleratorAllocatorConfig;
  py::dict d;
  d["PYTORCH_NPU_ALLOC_CONF"] = Config::last_allocator_settings();
  d["max_split_size"] = Config::max_split_size() == std::numeric_limits<size_t>::max()
                            ? int64_t{-1}
                            : static_cast<int64_t>(Config::max_split_size());
  d["garbage_collection_threshold"] = Config::garbage_collection_threshold();
  d["expandable_segments"] = false;
  return d;
}

py::dict snapshot(std::optional<c10::MempoolId_t> pool, bool with_traces) {
  std::vector<SegmentInfo> segments;
  std::vector<std::vector<TraceEntry>> traces;
  {
    py::gil_scoped_release no_gil;  // The allocator's lock must not be waited for with Python's held.
    segments = allocator()->snapshot(pool);
    if (with_traces)
      for (c10::DeviceIndex d = 0; d < device_count(); ++d) traces.push_back(memory_history().entries(d));
  }
  Frames frames;
  py::dict result;
  py::list segment_list, trace_list;
  for (const auto& segment : segments) segment_list.append(as_dict(segment, frames));
  for (const auto& device : traces) {
    py::list entries;
    for (const auto& entry : device) entries.append(as_dict(entry, frames));
    trace_list.append(entries);
  }
  frames.resolve();
  result["segments"] = segment_list;
  result["device_traces"] = trace_list;
  result["external_annotations"] = py::list();
  result["allocator_settings"] = settings();
  return result;
}

// `contexts`: a RecordContext, 0 to 3.
void record_history(int contexts, bool cpp, size_t max_entries, bool clear) {
  torch::installCapturedTracebackPython();
  memory_history().start(cpp ? gather_all : gather_python, max_entries, static_cast<RecordContext>(contexts), clear);
}

}  // namespace

void bind_snapshot(py::module_& m) {
  m.def("memory_snapshot", &snapshot);
  m.def("start_memory_history", &record_history);
  m.def("stop_memory_history", [](bool clear) { memory_history().stop(clear); });
  m.def("is_memory_history_on", [] { return memory_history().is_on(); });
}

}  // namespace torch_npu
