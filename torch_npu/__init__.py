"""PyTorch's extension for Ascend NPUs: importing it makes the device `npu` known, and `torch.npu` the module for it."""

import torch

torch.utils.rename_privateuse1_backend("npu")
from . import _C, npu  # noqa: E402

__version__ = "2.14.0"

# How operators were served; see `softnpu ops`.
fallback_counts = _C.fallback_counts
missing_operators = _C.missing_operators

torch._register_device_module("npu", npu)
torch.utils.generate_methods_for_privateuse1_backend(
    for_tensor=True,
    for_module=True,
    for_packed_sequence=True,
    for_storage=True,
    unsupported_dtype=[torch.quint8, torch.quint4x2, torch.quint2x4, torch.qint32, torch.qint8],
)


def _autoload() -> None:
    """The `torch.backends` entry point: importing this package is all there is to do.

    With TORCH_DEVICE_BACKEND_AUTOLOAD=0, PyTorch does not call it and `import torch_npu` does the same.
    """
