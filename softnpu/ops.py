"""`softnpu ops`: what runs where. PyTorch's dispatcher and the operator library are asked; nothing is listed by hand.

The kinds of an aten overload:
    native     a row of the operator table runs it, or PyTorch's own form of it (functional, in-place) calls such a row
    composite  PyTorch makes it of other overloads; each of those has its own kind
    fallback   it runs on the CPU, on the same memory, and is counted
    refused    it runs nowhere here, and raises
What falls back or is refused has a reason: data/aten_reasons.json says those that are not plain gaps. Other overloads
that run on neither NPU nor CPU (those of cuDNN, of MKL-DNN) are not listed.
"""

from __future__ import annotations

import ctypes
import fnmatch
import functools
import json
import re
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from typing import Any

from rich.console import Console
from rich.table import Table

from . import cann

KINDS = ("native", "composite", "fallback", "refused", "present", "missing")


class _Dispatcher:
    """Which kernels PyTorch has for an overload, named as "add.Tensor"."""

    def __init__(self) -> None:
        import torch

        import torch_npu  # registers the NPU's kernels

        self._torch = torch
        names = torch._C._dispatch_get_all_op_names()
        self.names = sorted(name.removeprefix("aten::") for name in names if name.startswith("aten::"))
        self._out_forms = {key: name for name in self.names if (key := self._key(name, out=True))}
        self.lacking = {aten: aclnn for aten, aclnn, present in torch_npu._C.operator_table() if not present}

    def has(self, name: str, key: str) -> bool:
        return self._torch._C._dispatch_has_kernel_for_dispatch_key(f"aten::{name}", key)

    def _key(self, name: str, out: bool) -> Any:
        """What the forms of one operator share: its base name and its inputs. None for a form of another sort."""
        base, _, overload = name.partition(".")
        arguments = self._torch._C._get_schema(f"aten::{base}", overload).arguments
        if any(argument.is_out for argument in arguments) != out:
            return None
        inputs = tuple((argument.name, str(argument.type)) for argument in arguments if not argument.is_out)
        return base if out else re.sub(r"_$", "", base), inputs

    def out_form(self, name: str) -> str | None:
        """The overload of a structured operator that its other forms call: the one with a kernel of its own."""
        out = self._out_forms.get(self._key(name, out=False))
        return out if out and (self.has(out, "CPU") or self.has(out, "PrivateUse1")) else None


@functools.cache
def _reasons() -> list[tuple[re.Pattern[str], str]]:
    text = resources.files("softnpu").joinpath("data/aten_reasons.json").read_text(encoding="utf-8")
    return [(re.compile(pattern), reason) for pattern, reason in json.loads(text).items()]


def _known_reason(name: str) -> str | None:
    return next((reason for pattern, reason in _reasons() if pattern.fullmatch(name)), None)


def _kind(dispatcher: _Dispatcher, name: str) -> tuple[str, str | None] | None:
    """The kind of an overload and, for a fallback, the reason."""
    if dispatcher.has(name, "PrivateUse1"):
        return "native", None
    if dispatcher.has(name, "CompositeExplicitAutogradNonFunctional") and (out := dispatcher.out_form(name)):
        kind, reason = _kind(dispatcher, out) or ("composite", None)
        return kind, reason and f"{out}: {reason}"
    if any(dispatcher.has(name, key) for key in _COMPOSITE):
        return "composite", None
    if dispatcher.has(name, "SparsePrivateUse1") and not dispatcher.has(name, "CPU"):
        return "native", None
    known = _known_reason(name)
    if dispatcher.has(name, "CPU"):
        aclnn = dispatcher.lacking.get(name)
        return (
            "fallback",
            f"this CANN lacks {aclnn}" if aclnn else known or "UNIMPLEMENTED: no row in the operator table",
        )
    return ("refused", known) if known else None


_COMPOSITE = ("CompositeExplicitAutogradNonFunctional", "CompositeExplicitAutograd", "CompositeImplicitAutograd")


def aten() -> list[dict[str, Any]]:
    """Each aten overload that the NPU or the CPU can run, its kind, and the reason of a fallback."""
    dispatcher = _Dispatcher()
    found = ((name, _kind(dispatcher, name)) for name in dispatcher.names)
    return [{"name": name, "kind": kind[0], "reason": kind[1]} for name, kind in found if kind]


def kinds(names: Iterable[str]) -> dict[str, str]:
    """The kinds of some aten overloads, without those that have none."""
    dispatcher = _Dispatcher()
    found = ((name, _kind(dispatcher, name)) for name in names)
    return {name: kind[0] for name, kind in found if kind}


def _aclnn_names() -> list[str]:
    """The operators that clients are known to call, and whatever else this CANN declares."""
    known = resources.files("softnpu").joinpath("data/aclnn_names.txt").read_text(encoding="utf-8")
    names = {line for line in known.splitlines() if not line.startswith("#")}
    for header in cann.home().glob("include/aclnnop/**/*.h"):
        names.update(re.findall(r"\bACLNN_DECLARE\((aclnn\w+)", header.read_text(encoding="utf-8")))
    return sorted(names)


def aclnn() -> list[dict[str, Any]]:
    """Each operator, and whether the library exports both of its phases."""
    import torch  # noqa: F401  the operator library needs PyTorch's

    library = cann.library("opapi")

    def exports(symbol: str) -> bool:
        try:
            ctypes.c_void_p.in_dll(library, symbol)
        except ValueError:
            return False
        return True

    return [{"name": n, "present": exports(n) and exports(f"{n}GetWorkspaceSize")} for n in _aclnn_names()]


def report(kinds: Iterable[str] = (), pattern: str = "*") -> dict[str, list[dict[str, Any]]]:
    """Both lists. `kinds` (all where empty) and `pattern` (as a shell's, on the name) leave out the rest."""
    wanted = set(kinds) or set(KINDS)
    pattern = pattern if set(pattern) & set("*?[") else f"*{pattern}*"
    return {
        "aten": [op for op in aten() if op["kind"] in wanted and fnmatch.fnmatchcase(op["name"], pattern)],
        "aclnn": [op for op in aclnn() if _presence(op) in wanted and fnmatch.fnmatchcase(op["name"], pattern)],
    }


def _presence(op: dict[str, Any]) -> str:
    return "present" if op["present"] else "missing"


_STYLES = dict(zip(KINDS, ("green", "cyan", "yellow", "red", "green", "yellow"), strict=True))


def show(console: Console, found: dict[str, list[dict[str, Any]]]) -> None:
    kinds = Counter(op["kind"] for op in found["aten"])
    presence = Counter(map(_presence, found["aclnn"]))
    for title, rows in (
        ("aten overload", [(op["name"], op["kind"], op["reason"] or "") for op in found["aten"]]),
        ("aclnn operator", [(op["name"], _presence(op), "") for op in found["aclnn"]]),
    ):
        table = Table(title, "kind", "reason" if title.startswith("aten") else "")
        for name, kind, reason in rows:
            table.add_row(name, f"[{_STYLES[kind]}]{kind}[/]", reason)
        if rows:
            console.print(table)
    for title, counts in (("aten", kinds), ("aclnn", presence)):
        console.print(f"{title}:", ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]) or "none")
