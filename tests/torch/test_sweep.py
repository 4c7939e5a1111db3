"""A fifth of PyTorch's operator database, another one with each commit. All of it: python tests/torch/sweep.py"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import sweep

PARTS = 5


def part_of_this_commit() -> int:
    root = Path(__file__).parents[2]
    known = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return int(known.stdout, 16) % PARTS if known.returncode == 0 else 0


@pytest.mark.timeout(900)
def test_operators_are_equal_to_the_cpu(record_property: Callable[[str, object], None]) -> None:
    part = part_of_this_commit()
    outcomes = list(sweep.sweep(part, PARTS, jobs=1))
    samples = sum(o.samples for o in outcomes)
    passed, native = sum(o.passed for o in outcomes), sum(o.native for o in outcomes)
    record_property("op_db", f"part {part}/{PARTS}: {passed} of {samples} equal, {native} without the fallback")
    assert samples > 2000, "PyTorch's database is not all here"
    died = [f"{o.name}: {f}" for o in outcomes for f in o.failures if f.endswith(("hangs", "crashes"))]
    assert not died, "\n".join(died)
    unexplained = [f"{o.name}: {f}" for o in outcomes if not sweep.reason(o.name) for f in o.failures]
    assert not unexplained, "\n".join(unexplained)
    assert passed >= 0.97 * samples, f"{passed} of {samples} samples are equal to the CPU"
