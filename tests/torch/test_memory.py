"""The caching allocator: figures, reuse, other streams, running out; pinned memory and copies."""

import pickle
import random
import threading

import pytest
import torch

MiB = 1 << 20
needs_two = pytest.mark.skipif(torch.npu.device_count() < 2, reason="one device")


@pytest.fixture(autouse=True)
def clean():
    torch.npu.synchronize()
    torch.npu.empty_cache()
    yield
    torch.npu.synchronize()


def blob(bytes, device="npu"):
    return torch.empty(bytes, dtype=torch.uint8, device=device)


# --- Figures


def test_allocated_and_reserved():
    before = torch.npu.memory_allocated()
    x = blob(1000)
    # 1000 bytes and 32 of padding, in units of 512; the small pool takes 2 MiB at a time.
    assert torch.npu.memory_allocated() - before == 1536
    assert torch.npu.memory_reserved() % (2 * MiB) == 0
    del x
    assert torch.npu.memory_allocated() == before


def test_small_and_large_segments():
    base = torch.npu.memory_reserved()
    small = blob(1000)
    assert torch.npu.memory_reserved() - base in (0, 2 * MiB)
    base = torch.npu.memory_reserved()
    middle = blob(3 * MiB)
    assert torch.npu.memory_reserved() - base == 20 * MiB
    large = blob(33 * MiB)
    assert torch.npu.memory_reserved() - base == 20 * MiB + 34 * MiB
    again = blob(3 * MiB)  # the rest of the 20 MiB
    assert torch.npu.memory_reserved() - base == 54 * MiB
    del small, middle, large, again
    torch.npu.empty_cache()
    assert torch.npu.memory_reserved() <= base


def test_peaks():
    torch.npu.reset_peak_memory_stats()
    base = torch.npu.memory_allocated()
    x = blob(50 * MiB)
    del x
    assert torch.npu.max_memory_allocated() - base >= 50 * MiB
    assert torch.npu.max_memory_reserved() >= 50 * MiB
    torch.npu.reset_peak_memory_stats()
    assert torch.npu.max_memory_allocated() == torch.npu.memory_allocated()


def test_stats_have_cudas_keys_and_add_up():
    keep = [blob(n) for n in (1, 513, 2 * MiB, 30 * MiB)]
    del keep[1]
    stats = torch.npu.memory_stats()
    kinds = ("all", "small_pool", "large_pool")
    for what in [
        "allocation",
        "segment",
        "active",
        "inactive_split",
        "allocated_bytes",
        "reserved_bytes",
        "active_bytes",
        "inactive_split_bytes",
        "requested_bytes",
    ]:
        for column in ("current", "peak", "allocated", "freed"):
            total, small, large = (stats[f"{what}.{kind}.{column}"] for kind in kinds)
            assert total == small + large or column == "peak", what
        assert stats[f"{what}.all.allocated"] - stats[f"{what}.all.freed"] == stats[f"{what}.all.current"]
    for count in ("num_alloc_retries", "num_ooms", "num_device_alloc", "num_device_free"):
        assert stats[count] >= 0
    assert stats["oversize_allocations.current"] == stats["oversize_segments.current"] == 0
    assert stats["active_bytes.all.current"] <= stats["reserved_bytes.all.current"]
    torch.npu.reset_accumulated_memory_stats()
    assert torch.npu.memory_stats()["allocation.all.allocated"] == 0
    assert torch.accelerator.memory_stats()["allocated_bytes.all.current"] == torch.npu.memory_allocated()


def test_summary():
    text = torch.npu.memory_summary()
    lines = text.splitlines()
    assert "Allocated memory" in text and "from large pool" in text
    assert {len(line) for line in lines} == {77}
    short = torch.npu.memory_summary(abbreviated=True)
    assert "from large pool" not in short and len(short) < len(text)


@needs_two
def test_devices_have_their_own_figures():
    before = torch.npu.memory_allocated(0), torch.npu.memory_allocated("npu:1")
    x = blob(5 * MiB, "npu:1")
    assert torch.npu.memory_allocated(0) == before[0]
    assert torch.npu.memory_allocated(1) - before[1] >= 5 * MiB
    del x


def test_figures_before_the_first_use(run_python):
    assert run_python("""
        import torch
        print(torch.npu.memory_allocated(), torch.npu.max_memory_reserved(), len(torch.npu.memory_stats()),
              torch.npu.is_initialized())
        torch.npu.empty_cache(); torch.npu.reset_peak_memory_stats()
    """).split() == ["0", "0", "0", "False"]


# --- Reuse


def test_a_freed_block_is_reused_at_once():
    a = blob(MiB)
    address = a.data_ptr()
    del a
    assert blob(MiB).data_ptr() == address


def test_neighbours_merge():
    blocks = [blob(3 * MiB) for _ in range(6)]  # 18 of 20 MiB
    base, lowest = torch.npu.memory_reserved(), min(b.data_ptr() for b in blocks)
    random.Random(0).shuffle(blocks)
    blocks.clear()
    whole = blob(19 * MiB)  # fits only if all six are one again: 19 MiB alone would take 20 MiB more
    assert whole.data_ptr() == lowest or torch.npu.memory_reserved() == base + 20 * MiB
    stats = torch.npu.memory_stats()
    del whole
    assert stats["inactive_split.large_pool.current"] <= 1


def test_empty_tensors_take_nothing():
    before = torch.npu.memory_allocated()
    x = torch.empty(0, 5, device="npu")
    assert torch.npu.memory_allocated() == before and x.data_ptr() == 0


def test_by_address():
    before = torch.npu.memory_allocated()
    p = torch.npu.caching_allocator_alloc(4096)
    assert p and torch.npu.memory_allocated() - before == 4608
    torch.npu.caching_allocator_delete(p)
    assert torch.npu.memory_allocated() == before
    for bad in (p, 12345):
        with pytest.raises(RuntimeError, match="No memory was allocated"):
            torch.npu.caching_allocator_delete(bad)


# --- Other streams


def test_record_stream_keeps_a_block_from_the_next():
    s = torch.npu.Stream()
    x = torch.full((MiB,), 7.0, device="npu")
    address = x.data_ptr()
    s.wait_stream(torch.npu.current_stream())
    with torch.npu.stream(s):
        slow = torch.ones(300_000, device="npu")
        for _ in range(1500):
            slow += 1
        y = x * 2
    x.record_stream(s)
    del x
    z = torch.zeros(MiB, device="npu")  # queued now, on a stream that does not wait for `s`
    assert s.query() or z.data_ptr() != address
    s.synchronize()
    assert float(y.min()) == float(y.max()) == 14
    del z
    assert torch.empty(MiB, device="npu").data_ptr() in (address, address + 0)


def test_record_stream_on_the_own_stream_and_on_views():
    x = torch.ones(1000, device="npu")
    x.record_stream(torch.npu.current_stream())
    x[10:20].record_stream(torch.npu.Stream())
    torch.empty(0, device="npu").record_stream(torch.npu.Stream())
    del x
    torch.npu.synchronize()


@needs_two
def test_storm_of_threads_streams_and_devices():
    """4 threads, 4 streams, 2 devices: every tensor keeps its own number until its reader has seen it."""
    failures = []

    def work(seed):
        try:
            rng = random.Random(seed)
            streams = [torch.npu.Stream(i % 2) for i in range(4)]
            held = []
            for step in range(300):
                s = rng.choice(streams)
                with torch.npu.stream(s):
                    value = seed * 1000 + step
                    held.append(
                        (torch.full((rng.randint(1, 60_000),), value, dtype=torch.int64, device="npu"), value, s)
                    )
                if len(held) > 12 or rng.random() < 0.3:
                    tensor, value, made_on = held.pop(rng.randrange(len(held)))
                    reader = rng.choice([t for t in streams if t.device == made_on.device])
                    reader.wait_stream(made_on)
                    with torch.npu.stream(reader):
                        lowest, highest = torch.aminmax(tensor)
                    tensor.record_stream(reader)
                    del tensor
                    with torch.npu.stream(reader):
                        if (int(lowest), int(highest)) != (value, value):
                            failures.append((seed, step, value, int(lowest), int(highest)))
                if step % 100 == 50:
                    torch.npu.empty_cache()
        except Exception as error:
            failures.append(repr(error))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures, failures[:3]
    for device in (0, 1):
        torch.npu.synchronize(device)


# --- Pools of their own


def test_a_pool_serves_only_its_context():
    pool = torch.npu.MemPool()
    assert pool.use_count() == 1 and pool.snapshot() == []
    outside = blob(3 * MiB)
    with torch.npu.use_mem_pool(pool):
        assert pool.use_count() == 2
        inside = blob(3 * MiB)
        small = blob(100)
    after = blob(3 * MiB)
    where = {
        block["address"]: segment["segment_pool_id"]
        for segment in torch.npu.memory_snapshot()
        for block in segment["blocks"]
        if block["state"] == "active_allocated"
    }
    assert where[inside.data_ptr()] == where[small.data_ptr()] == pool.id
    assert where[outside.data_ptr()] == where[after.data_ptr()] == (0, 0)
    assert {s["segment_pool_id"] for s in pool.snapshot()} == {pool.id}
    reserved = torch.npu.memory_reserved()
    del inside, small
    torch.npu.empty_cache()  # A pool in use keeps its segments.
    assert torch.npu.memory_reserved() == reserved
    del pool
    torch.npu.empty_cache()
    assert torch.npu.memory_reserved() <= reserved - 22 * MiB
    del outside, after


def test_a_tensor_outlives_its_pool():
    pool = torch.npu.MemPool()
    with torch.npu.use_mem_pool(pool):
        x = torch.arange(1000.0, device="npu")
    del pool
    torch.npu.empty_cache()
    assert torch.equal(x.cpu(), torch.arange(1000.0))
    before = torch.npu.memory_reserved()
    del x
    torch.npu.empty_cache()
    assert torch.npu.memory_reserved() == before - 2 * MiB


def test_pools_are_this_threads_and_nest():
    outer, inner, seen = torch.npu.MemPool(), torch.npu.MemPool(), []
    with torch.npu.use_mem_pool(outer):
        thread = threading.Thread(target=lambda: seen.append(blob(100)))
        thread.start()
        thread.join()
        with torch.npu.use_mem_pool(inner):
            a = blob(100)
        b = blob(100)
    assert len(inner.snapshot()) == len(outer.snapshot()) == 1
    addresses = [block["address"] for block in inner.snapshot()[0]["blocks"]]
    assert a.data_ptr() in addresses and b.data_ptr() not in addresses
    with pytest.raises(NotImplementedError, match="UNIMPLEMENTED"):
        torch.npu.MemPool(object())


# --- State and history


def test_snapshot_adds_up():
    keep = [blob(n) for n in (1, 3 * MiB, 40 * MiB)]
    segments = [s for s in torch.npu.memory_snapshot() if s["device"] == 0]
    assert sum(s["total_size"] for s in segments) == torch.npu.memory_reserved()
    assert sum(s["allocated_size"] for s in segments) == torch.npu.memory_allocated()
    for s in segments:
        assert s["total_size"] == sum(b["size"] for b in s["blocks"])
        assert s["segment_type"] == ("small" if s["total_size"] == 2 * MiB else "large")
    del keep


def test_history_says_what_and_where(tmp_path):
    torch.npu.memory._record_memory_history(stacks="python", clear_history=True)
    try:
        x = blob(123_456)
        address = x.data_ptr()
        del x
        snapshot = torch.npu.memory._snapshot()
        torch.npu.memory._dump_snapshot(tmp_path / "snapshot.pickle")
    finally:
        torch.npu.memory._record_memory_history(None)
    entries = [entry for entry in snapshot["device_traces"][0] if entry.get("addr") == address]
    trace = [entry for entry in entries if not entry["action"].startswith("segment")]
    assert [entry["action"] for entry in trace] == ["alloc", "free_requested", "free_completed"]
    assert all(entry["size"] == 123_456 and entry["time_us"] > 1_600_000_000_000_000 for entry in trace)
    assert any(frame["name"] == "test_history_says_what_and_where" for frame in trace[0]["frames"])
    with open(tmp_path / "snapshot.pickle", "rb") as file:
        assert pickle.load(file)["segments"]
    from torch.cuda import _memory_viz

    assert "123456" in _memory_viz.trace(snapshot) or "120.6KiB" in _memory_viz.trace(snapshot)
    assert "<html>" in _memory_viz.trace_plot(snapshot).lower() or "<script" in _memory_viz.trace_plot(snapshot)
    before = len(torch.npu.memory._snapshot()["device_traces"][0])
    blob(1000)
    assert len(torch.npu.memory._snapshot()["device_traces"][0]) == before
    with pytest.raises(ValueError, match="enabled"):
        torch.npu.memory._record_memory_history("everything")


# --- Waiting unasked


def test_sync_debug_mode():
    x = torch.ones(10, device="npu")
    assert torch.npu.get_sync_debug_mode() == 0
    try:
        torch.npu.set_sync_debug_mode("warn")
        with pytest.warns(UserWarning, match="synchronizing"):
            x.cpu()
        torch.npu.set_sync_debug_mode(2)
        for call in (x.cpu, lambda: x[0].item(), lambda: bool(x[0])):
            with pytest.raises(RuntimeError, match="synchronizing"):
                call()
        x + 1
        torch.ones(10).npu()
        torch.npu.synchronize()
    finally:
        torch.npu.set_sync_debug_mode("default")
    assert float(x.sum()) == 10
    with pytest.raises(RuntimeError, match="loud"):
        torch.npu.set_sync_debug_mode("loud")


# --- Running out

SMALL = {"SOFTNPU_HBM_GB": "1"}


def test_out_of_memory_says_what_to_do_and_recovers(run_python):
    out = run_python(
        """
        import torch
        MiB = 1 << 20
        keep = torch.ones(100 * MiB, dtype=torch.uint8, device="npu")
        try:
            torch.empty(1000 * MiB, dtype=torch.uint8, device="npu")
            print("no error")
        except torch.OutOfMemoryError as error:
            print(error)
        assert issubclass(torch.OutOfMemoryError, RuntimeError)
        smaller = torch.ones(500 * MiB, dtype=torch.uint8, device="npu")
        assert int(smaller[-1]) + int(keep[0]) == 2
        print(torch.npu.memory_stats()["num_ooms"])
    """,
        **SMALL,
    )
    assert "NPU out of memory. Tried to allocate 1000.00 MiB" in out and "1.00 GiB in all" in out and "is free" in out
    assert out.split()[-1] == "1"


def test_cached_memory_is_given_up_before_running_out(run_python):
    out = run_python(
        """
        import torch
        MiB = 1 << 20
        for _ in range(3):
            a = [torch.empty(100 * MiB, dtype=torch.uint8, device="npu") for _ in range(7)]
            del a
            b = torch.empty(800 * MiB, dtype=torch.uint8, device="npu")
            del b
        s = torch.npu.memory_stats()
        print(s["num_ooms"], s["num_alloc_retries"] > 0)
    """,
        **SMALL,
    )
    assert out.split() == ["0", "True"]


def test_a_storm_of_out_of_memory(run_python):
    out = run_python(
        """
        import torch
        MiB = 1 << 20
        keep = torch.arange(1000, device="npu")
        before = torch.npu.memory_allocated()
        for i in range(1000):
            try:
                torch.empty((2 + i % 3) * 1024 * MiB, dtype=torch.uint8, device="npu")
                raise SystemExit("no error")
            except torch.OutOfMemoryError:
                pass
        assert torch.npu.memory_allocated() == before
        assert torch.npu.memory_stats()["num_ooms"] == 1000
        print(int(keep.sum()), int(torch.ones(900 * MiB // 4, device="npu")[-1]))
    """,
        **SMALL,
    )
    assert out.split() == ["499500", "1"]


def test_fraction():
    try:
        torch.npu.set_per_process_memory_fraction(0.5)
        assert torch.npu.get_per_process_memory_fraction() == 0.5
        total = torch.npu.mem_get_info()[1]
        with pytest.raises(torch.OutOfMemoryError, match="set_per_process_memory_fraction"):
            blob(int(total * 0.6))
    finally:
        torch.npu.set_per_process_memory_fraction(1.0)
    with pytest.raises(TypeError, match="float"):
        torch.npu.set_per_process_memory_fraction(1)
    for bad in (-0.1, 1.1):
        with pytest.raises(ValueError, match="between 0 and 1"):
            torch.npu.set_per_process_memory_fraction(bad)


def test_a_size_that_cannot_be():
    with pytest.raises(torch.OutOfMemoryError):
        torch.empty(1 << 61, dtype=torch.uint8, device="npu")


def test_options_from_the_environment(run_python):
    code = """
        import torch
        x = torch.empty(30 << 20, dtype=torch.uint8, device="npu"); del x
        y = torch.empty(5 << 20, dtype=torch.uint8, device="npu")
        print(torch.npu.memory_reserved() >> 20)
    """
    assert run_python(code).strip() == "32"  # a part of the first
    assert run_python(code, PYTORCH_NPU_ALLOC_CONF="max_split_size_mb:20").strip() == "52"  # too large to cut


# --- Pinned memory and copies


def test_pin_memory():
    x = torch.arange(1000.0)
    assert not x.is_pinned()
    p = x.pin_memory()
    assert p.is_pinned() and p[5:].is_pinned() and torch.equal(p, x) and p.device.type == "cpu"
    assert p.pin_memory() is p
    assert torch.empty(10, pin_memory=True).is_pinned()
    assert not torch.empty(10).is_pinned()
    with pytest.raises(RuntimeError, match="[Oo]nly dense CPU tensors|cannot pin"):
        torch.ones(1, device="npu").pin_memory()


def test_asking_is_pinned_makes_no_context(run_python):
    out = run_python("import torch; print(torch.ones(1).is_pinned(), torch.npu.is_initialized())")
    assert out.split() == ["False", "False"]


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("non_blocking", [False, True])
@pytest.mark.parametrize("n", [1, 1000, 20 * MiB])
def test_round_trip(pinned, non_blocking, n):
    x = torch.randn(n)
    source = x.pin_memory() if pinned else x.clone()
    there = source.to("npu", non_blocking=non_blocking)
    if not (pinned and non_blocking):
        source.zero_()  # The caller may reuse what it gave.
    back = there.to("cpu", non_blocking=non_blocking)
    if non_blocking:
        torch.npu.synchronize()
    assert torch.equal(back, x)


def test_a_pinned_source_lives_until_it_is_read():
    """Freed and allocated again while the copy waits behind other work: the bytes must be the first ones."""
    results = []
    slow = torch.ones(300_000, device="npu")
    for i in range(8):
        for _ in range(200):
            slow += 1
        p = torch.full((100_000,), float(i)).pin_memory()
        results.append(p[1:].to("npu", non_blocking=True))
        del p
    for i, r in enumerate(results):
        assert float(r.min()) == float(r.max()) == i


def test_into_pinned_memory():
    x = torch.arange(100_000.0, device="npu")
    for _ in range(200):
        x += 1
    p = torch.empty(100_000, pin_memory=True)
    p.copy_(x, non_blocking=True)
    torch.npu.current_stream().synchronize()
    assert torch.equal(p, torch.arange(100_000.0) + 200)


def test_host_stats():
    keep = torch.empty(1000, pin_memory=True)
    stats = torch.npu.host_memory_stats()
    assert stats["active_bytes.current"] >= keep.nbytes and stats["num_host_alloc"] >= 1
    del keep
    torch.npu.synchronize()
    torch.npu.host_empty_cache()
    assert torch.npu.host_memory_stats()["num_host_free"] >= 1
    torch.npu.reset_peak_host_memory_stats()
    torch.npu.reset_accumulated_host_memory_stats()
    assert torch.npu.host_memory_stats()["allocations.allocated"] == 0


class Numbers(torch.utils.data.Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, i):
        return torch.full((1000,), float(i)), i


@pytest.mark.parametrize("workers", [0, 2])
def test_data_loader(workers):
    torch.npu.init()
    seen = []
    loader = torch.utils.data.DataLoader(Numbers(), batch_size=8, num_workers=workers, pin_memory=True)
    for values, indices in loader:
        assert values.is_pinned() and indices.is_pinned()
        there = values.to("npu", non_blocking=True)
        assert torch.equal(there[:, 0].cpu(), indices.float())
        seen += indices.tolist()
    assert seen == list(range(64))


# --- Storage


def test_resize_keeps_what_was_there():
    x = torch.arange(10.0, device="npu")
    x.untyped_storage().resize_(4000)
    assert torch.equal(x.cpu(), torch.arange(10.0))
    x.untyped_storage().resize_(0)
    assert x.untyped_storage().size() == 0
    x.untyped_storage().resize_(40)
    assert x.untyped_storage().nbytes() == 40
