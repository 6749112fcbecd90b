"""Signing what programs are told, as Standard Webhooks does it. Pure.

The secret of a subscription is made of our key and its id, so that none is kept anywhere. Whoever
receives compares the signature, and refuses what was signed long ago: it may be a repeat by a third.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

_PREFIX = "whsec_"
WINDOW = timedelta(minutes=5)


def secret_of(key: str, webhook: str) -> str:
    """Give the secret of a subscription, by our own key and its id."""
    made = hmac.new(key.encode(), f"tracker webhook {webhook}".encode(), hashlib.sha256).digest()
    return _PREFIX + base64.b64encode(made).decode("ascii")


def headers(secret: str, name: str, body: bytes, at: datetime) -> dict[str, str]:
    """Give the headers that go with a body: its name (for every repeat), the instant, the signature."""
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": name,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{_signature(secret, name, seconds, body)}",
    }


def is_ours(secret: str, given: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Tell whether a body was signed by us, and lately: what a receiver is to check."""
    name, seconds = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not seconds.isdigit() or abs(int(seconds) - now.timestamp()) > WINDOW.total_seconds():
        return False
    wanted = f"v1,{_signature(secret, name, seconds, body)}"
    said = given.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, one) for one in said)


def _signature(secret: str, name: str, seconds: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = hmac.new(key, f"{name}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return base64.b64encode(signed).decode("ascii")
