"""Parts of a model whose forward and backward pass are deterministic."""

from typing import Any

import torch

__all__ = ["disable_deterministic_with_backward", "enable_deterministic_with_backward"]


def _switch(now: bool) -> type[torch.autograd.Function]:
    class Switch(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, tensor: torch.Tensor) -> torch.Tensor:
            torch.use_deterministic_algorithms(now)
            return tensor.view_as(tensor)

        @staticmethod
        def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:  # the part is left at the end it was entered by
            torch.use_deterministic_algorithms(not now)
            return grad

    return Switch


_Begin, _End = _switch(True), _switch(False)


def enable_deterministic_with_backward(tensor: torch.Tensor) -> torch.Tensor:
    """Deterministic algorithms from here on, forward; in the backward pass, up to here. Returns `tensor`.

    The part ends at `disable_deterministic_with_backward`.
    """
    return _Begin.apply(tensor)


def disable_deterministic_with_backward(tensor: torch.Tensor) -> torch.Tensor:
    """Ends the part that `enable_deterministic_with_backward` began; in the backward pass, begins it."""
    return _End.apply(tensor)
