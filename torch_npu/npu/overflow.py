"""Whether something overflowed, and what then happens, which is the chip's or INF_NAN_MODE_ENABLE's to say."""

import warnings

import torch

from torch_npu import _C

__all__ = ["clear_npu_overflow_flag", "get_npu_overflow_flag", "is_support_inf_nan", "npu_check_overflow"]


def is_support_inf_nan() -> bool:
    """Whether a result that is too large is infinite (Atlas A2 and later), and not the largest number of its dtype."""
    _C.init()
    return _C.overflows_to_inf()


def get_npu_overflow_flag() -> bool:
    """Whether an operator overflowed since the flag was cleared, on chips that keep such a flag.

    Raises:
        RuntimeError: the chip has infinities instead; ask `npu_check_overflow`.
        NotImplementedError: UNIMPLEMENTED on the others.
    """
    if is_support_inf_nan():
        raise RuntimeError(
            "UNSUPPORTED: this chip keeps no overflow flag, a result that overflows is infinite; "
            "use torch_npu.npu.npu_check_overflow(tensor)"
        )
    raise NotImplementedError("UNIMPLEMENTED: operators do not set the overflow flag of saturating chips yet")


def clear_npu_overflow_flag() -> None:
    """Clears the flag, on chips that keep one; warns on the others, where there is nothing to clear."""
    if is_support_inf_nan():
        warnings.warn("This chip keeps no overflow flag: clear_npu_overflow_flag does nothing.", stacklevel=2)
        return
    raise NotImplementedError("UNIMPLEMENTED: operators do not set the overflow flag of saturating chips yet")


def npu_check_overflow(grad: torch.Tensor | float) -> bool:
    """Whether the sum of a tensor, or a number, is infinite or not a number. Waits for the device.

    Raises:
        TypeError: for anything else.
    """
    if not is_support_inf_nan():
        return get_npu_overflow_flag()
    if isinstance(grad, torch.Tensor):
        grad = float(grad.float().sum())
    if not isinstance(grad, float):
        raise TypeError(f"npu_check_overflow takes a tensor or a float, but got {type(grad).__name__}")
    return grad != grad or grad in (float("inf"), float("-inf"))
