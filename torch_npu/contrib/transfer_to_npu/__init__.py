"""Automatic migration: importing this module makes a script that was written for a GPU run on the NPU.

```python
import torch_npu
from torch_npu.contrib import transfer_to_npu
```

From then on `torch.cuda` and the device `"cuda"` mean the NPU, and the backend `"nccl"` means `"hccl"`, in the whole
process and in every thread. Importing it again, or enabling it twice, changes nothing.

    disable()     takes everything back
    enable()      migrates again
    is_enabled()
    enabled()     a context: migration is on inside it, and afterwards as it was before

Tensors and devices that migrated are NPU ones and say so: `torch.device("cuda", 0) == torch.device("npu", 0)`, and
`tensor.device.type` is `"npu"`. Doubles stay doubles; an Ascend chip computes few operators in double precision.
"""

import contextlib
import importlib
import importlib.util
import multiprocessing
import os
import sys
import threading
import types

import torch
import torch.utils._device

import torch_npu

__all__ = ["disable", "enable", "enabled", "is_enabled"]

from . import _script, _table
from ._patch import Patches, tell_compiler

_lock = threading.RLock()
_patches = None  # while migration is on
_asked = False  # by enable()
_contexts = 0  # that are open now, in any thread
_told = False


def is_enabled():
    """Whether 'cuda' means the NPU now."""
    return _patches is not None


def enable():
    """Migrate from here on. Does nothing where migration is on already."""
    global _asked
    with _lock:
        _asked = True
        _settle()


def disable():
    """Take everything back: 'cuda' means CUDA again, and tensors stay where they are.

    Where a context of `enabled()` is open, in any thread, this happens as the last of them ends.
    """
    global _asked
    with _lock:
        _asked = False
        _settle()


@contextlib.contextmanager
def enabled():
    """Migration is on inside the context, whatever happens there, and afterwards as it was before."""
    global _contexts
    with _lock:
        _contexts += 1
    try:
        _settle()
        yield
    finally:
        with _lock:
            _contexts -= 1
            _settle()


def _settle():
    """Bring the patches in line with what was asked for."""
    global _patches
    with _lock:
        wanted = _asked or _contexts > 0
        if wanted and _patches is None:
            _patches = _applied()
            _tell()
        elif not wanted and _patches is not None:
            patches, _patches = _patches, None
            _revert(patches)


def _applied():
    # `with torch.device(...)` knows the factories by identity, from its first use: it must see PyTorch's own.
    torch.utils._device._device_constructors()
    patches = Patches()
    try:
        torch_npu._C.migrate_device_types(True)
        _apply(patches)
    except BaseException:
        _revert(patches)
        raise
    return patches


def _apply(patches):
    for owners, names, parameters in _table.PARAMETERS:
        for name in names:
            patches.convert(owners, name, parameters)
    for owners, names, make in _table.REPLACED:
        for name in names:
            patches.replace(owners, name, make)
    for owner, cuda, npu in _table.RENAMED:
        patches.set(owner, cuda, vars(owner)[npu])
    for cuda, npu in _modules():
        _rename_module(patches, cuda, npu)
    patches.replace([torch.jit.frontend.ExprBuilder], "build_Call", _script.build_call)
    patches.rebind()
    tell_compiler()


def _modules():
    """torch.cuda and torch.npu, and each pair of their modules that both have."""
    yield torch.cuda, torch.npu
    for name in _table.MODULES:
        if importlib.util.find_spec(f"torch_npu.npu.{name}"):
            yield importlib.import_module(f"torch.cuda.{name}"), importlib.import_module(f"torch_npu.npu.{name}")


def _rename_module(patches, cuda, npu):
    done = {name for owners, names, _ in _table.REPLACED if cuda in owners for name in names}
    for name in dir(cuda):
        twin = getattr(npu, _table.OTHER_NAMES.get(name, name), None)
        if name.startswith("_") or name in done or twin is None or isinstance(twin, types.ModuleType):
            continue
        if getattr(twin, "__module__", "torch_npu").startswith("torch"):  # not what the module imported for itself
            patches.set(cuda, name, twin)


def _revert(patches):
    torch_npu._C.migrate_device_types(False)
    patches.undo()
    tell_compiler()


def _tell():
    """One line, once, from the main process of the first rank."""
    global _told
    if _told or multiprocessing.parent_process() is not None or os.environ.get("LOCAL_RANK", "0") != "0":
        return
    _told = True
    print("transfer_to_npu: torch.cuda and the device 'cuda' mean the NPU from here on", file=sys.stderr)


enable()
