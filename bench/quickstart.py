"""An epoch of the quick start on stock CPU and on the NPU, in one run: prints how many times faster the NPU is.

    python bench/quickstart.py [--rounds 3] [--steps 938] [--threads N] [--amp]

Three processes train the same model on the same images and take turns, a segment each; only one works at a time:
  stock        PyTorch on the CPU as installed, in a process that never loads torch_npu
  stock+pages  the same with a malloc that keeps its pages, so what is left is not the allocator's doing
  npu          device npu:0, no environment set
An epoch is 938 steps of 64 images: a round. All sides run the script's loop, data loader included.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pairs import Rounds, bound

IMAGES = Path("/usr/share/datasets/fashion-mnist")  # Debian's dataset-fashion-mnist: the format of MNIST
KEEP_PAGES = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 25),  # glibc takes no more: larger blocks are always mapped
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_TOP_PAD_": str(1 << 28),
}
SIDES = {  # name -> device, environment
    "stock": ("cpu", {"TORCH_DEVICE_BACKEND_AUTOLOAD": "0"}),
    "stock+pages": ("cpu", {"TORCH_DEVICE_BACKEND_AUTOLOAD": "0", **KEEP_PAGES}),
    "npu": ("npu", {}),
}
CLAIMS = {"stock": 1.4, "stock+pages": 1.15}
EPOCH, SEGMENT, BATCH = 938, 134, 64  # seven segments an epoch


def unpack(folder: Path) -> None:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for packed in IMAGES.glob("*.gz"):
        (raw / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))


def work(device: str, root: str, threads: int | None, amp: bool) -> None:
    """A worker: reads a number of steps a line, trains as many, answers {"seconds", "loss"} a line."""
    import torch
    import torch.nn as nn
    import torchvision
    from torch.utils.data import DataLoader

    if device == "cpu" and "torch_npu" in sys.modules:
        sys.exit("the stock side must not load torch_npu")
    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(0)
    data = torchvision.datasets.MNIST(root=root, train=True, transform=torchvision.transforms.ToTensor())
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, 1), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, 1, 1), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 16), nn.ReLU(), nn.Linear(16, 10),
    ).to(device)  # fmt: skip
    loss_function = nn.CrossEntropyLoss().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = DataLoader(data, batch_size=BATCH)
    batches = iter(loader)
    scaler = torch.amp.GradScaler(device, enabled=amp)

    def train(steps: int) -> float:
        nonlocal batches
        loss = torch.zeros(())
        for _ in range(steps):
            try:
                images, labels = next(batches)
            except StopIteration:
                batches = iter(loader)
                images, labels = next(batches)
            images, labels = images.to(device), labels.to(device)
            if amp:
                with torch.autocast(device, torch.float16):
                    loss = loss_function(model(images), labels)
                optimizer.zero_grad()
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
            else:
                loss = loss_function(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        return loss.item()  # and with it, the device is done

    for line in sys.stdin:
        start = time.perf_counter()
        loss = train(int(line))
        print(json.dumps({"seconds": time.perf_counter() - start, "loss": loss}), flush=True)


class Side:
    def __init__(self, name: str, root: str, threads: int | None, amp: bool):
        device, environment = SIDES[name]
        command = [sys.executable, __file__, "--worker", device, "--root", root, "--threads", str(threads or 0)]
        if amp and device == "npu":
            command.append("--amp")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **environment}, cwd=root)  # fmt: skip
        self.last_loss = float("nan")

    def train(self, steps: int) -> float:
        assert self.process.stdin and self.process.stdout
        print(steps, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("a worker died: its error is above")
        result = json.loads(answer)
        self.last_loss = result["loss"]
        return result["seconds"]

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def others() -> float:
    """Processor seconds that all programs but this one and its finished workers have used so far."""
    user, nice, system = (int(field) for field in Path("/proc/stat").read_text().split()[1:4])
    own = os.times()
    return (user + nice + system) / os.sysconf("SC_CLK_TCK") - sum(own[:4])


def segments(steps: int) -> list[int]:
    return [SEGMENT] * (steps // SEGMENT) + ([steps % SEGMENT] if steps % SEGMENT else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3, help="epochs a side")
    parser.add_argument("--steps", type=int, default=EPOCH, help="steps a round; fewer is a part of an epoch")
    parser.add_argument("--threads", type=int, help="intra-op threads of every side; else PyTorch's choice")
    parser.add_argument("--amp", action="store_true", help="the NPU trains in mixed precision (stock stays float32)")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.root, options.threads, options.amp)
        return 0

    epochs: dict[str, list[float]] = {name: [] for name in SIDES}
    with tempfile.TemporaryDirectory() as root:
        unpack(Path(root))
        busy = others()
        sides = {name: Side(name, root, options.threads, options.amp) for name in SIDES}
        for side in sides.values():
            side.train(10)  # first touches and compiled convolutions
        order = list(sides)
        for _ in range(options.rounds):
            spent = dict.fromkeys(SIDES, 0.0)
            for steps in segments(options.steps):
                for name in order:
                    spent[name] += sides[name].train(steps)
                order.append(order.pop(0))  # no side always follows the same other
            for name, seconds in spent.items():
                epochs[name].append(seconds)
        for side in sides.values():
            side.close()
        busy = others() - busy

    rounds = Rounds(epochs)
    print(f"quick start{', npu in mixed precision' if options.amp else ''}: {options.rounds} rounds of {options.steps} "
          f"steps of {BATCH} images; other programs used {busy:.0f} s of the processors meanwhile")  # fmt: skip
    for name, side in sides.items():
        print(f"  {name:12} {rounds.spread(name):.2f} s, last loss {side.last_loss:.6f}")
    for name in CLAIMS:
        print(f"  npu is {rounds.ratio(name, 'npu'):.2f} times as fast as {name}")
    if not options.amp:
        for name, claim in CLAIMS.items():
            ratio = rounds.ratio(name, "npu").median
            print(bound(f"quick start, npu against {name}", ratio, claim, "x", at_least=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
