"""Mixed precision on the NPU: autocast, the loss scaler, and the decorators of custom functions."""

import copy
import inspect

import pytest
import torch
from torch import nn

import torch_npu
from torch_npu.npu import amp

DTYPES = [torch.float16, torch.bfloat16]


def test_names():
    assert set(amp.__all__) == {"GradScaler", "autocast", "custom_bwd", "custom_fwd"}
    assert amp.autocast_mode.autocast is amp.autocast and amp.grad_scaler.GradScaler is amp.GradScaler
    assert amp.common.amp_definitely_not_available() is False
    assert torch.npu.amp is amp is torch_npu.npu.amp
    assert str(inspect.signature(amp.GradScaler)) == (
        "(init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000, dynamic=True, enabled=True)"
    )
    assert str(inspect.signature(amp.autocast)) == (
        "(enabled: bool = True, dtype: torch.dtype = torch.float16, cache_enabled: bool = True)"
    )
    assert str(inspect.signature(amp.custom_fwd)) == "(fwd=None, *, cast_inputs=None)"
    assert str(inspect.signature(amp.custom_bwd)) == "(bwd)"


# autocast


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "region", [lambda dtype: amp.autocast(dtype=dtype), lambda dtype: torch.autocast("npu", dtype=dtype)]
)
def test_autocast_dtypes(region, dtype):
    x, w = torch.randn(4, 4, device="npu"), torch.randn(4, 4, device="npu")
    with region(dtype):
        assert (x @ w).dtype == dtype
        assert torch.addmm(x[0], x, w).dtype == dtype
        assert nn.functional.linear(x, w).dtype == dtype
        image = torch.randn(1, 2, 5, 5, device="npu")
        assert nn.functional.conv2d(image, torch.randn(3, 2, 3, 3, device="npu")).dtype == dtype
        assert torch.softmax((x @ w), 0).dtype == torch.float32
        assert nn.functional.cross_entropy(x @ w, torch.tensor([0, 1, 2, 3], device="npu")).dtype == torch.float32
        assert (x + (x @ w)).dtype == torch.float32  # the widest
        assert torch.relu(x @ w).dtype == dtype
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32  # the CPU has its own autocast
    assert (x @ w).dtype == torch.float32


def test_autocast_nests_and_turns_off():
    x = torch.randn(2, 2, device="npu")
    with amp.autocast():
        with amp.autocast(enabled=False):
            assert (x @ x).dtype == torch.float32 and not torch.is_autocast_enabled("npu")
        with amp.autocast(dtype=torch.bfloat16):
            assert (x @ x).dtype == torch.bfloat16
        assert (x @ x).dtype == torch.float16
    assert not torch.is_autocast_enabled("npu")
    with pytest.raises(ZeroDivisionError), amp.autocast():
        raise ZeroDivisionError
    assert not torch.is_autocast_enabled("npu")


def test_autocast_as_a_decorator():
    x = torch.randn(2, 2, device="npu")
    assert amp.autocast()(lambda: x @ x)().dtype == torch.float16
    assert torch.autocast("npu", dtype=torch.bfloat16)(lambda: x @ x)().dtype == torch.bfloat16


def test_autocast_caches_weights():
    weight = nn.Parameter(torch.randn(2, 2, device="npu"))
    x = torch.randn(2, 2, device="npu")
    with amp.autocast():
        casts = [nn.functional.linear(x, weight) for _ in range(2)]
    (sum(c.float().sum() for c in casts)).backward()
    assert weight.grad.dtype == torch.float32 and weight.grad.shape == (2, 2)


def test_autocast_with_a_dtype_the_device_lacks():
    with pytest.warns(UserWarning, match="target dtype is not supported"), amp.autocast(dtype=torch.float64):
        assert not torch.is_autocast_enabled("npu")


def test_autocast_gradients_match_the_cpu():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    twin = copy.deepcopy(model).to("npu")
    x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        nn.functional.cross_entropy(model(x), y).backward()
    with amp.autocast(dtype=torch.bfloat16):
        nn.functional.cross_entropy(twin(x.npu()), y.npu()).backward()
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(q.grad.cpu(), p.grad, atol=2e-2, rtol=2e-2)


def test_autocast_state():
    assert torch.npu.get_amp_supported_dtype() == [torch.float16, torch.bfloat16, torch.float32]
    assert torch.npu.get_autocast_dtype() == torch.float16 and not torch.npu.is_autocast_enabled()
    with amp.autocast(dtype=torch.bfloat16):
        assert torch.npu.get_autocast_dtype() == torch.bfloat16 and torch.npu.is_autocast_enabled()
    torch.npu.set_autocast_enabled(True)
    torch.npu.set_autocast_dtype(torch.bfloat16)
    try:
        assert torch.is_autocast_enabled("npu") and torch.get_autocast_dtype("npu") == torch.bfloat16
    finally:
        torch.npu.set_autocast_enabled(False)
        torch.npu.set_autocast_dtype(torch.float16)


# GradScaler

SCALERS = [lambda **how: amp.GradScaler(**how), lambda **how: torch.amp.GradScaler("npu", **how)]
scalers = pytest.mark.parametrize("scaler_of", SCALERS, ids=["torch_npu.npu.amp", "torch.amp"])


def parameter(value=1.0):
    p = nn.Parameter(torch.tensor([value], device="npu"))
    return p, torch.optim.SGD([p], lr=0.5)


@scalers
def test_a_step_is_the_unscaled_one(scaler_of):
    p, optimizer = parameter()
    scaler = scaler_of(init_scale=1024.0)
    loss = (p * 3).sum()
    assert scaler.scale(loss).item() == 3 * 1024
    scaler.scale(loss).backward()
    assert p.grad.item() == 3 * 1024
    scaler.step(optimizer)
    scaler.update()
    assert p.item() == 1 - 0.5 * 3
    assert scaler.get_scale() == 1024


@scalers
@pytest.mark.parametrize("bad", [float("inf"), float("-inf"), float("nan")])
def test_an_inf_skips_the_step_and_halves_the_scale(scaler_of, bad):
    p, optimizer = parameter()
    scaler = scaler_of(init_scale=8.0)
    scaler.scale((p * bad).sum()).backward()
    assert scaler.step(optimizer) is None
    scaler.update()
    assert p.item() == 1 and scaler.get_scale() == 4
    optimizer.zero_grad()
    scaler.scale((p * 1).sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    assert p.item() == 0.5 and scaler.get_scale() == 4


@scalers
def test_the_scale_grows_after_the_interval(scaler_of):
    p, optimizer = parameter()
    scaler = scaler_of(init_scale=2.0, growth_factor=4.0, backoff_factor=0.25, growth_interval=3)
    scales = []
    for gradient in (1, 1, 1, 1, float("inf"), 1, 1, 1):
        optimizer.zero_grad()
        scaler.scale((p * gradient).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    assert scales == [2, 2, 8, 8, 2, 2, 2, 8]


@scalers
def test_state_is_that_of_the_cpus_scaler(scaler_of):
    """The same gradients through the device's fused operators and through the CPU's."""
    device_p, device_optimizer = parameter()
    host_p = nn.Parameter(torch.tensor([1.0]))
    host_optimizer = torch.optim.SGD([host_p], lr=0.5)
    how = {"init_scale": 64.0, "growth_interval": 2}
    device, host = scaler_of(**how), torch.amp.GradScaler("cpu", **how)
    for gradient in (1.0, float("nan"), 2.0, 0.5, 0.25, float("inf"), 1.0):
        for p, optimizer, scaler in ((device_p, device_optimizer, device), (host_p, host_optimizer, host)):
            optimizer.zero_grad()
            scaler.scale((p * gradient).sum()).backward()
            scaler.step(optimizer)
            scaler.update()
        expected = host.state_dict()
        assert {name: device.state_dict()[name] for name in expected} == expected
        torch.testing.assert_close(device_p.cpu(), host_p)


@scalers
def test_unscale_then_clip(scaler_of):
    p, optimizer = parameter()
    scaler = scaler_of(init_scale=256.0)
    scaler.scale((p * 10).sum()).backward()
    scaler.unscale_(optimizer)
    assert p.grad.item() == 10
    nn.utils.clip_grad_norm_([p], 1.0)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    torch.testing.assert_close(p.item(), 0.5, atol=1e-5, rtol=0)


@scalers
def test_two_optimizers_are_checked_apart(scaler_of):
    good, good_optimizer = parameter()
    bad, bad_optimizer = parameter()
    scaler = scaler_of(init_scale=4.0)
    scaler.scale((good * 1).sum() + (bad * float("inf")).sum()).backward()
    scaler.step(good_optimizer)
    scaler.step(bad_optimizer)
    scaler.update()
    assert good.item() == 0.5 and bad.item() == 1
    assert scaler.get_scale() == 2  # one inf anywhere lowers it


@scalers
def test_half_gradients_and_lists(scaler_of):
    scaler = scaler_of(init_scale=2.0)
    outputs = scaler.scale([torch.ones(1, device="npu"), (torch.ones(1, device="npu", dtype=torch.float16),)])
    assert outputs[0].item() == outputs[1][0].item() == 2
    p = nn.Parameter(torch.ones(1, device="npu", dtype=torch.float16))
    optimizer = torch.optim.SGD([p], lr=0.5)
    scaler.scale((p * 1).sum()).backward()
    with pytest.raises(ValueError, match="FP16 gradients"):
        scaler.step(optimizer)


@scalers
def test_disabled_does_nothing(scaler_of):
    p, optimizer = parameter()
    scaler = scaler_of(enabled=False)
    loss = (p * float("inf")).sum()
    assert scaler.scale(loss) is loss and scaler.get_scale() == 1 and scaler.state_dict() == {}
    loss.backward()
    scaler.step(optimizer)
    scaler.update()
    assert p.item() == float("-inf")


@scalers
def test_state_dict(scaler_of):
    scaler = scaler_of(init_scale=128.0, growth_interval=7)
    state = scaler.state_dict()
    assert {name: state[name] for name in ("scale", "growth_factor", "backoff_factor", "growth_interval")} == {
        "scale": 128.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 7}  # fmt: skip
    other = scaler_of()
    other.load_state_dict(state)
    assert other.state_dict() == state
    gpu_state = {"scale": 32.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 5, "_growth_tracker": 3}
    other.load_state_dict(gpu_state)
    assert other.get_scale() == 32 and other.state_dict()["_growth_tracker"] == 3


def test_a_static_scale_stays():
    p, optimizer = parameter()
    scaler = amp.GradScaler(init_scale=16.0, growth_interval=1, dynamic=False)
    for gradient in (1.0, float("inf"), 1.0):
        optimizer.zero_grad()
        scaler.scale((p * gradient).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        assert scaler.get_scale() == 16
    assert p.item() == 0  # two steps; that with the inf was skipped
    scaler.update(32.0)
    assert scaler.get_scale() == 32
    assert scaler.state_dict()["dynamic"] is False
    other = amp.GradScaler()
    other.load_state_dict(scaler.state_dict())
    assert other.state_dict()["dynamic"] is False


def test_the_scaler_runs_on_the_device():
    """Unscaling and updating are one operator each there, and nothing falls back."""
    p, optimizer = parameter()
    scaler = amp.GradScaler()
    before = dict(torch_npu._C.fallback_counts())
    for _ in range(2):
        optimizer.zero_grad()
        scaler.scale((p * 1).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
    assert dict(torch_npu._C.fallback_counts()) == before


# custom functions


class Multiply(torch.autograd.Function):
    @staticmethod
    @amp.custom_fwd
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        ctx.enabled = torch.is_autocast_enabled("npu")
        return a @ b

    @staticmethod
    @amp.custom_bwd
    def backward(ctx, gradient):
        a, b = ctx.saved_tensors
        assert torch.is_autocast_enabled("npu") == ctx.enabled
        return gradient @ b.t(), a.t() @ gradient


class MultiplyInFloat(Multiply):
    @staticmethod
    @amp.custom_fwd(cast_inputs=torch.float32)
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        ctx.enabled = torch.is_autocast_enabled("npu")
        assert a.dtype == b.dtype == torch.float32 and not ctx.enabled
        return a @ b


def test_custom_functions():
    a = torch.randn(2, 2, device="npu", requires_grad=True)
    b = torch.randn(2, 2, device="npu", requires_grad=True)
    with amp.autocast():
        assert Multiply.apply(a, b).dtype == torch.float16
        inner = MultiplyInFloat.apply(a.half(), b)
        assert inner.dtype == torch.float32
        loss = inner.sum() + Multiply.apply(a, b).float().sum()
    loss.backward()
    assert a.grad.shape == (2, 2) and torch.isfinite(a.grad).all()
    assert Multiply.apply(a, b).dtype == torch.float32
    half = torch.randn(2, 2, device="npu").half()
    assert half.dtype == torch.float16 and Multiply.apply(half, half).dtype == torch.float16
