"""Devices and the current stream. All of it is re-exported by `torch.npu`."""

from typing import Any

import torch
from torch._utils import _get_device_index as _torch_get_device_index

from torch_npu import _C

from .dump import finalize_dump, init_dump, set_dump  # noqa: F401  public here, too
from .overflow import (  # noqa: F401  public here, too
    clear_npu_overflow_flag,
    get_npu_overflow_flag,
    is_support_inf_nan,
    npu_check_overflow,
)
from .streams import Stream


def _get_device_index(device: Any, optional: bool = False, allow_cpu: bool = False) -> int:
    """The index that a device, a string, an index or a `torch.npu.device` names.

    None, and 'npu' without an index, name the current device when `optional`. A CPU is -1 when `allow_cpu`.

    Raises:
        ValueError: for a device of another type, and for none at all when not `optional`.
    """
    if isinstance(device, int):
        return device
    if isinstance(device, str):
        device = torch.device(device)
    if isinstance(device, torch.device):
        allowed = ("npu", "cpu") if allow_cpu else ("npu",)
        if device.type not in allowed:
            raise ValueError(f"Expected a device of type {' or '.join(allowed)}, but got: {device}")
    elif isinstance(device, globals()["device"]):
        return device.idx
    return _torch_get_device_index(device, optional, allow_cpu)


def synchronize(device=None) -> None:
    """Waits for all work on a device, and raises what failed on it.

    Raises:
        torch.AcceleratorError: a task failed; the text says which.
        RuntimeError: for a device that does not exist.
    """
    _C.synchronize(_get_device_index(device, optional=True))


def current_device() -> int:
    """The index of this thread's device; 0 until it chooses one."""
    return _C.current_device()


def set_device(device) -> None:
    """Makes a device current on this thread. A negative index changes nothing.

    Raises:
        RuntimeError: for a device that does not exist.
    """
    index = _get_device_index(device)
    if index >= 0:
        _C.set_device(index)


class device:
    """A context in which `device` is current. A negative index or None changes nothing."""

    def __init__(self, device):
        self.idx = _get_device_index(device, optional=True)
        self.prev_idx = -1

    def __enter__(self):
        self.prev_idx = _C.exchange_device(self.idx)

    def __exit__(self, exc_type, exc_value, traceback):
        self.idx = _C.maybe_exchange_device(self.prev_idx)
        return False


class device_of(device):
    """A context in which the device of a tensor or storage is current; nothing changes for one on the CPU."""

    def __init__(self, obj):
        super().__init__(obj.get_device() if obj.is_npu else -1)


def current_stream(device=None) -> Stream:
    """This thread's stream on a device; the default stream until it chooses one."""
    found = torch._C._accelerator_getStream(_get_device_index(device, optional=True))
    return Stream(stream_id=found.stream_id, device_index=found.device_index, device_type=found.device_type)


def default_stream(device=None) -> Stream:
    """The stream of a device that work goes to when nothing else is said."""
    index = _get_device_index(device, optional=True)
    return Stream(stream_id=_C.default_stream_id(index), device_index=index, device_type=Stream._device_type)


def set_stream(stream) -> None:
    """Makes a stream, and its device, current on this thread. None changes nothing."""
    if stream is not None:
        torch._C._accelerator_setStream(stream)


class StreamContext:
    """A context in which a stream is current on its device, and that device on this thread.

    Leaving it restores both the device and the stream that was current on the stream's device.
    """

    def __init__(self, stream):
        self.stream = stream
        self._before = []

    def __enter__(self):
        if self.stream is None:
            return
        index = self.stream.device_index
        self._before.append((_C.current_device(), current_stream(index)))
        set_stream(self.stream)

    def __exit__(self, exc_type, exc_value, traceback):
        if self.stream is None:
            return
        before, replaced = self._before.pop()
        set_stream(replaced)
        _C.maybe_exchange_device(before)


def stream(stream) -> StreamContext:
    """`with torch.npu.stream(s):` queues work on `s`. None changes nothing."""
    return StreamContext(stream)


def current_blas_handle():
    """UNSUPPORTED: an NPU's matrix operators have no handle.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("UNSUPPORTED: an NPU has no BLAS handle; its operators take a stream instead")


def ipc_collect() -> None:
    """Releases memory that other processes no longer share: nothing is held back here, so there is nothing to do."""


def is_bf16_supported(including_emulation: bool = False) -> bool:
    """Whether the chip computes in bfloat16: every one since Atlas A2 does, the Atlas training series does not."""
    return _C.supports_bfloat16()


_SYNC_DEBUG_MODES = {"default": 0, "warn": 1, "error": 2}


def set_sync_debug_mode(debug_mode: int | str) -> None:
    """Whether a call that makes the host wait for the device unasked (`item`, a blocking copy to the CPU) warns.

    Args:
        debug_mode: "default" or 0, "warn" or 1, "error" or 2.

    Raises:
        RuntimeError: for any other mode.
    """
    mode = _SYNC_DEBUG_MODES.get(debug_mode, debug_mode) if isinstance(debug_mode, str) else debug_mode
    if mode not in _SYNC_DEBUG_MODES.values():
        raise RuntimeError(f"debug_mode is one of {', '.join(_SYNC_DEBUG_MODES)} or 0, 1, 2, but got {debug_mode!r}")
    _C.set_sync_debug_mode(mode)


def get_sync_debug_mode() -> int:
    """What `set_sync_debug_mode` set: 0, 1 or 2."""
    return _C.sync_debug_mode()


def set_op_timeout_ms(timeout: int) -> None:
    """How long an operator may take, in milliseconds, before it fails; 0: as long as it takes.

    Raises:
        RuntimeError: for a time that the runtime does not take.
    """
    _C.init()
    _C.set_op_timeout_ms(timeout)


def get_cann_version(module: str = "CANN") -> str:
    """The version of CANN, or of a part of it, as "8.5.0"; empty where CANN does not know the part."""
    return _C.cann_version(module)
