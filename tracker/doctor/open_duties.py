"""Open obligations with a date: what several invariants look at."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, Connection, select
from sqlmodel import col

from tracker.doctor.finding import AT_MOST
from tracker.obligations.model import State
from tracker.obligations.tables import ObligationRow


def open_duties(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[tuple[str, date]]:
    """Give the keys and the days to act by of the most urgent ones that meet the conditions."""
    query = (
        select(col(ObligationRow.key), col(ObligationRow.act_by))
        .where(
            col(ObligationRow.state) == State.OPEN.value, col(ObligationRow.act_by).is_not(None), *conditions
        )
        .order_by(col(ObligationRow.act_by))
        .limit(AT_MOST)
    )
    for key, act_by in connection.execute(query):
        if act_by is not None:
            yield key, act_by
