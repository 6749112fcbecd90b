"""Putting a decree file into the rules folder, so that nothing is lost on the way."""

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.base.errors import BadDecreeError
from tracker.calendars.load import YearFile

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Written:
    """Where a decree file went, and where the one before it is kept; None where nothing changed."""

    path: Path
    kept: Path | None
    changed: bool


def calendar_name(path: Path, known: Collection[str], chosen: str | None = None) -> str:
    """Tell which calendar a decree file is for: the chosen one, its folder's, or the only one there is."""
    folder = path.resolve().parent.name
    name = chosen or (folder if folder in known else None)
    if name is None and len(known) == 1:
        name = next(iter(known))
    if name is None or name not in known:
        listed = ", ".join(sorted(known))
        wrong = f"--calendar {name}" if name else str(path)
        raise BadDecreeError(
            f"{wrong}: no such calendar, expected one of {listed}: "
            "put the file into a folder of that name, or say --calendar NAME."
        )
    return name


def place(folder: Path, file: YearFile, held: Sequence[YearFile]) -> Path:
    """Tell where a decree file belongs: over the file that gives its year now, or `<year>.yaml`."""
    for known in held:
        if known.year.year == file.year.year:
            return known.path
    path = folder / f"{file.year.year}.yaml"
    if path.exists():
        raise BadDecreeError(f"{path} gives another year, expected {file.year.year}: rename it first.")
    return path


def put(path: Path, text: str) -> Written:
    """Write a decree file; whoever reads at that moment sees the old one or the new one, whole.

    The old text stays beside it as `<name>.before-<digest>`, which is not read as a decree file.
    """
    try:
        old = path.read_bytes() if path.exists() else None
        if old == text.encode():
            return Written(path, None, changed=False)
        kept = None
        if old is not None:
            kept = path.with_name(f"{path.name}.before-{hashlib.sha256(old).hexdigest()[:_DIGITS]}")
            _write(kept, old)
        _write(path, text.encode())
    except OSError as error:
        raise BadDecreeError(
            f"{error.filename or path} cannot be written ({error.strerror}): make {path.parent} writable for "
            "this user, or copy the file there yourself and run 'tracker load'."
        ) from None
    return Written(path, kept, changed=True)


def require_writable(folder: Path) -> None:
    """Raise BadDecreeError unless files can be put into a folder."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadDecreeError(
            f"{folder} cannot be written: make it writable for this user, or copy the file there yourself "
            "and run 'tracker load'."
        )


def _write(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
