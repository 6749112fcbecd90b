"""Running roles (a worker, a web server) side by side in one process until a signal."""

import asyncio
import signal
from typing import Protocol


class Role(Protocol):
    """Something that runs until it is told to stop."""

    async def run(self) -> None:
        """Run until stopped."""
        ...

    def stop(self) -> None:
        """Ask for a graceful stop; returns at once."""
        ...


async def run_together(*roles: Role) -> None:
    """Run until SIGTERM or SIGINT, or until one of them ends: half a service is none."""

    def stop() -> None:
        for role in roles:
            role.stop()

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop)
    tasks = [asyncio.create_task(role.run()) for role in roles]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended
