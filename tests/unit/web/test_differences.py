from typing import Any

import pytest

from tests.support.agreements import agreement, rule
from tracker.web.site.differences import differences

REPORT = rule("on 2026-12-18", id="report", duty={"by": "kesatu", "to": "kedua", "act": "Kirim laporan"})
LATER = {**REPORT, "due": "on 2027-01-11"}
OTHER = rule("every semester", id="other")
CONTACT = {"id": "a", "position": "Kepala", "email": "a@example.org"}
NEW = {"id": "b", "position": "Wakil", "email": "b@example.org"}


def parties(*contacts: dict[str, Any]) -> dict[str, Any]:
    return {"kesatu": {"name": "Satu", "contacts": list(contacts)}, "kedua": {"name": "Dua"}}


def marked(parts: Any) -> str:
    return " ".join(f"[{part.text}]" if part.changed else part.text for part in parts)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (agreement(REPORT), agreement(REPORT), []),
        (
            agreement(REPORT),
            agreement(LATER),
            [("Aturan", "Kirim laporan", "changed", "Tenggat", "Desember 2026", "Januari 2027")],
        ),
        (
            agreement(REPORT),
            agreement(REPORT, OTHER),
            [("Aturan", "other", "added", "Yang dikerjakan", "", "other")],
        ),
        (
            agreement(REPORT, OTHER),
            agreement(REPORT),
            [("Aturan", "other", "removed", "Yang dikerjakan", "other", "")],
        ),
        (
            agreement(REPORT, title="Kerja sama lama"),
            agreement(REPORT, title="Kerja sama baru"),
            [("Naskah", "Ketentuan umum", "changed", "Judul", "[lama]", "[baru]")],
        ),
        (
            agreement(REPORT, parties=parties(CONTACT)),
            agreement(REPORT, parties=parties(CONTACT, NEW)),
            [("Narahubung", "Wakil (Satu)", "added", "Jabatan", "", "[Wakil]")],
        ),
        (
            agreement(REPORT, term={"length": "2 years", "from": "signed"}),
            agreement(REPORT, term={"from": "signed", "to": "2027-12-31"}),
            [("Naskah", "Ketentuan umum", "changed", "Jangka waktu", "[2 tahun]", "")],
        ),
    ],
)
def test_what_differs_is_said_in_words(before: Any, after: Any, expected: list[tuple[str, ...]]) -> None:
    found = [
        (section.name, thing.name, thing.look, line.name, marked(line.before), marked(line.after))
        for section in differences(before, after, "id")
        for thing in section.things
        for line in thing.lines[:1]
    ]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one[:4] == other[:4]
        assert other[4].strip("[]") in one[4].replace("[", "").replace("]", "")
        assert other[5].strip("[]") in one[5].replace("[", "").replace("]", "")


def test_an_addendum_tells_its_rules_and_long_texts_are_shown_whole() -> None:
    addendum = {"signed": "2026-01-01", "in_force_from": "2026-02-01", "rules": [LATER], "removed": ["other"]}
    changed = agreement(REPORT, OTHER, addenda=[addendum])
    (section,) = differences(agreement(REPORT, OTHER), changed, "en")
    (thing,) = section.things
    assert (section.name, thing.look) == ("Addenda", "added")
    said = {line.name: marked(line.after) for line in thing.lines}
    assert "11 January 2027" in said["Rule report"]
    assert said["Rules that go"] == "[other]"
    one, other = (agreement({**REPORT, "summary": " ".join(words)}) for words in (["a"] * 500, ["b"] * 500))
    (section,) = differences(one, other, "en")
    (line,) = section.things[0].lines
    assert len(line.before) == len(line.after) == 1
