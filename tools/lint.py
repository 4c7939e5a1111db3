"""Runs every linter and says what each took; with --fix, mends what can be mended instead.

clang-tidy and clang-format read the files that differ from the main branch; TIDY=all in the environment reads all.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
CPP_FOLDERS = ("include", "npu", "csrc", "tests", "bench", "examples")
SHOWN = 60  # lines of what one command says
BUILD = ROOT / "build" / "release"


def lines(*command: str) -> list[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()


def cpp_files() -> list[str]:
    found = lines("git", "ls-files", "--cached", "--others", "--exclude-standard", *CPP_FOLDERS)
    return [f for f in found if f.endswith((".h", ".c", ".cpp")) and (ROOT / f).is_file()]


def changed_files() -> set[str]:
    """What differs from the main branch; on the main branch itself, what the last commit changed."""
    for base in ("origin/main", "main", "HEAD~1"):
        fork = lines("git", "merge-base", "HEAD", base)
        if fork and fork != lines("git", "rev-parse", "HEAD"):
            return {
                *lines("git", "diff", "--name-only", fork[0]),
                *lines("git", "ls-files", "-o", "--exclude-standard"),
            }
    return set(lines("git", "diff", "--name-only", "HEAD"))


def tidy_files() -> Iterator[str]:
    everything = os.environ.get("TIDY") == "all"
    changed = changed_files()
    for entry in json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(entry["file"]).resolve()
        # Made files, and those of other projects, are not ours to mend.
        if not path.is_relative_to(ROOT) or path.is_relative_to(ROOT / "build"):
            continue
        name = str(path.relative_to(ROOT))
        if everything or name in changed:
            yield name


def checks() -> Iterator[tuple[str, list[str]]]:
    """The name of a check and a command; several commands may share a name."""
    tidy = sorted(set(tidy_files()))
    python = [sys.executable, "-I"]
    # The slow ones first.
    yield "mypy", [f"{BIN}/mypy"]
    for name in tidy:
        yield f"clang-tidy, {len(tidy)} files", [f"{BIN}/clang-tidy", "-quiet", "-p", str(BUILD), name]
    everything, changed = os.environ.get("TIDY") == "all", changed_files()
    if layout := [f for f in cpp_files() if everything or f in changed]:
        yield "clang-format", [f"{BIN}/clang-format", "--dry-run", "-Werror", *layout]
    yield "ruff check", [f"{BIN}/ruff", "check", "-q", "."]
    yield "ruff format", [f"{BIN}/ruff", "format", "--check", "-q", "."]
    yield "arrows between rooms", [*python, "tools/check_includes.py"]
    yield "file names, lengths", [*python, "tools/check_files.py"]


def run(check: tuple[str, list[str]]) -> tuple[str, float, str]:
    name, command = check
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.replace(f"{ROOT}/", "").strip().splitlines() or [f"{command[0]} ended with {done.returncode}"]
    if len(said) > SHOWN:
        said[SHOWN:] = [f"... and {len(said) - SHOWN} more lines"]
    return name, time.monotonic() - start, "\n".join(said) if done.returncode else ""


def once(said: str, seen: set[str]) -> str:
    """What a header's fault says is said by every file that includes it: shown the first time only."""
    kept = []
    for fault in re.split(r"^(?=\S+:\d+:\d+: (?:error|warning): )", said, flags=re.MULTILINE):
        if fault not in seen:
            kept.append(fault)
        seen.add(fault)
    return "".join(kept).strip() or "the same again"


def fix() -> int:
    for command in (
        [f"{BIN}/ruff", "check", "-q", "--fix-only", "."],
        [f"{BIN}/ruff", "format", "-q", "."],
        [f"{BIN}/clang-format", "-i", *cpp_files()],
    ):
        subprocess.run(command, cwd=ROOT, check=True)
    return 0


def lint() -> int:
    seconds: dict[str, float] = {}
    failed: set[str] = set()
    seen: set[str] = set()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, took, said in pool.map(run, list(checks())):
            seconds[name] = seconds.get(name, 0) + took
            if said:
                failed.add(name)
                print(f"== {name}\n{once(said, seen)}\n", flush=True)
    for name, took in seconds.items():
        print(f"{name:24} {'FAILED' if name in failed else 'clean':7} {took:5.1f} s")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(fix() if "--fix" in sys.argv[1:] else lint())
