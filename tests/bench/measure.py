"""Measuring side by side: every contender in every round, the best round counts."""

import gc
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import _lru_cache_wrapper
from statistics import median
from typing import Any, NamedTuple


class Contender(NamedTuple):
    """Something to measure; `prepare` runs before each round and is not measured."""

    run: Callable[[], Any]
    prepare: Callable[[], Any] = lambda: None


def rounds_of(rounds: int, contenders: Mapping[str, Contender]) -> dict[str, list[float]]:
    """Give the seconds of each contender in each round; a slow moment of the machine hits them all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            contender.prepare()
            gc.collect()
            start = time.perf_counter()
            contender.run()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def best_of(rounds: int, contenders: Mapping[str, Contender]) -> dict[str, float]:
    """Give the best seconds of each contender."""
    return {name: min(each) for name, each in rounds_of(rounds, contenders).items()}


def median_ratio(seconds: Sequence[float], beside: Sequence[float]) -> float:
    """Compare two contenders round by round.

    The best of a long one beside the best of a short one would be unfair to the long one: the
    shorter a run, the better its chance of a moment in which the machine does nothing else.
    """
    return median(one / other for one, other in zip(seconds, beside, strict=True))


def forget() -> None:
    """Empty every memo of the code under test, as after a start of the process."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tracker."):
            for value in vars(module).values():
                if isinstance(value, _lru_cache_wrapper):
                    value.cache_clear()


class Verdict(NamedTuple):
    """A ratio beside its bound."""

    line: str
    holds: bool


def verdict(what: str, ratio: float, bound: float, figures: str) -> Verdict:
    """Print one line; the caller asserts that it holds."""
    line = f"{what}: {ratio:.3g} times, at most {bound:g}; {figures}"
    print(f"\n{line}")  # noqa: T201 - this is what `make bench` is for
    return Verdict(line, ratio <= bound)
