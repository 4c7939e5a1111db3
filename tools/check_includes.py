"""Holds the arrows between the rooms: which room may include, or import, which.

A room is a folder. Each row of ROOMS says which other rooms and which outside libraries its files may name. A file in a
folder without a row is an error: a new room needs a decision first. docs/guide/architecture.md explains the rows.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Outside libraries, by the first part of the name in the #include line.
LIBRARIES = {
    "torch": ("ATen/", "c10/", "caffe2/", "torch/"),
    "python": ("pybind11/", "Python.h"),
    "gtest": ("gtest/", "gmock/"),
    "benchmark": ("benchmark/",),
    "posix": ("pthread.h", "unistd.h", "sched.h", "dlfcn.h", "fcntl.h", "errno.h", "signal.h", "sys/", "link.h"),
}
# The toolkit's folders: what is not in include/ is made from it while building.
ABI_FOLDERS = ("acl/", "aclnn/", "aclnnop/", "hccl/")


@dataclass(frozen=True)
class Room:
    rooms: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


# Each may also include itself, and the C++ standard library (include/: C's alone).
ROOMS = {
    "include": Room(),
    "npu/base": Room(("include",), ("posix",)),
    "npu/runtime": Room(("npu/base", "include"), ("posix",)),
    "npu/tensor": Room(("npu/base", "include")),
    "npu/kernels": Room(("npu/tensor", "npu/base", "include"), ("torch",)),
    "npu/ops": Room(("npu/runtime", "npu/kernels", "npu/tensor", "npu/base", "include"), ("torch",)),
    "npu/collective": Room(("npu/runtime", "npu/kernels", "npu/tensor", "npu/base", "include"), ("torch", "posix")),
    "npu/abi": Room(
        ("npu/ops", "npu/collective", "npu/runtime", "npu/kernels", "npu/tensor", "npu/base", "include"), ("posix",)
    ),
    "csrc/runtime": Room(("include",), ("torch", "posix")),
    "csrc/aten": Room(("csrc/runtime", "include"), ("torch",)),
    "csrc/distributed": Room(("csrc/runtime", "include"), ("torch",)),
    "csrc/profiler": Room(("csrc/runtime", "include"), ("torch",)),
    "csrc/python": Room(
        ("csrc/aten", "csrc/distributed", "csrc/profiler", "csrc/runtime", "include"), ("torch", "python")
    ),
    # Tests speak the public interface: the C ABI.
    "tests": Room(("include",), ("gtest", "posix")),
    # What has no public interface in C: the allocator under threads.
    "tests/torch": Room(("csrc/runtime", "include"), ("gtest", "posix", "torch")),
    "tests/ops": Room(("include",), ("gtest", "posix", "torch")),
    "tests/clients": Room(("include",), ("posix", "torch")),
    "bench": Room(("npu/kernels", "npu/tensor", "npu/base", "include"), ("benchmark", "torch")),
    "examples": Room(("include",)),
}

# Python: package -> packages of ours it may import. torch_npu stands alone, as the vendor's does.
PACKAGES = {
    "torch_npu": (),
    "softnpu": ("torch_npu",),
    "tools": (),
    "examples": ("torch_npu", "softnpu"),
    "bench": ("torch_npu", "softnpu"),
    "tests": ("torch_npu", "softnpu"),
}

CPP = {".h", ".hpp", ".c", ".cpp", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


@dataclass
class Tree:
    """A checkout. Everything is relative to its root."""

    root: Path
    faults: list[str] = field(default_factory=list)

    def files(self, folder: str, suffixes: set[str]) -> Iterator[Path]:
        for path in sorted((self.root / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path.relative_to(self.root)

    def room_of(self, path: Path) -> str | None:
        names = path.parts
        return next((r for r in ("/".join(names[:2]), names[0]) if r in ROOMS), None)

    def resolve(self, source: Path, name: str) -> Path | None:
        """The file of ours that a name in an #include line means, or None."""
        roots = [
            source.parent,
            Path("include"),
            Path(),
            *([Path("tests"), Path("csrc")] if source.parts[0] == "tests" else []),
        ]
        if source.parts[0] == "csrc":
            roots.insert(1, Path("csrc"))
        for base in roots:
            found = (self.root / base / name).resolve()
            if found.is_file() and found.is_relative_to(self.root.resolve()):
                return found.relative_to(self.root.resolve())
        return Path("include") / name if name.startswith(ABI_FOLDERS) else None

    def check_include(self, source: Path, room: str, quote: str, name: str) -> str | None:
        """Why `source` may not include `name`, or None."""
        found = self.resolve(source, name)
        if found:
            target = self.room_of(found)
            if target == room or target in ROOMS[room].rooms:
                return None
            return f"{room} may not include {target or found}"
        library = next((k for k, starts in LIBRARIES.items() if name.startswith(starts)), None)
        if library:
            return None if library in ROOMS[room].libraries else f"{room} may not use {library}"
        if quote == "<" and re.fullmatch(r"[a-z0-9_]+(\.h)?", name):  # <vector>, <stdint.h>
            return None if room != "include" or name.endswith(".h") else "include is C"
        return "no such header, and no library of tools/check_includes.py"

    def check_cpp(self) -> None:
        for folder in ("include", "npu", "csrc", "tests", "bench", "examples"):
            for path in self.files(folder, CPP):
                room = self.room_of(path)
                if room is None:
                    self.faults.append(f"{path}: no such room in tools/check_includes.py")
                    continue
                for number, line in enumerate((self.root / path).read_text(encoding="utf-8").splitlines(), 1):
                    match = INCLUDE.match(line)
                    why = match and self.check_include(path, room, *match.groups())
                    if why:
                        self.faults.append(f"{path}:{number}: {line.strip()}: {why}")

    def check_python(self) -> None:
        for package, allowed in PACKAGES.items():
            for path in self.files(package, {".py", ".pyi"}):
                text = (self.root / path).read_text(encoding="utf-8")
                for node in ast.walk(ast.parse(text, str(path))):
                    for name in imported(node):
                        top = name.partition(".")[0]
                        if top in PACKAGES and top not in (package, *allowed):
                            self.faults.append(f"{path}:{node.lineno}: {package} may not import {top}")  # type: ignore[attr-defined]


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def check(root: Path) -> list[str]:
    tree = Tree(root)
    tree.check_cpp()
    tree.check_python()
    return tree.faults


if __name__ == "__main__":
    faults = check(Path(__file__).resolve().parents[1])
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(bool(faults))
