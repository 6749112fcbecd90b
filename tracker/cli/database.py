"""Commands about the database: upgrade, check, backup."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Upgrade, check or back up the database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Make or migrate the tables."""
    from tracker.base.db import Database
    from tracker.base.settings import read_settings
    from tracker.migrations import upgrade as migrate

    settings = read_settings()
    db = Database(settings.database_url)
    migrate(db, settings.migrations_dir)
    typer.echo(f"{db.engine.url.render_as_string(hide_password=True)} is up to date.")


@app.command("check")
def check() -> None:
    """Tell whether the database fits this version of tracker; exit 4 if not."""
    from tracker.base.db import Database
    from tracker.base.errors import DatabaseError
    from tracker.base.settings import read_settings
    from tracker.migrations import differences, require_current

    settings = read_settings()
    db = Database(settings.database_url)
    require_current(db, settings.migrations_dir)
    if found := differences(db):
        raise DatabaseError("Its tables differ from the code:\n" + "\n".join(found))
    typer.echo("The database fits.")


@app.command("backup")
def backup(target: Annotated[Path, typer.Argument(help="the file to write; it must not exist")]) -> None:
    """Copy an SQLite database while it is in use (for PostgreSQL use pg_dump)."""
    import sqlite3

    from tracker.base.db import Database
    from tracker.base.errors import DatabaseError
    from tracker.base.settings import read_settings

    db = Database(read_settings().database_url)
    source = db.engine.url.database
    if db.is_postgresql or not source:
        raise DatabaseError("'tracker db backup' copies SQLite files; for PostgreSQL use pg_dump.")
    if not Path(source).is_file():
        raise DatabaseError(f"{source} does not exist; there is nothing to back up.")
    if target.exists():
        raise DatabaseError(f"{target} exists already; name a new file.")
    partial = target.with_name(target.name + ".partial")
    try:
        with sqlite3.connect(source) as one, sqlite3.connect(partial) as two:
            one.backup(two)
        two.close()
        one.close()
        partial.rename(target)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(f"{target} could not be written: {error}") from None
    typer.echo(f"{source} -> {target}")
