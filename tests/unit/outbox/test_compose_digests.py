"""What managers read by the calendar, in both languages, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from tests.support.agreements import agreement, calendar, obligations, rule
from tests.support.content import delivery
from tracker.calendars.blocks import Block, blocks
from tracker.channels.email.render import SUBJECT_LENGTH, message, subject
from tracker.channels.lists import fill_list
from tracker.outbox.compose_digest import Ahead, counted
from tracker.outbox.compose_long_holiday import BeforeHoliday, before_holiday, estimate_text, holiday_text
from tracker.outbox.compose_look_ahead import NOTES_AT_MOST, WITHOUT_UNIT, LookAhead, Week, look_ahead
from tracker.outbox.compose_summary import Morning, morning_summary
from tracker.outbox.content import ListContent
from tracker.outbox.keys import DIGESTS
from tracker.reminders.recipients import EMAIL, Detour, Role, Route

NOW = datetime(2026, 3, 4, 1, tzinfo=UTC)
ZONE = "Asia/Jakarta"
TERMS = agreement(rule("on 2026-03-20", clause={"number": "5", "ayat": 2}))
(DUTY,) = obligations(TERMS)
MANAGER = "manager:satu:kepala"
INSTEAD = Route(
    MANAGER, "Kepala (Satu)", "id", EMAIL, "k@example.org", Detour.NO_ADDRESS, "Sekretaris", Role.MANAGER
)
MONDAY = date(2026, 3, 2)


def route(language: Literal["id", "en"]) -> Route:
    return Route(MANAGER, "Kepala (Satu)", language, EMAIL, "kepala@example.org")


def ahead(day: str = "2026-03-17", *, provisional: bool = False, instead: Route | None = None) -> Ahead:
    return Ahead(TERMS, DUTY, date.fromisoformat(day), provisional, instead)


def block(first: str) -> Block:
    day = date.fromisoformat(first)
    return next(blocks(calendar(), day, day))


def weeks(*counts: int) -> list[Week]:
    starts = [MONDAY + timedelta(weeks=number) for number in range(len(counts))]
    return [
        Week(start, start + timedelta(days=6), count) for start, count in zip(starts, counts, strict=True)
    ]


def looking(**changes: object) -> LookAhead:
    values: dict[str, object] = {
        "about": ("Cabang Satu", "Cabang Satu"),
        "weeks": weeks(0, 0, 1, 0),
        "overdue": 0,
        "duties": [ahead()],
    }
    return LookAhead(**(values | changes))  # type: ignore[arg-type]


def before(first: str = "2026-03-18", **changes: object) -> BeforeHoliday:
    found = block(first)
    values: dict[str, object] = {
        "unit": "Cabang Satu",
        "block": found,
        "closes": found.first - timedelta(days=1),
        "opens": found.last + timedelta(days=1),
        "until": found.last + timedelta(days=7),
        "before": 1,
        "after": 0,
        "duties": [ahead()],
    }
    return BeforeHoliday(**(values | changes))  # type: ignore[arg-type]


def mail(content: ListContent) -> str:
    return fill_list("email/templates/list.txt", content, NOW)


@pytest.mark.parametrize(
    ("language", "headline", "section", "lead"),
    [
        (
            "id",
            "2-29 Maret 2026 (Cabang Satu): 1 tenggat",
            "16-22 Maret 2026",
            [
                ("Tenggat per minggu: 2-8 Maret 2026: 0; 9-15 Maret 2026: 0; 16-22 Maret 2026: 1; "
                "23-29 Maret 2026: 0."),
                "Di luar itu, 2 sudah terlambat: lihat ringkasan pagi.",
                ("Libur panjang 18-24 Maret 2026 "
                "(Hari Suci Nyepi, Idul Fitri hari pertama, Idul Fitri hari kedua)."),
            ],
        ),
        (
            "en",
            "2-29 March 2026 (Cabang Satu): 1 deadline",
            "16-22 March 2026",
            [
                ("Deadlines week by week: 2-8 March 2026: 0; 9-15 March 2026: 0; 16-22 March 2026: 1; "
                "23-29 March 2026: 0."),
                "2 more overdue already: see the morning summary.",
                ("Long holiday 18-24 March 2026 "
                "(Nyepi (Day of Silence), Eid al-Fitr first day, Eid al-Fitr second day)."),
            ],
        ),
    ],
)  # fmt: skip
def test_the_look_ahead(language: Literal["id", "en"], headline: str, section: str, lead: list[str]) -> None:
    content = look_ahead(looking(overdue=2, holiday=block("2026-03-18")), route(language), ZONE)

    assert (content.headline, list(content.lead)) == (headline, lead)
    assert [item.section for item in content.items] == [section]
    assert subject(content, NOW) == headline


@pytest.mark.parametrize(
    ("language", "headline", "lead"),
    [
        (
            "id",
            "2-29 Maret 2026 (perjanjian tanpa unit): tidak ada tenggat",
            "Tidak ada tenggat dalam 4 minggu ini.",
        ),
        (
            "en",
            "2-29 March 2026 (agreements without a unit): no deadlines",
            "There are no deadlines in these 4 weeks.",
        ),
    ],
)
def test_an_empty_look_ahead(language: Literal["id", "en"], headline: str, lead: str) -> None:
    empty = looking(about=WITHOUT_UNIT, weeks=weeks(0, 0, 0, 0), duties=[])
    content = look_ahead(empty, route(language), ZONE)
    assert (content.headline, content.lead, content.items) == (headline, (lead,), ())


@pytest.mark.parametrize(
    ("language", "provisional", "unreached"),
    [
        (
            "id",
            "Sementara: kalender liburnya masih perkiraan, tanggalnya masih dapat bergeser.",
            (
                "Narahubung tidak terjangkau: Sekretaris tidak memiliki alamat yang dapat dipakai. "
                "Pengingatnya dikirim kepada Kepala (Satu)."
            ),
        ),
        (
            "en",
            "Provisional: it rests on an estimated calendar and may still move.",
            "The contact cannot be reached: Sekretaris has no usable address. Kepala (Satu) is told instead.",
        ),
    ],
)
def test_what_is_doubtful_about_a_duty(
    language: Literal["id", "en"], provisional: str, unreached: str
) -> None:
    doubtful = looking(duties=[ahead(provisional=True, instead=INSTEAD)])
    (item,) = look_ahead(doubtful, route(language), ZONE).items
    assert item.notes == (provisional, unreached)
    assert item.agreement == "Perjanjian uji"


@pytest.mark.parametrize("extra", [0, 3])
def test_who_cannot_be_reached_is_named_up_to_ten(extra: int) -> None:
    many = looking(weeks=weeks(40, 0, 0, 0), unreached=[ahead(instead=INSTEAD)] * (NOTES_AT_MOST + extra))
    content = look_ahead(many, route("id"), ZONE)
    assert content.notes[0].startswith(f"17 Mar 2026, {DUTY.key}: Narahubung tidak terjangkau: Sekretaris")
    assert content.notes[NOTES_AT_MOST:] == (
        (f"dan {extra} lagi yang narahubungnya tidak terjangkau",) if extra else ()
    )
    assert content.more == 39


@pytest.mark.parametrize(
    ("language", "headline", "sections", "lead"),
    [
        (
            "id",
            (
                "Libur panjang 18-24 Maret 2026 (Hari Suci Nyepi, Idul Fitri hari pertama, "
                "Idul Fitri hari kedua), Cabang Satu: 3 kewajiban"
            ),
            ["Dahulukan: selesaikan sebelum kantor tutup", "Segera sesudah libur: siapkan sekarang"],
            (
                "Kantor tutup 7 hari. Hari kantor terakhir sebelumnya Selasa, 17 Maret 2026; "
                "buka kembali Rabu, 25 Maret 2026."
            ),
        ),
        (
            "en",
            (
                "Long holiday 18-24 March 2026 (Nyepi (Day of Silence), Eid al-Fitr first day, "
                "Eid al-Fitr second day), Cabang Satu: 3 duties"
            ),
            ["First: do this before offices close", "Right after the holiday: prepare it now"],
            (
                "Offices are closed for 7 days. The last office day before is Tuesday, 17 March 2026; "
                "they open again on Wednesday, 25 March 2026."
            ),
        ),
    ],
)
def test_before_a_long_holiday(
    language: Literal["id", "en"], headline: str, sections: list[str], lead: str
) -> None:
    found = before(before=1, after=2, duties=[ahead(), ahead("2026-03-27")])
    content = before_holiday(found, route(language), ZONE)
    assert (content.headline, content.lead[0]) == (headline, lead)
    assert [item.section for item in content.items] == sections
    assert content.more == 1
    assert len(subject(content, NOW)) <= SUBJECT_LENGTH


def test_a_decreed_holiday_is_no_estimate() -> None:
    assert list(estimate_text(block("2026-03-18"), "id")) == []
    assert len(before_holiday(before(), route("id"), ZONE).lead) == 2


@pytest.mark.parametrize(
    ("language", "estimate", "again"),
    [
        (
            "id",
            "Hari libur ini masih perkiraan: SKB hari libur 2027 belum dimuat.",
            "Bila berubah, daftar ini dikirim lagi.",
        ),
        (
            "en",
            "These days off are an estimate: the holiday decree (SKB) of 2027 is not loaded yet.",
            "If they change, this list comes again.",
        ),
    ],
)
def test_an_estimated_holiday(language: Literal["id", "en"], estimate: str, again: str) -> None:
    assert before_holiday(before("2027-03-08"), route(language), ZONE).lead[2:] == (estimate, again)


def test_days_off_without_a_name() -> None:
    nameless = Block(date(2026, 3, 18), date(2026, 3, 21))
    assert holiday_text(nameless, "id") == "Libur panjang 18-21 Maret 2026"


@pytest.mark.parametrize(
    ("unit", "more", "lead"),
    [
        ("", 0, "1 yang paling mendesak dari 5; 'tracker upcoming' menampilkan semuanya."),
        ("Cabang Satu", 4, "Yang paling mendesak lebih dahulu."),
    ],
)
def test_managers_are_not_sent_to_the_command_line(unit: str, more: int, lead: str) -> None:
    seen = Morning(
        overdue=2, ahead=3, days=7, undelivered=0, decreed_until=2026, soonest=[ahead()], unit=unit
    )
    content = morning_summary(seen, route("id"), ZONE)
    assert (content.more, content.lead[0]) == (more, lead)
    assert ("dan 4 lagi" in mail(content)) == bool(unit)


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_is_a_mail_of_its_kind(language: Literal["id", "en"]) -> None:
    seen = Morning(overdue=0, ahead=1, days=7, undelivered=0, decreed_until=2026, soonest=[ahead()])
    said = [
        morning_summary(seen, route(language), ZONE),
        look_ahead(looking(), route(language), ZONE),
        before_holiday(before(), route(language), ZONE),
    ]
    assert {content.point for content in said} == DIGESTS
    for content in said:
        assert "Perjanjian uji" in mail(content)
        assert content.headline.split()[0] in message(delivery(content), "t@example.org").decode()


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 deadlines"), (1, "1 deadline"), (2, "2 deadlines")],
)
def test_counted(count: int, expected: str) -> None:
    assert counted(count, "tenggat", "deadline", "en") == expected
    assert counted(count, "kewajiban", "duty", "en") == expected.replace("deadlines", "duties").replace(
        "deadline", "duty"
    )
    assert counted(count, "tenggat", "deadline", "id") == f"{count} tenggat"
