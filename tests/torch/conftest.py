"""What several tests of torch_npu need."""

import contextlib
import os
import subprocess
import sys
import textwrap

import pytest
import torch


@pytest.fixture(autouse=True)
def the_same_numbers():
    """A test's random numbers do not depend on the tests before it."""
    torch.manual_seed(1234)


@pytest.fixture(autouse=True)
def one_failure_a_test():
    """A failure on a stream is told once, and refuses all work until then: not in somebody else's test."""
    yield
    npu = getattr(torch, "npu", None)
    if npu is None or not npu.is_initialized():
        return
    with contextlib.suppress(RuntimeError):
        npu.synchronize()


@pytest.fixture
def run_python(tmp_path):
    """Runs code in a Python of its own, in an empty folder, and returns what it printed. Keywords are environment."""

    def run(code: str, timeout: float = 120, **environment: str) -> str:
        result = subprocess.run(
            [sys.executable, "-I", "-c", textwrap.dedent(code)],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert result.returncode == 0, f"exit code {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result.stdout

    return run
