"""Programs written for the toolkit compile against our tree with a plain compiler line, and run."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from softnpu import cann

HERE = Path(__file__).parent
LIBRARIES = ["-lascendcl", "-lnnopbase", "-lopapi"]


def build_and_run(compiler: list[str], source: Path, out: Path) -> str:
    """Compile one file against `softnpu cann-home`, run it, and return what it printed."""
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"no {compiler[0]} on this machine")
    home = cann.home()
    line = [*compiler, str(source), f"-I{home}/include", f"-L{home}/lib64", *LIBRARIES, "-o", str(out)]
    built = subprocess.run(line, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr
    environment = {**os.environ, "LD_LIBRARY_PATH": f"{home}/lib64"}
    ran = subprocess.run([str(out)], capture_output=True, text=True, timeout=300, env=environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("standard", ["c99", "c17"])
def test_c_program(standard: str, tmp_path: Path) -> None:
    compiler = ["gcc", f"-std={standard}", "-pedantic-errors", "-Wall", "-Werror"]
    output = build_and_run(compiler, HERE / "add.c", tmp_path / "add")
    assert output.split() == ["2", "3", "4", "7", "8", "9"]


@pytest.mark.parametrize("standard", ["c++14", "c++20"])
def test_cpp_program(standard: str, tmp_path: Path) -> None:
    compiler = ["g++", f"-std={standard}", "-Wall", "-Werror"]
    output = build_and_run(compiler, HERE / "attention.cpp", tmp_path / "attention")
    numbers, refusal = output.splitlines()
    high = 1 / (1 + math.exp(-2))
    low = 1 - high
    expected = [high + 3 * low, 2 * high + 4 * low, low + 3 * high, 2 * low + 4 * high]
    assert [float(x) for x in numbers.split()] == pytest.approx(expected, abs=1e-3)
    assert refusal.startswith(
        "refused with 161002: [161002] aclnnBatchMatMul(self float32[1, 2, 2], mat2 float32[1, 3, 2]"
    )


def test_every_header_stands_alone_in_c(tmp_path: Path) -> None:
    """Each operator's header compiles by itself as C99 and declares its operator."""
    headers = sorted((cann.home() / "include" / "aclnnop").glob("aclnn_*.h"))
    assert headers
    source = tmp_path / "all.c"
    source.write_text("".join(f"#include <aclnnop/{h.name}>\n" for h in headers) + "int main(void) { return 0; }\n")
    line = ["gcc", "-std=c99", "-pedantic-errors", "-Wall", "-Werror", "-fsyntax-only", str(source)]
    built = subprocess.run([*line, f"-I{cann.home()}/include"], capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr
    one = tmp_path / "one.c"
    one.write_text(
        "#include <aclnnop/aclnn_add.h>\nvoid* p[] = {(void*)aclnnAdd, (void*)aclnnInplaceAddGetWorkspaceSize};\n"
    )
    built = subprocess.run(
        ["gcc", "-std=c99", "-Wall", "-Werror", "-fsyntax-only", str(one), f"-I{cann.home()}/include"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert built.returncode == 0, built.stderr
