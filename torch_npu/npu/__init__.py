"""`torch.npu`: devices, streams, memory and random numbers of the NPU, with the names of `torch.cuda`."""

import os
import re
import warnings

import torch

from torch_npu import _C

from . import amp, autocast_utils, deterministic, memory, npu_config, overflow, random, streams, typed, utils
from .autocast_utils import *  # noqa: F403
from .deterministic import *  # noqa: F403
from .memory import *  # noqa: F403
from .mstx import mstx
from .npu_config import *  # noqa: F403
from .npu_config import (
    CubeMathType,
    aclnn,
    are_compatible_impl_enabled,
    config,
    conv,
    matmul,
    set_deterministic_level,
    use_compatible_impl,
)
from .overflow import *  # noqa: F403
from .random import *  # noqa: F403
from .streams import Event, ExternalStream, Stream, SyncLaunchStream
from .typed import *  # noqa: F403
from .utils import (
    StreamContext,
    _get_device_index,
    current_blas_handle,
    current_device,
    current_stream,
    default_stream,
    device,
    device_of,
    get_sync_debug_mode,
    ipc_collect,
    is_bf16_supported,
    set_device,
    set_op_timeout_ms,
    set_stream,
    set_sync_debug_mode,
    stream,
    synchronize,
)

# How torch.serialization finds the index of a location such as 'npu:1'.
_utils = utils

default_generators = random._DefaultGenerators()


def device_count() -> int:
    """The number of devices this process sees; 0 where there is none. Makes no context, so forking stays possible."""
    return _C.device_count()


def is_available() -> bool:
    """Whether there is a device. Never raises."""
    return device_count() > 0


def is_initialized() -> bool:
    """Whether this process has used a device."""
    return _C.is_initialized()


def init() -> None:
    """Makes the current device's context; any use of a device does the same.

    Raises:
        RuntimeError: in a forked child of a process that used a device, and where there is no device.
    """
    _C.init()


_lazy_init = init


def _is_in_bad_fork() -> bool:
    return _C.in_bad_fork()


def get_device_name(device_name=None) -> str:
    """The chip's name as CANN reports it, such as `Ascend910B3`. `device_name`: a device, an index or None."""
    _C.device_properties(_get_device_index(device_name, optional=True))
    return _C.device_name()


def get_device_properties(device_name=None):
    """Name, memory, cores, cache and uuid of a device. `device_name`: a device, an index or None."""
    return _C.device_properties(_get_device_index(device_name, optional=True))


def get_device_capability(device=None):
    """`(major, minor)` from TORCH_NPU_DEVICE_CAPABILITY, or None with a warning: an NPU has no such number of its own."""
    text = os.environ.get("TORCH_NPU_DEVICE_CAPABILITY")
    meaning = "it only satisfies scripts that ask for CUDA's and says nothing about the chip."
    if not text:
        warnings.warn(
            f"An NPU has no device capability. TORCH_NPU_DEVICE_CAPABILITY may set one; {meaning}", stacklevel=2
        )
        return None
    match = re.fullmatch(r"(\d+)\.(\d+)", text)
    if not match:
        warnings.warn(f"TORCH_NPU_DEVICE_CAPABILITY is {text!r}, but must be like '8.0'; ignored.", stacklevel=2)
        return None
    warnings.warn(f"The device capability is what TORCH_NPU_DEVICE_CAPABILITY says; {meaning}", stacklevel=2)
    return int(match[1]), int(match[2])


def can_device_access_peer(device_id, peer_device_id) -> bool:
    """Whether a device can read another's memory directly.

    Raises:
        RuntimeError: for a device that does not exist.
    """
    return _C.can_access_peer(_get_device_index(device_id), _get_device_index(peer_device_id))


def utilization(device=None) -> int:
    """The percentage of time the chip's cores were busy. A software device does not measure it and raises."""
    return _C.utilization(_get_device_index(device, optional=True))
