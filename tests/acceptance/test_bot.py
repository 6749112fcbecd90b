"""`tracker run` with a token: a person is invited by mail, links their chat, asks, and answers an alert."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from tests.acceptance.test_worker import MAIL_ONLY, installation, record, rows
from tests.support.botapi import TOKEN, bot_api
from tests.support.databases import SQLITE, empty_database
from tests.support.phone import Phone
from tests.support.smtp import smtp_server
from tests.support.waiting import until
from tracker.events.tables import EventRow

CHAT = 4711


def test_from_the_invitation_to_the_answer(tmp_path: Path) -> None:
    with empty_database(SQLITE, tmp_path) as url, smtp_server() as mail, bot_api() as api:
        one = installation(tmp_path, url, contact=MAIL_ONLY)
        one.settings |= {
            "smtp_port": str(mail.port),
            "telegram_token": TOKEN,
            "telegram_base_url": api.base_url,
        }
        phone = Phone(api, CHAT)
        with one.start("run") as running:
            until(lambda: "bot started" in running.said(), "a bot that has started")
            until(lambda: "worker started" in running.said(), "a worker that has started")
            said = one.ok("contact", "link", "Satu@example.org", "--send")
            assert said.startswith("Kepala Bidang Satu (Dinas Satu): https://t.me/pelacak_test_bot?start=")
            until(lambda: mail.mails, "the invitation")
            message = message_from_bytes(mail.mails[0].content, policy=default)
            body = message.get_body(("plain",))
            assert body is not None
            found = re.search(r"https://t\.me/pelacak_test_bot\?start=([\w-]+)", body.get_content())
            assert found is not None
            assert phone.write(f"/start {found[1]}")[0].startswith("Chat ini tertaut")

            record(one)
            until(lambda: len(phone.sent) == 2, "an alert in the linked chat")
            for label in ("Sudah tahu", "Lewati", "✓ Catat"):
                phone.press(label)
            assert phone.shows.startswith("✓ Tercatat")
            assert [row.kind for row in rows(url, EventRow)] == [
                "force-majeure-occurred",
                "obligation-acknowledged",
            ]
            assert running.stop() == 0
            assert TOKEN not in running.said()
            assert "bot stopped" in running.said()
