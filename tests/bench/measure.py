"""Measuring side by side: every contender in every round, the best round counts."""

import gc
import sys
import time
from collections.abc import Callable, Mapping
from functools import _lru_cache_wrapper
from typing import Any, NamedTuple


class Contender(NamedTuple):
    """Something to measure; `prepare` runs before each round and is not measured."""

    run: Callable[[], Any]
    prepare: Callable[[], Any] = lambda: None


def best_of(rounds: int, contenders: Mapping[str, Contender]) -> dict[str, float]:
    """Give the best seconds of each contender; a slow moment of the machine hits them all alike."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, contender in contenders.items():
            contender.prepare()
            gc.collect()
            start = time.perf_counter()
            contender.run()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


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
