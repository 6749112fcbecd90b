"""The house that a command works on, with its tables as they should be."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.bootstrap import House


def current() -> "House":
    """Build it; DatabaseError where the tables are not those of this release."""
    from tracker.bootstrap import build
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    return house
