"""The quick start: its four scripts as given, and our example, on a cut of Fashion-MNIST.

SOFTNPU_TEST_IMAGES=60000 takes the whole data set, about three minutes a script.
"""

import gzip
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT.parent / "shared" / "quickstart"
EXAMPLE = ROOT / "examples" / "quickstart"
FASHION = Path("/usr/share/datasets/fashion-mnist")
SOFTNPU = Path(sys.executable).with_name("softnpu")
IMAGES = int(os.environ.get("SOFTNPU_TEST_IMAGES", "4096"))

pytestmark = pytest.mark.timeout(300 + IMAGES // 50)
needs_data = pytest.mark.skipif(not FASHION.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
needs_scripts = pytest.mark.skipif(not SCRIPTS.is_dir(), reason="the quick start's scripts are not part of a clone")


def cut(raw):
    """The first images of each file, in the format that torchvision finds and does not download again."""
    raw.mkdir(parents=True)
    for packed in FASHION.glob("*.gz"):
        with gzip.open(packed) as file:
            magic, count = struct.unpack(">II", file.read(8))
            shape = file.read(8) if magic == 2051 else b""
            each = 28 * 28 if shape else 1
            count = min(count, IMAGES)
            (raw / packed.stem).write_bytes(struct.pack(">II", magic, count) + shape + file.read(count * each))


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    cut(folder / "raw")
    return folder / "raw"


@pytest.fixture
def folder(images, tmp_path):
    (tmp_path / "mnist" / "MNIST").mkdir(parents=True)
    shutil.copytree(images, tmp_path / "mnist" / "MNIST" / "raw")
    return tmp_path


def run(*command, cwd):
    return subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, timeout=280 + IMAGES // 50, check=False
    )


LOAD = """
import torch
assert not hasattr(torch, "npu")
class CNN: pass  # the class that the checkpoint names in __main__
checkpoint = torch.load("checkpoint.pth.tar", map_location="cpu", weights_only=False)
assert checkpoint["epoch"] == 10 and checkpoint["arch"] is CNN
group, = checkpoint["optimizer"]["param_groups"]
assert group["lr"] == 0.1
for tensor in checkpoint["state_dict"].values():
    assert tensor.device.type == "cpu" and tensor.isfinite().all()
torch.save(checkpoint["state_dict"], "weights.pt")
"""


def stock_python(code, cwd):
    """A Python that has PyTorch and cannot import torch_npu."""
    return subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.modules['torch_npu'] = None\n" + code],
        cwd=cwd,
        env={"TORCH_DEVICE_BACKEND_AUTOLOAD": "0"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def network():
    """The quick start's model, as its state_dict names it."""
    nn = torch.nn
    layers = [nn.Conv2d(1, 16, 3, 1, 1), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, 1, 1), nn.MaxPool2d(2), nn.Flatten()]
    return nn.ModuleDict({"net": nn.Sequential(*layers, nn.Linear(32 * 7 * 7, 16), nn.ReLU(), nn.Linear(16, 10))})


def check_checkpoint(folder, images):
    """It loads without torch_npu, and what it holds recognises the images it was trained on."""
    from torchvision.datasets.mnist import read_image_file, read_label_file

    loaded = stock_python(LOAD, folder)
    assert loaded.returncode == 0, loaded.stderr
    model = network()
    model.load_state_dict(torch.load(folder / "weights.pt"))
    pixels = read_image_file(str(images / "train-images-idx3-ubyte")).unsqueeze(1).float() / 255
    labels = read_label_file(str(images / "train-labels-idx1-ubyte"))
    with torch.no_grad():
        right = (model["net"](pixels).argmax(1) == labels).float().mean().item()
    assert right > 0.75, f"{right:.2f} of the training images; an untrained network has 0.1"


@needs_data
@needs_scripts
def test_gpu_script_through_softnpu_run(folder, images):
    result = run(SOFTNPU, "run", SCRIPTS / "train_gpu.py", cwd=folder)
    assert result.returncode == 0, result.stderr
    check_checkpoint(folder, images)


@needs_data
@needs_scripts
@pytest.mark.parametrize("script", ["train_manual.py", "train_auto.py"])
def test_migrated_script(folder, images, script):
    result = run(sys.executable, SCRIPTS / script, cwd=folder)
    assert result.returncode == 0, result.stderr
    assert "falls back" not in result.stderr
    check_checkpoint(folder, images)


@needs_data
@needs_scripts
def test_amp_script_as_given_lacks_its_scaler(folder):
    """The script as cut out of the guide never makes `scaler`: on any device it ends here, at its first step."""
    result = run(sys.executable, SCRIPTS / "train_auto_amp.py", cwd=folder)
    assert result.returncode == 1
    assert result.stderr.rstrip().endswith("NameError: name 'scaler' is not defined")


@needs_data
@needs_scripts
def test_amp_script_with_the_guides_line(folder, images):
    """Step 3 of the guide makes it after the optimizer."""
    lines = (SCRIPTS / "train_auto_amp.py").read_text(encoding="utf-8").splitlines(keepends=True)
    after = next(i for i, line in enumerate(lines) if line.startswith("optimizer ="))
    lines.insert(after + 1, "scaler = amp.GradScaler()\n")
    (folder / "train.py").write_text("".join(lines), encoding="utf-8")
    result = run(sys.executable, "train.py", cwd=folder)
    assert result.returncode == 0, result.stderr
    check_checkpoint(folder, images)


# Our example


@pytest.fixture
def out(images, tmp_path):
    shutil.copytree(images, tmp_path / "out" / "data" / "FashionMNIST" / "raw")
    return tmp_path / "out"


@needs_data
@pytest.mark.parametrize("options", [[], ["--amp"]], ids=["fp32", "amp"])
def test_example(out, options):
    result = run(
        sys.executable, EXAMPLE / "train.py", "--data", "fashion", "--epochs", 2, "--out", out, *options, cwd=out
    )
    assert result.returncode == 0, result.stderr
    said = result.stdout
    assert "Fashion-MNIST, from Debian's package" in said and f"{IMAGES} images to train" in said
    assert float(re.search(r"test accuracy (\d\.\d+)\n", said)[1]) > 0.4  # 128 steps; chance is 0.1
    assert re.search(r"device: npu:0, Ascend\w+", said)
    assert int(re.search(r"natively in a training step: (\d+)", said)[1]) >= 15
    assert "fallbacks to the CPU: 0 in a training step" in said
    assert (out / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert not list(out.glob("*.part"))
    checkpoint = stock_python("import torch; print(torch.load('checkpoint.pth.tar', map_location='cpu')['epoch'])", out)
    assert checkpoint.stdout == "2\n", checkpoint.stderr


@needs_data
def test_example_says_why_it_is_not_mnist(out, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE)
    import data
    from torchvision import datasets

    def unreachable(*args, **kwargs):
        raise OSError("no route to host")

    monkeypatch.setattr(datasets, "MNIST", unreachable)
    source, train, test = data.load(out / "data")
    assert source.startswith("Fashion-MNIST") and "no route to host" in source
    pixels, label = train.__getitems__([0, 1])
    assert pixels.shape == (2, 1, 28, 28) and pixels.dtype == torch.float32 and 0.5 < pixels.max() <= 1
    assert label.dtype == torch.int64 and len(train) == len(test) == IMAGES
    with pytest.raises(OSError, match="no route"):
        data.load(out / "data", "mnist")
