"""What an answer of a mail server, or its silence, means: which kind of failure it is."""

import re

import aiosmtplib

from tracker.channels.causes import has_tls_error
from tracker.outbox.delivery import Failure

CLOSING = 421
_LOGIN_REQUIRED = 530
_TOO_BIG = 552
_NOT_UNDERSTOOD = frozenset({500, 502, 503})
_NO_RELAY = re.compile(
    r"\brelay(?:ing)?\b(?![.-]).{0,20}\b(?:denied|not|prohibited|disallowed|refused)\b"
    r"|(?:\bnot|n't|\bunable to|\bcannot|\brefuse\w* to)\s(?:\w+\s){0,2}relay\b"
    r"|\brcpthosts\b",
    re.IGNORECASE | re.DOTALL,
)
# Many servers refuse who we are only when they hear of a recipient.
_ABOUT_US = re.compile(
    r"\b5\.1\.[78]\b|\bclient host\b|\bsender (?:address )?(?:rejected|verif)|\bhelo command\b"
    r"|authentication required|\bauth\w*\b.{0,20}\bfirst\b|unauthenticated|\bblocked using\b",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT_THE_MAILBOX = re.compile(r"5\.(?:1\.\d+|2\.[0-2])\b")


def at_connecting(error: Exception, login_refusal: aiosmtplib.SMTPResponse | None) -> Failure:
    """Say why no connection came about; no message is to blame."""
    if login_refusal is not None:
        return Failure.SETUP if login_refusal.code >= 500 else Failure.UNREACHABLE
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _refused_connection(error)
    if has_tls_error(error):
        return Failure.TLS
    if type(error) is aiosmtplib.SMTPException:
        # The server does not offer what the settings ask for.
        return Failure.TLS if "STARTTLS extension" in str(error) else Failure.SETUP
    return Failure.SETUP if isinstance(error, ValueError) else Failure.UNREACHABLE


def at_sender(code: int, answer: str) -> Failure:
    """Say what a refusal of MAIL means."""
    # The size of the message is announced here.
    return _kind(code, answer, Failure.MESSAGE if code == _TOO_BIG else Failure.SETUP)


def at_recipient(code: int, answer: str) -> Failure:
    """Say what a refusal of RCPT means."""
    return _kind(code, answer, Failure.ADDRESS)


def at_message(code: int, answer: str, *, body_sent: bool) -> Failure:
    """Say what a refusal of DATA or of the body means."""
    # Some servers look for the mailbox only now.
    for_good = Failure.ADDRESS if _ABOUT_THE_MAILBOX.match(answer) else Failure.MESSAGE
    return _kind(code, answer, for_good, Failure.UNCLEAR if body_sent else Failure.BROKEN_OFF)


def is_hung_up(error: Exception) -> bool:
    """Say whether the server closed the connection."""
    closes = isinstance(error, aiosmtplib.SMTPResponseException) and error.code == CLOSING
    return closes or isinstance(error, ConnectionError)


def _kind(code: int, answer: str, for_good: Failure, nonsense: Failure = Failure.BROKEN_OFF) -> Failure:
    if code == CLOSING:
        return Failure.UNREACHABLE
    if not 400 <= code <= 599:
        return nonsense
    # These blame us, not the address: no contact becomes doubtful for a missing login.
    if code == _LOGIN_REQUIRED or _NO_RELAY.search(answer):
        return Failure.SETUP
    if code < 500:
        return Failure.BUSY
    if _ABOUT_US.search(answer):
        return Failure.SETUP
    return Failure.BROKEN_OFF if code in _NOT_UNDERSTOOD else for_good


def _refused_connection(error: aiosmtplib.SMTPResponseException) -> Failure:
    if not 400 <= error.code <= 599:
        return Failure.BROKEN_OFF
    if error.code == CLOSING or isinstance(error, aiosmtplib.SMTPConnectResponseError):
        return Failure.UNREACHABLE
    if isinstance(error, aiosmtplib.SMTPHeloError | aiosmtplib.SMTPAuthenticationError):
        return Failure.SETUP if error.code >= 500 else Failure.UNREACHABLE
    return Failure.TLS
