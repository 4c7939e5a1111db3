"""Devices: counting, choosing, guarding; forks and exits."""

import threading

import pytest
import torch

needs_two = pytest.mark.skipif(torch.npu.device_count() < 2, reason="one device")


@pytest.fixture(autouse=True)
def device_0():
    torch.npu.set_device(0)
    yield
    torch.npu.set_device(0)


def test_it_is_the_accelerator():
    assert torch.accelerator.current_accelerator() == torch.device("npu")
    assert torch.accelerator.device_count() == torch.npu.device_count() >= 1
    assert torch.get_device_module("npu") is torch.npu
    assert torch.npu.is_available()


def test_counting_makes_no_context(run_python):
    assert run_python("""
        import torch
        print(torch.npu.device_count() > 0, torch.npu.is_available(), torch.npu.current_device(),
              torch.npu.is_initialized())
        torch.manual_seed(0)
        torch.empty(1, device="npu")
        print(torch.npu.is_initialized())
    """).split() == ["True", "True", "0", "False", "True"]


@needs_two
def test_set_device_is_this_threads():
    torch.npu.set_device(1)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(torch.npu.current_device()))
    thread.start()
    thread.join()
    assert torch.npu.current_device() == 1 and seen == [0]
    assert torch.empty(1, device="npu").device == torch.device("npu:1")


@needs_two
@pytest.mark.parametrize("name", [1, "npu:1", torch.device("npu:1"), torch.device("npu", 1)])
def test_device_context(name):
    with torch.npu.device(name):
        assert torch.npu.current_device() == 1
        with torch.npu.device(-1):
            assert torch.npu.current_device() == 1
        with torch.npu.device(None):
            assert torch.npu.current_device() == 1
        assert torch.ones(2, device="npu").get_device() == 1
    assert torch.npu.current_device() == 0


@needs_two
def test_device_context_is_left_by_an_exception():
    with pytest.raises(ValueError, match="stop"), torch.npu.device(1):
        raise ValueError("stop")
    assert torch.npu.current_device() == 0


@needs_two
def test_device_of():
    there, here = torch.ones(1, device="npu:1"), torch.ones(1)
    with torch.npu.device_of(there):
        assert torch.npu.current_device() == 1
    with torch.npu.device_of(here):
        assert torch.npu.current_device() == 0


@needs_two
def test_torch_device_as_a_context_and_a_default():
    with torch.device("npu:1"):
        assert torch.zeros(1).device == torch.device("npu:1")
    try:
        torch.set_default_device("npu")
        assert torch.zeros(1).device == torch.device("npu:0")
    finally:
        torch.set_default_device(None)
    assert torch.zeros(1).device == torch.device("cpu")


@needs_two
def test_tensors_of_another_device():
    a = torch.arange(6.0, device="npu:1")
    assert torch.npu.current_device() == 0
    assert (a + 1).device == a.device
    assert torch.equal((a + 1).cpu(), torch.arange(6.0) + 1)
    assert torch.equal(a.to("npu:0").cpu(), torch.arange(6.0))
    assert torch.equal(a.npu(0).cpu(), torch.arange(6.0))


@needs_two
def test_tensors_of_two_devices_do_not_mix():
    with pytest.raises(RuntimeError, match="npu:0.*npu:1|npu:1.*npu:0|same device"):
        torch.ones(3, device="npu:0") + torch.ones(3, device="npu:1")


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.npu.set_device(99),
        lambda: torch.empty(1, device="npu:99"),
        lambda: torch.npu.synchronize(99),
        lambda: torch.npu.get_device_properties(99),
        lambda: torch.npu.mem_get_info(99),
        lambda: torch.npu.memory_stats(99),
        lambda: torch.npu.Stream(99),
        lambda: torch.npu.can_device_access_peer(0, 99),
        lambda: torch.npu.device(99).__enter__(),
        lambda: torch.accelerator.set_device_index(99),
        lambda: torch.Generator("npu:99"),
    ],
)
def test_a_device_that_does_not_exist(call):
    torch.npu.init()
    with pytest.raises(RuntimeError, match="99"):
        call()
    assert torch.npu.current_device() == 0


@pytest.mark.parametrize("name", ["cpu", "cuda", torch.device("meta")])
def test_a_device_of_another_type(name):
    for call in (torch.npu.set_device, torch.npu.synchronize, torch.npu.device, torch.npu.memory_allocated):
        with pytest.raises(ValueError, match="npu"):
            call(name)


def test_a_negative_device_changes_nothing():
    torch.npu.set_device(-1)
    assert torch.npu.current_device() == 0


def test_properties():
    p = torch.npu.get_device_properties(0)
    assert p.name == torch.npu.get_device_name() == torch.npu.get_device_name("npu:0")
    assert p.total_memory == torch.npu.mem_get_info(0)[1] > 0
    assert p.cube_core_num > 0 and p.vector_core_num > 0 and p.L2_cache_size > 0
    assert p.name in repr(p)
    assert isinstance(torch.npu.is_bf16_supported(), bool)


@pytest.mark.parametrize("soc, expected", [("Ascend910A", "False"), ("Ascend910B3", "True")])
def test_bfloat16_by_chip(run_python, soc, expected):
    assert run_python("import torch; print(torch.npu.is_bf16_supported())", SOFTNPU_SOC=soc).strip() == expected


def test_device_capability_is_only_what_the_environment_says(monkeypatch):
    monkeypatch.delenv("TORCH_NPU_DEVICE_CAPABILITY", raising=False)
    with pytest.warns(UserWarning, match="TORCH_NPU_DEVICE_CAPABILITY"):
        assert torch.npu.get_device_capability() is None
    monkeypatch.setenv("TORCH_NPU_DEVICE_CAPABILITY", "8.0")
    with pytest.warns(UserWarning):
        assert torch.npu.get_device_capability() == (8, 0)
    monkeypatch.setenv("TORCH_NPU_DEVICE_CAPABILITY", "eight")
    with pytest.warns(UserWarning, match="eight"):
        assert torch.npu.get_device_capability() is None


def test_device_count_and_names_follow_the_environment(run_python):
    code = "import torch; print(torch.npu.device_count())"
    assert run_python(code, SOFTNPU_DEVICES="3").strip() == "3"
    assert run_python(code, SOFTNPU_DEVICES="4", ASCEND_RT_VISIBLE_DEVICES="1,3").strip() == "2"


def test_tensor_and_module_methods():
    t = torch.ones(2).npu()
    assert t.is_npu and not torch.ones(1).is_npu and t.device.type == "npu"
    m = torch.nn.Linear(2, 2).npu()
    assert all(p.is_npu for p in m.parameters())
    assert t.untyped_storage().is_npu and t.untyped_storage().device.type == "npu"


def test_typed_tensors_and_storages():
    x = torch.npu.FloatTensor([1, 2])
    assert x.is_npu and x.tolist() == [1, 2] and torch.npu.LongTensor(2, 3).shape == (2, 3)
    assert isinstance(x, torch.npu.FloatTensor)
    assert not isinstance(x, torch.npu.HalfTensor) and not isinstance(x.cpu(), torch.npu.FloatTensor)
    assert x.type() == "torch.npu.FloatTensor"
    for kind in ("torch.npu.HalfTensor", torch.npu.HalfTensor):
        y = torch.ones(2).type(kind)
        assert y.is_npu and y.dtype == torch.half and y.type() == "torch.npu.HalfTensor"
    assert isinstance(x.storage(), torch.npu.FloatStorage) and not isinstance(x.storage(), torch.npu.IntStorage)


FORKED = """
    import os, sys, torch
    {before}
    pid = os.fork()
    if pid == 0:
        try:
            {child}
            os._exit(7)
        except RuntimeError as error:
            print(error, flush=True)
            os._exit(0 if "spawn" in str(error) else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.parametrize(
    "child",
    ["torch.ones(1, device='npu')", "x.cpu()", "torch.npu.synchronize()", "torch.npu.init()", "torch.npu.Stream()"],
)
def test_a_forked_child_cannot_use_the_device(run_python, child):
    out = run_python(FORKED.format(before="x = torch.ones(3, device='npu')", child=child), timeout=60)
    assert "Cannot re-initialize NPU in forked subprocess" in out and out.split()[-1] == "0"


def test_a_forked_child_that_leaves_the_device_alone(run_python):
    out = run_python(
        """
        import os, torch
        x = [torch.ones(1000, device="npu") + i for i in range(10)]
        pid = os.fork()
        if pid == 0:
            assert torch.npu._is_in_bad_fork() and not torch.npu.is_initialized()
            torch.manual_seed(3)
            del x
            os._exit(int(torch.ones(3).sum()))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
        print(float(x[9].sum()))
    """,
        timeout=60,
    )
    assert float(out) == 10000


def test_a_child_forked_before_the_first_use_has_its_own_device(run_python):
    out = run_python(
        """
        import os, torch
        torch.npu.device_count()
        pid = os.fork()
        print(float(torch.ones(4, device="npu").sum()), flush=True)
        if pid == 0:
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    """,
        timeout=60,
    )
    assert out.split() == ["4.0", "4.0"]


def test_exit_with_work_queued(run_python):
    run_python(
        """
        import torch
        kept = torch.ones(1000, 1000, device="npu")
        for _ in range(50):
            kept = kept @ kept * 0.001
        stream = torch.npu.Stream()
        with torch.npu.stream(stream):
            other = kept @ kept
        event = stream.record_event()
    """,
        timeout=120,
    )


def test_autoload_can_be_off(run_python):
    code = """
        import sys, torch
        print("torch_npu" in sys.modules)
        import torch_npu
        print(torch_npu.__version__, torch.ones(1, device="npu").device)
    """
    assert run_python(code, TORCH_DEVICE_BACKEND_AUTOLOAD="0").split() == ["False", "2.14.0", "npu:0"]
    assert run_python(code, TORCH_DEVICE_BACKEND_AUTOLOAD="1").split() == ["True", "2.14.0", "npu:0"]
