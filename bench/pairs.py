"""Compares two or more ways to do one thing, alternating in one run, so that a noisy machine is noisy for all of them.

A ratio is taken within each round and the median of the rounds is what counts; the spread is the middle half of them.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    median: float
    low: float  # first quartile
    high: float  # third quartile

    @staticmethod
    def of(values: list[float]) -> Spread:
        low, median, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
        return Spread(median, low, high)

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} [{self.low:{spec}} .. {self.high:{spec}}]"


class Rounds:
    """The figure of every case in every round."""

    def __init__(self, figures: dict[str, list[float]]) -> None:
        self.figures = figures

    def spread(self, case: str) -> Spread:
        return Spread.of(self.figures[case])

    def ratio(self, case: str, peer: str) -> Spread:
        """`case` divided by `peer`, round by round."""
        return Spread.of([a / b for a, b in zip(self.figures[case], self.figures[peer], strict=True)])


def alternate(cases: Mapping[str, Callable[[], float]], rounds: int, warm_up: int = 1) -> Rounds:
    """Calls every case once a round; a case returns its figure. The order turns, so that none is always first."""
    figures: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for i in range(-warm_up, rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            figure = cases[name]()
            if i >= 0:
                figures[name].append(figure)
    return Rounds(figures)


def seconds(call: Callable[[], object], times: int = 1) -> float:
    """The time of one call, over `times` of them."""
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def machine() -> str:
    """One line about where the figures come from. Where others are at work, they mean little."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    busy = "; BUSY: measure again on a quiet machine" if load > cores else ""
    return f"{cores} cores, load {load:.1f}{busy}"


def bound(name: str, figure: float, limit: float, unit: str, at_least: bool = False) -> str:
    """A line that says whether a figure keeps its bound. Information: a busy machine must not fail a build."""
    kept = figure >= limit if at_least else figure <= limit
    asked = f"{'at least' if at_least else 'at most'} {limit}{unit}"
    return f"{'kept' if kept else 'MISSED':6} {name}: {figure:.2f}{unit}, {asked}"
