"""What several tests of torch_npu need."""

import os
import subprocess
import sys
import textwrap

import pytest


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
