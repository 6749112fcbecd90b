"""The command that writes the proof page of one obligation."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("proof")(proof)


def proof(
    obligation: Annotated[str, typer.Argument(help="AGREEMENT/RULE[/OCCURRENCE]")],
    pdf: Annotated[Path | None, typer.Option(help="write a PDF to this file")] = None,
    html: Annotated[Path | None, typer.Option(help="write a web page to this file")] = None,
    language: Annotated[str | None, typer.Option(help="id or en")] = None,
) -> None:
    """Write the whole story of one obligation as one page: dates, proofs, decisions, messages, facts.

    A file that is there already is replaced.
    """
    if pdf is None and html is None:
        raise typer.BadParameter("expected --pdf FILE, --html FILE, or both", param_hint="--pdf --html")
    if language not in (None, "id", "en"):
        raise typer.BadParameter(
            f"{language!r} is not a language, expected id or en", param_hint="--language"
        )
    from tracker.bootstrap import build
    from tracker.evidence.store import EvidenceStore
    from tracker.migrations import require_current
    from tracker.proof.compose import compose
    from tracker.proof.service import proof_page

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    store = EvidenceStore(house.settings.evidence_dir)
    chosen = language or house.settings.language
    page = proof_page(house.db, house.context, store, obligation, house.clock.now(), chosen)
    document = compose(page)
    if html is not None:
        from tracker.proof.html import html as as_html

        _write(html, as_html(document).encode())
    if pdf is not None:
        from tracker.proof.pdf import pdf as as_pdf

        _write(pdf, as_pdf(document))


def _write(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    from tracker.base.errors import OutputError

    partial = Path(f"{target}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"{target}: {error.strerror or error}; name a file in a folder that is there."
        ) from None
    typer.echo(f"{target}")
