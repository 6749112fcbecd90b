"""Building a mail, beside the standard library and icalendar building the same one whole."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.bench.measure import Contender, forget, median_ratio, rounds_of, verdict
from tests.support.content import PLANNED, alert_content, delivery, list_content
from tests.support.slow_mail import slow_message
from tracker.channels.email.render import message
from tracker.outbox.content import Content
from tracker.outbox.delivery import Delivery

MAILS = 200
BOUND = 1 / 3
SENDER = "Pelacak Tenggat <tracker@example.org>"


class Mails:
    """Mails to be sent, no two with the same ids, address, day or texts; one in ten is a list."""

    def __init__(self, change: Callable[[str], str] = str) -> None:
        self.deliveries = [_mail(number, change) for number in range(MAILS)]
        self.octets = 0

    def contender(self, build: Callable[[Delivery, str], bytes]) -> Contender:
        """Build them all, with nothing kept from the round before but the compiled templates."""

        def run() -> None:
            self.octets = sum(len(build(each, SENDER)) for each in self.deliveries)

        return Contender(run, lambda: self._start(build))

    def _start(self, build: Callable[[Delivery, str], bytes]) -> None:
        forget()
        for first in self.deliveries[:2]:
            build(first, SENDER)
        build(self.deliveries[10], SENDER)


def _mail(number: int, change: Callable[[str], str]) -> Delivery:
    return delivery(
        _content(number, "en" if number % 2 else "id", change),
        address=f"officer-{number}@example.org",
        message_id=f"<alert-{number}@tracker.example.org>",
        thread_id=f"<obligation-{number}@tracker.example.org>",
    )


def _content(number: int, language: str, change: Callable[[str], str]) -> Content:
    if number % 10 == 0:
        return list_content(language, count=8, text=change(f" {number}"))
    plain = alert_content(language, act_by=PLANNED.date() + timedelta(days=number))
    return plain.model_copy(
        update={
            "agreement": f"{plain.agreement}-{number}",
            "agreement_title": change(f"{plain.agreement_title} {number}"),
            "headline": change(f"{plain.headline} {number}"),
            "act": change(f"{plain.act} ({number})"),
            "towards": change(f"{plain.towards} {number}"),
        }
    )


@pytest.mark.bench
@pytest.mark.parametrize("letters", ["ascii", "accents"])
def test_a_mail_beside_the_library_alone(letters: str) -> None:
    mails = Mails(str if letters == "ascii" else lambda text: text.replace("e", "é"))
    assert len({message(each, SENDER) for each in mails.deliveries}) == MAILS
    seconds = rounds_of(5, {"spliced": mails.contender(message), "library": mails.contender(slow_message)})
    rates = ", ".join(f"{name} {MAILS / min(each):,.0f}/s" for name, each in seconds.items())
    found = verdict(
        f"{MAILS} mails ({letters}), spliced / built by the library",
        median_ratio(seconds["spliced"], seconds["library"]),
        BOUND,
        f"{rates}; {mails.octets / MAILS:,.0f} octets a mail",
    )
    assert found.holds, found.line
