"""Where a page begins, as one opaque word. Pure."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

LONGEST = 800


def written(*parts: str) -> str:
    """Write what a page begins after."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode("ascii")


def read(word: str, parts: int) -> Sequence[str] | None:
    """Read what a page begins after; None where we did not write it."""
    try:
        found = json.loads(urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or len(found) != parts:
        return None
    texts = [each for each in found if isinstance(each, str) and each.isprintable()]
    return texts if len(texts) == parts and written(*texts) == word else None
