"""Ten thousand made-up agreements of fifteen rules, mixed like the four in rules/agreements.

Signing days are spread over 2019-2026 and terms run one to five years. The texts are as long as
real ones, so that files, bodies and rows have realistic sizes. Everything is drawn from the number
of the agreement: two runs measure the same portfolio.
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tracker.events.model import Event

AGREEMENTS = 10_000
RULES_EACH = 15
TODAY = date(2026, 11, 21)
_FIRST_SIGNED, _SIGNED_WITHIN_DAYS = date(2019, 1, 2), 2870
_NOTICES = ("30 days before term end", "3 months before term end", "30 calendar days before term end")
_SUMMARY = {
    "id": "Kirim surat resmi kepada pihak lain dalam tenggat ini, paling lambat diterima pada hari terakhir, "
    "dan simpan bukti terimanya. Diam berarti perjanjian berjalan apa adanya sampai masa berlakunya habis.",
    "en": "Send an official letter to the other party within this time limit, received on the last day at "
    "the latest, and keep proof of receipt. Silence means that the agreement runs on until its term is over.",
}
_CONSEQUENCE = {
    "id": "Naskah tidak menyebut sanksi, tetapi pihak yang terlambat sulit membuktikan haknya.",
    "en": "The text names no sanction, but a late party will find it hard to prove its right.",
}
_QUESTION = {
    "id": "Kapan kedua pihak bertemu untuk membahas hal ini, dan siapa yang menyiapkan naskahnya?",
    "en": "When will both parties meet to discuss this, and who prepares the text?",
}
_CLAUSES = ("JANGKA WAKTU", "PELAKSANAAN", "MONITORING DAN EVALUASI", "KEADAAN MEMAKSA", "SURAT MENYURAT")


def _rules(draw: Random) -> list[dict[str, Any]]:
    notice, other = draw.sample(_NOTICES, 2)
    dues = {
        "agreement-end": "before term end",
        "renewal-notice": notice,
        "end-at-term-notice": other,
        "addendum-deadline": "3 months before term end",
        "termination-notice": "3 months before desired end",
        "force-majeure-notice": f"{draw.choice((7, 14))} calendar days since force-majeure-occurred",
        "force-majeure-review": "30 days since force-majeure-occurred",
        "force-majeure-resume": "undated",
        "monitoring-report": "every semester",
        "evaluation": "every year",
        "contact-change-notice": "14 working days after contact-changed",
        "dispute-settlement": "undated",
        "cost-sharing": "undated",
        "correspondence-form": "standing",
        "confidentiality": "standing",
    }
    triggers = {"force-majeure-resume": "force-majeure-ended", "dispute-settlement": "dispute-arose"}
    return [
        {
            "id": rule,
            "clause": {"number": str(1 + place % len(_CLAUSES)), "ayat": 1 + place % 3},
            "duty": {
                "by": "affected" if rule.startswith("force") else "either",
                "to": "other",
                "act": {
                    "id": f"Menyampaikan pemberitahuan resmi tentang {rule} kepada pihak lain",
                    "en": f"Give the other party an official notice about {rule}",
                },
                "form": ["written"],
            },
            "due": due,
            "if_missed": "none stated",
            "consequence": _CONSEQUENCE,
            "summary": _SUMMARY,
            **({"question": _QUESTION} if due == "undated" else {}),
            **({"trigger": triggers[rule]} if rule in triggers else {}),
        }
        for place, (rule, due) in enumerate(dues.items())
    ]


def _party(name: str, number: int) -> dict[str, Any]:
    contact = {
        "position": f"Kepala Bidang Kepesertaan {name}",
        "email": f"kepala.bidang.{number}@example.go.id",
        "phones": ["(0717) 431415"],
        "address": f"Jalan Jenderal Sudirman Nomor {number % 200}, Pangkalpinang",
    }
    return {"name": name, "kind": "government", "address": "Pangkalpinang", "contacts": [contact]}


def raw(number: int) -> dict[str, Any]:
    """Give one agreement the way a terms file holds it."""
    draw = Random(number)  # noqa: S311 - nothing is secret here
    signed = _FIRST_SIGNED + timedelta(days=draw.randrange(_SIGNED_WITHIN_DAYS))
    return {
        "id": f"pks-{number:05}",
        "title": f"Program Jaminan Sosial Ketenagakerjaan dalam Ekosistem Koperasi dan UKM, bagian {number}",
        "numbers": [f"{number:05}/TKKSD/{signed.year}"],
        "timezone": draw.choice(("Asia/Jakarta", "Asia/Jakarta", "Asia/Makassar")),
        "signed": signed.isoformat(),
        "parties": {
            "kesatu": _party(f"Pemerintah Kabupaten {number % 500}", number),
            "kedua": _party("BPJS Ketenagakerjaan Cabang Pangkalpinang", number + 1),
        },
        "term": {"length": f"{draw.randint(1, 5)} years", "from": "signed"},
        "clauses": [
            {"position": place, "number": str(place), "heading": heading}
            for place, heading in enumerate(_CLAUSES, start=1)
        ],
        "rules": _rules(draw),
    }


def facts(number: int) -> tuple[Event, ...]:
    """Give what has happened: force majeure for one agreement in ten, a new contact for one in five."""
    name = f"pks-{number:05}"
    day = _FIRST_SIGNED + timedelta(days=number * 37 % _SIGNED_WITHIN_DAYS)
    found = []
    if number % 10 == 0:
        found.append(Event(name, "force-majeure-occurred", day, {"party": "kesatu"}))
    if number % 5 == 1:
        found.append(Event(name, "contact-changed", day, {"party": "kedua"}))
    return tuple(found)


def write_files(folder: Path, count: int = AGREEMENTS) -> list[Path]:
    """Write the portfolio as terms files."""
    folder.mkdir()
    for number in range(count):
        text = yaml.dump(raw(number), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
        (folder / f"pks-{number:05}.yaml").write_text(text, encoding="utf-8")
    return sorted(folder.glob("*.yaml"))


class _Dumper(yaml.CSafeDumper):
    """Writes repeated texts out, as terms files do: aliases are not read."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True
