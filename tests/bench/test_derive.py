"""Deriving every reading, beside a bare loop that computes one date a rule."""

import dataclasses
from datetime import date
from itertools import cycle, islice

import pytest
from dateutil.relativedelta import relativedelta

from tests.bench.measure import Contender, best_of, forget, verdict
from tests.bench.portfolio import AGREEMENTS, RULES_EACH, facts, raw
from tests.support.agreements import calendar
from tracker.calendars.model import Calendar
from tracker.events.model import Event
from tracker.obligations.derive import derive
from tracker.terms.model import Agreement

BOUND = 10
PERIODS = (relativedelta(days=-30), relativedelta(months=-3), relativedelta(days=14), relativedelta(months=6))


class Portfolio:
    """Agreements with their facts, and the calendar; counts what was derived."""

    def __init__(self) -> None:
        self.agreements = [Agreement.model_validate(raw(number)) for number in range(AGREEMENTS)]
        self.facts: list[tuple[Event, ...]] = [facts(number) for number in range(AGREEMENTS)]
        self.calendar: Calendar = calendar()
        self.obligations = self.readings = 0

    def start_cold(self) -> None:
        """Forget what was computed, in the calendar too."""
        forget()
        self.calendar = dataclasses.replace(calendar())

    def derive(self) -> None:
        """Derive every obligation of the whole term."""
        self.obligations = self.readings = 0
        for agreement, happened in zip(self.agreements, self.facts, strict=True):
            for obligation in derive(agreement, self.calendar, happened).obligations:
                self.obligations += 1
                self.readings += len(obligation.deadline.readings) if obligation.deadline else 0

    def bare_loop(self) -> date:
        """Compute one date a rule, with nothing around it."""
        found = date.min
        periods = list(islice(cycle(PERIODS), RULES_EACH))
        for agreement in self.agreements:
            signed = agreement.signed.day
            for period in periods:
                found = signed + period
        return found


@pytest.mark.bench
def test_deriving_beside_a_bare_loop_of_dates() -> None:
    portfolio = Portfolio()
    assert sum(len(agreement.rules) for agreement in portfolio.agreements) == AGREEMENTS * RULES_EACH
    best = best_of(
        7,
        {
            "cold": Contender(portfolio.derive, portfolio.start_cold),
            "warm": Contender(portfolio.derive),
            "bare": Contender(portfolio.bare_loop),
        },
    )
    cold, warm, bare = best["cold"], best["warm"], best["bare"]
    found = verdict(
        f"derive {AGREEMENTS:,} agreements of {RULES_EACH} rules / one date a rule",
        cold / bare,
        BOUND,
        f"cold {cold:.2f} s ({AGREEMENTS / cold:,.0f} agreements/s), warm {warm:.2f} s "
        f"({warm / bare:.3g} times, {AGREEMENTS / warm:,.0f}/s), bare loop {bare:.2f} s; "
        f"{portfolio.obligations:,} obligations with {portfolio.readings:,} readings",
    )
    assert found.holds, found.line
