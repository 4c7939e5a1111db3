"""PyTorch's extension for Ascend NPUs: importing it makes the device `npu` known, and `torch.npu` the module for it."""


def _autoload() -> None:
    """The `torch.backends` entry point: importing this package is all there is to do.

    Defined first: where this package is imported before torch, torch calls it while the rest below is still to come.
    """


import os  # noqa: E402

import torch  # noqa: E402

torch.utils.rename_privateuse1_backend("npu")
from . import _C, npu  # noqa: E402

__version__ = "2.14.0"

# How operators were served; see `softnpu ops`.
fallback_counts = _C.fallback_counts
missing_operators = _C.missing_operators

# The operators that PyTorch does not have: torch.ops.npu.npu_* are torch_npu.npu_*.
for _name in torch._C._dispatch_get_all_op_names():
    if _name.startswith("npu::"):
        _name = _name[len("npu::") :].partition(".")[0]
        globals()[_name] = getattr(torch.ops.npu, _name)

torch._register_device_module("npu", npu)
torch.utils.generate_methods_for_privateuse1_backend(
    for_tensor=True,
    for_module=True,
    for_packed_sequence=True,
    for_storage=True,
    unsupported_dtype=[torch.quint8, torch.quint4x2, torch.quint2x4, torch.qint32, torch.qint8],
)

# Set by `softnpu run`, for the script and what it starts.
if os.environ.get("TORCH_TRANSFER_TO_NPU") == "1":
    from .contrib import transfer_to_npu  # noqa: F401
