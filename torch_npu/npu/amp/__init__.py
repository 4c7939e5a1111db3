"""Automatic mixed precision on the NPU, under torch.cuda.amp's names."""

from . import autocast_mode, common, grad_scaler  # noqa: F401
from .autocast_mode import autocast, custom_bwd, custom_fwd
from .grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]
