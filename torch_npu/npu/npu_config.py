"""Options of the device and its compiler, as scripts for Ascend set them.

Options that tune the compiler of an NPU are checked, handed to CANN and kept; a software device compiles nothing, so
they change no result. Source: torch_npu's API reference, "torch_npu.npu".
"""

import os
import warnings
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import torch

from torch_npu import _C

from .dump import finalize_dump, init_dump, set_dump
from .streams import Stream
from .utils import _get_device_index, synchronize

__all__ = [
    "finalize_dump",
    "get_device_limit",
    "get_mm_bmm_format_nd",
    "get_stream_limit",
    "init_dump",
    "is_jit_compile_false",
    "reset_stream_limit",
    "set_aoe",
    "set_compile_mode",
    "set_device_limit",
    "set_dump",
    "set_mm_bmm_format_nd",
    "set_option",
    "set_stream_limit",
]


def _is_core_number(text: str) -> bool:
    return text.isdigit() and 1 <= int(text) <= 32


# What each option takes; one that is not here takes any text.
_VALUES: dict[str, tuple[str, ...] | Callable[[str], bool]] = {
    "ACL_PRECISION_MODE": ("allow_fp32_to_fp16", "must_keep_origin_dtype"),
    "ACL_OP_SELECT_IMPL_MODE": ("high_performance", "high_precision"),
    "ACL_AICORE_NUM": _is_core_number,
    "ACL_OP_DEBUG_LEVEL": ("0", "1", "2", "3", "4"),
    "ACL_OP_COMPILER_CACHE_MODE": ("disable", "enable", "force"),
    "MM_BMM_ND_ENABLE": ("enable", "disable"),
    "jitCompile": ("enable", "disable"),
}
_options = {
    "MM_BMM_ND_ENABLE": "enable",
    "jitCompile": "disable",
    "ALLOW_INTERNAL_FORMAT": "disable",
    "ALLOW_MATMUL_HF32": "disable",
    "ALLOW_CONV_HF32": "enable",
    "CUBE_MATH_TYPE": "",
}


def set_option(option: dict[str, Any]) -> None:
    """Sets options by name. All are checked before the first is set.

    Raises:
        TypeError: `option` is no dict.
        ValueError: a value that the option does not take.
    """
    if not isinstance(option, dict):
        raise TypeError(f"an npu option is a dict of names and values, but got {type(option).__name__}")
    texts = {name: str(value) for name, value in option.items()}
    for name, text in texts.items():
        takes = _VALUES.get(name)
        if isinstance(takes, tuple) and text not in takes:
            raise ValueError(f"{name} is one of {', '.join(takes)}, but got {text!r}")
        if callable(takes) and not takes(text):
            raise ValueError(f"{name} is a number from 1 to 32, but got {text!r}")
    for name, text in texts.items():
        _C.set_compile_option(name, text)
        _options[name] = text


def set_compile_mode(jit_compile: bool = False) -> None:
    """Whether operators are compiled for the shapes they meet (True) or come compiled (False). Waits for the device."""
    if _C.is_initialized():
        synchronize()
    set_option({"jitCompile": "enable" if jit_compile else "disable"})


def is_jit_compile_false() -> bool:
    """Whether operators come compiled, as they do unless `set_compile_mode(jit_compile=True)` was called."""
    return _options["jitCompile"] == "disable"


def set_aoe(dump_path: str) -> None:
    """Names the folder for what a tuner would read; makes it if need be. A software device writes nothing there.

    Raises:
        TypeError: `dump_path` is no path.
        OSError: the folder cannot be made.
    """
    os.makedirs(dump_path, exist_ok=True)
    set_option({"autotune": "enable", "autotunegraphdumppath": os.fspath(dump_path)})


def set_mm_bmm_format_nd(is_nd: bool = True) -> None:
    """Whether matrix products keep the plain layout. A software device has no other."""
    set_option({"MM_BMM_ND_ENABLE": "enable" if is_nd else "disable"})


def get_mm_bmm_format_nd() -> bool:
    """What `set_mm_bmm_format_nd` set; True before."""
    return _options["MM_BMM_ND_ENABLE"] == "enable"


_CUBE, _VECTOR = 0, 1
_limited = False


def _device(device: int) -> int:
    if isinstance(device, bool) or not isinstance(device, int):
        raise TypeError(f"device must be an int, but got {type(device).__name__}")
    if not 0 <= device < _C.device_count():
        raise AssertionError(f"Invalid device id {device}: there are {_C.device_count()}")
    _C.init()
    return _get_device_index(device)


def set_device_limit(device: int, cube_num: int = -1, vector_num: int = -1) -> None:
    """Limits the cores a device's operators use; -1 leaves a kind as it is. A software device keeps the number alone.

    Raises:
        TypeError, AssertionError: for what is no device.
        RuntimeError: for more cores than the chip has, or none; and for a second call, which the device does not take.
    """
    global _limited
    index = _device(device)
    if _limited:
        raise RuntimeError("set_device_limit can be called once in a process; a stream's limit can be set again")
    for kind, number in ((_CUBE, cube_num), (_VECTOR, vector_num)):
        if number != -1:
            _C.set_device_limit(index, kind, number)
    _limited = True


def get_device_limit(device: int) -> dict[str, int]:
    """The limits of a device, as `{"cube_core_num": int, "vector_core_num": int}`: all cores, unless set."""
    index = _device(device)
    return {"cube_core_num": _C.device_limit(index, _CUBE), "vector_core_num": _C.device_limit(index, _VECTOR)}


def _stream(stream: Stream) -> int:
    if not isinstance(stream, Stream):
        raise AssertionError(f"stream should be a torch_npu.npu.Stream, but is {type(stream).__name__}")
    return stream.npu_stream


def set_stream_limit(stream: Stream, cube_num: int = -1, vector_num: int = -1) -> None:
    """As `set_device_limit`, of what is queued on a stream from now on."""
    address = _stream(stream)
    for kind, number in ((_CUBE, cube_num), (_VECTOR, vector_num)):
        if number != -1:
            _C.set_stream_limit(address, kind, number)


def get_stream_limit(stream: Stream) -> dict[str, int]:
    """As `get_device_limit`, of a stream: those of its device, unless set."""
    address = _stream(stream)
    return {"cube_core_num": _C.stream_limit(address, _CUBE), "vector_core_num": _C.stream_limit(address, _VECTOR)}


def reset_stream_limit(stream: Stream) -> None:
    """Gives a stream its device's limits back."""
    _C.reset_stream_limit(_stream(stream))


class CubeMathType(IntEnum):
    """How a matrix product may compute, for `torch.npu.matmul.cube_math_type`."""

    KEEP_DTYPE = 0
    ALLOW_FP32_DOWN_PRECISION = 1
    USE_FP16 = 2
    USE_HF32 = 3
    USE_FP32_ADD = 4


def _flag(option: str, doc: str) -> property:
    def get(self: object) -> bool:
        return _options[option] == "enable"

    def set(self: object, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"{option.lower()} must be a bool, but got {type(value).__name__}")
        set_option({option: "enable" if value else "disable"})

    return property(get, set, doc=doc)


class _Settings:
    """A mistyped name is an error, not a setting of its own."""

    __slots__ = ()


class _Config(_Settings):
    """`torch.npu.config`."""

    __slots__ = ()
    allow_internal_format = _flag(
        "ALLOW_INTERNAL_FORMAT", "Whether weights may be kept in the matrix unit's layout. A software device does not."
    )


_HF32 = "Whether float32 may be read as 19 bits. Kept; a software device computes in float32."


class _Matmul(_Settings):
    """`torch.npu.matmul`."""

    __slots__ = ()
    allow_hf32 = _flag("ALLOW_MATMUL_HF32", _HF32)

    @property
    def cube_math_type(self) -> CubeMathType | None:
        """How products compute; None before it is set. Kept; a software device computes in the dtypes it is given."""
        text = _options["CUBE_MATH_TYPE"]
        return CubeMathType(int(text)) if text else None

    @cube_math_type.setter
    def cube_math_type(self, value: CubeMathType) -> None:
        if not isinstance(value, CubeMathType):
            raise TypeError(f"cube_math_type is a torch.npu.CubeMathType, but got {type(value).__name__}")
        set_option({"CUBE_MATH_TYPE": int(value)})


class _Conv(_Settings):
    """`torch.npu.conv`."""

    __slots__ = ()
    allow_hf32 = _flag("ALLOW_CONV_HF32", _HF32)


class _Aclnn(_Settings):
    """`torch.npu.aclnn`."""

    __slots__ = ()
    allow_hf32 = _flag("ALLOW_CONV_HF32", _HF32)

    @staticmethod
    def version() -> None:
        """Operators have no version of their own: None, with a warning."""
        warnings.warn("aclnn operators have no version of their own", stacklevel=2)


def set_deterministic_level(level: int) -> None:
    """0: results may depend on the order of work; 1: they do not; 2: nor on where a row lies in a batch.

    1 and 2 are `torch.use_deterministic_algorithms(True)`. A software device gives the same bits in any case.

    Raises:
        ValueError: for another level.
    """
    if level not in (0, 1, 2):
        raise ValueError(f"the level is 0, 1 or 2, but got {level!r}")
    if torch.are_deterministic_algorithms_enabled() != bool(level):
        warnings.warn(f"torch.use_deterministic_algorithms is now {bool(level)}, as level {level} asks", stacklevel=2)
        torch.use_deterministic_algorithms(bool(level))


def use_compatible_impl(is_enable: bool) -> None:
    """Whether operators follow the GPU's where the NPU's differ. A software device's follow PyTorch's either way."""
    set_option({"TORCH_NPU_USE_COMPATIBLE_IMPL": "1" if is_enable else "0"})


def are_compatible_impl_enabled() -> bool:
    """What `use_compatible_impl` set; False before."""
    return _options.get("TORCH_NPU_USE_COMPATIBLE_IMPL") == "1"


config, matmul, conv, aclnn = _Config(), _Matmul(), _Conv(), _Aclnn()
