"""Device memory as the caching allocator sees it, and pinned host memory. Keys and meanings are torch.cuda's."""

import collections
import contextlib
import pickle
import sys

import torch

from torch_npu import _C

__all__ = [
    "MemPool",
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
    "memory_snapshot",
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
    "use_mem_pool",
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


# --- Pools of their own


class MemPool(_C._MemPool):
    """A pool of device memory of its own, on the current device; `use_mem_pool` allocates from it.

    Args:
        allocator: None. A pool over another allocator is UNIMPLEMENTED.
    """

    def __init__(self, allocator=None):
        if allocator is not None:
            raise NotImplementedError("UNIMPLEMENTED: a MemPool over another allocator")
        super().__init__()

    @property
    def id(self) -> tuple[int, int]:
        """What names the pool in snapshots and figures."""
        return super().id

    @property
    def allocator(self):
        """The allocator underneath; None is the default one."""
        return None

    def use_count(self) -> int:
        """How many hold the pool: this object, and each `use_mem_pool` under way."""
        return super().use_count()

    def snapshot(self) -> list[dict]:
        """The segments of this pool, as `memory_snapshot` describes them."""
        return _C.memory_snapshot(self.id, False)["segments"]


@contextlib.contextmanager
def use_mem_pool(pool: MemPool, device=None):
    """A context in which what this thread allocates on a device comes from `pool`. Other threads are not affected."""
    index = _index(device)
    if index != pool.device:
        raise ValueError(f"The pool's memory is on npu:{pool.device}, so it cannot serve npu:{index}")
    _C.begin_allocate_to_pool(index, pool.id)
    try:
        yield
    finally:
        _C.end_allocate_to_pool(index, pool.id)


# --- State and history, for https://pytorch.org/memory_viz


def memory_snapshot() -> list[dict]:
    """Every segment of every device with its blocks: address, sizes, state, stream, pool, and where it was allocated
    (`frames`, while `_record_memory_history` is on)."""
    return _C.memory_snapshot(None, False)["segments"]


_CONTEXTS = {None: 0, "state": 1, "alloc": 2, "all": 3}


def _record_memory_history(
    enabled: str | None = "all",
    context: str | None = "all",
    stacks: str = "all",
    max_entries: int = sys.maxsize,
    device=None,
    clear_history: bool = False,
) -> None:
    """Records what the allocator does, and where.

    Args:
        enabled: None stops; "state" keeps where living blocks come from; "all" keeps every event too.
        context: None keeps no stacks; "state" those of living blocks, "alloc" also of allocations, "all" also of frees.
        stacks: "python", or "all" for C++ frames too.
        max_entries: how many events of a device are kept, the newest.
        device: has no meaning; all devices are recorded.
        clear_history: forget what was recorded before.

    Raises:
        ValueError: for any other word.
    """
    for name, value, known in (
        ("enabled", enabled, (None, "state", "all")),
        ("context", context, tuple(_CONTEXTS)),
        ("stacks", stacks, ("python", "all")),
    ):
        if value not in known:
            raise ValueError(f"{name} is one of {known}, but got {value!r}")
    if enabled is None:
        _C.stop_memory_history(clear_history)
    else:
        _C.start_memory_history(
            _CONTEXTS[context], stacks == "all", max_entries if enabled == "all" else 1, clear_history
        )


def _snapshot(device=None) -> dict:
    """The allocator's segments and recorded events, of all devices, as PyTorch's memory viewer reads them."""
    return _C.memory_snapshot(None, True)


def _dump_snapshot(filename: str = "dump_snapshot.pickle") -> None:
    """Writes `_snapshot()` to a file that https://pytorch.org/memory_viz opens."""
    with open(filename, "wb") as file:
        pickle.dump(_snapshot(), file)


def _set_allocator_settings(settings: str) -> None:
    """Sets what PYTORCH_NPU_ALLOC_CONF sets. Raises ValueError for what it cannot read."""
    torch._C._accelerator_setAllocatorSettings(settings)
