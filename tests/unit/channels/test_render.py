import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests.support.content import PLANNED, alert_content
from tracker.channels.email.render import subject
from tracker.channels.render import fill, shorten, view
from tracker.channels.wrap import flatten
from tracker.outbox.content import LATE_AFTER, AlertContent


def test_the_day_is_the_local_day_of_the_agreement() -> None:
    just_before_midnight_utc = datetime(2025, 1, 9, 17, 30, tzinfo=UTC)

    in_jakarta = view(alert_content(), just_before_midnight_utc)
    in_london = view(alert_content(timezone="Europe/London"), just_before_midnight_utc)

    assert (in_jakarta.today, in_jakarta.days) == (date(2025, 1, 10), 14)
    assert (in_london.today, in_london.days) == (date(2025, 1, 9), 15)


@pytest.mark.parametrize(
    ("language", "act_by", "days_left"),
    [("id", "Jumat, 24 Januari 2025", "14 hari lagi"), ("en", "Friday, 24 January 2025", "14 days left")],
)
def test_dates_are_in_words(language: str, act_by: str, days_left: str) -> None:
    seen = view(alert_content(language), PLANNED)

    assert (seen.act_by, seen.days_left) == (act_by, days_left)
    assert seen.obligation == "kemenko-pmk-kemnaker-2023/renewal-notice/2025-02-27"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("id", "Pengingat ini direncanakan 10 Jan 2025 08.00 WIB dan baru terkirim sekarang."),
        ("en", "This reminder was planned for 10 Jan 2025 08:00 WIB and could only be sent now."),
    ],
)
def test_a_message_says_that_it_is_late_after_an_hour(language: str, sentence: str) -> None:
    content = alert_content(language)

    assert view(content, PLANNED + LATE_AFTER).late == ""
    assert view(content, PLANNED + LATE_AFTER + timedelta(seconds=1)).late == sentence


@pytest.mark.parametrize(
    ("day", "overdue", "rescue"),
    [
        (24, False, ""),
        (25, True, "batasnya Selasa, 28 Januari 2025"),
        (28, True, "batas terakhirnya Kamis, 30 Januari 2025 (2 hari lagi)"),
        (29, True, "hanya menurut cara hitung yang paling longgar"),
        (30, True, "batas terakhirnya Kamis, 30 Januari 2025 (hari ini)"),
        (31, True, "sudah lewat; yang terakhir Kamis, 30 Januari 2025"),
    ],
)
def test_what_can_still_be_done_after_the_deadline(day: int, *, overdue: bool, rescue: str) -> None:
    seen = view(alert_content(), datetime(2025, 1, day, 1, tzinfo=UTC))

    assert seen.overdue is overdue
    assert rescue in seen.rescue


def test_one_latest_date_is_named_once() -> None:
    content = alert_content("en", likely=date(2025, 1, 30))

    rescue = view(content, datetime(2025, 1, 25, 1, tzinfo=UTC)).rescue

    assert rescue.count("30 January 2025") == 1


def test_every_rescue_sentence_exists_in_english() -> None:
    sentences = [
        view(alert_content("en"), datetime(2025, 1, day, 1, tzinfo=UTC)).rescue for day in (25, 29, 31)
    ]

    assert [sentence.split(";")[0].split(",")[0] for sentence in sentences] == [
        "It can still be done: on the most likely way of counting",
        "It can still be done",
        "The time has run out on every way of counting",
    ]


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("a\r\nBcc: x@example.org", "a Bcc: x@example.org"),
        ("  two   words\t", "two words"),
        ("a\x00b\x1b[31mc\u2028d\u202ee", "a b [31mc d e"),
        ("né\N{NO-BREAK SPACE}ok", "né ok"),
    ],
)
def test_flat_text_is_one_line_without_control_characters(text: str, flat: str) -> None:
    assert flatten(text) == flat


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("satu dua tiga", 13, "satu dua tiga"),
        ("satu dua tiga", 12, "satu dua..."),
        ("satu dua, tiga empat", 14, "satu dua..."),
        ("x" * 30, 10, "xxxxxxx..."),
        ("a " + "x" * 30, 12, "a xxxxxxx..."),
        ("satu dua", 2, ".."),
    ],
)
def test_long_text_is_cut_between_words(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short
    assert len(short) <= width


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "template", ["email/templates/{}.txt", "email/templates/{}.html", "telegram/templates/{}.html"]
)
@pytest.mark.parametrize("day", [10, 25])
def test_the_date_stands_before_everything_else(template: str, language: str, day: int) -> None:
    parts = ("act", "towards", "form", "clause", "cost", "agreement_title", "recipient", "occurrence")
    texts = {name: f"[{name}]" for name in parts}
    content = alert_content(language, why=("[why]",), notes=("[notes]",), **texts)
    now = datetime(2025, 1, day, 1, tzinfo=UTC)

    shown = fill(template.format(language), content, now, shortened=False)
    shown = shown[shown.find("<body") :] if "<body" in shown else shown

    order = [
        view(content, now).act_by,
        "[act]",
        "[towards]",
        "[form]",
        "[clause]",
        "[cost]",
        "[why]",
        "[notes]",
    ]
    order += ["[agreement_title]", "[recipient]", "[occurrence]"]
    places = [shown.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)


MOMENT: dict[str, Any] = {
    "act_by": date(2025, 1, 28),
    "safe": date(2025, 1, 28),
    "latest": date(2025, 1, 28),
    "by_time": time(14, 30),
}


@pytest.mark.parametrize(
    ("language", "shown", "head"),
    [
        ("id", "Selasa, 28 Januari 2025 pukul 14.30", "[Tenggat 28 Jan 2025 14.30, hari ini]"),
        ("en", "Tuesday, 28 January 2025 at 14:30", "[Deadline 28 Jan 2025 14:30, today]"),
    ],
)
def test_a_moment_is_shown_beside_its_date(language: str, shown: str, head: str) -> None:
    content = alert_content(language, **MOMENT)
    morning = datetime(2025, 1, 28, 1, tzinfo=UTC)
    for template in (f"email/templates/{language}.txt", f"email/templates/{language}.html"):
        assert shown in fill(template, content, morning)
    assert subject(content, morning).startswith(head)


def test_a_day_moved_back_has_no_time_of_its_own() -> None:
    seen = view(alert_content(**(MOMENT | {"act_by": date(2025, 1, 24)})), PLANNED)
    assert seen.act_by == "Jumat, 24 Januari 2025"
    assert seen.likely == "Selasa, 28 Januari 2025 pukul 14.30"


def test_between_act_by_and_the_moment_it_can_still_be_done() -> None:
    content = alert_content(**(MOMENT | {"act_by": date(2025, 1, 24)}))
    seen = view(content, datetime(2025, 1, 27, 1, tzinfo=UTC))
    assert seen.rescue == "Masih bisa dikerjakan, paling lambat Selasa, 28 Januari 2025 pukul 14.30 (besok)."


@pytest.mark.parametrize(("language", "left"), [("id", "lewat hari ini"), ("en", "earlier today")])
def test_after_the_moment_the_alert_is_overdue(language: str, left: str) -> None:
    content = alert_content(language, **MOMENT)
    on_time = view(content, datetime(2025, 1, 28, 7, 30, tzinfo=UTC))
    late = view(content, datetime(2025, 1, 28, 7, 31, tzinfo=UTC))
    assert (on_time.overdue, late.overdue) == (False, True)
    assert late.days_left == left
    assert "14" in late.rescue


def test_an_alert_stored_before_there_were_moments_is_still_read() -> None:
    stored = json.loads(alert_content().model_dump_json())
    del stored["by_time"]
    assert AlertContent.model_validate(stored) == alert_content()
    moment = alert_content(**MOMENT)
    assert AlertContent.model_validate_json(moment.model_dump_json()) == moment
