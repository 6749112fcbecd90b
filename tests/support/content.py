"""Alerts to send: the renewal notice of the fourth agreement, with whatever a test changes in it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tracker.outbox.content import AlertContent, Content, ListContent, ListItem
from tracker.outbox.delivery import Delivery

PLANNED = datetime(2025, 1, 10, 1, 0, tzinfo=UTC)
"""08:00 WIB, 14 days before `act_by`."""
NASTY = '<b>&"'

_SHARED: dict[str, Any] = {
    "timezone": "Asia/Jakarta",
    "agreement": "kemenko-pmk-kemnaker-2023",
    "agreement_title": "Pemanfaatan Data Pensasaran Percepatan Penghapusan Kemiskinan Ekstrem "
    "untuk Program Jaminan Sosial Ketenagakerjaan",
    "agreement_numbers": ("003/PKS/DEP.1/KEMENKO/PMK/02/2023",),
    "rule": "renewal-notice",
    "occurrence": "2025-02-27",
    "point": "T-14",
    "planned_for": PLANNED,
    "act_by": date(2025, 1, 24),
    "safe": date(2025, 1, 27),
    "likely": date(2025, 1, 28),
    "strictest": date(2025, 1, 16),
    "latest": date(2025, 1, 30),
}
_TEXTS: dict[str, dict[str, Any]] = {
    "id": {
        "recipient": "Asisten Deputi Jaminan Sosial, PIHAK KESATU (Kemenko PMK)",
        "headline": "Beri tahu keinginan memperpanjang atau mengakhiri",
        "act": "Beri tahu pihak lain secara tertulis apakah perjanjian ini akan diperpanjang atau diakhiri. "
        "Surat harus sudah diterima selambatnya pada tanggal ini.",
        "towards": "PIHAK KEDUA (Kementerian Ketenagakerjaan)",
        "form": "tertulis",
        "clause": "Pasal 8 ayat (2)",
        "cost": "perjanjian berakhir dengan sendirinya pada akhir jangka waktu",
        "why": (
            (
                "Perjanjian berlaku dua tahun sejak 28 Februari 2023, dan pemberitahuan disampaikan 30 hari "
                "kalender sebelum berakhir. Cara hitung yang paling mungkin memberi 28 Januari 2025; "
                "cara hitung yang lebih ketat memberi 27 Januari 2025, dan itu yang dipakai."
            ),
            (
                "27 Januari 2025 hari libur (Isra Mikraj) dan sebelumnya akhir pekan, jadi tenggat "
                "dimajukan ke Jumat, 24 Januari 2025."
            ),
        ),
    },
    "en": {
        "recipient": "Assistant Deputy for Social Security, first party (Kemenko PMK)",
        "headline": "Say whether to renew or to end the agreement",
        "act": "Tell the other party in writing whether the agreement shall be renewed or ended. "
        "The notice must have arrived by the deadline.",
        "towards": "second party (Ministry of Manpower)",
        "form": "in writing",
        "clause": "Article 8 paragraph (2)",
        "cost": "the agreement ends by itself at the end of its term",
        "why": (
            (
                "The agreement runs for two years from 28 February 2023; notice is due 30 calendar days "
                "before it ends. The most likely count gives 28 January 2025, a stricter one 27 January."
            ),
            "27 January 2025 is a public holiday, so the deadline moves back to Friday, 24 January 2025.",
        ),
    },
}


def alert_content(language: str = "id", **changes: Any) -> AlertContent:
    """Make the renewal notice in one language; keyword arguments replace fields."""
    return AlertContent.model_validate(_SHARED | {"language": language} | _TEXTS[language] | changes)


def nasty_content(language: str = "id", **changes: Any) -> AlertContent:
    """Make an alert whose every text holds characters that mean something in HTML."""
    plain = alert_content(language)
    texts = {name: f"{name} {NASTY}" for name in TEXT_FIELDS}
    lists = {name: (f"{name} {NASTY}",) for name in ("agreement_numbers", "why", "notes")}
    return plain.model_copy(update=texts | lists | changes)


TEXT_FIELDS = (
    "agreement",
    "agreement_title",
    "rule",
    "occurrence",
    "recipient",
    "headline",
    "act",
    "towards",
    "form",
    "clause",
    "cost",
)


def list_content(language: str = "id", count: int = 3, text: str = "", **changes: Any) -> ListContent:
    """Make a hand-over list: one duty a day, the first one overdue, and one without a date.

    `text` is put into every text that a person wrote.
    """
    first = date(2025, 1, 9)
    items = [
        ListItem(
            obligation=f"kemenko-pmk-kemnaker-2023/duty-{number}/term-1",
            act_by=first + timedelta(days=number) if number < count - 1 else None,
            headline=f"Serahkan laporan {number}{text}",
            towards=f"Kemnaker{text}",
            clause=f"Pasal {number + 1}{text}",
            cost=f"tanggung jawab atas kerugian{text}",
        )
        for number in range(count)
    ]
    fields: dict[str, Any] = {
        "language": language,
        "timezone": "Asia/Jakarta",
        "agreement": "kemenko-pmk-kemnaker-2023",
        "agreement_title": f"Pemanfaatan Data Sasaran{text}",
        "point": "hand-over",
        "recipient": f"Siti Rahma{text}",
        "headline": f"Serah terima: {count} kewajiban terbuka{text}",
        "lead": (f"Mulai 10 Januari 2025 Anda menjadi narahubung.{text}",),
        "items": tuple(items),
        "notes": (f"Diambil alih.{text}",),
    }
    return ListContent.model_validate(fields | changes)


def delivery(content: Content | None = None, **changes: Any) -> Delivery:
    """Make a delivery of the notice, planned and sent at the same instant."""
    fields: dict[str, Any] = {
        "alert_key": "kemenko-pmk-kemnaker-2023/renewal-notice/2025-02-27/T-14/p3ke/email",
        "channel": "email",
        "address": "officer@example.org",
        "message_id": "<alert-1@tracker.example.org>",
        "thread_id": "<obligation-1@tracker.example.org>",
        "content": content or alert_content(),
        "now": PLANNED,
        "contact": "kesatu:p3ke",
    }
    return Delivery(**(fields | changes))


def numbered(number: int) -> Delivery:
    """Make a delivery that is told from others by its number."""
    return delivery(message_id=f"<alert-{number}@tracker.example.org>", address=f"a{number}@example.org")
