"""How questions are offered and answers read that several forms share. Pure."""

from datetime import date, timedelta

from tracker.bot.days import day_in
from tracker.bot.forms.form import Matter, Offer, Option, Read, Wrong
from tracker.events.model import Event

LONGEST_TEXT = 300
_ONE_DAY = timedelta(days=1)


def nothing(matter: Matter) -> list[Option]:
    """Offer no button: the answer must be written."""
    del matter
    return []


def skip(matter: Matter) -> list[Option]:
    """Offer to give no answer."""
    return [Option(matter.say("Lewati", "Skip"), "")]


def recent(matter: Matter) -> list[Option]:
    """Offer today and yesterday."""
    yesterday = matter.today - _ONE_DAY
    return [
        Option(matter.say("Hari ini", "Today"), matter.today.isoformat()),
        Option(matter.say("Kemarin", "Yesterday"), yesterday.isoformat()),
    ]


def words(matter: Matter, text: str) -> str | Wrong:
    """Read a short text, maybe empty."""
    flat = " ".join(text.split())
    if len(flat) <= LONGEST_TEXT:
        return flat
    return Wrong(matter.say(f"Paling panjang {LONGEST_TEXT} huruf.", f"At most {LONGEST_TEXT} letters."))


def some_words(matter: Matter, text: str) -> str | Wrong:
    """Read a short text that may not be empty."""
    found = words(matter, text)
    return found or Wrong(matter.say("Tulis beberapa kata.", "Write a few words."))


def past_day(matter: Matter, text: str) -> str | Wrong:
    """Read a day up to today."""
    day = day_in(text)
    if day is None:
        return no_day(matter)
    if day > matter.today:
        return Wrong(matter.say("Hari itu belum tiba.", "That day has not come yet."))
    return day.isoformat()


def no_day(matter: Matter) -> Wrong:
    """Say that a text is no day."""
    return Wrong(matter.say("Tulis tanggalnya, misalnya 30/11/2026.", "Write the day, such as 30/11/2026."))


def one_of(offer: Offer) -> Read:
    """Make what reads the answer of one of the buttons."""

    def read(matter: Matter, text: str) -> str | Wrong:
        return text if text in [option.value for option in offer(matter)] else not_offered(matter)

    return read


def not_offered(matter: Matter) -> Wrong:
    """Say that an answer is none of the buttons'."""
    return Wrong(matter.say("Pilih salah satu tombol.", "Choose one of the buttons."))


def party_name(matter: Matter, party: str) -> str:
    """Name a party shortly."""
    found = matter.agreement.parties[party]
    return found.short or found.name


def given(matter: Matter, *names: str) -> dict[str, str]:
    """Give those of some answers that are not empty."""
    return {name: matter.given[name] for name in names if matter.given.get(name)}


def about_duty(matter: Matter, kind: str, day: date, **details: str) -> Event:
    """Make a fact about the duty of a matter."""
    one = matter.shown.obligation
    said = {name: text for name, text in details.items() if text}
    return Event(one.agreement, kind, day, {"rule": one.rule.id, "occurrence": one.occurrence, **said})
