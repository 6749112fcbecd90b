"""Settings from the environment, a file, and secrets in files."""

from pathlib import Path

import pytest

from tracker.base.errors import SettingsError
from tracker.base.settings import read_settings

NO_FILE = Path("does-not-exist.env")


def test_defaults_reach_nobody() -> None:
    settings = read_settings({}, NO_FILE)
    assert settings.smtp_host is None
    assert settings.telegram_token is None
    assert settings.database_url.startswith("sqlite:///")


def test_a_misspelt_setting_is_an_error_that_lists_the_right_ones() -> None:
    with pytest.raises(
        SettingsError, match=r"TRACKER_SMPT_HOST.*there is no such setting.*TRACKER_SMTP_HOST"
    ):
        read_settings({"TRACKER_SMPT_HOST": "mail"}, NO_FILE)


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"TRACKER_SMTP_PORT": "many", "TRACKER_LANGUAGE": "fr"}, NO_FILE)
    assert "TRACKER_SMTP_PORT" in str(caught.value)
    assert "TRACKER_LANGUAGE" in str(caught.value)


def test_a_secret_comes_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("rahasia\n")
    settings = read_settings({"TRACKER_SMTP_PASSWORD_FILE": str(tmp_path / "password")}, NO_FILE)
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "rahasia"
    assert "rahasia" not in repr(settings)


def test_a_missing_secret_file_is_an_error() -> None:
    with pytest.raises(SettingsError, match=r"TRACKER_SMTP_PASSWORD_FILE names /nope"):
        read_settings({"TRACKER_SMTP_PASSWORD_FILE": "/nope"}, NO_FILE)


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tracker.env"
    file.write_text("# surat\nTRACKER_SMTP_HOST=satu\nTRACKER_MAIL_FROM='a@example.org'\n\n")
    settings = read_settings({"TRACKER_SMTP_HOST": "dua"}, file)
    assert (settings.smtp_host, settings.mail_from) == ("dua", "a@example.org")


def test_a_bad_line_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tracker.env"
    file.write_text("TRACKER_SMTP_HOST\n")
    with pytest.raises(SettingsError, match=r"tracker.env:1"):
        read_settings({}, file)


def test_an_empty_setting_counts_as_not_set() -> None:
    assert read_settings({"TRACKER_SMTP_HOST": ""}, NO_FILE).smtp_host is None


@pytest.mark.parametrize("url", ["https://hc.example.org/ping/rahasia", "http://10.0.0.7:8000/rahasia"])
def test_the_watchdogs_address_is_a_secret(url: str) -> None:
    settings = read_settings({"TRACKER_PING_URL": url}, NO_FILE)
    assert settings.ping_url is not None
    assert settings.ping_url.get_secret_value() == url
    assert "rahasia" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["hc.example.org/rahasia", "ftp://x/rahasia", "https:///rahasia", "http://[rahasia"]
)
def test_a_wrong_address_is_said_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsError, match=r"TRACKER_PING_URL: .*https://") as caught:
        read_settings({"TRACKER_PING_URL": url}, NO_FILE)
    assert "rahasia" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://tenggat.example.go.id", True),
        ("https://tenggat.example.go.id/lacak/", True),
        ("http://10.0.0.5:8080", True),
        ("http://[::1]:8080", True),
        ("tenggat.example.go.id", False),
        ("ftp://example.org", False),
        ("javascript:alert(1)", False),
        ("https://example.org/?a=b", False),
        ("https://example.org/ x", False),
        ("https://example.org\n", False),
        ("https://ex>ample.org", False),
        ("https://", False),
    ],
)
def test_links_need_a_plain_address(url: str, is_good: bool) -> None:  # noqa: FBT001
    if is_good:
        assert read_settings({"TRACKER_PUBLIC_URL": url}, NO_FILE).public_url == url
        return
    with pytest.raises(SettingsError, match="TRACKER_PUBLIC_URL"):
        read_settings({"TRACKER_PUBLIC_URL": url}, NO_FILE)
