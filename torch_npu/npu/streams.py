"""Streams and events: PyTorch's own classes, with the names and defaults of `torch.cuda`'s."""

import ctypes

import torch

from torch_npu import _C

__all__ = ["Event", "ExternalStream", "Stream", "SyncLaunchStream"]


class Stream(torch.Stream):
    """An ordered queue of work on one device.

    Args:
        device: a device, an index, or None for the current one.
        priority: 0, or -1 for a high one; other numbers mean the nearer of the two.

    Streams come from a pool of 32 a priority and device, round robin.
    """

    _device_type = torch._C._autograd.DeviceType.PrivateUse1.value

    def __new__(cls, device=None, priority=0, **kwargs):
        if "stream_id" in kwargs:
            return super().__new__(cls, **kwargs)
        from .utils import _get_device_index

        index = _get_device_index(device, optional=True)
        return super().__new__(
            cls, torch.device("npu", index if index >= 0 else _C.current_device()), priority=priority
        )

    @property
    def npu_stream(self) -> int:
        """The address of CANN's stream (aclrtStream)."""
        return self.native_handle

    @property
    def priority(self) -> int:
        return _C.stream_priority(self.stream_id, self.device_index)

    @staticmethod
    def priority_range():
        """The lowest and the highest priority, as `(0, -1)`."""
        return _C.stream_priority_range()

    def wait_event(self, event) -> None:
        """Work queued after this call starts only when the event's last record has been reached."""
        event.wait(self)

    def wait_stream(self, stream) -> None:
        """Work queued after this call starts only when all that is now queued on `stream` is done."""
        self.wait_event(stream.record_event())

    def record_event(self, event=None):
        """Records `event`, or a new one, after what is now queued. Returns it."""
        if event is None:
            event = Event()
        event.record(self)
        return event

    def query(self) -> bool:
        """Whether all that was queued is done."""
        return super().query()

    def synchronize(self) -> None:
        """Waits until all that was queued is done."""
        super().synchronize()

    @property
    def _as_parameter_(self):
        return ctypes.c_void_p(self.npu_stream)

    def __eq__(self, other):
        return isinstance(other, torch.Stream) and super().__eq__(other)

    def __hash__(self):
        return super().__hash__()

    def __repr__(self):
        return f"<torch_npu.npu.Stream device={self.device} npu_stream={self.npu_stream:#x}>"


class ExternalStream(Stream):
    """A stream made elsewhere, by the address of its handle (aclrtStream). Who made it keeps it alive.

    Raises:
        RuntimeError: for an address that cannot be a handle.
    """

    def __new__(cls, stream_ptr, device=None, **kwargs):
        from .utils import _get_device_index

        index = _get_device_index(device, optional=True)
        stream_id = _C.external_stream_id(stream_ptr, index)
        return super().__new__(cls, stream_id=stream_id, device_index=index, device_type=Stream._device_type, **kwargs)


class SyncLaunchStream(Stream):
    """A stream whose work is handed over by the calling thread itself. Here that holds for every stream."""

    def set_data_preprocess_stream(self, is_data_preprocess_stream: bool = False) -> None:
        """Says that the stream prepares data. It changes nothing on a software device."""


class Event(torch.Event):
    """A point in a stream's order, made when it is first recorded.

    Args:
        enable_timing: whether `elapsed_time` may be asked.
        blocking: whether `synchronize` lets the CPU sleep; it does in any case.
        interprocess: UNSUPPORTED, must be False.
    """

    def __new__(cls, enable_timing=False, blocking=False, interprocess=False):
        if interprocess:
            raise NotImplementedError("UNIMPLEMENTED: events shared between processes (interprocess=True)")
        return super().__new__(cls, "npu", enable_timing=enable_timing, blocking=blocking, interprocess=interprocess)

    @property
    def npu_event(self) -> int:
        """The address of CANN's event (aclrtEvent); 0 before the first record."""
        return self.event_id

    def record(self, stream=None) -> None:
        """Records on `stream`, or on the current stream of the current device."""
        from .utils import current_stream

        super().record(current_stream() if stream is None else stream)

    def wait(self, stream=None) -> None:
        """Work queued on `stream` (the current one by default) after this call waits for the last record."""
        from .utils import current_stream

        super().wait(current_stream() if stream is None else stream)

    def query(self) -> bool:
        """Whether what the last record covers is done. True for an event never recorded."""
        return super().query()

    def elapsed_time(self, end_event) -> float:
        """Milliseconds between the records of this event and of `end_event`, both done and made with enable_timing."""
        return _C.elapsed_time(self, end_event)

    def synchronize(self) -> None:
        """Waits until what the last record covers is done."""
        super().synchronize()

    @property
    def _as_parameter_(self):
        return ctypes.c_void_p(self.npu_event)

    def __repr__(self):
        return f"<torch_npu.npu.Event {self.npu_event:#x}>" if self.npu_event else "<torch_npu.npu.Event uninitialized>"
