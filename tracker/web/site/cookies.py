"""The three cookies: who has signed in, which browser asked for a link, which language it reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from tracker.accounts import sessions

_SECRET = re.compile(r"[A-Za-z0-9_-]{20,100}")
_BROWSER_LASTS = timedelta(hours=12)
_LANGUAGE_LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and sets cookies; no script can read them, and over HTTPS only HTTPS carries them."""

    secure: bool
    path: str = "/"

    @property
    def _prefix(self) -> str:
        # Browsers take a __Host- cookie from nobody but this very host, over HTTPS.
        return "__Host-tracker" if self.secure and self.path == "/" else "tracker"

    def session(self, cookies: Mapping[str, str]) -> str:
        """Give the secret of the session; empty where there is none."""
        return _secret(cookies.get(f"{self._prefix}-session", ""))

    def browser(self, cookies: Mapping[str, str]) -> str:
        """Give the secret of the browser; empty where it has none yet."""
        return _secret(cookies.get(f"{self._prefix}-browser", ""))

    def language(self, cookies: Mapping[str, str]) -> str:
        """Give the language that was chosen; empty where none was."""
        found = cookies.get(f"{self._prefix}-language", "")
        return found if found in {"id", "en"} else ""

    def set_session(self, answer: Response, secret: str) -> None:
        """Sign a browser in."""
        self._set(answer, "session", secret, sessions.LASTS)

    def set_browser(self, answer: Response, secret: str) -> None:
        """Tell this browser from every other."""
        self._set(answer, "browser", secret, _BROWSER_LASTS)

    def set_language(self, answer: Response, language: str) -> None:
        """Note the language."""
        self._set(answer, "language", language, _LANGUAGE_LASTS)

    def forget(self, answer: Response) -> None:
        """Sign a browser out."""
        for name in ("session", "browser"):
            answer.delete_cookie(
                f"{self._prefix}-{name}", path=self.path, secure=self.secure, httponly=True, samesite="lax"
            )

    def _set(self, answer: Response, name: str, value: str, lasts: timedelta) -> None:
        answer.set_cookie(
            f"{self._prefix}-{name}",
            value,
            max_age=int(lasts.total_seconds()),
            path=self.path,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def _secret(text: str) -> str:
    return text if _SECRET.fullmatch(text) else ""
