"""All forms, by the names under which buttons and commands ask for them. Pure."""

from collections.abc import Mapping

from tracker.bot.forms.acknowledge import ACKNOWLEDGE
from tracker.bot.forms.done import DONE
from tracker.bot.forms.force_majeure import FORCE_MAJEURE
from tracker.bot.forms.form import Form
from tracker.bot.forms.officer import OFFICER
from tracker.bot.forms.snooze import SNOOZE
from tracker.bot.forms.waive import WAIVE

FORMS: Mapping[str, Form] = {
    form.name: form for form in (ACKNOWLEDGE, SNOOZE, DONE, WAIVE, FORCE_MAJEURE, OFFICER)
}
ABOUT_AN_AGREEMENT = frozenset({FORCE_MAJEURE.name, OFFICER.name})
