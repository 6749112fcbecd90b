"""The command that looks whether everything is as it must be."""

import json
from typing import Annotated

import typer

from tracker.cli.terms import AsJson


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("doctor")(doctor)


def doctor(
    as_json: AsJson = False,  # noqa: FBT002
    language: Annotated[str | None, typer.Option(help="id or en")] = None,
) -> None:
    """Check what must always hold of the live data; exit 1 if something does not."""
    from tracker.bootstrap import build
    from tracker.doctor.service import examine
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    found = examine(house.db, house.context, house.clock.now())
    chosen = language or house.settings.language
    findings = [(name, each) for name, broken in found.items() for each in broken]
    if as_json:
        rows = [
            {"invariant": name, "about": each.about, "what": each.in_language(chosen)}
            for name, each in findings
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for _, each in findings:
            typer.echo(f"{each.about}: {each.in_language(chosen)}")
        typer.echo(
            f"{len(found)} invariants checked, {len(findings)} findings."
            if chosen == "en"
            else f"{len(found)} hal diperiksa, {len(findings)} temuan."
        )
    if findings:
        raise typer.Exit(1)
