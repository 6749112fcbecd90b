"""What deploy/ ships fits the program."""

from pathlib import Path

from tracker.base.settings import PREFIX, Settings, read_settings

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_every_setting_of_the_example_exists() -> None:
    lines = (DEPLOY / "tracker.env.example").read_text(encoding="utf-8").splitlines()
    shown = [line.lstrip("#").partition("=") for line in lines if f"{PREFIX}" in line.partition("=")[0]]
    names = {name.removeprefix(PREFIX).lower().removesuffix("_file") for name, equals, _ in shown if equals}
    assert names
    assert names <= set(Settings.model_fields)


def test_the_example_is_a_valid_settings_file() -> None:
    settings = read_settings({}, DEPLOY / "tracker.env.example")
    assert settings.smtp_host is None
    assert settings.database_url.startswith("sqlite:////var/lib/tracker/")


def test_the_service_runs_a_command_that_exists() -> None:
    unit = (DEPLOY / "tracker.service").read_text(encoding="utf-8")
    assert "ExecStart=/srv/tracker/.venv/bin/tracker run" in unit
