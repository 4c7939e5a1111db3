"""The linters of our own find what they are for: each fault is planted in a small tree."""

from pathlib import Path

import check_files
import check_includes
import pytest


def plant(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture(autouse=True)
def no_long_files(monkeypatch):
    monkeypatch.setattr(check_files, "LONG", {})


HEADERS = {"include/acl/acl.h": "#include <stdint.h>\n", "npu/runtime/stream.h": "", "npu/tensor/tensor.h": ""}


@pytest.mark.parametrize(
    ("path", "line", "why"),
    [
        ("csrc/aten/unary.cpp", '#include "npu/runtime/stream.h"', "csrc/aten may not include npu/runtime"),
        ("npu/runtime/task.cpp", '#include "npu/tensor/tensor.h"', "npu/runtime may not include npu/tensor"),
        ("npu/runtime/task.cpp", "#include <ATen/core/Tensor.h>", "npu/runtime may not use torch"),
        ("npu/runtime/task.cpp", '#include "../tensor/tensor.h"', "npu/runtime may not include npu/tensor"),
        ("include/acl/acl_rt.h", "#include <vector>", "include is C"),
        ("tests/runtime/stream.cpp", '#include "npu/runtime/stream.h"', "tests may not include npu/runtime"),
        ("csrc/aten/unary.cpp", "#include <pybind11/pybind11.h>", "csrc/aten may not use python"),
        ("npu/runtime/task.cpp", "#  include <boost/any.hpp>", "no such header"),
        ("npu/magic/task.cpp", "#include <vector>", "no such room"),
        ("torch_npu/npu.py", "import softnpu.cli", "torch_npu may not import softnpu"),
        ("torch_npu/npu.py", "def f():\n    from softnpu import cli", "torch_npu may not import softnpu"),
    ],
)
def test_arrow_that_points_back_is_found(tmp_path: Path, path: str, line: str, why: str) -> None:
    faults = check_includes.check(plant(tmp_path, {**HEADERS, path: line}))
    assert len(faults) == 1 and faults[0].startswith(path) and why in faults[0]


def test_arrows_that_point_on_are_accepted(tmp_path: Path) -> None:
    files = {
        "npu/ops/unary.cpp": '#include "npu/runtime/stream.h"\n#include <ATen/ATen.h>\n#include <vector>\n',
        "npu/ops/add.cpp": '#include "aclnnop/aclnn_add.h"\n',  # made while building
        "softnpu/cli.py": "import torch_npu\n",
    }
    assert check_includes.check(plant(tmp_path, {**HEADERS, **files})) == []


@pytest.mark.parametrize(
    "path",
    ["csrc/aten/NPUUtils.h", "npu/ops/add_v2.cpp", "softnpu/helper/a.py", "npu/misc/a.h"],
)
def test_name_that_says_nothing_is_found(tmp_path: Path, path: str) -> None:
    assert "says nothing" in check_files.check(plant(tmp_path, {path: ""}), [path])[0]


@pytest.mark.parametrize("path", ["npu/ops/unary.cpp", "docs/adr/0004-events.md", "csrc/runtime/NPUStream.cpp"])
def test_name_that_says_something_is_accepted(tmp_path: Path, path: str) -> None:
    assert check_files.check(plant(tmp_path, {path: ""}), [path]) == []


def test_long_file_is_found(tmp_path: Path) -> None:
    files = {"a.cpp": "\n" * 400, "b.cpp": "\n" * 401, "c.md": "\n" * 500}
    faults = check_files.check(plant(tmp_path, files), list(files))
    assert faults == ["b.cpp: 401 lines, more than 400: what else lives there?"]
