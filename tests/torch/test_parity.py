"""Training on the NPU gives what training on the CPU gives: the quick start's network, ResNet-18, AMP."""

import copy

import pytest
import torch
import torch.nn as nn

import torch_npu


def network():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, 1), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, 1, 1), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(32 * 7 * 7, 16), nn.ReLU(), nn.Linear(16, 10),
    )  # fmt: skip


def train(model, batches, device, make_optimizer, amp=False):
    """The losses of each step, and the model afterwards, on the CPU."""
    model = copy.deepcopy(model).to(device)
    optimizer = make_optimizer(model.parameters())
    scaler = torch.amp.GradScaler(device, enabled=amp, init_scale=1024.0)
    losses = []
    for x, y in batches:
        x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
        with torch.autocast(device, dtype=torch.float16, enabled=amp):
            loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.detach())
    return [x.item() for x in losses], model.cpu()


def batches(steps, size, *shape):
    g = torch.Generator().manual_seed(1)
    out = []
    for _ in range(steps):
        y = torch.randint(0, 10, (size,), generator=g)
        x = torch.randn(size, *shape, generator=g) + y.reshape(-1, *[1] * len(shape)) / 5
        out.append((x, y))
    return out


def check(model, data, make_optimizer):
    before = torch_npu._C.fallback_counts()
    (want, cpu), (got, npu) = (train(model, data, d, make_optimizer) for d in ("cpu", "npu"))
    torch.testing.assert_close(torch.tensor(got), torch.tensor(want), rtol=1e-5, atol=1e-5)
    for name, value in cpu.state_dict().items():
        torch.testing.assert_close(
            npu.state_dict()[name], value, rtol=1e-5, atol=1e-5, msg=lambda m, n=name: f"{n}: {m}"
        )
    assert torch_npu._C.fallback_counts() == before, "the training step fell back"


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-4),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3),
    "adam for loop": lambda p: torch.optim.Adam(p, lr=1e-3, foreach=False),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3),
    "amsgrad": lambda p: torch.optim.Adam(p, lr=1e-3, amsgrad=True),
}


def test_two_hundred_steps_of_the_quick_start():
    torch.manual_seed(0)
    check(network(), batches(200, 64, 1, 28, 28), OPTIMIZERS["sgd"])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    torch.manual_seed(0)
    check(network(), batches(10, 16, 1, 28, 28), OPTIMIZERS[name])


@pytest.mark.parametrize("name", ["sgd", "momentum"])
def test_resnet18(name):
    resnet18 = pytest.importorskip("torchvision").models.resnet18
    torch.manual_seed(0)
    check(resnet18(num_classes=10), batches(5, 4, 3, 64, 64), OPTIMIZERS[name])


def test_evaluation_and_running_statistics():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    x = torch.randn(4, 3, 8, 8)
    npu = copy.deepcopy(model).npu()
    for _ in range(3):
        torch.testing.assert_close(npu(x.npu()).cpu(), model(x), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(npu[1].running_var.cpu(), model[1].running_var)
    torch.testing.assert_close(npu.eval()(x.npu()).cpu(), model.eval()(x), rtol=1e-5, atol=1e-5)


def test_dropout():
    x = torch.ones(1000, device="npu", requires_grad=True)
    torch.manual_seed(7)
    y = nn.functional.dropout(x, 0.25)
    kept = (y != 0).float().mean().item()
    assert 0.68 < kept < 0.82 and torch.allclose(y[y != 0], torch.tensor(1 / 0.75, device="npu"))
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())  # the same mask backward
    torch.manual_seed(7)
    assert torch.equal(nn.functional.dropout(x, 0.25), y)
    assert torch.equal(nn.functional.dropout(x, 0.25, training=False), x)


def test_mixed_precision_follows_fp32():
    """The loss curve with autocast to float16 stays within 2 % of the CPU's in float32."""
    torch.manual_seed(0)
    model, data = network(), batches(60, 64, 1, 28, 28)
    sgd = lambda p: torch.optim.SGD(p, lr=0.02)  # noqa: E731: where fp32 itself does not magnify rounding
    want, _ = train(model, data, "cpu", sgd)
    before = torch_npu._C.fallback_counts()
    got, _ = train(model, data, "npu", sgd, amp=True)
    assert torch_npu._C.fallback_counts() == before
    smooth = lambda v: torch.tensor(v).unfold(0, 10, 10).mean(1)
    torch.testing.assert_close(smooth(got), smooth(want), rtol=0.02, atol=0.01)
