"""Overloads that PyTorch's samples (OpInfo) do not reach: they give what the CPU gives, and none falls back."""

import pytest
import torch
import torch.nn as nn

import torch_npu

aten = torch.ops.aten


def r(*sizes):
    return torch.randn(sizes)


CASES = {
    "_slow_conv2d_forward": (r(2, 4, 7, 6), r(5, 4, 3, 2), [3, 2], r(5), [2, 1], [1, 0]),
    "_slow_conv2d_forward, flat weight": (r(2, 4, 7, 6), r(5, 24), [3, 2], None, [2, 1], [1, 0]),
    "_slow_conv2d_backward.output_mask": (
        r(2, 5, 4, 5), r(2, 4, 7, 6), r(5, 4, 3, 2), [3, 2], [2, 1], [1, 0], [True, True, True],
    ),
    "_slow_conv2d_backward.output_mask, one": (
        r(2, 5, 4, 5), r(2, 4, 7, 6), r(5, 4, 3, 2), [3, 2], [2, 1], [1, 0], [False, True, False],
    ),
    "slow_conv3d_forward": (r(1, 2, 5, 4, 6), r(3, 2, 2, 3, 2), [2, 3, 2], r(3), [1, 1, 2], [0, 1, 0]),
    "slow_conv_dilated2d": (r(2, 3, 9, 8), r(4, 3, 3, 2), [3, 2], r(4), [1, 2], [1, 0], [2, 3]),
    "slow_conv_dilated2d, one image": (r(3, 9, 8), r(4, 3, 3, 2), [3, 2]),
    "slow_conv_dilated3d": (r(1, 2, 6, 6, 6), r(3, 2, 2, 2, 2), [2, 2, 2], None, [1, 1, 1], [0, 0, 0], [2, 2, 2]),
    "slow_conv_transpose2d": (r(2, 3, 4, 5), r(3, 4, 3, 2), [3, 2], r(4), [2, 3], [1, 0], [1, 2], [1, 1]),
    "slow_conv_transpose2d, one image": (r(3, 4, 5), r(3, 4, 3, 2), [3, 2]),
    "slow_conv_transpose3d": (r(1, 2, 3, 4, 3), r(2, 3, 2, 2, 2), [2, 2, 2], r(3), [2, 2, 2]),
    "isin.Tensor_Tensor": (torch.arange(12).reshape(3, 4), torch.tensor([[3, 7], [20, 3]])),
    "isin.Tensor_Tensor, inverted": (r(3, 4).half(), torch.tensor([0.5, float("nan")])),
    "isin.Tensor_Tensor, nothing": (torch.arange(3), torch.tensor([], dtype=torch.int64)),
    "_masked_softmax, scores": (r(2, 3, 4, 4), torch.ones(4, 4).triu(1).bool(), 3, 0),
    "_masked_softmax, keys": (r(2, 3, 4, 4), torch.tensor([[0, 0, 1, 1], [0, 0, 0, 1]]).bool(), -1, 1),
    "_masked_softmax": (r(2, 3, 4, 4), torch.ones(2, 3, 4, 4).triu(1).bool(), -1, 2),
    "_masked_softmax, a dimension": (r(3, 4), torch.zeros(3, 4).bool(), 0, 2),
    "_embedding_bag_per_sample_weights_backward": (
        r(3, 5), r(9, 5), torch.tensor([1, 4, 4, 8]), torch.tensor([0, 2, 3]), torch.tensor([0, 0, 1, 2]), 0, 4,
    ),
    "_addmm_activation": (r(5), r(3, 4), r(4, 5)),
    "_linalg_svd": (r(2, 5, 3), False, False),
}  # fmt: skip


def on(device, tree):
    return torch.utils._pytree.tree_map(lambda x: x.to(device) if isinstance(x, torch.Tensor) else x, tree)


def overload(name):
    name = name.split(",")[0]
    packet, _, form = name.partition(".")
    return getattr(getattr(aten, packet), form or "default")


@pytest.mark.parametrize("name", CASES)
def test_as_the_cpu(name):
    kwargs = {"invert": True} if "inverted" in name else {}
    before = torch_npu._C.fallback_counts()
    got = overload(name)(*on("npu", CASES[name]), **kwargs)
    torch.npu.synchronize()
    assert torch_npu._C.fallback_counts() == before, "it fell back"
    torch.testing.assert_close(on("cpu", got), overload(name)(*CASES[name], **kwargs), rtol=1e-4, atol=1e-5)


OUT = {
    "_slow_conv2d_forward.output": "_slow_conv2d_forward",
    "slow_conv3d_forward.output": "slow_conv3d_forward",
    "slow_conv_transpose2d.out": "slow_conv_transpose2d",
    "isin.Tensor_Tensor_out": "isin.Tensor_Tensor",
}


@pytest.mark.parametrize("name", OUT)
def test_out(name):
    case = CASES[OUT[name]]
    want = overload(OUT[name])(*case)
    out = torch.empty(0, dtype=want.dtype, device="npu")
    key = "output" if name.endswith(".output") else "out"
    assert overload(name)(*on("npu", case), **{key: out}) is out
    torch.testing.assert_close(out.cpu(), want, rtol=1e-4, atol=1e-5)


def test_depthwise_convolution():
    x, w, b = r(2, 3, 8, 7), r(6, 1, 3, 2), r(6)
    args = ([2, 1], [1, 0], [1, 2])
    want = nn.functional.conv2d(x, w, b, *args, groups=3)
    torch.testing.assert_close(aten._conv_depthwise2d(x.npu(), w.npu(), [3, 2], b.npu(), *args).cpu(), want)
    out = torch.empty(0, device="npu")
    aten._conv_depthwise2d.out(x.npu(), w.npu(), [3, 2], None, *args, out=out)
    torch.testing.assert_close(out.cpu(), want - b.reshape(-1, 1, 1))


@pytest.mark.parametrize("sizes", [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((4,), (2, 4, 5)), ((1, 3, 4), (2, 4, 5)), ((4,), (4,)), ((2, 3, 4), (4,))])  # fmt: skip
def test_matmul_backward(sizes):
    a, b = (r(*s).requires_grad_() for s in sizes)
    y = a @ b
    grad = torch.randn_like(y)
    y.backward(grad)
    got = aten.matmul_backward(grad.npu(), a.detach().npu(), b.detach().npu(), [True, True])
    torch.testing.assert_close(on("cpu", got), (a.grad, b.grad))


@pytest.mark.parametrize("full", [False, True])
def test_singular_values(full):
    a = r(2, 5, 3)
    u, s, vh = torch.linalg.svd(a.npu(), full_matrices=full)
    torch.testing.assert_close(s.cpu(), torch.linalg.svdvals(a))
    torch.testing.assert_close((u[..., :3] * s.unsqueeze(-2) @ vh).cpu(), a)
    assert u.shape == ((2, 5, 5) if full else (2, 5, 3))


def test_copy_from_and_resize():
    x, to = r(2, 3), torch.empty(0, device="npu")
    assert aten._copy_from_and_resize(x.npu(), to) is to
    torch.testing.assert_close(to.cpu(), x)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.float64], ids=str)
def test_lstm_cell(dtype):
    torch.manual_seed(0)
    cell = nn.LSTMCell(5, 3)
    inputs = r(2, 5), (r(2, 3), r(2, 3))
    h, c = cell(*inputs)
    (h * 2 + c).sum().backward()
    want = [h, c, *(p.grad.clone() for p in cell.parameters())]
    cell.zero_grad()
    cell.to("npu", dtype)
    before = torch_npu._C.fallback_counts()
    h, c = cell(*torch.utils._pytree.tree_map(lambda x: x.to("npu", dtype), inputs))
    (h * 2 + c).sum().backward()
    assert torch_npu._C.fallback_counts() == before, "it fell back"
    tolerance = 5e-3 if dtype == torch.float16 else 1e-5
    for a, b in zip([h, c, *(p.grad for p in cell.parameters())], want, strict=True):
        torch.testing.assert_close(a.cpu().to(b.dtype), b, rtol=tolerance, atol=tolerance)
