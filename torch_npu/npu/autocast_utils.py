"""The state of autocast on the NPU, and the dtypes it takes there."""

import torch

__all__ = [
    "get_amp_supported_dtype",
    "get_autocast_dtype",
    "is_autocast_enabled",
    "set_autocast_dtype",
    "set_autocast_enabled",
]


def get_amp_supported_dtype() -> list[torch.dtype]:
    """The dtypes that `torch.autocast("npu", dtype)` takes: bfloat16 only where the chip computes in it."""
    if torch.npu.is_bf16_supported():
        return [torch.float16, torch.bfloat16, torch.float32]
    return [torch.float16, torch.float32]


def is_autocast_enabled() -> bool:
    """Whether this thread is inside an autocast region for the NPU."""
    return torch.is_autocast_enabled("npu")


def set_autocast_enabled(enable: bool) -> None:
    """Turn autocast on or off on this thread. `torch.autocast("npu")` does so for a block."""
    torch.set_autocast_enabled("npu", enable)


def get_autocast_dtype() -> torch.dtype:
    """The dtype that autocast computes in on the NPU; float16 until it is set."""
    return torch.get_autocast_dtype("npu")


def set_autocast_dtype(dtype: torch.dtype) -> None:
    """Set the dtype that autocast computes in on the NPU, on this thread."""
    torch.set_autocast_dtype("npu", dtype)
