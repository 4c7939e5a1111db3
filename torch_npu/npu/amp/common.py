"""Whether mixed precision can be used at all."""

import torch

__all__ = ["amp_definitely_not_available"]


def amp_definitely_not_available():
    """True where there is no NPU."""
    return not torch.npu.is_available()
