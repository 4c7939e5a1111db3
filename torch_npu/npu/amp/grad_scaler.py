"""Loss scaling on the NPU."""

import torch
from torch.amp.grad_scaler import OptState

__all__ = ["GradScaler", "OptState"]


class GradScaler(torch.amp.GradScaler):
    """`torch.amp.GradScaler("npu", ...)`, and with `dynamic=False` a scale that stays as it is.

    Gradients are unscaled and checked by one fused operator for each device and dtype; a step whose gradients hold an
    inf or a NaN is skipped, the scale is multiplied by `backoff_factor`, and after `growth_interval` steps without one
    by `growth_factor`. `state_dict()` has the keys of CUDA's, and `dynamic`. Source: torch.amp.GradScaler.
    """

    def __init__(
        self,
        init_scale=2.0**16,
        growth_factor=2.0,
        backoff_factor=0.5,
        growth_interval=2000,
        dynamic=True,
        enabled=True,
    ):
        super().__init__("npu", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
        self._dynamic = dynamic

    def update(self, new_scale=None):
        """After the steps of an iteration: adjust the scale, or set it to `new_scale` (a float or an NPU tensor)."""
        if self._enabled and new_scale is None and not self._dynamic:
            # A static scale: only what the optimizers noted for this iteration is forgotten.
            new_scale = self._scale
        super().update(new_scale)

    def state_dict(self):
        state = super().state_dict()
        return {**state, "dynamic": self._dynamic} if self._enabled else state

    def load_state_dict(self, state_dict):
        """Load what `state_dict` returned, here or on a GPU (there every scale is dynamic)."""
        super().load_state_dict(state_dict)
        if self._enabled:
            self._dynamic = state_dict.get("dynamic", True)
