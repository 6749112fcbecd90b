import mailbox
from pathlib import Path

import pytest

from tests.support.content import PLANNED, alert_content, delivery
from tracker.channels.email.render import message
from tracker.channels.file.send import DEFAULT_SENDER, FileChannel
from tracker.outbox.delivery import Channel, Failure, SendError


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def channel(tmp_path: Path, said: list[str]) -> FileChannel:
    return FileChannel(tmp_path / "var" / "mail", said.append)


def stored(tmp_path: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((tmp_path / "var" / "mail").rglob("*")) if path.is_file()]


def test_it_is_a_channel(channel: FileChannel) -> None:
    same: Channel = channel
    assert same.name == "file"


async def test_it_writes_the_very_message_an_email_would_be(channel: FileChannel, tmp_path: Path) -> None:
    sent = delivery()

    accepted = await channel.send(sent)

    assert accepted.answer == "written"
    assert stored(tmp_path) == [message(sent, DEFAULT_SENDER)]


async def test_the_sender_can_be_set(tmp_path: Path, said: list[str]) -> None:
    channel = FileChannel(tmp_path / "var" / "mail", said.append, sender="officer@example.com")

    await channel.send(delivery())

    assert stored(tmp_path) == [message(delivery(), "officer@example.com")]


async def test_any_mail_program_can_open_the_folder(channel: FileChannel, tmp_path: Path) -> None:
    await channel.send(delivery())
    await channel.send(delivery(message_id="<alert-2@tracker.example.org>", address="12345"))

    opened = mailbox.Maildir(tmp_path / "var" / "mail", create=False)

    ids = {str(mail["Message-ID"]) for mail in opened}
    assert ids == {"<alert-1@tracker.example.org>", "<alert-2@tracker.example.org>"}
    assert not list((tmp_path / "var" / "mail" / "tmp").iterdir())


async def test_one_line_is_said(channel: FileChannel, said: list[str]) -> None:
    await channel.send(delivery(alert_content(recipient="Asisten\x1b[2J\nDeputi")))

    (line,) = said
    assert line.startswith(
        "10 Jan 2025 08.00 WIB  Asisten [2J Deputi <officer@example.org>  [Tenggat 24 Jan 2025"
    )
    assert line.isprintable()


async def test_a_repeat_writes_nothing_more(channel: FileChannel, tmp_path: Path, said: list[str]) -> None:
    first = await channel.send(delivery())
    again = await channel.send(delivery(now=PLANNED.replace(hour=9)))

    assert again.answer == "was there already"
    assert again.reference == first.reference
    assert len(stored(tmp_path)) == len(said) == 1


async def test_a_message_that_was_read_is_not_written_again(channel: FileChannel, tmp_path: Path) -> None:
    accepted = await channel.send(delivery())
    folder = tmp_path / "var" / "mail"
    (folder / "new" / accepted.reference).rename(folder / "cur" / f"{accepted.reference}:2,S")

    await channel.send(delivery())

    assert len(stored(tmp_path)) == 1


async def test_a_folder_that_cannot_be_written(tmp_path: Path, said: list[str]) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, where a folder should be")
    channel = FileChannel(blocked, said.append)

    with pytest.raises(SendError) as caught:
        await channel.send(delivery())

    assert str(blocked) in caught.value.answer
    assert "TRACKER_MAIL_DIR" in caught.value.answer
    assert caught.value.kind is Failure.SETUP
    assert said == []


async def test_nothing_half_written_is_left(
    channel: FileChannel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(SendError, match="No space left on device"):
        await channel.send(delivery())

    assert stored(tmp_path) == []


async def test_the_messages_are_for_their_owner_only(channel: FileChannel, tmp_path: Path) -> None:
    accepted = await channel.send(delivery())

    path = tmp_path / "var" / "mail" / "new" / accepted.reference
    assert path.stat().st_mode & 0o777 == 0o600


async def test_an_address_cannot_forge_a_header(channel: FileChannel, tmp_path: Path) -> None:
    await channel.send(delivery(address="a@example.org\r\nBcc: thief@example.org"))

    (mail,) = mailbox.Maildir(tmp_path / "var" / "mail", create=False)
    assert mail["Bcc"] is None
    await channel.close()
