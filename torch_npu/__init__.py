"""Importing this package makes the device `npu` known to PyTorch."""
import sys

import torch

torch.utils.rename_privateuse1_backend("npu")
from . import _C  # noqa: E402

synchronize = _C.synchronize
fallback_counts = _C.fallback_counts
missing_operators = _C.missing_operators


def is_available():
    return True


def device_count():
    return 1


def current_device():
    return 0


def _is_in_bad_fork():
    return False


torch._register_device_module("npu", sys.modules[__name__])
torch.utils.generate_methods_for_privateuse1_backend(unsupported_dtype=[torch.quint8])


def _autoload():
    """The `torch.backends` entry point: importing this package is all there is to do."""
