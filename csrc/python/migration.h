#pragma once

namespace torch_npu {
// While on, torch.device, torch.Generator, torch.Stream and torch.Event read 'cuda' as the NPU. The types themselves
// stay what they are, so isinstance, pickle, TorchScript and torch.compile see nothing new. Call with the GIL held.
void migrate_device_types(bool on);
}  // namespace torch_npu
