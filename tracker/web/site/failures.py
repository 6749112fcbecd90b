"""Why a message did not arrive, in plain words, out of what a server answered. Pure."""

import re
from collections.abc import Sequence

Pair = tuple[str, str]
_WHY: Sequence[tuple[re.Pattern[str], Pair]] = tuple(
    (re.compile(pattern, re.IGNORECASE), pair)
    for pattern, pair in (
        (
            r"blocked by the user|bot was blocked|bot was kicked",
            ("penerima memblokir bot", "the recipient has blocked the bot"),
        ),
        (r"chat not found", ("obrolan Telegram itu tidak ada", "there is no such Telegram chat")),
        (r"deactivated", ("akun Telegram itu sudah tidak ada", "the Telegram account is gone")),
        (
            (
                r"\b5\.1\.[0-36]\b|user unknown|unknown user|no such (user|recipient|mailbox)|does not exist|"
                r"mailbox unavailable|recipient (address )?rejected|is not an email address"
            ),
            ("alamat itu tidak dikenal server penerima", "the recipient's server does not know the address"),
        ),
        (
            r"\b[45]\.2\.2\b|over quota|quota exceeded|mailbox (is )?full|insufficient storage",
            ("kotak surat penerima penuh", "the recipient's mailbox is full"),
        ),
        (
            r"greylist|graylist|\b4\.7\.1\b.*(later|again)",
            (
                "server penerima minta dicoba lagi nanti; ini biasa",
                "the recipient's server asks to try again later; this is usual",
            ),
        ),
        (
            r"authenticat|\b535\b|credentials|unauthorized|invalid token",
            ("server menolak kata sandi atau token kita", "the server refuses our password or token"),
        ),
        (
            r"certificate|\btls\b|\bssl\b",
            ("sambungan aman ke server gagal", "no secure connection to the server comes about"),
        ),
        (
            r"too many requests|retry after|flood|rate limit|\b4\.7\.\d+\b.*rate|too many",
            (
                "terlalu banyak pesan sekaligus; server minta jeda",
                "too many at once; the server asks for a pause",
            ),
        ),
        (
            r"spam|blacklist|blocklist|\b5\.7\.\d+\b|policy|reputation|listed at",
            (
                "server penerima menganggapnya spam atau melarangnya",
                "the recipient's server takes it for spam",
            ),
        ),
        (
            r"timed? ?out|timeout|no answer",
            ("server tidak menjawab pada waktunya", "the server did not answer in time"),
        ),
        (
            (
                r"refused|unreachable|getaddrinfo|name or service|no route|not known|cannot connect|"
                r"closed the connection|connection (lost|reset)|\b421\b|network"
            ),
            ("server tidak dapat dihubungi", "the server cannot be reached"),
        ),
        (
            r"too (large|big|long)|size limit|\b552\b",
            ("pesannya terlalu besar bagi server penerima", "the message is too large for the server"),
        ),
        (r"cannot write", ("folder surat tidak dapat ditulisi", "the mail folder cannot be written to")),
        (r"^4\d\d\b", ("server belum mau menerimanya sekarang", "the server does not take it now")),
        (r"^5\d\d\b", ("server penerima menolaknya", "the recipient's server refuses it")),
    )
)


def why_text(answer: str, language: str) -> str:
    """Say what an answer means; empty where nobody has words for it."""
    return next((pair[language == "en"] for pattern, pair in _WHY if pattern.search(answer)), "")
