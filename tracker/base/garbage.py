"""The garbage collector during bulk work."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def untraced() -> Iterator[None]:
    """Do without collections until the end; objects are freed as soon as nobody refers to them.

    Ten thousand agreements in memory are millions of objects, none of them garbage: collections
    that walk them all cost more than deriving the agreements does.
    """
    gc.disable()
    try:
        yield
    finally:
        # Freezing resets the counts: enabling alone would start with a walk through everything.
        gc.freeze()
        gc.enable()
        gc.unfreeze()
