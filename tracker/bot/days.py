"""Days as people type them. Pure."""

import re
from datetime import date

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})", re.ASCII)
_WORDS = re.compile(r"(?P<d>\d{1,2}) +(?P<m>[a-z]+)\.? +(?P<y>\d{4})", re.ASCII)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan",
            "feb pebr",
            "mar",
            "apr",
            "mei may",
            "jun",
            "jul",
            "agu ags aug",
            "sep",
            "okt oct",
            "nov nop",
            "des dec",
        ),
        start=1,
    )
    for name in names.split()
}


def day_in(text: str) -> date | None:
    """Read a day such as 2026-11-30, 30/11/2026 or 30 November 2026; None where it is none."""
    words = text.strip().casefold()
    for form in (_ISO, _NUMBERS, _WORDS):
        found = form.fullmatch(words)
        if found is None:
            continue
        month = _MONTHS.get(found["m"][:4]) or _MONTHS.get(found["m"][:3]) or found["m"]
        try:
            return date(int(found["y"]), int(month), int(found["d"]))
        except ValueError:
            return None
    return None
