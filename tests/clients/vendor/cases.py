"""What the vendor's wheel must do on our CANN, each case against stock CPU in the same process.

`python cases.py NAME` runs one case and prints its result as a line of JSON:
`{"steps": int, "error": float, "limit": float, "what": str}`. It passes where error <= limit.
"""

import copy
import json
import re
import sys
import time

import torch
from client import import_vendor
from torch import nn

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def mnist_like(count):
    """Images [count, 1, 28, 28] and labels [count]: a pattern for each class under noise, so that loss falls."""
    made = torch.Generator().manual_seed(7)
    patterns = torch.rand(10, 1, 28, 28, generator=made)
    labels = torch.randint(10, (count,), generator=made)
    return 0.9 * patterns[labels] + 0.1 * torch.rand(count, 1, 28, 28, generator=made), labels


def quickstart_model(dropout=0.0):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, 1), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, 1, 1), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(32 * 7 * 7, 16), nn.ReLU(), *([nn.Dropout(dropout)] if dropout else []), nn.Linear(16, 10),
    )  # fmt: skip


def train(model, batches, device, optimizer, amp=None):
    """Train a copy of `model`; return it with the loss of each step."""
    model = copy.deepcopy(model).to(device)
    optimizer = optimizer(model.parameters())
    loss_function = nn.CrossEntropyLoss().to(device)
    scaler = amp.GradScaler() if amp else None
    losses = []
    for images, labels in batches:
        images, labels = images.to(device), labels.to(device)
        if amp:
            with amp.autocast():
                loss = loss_function(model(images), labels)
        else:
            loss = loss_function(model(images), labels)
        optimizer.zero_grad()
        if amp:
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        else:
            loss.backward()
            optimizer.step()
        losses.append(loss.detach())
    return model, torch.tensor([loss.item() for loss in losses])


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1)


def batches_of(images, labels, size=64):
    return list(zip(images.split(size), labels.split(size), strict=True))


def random_images(steps, size, side):
    made = torch.Generator().manual_seed(1)
    images = torch.rand(steps * size, 3, side, side, generator=made)
    return batches_of(images, torch.randint(10, (steps * size,), generator=made), size)


def parameters_differ(model, reference):
    """The largest difference of any parameter or buffer."""
    ours, theirs = model.state_dict(), reference.state_dict()
    return max((ours[k].cpu().double() - theirs[k].double()).abs().max().item() for k in theirs)


def parity(model, batches, optimizer=sgd, limit=1e-5):
    import_vendor()  # Before any backward: autograd makes its threads once, one for each device it knows.
    reference, _ = train(model, batches, "cpu", optimizer)
    from torch_npu.contrib import transfer_to_npu  # noqa: F401  "cuda" means npu from here on

    trained, _ = train(model, batches, torch.device("cuda:0"), optimizer)
    assert next(trained.parameters()).device.type == "npu"
    return {"steps": len(batches), "error": parameters_differ(trained, reference), "limit": limit, "what": "parameters"}


@case
def devices():
    """The wheel sees the devices and the memory of the SoC profile."""
    torch_npu = import_vendor()
    count, name = torch.npu.device_count(), torch.npu.get_device_name(0)
    free, total = torch.npu.mem_get_info(0)
    print(f"{count} x {name}, {free / 2**30:.0f} of {total / 2**30:.0f} GiB free, torch_npu {torch_npu.__version__}")
    assert torch.npu.is_available() and count >= 1 and 0 < free <= total
    block = torch.empty(1 << 20, dtype=torch.uint8, device="npu")
    assert torch.npu.memory_allocated() >= block.nbytes
    torch.npu.set_device(count - 1)
    assert torch.npu.current_device() == count - 1
    return {"steps": 1, "error": 0.0, "limit": 0.0, "what": "devices"}


@case
def cnn():
    return parity(quickstart_model(), batches_of(*mnist_like(200 * 64)))


@case
def cnn_adam():
    return parity(quickstart_model(), batches_of(*mnist_like(20 * 64)), lambda p: torch.optim.Adam(p, lr=1e-3))


@case
def resnet18():
    import torchvision

    torch.manual_seed(0)
    return parity(torchvision.models.resnet18(num_classes=10), random_images(5, 8, 64))


@case
def cnn_amp():
    """fp16 autocast with a GradScaler: the loss curve of fp32 on CPU, within 2 %."""
    import_vendor()
    model, batches = quickstart_model(), batches_of(*mnist_like(200 * 64))

    def slow(parameters):  # So slow that loss falls evenly: where it plunges, curves part for any reason.
        return torch.optim.SGD(parameters, lr=0.03)

    _, expected = train(model, batches, "cpu", slow)
    from torch_npu.contrib import transfer_to_npu  # noqa: F401
    from torch_npu.npu import amp

    _, losses = train(model, batches, torch.device("cuda:0"), slow, amp)
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f}, on CPU {expected[0]:.4f} -> {expected[-1]:.4f}")
    assert expected[-1] < 0.8 * expected[0]
    return {
        "steps": len(batches),
        "error": ((losses - expected).abs() / expected).max().item(),
        "limit": 0.02,
        "what": "loss",
    }


@case
def grad_scaler():
    """A step with an infinite gradient is skipped and halves the scale; the scale doubles after the interval."""
    import_vendor()
    from torch_npu.npu import amp

    weight = torch.ones(4, device="npu", requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1.0)
    scaler = amp.GradScaler(init_scale=8.0, growth_interval=2)
    scales = []
    for factor in (1.0, float("inf"), 1.0, 1.0):
        optimizer.zero_grad()
        scaler.scale((weight * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    assert scales == [8.0, 4.0, 4.0, 8.0], scales
    return {"steps": 4, "error": (weight.cpu() + 2).abs().max().item(), "limit": 0.0, "what": "weight"}


@case
def dropout():
    """A mask that drops the share asked for, scales the rest, is the same backward and follows the seed."""
    import_vendor()
    share, size = 0.25, 1 << 18
    x = torch.ones(size, device="npu", requires_grad=True)
    torch.npu.manual_seed(3)
    y = nn.functional.dropout(x, share)
    y.sum().backward()
    torch.npu.manual_seed(3)
    again = nn.functional.dropout(x, share)
    assert torch.equal(y.cpu(), again.cpu()) and torch.equal(y.detach().cpu(), x.grad.cpu())
    kept = y.detach().cpu()
    assert set(kept.unique().tolist()) <= {0.0, torch.tensor(1 / (1 - share)).item()}, kept.unique()
    model, batches = quickstart_model(dropout=0.1), batches_of(*mnist_like(60 * 64))
    _, losses = train(model, batches, "npu", sgd)
    assert losses[-10:].mean() < losses[:10].mean(), losses
    # Six standard deviations of a binomial share.
    limit = 6 * (share * (1 - share) / size) ** 0.5
    return {"steps": 60, "error": abs((kept == 0).double().mean().item() - share), "limit": limit, "what": "share"}


@case
def printing():
    """A tensor prints as on CPU, but for its device, which may move a line's end."""
    tensors = [torch.arange(12.0).reshape(3, 4) / 7, torch.tensor([1e-9, 1.0, float("nan"), float("inf")]),
               torch.arange(2000) % 7 == 0, torch.randint(-9, 9, (40, 40)), torch.tensor(2.5),
               torch.rand(5, dtype=torch.float16), torch.empty(0, 3)]  # fmt: skip
    expected = [str(t) for t in tensors]
    import_vendor()
    wrong = 0
    for tensor, text in zip(tensors, expected, strict=True):
        got = re.sub(r",\s+device='npu:0'", "", str(tensor.npu()))
        if got.split() != text.split():
            wrong += 1
            print(f"wrong:\n{got}\nnot\n{text}")
    return {"steps": len(tensors), "error": wrong, "limit": 0, "what": "texts"}


def main(name):
    import models  # noqa: F401  adds its cases

    start = time.perf_counter()
    torch.set_num_threads(2)
    result = CASES[name]()
    torch.npu.synchronize()
    print("RESULT", json.dumps(result | {"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    # As `cases`, not `__main__`: the models add theirs to the same table.
    from cases import main as run

    run(sys.argv[1])
