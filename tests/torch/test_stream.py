"""Streams: which is current, what waits for what, and errors."""

import threading

import pytest
import torch

needs_two = pytest.mark.skipif(torch.npu.device_count() < 2, reason="one device")


def busy(n=1500):
    """A tensor whose value takes the device a while: n + 1 everywhere."""
    x = torch.ones(200_000, device="npu")
    for _ in range(n):
        x += 1
    return x


def test_default_and_current():
    default = torch.npu.default_stream()
    assert isinstance(default, torch.npu.Stream) and default == torch.npu.current_stream()
    assert default == torch.accelerator.current_stream()
    s = torch.npu.Stream()
    assert s != default and s.device == torch.device("npu:0")
    with torch.npu.stream(s):
        assert torch.npu.current_stream() == s == torch.accelerator.current_stream()
        with torch.npu.stream(None):
            assert torch.npu.current_stream() == s
    assert torch.npu.current_stream() == default


def test_torch_stream_is_the_same_thing():
    s = torch.Stream("npu")
    with s:
        assert torch.npu.current_stream() == s
        x = torch.ones(10, device="npu") * 3
    s.synchronize()
    assert s.query() and torch.equal(x.cpu(), torch.full((10,), 3.0))


def test_set_stream_is_this_threads():
    s = torch.npu.Stream()
    before = torch.npu.current_stream()
    torch.npu.set_stream(s)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(torch.npu.current_stream()))
    thread.start()
    thread.join()
    assert torch.npu.current_stream() == s and seen == [before]
    torch.npu.set_stream(before)


@needs_two
def test_a_stream_of_another_device():
    s = torch.npu.Stream(1)
    with torch.npu.stream(s):
        assert torch.npu.current_device() == 1 and torch.npu.current_stream() == s
        assert torch.ones(1, device="npu").device == torch.device("npu:1")
    assert torch.npu.current_device() == 0
    assert torch.npu.current_stream(1) == torch.npu.default_stream(1)
    assert torch.npu.default_stream(1).device_index == 1


def test_pools_of_32_and_priorities():
    normal = {torch.npu.Stream().stream_id for _ in range(100)}
    high = {torch.npu.Stream(priority=-1).stream_id for _ in range(100)}
    assert len(normal) == len(high) == 32 and not normal & high
    assert torch.npu.Stream(priority=-1).priority == -1 == torch.npu.Stream(priority=-9).priority
    assert torch.npu.Stream(priority=5).priority == 0 == torch.npu.default_stream().priority
    assert torch.npu.Stream.priority_range() == (0, -1)


def test_names_equality_and_hash():
    s = torch.npu.Stream()
    same = torch.npu.Stream(stream_id=s.stream_id, device_index=s.device_index, device_type=s.device_type)
    assert s == same and hash(s) == hash(same) and s.npu_stream == same.npu_stream != 0
    assert s != torch.npu.Stream() and s != 3 and len({s, same}) == 1
    assert "npu:0" in repr(s)


def test_query_and_synchronize():
    s = torch.npu.Stream()
    with torch.npu.stream(s):
        x = busy()
        done = s.query()
    assert not done
    s.synchronize()
    assert s.query() and float(x[0]) == 1501


def test_wait_stream_orders_work():
    s = torch.npu.Stream()
    x = busy()
    s.wait_stream(torch.npu.current_stream())
    with torch.npu.stream(s):
        y = x * 2
        x.record_stream(s)
    s.synchronize()
    assert torch.equal(y.cpu(), torch.full((200_000,), 3002.0))


@needs_two
def test_wait_event_across_devices():
    x = busy()
    event = torch.npu.current_stream().record_event()
    torch.npu.current_stream(1).wait_event(event)
    y = x.to("npu:1")
    assert float(y.max()) == float(y.min()) == 1501


def test_external_stream():
    s = torch.npu.Stream()
    e = torch.npu.ExternalStream(s.npu_stream)
    with torch.npu.stream(e):
        assert torch.npu.current_stream() == e and e.npu_stream == s.npu_stream
        x = torch.ones(3, device="npu") + 1
    e.synchronize()
    assert e.query() and torch.equal(x.cpu(), torch.full((3,), 2.0))


@pytest.mark.parametrize("handle", [0, 3, 123456789])
def test_what_is_no_stream(handle):
    with pytest.raises(RuntimeError, match="stream"):
        torch.npu.ExternalStream(handle)
    kind = torch.npu.default_stream().device_type
    if handle > 64:
        with pytest.raises(RuntimeError, match="no stream"):
            torch.npu.set_stream(torch.npu.Stream(stream_id=handle, device_index=0, device_type=kind))
    with pytest.raises((RuntimeError, TypeError)):
        torch.npu.set_stream("npu")
    assert torch.npu.current_stream() == torch.npu.default_stream()
