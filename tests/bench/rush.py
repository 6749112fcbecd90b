"""One worker on a morning on which very much is due, in a process of its own: what it needs, as JSON."""

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.support.agreements import RULES
from tracker.base.clock import ManualClock
from tracker.base.db import Database
from tracker.base.settings import Settings
from tracker.bootstrap import House, build_channels, build_context, build_cycle
from tracker.channels.email.send import EmailChannel
from tracker.outbox.delivery import Accepted, Channel, Delivery
from tracker.outbox.pace import Pace
from tracker.reminders.recipients import EMAIL


@dataclass
class Watched:
    """The mail channel, with a note of what it took and when."""

    channel: EmailChannel
    began: float
    first_after: float | None = None
    people: dict[str, int] = field(default_factory=dict)
    alerts: int = 0
    name: str = EMAIL
    at_once: int = 5
    pace: Pace | None = None

    async def send(self, delivery: Delivery) -> Accepted:
        """Send, and take note."""
        accepted = await self.channel.send(delivery)
        if self.first_after is None:
            self.first_after = time.monotonic() - self.began
        self.people[delivery.address] = self.people.get(delivery.address, 0) + 1
        self.alerts += max(delivery.content.members, 1)
        return accepted

    async def close(self) -> None:
        """Let go of the connections."""
        await self.channel.close()


def main(url: str, port: str, now: str) -> None:
    """Do everything that is due at `now`."""
    settings = Settings(
        database_url=url,
        rules_dir=RULES,
        smtp_host="127.0.0.1",
        smtp_port=int(port),
        smtp_tls="none",
        mail_from="tracker@example.org",
        smtp_connections=5,
        batch=200,
    )
    house = House(
        settings, ManualClock(datetime.fromisoformat(now)), Database(url), build_context(settings, {EMAIL})
    )
    channels = build_channels(settings)
    mail = channels[EMAIL]
    assert isinstance(mail, EmailChannel)
    watched = Watched(mail, time.monotonic())

    async def run() -> None:
        through: dict[str, Channel] = {**channels, EMAIL: watched}
        cycle = build_cycle(house, through)
        await cycle.run()
        await cycle.dispatcher.close()

    asyncio.run(run())
    result = {
        "seconds": time.monotonic() - watched.began,
        "first_after": watched.first_after,
        "people": len(watched.people),
        "messages": sum(watched.people.values()),
        "alerts": watched.alerts,
        "megabytes": _most_memory() / 1024,
    }
    print(json.dumps(result))  # noqa: T201 - what the bench reads


def _most_memory() -> int:
    """Give the most memory this process has used, in KB; `getrusage` counts that of who started it too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
