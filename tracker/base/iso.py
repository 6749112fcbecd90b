"""Dates as programs write them: YYYY-MM-DD and nothing else. Pure."""

import re
from datetime import date

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def iso_date(text: str) -> date:
    """Read YYYY-MM-DD; ValueError on week dates, compact dates and days that do not exist."""
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text!r} is not a date, expected YYYY-MM-DD")
    return date.fromisoformat(text)
