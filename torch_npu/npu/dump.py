"""Dumps of what operators read and write."""

import os

from torch_npu import _C

__all__ = ["finalize_dump", "init_dump", "set_dump"]


def init_dump() -> None:
    """UNIMPLEMENTED: dumps of operators' inputs and outputs.

    Raises:
        RuntimeError: CANN's text.
    """
    _C.init_dump()


def set_dump(cfg_file: str) -> None:
    """UNIMPLEMENTED: dumps of operators' inputs and outputs, as a configuration file says.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: CANN's text.
    """
    if not os.path.exists(cfg_file):
        raise FileNotFoundError(f"there is no configuration file {cfg_file}")
    _C.set_dump(os.path.realpath(cfg_file))


def finalize_dump() -> None:
    """UNIMPLEMENTED: ends what `init_dump` began.

    Raises:
        RuntimeError: CANN's text.
    """
    _C.finalize_dump()
