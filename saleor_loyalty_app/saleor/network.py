"""The one HTTP client: it does not follow redirects and does not reach into one's own network.

The check stands where the connection is made, on the very address that is connected to, so that a
name cannot lead elsewhere between the check and the use (DNS rebinding).
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from saleor_loyalty_app.saleor.allow_list import AllowList
from saleor_loyalty_app.saleor.errors import ForbiddenAddress, SaleorUnavailable

#: A page of 100 whole orders has a few MB.
LARGEST_ANSWER = 32 * 1024 * 1024
#: NAT64, 6to4 and Teredo wrap other addresses, which Python calls public.
_TUNNELS = tuple(
    ipaddress.ip_network(block) for block in ("64:ff9b::/96", "2002::/16", "2001::/32")
)

Resolve = Callable[[str, int], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer that was read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes


@cache
def trusted() -> ssl.SSLContext:
    """Whom HTTPS trusts. To read the authorities takes a twentieth of a second of processor."""
    return httpx.create_ssl_context()


def open_client(allow: AllowList, *, connections: int = 20) -> httpx.Client:
    """The HTTP client for everything that is sent to stores. Close it at the end.

    Args:
        connections: how many may be open at once.
    """
    transport = httpx.HTTPTransport(verify=trusted(), retries=0)
    # httpx 0.28 has no parameter for the network backend of its pool.
    transport._pool = httpcore.ConnectionPool(  # noqa: SLF001
        ssl_context=trusted(),
        max_connections=connections,
        max_keepalive_connections=connections,
        keepalive_expiry=30.0,
        network_backend=GuardedBackend(allow, resolve),
    )
    return httpx.Client(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "saleor-loyalty", "Accept": "application/json"},
    )


def probe(url: str, *, deadline: float = 5.0, limit: int = 1024 * 1024) -> Answer:
    """What one of the operator's own addresses answers; it may be anywhere.

    Raises:
        SaleorUnavailable: it does not answer.
    """
    with httpx.Client(follow_redirects=False, trust_env=False, verify=trusted()) as http:
        return exchange(http, "GET", url, deadline=deadline, limit=limit)


class GuardedBackend(httpcore.SyncBackend):
    """Connects to public addresses, and to private ones only where they were listed as such."""

    def __init__(self, allow: AllowList, resolve: Resolve) -> None:
        self._allow = allow
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to the first address of `host`.

        Raises:
            ForbiddenAddress: one of its addresses is private and it was not listed as such.
        """
        try:
            addresses = list(self._resolve(host, port))
        except (OSError, UnicodeError) as failure:
            raise httpcore.ConnectError(str(failure)) from failure
        if not self._allow.trusts_private(host.lower(), port):
            for address in addresses:
                if not is_public(address):
                    raise ForbiddenAddress(host)
        return self._connect_first(addresses, port, timeout, local_address, socket_options)

    def _connect_first(
        self,
        addresses: list[str],
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as refused:
                failure = refused
        raise failure


def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`, in the order in which they should be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address is out in the internet."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if any(parsed in block for block in _TUNNELS):
            return False
    return parsed.is_global and not parsed.is_multicast


def exchange(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    deadline: float,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    limit: int = LARGEST_ANSWER,
    seconds: Callable[[], float] = time.monotonic,
) -> Answer:
    """Sends one request and reads the answer to its end.

    Args:
        deadline: seconds for the whole exchange, and for each wait in it.
        limit: bytes that the answer may have.
        seconds: a monotonic clock.

    Raises:
        SaleorUnavailable: no connection, too slow, or too much. `reason` is `connect` where the
            request was surely not sent, else `timeout`, `broken` or `too_large`.
        ForbiddenAddress: the host leads into one's own network.
    """
    end = seconds() + deadline
    try:
        with http.stream(
            method, url, headers=headers, content=content, timeout=deadline
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > limit:
                    raise SaleorUnavailable("too_large")
                if seconds() > end:
                    raise SaleorUnavailable("timeout")
            return Answer(response.status_code, response.headers, bytes(body))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
        raise SaleorUnavailable("connect") from failure
    except httpx.TimeoutException as failure:
        raise SaleorUnavailable("timeout") from failure
    except httpx.HTTPError as failure:
        raise SaleorUnavailable("broken") from failure
