#include <torch/csrc/Event.h>

#include "python/runtime.h"
#include "runtime/NPUStream.h"

namespace torch_npu {

// Streams and events themselves are PyTorch's own classes, over the guard.
void bind_stream(py::module_& m) {
  using namespace c10_npu;
  m.def("default_stream_id", [](DeviceIndex device) { return default_stream(device).id(); });
  m.def("external_stream_id", [](uintptr_t handle, DeviceIndex device) {
    return external_stream(reinterpret_cast<aclrtStream>(handle), device).id();
  });
  m.def("stream_priority", [](c10::StreamId id, DeviceIndex device) {
    return priority_of(c10::Stream(c10::Stream::UNSAFE, {c10::kPrivateUse1, checked_device(device)}, id));
  });
  // torch.Event.elapsed_time refuses an event of a derived class.
  m.def("elapsed_time", [](py::handle start, py::handle end) {
    for (auto event : {start, end})
      if (!THPEvent_Check(event.ptr())) throw py::type_error("elapsed_time takes an event");
    const auto of = [](py::handle event) -> c10::Event& { return reinterpret_cast<THPEvent*>(event.ptr())->event; };
    return of(start).elapsedTime(of(end));
  });
  m.def("stream_priority_range", [] { return std::pair(0, -1); });
}

}  // namespace torch_npu
