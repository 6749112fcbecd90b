"""What was true on a day, and what was known at an instant."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.test_flow import FORCE_MAJEURE, ON_DATE, wib, with_another_holiday
from tests.support.agreements import ID, rule
from tests.support.houses import Home, Homes, terms_file
from tracker import flow, queries
from tracker.base.errors import UnknownThingError
from tracker.past import Moment, explain_then, read_moment, upcoming_then
from tracker.queries import Shown

RULES_MORE = (rule("every semester", "report"), rule("on 2026-02-27", "old"))
DUTY = {"rule": "duty", "occurrence": "2026-12-31"}


def then(home: Home, *, everything: bool = True, **moment: date | datetime) -> dict[str, Shown]:
    seen = Moment(home.clock.now(), **moment)
    found = upcoming_then(home.db, home.house.context, seen, everything=everything)
    return {one.obligation.key.removeprefix(f"{ID}/"): one for one in found}


def test_a_late_record_changes_what_was_true_and_not_what_was_known(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    home.run_until(wib("2027-01-20T10:00"))
    home.record("notice-served", "2026-12-29", **DUTY)

    assert then(home, as_of=date(2026, 12, 28))["duty/2026-12-31"].state == "due"
    assert then(home, as_of=date(2026, 12, 29))["duty/2026-12-31"].state == "fulfilled"
    assert then(home, known_at=date(2027, 1, 19))["duty/2026-12-31"].state == "overdue"
    assert then(home, known_at=date(2027, 1, 20))["duty/2026-12-31"].state == "fulfilled"
    both = then(home, as_of=date(2026, 12, 30), known_at=date(2027, 1, 19))
    assert both["duty/2026-12-31"].state == "due"


def test_before_an_event_was_known_nobody_could_be_told(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.clock.move_to(wib("2026-12-10T09:00"))
    home.record("force-majeure-occurred", "2026-11-25", party="kesatu")
    home.run_until(wib("2026-12-12T00:00"))
    key = "force-majeure-notice/2026-11-25:kesatu"

    assert then(home, known_at=date(2026, 12, 9)) == {}
    assert then(home, as_of=date(2026, 12, 9))[key].state == "overdue"
    story = explain_then(home.db, home.house.context, f"{ID}/{key}", Moment(home.clock.now()), "id")
    assert [alert["point"] for alert in story.alerts] == [
        *("at-once", "at-once>manager", "overdue+3", "overdue+3")
    ]
    earlier = Moment(home.clock.now(), known_at=wib("2026-12-10T09:30"))
    story = explain_then(home.db, home.house.context, f"{ID}/{key}", earlier, "id")
    assert [alert["point"] for alert in story.alerts] == ["at-once"]


def test_the_terms_as_they_were_known(home: Home) -> None:
    home.load(terms_file(rule("30 calendar days before term end", "renewal-notice")))
    home.clock.advance(timedelta(days=1))
    home.load(
        terms_file(
            rule("30 calendar days before term end", "renewal-notice"),
            term={"from": "2026-01-05", "to": "2028-12-31"},
        )
    )

    old = then(home, known_at=date(2026, 11, 23))["renewal-notice/term-1"]
    new = then(home, known_at=date(2026, 11, 24))["renewal-notice/term-1"]
    assert (str(old.act_by), str(new.act_by)) == ("2030-12-04", "2028-11-30")
    assert then(home, known_at=date(2026, 11, 22)) == {}


def test_a_correction_is_known_when_it_was_made(home: Home) -> None:
    home.load(terms_file(FORCE_MAJEURE))
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.clock.advance(timedelta(days=2))
    home.record("fact-corrected", "2026-11-18", corrects="1", why="salah tanggal")

    assert list(then(home, known_at=date(2026, 11, 23))) == ["force-majeure-notice/2026-11-20:kesatu"]
    assert list(then(home)) == ["force-majeure-notice/2026-11-18:kesatu"]


def test_now_is_what_the_store_says(home: Home) -> None:
    """The two ways to the same answer agree."""
    home.load(
        terms_file(ON_DATE, FORCE_MAJEURE, rule("every semester", "report"), rule("on 2026-02-27", "old"))
    )
    home.record("force-majeure-occurred", "2026-11-20", party="kesatu")
    home.record("obligation-waived", "2026-11-21", **DUTY, why="dibahas")
    home.run_until(wib("2026-12-18T10:00"))

    stored = queries.upcoming(home.db, home.house.context, home.clock.now(), everything=True)
    assert {one.obligation.key.removeprefix(f"{ID}/"): one.as_json() for one in stored} == {
        key: one.as_json() for key, one in then(home).items()
    }
    soon = queries.upcoming(home.db, home.house.context, home.clock.now(), timedelta(days=30))
    moment = Moment(home.clock.now())
    assert [one.as_json() for one in soon] == [
        one.as_json() for one in upcoming_then(home.db, home.house.context, moment, timedelta(days=30))
    ]


def test_an_agreement_that_was_not_there_yet(home: Home) -> None:
    home.load(terms_file(ON_DATE))
    with pytest.raises(UnknownThingError, match="was not known then"):
        explain_then(
            home.db,
            home.house.context,
            f"{ID}/duty",
            Moment(home.clock.now(), known_at=date(2026, 1, 1)),
            "id",
        )


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-12-01T08:00", "20261201"])
def test_an_instant_must_be_clear(text: str) -> None:
    with pytest.raises(ValueError, match="is not an instant, expected YYYY-MM-DD"):
        read_moment(wib("2026-12-01T00:00"), None, text)


def test_figures_from_the_decrees_of_the_time(homes: Homes, home: Home, tmp_path: Path) -> None:
    home.load(terms_file(ON_DATE))
    home.clock.move_to(wib("2026-12-01T09:00"))
    later = homes.build(home.clock.now(), rules_dir=with_another_holiday(tmp_path, "2026-12-31"))
    flow.rederive(later.db, later.house.context, later.clock.now())
    later.clock.advance(timedelta(days=2))

    assert str(then(later, known_at=date(2026, 11, 30))["duty/2026-12-31"].act_by) == "2026-12-31"
    assert str(then(later, known_at=date(2026, 12, 1))["duty/2026-12-31"].act_by) == "2026-12-30"
