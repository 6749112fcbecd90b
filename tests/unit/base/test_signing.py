"""Tokens: for one purpose, until one instant, and only as we wrote them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from tracker.base.errors import SettingsError
from tracker.base.signing import VALID_FOR, Claim, Purpose, Refusal, Tokens, Why

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ALL = tuple(Purpose)
TOKENS = Tokens("k" * 32)
ABOUT, WHO = "kukar-bpjstk-2023/renewal-notice/term-1", "kesatu:kepala-bidang"
TOKEN = TOKENS.write(Purpose.DONE, ABOUT, WHO, NOW)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def why(found: Claim | Refusal) -> Why | None:
    return found.why if isinstance(found, Refusal) else None


def test_a_token_says_what_was_signed() -> None:
    claim = TOKENS.read(TOKEN, ALL, NOW)
    assert isinstance(claim, Claim)
    assert claim[:4] == (Purpose.DONE, ABOUT, WHO, NOW + VALID_FOR)
    assert claim.name not in TOKEN


def test_a_token_may_stand_in_a_link_and_is_short() -> None:
    assert re.fullmatch(r"[\w.-]+", TOKEN, re.ASCII)
    assert len(TOKEN) < 180


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), None),
        (VALID_FOR - timedelta(seconds=1), None),
        (VALID_FOR, Why.EXPIRED),
        (timedelta(days=400), Why.EXPIRED),
    ],
)
def test_its_time_runs_out(after: timedelta, expected: Why | None) -> None:
    assert why(TOKENS.read(TOKEN, ALL, NOW + after)) is expected


def test_an_expired_token_still_says_what_it_was_about() -> None:
    found = TOKENS.read(TOKEN, ALL, NOW + VALID_FOR)
    assert isinstance(found, Refusal)
    assert found.claim is not None
    assert found.claim.about == ABOUT


@pytest.mark.parametrize("written", ALL)
@pytest.mark.parametrize("wanted", ALL)
def test_a_token_for_one_purpose_opens_no_other(written: Purpose, wanted: Purpose) -> None:
    token = TOKENS.write(written, ABOUT, WHO, NOW)
    assert why(TOKENS.read(token, [wanted], NOW)) is (None if written is wanted else Why.FOREIGN)


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_no_character_can_be_changed(place: int) -> None:
    for other in LETTERS:
        changed = TOKEN[:place] + other + TOKEN[place + 1 :]
        if changed != TOKEN:
            assert TOKENS.read(changed, ALL, NOW) == Refusal(Why.UNKNOWN)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "x",
        TOKEN + "=",
        TOKEN + "A",
        "A" + TOKEN,
        TOKEN.replace(".", ".."),
        TOKEN.rpartition(".")[0],
        TOKEN + "\n",
        "é" + TOKEN,
        TOKEN * 30,
        Tokens("l" * 32).write(Purpose.DONE, ABOUT, WHO, NOW),
        Signer("k" * 32, "tracker done").sign(b"W10").decode(),
    ],
)
def test_what_is_not_ours_is_not_known(token: str) -> None:
    assert TOKENS.read(token, ALL, NOW) == Refusal(Why.UNKNOWN)


@given(st.text())
def test_garbage_is_not_known(garbage: str) -> None:
    assert TOKENS.read(garbage, ALL, NOW) == Refusal(Why.UNKNOWN)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXT, TEXT, st.sampled_from(ALL))
def test_whatever_was_signed_is_read_back(about: str, who: str, purpose: Purpose) -> None:
    claim = TOKENS.read(TOKENS.write(purpose, about, who, NOW), ALL, NOW)
    assert isinstance(claim, Claim)
    assert (claim.purpose, claim.about, claim.who) == (purpose, about, who)


def test_each_mail_has_tokens_of_its_own() -> None:
    names = {
        claim.name
        for later in (0, 1)
        for who in (WHO, "kedua:kepala")
        for purpose in ALL
        if isinstance(
            claim := TOKENS.read(TOKENS.write(purpose, ABOUT, who, NOW + timedelta(seconds=later)), ALL, NOW),
            Claim,
        )
    }
    assert len(names) == 2 * 2 * len(ALL)


def test_a_short_key_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"TRACKER_SECRET_KEY has 31 characters.*at least 32.*python3 -c"):
        Tokens("k" * 31)
