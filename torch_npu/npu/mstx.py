"""Marks and ranges in a profile: they appear in `torch.profiler`'s timeline under their messages."""

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import torch

__all__ = ["annotate", "mark", "mstx", "mstx_range", "range_end", "range_pop", "range_push", "range_start"]

P = ParamSpec("P")
R = TypeVar("R")

_numbers = itertools.count(1)
_open: dict[tuple[str, int], Any] = {}
_stacks: dict[str, list[Any]] = {}


def _enter(message: str, domain: str) -> Any:
    if not isinstance(message, str) or not message:
        raise ValueError(f"a message is a text that is not empty, but got {message!r}")
    record = torch.profiler.record_function(message if domain == "default" else f"{domain}: {message}")
    record.__enter__()
    return record


def mark(message: str, stream: Any = None, domain: str = "default") -> None:
    """Marks a moment.

    Raises:
        ValueError: for an empty message; so do the others here.
    """
    _enter(message, domain).__exit__(None, None, None)


def range_start(message: str, stream: Any = None, domain: str = "default") -> int:
    """Begins a range, and returns its number for `range_end`. Ranges of this sort may overlap."""
    number = next(_numbers)
    _open[domain, number] = _enter(message, domain)
    return number


def range_end(range_id: int, domain: str = "default") -> None:
    """Ends a range of `range_start`. A number that is none is ignored."""
    if record := _open.pop((domain, range_id), None):
        record.__exit__(None, None, None)


def range_push(message: str, stream: Any = None, domain: str = "default") -> int:
    """Begins a range within the one begun last; returns its depth, from 0."""
    stack = _stacks.setdefault(domain, [])
    stack.append(_enter(message, domain))
    return len(stack) - 1


def range_pop(domain: str = "default") -> int:
    """Ends the range begun last by `range_push`; returns the depth it had, or -1 where there is none."""
    stack = _stacks.get(domain)
    if not stack:
        return -1
    stack.pop().__exit__(None, None, None)
    return len(stack)


def mstx_range(message: str, stream: Any = None, domain: str = "default") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: each call of the function is a range."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with annotate(message, stream, domain):
                return function(*args, **kwargs)

        return call

    return wrap


@contextlib.contextmanager
def annotate(message: str = "", stream: Any = None, domain: str = "default") -> Iterator[None]:
    """A context, and a decorator, that is a range."""
    number = range_start(message, stream, domain)
    try:
        yield
    finally:
        range_end(number, domain)


class mstx:
    """The functions of this module as one name."""

    annotate = staticmethod(annotate)
    mark = staticmethod(mark)
    mstx_range = staticmethod(mstx_range)
    range_end = staticmethod(range_end)
    range_pop = staticmethod(range_pop)
    range_push = staticmethod(range_push)
    range_start = staticmethod(range_start)
