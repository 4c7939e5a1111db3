"""Which operators a region of a program runs on the NPU, and which fall back to the CPU."""

from __future__ import annotations

from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode
from typing_extensions import Self

import torch_npu

from . import ops


def fallbacks() -> dict[str, int]:
    """How often each overload has fallen back to the CPU in this process, under names as "aten::atan2.out"."""
    return dict(torch_npu._C.fallback_counts())


class OperatorRecord(TorchDispatchMode):
    """Watches the operators that a `with` block dispatches; afterwards `native` and `fallbacks` say what they were.

    Every operator costs microseconds more while it is watched: watch a step, not a training.
    """

    native: set[str]  # overloads that ran on the NPU, as "mm" and "add.Tensor"
    fallbacks: dict[str, int]  # calls that fell back, by overload

    def __enter__(self) -> Self:
        self._seen: set[str] = set()
        self._before = fallbacks()
        return super().__enter__()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func.namespace == "aten":
            self._seen.add(str(func).removeprefix("aten.").removesuffix(".default"))
        return result

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        kinds = ops.kinds(self._seen)
        self.native = {name for name in self._seen if kinds.get(name) == "native"}
        after = fallbacks().items()
        self.fallbacks = {name: count - self._before.get(name, 0) for name, count in after}
        self.fallbacks = {name: count for name, count in self.fallbacks.items() if count}
