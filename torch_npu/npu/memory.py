"""Device memory as the caching allocator sees it, and pinned host memory. Keys and meanings are torch.cuda's."""

import collections

import torch

from torch_npu import _C

__all__ = [
    "caching_allocator_alloc",
    "caching_allocator_delete",
    "empty_cache",
    "get_allocator_backend",
    "get_per_process_memory_fraction",
    "host_empty_cache",
    "host_memory_stats",
    "host_memory_stats_as_nested_dict",
    "max_memory_allocated",
    "max_memory_cached",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_cached",
    "memory_reserved",
    "memory_stats",
    "memory_stats_as_nested_dict",
    "memory_summary",
    "reset_accumulated_host_memory_stats",
    "reset_accumulated_memory_stats",
    "reset_max_memory_allocated",
    "reset_max_memory_cached",
    "reset_peak_host_memory_stats",
    "reset_peak_memory_stats",
    "set_per_process_memory_fraction",
]


def _index(device) -> int:
    from .utils import _get_device_index

    return _get_device_index(device, optional=True)


def _flat(nested: dict, prefix: str = "") -> dict:
    found = {}
    for key, value in nested.items():
        if isinstance(value, dict):
            found.update(_flat(value, f"{prefix}{key}."))
        else:
            found[prefix + key] = value
    return found


def caching_allocator_alloc(size: int, device=None, stream=None) -> int:
    """Allocates `size` bytes on a device, ordered by `stream` (an address or a Stream; the current one by default).

    Returns the address, for `caching_allocator_delete`. Raises torch.OutOfMemoryError.
    """
    handle = 0 if stream is None else getattr(stream, "npu_stream", stream)
    return _C.allocate_address(size, _index(device), handle)


def caching_allocator_delete(mem_ptr: int) -> None:
    """Frees what `caching_allocator_alloc` returned. Raises RuntimeError for any other address."""
    _C.free_address(mem_ptr)


def empty_cache() -> None:
    """Gives memory that holds no tensor back to the device, for other processes to use. Waits for the device."""
    if _C.is_initialized():
        _C.empty_cache()


def get_allocator_backend() -> str:
    """The allocator in use: `native`."""
    return "native"


def set_per_process_memory_fraction(fraction: float, device=None) -> None:
    """Allows this process a part of a device's memory, from 0 to 1. Asking for more is out of memory.

    Raises:
        TypeError, ValueError: for what is not a number in that range.
    """
    if not isinstance(fraction, float):
        raise TypeError(f"Invalid type for fraction argument, must be `float`, but got {type(fraction).__name__}")
    _C.set_memory_fraction(fraction, _index(device))


def get_per_process_memory_fraction(device=None) -> float:
    """What `set_per_process_memory_fraction` allows; 1 by default."""
    return _C.memory_fraction(_index(device))


def mem_get_info(device=None) -> tuple[int, int]:
    """Free and total bytes of a device, whoever uses them."""
    return _C.memory_info(_index(device))


def memory_stats_as_nested_dict(device=None) -> dict:
    """The figures of `memory_stats`, nested; empty before the first use of a device."""
    return torch._C._accelerator_getDeviceStats(_index(device)) if _C.is_initialized() else {}


def memory_stats(device=None) -> collections.OrderedDict:
    """The allocator's figures with torch.cuda's keys: `<what>.<all, small_pool or large_pool>.<current, peak,
    allocated or freed>`, and counts of retries, out-of-memory errors and calls of the device."""
    return collections.OrderedDict(sorted(_flat(memory_stats_as_nested_dict(device)).items()))


def _figure(name: str, device) -> int:
    return memory_stats(device).get(name, 0)


def memory_allocated(device=None) -> int:
    """Bytes in tensors now."""
    return _figure("allocated_bytes.all.current", device)


def max_memory_allocated(device=None) -> int:
    """The most bytes in tensors since the start or `reset_peak_memory_stats`."""
    return _figure("allocated_bytes.all.peak", device)


def memory_reserved(device=None) -> int:
    """Bytes taken from the device now, in tensors or cached."""
    return _figure("reserved_bytes.all.current", device)


def max_memory_reserved(device=None) -> int:
    """The most bytes taken from the device since the start or `reset_peak_memory_stats`."""
    return _figure("reserved_bytes.all.peak", device)


# The older names of torch.cuda.
memory_cached = memory_reserved
max_memory_cached = max_memory_reserved


def reset_peak_memory_stats(device=None) -> None:
    """Peaks start again from the current figures."""
    if _C.is_initialized():
        torch._C._accelerator_resetPeakStats(_index(device))


reset_max_memory_allocated = reset_peak_memory_stats
reset_max_memory_cached = reset_peak_memory_stats


def reset_accumulated_memory_stats(device=None) -> None:
    """`allocated`, `freed` and the counts start again from 0."""
    if _C.is_initialized():
        torch._C._accelerator_resetAccumulatedStats(_index(device))


def host_memory_stats_as_nested_dict() -> dict:
    """The figures of `host_memory_stats`, nested; empty before the first use of a device."""
    return _C.host_stats() if _C.is_initialized() else {}


def host_memory_stats() -> collections.OrderedDict:
    """The figures of pinned host memory, with torch.cuda's keys. Times are in microseconds."""
    return collections.OrderedDict(sorted(_flat(host_memory_stats_as_nested_dict()).items()))


def reset_peak_host_memory_stats() -> None:
    """Peaks of pinned memory start again from the current figures."""
    _C.host_reset_peak_stats()


def reset_accumulated_host_memory_stats() -> None:
    """`allocated` and `freed` of pinned memory start again from 0."""
    _C.host_reset_accumulated_stats()


def host_empty_cache() -> None:
    """Gives pinned memory that holds no tensor back to the host."""
    _C.host_empty_cache()


_SUMMARY = (  # a row's title, its key, and whether it counts bytes
    ("Allocated memory", "allocated_bytes", True),
    ("Active memory", "active_bytes", True),
    ("Requested memory", "requested_bytes", True),
    ("NPU reserved memory", "reserved_bytes", True),
    ("Non-releasable memory", "inactive_split_bytes", True),
    ("Allocations", "allocation", False),
    ("Active allocs", "active", False),
    ("NPU reserved segments", "segment", False),
    ("Non-releasable allocs", "inactive_split", False),
)
_POOLS = (("all", ""), ("large_pool", "      from large pool"), ("small_pool", "      from small pool"))
_COLUMNS = (("current", "Cur Usage"), ("peak", "Peak Usage"), ("allocated", "Tot Alloc"), ("freed", "Tot Freed"))


def _size(value: int) -> str:
    for unit in ("B  ", "KiB", "MiB", "GiB", "TiB"):
        if abs(value) < 10 * 1024 or unit == "TiB":
            return f"{value:7d} {unit}"
        value //= 1024
    raise AssertionError


def memory_summary(device=None, abbreviated: bool = False) -> str:
    """A table of `memory_stats` for people. `abbreviated` leaves out the two pools."""
    index = _index(device)
    stats = collections.defaultdict(int, memory_stats(index))
    rule = "|" + "=" * 75 + "|"
    thin = "|" + "-" * 75 + "|"
    lines = [
        rule,
        f"| {f'PyTorch NPU memory summary, device ID {index}':^73} |",
        thin,
    ]
    calls = f"NPU OOMs: {stats['num_ooms']:<12} | aclrtMalloc retries: {stats['num_alloc_retries']:<8}"
    lines += [f"| {calls:^73} |", rule]
    lines += [f"| {'Metric':<21} | " + " | ".join(f"{title:<10}" for _, title in _COLUMNS) + " |", thin]
    for title, key, is_bytes in _SUMMARY:
        for pool, pool_title in _POOLS[:1] if abbreviated else _POOLS:
            cells = (stats[f"{key}.{pool}.{column}"] for column, _ in _COLUMNS)
            texts = (_size(value) if is_bytes else f"{value:7d}    " for value in cells)
            lines.append(f"| {pool_title or title:<21} |" + "|".join(f"{text:>12}" for text in texts) + "|")
        lines.append(thin)
    lines[-1] = rule
    return "\n".join(lines) + "\n"
