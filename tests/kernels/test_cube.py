"""Products of 16-bit matrices are summed in float32 and rounded once, as the device's matrix unit does."""

import pytest
import torch

DTYPES = [torch.float16, torch.bfloat16]


def assert_rounded_once(actual: torch.Tensor, exact: torch.Tensor, dtype: torch.dtype, terms: int) -> None:
    """Half a unit of the 16-bit dtype, and what float32 may lose over so many terms."""
    assert actual.dtype == dtype
    slack = exact.abs() * torch.finfo(dtype).eps / 2 + terms**0.5 * torch.finfo(torch.float32).eps * 16
    difference = (actual.cpu().double() - exact).abs()
    assert (difference <= slack).all(), f"off by {(difference / slack).max()} times what rounding once allows"


def random(*shape: int, dtype: torch.dtype) -> torch.Tensor:
    return torch.randn(shape).to(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("n", "k", "m"), [(64, 1568, 16), (1, 4096, 7), (16, 64, 300), (128, 511, 129)])
@pytest.mark.parametrize("transposed", [False, True])
def test_mm_and_addmm(dtype: torch.dtype, n: int, k: int, m: int, transposed: bool) -> None:
    a = random(n, k, dtype=dtype)
    b = random(m, k, dtype=dtype).t() if transposed else random(k, m, dtype=dtype)
    bias = random(m, dtype=dtype)
    exact = a.double() @ b.double()
    assert_rounded_once(a.npu() @ b.npu(), exact, dtype, k)
    assert_rounded_once(torch.addmm(bias.npu(), a.npu(), b.npu()), exact + bias.double(), dtype, k)
    assert_rounded_once(
        torch.addmm(bias.npu(), a.npu(), b.npu(), beta=0.5, alpha=2), exact * 2 + bias.double() / 2, dtype, k
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_mm_into_a_given_output(dtype: torch.dtype) -> None:
    a, b = random(5, 600, dtype=dtype), random(600, 6, dtype=dtype)
    out = torch.empty(6, 5, dtype=dtype, device="npu").t()
    assert torch.mm(a.npu(), b.npu(), out=out) is out
    assert_rounded_once(out, a.double() @ b.double(), dtype, 600)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("channels", [(1, 16), (16, 32)])
def test_convolution_and_its_backward(dtype: torch.dtype, channels: tuple[int, int]) -> None:
    inputs, outputs = channels
    x, weight = random(8, inputs, 14, 14, dtype=dtype), random(outputs, inputs, 3, 3, dtype=dtype)
    bias, grad = random(outputs, dtype=dtype), random(8, outputs, 14, 14, dtype=dtype)
    exact = [t.double().requires_grad_() for t in (x, weight, bias)]
    y = torch.nn.functional.conv2d(*exact, padding=1)
    y.backward(grad.double())
    actual = [t.npu().requires_grad_() for t in (x, weight, bias)]
    z = torch.nn.functional.conv2d(*actual, padding=1)
    z.backward(grad.npu())
    assert_rounded_once(z.detach(), y.detach(), dtype, inputs * 9)
    terms = outputs * 9, 8 * 14 * 14, 8 * 14 * 14
    for a, e, n in zip(actual, exact, terms, strict=True):
        assert_rounded_once(a.grad, e.grad, dtype, n)


def test_overflow_is_infinite() -> None:
    a = torch.full((2, 64), 60000.0, dtype=torch.float16)
    assert torch.isinf(a.npu() @ a.npu().t()).all()
