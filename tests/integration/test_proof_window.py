"""The window of a wish to end early on the proof page: as of today, or of the day the notice was given."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.agreements import ID, rule
from tests.support.houses import MONDAY, Home, terms_file
from tracker.evidence.store import EvidenceStore
from tracker.proof.service import proof_page

NOTICE = rule("3 months before desired end", "termination-notice")
WISH = {"party": "kesatu", "desired_end": "2027-06-30"}
ONE = {"rule": "termination-notice", "occurrence": "2026-11-23:kesatu"}


@pytest.mark.parametrize("served", [True, False])
def test_the_window_is_judged_on_the_day_of_the_notice(home: Home, tmp_path: Path, *, served: bool) -> None:
    home.load(terms_file(NOTICE))
    home.record("termination-intended", "2026-11-23", **WISH)
    if served:
        home.record("notice-served", "2026-11-23", **ONE)
    later = MONDAY + timedelta(days=200)

    store = EvidenceStore(tmp_path / "evidence")
    page = proof_page(home.db, home.house.context, store, f"{ID}/termination-notice", later, "id")

    assert page.window is not None
    assert page.window.closed_on_safe is not served


def test_a_duty_without_a_wish_has_no_window(home: Home, tmp_path: Path) -> None:
    home.load(terms_file(rule("on 2026-12-31")))
    store = EvidenceStore(tmp_path / "evidence")
    page = proof_page(home.db, home.house.context, store, f"{ID}/duty", MONDAY, "id")
    assert page.window is None
