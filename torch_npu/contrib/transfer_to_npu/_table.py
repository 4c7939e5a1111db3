"""What is migrated, in four tables.

`torch.device`, `torch.Generator`, `torch.Stream` and `torch.Event` migrate in their constructors, so a Python function
that reads its argument by `torch.device(...)` needs no row. What stays: C functions that parse a string by themselves,
and functions that compare the type of a device or the name of a backend.
"""

import torch
import torch.distributed as dist

from . import _cuda
from ._device import to_npu, to_npu_location, to_npu_or_index, to_npu_type
from ._distributed import either_name, to_hccl

_DEVICE = {"device": to_npu}
_DEVICE_TYPE = {"device_type": to_npu}
_C10D = [dist, dist.distributed_c10d]

FACTORIES = (  # noqa: SIM905  a list literal would be forty lines
    "arange as_tensor asarray bartlett_window blackman_window empty empty_like empty_permuted empty_quantized "
    "empty_strided eye from_file full full_like hamming_window hann_window kaiser_window linspace logspace normal ones "
    "ones_like rand rand_like randint randint_like randn randn_like randperm range scalar_tensor sparse_bsc_tensor "
    "sparse_bsr_tensor sparse_compressed_tensor sparse_coo_tensor sparse_csc_tensor sparse_csr_tensor tensor "
    "tril_indices triu_indices zeros zeros_like"
).split()
TENSOR_METHODS = ["to", "new_empty", "new_empty_strided", "new_full", "new_ones", "new_tensor", "new_zeros"]

# Parameters that name a device or a backend: owners (each module that holds the function), names, conversions.
PARAMETERS = [
    ([torch], FACTORIES, _DEVICE),
    ([torch.fft], ["fftfreq", "rfftfreq"], _DEVICE),
    ([torch.nested], ["nested_tensor", "as_nested_tensor"], _DEVICE),
    ([torch.Tensor], [*TENSOR_METHODS, "pin_memory", "is_pinned"], _DEVICE),
    ([torch.Tensor], ["type"], {"dtype": to_npu_type}),
    ([torch], ["set_default_tensor_type"], {"t": to_npu_type}),
    ([torch._C._nn], ["_parse_to"], _DEVICE),  # Module.to, of every kind of module
    ([torch.amp.autocast], ["__init__"], _DEVICE_TYPE),
    ([torch.amp.GradScaler], ["__init__"], _DEVICE),
    ([torch.amp, torch.amp.autocast_mode], ["custom_fwd", "custom_bwd", "is_autocast_available"], _DEVICE_TYPE),
    ([torch.utils.data.DataLoader], ["__init__"], {"pin_memory_device": to_npu}),
    ([torch.serialization], ["default_restore_location"], {"location": to_npu}),  # torch.load, however it is told where
    ([torch.serialization], ["_get_restore_location"], {"map_location": to_npu_location}),
    (_C10D, ["init_process_group", "new_group"], {"backend": to_hccl, "device_id": to_npu_or_index}),
    (_C10D, ["new_subgroups", "new_subgroups_by_enumeration"], {"backend": to_hccl}),
    (_C10D, ["is_backend_available"], {"backend": to_hccl}),
    ([dist, dist.device_mesh], ["init_device_mesh"], _DEVICE_TYPE),
    ([dist.DeviceMesh], ["__init__"], _DEVICE_TYPE),
]

# The same thing under the NPU's name: owner, CUDA's name, the NPU's name.
RENAMED = [
    (torch.Tensor, "cuda", "npu"),
    (torch.Tensor, "is_cuda", "is_npu"),
    (torch.nn.Module, "cuda", "npu"),
    (torch.nn.utils.rnn.PackedSequence, "cuda", "npu"),
    (torch.nn.utils.rnn.PackedSequence, "is_cuda", "is_npu"),
    (torch.storage._StorageBase, "cuda", "npu"),
    (torch.storage._StorageBase, "is_cuda", "is_npu"),
    (torch.storage.TypedStorage, "cuda", "npu"),
    (torch.storage.TypedStorage, "is_cuda", "is_npu"),
]

# torch.cuda and these modules of it: a public name that torch.npu's twin has too becomes that one. And other names:
MODULES = ["amp", "amp.autocast_mode", "amp.grad_scaler", "graphs", "memory", "random", "streams"]
OTHER_NAMES = {"CUDAGraph": "NPUGraph", "CUDAPluggableAllocator": "NPUPluggableAllocator"}

# What those tables cannot say: owners, names, a function from the old value to the new one.
REPLACED = [
    ([torch.cuda], ["is_available"], _cuda.is_available),
    ([torch.cuda], ["get_device_capability"], _cuda.get_device_capability),
    ([torch.cuda], ["cudart"], _cuda.cudart),
    ([torch.cuda], ["_lazy_init"], _cuda.lazy_init),
    ([torch.cuda.nvtx], list(_cuda.NVTX), lambda function: _cuda.NVTX[function.__name__]),
    ([torch], ["is_autocast_enabled", "get_autocast_dtype"], _cuda.autocast_state),
    ([torch], ["set_autocast_enabled", "set_autocast_dtype"], _cuda.autocast_state),
    ([torch], ["get_autocast_gpu_dtype", "set_autocast_gpu_dtype"], _cuda.autocast_gpu_dtype),
    ([dist], ["get_backend"], either_name),
    (_C10D, ["is_nccl_available"], _cuda.is_hccl_available),
]
