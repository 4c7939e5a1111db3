"""Random number generators: one a device, each a Philox (seed, offset)."""

from collections.abc import Iterable

import torch

from torch_npu import _C

__all__ = [
    "get_rng_state",
    "get_rng_state_all",
    "initial_seed",
    "manual_seed",
    "manual_seed_all",
    "seed",
    "seed_all",
    "set_rng_state",
    "set_rng_state_all",
]


class _DefaultGenerators:
    """The default generator of each device, by index. Made at first use, without a context."""

    def __len__(self):
        return torch.npu.device_count()

    def __getitem__(self, index: int) -> torch._C.Generator:
        if not 0 <= index < len(self):
            raise IndexError(f"Invalid NPU device ordinal {index}: this process sees {len(self)} devices")
        return _C.default_generator(index)


def _generator(device="npu") -> torch._C.Generator:
    from .utils import _get_device_index

    return _C.default_generator(_get_device_index(device, optional=True))


def get_rng_state(device: int | str | torch.device = "npu") -> torch.Tensor:
    """The state of a device's generator: 16 bytes on the CPU, the seed and the offset, as CUDA's."""
    return _generator(device).get_state()


def get_rng_state_all() -> list[torch.Tensor]:
    """The states of all devices' generators."""
    return [get_rng_state(i) for i in range(torch.npu.device_count())]


def set_rng_state(new_state: torch.Tensor, device: int | str | torch.device = "npu") -> None:
    """Sets what `get_rng_state` returned.

    Raises:
        ValueError: for a state of another size.
        TypeError: for one that is not a ByteTensor on the CPU.
    """
    _generator(device).set_state(new_state)


def set_rng_state_all(new_states: Iterable[torch.Tensor]) -> None:
    """Sets the states of devices 0, 1, ... in turn."""
    for i, state in enumerate(new_states):
        set_rng_state(state, i)


def manual_seed(seed: int) -> None:
    """Seeds the current device's generator. Without a device it does nothing, so that scripts run anywhere."""
    if torch.npu.is_available():
        _generator().manual_seed(int(seed))


def manual_seed_all(seed: int) -> None:
    """Seeds all devices' generators. Without a device it does nothing."""
    for i in range(torch.npu.device_count()):
        _generator(i).manual_seed(int(seed))


def seed() -> None:
    """Seeds the current device's generator with a number that cannot be foreseen."""
    if torch.npu.is_available():
        _generator().seed()


def seed_all() -> None:
    """Seeds all devices' generators with one number that cannot be foreseen."""
    if torch.npu.is_available():
        manual_seed_all(_generator(0).seed())


def initial_seed() -> int:
    """The seed of the current device's generator."""
    return _generator().initial_seed()
