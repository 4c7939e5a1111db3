"""What `import torch_npu` adds to `import torch`, in fresh processes, alternating.

python bench/import_time.py [--rounds 9]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from pairs import Spread, alternate, bound, machine

ADDED_SECONDS = 0.5
# torch imports torch_npu by itself through its entry point: off, so that the two are told apart.
ENVIRONMENT = {**os.environ, "TORCH_DEVICE_BACKEND_AUTOLOAD": "0"}


def import_seconds(statement: str) -> float:
    code = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    command = [sys.executable, "-I", "-c", code]
    return float(subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    cases = {
        "import torch": lambda: import_seconds("import torch"),
        "import torch, torch_npu": lambda: import_seconds("import torch, torch_npu"),
    }
    print(machine())
    rounds = alternate(cases, options.rounds)
    for name in cases:
        print(f"{name:24} {rounds.spread(name):.2f} s")
    alone, both = (rounds.figures[name] for name in cases)
    added = Spread.of([b - a for a, b in zip(alone, both, strict=True)])
    print(f"{'added':24} {added:.2f} s")
    print(bound("import torch_npu adds", added.median, ADDED_SECONDS, " s"))


if __name__ == "__main__":
    main()
