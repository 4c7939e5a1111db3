"""torch.autocast("npu"): the same lists and dtypes as CUDA's, and GradScaler."""

import pytest
import torch
import torch.nn.functional as F

KEY, CUDA = "AutocastPrivateUse1", "AutocastCUDA"
ELSEWHERE = {
    "aten::_cudnn_rnn",
    "aten::cudnn_convolution",
    "aten::cudnn_convolution_transpose",
    "aten::linalg_matrix_sqrth",
}


def test_the_lists_are_cudas():
    has = torch._C._dispatch_has_kernel_for_dispatch_key
    names = torch._C._dispatch_get_all_op_names()
    assert {n for n in names if has(n, CUDA)} - ELSEWHERE == {n for n in names if has(n, KEY)} - ELSEWHERE


@pytest.mark.parametrize("dtype", [None, torch.float16, torch.bfloat16])
def test_dtypes(dtype):
    x, low = torch.randn(4, 4, device="npu"), dtype or torch.float16
    assert torch.get_autocast_dtype("npu") == torch.float16
    with torch.autocast("npu", **({} if dtype is None else {"dtype": dtype})):
        assert torch.is_autocast_enabled("npu")
        y = x @ x
        assert y.dtype == low
        assert F.linear(x, x, x[0]).dtype == low and torch.bmm(x[None], x[None]).dtype == low
        assert F.conv2d(x[None, None], x[None, None]).dtype == low
        assert y.softmax(0).dtype == torch.float32 and y.exp().dtype == torch.float32  # fp32 lists
        assert y.sum().dtype == torch.float32 and F.mse_loss(y, y).dtype == torch.float32
        assert F.layer_norm(y, (4,)).dtype == torch.float32
        assert torch.atan2(x, y).dtype == torch.float32  # the widest
        assert torch.relu(y).dtype == low  # as it comes
        with torch.autocast("npu", enabled=False):
            assert (x @ x).dtype == torch.float32
    assert (x @ x).dtype == torch.float32


def test_binary_cross_entropy_is_refused():
    p = torch.full((3,), 0.5, device="npu")
    with torch.autocast("npu"), pytest.raises(RuntimeError, match="unsafe to autocast"):
        F.binary_cross_entropy(p, p)
    with torch.autocast("npu"):
        assert F.binary_cross_entropy_with_logits(p, p).dtype == torch.float32


def test_unscale():
    scale = torch.full((1,), 0.25, device="npu")
    found = torch.zeros(1, device="npu")
    grads = [torch.tensor([4.0, -8.0], device="npu"), torch.ones(3, 3, device="npu")]
    torch._amp_foreach_non_finite_check_and_unscale_(grads, found, scale)
    assert grads[0].tolist() == [1, -2] and grads[1][0, 0] == 0.25 and found.item() == 0
    torch._amp_foreach_non_finite_check_and_unscale_([torch.tensor([1.0, float("inf")], device="npu")], found, scale)
    assert found.item() == 1


def test_update_scale():
    for found, tracker, want, left in [(0.0, 0, 8.0, 1), (0.0, 2, 16.0, 0), (1.0, 2, 4.0, 0)]:
        scale = torch.full((1,), 8.0, device="npu")
        growth = torch.full((1,), tracker, dtype=torch.int32, device="npu")
        torch._amp_update_scale_(scale, growth, torch.tensor([found], device="npu"), 2.0, 0.5, 3)
        assert (scale.item(), growth.item()) == (want, left)


def test_grad_scaler():
    """An inf skips the step and halves the scale; a run of good steps doubles it."""
    p = torch.nn.Parameter(torch.ones(2, device="npu"))
    optimizer = torch.optim.SGD([p], lr=1.0)
    scaler = torch.amp.GradScaler("npu", init_scale=64.0, growth_interval=3)
    for factor, scale, stepped in [
        (1.0, 64, True), (float("inf"), 32, False), (1.0, 32, True), (1.0, 32, True), (1.0, 64, True),
    ]:  # fmt: skip
        before = p.detach().clone()
        optimizer.zero_grad()
        scaler.scale((p * factor).sum()).backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        assert scaler.get_scale() == scale
        assert (not torch.equal(p, before)) == stepped
        if stepped:
            torch.testing.assert_close(p.detach().cpu(), before.cpu() - 1)
