"""Tensors of PyTorch's quantized dtypes: quantized on the device, read there, moved to the CPU and back."""

import pytest
import torch

import torch_npu

DTYPES = torch.qint8, torch.quint8, torch.qint32


def same(got, want):
    assert got.dtype == want.dtype and got.qscheme() == want.qscheme()
    torch.testing.assert_close(got.int_repr().cpu(), want.int_repr(), rtol=0, atol=0)
    torch.testing.assert_close(got.dequantize().cpu(), want.dequantize())


@pytest.mark.parametrize("dtype", DTYPES)
def test_per_tensor(dtype):
    before = torch_npu._C.fallback_counts()
    x = torch.arange(-6.0, 6.0).reshape(3, 4) / 4 + 0.05
    want = torch.quantize_per_tensor(x, 0.25, 3, dtype)
    got = torch.quantize_per_tensor(x.npu(), 0.25, 3, dtype)
    assert got.device.type == "npu" and got.is_quantized
    assert got.q_scale() == 0.25 and got.q_zero_point() == 3
    same(got, want)
    same(torch.quantize_per_tensor(x.t().npu().t(), 0.25, 3, dtype), want)
    assert torch_npu._C.fallback_counts() == before


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1])
def test_per_channel(dtype, axis):
    before = torch_npu._C.fallback_counts()
    x = torch.arange(-8.0, 8.0).reshape(4, 4) / 4 + 0.05
    scales, zero_points = torch.tensor([0.25, 0.5, 1.0, 2.0]), torch.tensor([0, 3, 5, 7])
    want = torch.quantize_per_channel(x, scales, zero_points, axis, dtype)
    got = torch.quantize_per_channel(x.npu(), scales.npu(), zero_points.npu(), axis, dtype)
    assert got.q_per_channel_axis() == axis
    assert got.q_per_channel_scales().tolist() == scales.tolist()
    assert got.q_per_channel_zero_points().tolist() == zero_points.tolist()
    same(got, want)
    same(got.cpu(), want)
    assert torch_npu._C.fallback_counts() == before


def test_to_the_cpu():
    x = torch.randn(5, 7)
    q = torch.quantize_per_tensor(x.npu(), 0.5, -1, torch.qint8)
    moved = q.cpu()
    assert moved.device.type == "cpu" and moved.q_scale() == 0.5 and moved.q_zero_point() == -1
    assert torch.equal(moved.int_repr(), q.int_repr().cpu())
    same(moved.npu(), moved)
    assert "qint8" in repr(q)


def test_numbers_out_of_range_are_held_to_it():
    x = torch.tensor([-1e9, -3.0, 3.0, 1e9])
    want = torch.quantize_per_tensor(x, 0.01, 0, torch.qint8)
    same(torch.quantize_per_tensor(x.npu(), 0.01, 0, torch.qint8), want)


def test_what_is_refused():
    x = torch.randn(3, 4, device="npu")
    with pytest.raises(RuntimeError, match="only works on Float"):
        torch.quantize_per_tensor(x.half(), 0.1, 0, torch.qint8)
    with pytest.raises(RuntimeError, match="out of range"):
        torch.quantize_per_tensor(x, 0.1, 300, torch.quint8)
    with pytest.raises(RuntimeError, match="qint8, quint8 and qint32"):
        torch.quantize_per_tensor(x, 0.1, 0, torch.quint4x2)
    with pytest.raises(RuntimeError, match="no other dtype"):
        torch.quantize_per_tensor(x, 0.1, 0, torch.qint8).to(torch.float32)
