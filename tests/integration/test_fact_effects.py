"""What a preview promises is what recording does: on the real agreements, fact by fact, and for texts."""

from datetime import date
from typing import Any

import pytest

from tests.integration.test_flow import wib
from tests.support.agreements import ID, repository_terms, rule
from tests.support.houses import Home, Homes, terms_file
from tracker import fact_effects, flow
from tracker.events.model import Event
from tracker.obligations.tables import ObligationRow
from tracker.obligations.values import MOVING
from tracker.steps.foreseeing import Change, Effect, Foresight
from tracker.terms.load import TermsFile

KEMENKO, BABEL = "kemenko-pmk-kemnaker-2023", "babel-bpjstk-2025"
FACTS = (
    (BABEL, "force-majeure-occurred", "2026-11-20", {"party": "kesatu", "expected_days": "90"}),
    (BABEL, "force-majeure-ended", "2026-11-21", {"party": "kesatu"}),
    (BABEL, "termination-intended", "2026-11-19", {"party": "kedua", "desired_end": "2027-06-30"}),
    (BABEL, "contact-appointed", "2026-11-20", {"party": "kesatu", "name": "Rahma", "position": "Kabid"}),
    (
        BABEL,
        "reading-pinned",
        "2026-11-20",
        {"rule": "term", "axis": "last-day", "choice": "inclusive", "why": "x"},
    ),
    (BABEL, "fact-corrected", "2026-11-18", {"corrects": "1", "why": "x", "party": "kedua"}),
    (BABEL, "fact-corrected", "2026-11-18", {"corrects": "1", "why": "x", "withdrawn": "yes"}),
    (BABEL, "agreement-ended-early", "2026-11-22", {"why": "x"}),
)


def figures(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("state", *MOVING)}


def foreseen(home: Home, agreement: str, *facts: Event, text: TermsFile | None = None) -> Foresight:
    with home.db.read() as connection:
        held = fact_effects.held(connection, agreement)
    assert held is not None
    return Foresight(home.house.context, held, home.clock.now(), facts, text.agreement if text else None)


def stored(home: Home) -> dict[str, dict[str, Any]]:
    return {row.key: figures(row) for row in home.rows(ObligationRow)}


def what_changed(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> dict[str, Change]:
    """Tell from the rows alone what opened, moved and closed."""
    found = {}
    for key, now in after.items():
        was = before.get(key)
        if was is None or was["state"] != "open":
            if now["state"] == "open":
                found[key] = Change.OPENED
        elif now["state"] != "open":
            found[key] = Change.CLOSED
        elif was != now:
            found[key] = Change.MOVED
    return found


def names(effects: list[Effect]) -> dict[str, Change]:
    return {effect.key: effect.change for effect in effects}


def test_a_preview_says_what_recording_does(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T10:00"))
    home.load(*(repository_terms()[name] for name in (BABEL, KEMENKO)))
    some = set()
    for minutes, (agreement, kind, day, details) in enumerate(FACTS, start=1):
        home.clock.move_to(wib(f"2026-11-23T10:{minutes:02}"))
        event = Event(agreement, kind, date.fromisoformat(day), details)
        before = stored(home)
        promised = foreseen(home, agreement, event)
        assert stored(home) == before, "looking writes nothing"
        renamed = {one.before.key for one in promised.changes if one.before and one.before.key != one.key}
        done = home.record(kind, day, agreement=agreement, **details).event
        after = stored(home)
        changed = {key: what for key, what in what_changed(before, after).items() if key not in renamed}
        told = names(promised.changes)
        for effect in promised.changes:
            if effect.before is not None and effect.before.key != effect.key:
                assert changed[effect.key] is Change.OPENED  # under its new name
                changed[effect.key] = Change.MOVED
            if effect.after is not None:
                assert figures(effect.after) == after[effect.key], (kind, effect.key)
        assert told == changed, kind
        some |= set(told.values())
        with home.db.read() as connection:
            followed = fact_effects.effects_of(connection, home.house.context, done, home.clock.now())
        assert {key: what for key, what in names(followed).items() if key not in renamed} == told, kind
    assert some == set(Change)


def test_several_facts_are_foreseen_together(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T10:00"))
    home.load(
        terms_file(
            rule("14 days after force-majeure-occurred", id="force-majeure-notice"),
            rule("10 days after force-majeure-notice fulfilled", id="review"),
        )
    )
    happened = Event(ID, "force-majeure-occurred", date(2026, 12, 1), {"party": "kesatu"})
    done = Event(
        ID,
        "notice-served",
        date(2026, 12, 4),
        {"rule": "force-majeure-notice", "occurrence": "2026-12-01:kesatu"},
    )
    found = foreseen(home, ID, happened, done).changes
    assert [
        (effect.key.removeprefix(f"{ID}/"), str(effect.after.act_by)) for effect in found if effect.after
    ] == [("review/2026-12-01:kesatu", "2026-12-14")]
    assert home.rows(ObligationRow) == []


def test_a_text_is_foreseen_as_it_is_put_in_force(homes: Homes) -> None:
    home = homes.build(wib("2026-11-23T10:00"))
    first = terms_file(
        rule("on 2026-12-18", id="report"),
        rule("on 2027-03-01", id="gone"),
        rule("30 days before term end", id="renewal-notice"),
        term={"length": "2 years", "from": "signed"},
    )
    home.load(first)
    addendum = {
        "signed": "2026-11-20",
        "in_force_from": "2026-12-01",
        "numbers": ["AD-1"],
        "term": {"length": "4 years", "from": "signed"},
        "rules": [rule("on 2026-12-23", id="report"), rule("on 2027-01-15", id="new")],
        "removed": ["gone"],
    }
    second = terms_file(
        rule("on 2026-12-18", id="report"),
        rule("on 2027-03-01", id="gone"),
        rule("30 days before term end", id="renewal-notice"),
        term={"length": "2 years", "from": "signed"},
        addenda=[addendum],
    )
    before = stored(home)
    promised = foreseen(home, ID, text=second).changes
    flow.load_terms(home.db, home.house.context, [second], home.clock.now(), "boss@example.org, web")
    assert names(promised) == what_changed(before, stored(home))
    assert {effect.change for effect in promised} == set(Change)
    with home.db.read() as connection:
        (newest,) = fact_effects.entries_before(connection, ID, None, 1)
        followed = fact_effects.effects_of(connection, home.house.context, newest, home.clock.now())
    assert (newest.kind, newest.recorded_by) == ("terms-amended", "boss@example.org, web")
    assert names(followed) == names(promised)


@pytest.mark.parametrize("name", ["tidak-ada", ""])
def test_nothing_is_held_of_what_is_not_there(home: Home, name: str) -> None:
    with home.db.read() as connection:
        assert fact_effects.held(connection, name) is None
