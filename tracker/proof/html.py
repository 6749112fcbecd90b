"""A document as one HTML page: everything in it, nothing to fetch, nothing that runs. Pure."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tracker.proof.document import Document

_FOLDER = Path(__file__).parent / "templates"


def html(document: Document) -> str:
    """Fill the page; every text is escaped."""
    return _templates().get_template("page.html").render(page=document)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
