"""How much of the vendor's operator set is here: the lists of public names, against `softnpu ops`."""

import json
from pathlib import Path

import pytest

from softnpu import ops

FACTS = Path(__file__).parents[3] / "shared" / "facts"


def facts(name):
    path = FACTS / name
    if not path.is_file():
        pytest.skip(f"{name}, a list of public names, is not here")
    return path.read_text()


def test_aten_overloads(record_property):
    wanted = [line for line in facts("aten_npu_overloads.txt").split() if not line.startswith("#")]
    listed = {op["name"]: op for op in ops.aten()}
    here = [name for name in wanted if listed.get(name, {}).get("kind") in ("native", "composite")]
    record_property("overloads", f"{len(here)} of {len(wanted)}")
    assert len(wanted) > 1000 and len(here) >= 1000, f"{len(here)} of {len(wanted)}"
    # Two are no operators of ATen's.
    unexplained = {n for n in wanted if n not in here and not listed.get(n, {}).get("reason")}
    assert unexplained <= {"copy_memory_", "empty_with_format"}


def test_aclnn_operators(record_property):
    known = set(json.loads(facts("aclnn_signatures.json")))
    present = {op["name"] for op in ops.aclnn() if op["present"]}
    record_property("aclnn", f"{len(present)} operators")
    assert len(present) >= 690
    assert len(present & known) >= 600, "most of them are those that clients call"
