"""Copies: every direction, dtype and layout, pinned or not; scalars; lazy conjugates and signs; storage and views."""

import itertools

import pytest
import torch

DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int8, torch.uint8, torch.int16, torch.int32,
          torch.int64, torch.bool]  # fmt: skip


def values(dtype, *shape):
    return (torch.arange(torch.Size(shape).numel()).reshape(shape) % 7).to(dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_there_and_back(dtype):
    x = values(dtype, 3, 4)
    assert torch.equal(x.npu().cpu(), x)
    assert torch.equal(x.t().npu().cpu(), x.t()) and x.t().npu().stride() == x.t().stride()
    assert torch.equal(x[::2, 1:].npu().cpu(), x[::2, 1:])


@pytest.mark.parametrize("source,target", itertools.product(DTYPES, DTYPES), ids=str)
def test_dtypes(source, target):
    x = values(source, 3, 4)
    assert torch.equal(x.npu().to(target).cpu(), x.to(target))
    assert torch.equal(torch.empty(3, 4, dtype=target, device="npu").copy_(x).cpu(), x.to(target))
    assert torch.equal(torch.empty(3, 4, dtype=target).copy_(x.npu()), x.to(target))


def test_broadcast_and_strides():
    for device in "npu", "cpu":
        for other in "npu", "cpu":
            target = torch.zeros(4, 6, device=device)
            target[:, ::2].copy_(torch.arange(3.0, device=other))
            assert torch.equal(target.cpu(), torch.tensor([0.0, 0, 1, 0, 2, 0]).expand(4, 6))
    image = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    assert image.npu().is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(image.npu().cpu(), image)


def test_pinned_memory_and_non_blocking():
    x = torch.randn(1 << 16).pin_memory()
    assert x.is_pinned() and not torch.randn(2).is_pinned()
    n = x.to("npu", non_blocking=True)
    back = torch.empty_like(x).pin_memory().copy_(n, non_blocking=True)
    torch.npu.synchronize()
    assert torch.equal(back, x)
    y = torch.randn(1 << 16)
    m, want = y.to("npu", non_blocking=True), y.clone()
    y.zero_()  # pageable memory is the caller's again at once
    assert torch.equal(m.cpu(), want)
    early = n.to("cpu", non_blocking=True)  # PyTorch lands it in pinned memory: the values are there after a wait
    torch.npu.synchronize()
    assert torch.equal(early, x)


def test_between_devices():
    if torch.npu.device_count() < 2:
        pytest.skip("one device")
    x = torch.randn(64, 64)
    a = x.to("npu:0")
    b = (a @ a).to("npu:1")
    a.zero_()
    torch.testing.assert_close(b.cpu(), x @ x)
    assert torch.equal(
        torch.zeros(64, 64, dtype=torch.float64, device="npu:0").copy_(x.to("npu:1").t()).cpu(), x.t().double()
    )


def test_lazy_conjugate_and_sign():
    z = torch.complex(torch.randn(3), torch.randn(3))
    n = z.npu()
    assert torch.equal(n.conj().cpu(), z.conj())
    assert torch.equal(torch.empty_like(n).copy_(n.conj()).cpu(), z.conj())
    assert torch.equal(z.conj().npu().cpu(), z.conj())
    assert torch.equal(n.conj().imag.cpu(), z.conj().imag)
    assert n.conj()[1].item() == z.conj()[1].item()
    target = torch.zeros_like(n)
    target.conj().copy_(n)
    assert torch.equal(target.cpu(), z.conj())


def test_item():
    for dtype in DTYPES:
        assert values(dtype, 5).npu()[3].item() == values(dtype, 5)[3].item()
    assert (torch.tensor(2.5).npu() * 2).item() == 5
    with pytest.raises(RuntimeError):
        torch.ones(2, device="npu").item()


def test_zero_size():
    x = torch.empty(0, 3, device="npu")
    assert (x + 1).shape == (0, 3) and x.cpu().shape == (0, 3) and x.sum().item() == 0
    assert torch.cat([x, torch.ones(1, 3, device="npu")]).tolist() == [[1, 1, 1]]


def test_views_are_views():
    x = torch.arange(24.0).npu()
    for view in (
        lambda t: t.view(4, 6), lambda t: t.view(4, 6).t(), lambda t: t.unfold(0, 2, 2), lambda t: t[3:9],
        lambda t: t.as_strided((3, 2), (2, 1), 5), lambda t: t.reshape(2, 12), lambda t: t.view(4, 6).diagonal(),
        lambda t: torch.ops.aten.alias(t), lambda t: torch.view_as_complex(t.view(12, 2)),
    ):  # fmt: skip
        base = x.clone()
        v = view(base)
        assert v.untyped_storage().data_ptr() == base.untyped_storage().data_ptr()
        v.zero_()
        want = torch.arange(24.0)
        view(want).zero_()
        assert torch.equal(base.cpu(), want)


def test_storage():
    x = torch.arange(4.0).npu()
    x.resize_(2, 4)
    assert x.shape == (2, 4) and x[0].tolist() == [0, 1, 2, 3]
    x.resize_(2)
    assert x.tolist() == [0, 1] and x.untyped_storage().nbytes() == 32
    y = torch.empty(0, device="npu").set_(x.untyped_storage(), 1, (2,), (1,))
    assert y.tolist() == [1, 2] and y.is_set_to(y) and not y.is_set_to(x)
    assert torch.empty(0, device="npu").set_(x).tolist() == [0, 1]
    y.set_()
    assert y.numel() == 0
    with pytest.raises(RuntimeError, match="pinned"):
        torch.empty(2, device="npu", pin_memory=True)
    with pytest.raises(RuntimeError, match="Quantizednpu|dtype"):
        torch.empty(2, device="npu", dtype=torch.quint8)


@pytest.mark.parametrize("make", [
    lambda d: torch.zeros(3, device=d), lambda d: torch.ones(2, 3, dtype=torch.int64, device=d),
    lambda d: torch.full((2, 2), 7, device=d), lambda d: torch.full((2,), 2.5, device=d), lambda d: torch.arange(5, device=d),
    lambda d: torch.arange(1, 10, 3, device=d), lambda d: torch.arange(0.5, 3, 0.5, device=d),
    lambda d: torch.arange(5, 0, -2, device=d), lambda d: torch.linspace(0, 1, 5, device=d), lambda d: torch.eye(3, device=d),
    lambda d: torch.eye(2, 3, device=d), lambda d: torch.tensor([1, 2], device=d), lambda d: torch.logspace(0, 2, 3, device=d),
    lambda d: torch.empty(2, device=d).fill_(3), lambda d: torch.zeros(4, device=d).fill_(torch.tensor(2.0)),
    lambda d: torch.tril_indices(3, 3, device=d), lambda d: torch.hann_window(5, device=d),
])  # fmt: skip
def test_factories(make):
    got, want = make("npu"), make("cpu")
    assert got.device.type == "npu" and got.dtype == want.dtype
    torch.testing.assert_close(got.cpu(), want)


def test_printing():
    x = torch.tensor([[1.5, float("nan")], [float("inf"), -2e10]])
    assert repr(x.npu()) == repr(x)[:-1] + ", device='npu:0')"
    assert x.npu().tolist()[0][0] == 1.5
    repr(torch.randn(2000, device="npu")), repr(torch.arange(3, device="npu")), repr(torch.ones(2, device="npu") > 0)
