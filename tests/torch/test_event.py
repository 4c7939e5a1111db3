"""Events: what they cover, when they are done, how long it took."""

import pytest
import torch


def test_an_event_never_recorded():
    e = torch.npu.Event()
    assert e.query() and e.npu_event == 0 and "uninitialized" in repr(e)
    e.synchronize()
    e.wait()


@pytest.mark.parametrize("kind", [torch.npu.Event, lambda **kw: torch.Event("npu", **kw)])
def test_record_query_synchronize(kind):
    e = kind()
    x = torch.ones(200_000, device="npu")
    for _ in range(1500):
        x += 1
    e.record()
    early = e.query()
    e.synchronize()
    assert not early and e.query()


def test_elapsed_time():
    start, end = torch.npu.Event(enable_timing=True), torch.npu.Event(enable_timing=True)
    start.record()
    x = torch.ones(500, 500, device="npu")
    for _ in range(10):
        x = x @ x
    end.record()
    end.synchronize()
    assert 0 < start.elapsed_time(end) < 60_000


def test_elapsed_time_refuses():
    timed, plain = torch.npu.Event(enable_timing=True), torch.npu.Event()
    with pytest.raises(ValueError, match="enable_timing"):
        timed.elapsed_time(plain)
    with pytest.raises(ValueError, match="recorded"):
        timed.elapsed_time(torch.npu.Event(enable_timing=True))


def test_wait_covers_the_record_at_the_time_of_the_call():
    a, b = torch.npu.Stream(), torch.npu.Stream()
    e = torch.npu.Event()
    with torch.npu.stream(a):
        x = torch.zeros(1000, device="npu")
        for _ in range(500):
            x += 1
        e.record()
    with torch.npu.stream(b):
        e.wait()
        seen = x.clone()
        x.record_stream(b)
    with torch.npu.stream(a):
        a.wait_stream(b)
        x += 1
        e.record()  # again, later: what `b` waits for does not move
    b.synchronize()
    assert float(seen.min()) == 500
    torch.npu.synchronize()
    assert float(x.max()) == 501


def test_events_of_other_devices_are_refused_or_followed():
    if torch.npu.device_count() < 2:
        pytest.skip("one device")
    e = torch.npu.Event()
    e.record(torch.npu.current_stream(1))
    with pytest.raises(RuntimeError, match="npu:1"):
        e.record(torch.npu.current_stream(0))
    e.wait(torch.npu.current_stream(0))
    torch.npu.synchronize()


def test_interprocess_is_a_named_gap():
    with pytest.raises(NotImplementedError, match="UNIMPLEMENTED"):
        torch.npu.Event(interprocess=True)


def test_many_events_come_and_go():
    x = torch.ones(10, device="npu")
    for _ in range(2000):
        e = torch.npu.Event()
        x += 1
        e.record()
        del e
    torch.npu.synchronize()
    assert float(x[0]) == 2001
