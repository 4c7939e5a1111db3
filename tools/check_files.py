"""Checks the names and the lengths of our files.

A file past 400 lines holds a second thing that wants a name of its own; one that really is one thing is listed with its
reason. Names that say nothing (utils, common, helper, manager) and second versions (V2) are refused.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LIMIT = 400
COUNTED = {".h", ".hpp", ".c", ".cpp", ".py", ".pyi", ".sh", ".cmake"}

# path -> why it is longer
LONG: dict[str, str] = {
    "csrc/runtime/NPUBlockCache.cpp": "one structure, the block cache, and every path through it",
    "npu/abi/acl_rt_device.cpp": "a table of entries, each thin",
    "tests/abi/bad_arguments_test.cpp": "a row for each entry of the ABI",
    "tests/torch/test_memory.py": "one area",
    "tests/torch/test_transfer.py": "one area",
}

FORBIDDEN = re.compile(r"utils?|common|helpers?|managers?|misc|[vV]\d+")

# path prefix -> why it has such a name
NAMED = {
    "torch_npu/npu/autocast_utils": "the vendor's public name",
    "torch_npu/utils": "the vendor's public name",
    "torch_npu/npu/utils": "the vendor's public name",
    "torch_npu/npu/amp/common": "the vendor's and PyTorch's name",
}


def words(part: str) -> list[str]:
    """foo_bar, FooBar and foo-bar are two words."""
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", part)]


def check(root: Path, paths: list[str]) -> list[str]:
    faults = []
    for path in paths:
        for part in Path(path).parts:
            bad = next((w for w in words(part) if FORBIDDEN.fullmatch(w)), None)
            if bad and not any(path.startswith(prefix) for prefix in NAMED):
                faults.append(f"{path}: '{bad}' says nothing; name what it holds")
                break
        if Path(path).suffix in COUNTED and path not in LONG:
            lines = len((root / path).read_text(encoding="utf-8").splitlines())
            if lines > LIMIT:
                faults.append(f"{path}: {lines} lines, more than {LIMIT}: what else lives there?")
    faults += [
        f"{path}: listed in tools/check_files.py, but there is no such file" for path in LONG if path not in paths
    ]
    return faults


def main() -> int:
    root = Path(__file__).resolve().parents[1]
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    faults = check(root, [p for p in tracked if (root / p).is_file()])
    print("\n".join(faults), end="\n" if faults else "")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
