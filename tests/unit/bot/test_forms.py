"""What people type as a day, and what forms ask, refuse, and make of the answers."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import calendar, rule
from tests.support.houses import terms_file
from tracker.bot.days import day_in
from tracker.bot.forms.catalogue import FORMS
from tracker.bot.forms.done import DONE
from tracker.bot.forms.force_majeure import FORCE_MAJEURE
from tracker.bot.forms.form import Matter, Wrong, summary
from tracker.bot.forms.officer import OFFICER
from tracker.bot.forms.snooze import SNOOZE
from tracker.bot.forms.waive import WAIVE
from tracker.obligations.picture import picture
from tracker.queries import Shown

TODAY = date(2026, 11, 23)
ENCLOSED = ["written", "official-certificate"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("30/11/2026", date(2026, 11, 30)),
        ("30-11-2026", date(2026, 11, 30)),
        (" 1.2.2026 ", date(2026, 2, 1)),
        ("30 November 2026", date(2026, 11, 30)),
        ("3 Agt 2026", None),
        ("3 Agustus 2026", date(2026, 8, 3)),
        ("3 aug. 2026", date(2026, 8, 3)),
        ("5 Mei 2026", date(2026, 5, 5)),
        ("12 Pebruari 2026", date(2026, 2, 12)),
        ("31/02/2026", None),
        ("30/11", None),
        ("besok", None),
        ("", None),
        ("²/1/2026", None),
    ],
)
def test_days_as_people_type_them(text: str, expected: date | None) -> None:
    assert day_in(text) == expected


@given(st.text())
def test_any_text_may_be_no_day(text: str) -> None:
    found = day_in(text)
    assert found is None or isinstance(found, date)


def matter(given: dict[str, str] | None = None, **duty: Any) -> Matter:
    governor = {"gubernur": {"name": "Gubernur"}}
    written = terms_file(rule("on 2026-12-18", **duty), others=governor).agreement
    (one,) = picture(written, calendar()).obligations.values()
    shown = Shown(written, one, one.state, reminded=False, closed_why=None)
    return Matter(written, shown, TODAY, "id", given or {}, ("kesatu",))


def asked(about: Matter, name: str) -> list[str]:
    """Answer every question with the first button, or with a word; gives the names of the questions."""
    form, names = FORMS[name], []
    while (step := form.next(about)) is not None:
        options = step.offer(about)
        answer = step.read(about, options[0].value if options else "Siti")
        assert not isinstance(answer, Wrong)
        names.append(step.name)
        about = Matter(
            about.agreement, about.duty, about.today, "id", {**about.given, step.name: answer}, ("kesatu",)
        )
    assert form.fact(about).agreement == about.agreement.id
    assert all(": " in line for line in summary(form, about))
    return names


@pytest.mark.parametrize(
    ("name", "duty", "expected"),
    [
        ("tahu", {}, ["note"]),
        ("tunda", {}, ["until"]),
        ("selesai", {}, ["sent_on", "letter", "evidence"]),
        ("selesai", {"id": "renewal-notice"}, ["sent_on", "received_on", "letter", "evidence"]),
        (
            "selesai",
            {
                "duty": {
                    "by": "kesatu",
                    "to": ["kedua", "gubernur"],
                    "form": ["written", "official-certificate"],
                }
            },
            ["sent_on", "received_on", "to", "form", "letter", "evidence"],
        ),
        ("kesampingkan", {}, ["why"]),
        ("kahar", {}, ["day", "party", "note"]),
        ("pejabat", {}, ["party", "day", "name", "email"]),
    ],
)
def test_what_each_form_asks(name: str, duty: dict[str, Any], expected: list[str]) -> None:
    assert asked(matter(**duty), name) == expected


@pytest.mark.parametrize(
    ("form", "step", "given", "answer"),
    [
        (DONE, "sent_on", {}, "2026-11-24"),
        (DONE, "sent_on", {}, "kemarin lusa"),
        (DONE, "letter", {}, "x" * 301),
        (DONE, "evidence", {}, "ada di meja"),
        (SNOOZE, "until", {}, "2026-11-23"),
        (SNOOZE, "until", {}, "2026-12-19"),
        (WAIVE, "why", {}, "  "),
        (FORCE_MAJEURE, "party", {}, "ketiga"),
        (FORCE_MAJEURE, "day", {}, "2026-12-01"),
        (OFFICER, "party", {}, "kedua"),
        (OFFICER, "email", {}, "siti at example.org"),
    ],
)
def test_what_is_refused(form: Any, step: str, given: dict[str, str], answer: str) -> None:
    (one,) = [each for each in form.steps if each.name == step]
    assert isinstance(one.read(matter(given), answer), Wrong)


def test_no_button_puts_off_past_the_deadline() -> None:
    near = matter()
    late = Matter(near.agreement, near.duty, date(2026, 12, 16), "id")
    (step,) = SNOOZE.steps
    assert [option.label for option in step.offer(near)] == ["1 hari", "3 hari", "7 hari", "14 hari"]
    assert [option.value for option in step.offer(late)] == ["2026-12-17"]
    over = Matter(near.agreement, near.duty, date(2026, 12, 18), "id")
    assert SNOOZE.hindrance(over)
    assert not SNOOZE.hindrance(late)
    assert late.today + timedelta(days=2) == date(2026, 12, 18)
