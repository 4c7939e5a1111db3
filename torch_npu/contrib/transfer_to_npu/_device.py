"""How a CUDA device is spelled, and the NPU it means."""

import re

import torch

_SPELLED = re.compile(r"cuda(:\d+)?")


def to_npu(value):
    """The NPU for a value that names a CUDA device; every other value as it is.

    Names are `"cuda"` and `"cuda:N"`, whole: a path that contains the word is not a device. A `torch.device` made
    before migration began may still be a CUDA one. Lists and tuples of devices are read item by item.
    """
    kind = type(value)
    if kind is str:
        return "npu" + value[4:] if value.startswith("cuda") and _SPELLED.fullmatch(value) else value
    if kind is torch.device:
        return torch.device("npu", value.index) if value.type == "cuda" else value
    if kind in (list, tuple):
        return kind(to_npu(item) for item in value)
    return value


def to_npu_or_index(value):
    """As `to_npu`, where an integer is a device's index: 0 means the device npu:0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return torch.device("npu", value)
    return to_npu(value)


def to_npu_location(value):
    """A `map_location`: a device, an index, a dict from one location to another, or a callable (left alone).

    A dict's keys are the locations a file names: "cuda:1" there also means a file that was saved on npu:1.
    """
    if isinstance(value, dict):
        return {
            str(source): str(to_npu(target))
            for key, target in value.items()
            for source in dict.fromkeys([key, to_npu(key)])
        }
    return to_npu_or_index(value)


def to_npu_type(value):
    """The name of an NPU tensor type for that of a CUDA one: "torch.cuda.FloatTensor"."""
    return "torch.npu." + value[11:] if type(value) is str and value.startswith("torch.cuda.") else value
