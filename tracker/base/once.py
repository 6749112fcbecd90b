"""Properties that are worked out once for each object, without a lock.

In Python 3.11 the lock of functools.cached_property is one for all objects of a class: threads that ask the
database within one would wait for each other.
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - used as a decorator
    """Keeps what a method gives in the object; for objects that one thread uses at a time."""

    def __init__(self, method: Callable[[Any], T]) -> None:
        """Take the method."""
        self._method = method
        self.__doc__ = method.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn under which name to keep it."""
        self._name = name

    @overload
    def __get__(self, one: None, owner: type) -> Self: ...
    @overload
    def __get__(self, one: object, owner: type) -> T: ...
    def __get__(self, one: object | None, owner: type) -> Self | T:
        """Work it out; what is kept is found before this is asked for."""
        if one is None:
            return self
        found = self._method(one)
        vars(one)[self._name] = found
        return found
