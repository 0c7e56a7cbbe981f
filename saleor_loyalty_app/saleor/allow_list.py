"""Which Saleor APIs may install the app: a list of hosts, compared whole, never by a pattern."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from saleor_loyalty_app.saleor.api_url import ApiUrl

#: Top-level names that no public DNS serves (RFC 2606, 6761, 6762, 8375, ICANN's .internal).
INTERNAL_SUFFIXES = (".internal", ".local", ".localhost", ".lan", ".test", ".home.arpa")


@dataclass(frozen=True, slots=True)
class _Entry:
    host: str
    port: int | None
    subdomains: bool

    def covers(self, host: str, port: int) -> bool:
        if self.subdomains:
            fits = host.endswith("." + self.host) and not _is_address(host)
        else:
            fits = host == self.host
        return fits and (port == self.port or (self.port is None and self._is_usual(port)))

    def _is_usual(self, port: int) -> bool:
        return port == 443 or self.is_internal

    @property
    def is_internal(self) -> bool:
        return not self.subdomains and is_internal_name(self.host)


@dataclass(frozen=True, slots=True)
class AllowList:
    """Hosts that may install the app.

    Entries: `shop.example.com` (that host, port 443), `shop.example.com:8443` (that port),
    `*.example.com` (every host below it, not it itself). A name that can only be inside one's own
    network (`localhost`, an address such as 10.0.0.5, `saleor`, `saleor.internal`) is allowed with
    plain http, on any port unless it names one, and at private addresses. All others must use https
    and lead to public addresses.
    """

    entries: tuple[_Entry, ...]

    @classmethod
    def of(cls, hosts: Iterable[str]) -> "AllowList":
        """Reads entries as the settings give them. An empty list allows nobody."""
        return cls(tuple(_entry(host) for host in hosts))

    def allows(self, url: ApiUrl) -> bool:
        """Whether the API at `url` may install the app."""
        return any(
            entry.covers(url.host, url.port) and (url.scheme == "https" or entry.is_internal)
            for entry in self.entries
        )

    def trusts_private(self, host: str, port: int) -> bool:
        """Whether `host` was listed as a machine of one's own network."""
        return any(entry.is_internal and entry.covers(host, port) for entry in self.entries)


def is_internal_name(host: str) -> bool:
    """Whether `host` can only be inside one's own network, by its name alone."""
    if _is_address(host):
        return not ipaddress.ip_address(host).is_global
    return "." not in host or host.endswith(INTERNAL_SUFFIXES)


def _entry(text: str) -> _Entry:
    lowered = text.strip().lower()
    subdomains = lowered.startswith("*.")
    rest = lowered.removeprefix("*.")
    if _is_address(rest):
        return _Entry(rest, None, subdomains)
    host, colon, port = rest.rpartition(":")
    if not colon:
        return _Entry(rest, None, subdomains)
    return _Entry(host.strip("[]"), int(port), subdomains)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
