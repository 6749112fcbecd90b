"""Signed tokens for links: each for one purpose, about one thing, for one reader, until one instant.

A token says in the clear what it is about; the signature says that it was us who wrote it. What a
token may do is told from its signature alone: every purpose signs with a key of its own.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from tracker.base.errors import SettingsError

VALID_FOR = timedelta(days=30)
SHORTEST_KEY = 32
MAKE_A_KEY = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
_LONGEST_TOKEN = 4096
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Purpose(StrEnum):
    """The one thing that a link is for."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    DONE = "done"
    UNSUBSCRIBE = "unsubscribe"


class Claim(NamedTuple):
    """What a token of ours says."""

    purpose: Purpose
    about: str
    """The key of an obligation, or the name of a digest."""
    who: str
    """The key of a contact, or channel:address."""
    expires: datetime
    name: str
    """Tells one token from every other without giving it away: fit for logs and once-only keys."""


class Why(StrEnum):
    """Why a token is refused."""

    UNKNOWN = "unknown"
    """We did not sign it, or something was changed on the way."""
    FOREIGN = "foreign"
    """We signed it, for another purpose."""
    EXPIRED = "expired"


class Refusal(NamedTuple):
    """A token that opens nothing; what it says is given only where its time is over."""

    why: Why
    claim: Claim | None = None


class Tokens:
    """Writes and reads tokens under one secret key."""

    def __init__(self, key: str) -> None:
        """Take the key; SettingsError where it is too short to be a secret."""
        if len(key) < SHORTEST_KEY:
            raise SettingsError(
                f"TRACKER_SECRET_KEY has {len(key)} characters, expected at least {SHORTEST_KEY}; "
                + MAKE_A_KEY
            )
        self._signers = {purpose: _signer(key, purpose) for purpose in Purpose}

    def write(
        self, purpose: Purpose, about: str, who: str, now: datetime, valid_for: timedelta = VALID_FOR
    ) -> str:
        """Sign a token: short, and every character of it may stand in a URL."""
        expires = int((now + valid_for).timestamp())
        said = _ENCODER.encode([about, who, expires])
        return self._signers[purpose].sign(base64_encode(said)).decode("ascii")

    def read(self, token: str, purposes: Collection[Purpose], now: datetime) -> Claim | Refusal:
        """Tell what a token says, or why it opens nothing here."""
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return Refusal(Why.UNKNOWN)
        for purpose, signer in self._signers.items():
            said = _signed(signer, token.encode("ascii"))
            if said is None:
                continue
            if purpose not in purposes:
                return Refusal(Why.FOREIGN)
            claim = _claim(purpose, said)
            return claim if now < claim.expires else Refusal(Why.EXPIRED, claim)
        return Refusal(Why.UNKNOWN)


def _signer(key: str, purpose: Purpose) -> Signer:
    derived = Signer(key, f"tracker {purpose}", key_derivation="hmac", digest_method=hashlib.sha256)
    # Derived once: doing it for every token takes as long as signing.
    return Signer(derived.derive_key(), key_derivation="none", digest_method=hashlib.sha256)


def _signed(signer: Signer, token: bytes) -> bytes | None:
    try:
        said = signer.unsign(token)
    except BadData:
        return None
    # The last character of a signature has bits to spare: only one way of writing it is ours.
    return said if signer.sign(said) == token else None


def _claim(purpose: Purpose, said: bytes) -> Claim:
    about, who, expires = json.loads(base64_decode(said))
    name = hashlib.sha256(purpose.encode() + b" " + said).hexdigest()[:32]
    return Claim(purpose, about, who, datetime.fromtimestamp(expires, UTC), name)
