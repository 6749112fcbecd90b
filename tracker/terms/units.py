"""Reads the units and their managers."""

from collections.abc import Mapping
from pathlib import Path

from tracker.base.faults import Fault
from tracker.base.model_file import read_model
from tracker.terms.people import Unit, Units


def load_units(path: Path) -> tuple[Mapping[str, Unit], list[Fault]]:
    """Read the units file, by id; a missing file means that there are no units, and no fault."""
    if not path.exists():
        return {}, []
    found, faults = read_model(path, Units, "the units and their managers")
    return (found.units if found else {}), faults
