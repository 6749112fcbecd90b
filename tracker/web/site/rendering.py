"""Templates and what they may call; everything that is not ours is escaped."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tracker.base.dates import local_time, long_date, plain_date, short_date

FOLDER = Path(__file__).parent


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader([FOLDER / "templates", FOLDER.parent / "templates"]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def page(template: str, language: str, /, **values: Any) -> str:
    """Set a page in a language."""

    def say(indonesian: str, english: str) -> str:
        return english if language == "en" else indonesian

    def long(day: date) -> str:
        return long_date(day, language)

    def plain(day: date) -> str:
        return plain_date(day, language)

    def short(day: date) -> str:
        return short_date(day, language)

    def at(instant: datetime, zone: ZoneInfo) -> str:
        return local_time(instant, zone, language)

    return (
        _templates()
        .get_template(template)
        .render(t=say, language=language, long=long, plain=plain, short=short, at=at, **values)
    )
