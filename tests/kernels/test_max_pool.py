"""Max pooling equals ATen's bit for bit, whichever kernel computes it."""

import itertools
import random

import pytest
import torch

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
BITS = {torch.float32: torch.int32, torch.float64: torch.int64, torch.float16: torch.int16, torch.bfloat16: torch.int16}
forward = torch.ops.aten.max_pool2d_with_indices
backward = torch.ops.aten.max_pool2d_with_indices_backward


def assert_same_bits(actual: torch.Tensor, expected: torch.Tensor) -> None:
    """NaNs only have to be where they are expected: their payload is the hardware's."""
    actual, nan = actual.cpu(), expected.isnan()
    assert actual.shape == expected.shape and actual.dtype == expected.dtype
    assert torch.equal(actual.isnan(), nan)
    bits = BITS[expected.dtype]
    assert torch.equal(actual.contiguous().view(bits)[~nan], expected.contiguous().view(bits)[~nan])


def images(kind: str, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    x = torch.randn(shape)
    if kind == "ties":
        x = x.round()
    if kind == "special":
        for value in (float("nan"), float("-inf"), float("inf"), -0.0, 0.0):
            x[torch.rand(shape) < 0.15] = value
    return x.to(dtype)


def check(x: torch.Tensor, kernel, stride, padding, dilation, ceil_mode: bool, layout=None) -> None:
    expected, expected_indices = forward(x, kernel, stride, padding, dilation, ceil_mode)
    on_npu = x.npu() if layout is None else layout(x.npu())
    actual, indices = forward(on_npu, kernel, stride, padding, dilation, ceil_mode)
    assert torch.equal(indices.cpu(), expected_indices)
    assert_same_bits(actual, expected)
    if expected_indices.numel() and expected_indices.max() >= x.shape[-1] * x.shape[-2]:
        return  # A window of padding alone: ATen's own backward would write outside the plane.
    grad = torch.randn(expected.shape).to(x.dtype)
    grad[grad.abs() < 0.2] = -0.0
    expected_grad = backward(grad, x, kernel, stride, padding, dilation, ceil_mode, expected_indices)
    grad_input = backward(grad.npu(), on_npu, kernel, stride, padding, dilation, ceil_mode, indices)
    assert_same_bits(grad_input, expected_grad)


@pytest.mark.parametrize("kind", ["plain", "ties", "special"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_two_by_two_of_every_width(dtype: torch.dtype, kind: str) -> None:
    for height, width in itertools.product((2, 3, 8), range(2, 40)):
        check(images(kind, (2, 3, height, width), dtype), (2, 2), (2, 2), (0, 0), (1, 1), ceil_mode=False)


@pytest.mark.parametrize("kind", ["plain", "ties", "special"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_random_windows(dtype: torch.dtype, kind: str) -> None:
    choose = random.Random(f"{dtype} {kind}")
    done = 0
    while done < 150:
        kernel = choose.randint(1, 5), choose.randint(1, 5)
        stride = choose.randint(1, 4), choose.randint(1, 4)
        padding = choose.randint(0, kernel[0] // 2), choose.randint(0, kernel[1] // 2)
        dilation = choose.randint(1, 3), choose.randint(1, 3)
        size = choose.randint(1, 40), choose.randint(1, 40)
        reach = [(k - 1) * d + 1 - 2 * p for k, d, p in zip(kernel, dilation, padding, strict=True)]
        if size[0] < reach[0] or size[1] < reach[1]:
            continue  # no output at all
        batch = (2, 3) if done % 3 else (3,)
        check(images(kind, (*batch, *size), dtype), kernel, stride, padding, dilation, ceil_mode=done % 2 == 0)
        done += 1


@pytest.mark.parametrize("layout", [
    lambda t: t.contiguous(memory_format=torch.channels_last),
    lambda t: t.transpose(-1, -2).contiguous().transpose(-1, -2),
    lambda t: torch.stack([t, t], -1)[..., 0],
    lambda t: t[:1].expand_as(t),
], ids=["channels_last", "transposed", "strided", "expanded"])  # fmt: skip
def test_layouts(layout) -> None:
    x = torch.randn(1, 5, 17, 18).expand(3, 5, 17, 18)
    check(x, (2, 2), (2, 2), (0, 0), (1, 1), False, layout)
    check(x, (3, 3), (2, 2), (1, 1), (1, 1), True, layout)


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64, torch.uint8])
def test_integers(dtype: torch.dtype) -> None:
    x = torch.randint(0, 100, (2, 3, 9, 10)).to(dtype)
    for actual, expected in zip(forward(x.npu(), 2), forward(x, 2), strict=True):
        assert torch.equal(actual.cpu(), expected)


def test_out_of_any_layout() -> None:
    x = torch.randn(2, 3, 8, 8)
    out = torch.empty(4, 4, 3, 2, device="npu").permute(3, 2, 0, 1)
    indices = torch.empty_like(out, dtype=torch.long)
    forward.out(x.npu(), 2, out=out, indices=indices)
    expected, expected_indices = forward(x, 2)
    assert_same_bits(out, expected)
    assert torch.equal(indices.cpu(), expected_indices)


def test_large_planes_on_several_threads() -> None:
    check(torch.randn(4, 8, 112, 112), (3, 3), (2, 2), (1, 1), (1, 1), False)
    check(torch.randn(4, 8, 112, 112), (2, 2), (2, 2), (0, 0), (1, 1), False)


def test_an_index_outside_its_plane_is_an_error() -> None:
    x = torch.randn(1, 1, 4, 4).half()
    indices = torch.tensor([[[[0, 99], [8, 10]]]])
    backward(torch.ones(1, 1, 2, 2).half().npu(), x.npu(), 2, 2, 0, 1, False, indices.npu())
    with pytest.raises(RuntimeError, match="outside its plane"):
        torch.npu.synchronize()  # and the stream is usable again
    assert torch.equal(x.npu().cpu(), x)
