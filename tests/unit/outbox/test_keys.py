"""Keys are made of what a row is."""

from datetime import date

from tracker.outbox.keys import alert_key, message_id, reminder_key


def test_keys_say_what_they_are() -> None:
    reminder = reminder_key("a/renewal-notice/term-1", date(2025, 1, 24), "T-14")
    assert reminder == "a/renewal-notice/term-1/2025-01-24/T-14"
    assert alert_key(reminder, "kesatu:sekretaris", "email") == f"{reminder}/kesatu:sekretaris/email"


def test_message_ids_are_stable_and_differ() -> None:
    one = message_id("key", "example.org")
    assert one == message_id("key", "example.org")
    assert one != message_id("other", "example.org")
    assert one.startswith("<")
    assert one.endswith("@example.org>")
