"""`softnpu info`: the devices, as the C ABI reports them. PyTorch is not loaded."""

from __future__ import annotations

import ctypes
from importlib import metadata
from typing import Any

from rich.console import Console
from rich.table import Table

from . import cann

_HBM = 1  # ACL_HBM_MEM
_VERSION_BYTES = 128  # ACL_PKG_VERSION_MAX_SIZE
_GIB = 1 << 30


def _check(code: int, call: str) -> None:
    if code:
        raise RuntimeError(f"{call} failed with error {code}")


def _device(acl: ctypes.CDLL, index: int, name: str) -> dict[str, Any]:
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    _check(acl.aclrtSetDevice(index), f"aclrtSetDevice({index})")
    _check(acl.aclrtGetMemInfo(_HBM, ctypes.byref(free), ctypes.byref(total)), "aclrtGetMemInfo")
    _check(acl.aclrtResetDevice(index), f"aclrtResetDevice({index})")
    return {"index": index, "name": name, "memory_total": total.value, "memory_free": free.value}


def facts() -> dict[str, Any]:
    """Versions, the chip, and each device with its memory in bytes."""
    acl = cann.library("ascendcl")
    acl.aclrtGetSocName.restype = ctypes.c_char_p
    _check(acl.aclInit(None), "aclInit")
    try:
        count = ctypes.c_uint32()
        _check(acl.aclrtGetDeviceCount(ctypes.byref(count)), "aclrtGetDeviceCount")
        soc = acl.aclrtGetSocName().decode()
        version = ctypes.create_string_buffer(_VERSION_BYTES)
        _check(acl.aclsysGetVersionStr(b"runtime", version), "aclsysGetVersionStr")
        devices = [_device(acl, index, soc) for index in range(count.value)]
    finally:
        acl.aclFinalize()
    return {
        "softnpu": metadata.version("softnpu"),
        "torch": metadata.version("torch"),
        "cann": version.value.decode(),
        "cann_home": str(cann.home()),
        "soc": soc,
        "devices": devices,
    }


def show(console: Console) -> None:
    found = facts()
    devices = found.pop("devices")
    versions = Table.grid(padding=(0, 2))
    for name, value in found.items():
        versions.add_row(name, value)
    console.print(versions)
    table = Table("device", "name", "HBM used", "HBM total")
    for device in devices:
        used = device["memory_total"] - device["memory_free"]
        table.add_row(
            f"npu:{device['index']}",
            device["name"],
            f"{used / _GIB:.1f} GiB",
            f"{device['memory_total'] / _GIB:.1f} GiB",
        )
    console.print(table)
