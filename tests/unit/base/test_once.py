"""What is worked out once for each object, and makes no other object wait."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tracker.base.once import once

BOTH = Barrier(2, timeout=20)


class Slow:
    asked = 0

    @once
    def found(self) -> int:
        """The number."""
        self.asked += 1
        BOTH.wait()
        return self.asked


def test_two_objects_do_not_wait_for_each_other() -> None:
    one, other = Slow(), Slow()
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda each: each.found, (one, other))) == [1, 1]
    assert (one.found, one.asked) == (1, 1), "worked out once"
    assert Slow.found.__doc__ == "The number."
