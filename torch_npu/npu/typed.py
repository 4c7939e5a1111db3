"""The old typed tensors and storages: `torch.npu.FloatTensor`, `torch.npu.FloatStorage`, and so on for each dtype."""

import torch
from torch.storage import _LegacyStorage, _warn_typed_storage_removal

_DTYPES = {
    "BFloat16": torch.bfloat16,
    "Bool": torch.bool,
    "Byte": torch.uint8,
    "Char": torch.int8,
    "Double": torch.double,
    "Float": torch.float,
    "Half": torch.half,
    "Int": torch.int,
    "Long": torch.long,
    "Short": torch.short,
}
__all__ = [f"{name}{kind}" for name in _DTYPES for kind in ("Storage", "Tensor")]


class _TensorType(type):
    """A type of tensors: by their dtype and device, as `torch.cuda.FloatTensor` is one."""

    dtype: torch.dtype
    is_cuda = False
    is_sparse = False
    layout = torch.strided

    def __call__(cls, *args, **kwargs):
        # Sizes, a sequence, a storage or a tensor, as the CPU's types take them.
        return getattr(torch, cls.__name__.rpartition(".")[2])(*args, **kwargs).npu()

    def __instancecheck__(cls, instance):
        return isinstance(instance, torch.Tensor) and instance.is_npu and instance.dtype == cls.dtype


class _Storage(_LegacyStorage):
    @classmethod
    def from_buffer(cls, *args, **kwargs):
        _warn_typed_storage_removal()
        raise RuntimeError("from_buffer: Not available for NPU storage")


for _name, _dtype in _DTYPES.items():
    # PyTorch reads a type's full name from its tp_name, which is the first argument.
    globals()[f"{_name}Tensor"] = _TensorType(
        f"torch.npu.{_name}Tensor", (), {"dtype": _dtype, "__module__": "torch.npu"}
    )
    globals()[f"{_name}Storage"] = type(_Storage)(  # type: ignore[misc]
        f"{_name}Storage", (_Storage,), {"dtype": _dtype, "_dtype": _dtype, "__module__": "torch.npu"}
    )
