"""Agreements as values: what plain text stands for, and that JSON gives the same agreement back."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.agreements import PARTIES, agreement, pin, repository_terms, rule
from tracker.terms.grammar import Anchor, AnchorKind, Counted, Every, Period, Recurring, Side, Unit
from tracker.terms.model import Agreement
from tracker.terms.people import Contact
from tracker.terms.pins import AXIS_CHOICES, Axis
from tracker.terms.words import Clause, Words


def again(terms: Agreement) -> Agreement:
    return Agreement.model_validate_json(terms.model_dump_json(by_alias=True))


def test_json_gives_the_same_agreement_back() -> None:
    terms = agreement(
        rule(
            "30 days before term end",
            "a",
            duty={"by": "either", "to": "other", "act": {"id": "Memberi", "en": "Give"}},
        ),
        rule("every month due day 10 of the following month", "b", pins=[pin("week", "mon-sat")]),
        rule("standing", "c", basis="law", law="PP 44/2015 pasal 21"),
        term={"length": "17 months", "from": "2023-01", "clause": {"number": "5", "position": 6}},
        signed={
            "date": "2025-04-29",
            "readings": [{"date": "2025-04-09", "why": {"id": "Angka", "en": "Digits"}}],
        },
    )
    assert again(terms) == terms


def test_words_given_in_one_language_come_back_from_json() -> None:
    terms = agreement(rule("undated", summary="Ringkasan"))
    assert again(terms) == terms


@pytest.mark.parametrize("name", sorted(repository_terms()))
def test_the_repositorys_agreements_come_back_from_json(name: str) -> None:
    terms = repository_terms()[name].agreement
    assert again(terms) == terms


COUNTED = st.builds(
    Counted,
    st.builds(Period, st.integers(1, 90), st.sampled_from(Unit)),
    st.sampled_from(Side),
    st.sampled_from([AnchorKind.TERM_END, AnchorKind.DESIRED_END, AnchorKind.SIGNING]).map(Anchor),
)
DUES = st.one_of(COUNTED, st.builds(Recurring, st.sampled_from(Every), st.none() | st.integers(1, 31))).map(
    str
)
WORDS = st.text(alphabet="abc é", min_size=1, max_size=9).filter(str.strip)
BOTH = st.fixed_dictionaries({"id": WORDS, "en": WORDS})
PINS = st.sampled_from([pin(axis, name) for axis, names in AXIS_CHOICES.items() for name in names])
RULES = st.fixed_dictionaries(
    {"due": DUES, "duty": st.just({"by": "kesatu", "to": ["kedua", "other"]})},
    optional={
        "summary": BOTH,
        "question": BOTH,
        "pins": st.lists(PINS, max_size=2),
        "optional": st.booleans(),
    },
)
TERMS = st.sampled_from(
    [
        {"length": "5 years", "from": "signed"},
        {"length": "17 months", "from": "2023-01"},
        {"length": "90 days", "from": "2025-05-01"},
        {"from": "2024-11-24", "to": "2024-12-31"},
    ]
)


@given(st.lists(RULES, max_size=4), TERMS, st.dates(date(2000, 1, 1), date(2100, 1, 1)), WORDS)
def test_any_agreement_comes_back_from_json(
    rules: list[dict[str, Any]], term: dict[str, Any], signed: date, title: str
) -> None:
    numbered = [
        {"id": f"rule-{n}"} | {**each, "pins": [*each.get("pins", [])][:1]} for n, each in enumerate(rules)
    ]
    terms = agreement(*numbered, term=term, signed=signed.isoformat(), title=title)
    assert again(terms) == terms
    assert json.loads(terms.model_dump_json(by_alias=True))["signed"]["date"] == signed.isoformat()


def test_plain_text_stands_for_indonesian_words() -> None:
    assert Words.model_validate("Melapor") == Words(id="Melapor")
    assert Words(id="Melapor").in_language("en") == "Melapor"
    assert Words(id="Melapor", en="Report").in_language("en") == "Report"
    assert Words(id="Melapor", en="Report").in_language("id") == "Melapor"


def test_a_plain_date_stands_for_an_uncontested_signing() -> None:
    assert agreement(signed="2025-04-29").signed.day == date(2025, 4, 29)
    assert agreement(signed="2025-04-29").signed.readings == ()


def test_one_addressee_stands_for_a_list() -> None:
    assert agreement("standing").rules[0].duty.to == ("other",)


@pytest.mark.parametrize(
    ("due", "event", "chained"),
    [
        ("3 days after handover", "handover", None),
        ("3 months before desired end", "termination-intended", None),
        ("3 days before term end", None, None),
        ("3 days after other due", None, "other"),
        ("3 days after other fulfilled", None, "other"),
        ("every month", None, None),
        ("undated", None, None),
    ],
)
def test_what_a_rule_waits_for(due: str, event: str | None, chained: str | None) -> None:
    (found,) = agreement(due).rules
    assert found.trigger_event == event
    assert found.chained_to == chained


def test_an_undated_rule_waits_for_its_trigger() -> None:
    assert agreement(rule("undated", trigger="handover")).rules[0].trigger_event == "handover"


def test_a_contact_serves_from_its_first_to_its_last_day() -> None:
    contact = Contact(position="Kepala Bidang IV", since=date(2025, 1, 1), until=date(2025, 6, 30))
    assert contact.key == "kepala-bidang-iv"
    assert Contact(position="x", id="officer").key == "officer"
    served = ["2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01"]
    assert [contact.serves_on(date.fromisoformat(day)) for day in served] == [False, True, True, False]
    assert Contact(position="x").serves_on(date(2025, 1, 1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"number": "9"}, {"number": "9"}, True),
        ({"number": "9"}, {"number": "8"}, False),
        ({"number": 9}, {"number": "9"}, True),
        ({"number": "9", "position": 7}, {"number": "9"}, True),
        ({"number": "9", "position": 7}, {"number": "9", "position": 9}, False),
        ({"number": "9", "heading": "a"}, {"number": "9", "heading": "b"}, False),
        ({"number": "9", "ayat": 1}, {"number": "9", "ayat": 2}, True),
    ],
)
def test_whether_two_references_name_one_article(
    one: dict[str, Any], other: dict[str, Any], *, same: bool
) -> None:
    left, right = Clause.model_validate(one), Clause.model_validate(other)
    assert left.same_article(right) is same
    assert right.same_article(left) is same


def test_contacts_come_with_their_party() -> None:
    assert [(party, contact.key) for party, contact in agreement().contacts()] == [
        ("kesatu", "kepala-bidang-satu")
    ]
    assert agreement(timezone="Asia/Makassar").zone.key == "Asia/Makassar"


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError):
        agreement().title = "x"  # type: ignore[misc]


def test_fewer_than_two_parties_make_no_agreement() -> None:
    with pytest.raises(ValidationError):
        agreement(parties={"kesatu": PARTIES["kesatu"]})


def test_every_axis_but_the_signing_can_be_pinned() -> None:
    assert set(AXIS_CHOICES) == set(Axis)
    assert [axis for axis, choices in AXIS_CHOICES.items() if not choices] == [Axis.SIGNED]
