"""Commands about stored evidence: export one file, check them all."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.terms import AsJson

if TYPE_CHECKING:
    from tracker.evidence_check import Problem

app = typer.Typer(help="Stored evidence: export a file, check them all.", no_args_is_help=True)


@app.command("export")
def export(
    digest: Annotated[str, typer.Argument(help="the SHA-256 that 'event list' and the proof page name")],
    file: Annotated[Path, typer.Argument(help="the file to write; it must not exist")],
) -> None:
    """Write a stored file to a new file, after checking that it is what was stored."""
    from tracker.base.settings import read_settings
    from tracker.evidence.store import EvidenceStore

    settings = read_settings()
    content = EvidenceStore(settings.evidence_dir).read(digest)
    _write_new(file, content)
    typer.echo(f"{file}")


@app.command("check")
def check(
    as_json: AsJson = False,  # noqa: FBT002
    language: Annotated[str | None, typer.Option(help="id or en")] = None,
) -> None:
    """Check that every stored file is what was stored, and every fact's file is there; exit 1 if not."""
    from tracker.bootstrap import build
    from tracker.evidence.store import EvidenceStore
    from tracker.evidence_check import checked
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    found = checked(house.db, EvidenceStore(house.settings.evidence_dir))
    english = (language or house.settings.language) == "en"
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        for problem in found.problems:
            typer.echo(_line(problem, english=english))
        typer.echo(
            f"{found.files} files, {found.facts} facts that name one, {len(found.problems)} problems."
            if english
            else f"{found.files} berkas, {found.facts} fakta yang menyebutnya, {len(found.problems)} masalah."
        )
    if found.problems:
        raise typer.Exit(1)


def _line(problem: "Problem", *, english: bool) -> str:
    from tracker.evidence_check import CHANGED

    if problem.what == CHANGED:
        why = "the file is not what was stored" if english else "isi berkas bukan lagi yang disimpan"
        return f"{problem.digest}: {why}"
    why = "the file is not in the folder" if english else "berkas tidak ada di folder"
    return f"{problem.digest}: {why} ({problem.agreement}#{problem.entry})"


def _write_new(target: Path, content: bytes) -> None:
    """Write a file that was not there: nothing is overwritten, and no link is followed."""
    from tracker.base.errors import OutputError

    try:
        file = target.open("xb")
    except FileExistsError:
        raise OutputError(f"{target} exists already; name a new file.") from None
    except OSError as error:
        raise OutputError(
            f"{target}: {error.strerror or error}; name a file in a folder that is there."
        ) from None
    try:
        with file:
            file.write(content)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise OutputError(f"{target}: {error.strerror or error}.") from None
