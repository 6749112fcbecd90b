"""Secrets that somebody holds and we know only the digest of. Pure but for the dice."""

import hashlib
import hmac
import secrets

_BYTES = 32


def make() -> str:
    """Make a secret; every character of it may stand in a URL and in a cookie."""
    return secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """Give what is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def stamp(secret: str, purpose: str) -> str:
    """Give what only the holder of a secret can show in a form, without giving the secret away."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare without telling by the time it takes."""
    return hmac.compare_digest(one.encode(), other.encode())
