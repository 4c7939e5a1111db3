"""The CPU fallback: zero-copy, counted, said once, refused on demand; results come home."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import falls
import pytest
import torch

import torch_npu

COUNTS = torch_npu._C.fallback_counts
FALLS = torch.ops.falls.j0


@pytest.fixture
def mode():
    before = torch_npu._C.fallback_mode()
    yield torch_npu._C.set_fallback_mode
    torch_npu._C.set_fallback_mode(before)


def test_the_operator_of_these_tests_falls_back(mode):
    mode("silent")
    before = COUNTS().get("falls::j0", 0)
    x = torch.randn(5)
    torch.testing.assert_close(FALLS(x.npu()).cpu(), FALLS(x))
    assert COUNTS().get("falls::j0", 0) == before + 1


def test_said_once():
    script = """
import torch, falls
for _ in range(3):
    torch.ops.falls.j0(torch.ones(2, device="npu"))
torch.ops.falls.j1(torch.ones(2, device="npu"))
"""
    env = {**os.environ, "SOFTNPU_FALLBACK": "warn", "PYTHONPATH": str(Path(falls.__file__).parent)}
    command = [sys.executable, "-P", "-c", script]
    run = subprocess.run(command, env=env, check=True, timeout=120, capture_output=True, text=True)
    said = [line for line in run.stderr.splitlines() if "has no NPU operator" in line]
    assert len(said) == 2 and "falls::j0" in said[0] and "falls::j1" in said[1], run.stderr


def test_silent_and_refused(mode):
    mode("silent")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.ops.falls.j1(torch.ones(2, device="npu"))
    mode("error")
    with pytest.raises(NotImplementedError, match="UNIMPLEMENTED: falls::j0"):
        FALLS(torch.ones(2, device="npu"))
    assert (torch.ones(2, device="npu") + 1).tolist() == [2, 2]  # rows are not concerned
    with pytest.raises(ValueError, match="warn, silent or error"):
        mode("loud")


def test_no_bytes_move(mode):
    mode("silent")
    x = torch.randn(1000).npu()
    held, before = x.data_ptr(), torch.npu.memory_allocated()
    FALLS.out(x, out=x)
    assert x.data_ptr() == held and torch.npu.memory_allocated() == before


def test_sees_queued_work(mode):
    mode("silent")
    x = torch.ones(512, 512, device="npu")
    for _ in range(20):
        x = (x @ x) / 512
    torch.testing.assert_close(FALLS(x).cpu(), FALLS(torch.ones(512, 512)))


def test_out_grows_and_views_stay_views(mode):
    mode("silent")
    x = torch.randn(5)
    out = torch.empty(0, device="npu")
    FALLS.out(x.npu(), out=out)
    torch.testing.assert_close(out.cpu(), FALLS(x))
    base = torch.zeros(4, 10, device="npu")
    FALLS.out(x.npu().expand(4, 5), out=base[:, ::2])
    torch.testing.assert_close(base.cpu()[:, ::2], FALLS(x).expand(4, 5))
    assert base[:, 1::2].abs().sum() == 0
    v = torch.arange(6.0, device="npu").view(2, 3)
    w = v.swapaxes_(0, 1)
    assert w is v and v.shape == (3, 2)


def test_lists_optionals_scalars_and_numbers(mode):
    mode("silent")
    x = torch.randn(4, 4)
    torch.testing.assert_close(torch.block_diag(x.npu(), x.npu()).cpu(), torch.block_diag(x, x))
    torch.testing.assert_close(torch.linalg.lstsq(x.npu(), x.npu()).solution.cpu(), torch.linalg.lstsq(x, x).solution)
    torch.testing.assert_close(torch.quantile(x.npu(), 0.5).cpu(), torch.quantile(x, 0.5))
    got, want = torch.frexp(x.npu()), torch.frexp(x)
    torch.testing.assert_close([t.cpu() for t in got], list(want))
    assert torch.equal(x.npu()[None, [0, 2]].cpu(), x[None, [0, 2]])


def test_gradients(mode):
    mode("silent")
    x = torch.randn(5, 5)
    grads = []
    for device in "cpu", "npu":
        t = x.detach().to(device, copy=True).requires_grad_()
        torch.special.i0e(t).mul(torch.linalg.det(t)).sum().backward()
        grads.append(t.grad.cpu())
    torch.testing.assert_close(*grads)


def test_random_operators_take_the_npus_seed(mode):
    mode("silent")
    draw = lambda **k: torch.empty(100, device="npu").cauchy_(**k).cpu()
    torch.manual_seed(3)
    a, b = draw(), draw()
    torch.manual_seed(3)
    assert torch.equal(a, draw()) and torch.equal(b, draw()) and not torch.equal(a, b)
    g = torch.Generator("npu").manual_seed(5)
    c = draw(generator=g)
    assert torch.equal(c, draw(generator=g.manual_seed(5)))


def test_neither_the_npu_nor_the_cpu(mode):
    mode("silent")
    with pytest.raises(NotImplementedError, match="PyTorch has none for the CPU"):
        torch.ops.aten._cudnn_rnn_flatten_weight([torch.ones(3, device="npu")] * 4, 4, 1, 0, 1, 1, 1, False, False)
