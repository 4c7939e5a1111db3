"""`torch.autocast("npu")` with the device left out, and its decorators for custom autograd functions."""

import functools

import torch

__all__ = ["autocast", "custom_bwd", "custom_fwd"]


class autocast(torch.amp.autocast):
    """`torch.autocast("npu", ...)`: a context and a decorator.

    Inside it matrix products and convolutions take `dtype` (float16 or bfloat16), and operators that need the range of
    float32 take float32. With a dtype that the device lacks it warns and stays off. Source: torch.cuda.amp.autocast.
    """

    def __init__(self, enabled: bool = True, dtype: torch.dtype = torch.float16, cache_enabled: bool = True):
        super().__init__("npu", dtype=dtype, enabled=enabled, cache_enabled=cache_enabled)


def custom_fwd(fwd=None, *, cast_inputs=None):
    """Decorate `forward` of a custom autograd function for autocast regions of the NPU.

    With `cast_inputs` (a dtype), floating-point NPU tensors come in as that dtype and autocast is off inside;
    float64 and integer tensors, and tensors of other devices, come as they are. Source: torch.amp.custom_fwd.
    """
    if fwd is None:
        return functools.partial(custom_fwd, cast_inputs=cast_inputs)
    return torch.amp.custom_fwd(fwd, device_type="npu", cast_inputs=cast_inputs)


def custom_bwd(bwd):
    """Decorate `backward`: it runs with the autocast state that its `forward`, under `custom_fwd`, ran with."""
    return torch.amp.custom_bwd(bwd, device_type="npu")
