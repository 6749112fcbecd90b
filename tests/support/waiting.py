"""Waiting for something to become true: looked at often, given up after a while."""

import time
from collections.abc import Callable
from typing import TypeVar

_Found = TypeVar("_Found")
PATIENCE = 30.0
_PAUSE = 0.02


def until(look: Callable[[], _Found], what: str, patience: float = PATIENCE) -> _Found:
    """Look until there is something to see; fails with `what` was waited for."""
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:g} s in vain for {what}")
        time.sleep(_PAUSE)
