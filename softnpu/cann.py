"""The software CANN as files: where its toolkit-shaped tree is, and what a client needs in its environment."""

import ctypes
import os
from pathlib import Path


def home() -> Path:
    """The tree with `include/` and `lib64/`; a compiler and a loader find CANN there."""
    path = Path(__file__).resolve().parent / "cann"
    if not (path / "lib64").is_dir():
        raise RuntimeError(f"there is no CANN in {path}: install softnpu, do not run it from its sources")
    return path


def library(name: str) -> ctypes.CDLL:
    """`libNAME.so` of this CANN. Raises OSError where it or what it needs cannot be loaded."""
    return ctypes.CDLL(str(home() / "lib64" / f"lib{name}.so"))


def environment() -> dict[str, str]:
    """What a client of CANN that is not ours (the vendor's wheel, a C program) reads from its environment."""
    tree = str(home())
    paths = [os.path.join(tree, "lib64"), *filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(":"))]
    return {
        "ASCEND_HOME_PATH": tree,
        "ASCEND_TOOLKIT_HOME": tree,
        "ASCEND_OPP_PATH": os.path.join(tree, "opp"),
        "LD_LIBRARY_PATH": ":".join(dict.fromkeys(paths)),
    }
