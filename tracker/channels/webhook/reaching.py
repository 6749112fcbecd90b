"""Connections to servers that somebody named: only to addresses of the open internet, unless allowed.

The name is looked up here, once, and the very address that was looked at is connected to: a name that
answers differently the next time leads nowhere else.
"""

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore
from httpcore import AsyncNetworkBackend, AsyncNetworkStream

_NAT64 = ip_network("64:ff9b::/96")


class NotAllowedError(Exception):
    """A name leads to an address that must not be reached."""


def is_open(address: str) -> bool:
    """Tell whether an address is one of the open internet: not this machine's, nor of a net behind it."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        within = found.ipv4_mapped or found.sixtofour
        if within is None and found in _NAT64:
            within = IPv4Address(int(found) & 0xFFFFFFFF)
        if within is not None:
            return is_open(str(within))
        if found.teredo is not None:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


class Reaching(AsyncNetworkBackend):
    """Looks names up, and connects to what was found."""

    def __init__(self, *, inner: bool = False) -> None:
        """Reach servers; `inner`: also those of one's own net."""
        self._inner = inner
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - its signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """Connect; NotAllowedError where a name leads to where nobody may be sent."""
        try:
            async with asyncio.timeout(timeout):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} is not known") from error
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not found in time") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not self._inner and not all(map(is_open, addresses)):
            raise NotAllowedError(f"{host} is no server of the open internet")
        return await self._first(addresses, port, timeout, local_address, socket_options)

    async def _first(
        self,
        addresses: list[str],
        port: int,
        timeout: float | None,  # noqa: ASYNC109
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, *_: Any, **__: Any) -> AsyncNetworkStream:
        """Refuse: no server of somebody else is reached so."""
        raise NotAllowedError("no server is reached over a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
