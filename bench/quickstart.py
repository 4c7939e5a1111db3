"""An epoch of the quick start on stock CPU and on the NPU, in one run: prints how many times faster the NPU is.

    python bench/quickstart.py [--rounds 3] [--steps 938] [--threads N] [--check]

Three processes train the same model on the same images and take turns, a segment each; only one works at a time:
  stock        PyTorch on the CPU as installed, in a process that never loads torch_npu
  stock+pages  the same with a malloc that keeps its pages, so what is left is not the allocator's doing
  npu          device npu:0, no environment set
An epoch is 938 steps of 64 images. The ratio of a round is the time of its segments on one side over the other's;
printed are the median round and the range. All sides run the script's loop, data loader included.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


def work(device: str, root: str, threads: int, amp: bool) -> None:
    """A worker: reads a number of steps a line, trains as many, answers {"seconds", "loss"} a line."""
    import torch
    import torch.nn as nn
    import torchvision
    from torch.utils.data import DataLoader

    if device == "cpu" and "torch_npu" in sys.modules:
        sys.exit("the stock side must not load torch_npu")
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
    def __init__(self, name: str, root: str, threads: int, amp: bool):
        device, environment = SIDES[name]
        command = [sys.executable, __file__, "--worker", device, "--root", root, "--threads", str(threads)]
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


def segments(steps: int) -> list[int]:
    return [SEGMENT] * (steps // SEGMENT) + ([steps % SEGMENT] if steps % SEGMENT else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3, help="epochs a side")
    parser.add_argument("--steps", type=int, default=EPOCH, help="steps a round; fewer is a part of an epoch")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="intra-op threads of all sides")
    parser.add_argument("--amp", action="store_true", help="the NPU trains in mixed precision (stock stays float32)")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a claim of this project does not hold")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.root, options.threads, options.amp)
        return 0

    with tempfile.TemporaryDirectory() as root:
        unpack(Path(root))
        sides = {name: Side(name, root, options.threads, options.amp) for name in SIDES}
        for side in sides.values():
            side.train(10)  # first touches and compiled convolutions
        epochs: dict[str, list[float]] = {name: [] for name in SIDES}
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

    print(f"quick start, {options.rounds} x {options.steps} steps of {BATCH} images, {options.threads} threads"
          f"{', npu in mixed precision' if options.amp else ''}")  # fmt: skip
    for name, seconds in epochs.items():
        print(f"  {name:12s} {statistics.median(seconds):7.2f} s  {min(seconds):.2f} .. {max(seconds):.2f}"
              f"  last loss {sides[name].last_loss:.6f}")  # fmt: skip
    holds = True
    for name, claim in CLAIMS.items():
        ratios = [stock / npu for stock, npu in zip(epochs[name], epochs["npu"], strict=True)]
        ratio = statistics.median(ratios)
        holds &= ratio >= claim
        print(f"  npu is {ratio:.2f}x as fast as {name} ({min(ratios):.2f} .. {max(ratios):.2f}; the claim: {claim}x)")
    return 1 if options.check and not holds else 0


if __name__ == "__main__":
    sys.exit(main())
