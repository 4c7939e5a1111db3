"""What runs inside the client's process: imports the vendor's torch_npu, unmodified, on the CANN of the environment."""

import ctypes
import importlib.util
import os
from pathlib import Path

VENDOR = Path(os.environ["SOFTNPU_VENDOR"])


def import_vendor():
    """Return the vendor's `torch_npu`.

    Raises RuntimeError when another package of that name comes first on the path: SoftNPU's own is called the same.
    """
    import torch

    site = (VENDOR / "site").resolve()
    found = importlib.util.find_spec("torch_npu")
    if found is None or not Path(found.origin).resolve().is_relative_to(site):
        raise RuntimeError(f"torch_npu would come from {found and found.origin}, not from {site}")
    if torch.version.cuda:
        ctypes.CDLL(str(VENDOR / "libcuda_build.so")).forget_cuda_settings()
    import torch_npu

    return torch_npu
