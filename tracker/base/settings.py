"""Settings from the environment, from `tracker.env`, and secrets from files.

Every setting has the prefix `TRACKER_`; `TRACKER_X_FILE` names a file whose content is the value
of `TRACKER_X` (for secrets mounted into containers). An unknown `TRACKER_` variable is an error:
a misspelt mail server must not silently become "no mail server".
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from tracker.base.errors import SettingsError

PREFIX = "TRACKER_"
ENV_FILE = Path("tracker.env")
PROJECT_ROOT = Path(__file__).resolve().parents[2]
_PUBLIC_URL = r"^https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~/-]*)?$"


def _is_web_address(url: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(url.get_secret_value())
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ValueError("expected an address that begins with https:// or http://")
    return url


class Settings(BaseModel):
    """All settings; every field is `TRACKER_<NAME>` in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = "sqlite:///var/tracker.db"
    rules_dir: Path = PROJECT_ROOT / "rules"
    migrations_dir: Path = PROJECT_ROOT / "migrations"
    mail_dir: Path = Path("var/mail")
    evidence_dir: Path = Path("var/evidence")
    evidence_max_mb: int = Field(default=20, ge=1, le=1000)

    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_timeout: float = Field(default=30, gt=0)
    smtp_connections: int = Field(default=4, ge=1)
    mail_from: str | None = None

    telegram_token: SecretStr | None = None
    telegram_base_url: str | None = None
    telegram_webhook_url: str | None = Field(default=None, pattern=_PUBLIC_URL)
    telegram_webhook_secret: SecretStr | None = None
    telegram_webhook_host: str = "127.0.0.1"
    telegram_webhook_port: int = Field(default=8081, ge=1, le=65535)

    public_url: str | None = Field(default=None, pattern=_PUBLIC_URL)
    secret_key: SecretStr | None = None
    metrics_token: SecretStr | None = None
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=1, le=65535)
    oidc_issuer: str | None = Field(default=None, pattern=_PUBLIC_URL)
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_name: str = "SSO"
    webhook_inner: Literal["on", "off"] = "off"
    api_per_minute: int = Field(default=120, ge=1, le=100_000)

    fallback_name: str = "Koordinator kerja sama (kontak cadangan)"
    fallback_email: str | None = None
    fallback_telegram: int | None = None
    fallback_language: Literal["id", "en"] = "id"

    language: Literal["id", "en"] = "id"
    horizon_months: int = Field(default=24, ge=1)
    lease_seconds: float = Field(default=300, gt=0)
    batch: int = Field(default=50, ge=1)
    sweep_seconds: float = Field(default=60, gt=0)
    morning: Literal["on", "off"] = "on"
    ping_url: Annotated[SecretStr, AfterValidator(_is_web_address)] | None = None
    log_format: Literal["console", "json"] = "console"


def read_settings(environ: Mapping[str, str] | None = None, env_file: Path = ENV_FILE) -> Settings:
    """Read the settings; SettingsError names every variable that is wrong."""
    values = _from_env_file(env_file) | dict(os.environ if environ is None else environ)
    given: dict[str, str] = {}
    for variable, value in values.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in Settings.model_fields and name.endswith("_file"):
            name, value = name.removesuffix("_file"), _from_file(variable, value)  # noqa: PLW2901
        given[name] = value
    given = {name: value for name, value in given.items() if value != ""}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError("\n" + "\n".join(_complaints(error))) from None


def _complaints(error: ValidationError) -> list[str]:
    known = ", ".join(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)
    complaints = []
    for detail in error.errors(include_url=False, include_input=False):
        variable = f"{PREFIX}{'.'.join(str(step) for step in detail['loc']).upper()}"
        if detail["type"] == "extra_forbidden":
            complaints.append(f"{variable}: there is no such setting, expected one of {known}")
        else:
            complaints.append(f"{variable}: {detail['msg'][0].lower()}{detail['msg'][1:]}")
    return complaints


def _from_file(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable} names {path}, which cannot be read: {error.strerror}") from None


def _from_env_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingsError(f"{path}:{number}: {text!r} is not NAME=value")
        values[name.strip()] = value.strip().strip("\"'")
    return values
