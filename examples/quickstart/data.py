"""The images: MNIST from the network, or Fashion-MNIST, in the same format, from a Debian package."""

import gzip
import shutil
import socket
from pathlib import Path

import torch
from torch.utils.data import Dataset
from torchvision import datasets

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
TIMEOUT = 5  # seconds for each answer of a server


class Images(Dataset):
    """Images as bytes in memory; a batch is one gather and one conversion.

    A batch is `(images, labels)`: float32 `[N, 1, 28, 28]` in 0..1, and int64 `[N]`.
    """

    def __init__(self, source):
        self.images = source.data.unsqueeze(1)
        self.labels = source.targets

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.images[index].float() / 255, self.labels[index]

    def __getitems__(self, indices):  # the loader asks for a whole batch
        return self[torch.tensor(indices)]


def _mnist(root):
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        return [datasets.MNIST(root, train=train, download=True) for train in (True, False)]
    finally:
        socket.setdefaulttimeout(timeout)


def _fashion_mnist(root):
    raw = Path(root, "FashionMNIST", "raw")
    raw.mkdir(parents=True, exist_ok=True)
    for packed in DEBIAN.glob("*.gz"):
        target = raw / packed.stem
        if not target.exists():
            part = target.with_suffix(".part")
            with gzip.open(packed) as source, open(part, "wb") as out:
                shutil.copyfileobj(source, out)
            part.rename(target)
    return [datasets.FashionMNIST(root, train=train) for train in (True, False)]


def load(root, name="auto"):
    """The name of the data set and where it came from, the training images and the test images.

    `name` is "mnist", "fashion" or "auto": MNIST, or Fashion-MNIST where the network does not answer.
    """
    why = ""
    if name != "fashion":
        try:
            train, test = _mnist(root)
            return "MNIST", Images(train), Images(test)
        except (RuntimeError, OSError) as error:
            if name == "mnist":
                raise
            why = f": MNIST could not be downloaded ({str(error).splitlines()[0]})"
    if not DEBIAN.is_dir():
        raise SystemExit(f"no Fashion-MNIST in {DEBIAN}{why}. Install Debian's package dataset-fashion-mnist.")
    train, test = _fashion_mnist(root)
    return f"Fashion-MNIST, from Debian's package dataset-fashion-mnist{why}", Images(train), Images(test)
