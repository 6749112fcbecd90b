"""Decrees that change: seen before, told after, and nothing of the old figures lost."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.integration.test_flow import ON_DATE, with_another_holiday
from tests.support.agreements import ID, rule
from tests.support.houses import MONDAY, Home, Homes, terms_file
from tests.support.statements import statements
from tracker import flow, queries
from tracker.calendars.model import Calendar
from tracker.decree_effects import in_store, in_terms
from tracker.events.service import verified
from tracker.events.tables import EventRow
from tracker.obligations.tables import DeadlineMoveRow, ObligationRow
from tracker.outbox.tables import AlertRow

SKB_2026 = (
    "SKB Menteri Agama, Menteri Ketenagakerjaan, dan Menteri PANRB "
    "Nomor 1497 Tahun 2025, Nomor 2 Tahun 2025, Nomor 5 Tahun 2025"
)
KEY = f"{ID}/duty/2026-12-31"
OTHER = rule("on 2027-06-30", "other")


@pytest.fixture
def later(homes: Homes, tmp_path: Path) -> Home:
    """The same database under decrees with one more holiday."""
    return homes.build(rules_dir=with_another_holiday(tmp_path, "2026-12-31"))


def calendar_of(home: Home) -> Calendar:
    return home.house.context.calendars["id"]


def test_what_would_move_is_what_moves(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE, OTHER), terms_file(OTHER, id="second"))
    before = home.snapshot()

    found = in_store(home.db, home.house.context, "id", calendar_of(later), MONDAY)

    (effect,) = found.moved
    assert (effect.obligation.key, found.looked_at, found.certainty) == (KEY, 3, [])
    assert (str(effect.shift.before.act_by), str(effect.shift.after.act_by)) == ("2026-12-31", "2026-12-30")
    assert (effect.shift.days, effect.shift.working_days) == (-1, -1)
    assert home.snapshot() == before
    assert flow.rederive(later.db, later.house.context, MONDAY) == [KEY]
    assert in_store(later.db, later.house.context, "id", calendar_of(later), MONDAY).moved == []


def test_another_calendar_is_left_alone(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE))
    assert in_store(home.db, home.house.context, "sg", calendar_of(later), MONDAY).looked_at == 0


def test_what_is_done_or_overridden_does_not_move(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE), terms_file(ON_DATE, id="done"))
    home.record("duty-fulfilled", "2026-11-20", agreement="done", rule="duty", occurrence="2026-12-31")
    home.record(
        "obligation-overridden",
        "2026-11-20",
        rule="duty",
        occurrence="2026-12-31",
        act_by="2026-12-18",
        why="disepakati",
    )

    found = in_store(home.db, home.house.context, "id", calendar_of(later), MONDAY)

    assert (found.looked_at, found.moved) == (1, [])


def test_terms_alone_are_compared_without_a_database(home: Home, later: Home) -> None:
    passed = rule("on 2026-02-27", "passed")
    terms = [terms_file(ON_DATE, OTHER, passed).agreement]

    found = in_terms(terms, home.house.context, "id", calendar_of(later), MONDAY)

    assert (found.looked_at, [effect.obligation.key for effect in found.moved]) == (2, [KEY])


def test_the_log_and_the_announcement_name_the_decree(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE))

    flow.rederive(later.db, later.house.context, MONDAY)

    (event,) = later.rows(EventRow)
    assert event.kind == "holiday-decree-loaded"
    assert event.details == {
        "decrees": f"{SKB_2026} (2026)",
        "years": "2026",
        "calendar": calendar_of(later).version,
    }
    announced = next(content for content in later.contents() if content.point == "moved-1")
    assert announced.notes[0] == (
        f"Tenggat berpindah dari 31 Des 2026 ke 30 Des 2026. Sebab: keputusan hari libur {SKB_2026} (2026)."
    )


def test_the_old_figures_are_kept(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE, OTHER))
    flow.rederive(later.db, later.house.context, MONDAY)

    (move,) = later.rows(DeadlineMoveRow)

    assert (move.obligation_key, move.number, move.at, move.cause) == (
        KEY,
        1,
        MONDAY,
        "holiday-decree-loaded",
    )
    assert (str(move.act_by), str(move.to_act_by)) == ("2026-12-31", "2026-12-30")
    assert (str(move.likely), str(move.to_likely)) == ("2026-12-31", "2026-12-31")
    story = queries.explain(later.db, later.house.context, KEY, MONDAY, "en").as_json()
    assert [entry["why"] for entry in story["moves"]] == [f"the decree on public holidays {SKB_2026} (2026)"]
    assert story["moves"][0]["before"]["act_by"] == "2026-12-31"


def test_every_move_is_kept_whatever_its_cause(home: Home) -> None:
    notice = rule("30 calendar days before term end", "renewal-notice")
    home.load(terms_file(notice, term={"from": "2026-01-05", "to": "2027-02-15"}))
    home.load(terms_file(notice, term={"from": "2026-01-05", "to": "2027-03-15"}))
    home.record(
        "obligation-overridden",
        "2026-11-23",
        rule="renewal-notice",
        occurrence="term-1",
        act_by="2027-02-01",
        why="disepakati",
    )

    moves = home.rows(DeadlineMoveRow)

    assert [(move.number, move.cause, str(move.cause_on)) for move in moves] == [
        (1, "terms-corrected", "None"),
        (2, "obligation-overridden", "2026-11-23"),
    ]
    assert [str(move.act_by) for move in moves] == ["2027-01-15", "2027-02-12"]
    assert str(moves[-1].to_act_by) == "2027-02-01"
    assert home.obligation("renewal-notice/term-1").moves == 2


def test_a_correction_that_renames_an_obligation_keeps_its_figures(home: Home) -> None:
    home.load(terms_file(rule("14 calendar days since force-majeure-occurred", "force-majeure-notice")))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.record("fact-corrected", "2026-11-18", corrects="1", why="salah tanggal")

    (move,) = home.rows(DeadlineMoveRow)

    assert move.obligation_key == f"{ID}/force-majeure-notice/2026-11-18:kesatu"
    assert (str(move.likely), str(move.to_likely)) == ("2026-12-04", "2026-12-02")


HOURLY = rule("48 hours since work-accident-occurred", "report")


@pytest.mark.parametrize(
    ("day", "before", "after", "said"),
    [
        (
            "2026-11-23",
            "09:20",
            "11:45",
            "Tenggat berpindah dari 25 Nov 2026 09.20 ke 25 Nov 2026 11.45. Sebab: peristiwa yang dibetulkan",
        ),
        (
            # The last moment is a Saturday's: the day to act by is the Friday before, and stays.
            "2026-11-26",
            "09:20",
            "11:45",
            "Tenggat berpindah dari 28 Nov 2026 09.20 ke 28 Nov 2026 11.45. Sebab: peristiwa yang dibetulkan",
        ),
        (
            "2026-11-23",
            "09:20",
            "",
            "Tenggat berpindah dari 25 Nov 2026 09.20 ke 24 Nov 2026. Sebab: peristiwa yang dibetulkan",
        ),
    ],
)
def test_another_time_of_day_is_announced(homes: Homes, day: str, before: str, after: str, said: str) -> None:
    home = homes.build(MONDAY + timedelta(days=4))
    home.load(terms_file(HOURLY))
    home.record("work-accident-occurred", day, party="kesatu", at=before)
    home.remind()

    changes = home.record("fact-corrected", day, corrects="1", why="salah jam", at=after).changes

    name = f"report/{day}T{after}:kesatu" if after else f"report/{day}:kesatu"
    key = f"{ID}/{name}"
    assert changes.moved == [key]
    (move,) = home.rows(DeadlineMoveRow)
    assert (move.by_time, move.to_by_time) == (
        time.fromisoformat(before),
        time.fromisoformat(after) if after else None,
    )
    assert home.obligation(name).by_time == move.to_by_time
    announced = next(content for content in home.contents() if content.point == "moved-1")
    assert announced.notes[0].startswith(said)
    assert home.record("handover", "2026-11-23").changes.moved == []
    (entry,) = queries.explain(home.db, home.house.context, key, home.clock.now(), "en").moves
    assert (entry["before"].get("by_time"), entry["after"].get("by_time")) == (before, after or None)


def test_what_was_kept_cannot_be_changed(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE))
    flow.rederive(later.db, later.house.context, MONDAY)

    for change in ("UPDATE deadline_move SET number = 7", "DELETE FROM deadline_move"):
        with pytest.raises(Exception, match="append-only"), home.db.write() as connection:
            connection.execute(text(change))


def test_loading_the_same_terms_under_other_decrees_names_the_decrees(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE), terms_file(OTHER, id="second"))

    report = later.load(terms_file(ON_DATE), terms_file(OTHER, id="second", title="Judul baru"))

    assert (report.changed, report.moved) == ([ID, "second"], [KEY])
    assert {(row.agreement_id, row.kind) for row in later.rows(EventRow)} == {
        (ID, "holiday-decree-loaded"),
        ("second", "terms-corrected"),
    }
    assert any(SKB_2026 in content.notes[0] for content in later.contents())


def test_deadlines_that_move_back_are_counted_on(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE))
    flow.rederive(later.db, later.house.context, MONDAY)
    home.clock.advance(timedelta(days=1))
    flow.rederive(home.db, home.house.context, home.clock.now())

    assert [(str(row.act_by), str(row.to_act_by)) for row in home.rows(DeadlineMoveRow)] == [
        ("2026-12-31", "2026-12-30"),
        ("2026-12-30", "2026-12-31"),
    ]
    assert len({row.reminder_key for row in home.rows(AlertRow)}) == 2
    (row,) = home.rows(ObligationRow)
    assert row.moves == 2


def a_name(number: int) -> str:
    return f"pks-{number:02}"


@pytest.mark.parametrize("by_load", [False, True], ids=["rederived", "loaded with other terms"])
def test_the_log_costs_no_statement_per_agreement(home: Home, later: Home, by_load: bool) -> None:  # noqa: FBT001
    counts = []
    for number in (2, 12):
        names = [a_name(100 * number + each) for each in range(number)]
        home.load(*(terms_file(OTHER, id=name) for name in names))
        with statements(later.db) as seen:
            if by_load:
                later.load(*(terms_file(OTHER, id=name, title="Judul baru") for name in names))
            else:
                flow.rederive(later.db, later.house.context, MONDAY)
        counts.append(len(seen))
        assert len(later.rows(EventRow)) == number + (2 if number == 12 else 0)

    assert counts[0] == counts[1]


def test_entries_added_together_continue_each_chain(home: Home, later: Home) -> None:
    home.load(terms_file(ON_DATE), terms_file(OTHER, id="second"))
    home.record("handover", "2026-11-20")
    flow.rederive(later.db, later.house.context, MONDAY)
    home.record("handover", "2026-11-21")

    with home.db.read() as connection:
        found = verified(connection)

    assert (found.entries, found.breaks) == (4, ())
    assert [(row.agreement_id, row.number, row.kind) for row in home.rows(EventRow)] == [
        ("second", 1, "holiday-decree-loaded"),
        (ID, 1, "handover"),
        (ID, 2, "holiday-decree-loaded"),
        (ID, 3, "handover"),
    ]
