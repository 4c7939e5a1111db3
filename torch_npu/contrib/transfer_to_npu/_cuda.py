"""Names of torch.cuda that torch.npu has no twin for, or whose twin answers otherwise.

Each function here takes what it replaces and returns the replacement.
"""

import contextlib
import functools
import os
import sys
import threading
import types

import torch

from ._device import to_npu

# Libraries with an NPU path of their own, PyTorch's Python among them: they must find an NPU, not a CUDA device.
KNOW_NPU = frozenset({"torch", "accelerate", "transformers", "trl", "peft"})

_TRACER = "torch._dynamo.variables"


def is_available(cuda_is_available):
    @functools.wraps(cuda_is_available)
    def migrated():
        caller = sys._getframe(1).f_globals.get("__name__", "")
        knows_npu = caller.partition(".")[0] in KNOW_NPU and not caller.startswith(_TRACER)
        return torch.npu.is_available() and not knows_npu

    vars(migrated)["_dynamo_marked_constant"] = True  # torch.compile asks it while it traces, in the script's place
    return migrated


def is_hccl_available(is_nccl_available):
    @functools.wraps(is_nccl_available)
    def migrated():
        return torch.distributed.is_backend_available("hccl")

    return migrated


def get_device_capability(cuda_get_device_capability):
    @functools.wraps(cuda_get_device_capability)
    def migrated(device=None):
        if os.environ.get("TORCH_NPU_DEVICE_CAPABILITY"):
            return torch.npu.get_device_capability(device)
        # Scripts read it to choose a dtype: the oldest generation of GPUs with the same ones.
        return (8, 0) if torch.bfloat16 in torch.npu.get_amp_supported_dtype() else (7, 0)

    return migrated


def lazy_init(cuda_lazy_init):
    @functools.wraps(cuda_lazy_init)
    def migrated():
        raise RuntimeError(
            "UNIMPLEMENTED: a CUDA device was asked for past transfer_to_npu. Either a function of torch.cuda without "
            "an NPU counterpart was called, or a function of torch was imported by name, and called with a 'cuda' "
            "string, by a module that keeps it elsewhere. Write the device as torch.device('cuda')."
        )

    return migrated


def autocast_state(function):
    """`torch.is_autocast_enabled` and its kin: a device type that is left out means CUDA."""

    @functools.wraps(function)
    def migrated(*args, **kwargs):
        kwargs = {name: to_npu(value) for name, value in kwargs.items()}
        args = tuple(to_npu(value) for value in args)
        if "device_type" not in kwargs and not (args and isinstance(args[0], str)):
            args = ("npu", *args)
        return function(*args, **kwargs)

    return migrated


def autocast_gpu_dtype(function):
    return functools.wraps(function)(functools.partial(getattr(torch, function.__name__.replace("_gpu", "")), "npu"))


def cudart(cuda_cudart):
    """The calls that scripts make on it. No tool listens to the profiler's start and stop; they succeed, as there."""
    success = 0
    runtime = types.SimpleNamespace(
        cudaError=types.SimpleNamespace(success=success),
        cudaGetErrorString=lambda code: "no error" if code == success else f"error {code}",
        cudaMemGetInfo=lambda device=None: torch.npu.mem_get_info(device),
        cudaProfilerStart=lambda: success,
        cudaProfilerStop=lambda: success,
    )
    return functools.wraps(cuda_cudart)(lambda: runtime)


class _Ranges(threading.local):
    def __init__(self):
        self.stack = []


_ranges = _Ranges()
_started: dict[int, torch.profiler.record_function] = {}


def _open(message):
    scope = torch.profiler.record_function(str(message))
    scope.__enter__()
    return scope


def _range_push(msg):
    _ranges.stack.append(_open(msg))
    return len(_ranges.stack) - 1


def _range_pop():
    if not _ranges.stack:
        return -2  # as NVTX answers to an empty stack
    _ranges.stack.pop().__exit__(None, None, None)
    return len(_ranges.stack)


def _range_start(msg):
    scope = _open(msg)
    _started[id(scope)] = scope
    return id(scope)


def _range_end(range_id):
    _started.pop(range_id).__exit__(None, None, None)


def _mark(msg):
    with torch.profiler.record_function(str(msg)):
        pass


@contextlib.contextmanager
def _range(msg, *args, **kwargs):
    _range_push(msg.format(*args, **kwargs))
    try:
        yield
    finally:
        _range_pop()


# torch.cuda.nvtx: its ranges become ranges of PyTorch's profiler.
NVTX = {
    "mark": _mark,
    "range": _range,
    "range_end": _range_end,
    "range_pop": _range_pop,
    "range_push": _range_push,
    "range_start": _range_start,
}
