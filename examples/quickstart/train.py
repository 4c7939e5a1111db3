"""The quick start: a GPU script that recognises images, with the three imports that make it train on the NPU.

    python train.py [--amp] [--epochs 10] [--data mnist|fashion]

Writes out/checkpoint.pth.tar and out/curve.png beside this file.
"""

import argparse
import functools
import os
import time
from pathlib import Path

import data
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import nn
from torch.utils.data import DataLoader

import torch_npu  # noqa: F401
from softnpu.record import OperatorRecord, fallbacks
from torch_npu.contrib import transfer_to_npu  # noqa: F401  from here on "cuda" means the NPU
from torch_npu.npu import amp

device = torch.device("cuda:0")


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=3, padding=1),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, kernel_size=3, padding=1),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 16),
            nn.ReLU(),
            nn.Linear(16, 10),
        )

    def forward(self, x):
        return self.net(x)


class Trainer:
    """A model, its loss and optimizer; with `amp`, mixed precision and a scaled loss."""

    def __init__(self, use_amp):
        self.model = CNN().to(device)
        self.loss_func = nn.CrossEntropyLoss().to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.scaler = amp.GradScaler(enabled=use_amp)

    def step(self, images, labels):
        images, labels = images.to(device, non_blocking=True), labels.to(device, non_blocking=True)
        with amp.autocast(enabled=self.scaler.is_enabled()):
            loss = self.loss_func(self.model(images), labels)
        self.optimizer.zero_grad()
        self.scaler.scale(loss).backward()
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return loss.detach()

    def epoch(self, batches, advance):
        """One pass; the mean loss. The device is asked for it once, at the end."""
        self.model.train()
        total = torch.zeros((), device=device)
        for images, labels in batches:
            total += self.step(images, labels)
            advance()
        return total.item() / len(batches)


@torch.no_grad()
def accuracy(model, batches):
    """The share of images that are recognised."""
    model.eval()
    right = torch.zeros((), dtype=torch.int64, device=device)
    for images, labels in batches:
        right += (model(images.to(device)).argmax(dim=1) == labels.to(device)).sum()
    return right.item() / len(batches.dataset)


def save_checkpoint(path, **state):
    """Written beside, then renamed: whoever opens `path` finds a whole checkpoint, the old one or the new."""
    part = path.with_name(path.name + ".part")
    torch.save(state, part)
    os.replace(part, path)


def save_plot(path, losses, accuracies):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    epochs = range(1, len(losses) + 1)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    left.plot(epochs, losses, marker="o")
    left.set(xlabel="epoch", ylabel="training loss")
    right.plot(epochs, accuracies, marker="o", color="tab:green")
    right.set(xlabel="epoch", ylabel="test accuracy")
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--amp", action="store_true", help="mixed precision")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--data", choices=("auto", "mnist", "fashion"), default="auto")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent / "out")
    options = parser.parse_args()
    console = Console(soft_wrap=True)
    torch.manual_seed(0)
    options.out.mkdir(parents=True, exist_ok=True)

    source, train_data, test_data = data.load(options.out / "data", options.data)
    console.print(f"data: {source}; {len(train_data)} images to train, {len(test_data)} to test")
    loader = {"collate_fn": lambda batch: batch, "pin_memory": True}
    train_batches = DataLoader(train_data, batch_size=options.batch_size, shuffle=True, **loader)
    test_batches = DataLoader(test_data, batch_size=1000, **loader)

    trainer = Trainer(options.amp)
    losses, accuracies = [], []
    start = time.monotonic()
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, TextColumn("{task.fields[figures]}"), console=console) as progress:
        for epoch in range(1, options.epochs + 1):
            task = progress.add_task(f"epoch {epoch}/{options.epochs}", total=len(train_batches), figures="")
            losses.append(trainer.epoch(train_batches, functools.partial(progress.advance, task)))
            accuracies.append(accuracy(trainer.model, test_batches))
            progress.update(task, figures=f"loss {losses[-1]:.4f}  test accuracy {accuracies[-1]:.4f}")
            save_checkpoint(
                options.out / "checkpoint.pth.tar",
                epoch=epoch,
                arch=CNN.__name__,
                state_dict=trainer.model.state_dict(),
                optimizer=trainer.optimizer.state_dict(),
            )
    seconds = time.monotonic() - start
    save_plot(options.out / "curve.png", losses, accuracies)
    console.print(f"trained {options.epochs} epochs in {seconds:.0f} s; test accuracy {accuracies[-1]:.4f}")
    console.print(f"wrote {options.out / 'checkpoint.pth.tar'} and {options.out / 'curve.png'}")

    with OperatorRecord() as record:  # one more step, watched
        trainer.step(*next(iter(train_batches)))
    console.print(f"device: {device}, {torch.cuda.get_device_name(device)}")
    console.print(f"operators run natively in a training step: {len(record.native)}")
    console.print(
        f"fallbacks to the CPU: {sum(record.fallbacks.values())} in a training step,"
        f" {sum(fallbacks().values())} in the whole run"
    )


if __name__ == "__main__":
    main()
