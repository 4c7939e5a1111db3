"""The collective backend: NCCL on a GPU, HCCL on an NPU."""

import functools


class HcclName(str):
    """The name "hccl", equal to "nccl" too: scripts compare what `get_backend` returns with either."""

    __slots__ = ()

    def __eq__(self, other):
        return str.__eq__(self, other) or other == "nccl"

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__


def to_hccl(backend):
    """HCCL's name for NCCL's, in any case and in a list by device ("cpu:gloo,cuda:nccl"); other values as they are."""
    if not isinstance(backend, str):
        return backend
    parts = [part.strip() for part in backend.split(",")]
    moved = [_MOVED.get(part.lower(), part) for part in parts]
    return backend if moved == parts else ",".join(moved)


_MOVED = {"nccl": "hccl", "cuda:nccl": "npu:hccl", "cuda:gloo": "npu:gloo"}


def either_name(get_backend):
    """`torch.distributed.get_backend`, whose "hccl" compares equal to "nccl"."""

    @functools.wraps(get_backend)
    def migrated(*args, **kwargs):
        name = get_backend(*args, **kwargs)
        return HcclName(name) if name == "hccl" else name

    return migrated
